//! A soak: one life of a bot in rounds of work and bad days, each with a rest in which nothing may be
//! left over.

use std::time::Duration;

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::time::Instant;

use super::World;
use crate::checks::Findings;
use crate::faults;
use crate::held::Held;
use crate::people::Pace;
use crate::soak::{self, Rest};
use crate::tally::Tally;

/// How far apart bad days are.
const FAULT_EVERY: Duration = Duration::from_secs(4);
/// How far apart two looks at what a bot holds are.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// After how many looks that show the same a bot counts as being at rest.
const SAME: u32 = 4;
/// How long a bot may keep what it may need again: connections that are not used end within.
const KEEPS_WITHIN: Duration = Duration::from_secs(150);

impl World {
    /// Has a bot live through rounds of work, each of a time. Returns what was counted, what was found,
    /// and what the bot held in each rest.
    ///
    /// # Errors
    /// When the machine fails, not a bot.
    pub async fn soak(&self, rounds: u32, time: Duration) -> anyhow::Result<(Tally, Findings, Vec<Rest>)> {
        let (began, mut findings) = (Instant::now(), Findings::default());
        self.bots[0].start()?;
        self.is_known().await?;
        self.people.be_generous().await;
        let mut dice = StdRng::seed_from_u64(self.settings.seed ^ 0x50a4);
        let mut rests: Vec<Rest> = Vec::new();
        for round in 0..u64::from(rounds) {
            self.round(&mut dice, round, time).await;
            self.come_to_rest(&mut findings).await?;
            let ended = self.bots[0].snare.ended();
            findings.check("a bot lives through bad days", ended.is_none(), || {
                format!("{ended:?} in round {}", round + 1)
            });
            let held = self.held_at_rest(rests.first().map(|rest| &rest.held)).await?;
            let rest = Rest {
                seconds: began.elapsed().as_secs(),
                drafts: self.database.number("SELECT count(*) FROM drafts").await?,
                database_bytes: self.database.bytes().await?,
                held,
            };
            println!("round {}: {rest:?}", round + 1);
            rests.push(rest);
        }
        soak::check(&rests, &mut findings);
        let (tally, findings) = self.compare(findings).await?;
        Ok((tally, findings, rests))
    }

    /// Has members act for a time, and one thing fail after the other.
    async fn round(&self, dice: &mut StdRng, round: u64, time: Duration) {
        self.service.be_kind(false);
        let people = self
            .people
            .clone()
            .act(self.settings.seed ^ (round << 40), Pace::Steady);
        let acting = tokio::spawn(people);
        let over = Instant::now() + time;
        while Instant::now() + FAULT_EVERY < over {
            tokio::time::sleep(FAULT_EVERY).await;
            let mut counts = faults::Counts::default();
            faults::make(&self.discord, &self.database, &self.bots[0], dice, &mut counts).await;
            self.tally.lock().await.faults(counts);
        }
        tokio::time::sleep_until(over).await;
        acting.abort();
    }

    /// Waits until the bot holds no more than in its first rest, or, in that, the same for a while.
    /// Returns what it holds then.
    async fn held_at_rest(&self, first: Option<&Held>) -> anyhow::Result<Held> {
        let deadline = Instant::now() + KEEPS_WITHIN;
        let mut held = Held::of(&self.bots[0]).await?;
        let mut same = 0;
        while Instant::now() < deadline {
            let is_there = first.map_or(same >= SAME, |first| !held.is_more_than(first));
            if is_there {
                break;
            }
            tokio::time::sleep(LOOK_EVERY).await;
            let now = Held::of(&self.bots[0]).await?;
            same = if now.is_more_than(&held) || held.is_more_than(&now) {
                0
            } else {
                same + 1
            };
            held = now;
        }
        Ok(held)
    }
}
