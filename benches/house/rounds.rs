//! What is played, and what it costs.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use discord_sandbox::world;
use reqwest::Client;
use serde::Serialize;
use tokio::time::sleep;

use crate::contestant::Contestant;
use crate::discord::{PATIENCE, Routes, Seed};
use crate::process::Used;

/// Drafts before the first that is measured.
const WARM_UP: usize = 3;
/// Images that are approved one after the other.
const APPROVED: usize = 16;
/// Images that are approved at once.
const BURST: usize = 32;
/// Drafts that must be measured, so that there are enough images to approve.
pub const DRAFTS: usize = (APPROVED + BURST).div_ceil(4) - WARM_UP;
/// 2Ks that are voted on, each by one voter a round.
const VOTED_ON: usize = 8;

/// What something cost, summed up.
#[derive(Debug, Default, Serialize)]
pub struct Cost {
    /// How often it was done.
    pub times: u64,
    /// The processor, user and system, in milliseconds for each time.
    pub cpu_ms: f64,
    /// Context switches for each time.
    pub switches: f64,
    /// Requests with the bot's token for each time.
    pub requests: f64,
    /// Requests for each time, by route.
    pub routes: BTreeMap<String, f64>,
}

/// What was measured of a bot.
#[derive(Debug, Default, Serialize)]
pub struct Figures {
    pub name: String,
    pub draft: Cost,
    pub approval: Cost,
    pub vote: Cost,
    /// How often the disk was to keep what was written, for each draft of four, if it could be counted.
    pub syncs: Option<f64>,
    /// From many votes at once to the last call of the engine: approvals a second.
    pub approvals_a_second: f64,
    /// The memory before anything happened, in MiB.
    pub idle_mib: f64,
    /// The memory at the end, in MiB.
    pub after_mib: f64,
}

/// Sums before they are divided.
#[derive(Default)]
struct Sums {
    times: u64,
    used: Used,
    requests: u64,
    routes: Routes,
}

/// A bot while it is measured.
pub struct Played {
    pub who: Contestant,
    engine: String,
    draft: Sums,
    approval: Sums,
    vote: Sums,
    syncs: Option<f64>,
    approvals_a_second: f64,
    prompts: usize,
    voted: usize,
}

/// What the bot had used, and asked for, at a moment.
struct Mark {
    used: Used,
    calls: usize,
}

impl Played {
    pub async fn warm(who: Contestant, engine: &str) -> anyhow::Result<Self> {
        let mut played = Self {
            who,
            engine: engine.to_owned(),
            draft: Sums::default(),
            approval: Sums::default(),
            vote: Sums::default(),
            syncs: None,
            approvals_a_second: 0.0,
            prompts: 0,
            voted: 0,
        };
        played.draw(WARM_UP).await?;
        played.who.discord.quiet().await?;
        Ok(played)
    }

    /// Plays drafts of four, one after the other.
    pub async fn drafts(&mut self, count: usize) -> anyhow::Result<()> {
        let mark = self.mark().await?;
        self.draw(count).await?;
        let sums = std::mem::take(&mut self.draft);
        self.draft = self.since(&mark, count, sums).await?;
        Ok(())
    }

    /// Plays drafts of four, and counts how often the disk is to keep what is written.
    pub async fn syncs(&mut self, count: usize) -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let Some(syncs) = self.who.bot.count_syncs(&folder.path().join("syncs")).await? else {
            return Ok(());
        };
        self.draw(count).await?;
        self.who.discord.quiet().await?;
        self.syncs = Some(syncs.end().await? as f64 / count as f64);
        Ok(())
    }

    async fn draw(&mut self, count: usize) -> anyhow::Result<()> {
        let campaign = world::CAMPAIGN.to_string();
        for _ in 0..count {
            self.prompts += 1;
            let prompt = format!("harbour at dawn, soft light, study {}", self.prompts);
            self.who.discord.draft(&self.who.ana, &campaign, &prompt).await?;
            let seeded = self.who.discord.seeded(4 * self.prompts).await;
            seeded.with_context(|| self.who.name.clone())?;
        }
        Ok(())
    }

    /// Approves the first images of drafts, one after the other. Returns the 2Ks.
    pub async fn approvals(&mut self) -> anyhow::Result<Vec<Seed>> {
        let drafts = 4 * self.prompts;
        let seeds = self.who.discord.seeded(drafts).await?;
        let mark = self.mark().await?;
        for (seed, done) in seeds.iter().take(APPROVED).zip(1..) {
            self.who.discord.approve(&self.who.bo, seed).await?;
            let seeded = self.who.discord.seeded(drafts + done).await;
            seeded.with_context(|| self.who.name.clone())?;
        }
        let sums = std::mem::take(&mut self.approval);
        self.approval = self.since(&mark, APPROVED, sums).await?;
        let all = self.who.discord.seeded(drafts + APPROVED).await?;
        Ok(all[drafts..].to_vec())
    }

    /// Approves the next images of drafts at once, and takes the time until the engine was asked
    /// for all of them.
    pub async fn burst(&mut self) -> anyhow::Result<()> {
        let seeds = self.who.discord.seeded(APPROVED + BURST).await?;
        let seeds = &seeds[APPROVED..APPROVED + BURST];
        let before = asked(&self.engine).await?;
        let begun = Instant::now();
        for seed in seeds {
            self.who.discord.approve(&self.who.bo, seed).await?;
        }
        loop {
            let asked = asked(&self.engine).await? - before;
            if asked >= seeds.len() as u64 {
                break;
            }
            self.who.bot.check()?;
            let waited = begun.elapsed();
            ensure!(
                waited < PATIENCE,
                "{}: {asked} of {BURST} were asked for in {waited:?}",
                self.who.name
            );
            sleep(Duration::from_millis(10)).await;
        }
        self.approvals_a_second = seeds.len() as f64 / begun.elapsed().as_secs_f64();
        let all = 4 * self.prompts + APPROVED + BURST;
        let shown = self.who.discord.seeded(all).await;
        shown.with_context(|| self.who.name.clone())?;
        self.who.discord.quiet().await
    }

    /// Has the next voter vote on several 2Ks.
    pub async fn votes(&mut self, larger: &[Seed]) -> anyhow::Result<()> {
        let voter = &self.who.voters[self.voted % self.who.voters.len()];
        let on = &larger[..VOTED_ON];
        let mark = self.mark().await?;
        for seed in on {
            self.who.discord.approve(voter, seed).await?;
        }
        let shown = self.who.discord.edited(on, mark.calls).await;
        shown.with_context(|| self.who.name.clone())?;
        self.voted += 1;
        let sums = std::mem::take(&mut self.vote);
        self.vote = self.since(&mark, on.len(), sums).await?;
        Ok(())
    }

    pub async fn figures(self) -> anyhow::Result<Figures> {
        let figures = Figures {
            name: self.who.name.clone(),
            draft: self.draft.cost(),
            approval: self.approval.cost(),
            vote: self.vote.cost(),
            syncs: self.syncs,
            approvals_a_second: self.approvals_a_second,
            idle_mib: mib(self.who.idle_kib),
            after_mib: mib(self.who.bot.rss_kib()?),
        };
        self.who.end().await?;
        Ok(figures)
    }

    async fn mark(&self) -> anyhow::Result<Mark> {
        Ok(Mark {
            calls: self.who.discord.calls().await?.len(),
            used: self.who.bot.used()?,
        })
    }

    /// Adds what was used since then, once the bot is quiet.
    async fn since(&self, mark: &Mark, times: usize, mut sums: Sums) -> anyhow::Result<Sums> {
        self.who.discord.quiet().await?;
        let used = self.who.bot.used()?;
        sums.times += times as u64;
        sums.used.cpu_ms += used.cpu_ms - mark.used.cpu_ms;
        sums.used.switches += used.switches.saturating_sub(mark.used.switches);
        for call in self.who.discord.calls().await?.iter().skip(mark.calls) {
            sums.requests += u64::from(call.with_token());
            *sums.routes.entry(call.route()).or_default() += 1;
        }
        Ok(sums)
    }
}

impl Sums {
    fn cost(self) -> Cost {
        let each = |sum: u64| sum as f64 / self.times.max(1) as f64;
        Cost {
            times: self.times,
            cpu_ms: each(self.used.cpu_ms),
            switches: each(self.used.switches),
            requests: each(self.requests),
            routes: self
                .routes
                .iter()
                .map(|(route, sum)| (route.clone(), each(*sum)))
                .collect(),
        }
    }
}

pub fn mib(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

async fn asked(engine: &str) -> anyhow::Result<u64> {
    Ok(Client::new()
        .get(format!("{engine}/asked"))
        .send()
        .await?
        .json()
        .await?)
}
