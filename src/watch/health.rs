//! Decides whether the bot can do its work.

use std::time::Duration;

use futures::FutureExt;
use serde::Serialize;
use tokio::time::timeout;

use crate::domain::role::Role;
use crate::flow::services::Services;
use crate::random;
use crate::store::{jobs, ledger};
use crate::telemetry::metrics::Readings;

/// How long a part may take to show that it works. Prometheus gives up after ten seconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// The age from which a due job, other than a paid call, says that nobody works the queue. Paid
/// calls wait for their turn at an engine, which may take long.
const STUCK_MS: i64 = 60_000;

const READY: &str = "Whether a part that the work needs is there and works";

const OK: &str = "ok";
const STARTING: &str = "the bot is starting";

/// What the bot needs to do its work: for each part `ok`, or what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Readiness {
    /// Discord's gateway, by which the bot hears. `None`: this process does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    gateway: Option<&'static str>,
    /// The database, by a write.
    database: &'static str,
    /// The queue of jobs. `None`: this process does not work it.
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<&'static str>,
    /// The store of the pictures, by a small file.
    pictures: &'static str,
}

impl Readiness {
    /// Returns what is said before the bot has started.
    pub(super) const fn starting() -> Self {
        Self {
            gateway: Some(STARTING),
            database: STARTING,
            queue: Some(STARTING),
            pictures: STARTING,
        }
    }

    /// Looks at each part that a process of this role needs.
    pub(super) async fn of(services: &Services, role: Role) -> Self {
        let worked = async {
            if role.works() {
                Some(queue(services).await)
            } else {
                None
            }
        };
        let (database, queue, pictures) = tokio::join!(database(services), worked, pictures(services));
        let heard = if services.metrics.all_connected() {
            OK
        } else {
            "a shard has no session with Discord's gateway"
        };
        Self {
            gateway: role.hears().then_some(heard),
            database,
            queue,
            pictures,
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.parts().all(|(_, said)| said == OK)
    }

    /// Adds a figure for each part to those that Prometheus reads.
    pub(super) fn tell(&self, readings: &mut Readings) {
        for (part, said) in self.parts() {
            readings.add("ready", READY, Some(("part", part)), i64::from(said == OK));
        }
    }

    fn parts(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let all = [
            ("gateway", self.gateway),
            ("database", Some(self.database)),
            ("queue", self.queue),
            ("pictures", Some(self.pictures)),
        ];
        all.into_iter().filter_map(|(part, said)| Some((part, said?)))
    }
}

/// Waits for an answer of a part. `None`: it did not come in time.
pub(super) async fn in_time<T>(answer: impl Future<Output = T>) -> Option<T> {
    timeout(PATIENCE, answer).await.ok()
}

async fn database(services: &Services) -> &'static str {
    let wrote = services.store.write(|tx| ledger::prove_writable(tx).boxed());
    match in_time(wrote).await {
        Some(Ok(())) => OK,
        Some(Err(_)) => "the database does not take a write",
        None => "the database does not take a write within 5 s",
    }
}

async fn queue(services: &Services) -> &'static str {
    let now_ms = services.clock.now_ms();
    let read = services.store.read(move |tx| jobs::depths(tx, now_ms).boxed());
    match in_time(read).await {
        Some(Ok(depths)) if depths.quick.oldest_due_ms > STUCK_MS => "a job is due for more than a minute",
        Some(Ok(_)) => OK,
        Some(Err(_)) | None => "the queue cannot be read",
    }
}

async fn pictures(services: &Services) -> &'static str {
    if !matches!(in_time(services.blobs.is_there()).await, Some(Ok(()))) {
        return "the store of the pictures is not there";
    }
    match in_time(services.blobs.works(random::bits::<u64>())).await {
        Some(Ok(())) => OK,
        Some(Err(_)) | None => "the store of the pictures takes no file",
    }
}
