//! Runs `greenlight restore`: puts a backup where nothing is.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use futures::FutureExt;
use secrecy::ExposeSecret;

use super::backup::files::{DATABASE, MANIFEST, sync};
use super::backup::manifest::{FORMAT, Manifest, survey};
use super::start::{Settings, open, unusable};
use crate::blobs::{self, Blobs, Picture};
use crate::clock::Clock;
use crate::config::{BlobsConfig, Config};
use crate::flow::money::export;
use crate::flow::restore::{self, Doubts};
use crate::store::{Store, ledger};

/// How many files that are wrong are named.
const NAMED: usize = 5;
/// What SQLite writes beside the file of a database.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    settings: Settings,
    /// The folder that `greenlight backup` wrote
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) async fn run(args: Args) -> anyhow::Result<()> {
    let config = args.settings.load()?;
    let manifest = verified(&args.folder, &config)?;
    let target = Target::of(&config, &manifest).await?;
    let doubts = if let Some(file) = &target.database {
        let half = beside(file, ".restoring");
        // Of a restore that was cut.
        for end in BESIDE {
            remove(&beside(&half, end))?;
        }
        let doubts = put_back(&args.folder, &manifest, &half).await?;
        put_pictures(&args.folder, &manifest, &config.blobs).await?;
        // Never over a database that somebody made meanwhile.
        fs::hard_link(&half, file).with_context(|| format!("{} cannot be written", file.display()))?;
        fs::remove_file(&half)?;
        sync(folder_of(file))?;
        doubts
    } else {
        let store = open(&config).await?;
        let doubts = prepare_server(&store).await;
        store.close().await;
        let doubts = doubts?;
        put_pictures(&args.folder, &manifest, &config.blobs).await?;
        doubts
    };
    tell(&manifest, doubts);
    Ok(())
}

/// Reads the manifest of a backup and checks each file.
fn verified(folder: &Path, config: &Config) -> anyhow::Result<Manifest> {
    let path = folder.join(MANIFEST);
    let text = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let manifest: Manifest = serde_json::from_slice(&text)
        .with_context(|| format!("{} is not the manifest of a backup", path.display()))?;
    let url = config.database_url.expose_secret();
    let known = Store::last_migration(url).unwrap_or_default();
    if manifest.format > FORMAT || manifest.migration > known {
        bail!(
            "Greenlight {} made this backup, which is newer than this one: restore it with that version",
            manifest.version
        );
    }
    let faults: Vec<String> = manifest
        .files
        .iter()
        .filter_map(|file| file.fault(folder))
        .collect();
    if !faults.is_empty() {
        let named = faults.iter().take(NAMED).cloned().collect::<Vec<_>>().join("; ");
        bail!(
            "the backup is damaged, and nothing was restored: {} of {} files are wrong: {named}",
            faults.len(),
            manifest.files.len()
        );
    }
    for file in manifest.files.iter().filter(|file| file.name != DATABASE) {
        file.name.parse::<Picture>()?;
    }
    Ok(manifest)
}

/// Where a backup is put.
struct Target {
    /// The file of an SQLite database. `None`: the server has the database already.
    database: Option<PathBuf>,
}

impl Target {
    /// Returns where a backup can be put: there must be nothing.
    async fn of(config: &Config, manifest: &Manifest) -> anyhow::Result<Self> {
        let url = config.database_url.expose_secret();
        let database = Store::file(url);
        let has_database = manifest.files.iter().any(|file| file.name == DATABASE);
        match (&database, has_database) {
            (Some(_), false) => bail!(
                "this backup is of PostgreSQL and has no database: put that back with pg_restore, and name it in database.url"
            ),
            (None, true) => bail!(
                "this backup is of SQLite, and database.url names PostgreSQL: set it to sqlite:PATH with a file that is not there"
            ),
            (Some(_), true) | (None, false) => {}
        }
        if let Some(file) = &database {
            for end in BESIDE {
                let there = beside(file, end);
                if there.try_exists()? {
                    bail!(
                        "database.url: {} is there, and is not overwritten: stop the bot and move it away, or name another file",
                        there.display()
                    );
                }
            }
            fs::create_dir_all(folder_of(file))
                .with_context(|| format!("the folder of {} cannot be made", file.display()))?;
        }
        let pictures = &config.blobs;
        let is_empty = match Blobs::look(&pictures.place).await {
            Ok(there) => there.is_none(),
            Err(blobs::Error::Lost) => false,
            Err(error) => return Err(error).with_context(|| pictures.to_string()),
        };
        if !is_empty {
            bail!(
                "{pictures}: it is not empty, and nothing in it is overwritten: stop the bot and move it away, or name another folder"
            );
        }
        Ok(Self { database })
    }
}

/// Writes the database of a backup to a file and prepares it.
async fn put_back(folder: &Path, manifest: &Manifest, half: &Path) -> anyhow::Result<Doubts> {
    let shown = half.display();
    fs::copy(folder.join(DATABASE), half).with_context(|| format!("{shown} cannot be written"))?;
    let url = format!("sqlite:{shown}");
    let store = Store::open(&url).await.with_context(|| unusable(&url))?;
    let prepared = prepare(&store, Some(manifest)).await;
    store.close().await;
    let doubts = prepared?;
    if beside(half, "-wal").try_exists()? {
        bail!("another program has {shown} open");
    }
    fs::File::open(half)?.sync_all()?;
    Ok(doubts)
}

/// Prepares a database that the tools of its server have put back.
async fn prepare_server(store: &Store) -> anyhow::Result<Doubts> {
    let others = store.others().await?;
    if others > 0 {
        bail!("database.url: {others} others are connected to the database: stop every bot first");
    }
    prepare(store, None).await
}

/// Compares the books with a manifest, prepares the database, and recounts.
async fn prepare(store: &Store, manifest: Option<&Manifest>) -> anyhow::Result<Doubts> {
    let contents = survey(store).await?;
    if let Some(differs) = manifest.and_then(|manifest| manifest.differs(&contents)) {
        bail!("the database of the backup is not the one that its manifest names: {differs}");
    }
    let doubts = restore::prepare(store, Clock::system().now_ms()).await?;
    let mut wrong = store.read(|tx| ledger::audit(tx).boxed()).await?;
    wrong.extend(export::recount(store).await?);
    if let Some(first) = wrong.first() {
        bail!("the books in the backup do not agree: {first}");
    }
    Ok(doubts)
}

/// Puts the pictures of a backup into the store.
async fn put_pictures(from: &Path, manifest: &Manifest, to: &BlobsConfig) -> anyhow::Result<()> {
    let blobs = Blobs::open(&to.place, false)
        .await
        .with_context(|| to.to_string())?;
    for file in manifest.files.iter().filter(|file| file.name != DATABASE) {
        let bytes =
            fs::read(from.join(&file.name)).with_context(|| format!("{} cannot be read", file.name))?;
        let put = blobs.put_back(file.name.parse()?, bytes).await;
        put.with_context(|| format!("{to}: {} cannot be stored", file.name))?;
    }
    Ok(())
}

fn tell(manifest: &Manifest, doubts: Doubts) {
    println!("{manifest}");
    println!("It is restored, and its books agree. What happened after it was made is not in it.");
    if doubts.renders > 0 {
        println!(
            "Images that were being drawn: {}. Nobody knows what became of them: `greenlight treasury unresolved --guild ID` lists them.",
            doubts.renders
        );
    }
    if doubts.votes > 0 {
        println!(
            "Open votes: {}. One with enough approvals waits until a lead presses Approve.",
            doubts.votes
        );
    }
    println!("Run `greenlight doctor`, then `greenlight run`.");
}

/// Returns the path of a file beside another, whose name goes on after that of the other.
fn beside(file: &Path, end: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(end);
    path.into()
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

fn remove(file: &Path) -> anyhow::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} cannot be removed", file.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
