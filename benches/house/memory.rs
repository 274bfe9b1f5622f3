//! What the bot keeps in memory: in many servers, and after many large pictures.

use std::time::Duration;

use reqwest::Client;
use serde::Serialize;
use tokio::time::sleep;

use crate::contestant::{Contestant, Setup};
use crate::rounds::{Played, mib};

/// As many servers as Discord gives one shard at most.
const GUILDS: u32 = 2_500;
/// Drafts whose images all become 4Ks at the same moment.
const DRAFTS: usize = 4;
/// How long after a burst the memory is read again.
const LATER: Duration = Duration::from_secs(10);

/// Memory, in MiB.
#[derive(Debug, Default, Serialize)]
pub struct Memory {
    /// In one server.
    pub one_guild: f64,
    /// In 2,500 servers, once all were announced.
    pub many_guilds: f64,
    /// The most while they were announced.
    pub many_guilds_peak: f64,
    /// The processor that the announcements took, in milliseconds.
    pub many_guilds_cpu_ms: u64,
    /// The bytes of 16 4K pictures.
    pub pictures: f64,
    /// How much more the bot had at the worst moment while they came at once.
    pub pictures_growth: f64,
    /// How much more it had ten seconds after it was done.
    pub pictures_later: f64,
}

pub async fn measure(setup: Setup<'_>) -> anyhow::Result<Memory> {
    let mut memory = Memory::default();
    let many = Contestant::greenlight(Setup {
        other_guilds: GUILDS,
        ..setup
    })
    .await?;
    memory.many_guilds = mib(many.idle_kib);
    memory.many_guilds_peak = mib(many.bot.peak_kib()?);
    memory.many_guilds_cpu_ms = many.bot.used()?.cpu_ms;
    many.end().await?;

    let one = Contestant::greenlight(Setup {
        final_quorum: 1,
        ..setup
    })
    .await?;
    memory.one_guild = mib(one.idle_kib);
    pictures(one, setup.engine, &mut memory).await?;
    Ok(memory)
}

/// Has 16 images approved to 4K, and all of them drawn at the same moment.
async fn pictures(who: Contestant, engine: &str, memory: &mut Memory) -> anyhow::Result<()> {
    let mut played = Played::warm(who, engine).await?;
    played.drafts(DRAFTS).await?;
    let larger = played.approvals().await?;
    let Played { who, .. } = played;
    let before = who.bot.rss_kib()?;
    let count = 4 * DRAFTS;
    let client = Client::new();
    let together = client.post(format!("{engine}/together")).json(&count);
    together.send().await?.error_for_status()?;
    who.bot.forget_peak()?;
    let done = who.discord.calls().await?.len();
    for seed in &larger[..count] {
        who.discord.approve(&who.bo, seed).await?;
    }
    // A final is not voted on: it is there when the bot has posted it and is quiet.
    who.discord.posted(done, count).await?;
    who.discord.quiet().await?;
    client
        .post(format!("{engine}/together"))
        .json(&0)
        .send()
        .await?
        .error_for_status()?;
    memory.pictures_growth = mib(who.bot.peak_kib()?.saturating_sub(before));
    who.bot.rests().await?;
    sleep(LATER).await;
    memory.pictures_later = mib(who.bot.rss_kib()?) - mib(before);
    let size: u64 = client
        .get(format!("{engine}/bytes/3840x2160"))
        .send()
        .await?
        .error_for_status()?
        .json()
        .await?;
    memory.pictures = mib(size * count as u64 / 1024);
    who.end().await
}
