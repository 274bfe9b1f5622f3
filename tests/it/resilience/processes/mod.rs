//! Tests a bot of several processes on one database: what each of them does, and what they share.

mod budget;
mod claims;
mod pace;
mod roles;

use std::time::Duration;

use discord_sandbox::{RateLimits, Sandbox};
use greenlight::app::{App, FaultInjection, Transport, engines};
use greenlight::clock::Clock;
use greenlight::config::Config;
use greenlight::domain::role::{Part, Role};
use greenlight::gateway::Timeouts;
use tempfile::TempDir;

use crate::harness::process::sandbox;
use crate::store::db::{Kind, Somewhere};

/// How often a process says that it lives.
const BEAT_EVERY: Duration = Duration::from_millis(200);
/// A process that works the queue.
pub const WORKER: Part = Part {
    role: Role::Worker,
    shards: None,
};
/// A process that hears Discord on all shards.
pub const GATEWAY: Part = Part {
    role: Role::Gateway,
    shards: None,
};

/// A local Discord with its limit for all requests, and where the processes of a bot work together.
pub struct Place {
    pub discord: Sandbox,
    database: Somewhere,
    folder: TempDir,
}

impl Place {
    /// Makes a local Discord, a database and a folder.
    pub async fn new() -> Self {
        let discord = sandbox().await;
        discord.set_rate_limits(RateLimits {
            routes: vec![],
            ..RateLimits::discord()
        });
        Self {
            discord,
            database: Somewhere::migrated(Kind::Postgres).await,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    /// Starts a process that does a part of the work. Its sessions begin so far apart.
    pub async fn start(&self, part: Part, apart: Duration) -> App {
        let settings = [
            ("DISCORD__API_BASE", self.discord.url()),
            ("DISCORD__TOKEN", "test".to_owned()),
            ("DATABASE__URL", self.database.url().to_owned()),
            ("BLOBS__FOLDER", self.folder.path().display().to_string()),
        ];
        let settings = settings.map(|(key, value)| (format!("GREENLIGHT_{key}"), value));
        let config = Config::load(None, settings).expect("good settings");
        let engines = engines(FaultInjection::Told, &config).expect("engines");
        let transport = Transport {
            timeouts: Timeouts {
                apart,
                // serenity does not tell of a session that Discord refuses.
                ready: Duration::from_secs(3),
                ..Timeouts::default()
            },
            beat_every: BEAT_EVERY,
            ..Transport::default()
        };
        let started = Box::pin(App::start_as(part, transport, config, engines, Clock::system()));
        started.await.expect("a start")
    }

    /// Starts so many processes that only work the queue.
    pub async fn workers(&self, count: usize) -> Vec<App> {
        let mut all = Vec::new();
        for _ in 0..count {
            all.push(self.start(WORKER, Duration::ZERO).await);
        }
        all
    }

    /// Returns how many requests Discord has refused because of a limit.
    pub fn refused(&self) -> usize {
        let calls = self.discord.calls();
        calls.iter().filter(|call| call.status == 429).count()
    }

    /// Stops the processes.
    pub async fn stop(self, apps: Vec<App>) {
        for app in apps {
            app.stop().await;
        }
        self.discord.stop().await;
    }
}
