//! Describes the paid call of a render: who is asked, how it ends, what it costs, and what a person
//! decides where nobody knows the end.

use super::reference::RefusedPicture;
use crate::domain::engine::cost::Usd;
use crate::domain::geometry::Pixels;
use crate::domain::ids::UserId;
use crate::domain::stage::{Mode, Quality, StageSpec};

/// Who was asked to draw a picture, and how. A stage may be drawn by others since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The name of the engine.
    pub engine: String,
    /// The engine's model.
    pub model: String,
    /// The quality, if the model has several.
    pub quality: Option<Quality>,
    /// How the picture is made of the one before.
    pub mode: Mode,
}

impl Asked {
    /// Returns who is asked for a picture of a stage that has these settings.
    #[must_use]
    pub fn of(spec: &StageSpec) -> Self {
        Self {
            engine: spec.engine.clone(),
            model: spec.model.clone(),
            quality: spec.quality,
            mode: spec.mode,
        }
    }
}

/// The engine's bill for a paid call, as far as it gives one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bill {
    /// What the paid call cost the operator. `None` if the engine did not say.
    pub usd: Option<Usd>,
    /// The engine's name for the paid call. `None` if the engine gave none.
    pub request: Option<String>,
}

/// How a paid call ended, as the engine reports it. What was drawn is kept apart from what is
/// decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A usable picture of this size, whether or not it is the size asked for.
    Drawn(Pixels),
    /// The call could not be sent, or the service is busy: nothing was paid. Holds how long the
    /// service asks to wait, in milliseconds.
    Transient(Option<i64>),
    /// The call was sent and then cut: nobody knows how it ended.
    Unknown,
    /// The service has the call, and did not say yet how it ended.
    Later,
    /// The policy of the engine's service refused the prompt.
    Refused,
    /// The engine's service refused a picture that was sent along.
    RefusedPicture(RefusedPicture),
    /// Something failed that only the operator can mend: a key, a quota, a model.
    Operator,
    /// The answer had no usable picture.
    Broken,
    /// Somebody called the render off while its call waited in the service's queue.
    CalledOff,
}

impl Outcome {
    /// All names by which outcomes are counted.
    pub const NAMES: [&'static str; 9] = [
        "drawn",
        "transient",
        "unknown",
        "later",
        "refused",
        "refused_picture",
        "operator",
        "broken",
        "called_off",
    ];

    /// Returns the name by which it is counted.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Drawn(_) => "drawn",
            Self::Transient(_) => "transient",
            Self::Unknown => "unknown",
            Self::Later => "later",
            Self::Refused => "refused",
            Self::RefusedPicture(_) => "refused_picture",
            Self::Operator => "operator",
            Self::Broken => "broken",
            Self::CalledOff => "called_off",
        }
    }
}

/// A decision about the credits of a render of unknown outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The credits are spent: the service charges for the call.
    Settle,
    /// The credits go back to the pool: nothing was paid.
    Release,
}

/// A person's decision about the credits of an unknown render, and who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// What becomes of the held credits.
    pub verdict: Verdict,
    /// The person who decided.
    pub by: UserId,
    /// The reason that the person typed. `None` if no reason was given.
    pub reason: Option<String>,
}
