//! Asks each paid engine that has a key for its models.

use super::report::{Level, Part};
use crate::app::{self, FaultInjection};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::engine::availability::{Day, judge};
use crate::domain::stage::Stages;
use crate::flow::error::chain;
use crate::providers::{Provider, Unasked};

const NONE: &str = "the stages that this engine draws cannot be drawn";

pub(super) async fn check(part: &mut Part, config: &Config) {
    let engines = match app::engines(FaultInjection::Never, config) {
        Ok(engines) => engines,
        Err(error) => {
            let fix = "see that this machine has its root certificates";
            return part.found(Level::Problem, chain(&error), "no engine can be asked", fix);
        }
    };
    let today = Day::at(Clock::system().now_ms());
    let mut asked = 0;
    for (name, engine) in engines.iter() {
        asked += usize::from(ask(part, &config.rules.stages, (name, engine), today).await);
    }
    if asked == 0 {
        part.saw("No paid engine has a key: nobody had to be asked for models.");
    }
}

/// Asks one engine. Returns whether there was anybody to ask.
async fn ask(part: &mut Part, stages: &Stages, (name, engine): (&str, &dyn Provider), today: Day) -> bool {
    let said = match engine.models().await {
        Ok(None) => match engine.reach().await {
            None => return false,
            Some(Ok(())) => Ok(None),
            Some(Err(why)) => Err(why),
        },
        said => said,
    };
    match said {
        Ok(Some(offered)) => {
            let found = judge(stages, name, &offered, today);
            if found.is_empty() {
                part.saw(format!("{name} offers every model that the stages ask of it."));
            }
            for finding in &found {
                let (level, why) = if finding.is_gone() {
                    (Level::Problem, "that stage cannot be drawn")
                } else {
                    (Level::Warning, "that stage cannot be drawn from that day on")
                };
                let fix = "name another model of config/models.toml in the settings";
                part.found(level, finding.to_string(), why, fix);
            }
        }
        Ok(None) => part.saw(format!("{name} is there. It has no list of models.")),
        Err(Unasked::Unlisted(why)) => part.saw(why),
        Err(Unasked::Away(why)) => {
            let fix = "see that this machine reaches the service, then run this again";
            part.found(Level::Away, why, NONE, fix);
        }
        Err(Unasked::TurnedAway(why)) => part.found(Level::Problem, why, NONE, "set a key that is good"),
    }
    true
}
