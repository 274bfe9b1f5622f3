//! The rules that the operator set, for all guilds.

use std::collections::BTreeMap;

use crate::domain::credits::{Credits, OutOfRange};
use crate::domain::engine::catalog::Catalog;
use crate::domain::engine::prompt_template::Templates;
use crate::domain::engine::quota::{EngineQuota, Quota};
use crate::domain::geometry::{Pixels, Ratio};
use crate::domain::ids::{GuildId, UserId};
use crate::domain::image::crop::Crop;
use crate::domain::image::drift::Thresholds;
use crate::domain::image::reference;
use crate::domain::money::period::Zone;
use crate::domain::money::spend_limit::SpendLimits;
use crate::domain::stage::{Stage, StageSpec, Stages};

/// What the rules of one process are.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Who runs the bot: they may grant credits and take them back.
    pub operators: Vec<UserId>,
    /// Where the bot works; empty: everywhere.
    pub allowed_guilds: Vec<GuildId>,
    /// What a guild gets once; zero: nothing.
    pub first_grant: Credits,
    /// What can be drawn.
    pub catalog: Catalog,
    /// The sizes into which pictures are cut for nothing.
    pub crops: Vec<Crop>,
    /// From when on it is said that a picture moved.
    pub drift: Thresholds,
    /// What each stage asks for.
    pub stages: Stages,
    /// How much of each engine may be used, by its name.
    pub shares: BTreeMap<String, Quota>,
    /// What each reference adds to the price of each image, where the engine counts what it is sent.
    pub reference_price: Credits,
    /// What engines are told.
    pub templates: Templates,
    /// Whether the requester's own vote counts.
    pub own_vote: bool,
    /// How long a vote stays open, in days.
    pub vote_window_days: u32,
    /// Whether the admins of a guild may set what a stage costs there.
    pub guild_prices: bool,
    /// Whether whoever may manage a guild may use its treasury, besides operators.
    pub admins_treasury: bool,
    /// How much may be spent in a guild that chose nothing else, and by whom.
    pub spend_limits: SpendLimits,
    /// Where days and months begin in such a guild.
    pub zone: Zone,
}

impl Rules {
    /// Whether the bot works in a guild.
    #[must_use]
    pub fn allows(&self, guild: GuildId) -> bool {
        self.allowed_guilds.is_empty() || self.allowed_guilds.contains(&guild)
    }

    /// What a stage asks for.
    #[must_use]
    pub const fn spec(&self, stage: Stage) -> &StageSpec {
        self.stages.spec(stage)
    }

    /// The engines that draw, each with the stages that are its.
    #[must_use]
    pub fn engines(&self) -> Vec<EngineQuota> {
        let mut engines: Vec<EngineQuota> = Vec::new();
        for engine in Stage::ALL.map(|stage| self.engine(stage)) {
            if !engines.contains(&engine) {
                engines.push(engine);
            }
        }
        engines
    }

    /// The engine of a stage, with all the stages that are its.
    #[must_use]
    pub fn engine(&self, stage: Stage) -> EngineQuota {
        let name = &self.spec(stage).engine;
        EngineQuota {
            name: name.clone(),
            stages: Stage::ALL
                .into_iter()
                .filter(|other| self.spec(*other).engine == *name)
                .collect(),
            quota: self.quota(name),
        }
    }

    fn quota(&self, engine: &str) -> Quota {
        let one = Quota {
            at_once: 1,
            a_minute: 0,
        };
        self.shares.get(engine).copied().unwrap_or(one)
    }

    /// What so many references add to the price of each image of a draft.
    ///
    /// # Errors
    /// [`OutOfRange`] for more than there can be.
    pub fn references_price(&self, n: usize) -> Result<Credits, OutOfRange> {
        let model = self.catalog.model(self.spec(Stage::Explore));
        reference::price(model, self.reference_price).times(n)
    }

    /// The stage after this one, unless this is the last that a draft can reach.
    #[must_use]
    pub fn next(&self, stage: Stage, last: Stage) -> Option<(Stage, &StageSpec)> {
        let next = stage.next().filter(|next| *next <= last)?;
        Some((next, self.spec(next)))
    }

    /// The pixels of a stage, if they can still be drawn.
    #[must_use]
    pub fn pixels(&self, stage: Stage, ratio: Ratio) -> Option<Pixels> {
        self.catalog.pixels(&self.stages, stage, ratio).ok()
    }
}
