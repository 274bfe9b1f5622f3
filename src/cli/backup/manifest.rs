//! What a backup has, and of which moment: read from the copy itself, written beside it.

use std::fmt;
use std::path::Path;

use futures::FutureExt;
use serde::{Deserialize, Serialize};

use super::files::sum_of;
use crate::blobs::Picture;
use crate::domain::credits::Pool;
use crate::domain::ids::GuildId;
use crate::flow::money::export::instant;
use crate::store::{Error, Store, drafts, ledger, renders};

/// The form of the manifest. A later one that cannot be read as this one gets another number.
pub(crate) const FORMAT: u32 = 1;

/// What a backup has, and of which moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// [`FORMAT`].
    pub(crate) format: u32,
    /// The version of the program that made it.
    pub(crate) version: String,
    /// The database that it is of: `sqlite` or `postgres`.
    pub(crate) engine: String,
    /// The last migration of the database.
    pub(crate) migration: i64,
    /// When it was begun, by the clock of the machine.
    pub(crate) taken: String,
    /// The number of the last entry of the ledger that is in it: the moment of the books.
    pub(crate) last_entry: i64,
    pub(crate) entries: i64,
    pub(crate) renders: i64,
    /// The pool of each server.
    pub(crate) pools: Vec<PoolSums>,
    /// The pictures that the database knows of and that are not stored.
    pub(crate) missing: Vec<String>,
    pub(crate) files: Vec<File>,
}

/// The pool of a server, in credits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PoolSums {
    /// The server's id, as text: it is too large for a number of JSON.
    pub(crate) server: String,
    pub(crate) available: i64,
    pub(crate) held: i64,
    pub(crate) spent: i64,
}

impl PoolSums {
    fn of((guild, pool): (GuildId, Pool)) -> Self {
        Self {
            server: guild.to_string(),
            available: pool.available.get(),
            held: pool.held.get(),
            spent: pool.settled.get(),
        }
    }
}

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct File {
    /// Its path in the backup.
    pub(crate) name: String,
    /// How long it is, in bytes.
    pub(crate) bytes: u64,
    /// Its SHA-256 sum, in hexadecimal digits.
    pub(crate) sha256: String,
}

impl File {
    /// Reads a file of a backup.
    pub(super) fn of(name: String, path: &Path) -> std::io::Result<Self> {
        let (bytes, sha256) = sum_of(path)?;
        Ok(Self { name, bytes, sha256 })
    }

    /// Returns what is wrong with a file, if it is not the one that was written.
    pub(crate) fn fault(&self, folder: &Path) -> Option<String> {
        let name = &self.name;
        match sum_of(&folder.join(name)) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Some(format!("{name} is not there"))
            }
            Err(error) => Some(format!("{name} cannot be read: {error}")),
            Ok((bytes, sha256)) if (bytes, &sha256) != (self.bytes, &self.sha256) => {
                Some(format!("{name} is not what was written"))
            }
            Ok(_) => None,
        }
    }
}

/// What a database has, all of one moment.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) last_entry: i64,
    pub(crate) extent: ledger::Extent,
    pub(crate) pools: Vec<PoolSums>,
    pub(crate) pictures: Vec<Picture>,
}

/// Reads what a database has, in one transaction.
pub(crate) async fn survey(store: &Store) -> Result<Contents, Error> {
    let read = store.read(|tx| {
        async move {
            let mut pools = Vec::new();
            for guild in ledger::guilds(tx, i64::MAX).await? {
                pools.push(PoolSums::of((guild, ledger::read(tx, guild).await?)));
            }
            let drawn = renders::done(tx).await?.into_iter().map(Picture::Render);
            let references = drafts::references(tx).await?.into_iter();
            let references =
                references.flat_map(|(draft, count)| (1..=count).map(move |n| Picture::Reference(draft, n)));
            Ok::<_, Error>(Contents {
                last_entry: ledger::last_entry(tx).await?,
                extent: ledger::extent(tx).await?,
                pools,
                pictures: drawn.chain(references).collect(),
            })
        }
        .boxed()
    });
    read.await
}

impl Manifest {
    /// Makes the manifest of what was copied from the database at a URL.
    pub(super) fn new(
        url: &str,
        taken_ms: i64,
        contents: &Contents,
        files: Vec<File>,
        missing: Vec<String>,
    ) -> Self {
        let engine = if Store::file(url).is_some() {
            "sqlite"
        } else {
            "postgres"
        };
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            engine: engine.to_owned(),
            migration: Store::last_migration(url).unwrap_or_default(),
            taken: instant(taken_ms),
            last_entry: contents.last_entry,
            entries: contents.extent.entries,
            renders: contents.extent.renders,
            pools: contents.pools.clone(),
            missing,
            files,
        }
    }

    /// Returns what differs between the books of a database and those that the backup names.
    pub(crate) fn differs(&self, from: &Contents) -> Option<String> {
        let is = (from.last_entry, from.extent.entries, from.extent.renders);
        let was = (self.last_entry, self.entries, self.renders);
        if is != was {
            return Some(format!(
                "it has {} entries up to {} and {} images, and the manifest names {} up to {} and {}",
                is.1, is.0, is.2, was.1, was.0, was.2
            ));
        }
        let other = from.pools.iter().find(|pool| !self.pools.contains(pool));
        let lost = self.pools.iter().find(|pool| !from.pools.contains(pool));
        other
            .or(lost)
            .map(|pool| format!("the pool of server {} is not as the manifest says", pool.server))
    }
}

impl fmt::Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Backup of {}: servers: {}, entries: {}, images: {}, files: {}.",
            self.taken,
            self.pools.len(),
            self.entries,
            self.renders,
            self.files.len()
        )
    }
}
