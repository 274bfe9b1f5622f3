//! Checks the settings, and that each stage has an engine.

use super::report::{Level, Part};
use crate::app::{self, FaultInjection};
use crate::cli::start::{Settings, in_one_sentence};
use crate::config::Config;
use crate::domain::stage::Stage;
use crate::flow::error::chain;

/// Reads the settings. Returns nothing if they cannot be used: then nothing else can be checked.
pub(super) fn check(part: &mut Part, settings: &Settings) -> Option<Config> {
    let config = match settings.load() {
        Ok(config) => config,
        Err(error) => {
            let why = "the bot does not start, and nothing else could be checked";
            let fix = "change the setting that it names; config/default.toml has them all";
            part.found(Level::Problem, in_one_sentence(&error), why, fix);
            return None;
        }
    };
    let stages = Stage::ALL.map(|stage| {
        let spec = config.rules.spec(stage);
        format!("{stage} {} by {} {}", spec.tier, spec.engine, spec.model)
    });
    part.saw(format!("The settings can be used: {}.", stages.join(", ")));
    if config.rules.operators.is_empty() {
        let why = "nobody can grant a server credits, or decide about a call whose answer never came";
        let fix = "set `operators` to the user ids of who runs this bot";
        part.found(Level::Warning, "there is no operator", why, fix);
    }
    let engines = app::engines(FaultInjection::Never, &config)
        .and_then(|engines| app::check_engines(&config.rules, &engines));
    if let Err(error) = engines {
        let why = "the bot does not start, because a stage could never be drawn";
        part.found(
            Level::Problem,
            chain(&error),
            why,
            "do what it says, or name another engine",
        );
    }
    Some(config)
}
