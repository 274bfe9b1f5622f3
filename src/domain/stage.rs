//! The three stages of an image, and what the operator set for each.

use std::fmt;

use serde::Deserialize;

use super::credits::Credits;
use super::geometry::Tier;

/// How far an image is between idea and delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// First images, drawn cheaply.
    Explore,
    /// Approved first images, larger.
    Review,
    /// The images that are delivered.
    Final,
}

impl Stage {
    /// All stages, in order.
    pub const ALL: [Self; 3] = [Self::Explore, Self::Review, Self::Final];

    /// Returns the stage that an approval of this one leads to.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Explore => Some(Self::Review),
            Self::Review => Some(Self::Final),
            Self::Final => None,
        }
    }

    /// Returns the name in the database, in settings and in messages.
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

/// How carefully, and at what cost, an engine draws. The words are OpenAI's.
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
    /// All qualities, from low to high.
    pub const ALL: [Self; 5] = [Self::Low, Self::Medium, Self::High, Self::Xhigh, Self::Max];

    /// Reads [`Quality::name`] back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|quality| quality.name() == name)
    }

    /// Returns the name in settings and on the wire.
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

/// How an engine makes a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// From words, and from references if there are any. Explore always does.
    Draw,
    /// The approved picture, the same but larger.
    Exact,
    /// Drawn anew with the approved picture as its first reference: with more detail, and it may
    /// drift.
    Remaster,
}

impl Mode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Draw, Self::Exact, Self::Remaster];

    /// Reads [`Mode::name`] back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Returns the name in settings.
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

/// What the operator set for a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageSpec {
    /// The tier of its pictures.
    pub tier: Tier,
    /// The engine, by its name in the catalog.
    pub engine: String,
    /// The engine's model.
    pub model: String,
    /// The quality, if the model has several.
    pub quality: Option<Quality>,
    /// How a picture is made of the one before.
    pub mode: Mode,
    /// What one image costs.
    pub price: Credits,
    /// How many distinct members must approve before an image of this stage is drawn. For explore
    /// nobody is asked.
    pub quorum: u32,
}

/// The settings of all stages, as the operator configured them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stages {
    /// First images.
    pub explore: StageSpec,
    /// Approved first images, larger.
    pub review: StageSpec,
    /// The images that are delivered.
    pub r#final: StageSpec,
}

impl Stages {
    /// Returns the settings of one stage.
    #[must_use]
    pub const fn spec(&self, stage: Stage) -> &StageSpec {
        match stage {
            Stage::Explore => &self.explore,
            Stage::Review => &self.review,
            Stage::Final => &self.r#final,
        }
    }

    /// Returns what an image costs at each stage.
    #[must_use]
    pub fn prices(&self) -> [Credits; 3] {
        Stage::ALL.map(|stage| self.spec(stage).price)
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

    /// Returns the stages as they are by default.
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
        assert!(
            Quality::ALL
                .into_iter()
                .all(|quality| Quality::from_name(quality.name()) == Some(quality))
        );
        assert!(
            Mode::ALL
                .into_iter()
                .all(|mode| Mode::from_name(mode.name()) == Some(mode))
        );
        assert_eq!(Stage::from_name("poster"), None);
        assert_eq!(Stage::from_name("Explore"), None);
    }
}
