//! What can be drawn, and by whom: the ladders and engines of `config/models.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::picture::{Illegal, Pixels, Ratio, SizeRule, Tier};
use super::stage::{Stage, Stages};

/// Ladders and engines, as data with the day they were checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// The day the data was checked, `YYYY-MM-DD`.
    pub checked: String,
    /// The sizes of each ratio, in the order in which people are offered the ratios.
    pub ladder: Vec<Ladder>,
    /// The engines, by name.
    pub engine: BTreeMap<String, Engine>,
}

/// The sizes of one ratio, exact at every tier, so that a larger picture never crops.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// The shape.
    pub ratio: Ratio,
    /// At 1K.
    #[serde(rename = "1K")]
    pub k1: Pixels,
    /// At 2K.
    #[serde(rename = "2K")]
    pub k2: Pixels,
    /// At 4K.
    #[serde(rename = "4K")]
    pub k4: Pixels,
}

impl Ladder {
    /// The size at a tier.
    #[must_use]
    pub const fn at(&self, tier: Tier) -> Pixels {
        match tier {
            Tier::K1 => self.k1,
            Tier::K2 => self.k2,
            Tier::K4 => self.k4,
        }
    }
}

/// Something that draws.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// The models it has.
    pub models: Vec<String>,
    /// The sizes it takes.
    pub size: SizeRule,
}

/// Why a stage cannot draw a ratio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undrawable {
    /// The ratio has no ladder.
    #[error("there is no ladder for {0}")]
    Ratio(Ratio),
    /// The engine refuses the size.
    #[error("{engine} cannot draw {ratio} at {tier}, {pixels}: {why}")]
    Size {
        /// The engine's name.
        engine: String,
        /// The shape asked for.
        ratio: Ratio,
        /// The rung asked for.
        tier: Tier,
        /// The size at that rung.
        pixels: Pixels,
        /// The rule it breaks.
        why: Illegal,
    },
}

/// Something in the data that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCatalog {
    /// No ladder at all.
    #[error("there is no [[ladder]]")]
    Empty,
    /// A size that crops.
    #[error("the {tier} size of {ratio}, {pixels}, is not exactly {ratio}")]
    Crops {
        /// The ladder.
        ratio: Ratio,
        /// Its rung.
        tier: Tier,
        /// The size that is off.
        pixels: Pixels,
    },
    /// A rung that is not larger than the one below.
    #[error("the sizes of {0} must grow from 1K to 4K")]
    Shrinks(Ratio),
    /// A ratio that stands there twice.
    #[error("{0} has two ladders")]
    Twice(Ratio),
    /// A stage names an engine that is not there.
    #[error("stages.{stage}.engine: there is no engine “{engine}”; there are: {known}")]
    NoEngine {
        /// The stage.
        stage: Stage,
        /// What it names.
        engine: String,
        /// What there is.
        known: String,
    },
    /// A stage names a model that its engine does not have.
    #[error("stages.{stage}.model: {engine} has no model “{model}”; it has: {known}")]
    NoModel {
        /// The stage.
        stage: Stage,
        /// Its engine.
        engine: String,
        /// What it names.
        model: String,
        /// What there is.
        known: String,
    },
}

impl Catalog {
    /// The ratios that have a ladder, in the order in which people are offered them.
    pub fn ratios(&self) -> impl Iterator<Item = Ratio> + '_ {
        self.ladder.iter().map(|ladder| ladder.ratio)
    }

    /// The pixels of a stage for a ratio, if its engine can draw them.
    ///
    /// # Errors
    /// [`Undrawable`], with the reason.
    pub fn pixels(&self, stages: &Stages, stage: Stage, ratio: Ratio) -> Result<Pixels, Undrawable> {
        let spec = stages.spec(stage);
        let ladder = self
            .ladder
            .iter()
            .find(|l| l.ratio == ratio)
            .ok_or(Undrawable::Ratio(ratio))?;
        let pixels = ladder.at(spec.tier);
        let engine = self.engine.get(&spec.engine).ok_or(Undrawable::Ratio(ratio))?;
        engine
            .size
            .check(pixels)
            .map(|()| pixels)
            .map_err(|why| Undrawable::Size {
                engine: spec.engine.clone(),
                ratio,
                tier: spec.tier,
                pixels,
                why,
            })
    }

    /// Checks the data and the stages that use it, once, at start.
    ///
    /// # Errors
    /// [`BadCatalog`], naming the first line to mend.
    pub fn check(&self, stages: &Stages) -> Result<(), BadCatalog> {
        if self.ladder.is_empty() {
            return Err(BadCatalog::Empty);
        }
        for (i, ladder) in self.ladder.iter().enumerate() {
            if self.ladder[..i].iter().any(|other| other.ratio == ladder.ratio) {
                return Err(BadCatalog::Twice(ladder.ratio));
            }
            ladder.check()?;
        }
        Stage::ALL
            .into_iter()
            .try_for_each(|stage| self.check_stage(stages, stage))
    }

    fn check_stage(&self, stages: &Stages, stage: Stage) -> Result<(), BadCatalog> {
        let spec = stages.spec(stage);
        let engine = self
            .engine
            .get(&spec.engine)
            .ok_or_else(|| BadCatalog::NoEngine {
                stage,
                engine: spec.engine.clone(),
                known: self.engine.keys().cloned().collect::<Vec<_>>().join(", "),
            })?;
        if engine.models.contains(&spec.model) {
            return Ok(());
        }
        Err(BadCatalog::NoModel {
            stage,
            engine: spec.engine.clone(),
            model: spec.model.clone(),
            known: engine.models.join(", "),
        })
    }
}

impl Ladder {
    fn check(&self) -> Result<(), BadCatalog> {
        let ratio = self.ratio;
        for tier in Tier::ALL {
            let pixels = self.at(tier);
            if !ratio.fits(pixels) {
                return Err(BadCatalog::Crops { ratio, tier, pixels });
            }
        }
        if self.k1.count() < self.k2.count() && self.k2.count() < self.k4.count() {
            Ok(())
        } else {
            Err(BadCatalog::Shrinks(ratio))
        }
    }
}
