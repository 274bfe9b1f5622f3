//! What the past of a guild costs a whole draft.

use discord_sandbox::world;
use greenlight::clock::Clock;
use serde::Serialize;

use crate::contestant::{Contestant, Database, Setup};
use crate::past::Past;
use crate::rounds::Played;

/// The entries of the ledger of each of the two guilds.
const ENTRIES: [i64; 2] = [1_000, 1_000_000];
/// Drafts of four that each plays in a round.
const DRAFTS: usize = 5;
const ROUNDS: usize = 3;

/// The processor for a draft of four beside a short and beside a long past, in milliseconds.
#[derive(Debug, Serialize)]
pub struct Pasts {
    pub database: &'static str,
    /// The bot's.
    pub bot_ms: [f64; 2],
    /// That of the server's processes for the bot's connections.
    pub server_ms: [f64; 2],
}

pub async fn measure(setup: Setup<'_>, server: Option<&str>) -> anyhow::Result<Vec<Pasts>> {
    let mut all = vec![of_one(setup, "SQLite").await?];
    if let Some(server) = server {
        let database = Database::Postgres(server);
        all.push(of_one(Setup { database, ..setup }, "PostgreSQL").await?);
    }
    Ok(all)
}

async fn of_one(setup: Setup<'_>, database: &'static str) -> anyhow::Result<Pasts> {
    let now_ms = Clock::system().now_ms();
    let mut both = Vec::new();
    for entries in ENTRIES {
        eprintln!("{database}: a past of {entries} entries");
        let past = Past {
            guild: world::NORTHLIGHT,
            first: 0,
            pictures: entries / 2,
            ended_ms: now_ms - 7 * 24 * 60 * 60_000,
        };
        let who = Contestant::greenlight(Setup {
            past: Some(past),
            ..setup
        })
        .await?;
        both.push(Played::warm(who, setup.engine).await?);
    }
    let mut server = [0, 0];
    for _ in 0..ROUNDS {
        for (one, server) in both.iter_mut().zip(&mut server) {
            let before = one.who.server_cpu_ms().await?;
            one.drafts(DRAFTS).await?;
            *server += one.who.server_cpu_ms().await? - before;
        }
    }
    let mut bot_ms = [0.0; 2];
    for (one, bot_ms) in both.into_iter().zip(&mut bot_ms) {
        *bot_ms = one.figures().await?.draft.cpu_ms;
    }
    let drafts = (ROUNDS * DRAFTS) as f64;
    let server_ms = server.map(|sum: u64| sum as f64 / drafts);
    Ok(Pasts {
        database,
        bot_ms,
        server_ms,
    })
}
