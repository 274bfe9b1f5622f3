//! What is wrong with a catalogue, or with what is asked of it.

use crate::domain::geometry::{Illegal, Pixels, Ratio, Tier};
use crate::domain::stage::{Mode, Stage};

/// Why a stage cannot draw a ratio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Undrawable {
    /// The ratio has no ladder.
    #[error("there is no ladder for {0}")]
    Ratio(Ratio),
    /// The engine does not accept the ratio.
    #[error("{engine} cannot draw {ratio}")]
    Shape {
        /// The engine's name.
        engine: String,
        /// The ratio that was asked for.
        ratio: Ratio,
    },
    /// The engine does not accept the size.
    #[error("{engine} cannot draw {ratio} at {tier}, {pixels}: {why}{}", instead(*.nearest))]
    Size {
        /// The engine's name.
        engine: String,
        /// The ratio that was asked for.
        ratio: Ratio,
        /// The tier that was asked for.
        tier: Tier,
        /// The size at that tier.
        pixels: Pixels,
        /// The rule that the size breaks.
        why: Illegal,
        /// The nearest size of this ratio that the engine accepts, if there is one.
        nearest: Option<Pixels>,
    },
}

/// Formats the size that can be drawn instead, as the end of a sentence.
fn instead(nearest: Option<Pixels>) -> String {
    nearest.map_or_else(String::new, |size| {
        format!(" (the nearest size of this shape that it can: {size})")
    })
}

/// A mistake in the models file, or in the stages that use it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCatalog {
    /// There is no ladder.
    #[error("there is no [[ladder]]")]
    Empty,
    /// A size does not have exactly the ratio of its ladder.
    #[error("the {tier} size of {ratio}, {pixels}, is not exactly {ratio}")]
    Crops {
        /// The ratio of the ladder.
        ratio: Ratio,
        /// The tier at which the size is wrong.
        tier: Tier,
        /// The wrong size.
        pixels: Pixels,
    },
    /// A size is not larger than the one of the tier below.
    #[error("the sizes of {0} must grow from 1K to 4K")]
    Shrinks(Ratio),
    /// A ratio has two ladders.
    #[error("{0} has two ladders")]
    Twice(Ratio),
    /// A stage is no larger than the one before.
    #[error("stages.{0}.tier: each stage must be larger than the one before")]
    Tiers(Stage),
    /// A stage names an engine that does not exist.
    #[error("stages.{stage}.engine: there is no engine “{engine}”; there are: {known}")]
    NoEngine {
        /// The stage that is set wrong.
        stage: Stage,
        /// The engine that the stage names.
        engine: String,
        /// The engines that exist.
        known: String,
    },
    /// A stage names a model that its engine does not have.
    #[error("stages.{stage}.model: {engine} has no model “{model}”; it has: {known}")]
    NoModel {
        /// The stage that is set wrong.
        stage: Stage,
        /// The engine of the stage.
        engine: String,
        /// The model that the stage names.
        model: String,
        /// The models that the engine has.
        known: String,
    },
    /// A stage names a quality that its model does not have, or names none although the model has
    /// several.
    #[error("stages.{stage}.quality: {model} {needs}")]
    Quality {
        /// The stage that is set wrong.
        stage: Stage,
        /// The model of the stage.
        model: String,
        /// What may be set, as a part of a sentence.
        needs: String,
    },
    /// A stage asks its model for a mode that it cannot draw.
    #[error("stages.{stage}.mode: {model} cannot {mode} there; it can: {known}")]
    Mode {
        /// The stage that is set wrong.
        stage: Stage,
        /// The model of the stage.
        model: String,
        /// The mode that is asked for.
        mode: Mode,
        /// The modes that the model can draw there.
        known: String,
    },
    /// The pictures of a stage have no price.
    #[error(
        "stages.{stage}: {model} has no price at {tier} in the models file, and nothing is drawn without one"
    )]
    NoPrice {
        /// The stage that is set wrong.
        stage: Stage,
        /// The model of the stage.
        model: String,
        /// The stage's tier.
        tier: Tier,
    },
}
