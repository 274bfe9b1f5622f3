//! Holds the rules that the operator set, for all guilds.

use std::collections::BTreeMap;

use crate::domain::credits::{Credits, OutOfRange};
use crate::domain::engine::catalog::Catalog;
use crate::domain::engine::hint::Hints;
use crate::domain::engine::prompt_template::Templates;
use crate::domain::engine::quota::{EngineQuota, Quota};
use crate::domain::geometry::{Pixels, Ratio};
use crate::domain::guild::retention::Retention;
use crate::domain::ids::{GuildId, UserId};
use crate::domain::image::clash::Opposites;
use crate::domain::image::crop::Crop;
use crate::domain::image::drift::Thresholds;
use crate::domain::image::reference;
use crate::domain::image::render::{Asked, Render};
use crate::domain::money::period::Zone;
use crate::domain::money::spend_limit::SpendLimits;
use crate::domain::stage::{Mode, Stage, StageSpec, Stages};

/// The operator's rules for one process.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The users who run the bot. They may grant credits and take them back.
    pub operators: Vec<UserId>,
    /// The guilds in which the bot works. Empty: in all.
    pub allowed_guilds: Vec<GuildId>,
    /// The credits that a guild gets once; zero: none.
    pub first_grant: Credits,
    /// The ladders and engines.
    pub catalog: Catalog,
    /// The sizes to which a picture is cut without a charge.
    pub crops: Vec<Crop>,
    /// The likeness below which people are told that a picture drifted.
    pub drift: Thresholds,
    /// The tier, engine, price, quorum and the rest that the operator set for each stage.
    pub stages: Stages,
    /// How much of each engine may be used, by its name.
    pub shares: BTreeMap<String, Quota>,
    /// The credits that each reference adds to the price of each image, if the engine charges for
    /// what it is sent.
    pub reference_price: Credits,
    /// The templates of the prompts that engines are sent.
    pub templates: Templates,
    /// The rules by which a vague prompt gets a hint.
    pub hints: Hints,
    /// The rules by which notes contradict each other.
    pub opposites: Opposites,
    /// For how long what belongs to drafts that are over is kept.
    pub retention: Retention,
    /// How long a link to a file is valid, in hours.
    pub link_hours: u32,
    /// Whether the requester's own vote counts.
    pub own_vote: bool,
    /// How long a vote stays open, in days.
    pub vote_window_days: u32,
    /// Whether the admins of a guild may set what a stage costs there.
    pub guild_prices: bool,
    /// Whether a guild's admins may use its treasury, besides operators.
    pub admins_treasury: bool,
    /// The spending limits of a guild that chose none of its own.
    pub spend_limits: SpendLimits,
    /// The time zone of a guild that chose none, by which days and months begin.
    pub zone: Zone,
}

impl Rules {
    /// Returns whether the bot works in a guild.
    #[must_use]
    pub fn allows(&self, guild: GuildId) -> bool {
        self.allowed_guilds.is_empty() || self.allowed_guilds.contains(&guild)
    }

    /// Returns the settings of a stage.
    #[must_use]
    pub const fn spec(&self, stage: Stage) -> &StageSpec {
        self.stages.spec(stage)
    }

    /// Returns who was asked for a render, or will be.
    #[must_use]
    pub fn asked(&self, render: &Render) -> Asked {
        let asked = render.asked.clone();
        asked.unwrap_or_else(|| self.asks(render))
    }

    /// Returns who would be asked for a render now. A version is always made of the picture that it is
    /// drawn after.
    #[must_use]
    pub fn asks(&self, render: &Render) -> Asked {
        let asked = Asked::of(self.spec(render.stage));
        let mode = render.after.map_or(asked.mode, |_| Mode::Remaster);
        Asked { mode, ..asked }
    }

    /// Returns the engines that draw, each once, with the stages that it draws.
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

    /// Returns the engine of a stage, with all stages that it draws.
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

    /// Returns what `n` references add to the price of each image of a draft.
    ///
    /// # Errors
    /// [`OutOfRange`] above [`Credits::MAX`].
    pub fn references_price(&self, n: usize) -> Result<Credits, OutOfRange> {
        let model = self.catalog.model(self.spec(Stage::Explore));
        reference::price(model, self.reference_price).times(n)
    }

    /// Returns the stage after this one. Returns `None` if a draft whose last stage is `last` does
    /// not reach it.
    #[must_use]
    pub fn next(&self, stage: Stage, last: Stage) -> Option<(Stage, &StageSpec)> {
        let next = stage.next().filter(|next| *next <= last)?;
        Some((next, self.spec(next)))
    }

    /// Returns the pixels of a stage for a ratio, if its engine can draw them.
    #[must_use]
    pub fn pixels(&self, stage: Stage, ratio: Ratio) -> Option<Pixels> {
        self.catalog.pixels(&self.stages, stage, ratio).ok()
    }
}
