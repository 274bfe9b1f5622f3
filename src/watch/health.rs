//! Decides whether the bot can do its work.

use std::time::Duration;

use futures::FutureExt;
use serde::Serialize;
use tokio::time::timeout;

use crate::flow::services::Services;
use crate::store::{jobs, ledger};

/// How long a part may take to show that it works.
const PATIENCE: Duration = Duration::from_secs(5);
/// The age from which a due job, other than a paid call, says that nobody works the queue. Paid
/// calls wait for their turn at an engine, which may take long.
const STUCK_MS: i64 = 60_000;

const OK: &str = "ok";
const STARTING: &str = "the bot is starting";

/// What the bot needs to do its work: for each part `ok`, or what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Readiness {
    /// Discord's gateway, by which the bot hears.
    gateway: &'static str,
    /// The database, by a write.
    database: &'static str,
    /// The queue of jobs.
    queue: &'static str,
    /// The store of the pictures.
    pictures: &'static str,
}

impl Readiness {
    /// Returns what is said before the bot has started.
    pub(super) const fn starting() -> Self {
        Self {
            gateway: STARTING,
            database: STARTING,
            queue: STARTING,
            pictures: STARTING,
        }
    }

    /// Looks at each part.
    pub(super) async fn of(services: &Services) -> Self {
        let (database, queue, pictures) =
            tokio::join!(database(services), queue(services), pictures(services));
        let gateway = if services.metrics.all_connected() {
            OK
        } else {
            "a shard has no session with Discord's gateway"
        };
        Self {
            gateway,
            database,
            queue,
            pictures,
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        [self.gateway, self.database, self.queue, self.pictures] == [OK; 4]
    }
}

async fn database(services: &Services) -> &'static str {
    let wrote = services.store.write(|tx| ledger::prove_writable(tx).boxed());
    match timeout(PATIENCE, wrote).await {
        Ok(Ok(())) => OK,
        Ok(Err(_)) => "the database does not take a write",
        Err(_) => "the database does not take a write within 5 s",
    }
}

async fn queue(services: &Services) -> &'static str {
    let now_ms = services.clock.now_ms();
    let read = services.store.read(move |tx| jobs::depths(tx, now_ms).boxed());
    match timeout(PATIENCE, read).await {
        Ok(Ok(depths)) if depths.quick.oldest_due_ms > STUCK_MS => "a job is due for more than a minute",
        Ok(Ok(_)) => OK,
        Ok(Err(_)) | Err(_) => "the queue cannot be read",
    }
}

async fn pictures(services: &Services) -> &'static str {
    match timeout(PATIENCE, services.blobs.is_there()).await {
        Ok(Ok(())) => OK,
        Ok(Err(_)) | Err(_) => "the store of the pictures is not there",
    }
}
