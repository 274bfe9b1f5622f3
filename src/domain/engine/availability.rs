//! Compares the models that a service offers with those that the stages use.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::limits;
use crate::domain::stage::{Stage, Stages};

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// Returns the day of a moment, in UTC. `now_ms` is in milliseconds since 1970; beyond the
    /// calendar it is the last day.
    #[must_use]
    pub fn at(now_ms: i64) -> Self {
        let moment = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::MAX);
        Self(moment.to_zoned_datetime(TimeZone::UTC).date())
    }

    /// Counts the days from this one to another. The count is negative if the other was before.
    #[must_use]
    pub fn days_to(self, other: Self) -> i32 {
        (other.0 - self.0).get_days()
    }
}

/// A text that is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a day such as 2026-12-01")]
pub struct NoDay;

impl FromStr for Day {
    type Err = NoDay;

    /// Reads a day such as `2026-12-01`.
    fn from_str(text: &str) -> Result<Self, NoDay> {
        text.parse().map(Self).map_err(|_| NoDay)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A model that a service offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedModel {
    /// The service's name for the model.
    pub model: String,
    /// The day on which the service shuts the model down. `None` if no day is announced.
    pub until: Option<Day>,
}

/// A problem with a stage's model, now or soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The stage that draws with the model.
    pub stage: Stage,
    /// The engine of the stage.
    pub engine: String,
    /// The engine's model for the stage.
    pub model: String,
    /// What happens to the model.
    pub end: ModelEnd,
}

/// How a model ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelEnd {
    /// The service does not offer the model.
    Gone,
    /// The day on which the model was to be shut down has passed.
    Passed(Day),
    /// The model will be shut down on this day, in so many days; 0 is today.
    Near(Day, i32),
}

impl Finding {
    /// Returns whether the stage cannot be drawn any more.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        match self.end {
            ModelEnd::Gone | ModelEnd::Passed(_) => true,
            ModelEnd::Near(..) => false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            stage,
            engine,
            model,
            end,
        } = self;
        write!(f, "stages.{stage}.model = {model}: ")?;
        match end {
            ModelEnd::Gone => write!(f, "{engine} does not offer it to this key; "),
            ModelEnd::Passed(day) => write!(f, "{engine} was to shut it down on {day}; "),
            ModelEnd::Near(day, 0) => write!(f, "{engine} shuts it down today, on {day}; "),
            ModelEnd::Near(day, 1) => write!(f, "{engine} shuts it down on {day}, tomorrow; "),
            ModelEnd::Near(day, days) => write!(f, "{engine} shuts it down on {day}, in {days} days; "),
        }?;
        f.write_str("choose another of config/models.toml")
    }
}

/// Compares the stages that an engine draws with what its service offers on a day.
#[must_use]
pub fn judge(stages: &Stages, engine: &str, offered: &[OfferedModel], today: Day) -> Vec<Finding> {
    let ours = Stage::ALL
        .into_iter()
        .map(|stage| (stage, stages.spec(stage)))
        .filter(|(_, spec)| spec.engine == engine);
    let findings = ours.filter_map(|(stage, spec)| {
        Some(Finding {
            stage,
            engine: engine.to_owned(),
            model: spec.model.clone(),
            end: end(&spec.model, offered, today)?,
        })
    });
    findings.collect()
}

fn end(model: &str, offered: &[OfferedModel], today: Day) -> Option<ModelEnd> {
    let Some(offer) = offered.iter().find(|offer| offer.model == model) else {
        return Some(ModelEnd::Gone);
    };
    let day = offer.until?;
    match today.days_to(day) {
        ..0 => Some(ModelEnd::Passed(day)),
        days @ 0..=limits::SHUTDOWN_DAYS => Some(ModelEnd::Near(day, days)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::stage::tests::stages;

    const DAY_MS: i64 = 24 * 60 * 60_000;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn offer(model: &str, until: Option<&str>) -> OfferedModel {
        OfferedModel {
            model: model.to_owned(),
            until: until.map(day),
        }
    }

    /// Returns stages of which `low` draws explore, and `high` of another engine review and final.
    fn paid() -> Stages {
        let mut stages = stages();
        for (spec, model) in [
            (&mut stages.explore, "low"),
            (&mut stages.review, "high"),
            (&mut stages.r#final, "high"),
        ] {
            "paid".clone_into(&mut spec.engine);
            model.clone_into(&mut spec.model);
        }
        stages
    }

    #[test]
    fn a_model_that_ends_within_thirty_days_or_is_gone_is_found() {
        let gone = "does not offer it to this key; choose";
        for (offered, told) in [
            (Some(None), None),
            (None, Some((gone, true))),
            (
                Some(Some("2026-10-31")),
                Some(("was to shut it down on 2026-10-31", true)),
            ),
            (
                Some(Some("2026-11-01")),
                Some(("shuts it down today, on 2026-11-01", false)),
            ),
            (Some(Some("2026-11-02")), Some(("on 2026-11-02, tomorrow", false))),
            (
                Some(Some("2026-12-01")),
                Some(("on 2026-12-01, in 30 days", false)),
            ),
            (Some(Some("2026-12-02")), None),
            (Some(Some("2027-11-01")), None),
            (
                Some(Some("2025-11-01")),
                Some(("was to shut it down on 2025-11-01", true)),
            ),
        ] {
            let mut all = vec![offer("high", None), offer("low-2026", None)];
            all.extend(offered.map(|until| offer("low", until)));
            let found = judge(&paid(), "paid", &all, day("2026-11-01"));
            let Some((words, is_gone)) = told else {
                assert_eq!(found, [], "{offered:?}");
                continue;
            };
            assert_eq!(found.len(), 1, "{offered:?}: {found:?}");
            let said = found[0].to_string();
            assert!(said.starts_with("stages.explore.model = low: paid "), "{said}");
            assert!(said.contains(words), "{said}");
            assert_eq!(found[0].is_gone(), is_gone, "{said}");
        }
    }

    #[test]
    fn each_stage_of_a_model_is_told_and_stages_of_others_are_not() {
        let found = judge(&paid(), "paid", &[], day("2026-11-01"));
        let told: Vec<Stage> = found.iter().map(|finding| finding.stage).collect();
        assert_eq!(told, Stage::ALL);
        assert_eq!(judge(&paid(), "sketch", &[], day("2026-11-01")), []);
    }

    #[test]
    fn a_day_is_that_of_utc_and_read_as_it_is_written() {
        assert_eq!(Day::at(0).to_string(), "1970-01-01");
        assert_eq!(Day::at(DAY_MS - 1), day("1970-01-01"));
        assert_eq!(Day::at(DAY_MS), day("1970-01-02"));
        assert_eq!(day("2026-12-31").days_to(day("2028-01-01")), 366);
        assert!(Day::at(i64::MAX) > day("2999-01-01"));
        for odd in ["", "soon", "2026-13-01", "1795400000"] {
            assert_eq!(odd.parse::<Day>(), Err(NoDay), "{odd}");
        }
    }
}
