//! The three stages of a picture and what each asks for.

use std::fmt;

use serde::Deserialize;

use super::credits::Credits;
use super::geometry::Tier;

/// Where a picture stands between idea and delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Ideas, drawn cheaply.
    Explore,
    /// Approved ideas, larger.
    Review,
    /// What is delivered.
    Final,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Self; 3] = [Self::Explore, Self::Review, Self::Final];

    /// The stage that an approval leads to.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Explore => Some(Self::Review),
            Self::Review => Some(Self::Final),
            Self::Final => None,
        }
    }

    /// The name in the database, in settings and in messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Explore => "explore",
            Self::Review => "review",
            Self::Final => "final",
        }
    }

    /// Reads [`Stage::name`] back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.name() == name)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How carefully an engine draws, and how dearly; the words are OpenAI's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "they say no more than their names")]
pub enum Quality {
    Low,
    Medium,
    High,
    Xhigh,
    Max,
}

impl Quality {
    /// The name in settings and on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
            Self::Max => "max",
        }
    }
}

impl fmt::Display for Quality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a picture comes of what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// From the words, and references if there are some. Always so for explore.
    Draw,
    /// The approved picture itself, larger.
    Exact,
    /// Drawn anew, with the approved picture as first reference: more detail, and it may drift.
    Remaster,
}

impl Mode {
    /// The name in settings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Draw => "draw",
            Self::Exact => "exact",
            Self::Remaster => "remaster",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a stage asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageSpec {
    /// The rung of the ladder.
    pub tier: Tier,
    /// The engine, by its name in the catalog.
    pub engine: String,
    /// The engine's model.
    pub model: String,
    /// The quality, where the model has several.
    pub quality: Option<Quality>,
    /// How it comes of the image before.
    pub mode: Mode,
    /// What an image of this stage costs.
    pub price: Credits,
    /// How many distinct members must approve before an image of this stage is drawn; nobody is asked for explore.
    pub quorum: u32,
}

/// The specs of all stages, as the operator configured them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stages {
    /// Ideas.
    pub explore: StageSpec,
    /// Approved ideas, larger.
    pub review: StageSpec,
    /// What is delivered.
    pub r#final: StageSpec,
}

impl Stages {
    /// The spec of one stage.
    #[must_use]
    pub const fn spec(&self, stage: Stage) -> &StageSpec {
        match stage {
            Stage::Explore => &self.explore,
            Stage::Review => &self.review,
            Stage::Final => &self.r#final,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    fn spec(tier: Tier, mode: Mode, price: i64, quorum: u32) -> StageSpec {
        StageSpec {
            tier,
            engine: "sketch".to_owned(),
            model: "sketch-1".to_owned(),
            quality: None,
            mode,
            price: Credits::new(price).unwrap(),
            quorum,
        }
    }

    /// The stages as they are by default.
    pub fn stages() -> Stages {
        Stages {
            explore: spec(Tier::K1, Mode::Draw, 10, 1),
            review: spec(Tier::K2, Mode::Exact, 20, 1),
            r#final: spec(Tier::K4, Mode::Exact, 40, 2),
        }
    }

    #[test]
    fn the_stages_follow_each_other_and_end() {
        let mut way = vec![Stage::Explore];
        while let Some(next) = way[way.len() - 1].next() {
            way.push(next);
        }
        assert_eq!(way, Stage::ALL);
        assert!(Stage::ALL.is_sorted());
    }

    #[test]
    fn every_stage_reads_back_and_has_its_own_spec() {
        for (stage, price) in Stage::ALL.into_iter().zip([10, 20, 40]) {
            assert_eq!(Stage::from_name(&stage.to_string()), Some(stage));
            assert_eq!(stages().spec(stage).price.get(), price);
        }
        assert_eq!(Stage::from_name("poster"), None);
        assert_eq!(Stage::from_name("Explore"), None);
    }
}
