//! Finds the engine that `demo --engine` names, and its key.

use anyhow::{Context, bail};

use super::single_engine::{quotes, single_engine};
use crate::app::{FaultInjection, engines};
use crate::config::{self, Config};
use crate::domain::engine::cost::Usd;
use crate::domain::guild::operator::Rules;
use crate::domain::stage::Stages;

/// An engine that draws every stage of the demo.
pub(super) struct Chosen {
    /// The settings of this engine that the environment has, and no others.
    pub(super) settings: Vec<(String, String)>,
    /// The stages, all drawn by this engine.
    pub(super) stages: Stages,
    /// What the person who starts the demo should know: which engine draws, and for how much.
    pub(super) notice: String,
}

impl Chosen {
    /// Takes the settings of the engine out of an environment.
    ///
    /// # Errors
    /// What to do when no engine has this name, it cannot draw every stage, or its key is missing.
    pub(super) fn find(
        name: &str,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let settings = config::of_engine(name, environment);
        let config = Config::load(None, settings.clone())?;
        let stages = single_engine(&config.rules.catalog, name, &config.rules.stages);
        let stages = stages.context("--engine cannot be used")?;
        if engines(FaultInjection::Told, &config)?.get(name).is_none() {
            match config::key_variable(name) {
                Some(variable) => bail!("--engine {name} needs its key: set {variable}"),
                None => bail!("--engine {name}: set {} to its key", config::key_name(name)),
            }
        }
        let notice = notice(name, &config.rules, &stages);
        Ok(Self {
            settings,
            stages,
            notice,
        })
    }
}

fn notice(name: &str, rules: &Rules, stages: &Stages) -> String {
    let by = format!("Pictures are drawn by {name} ({})", stages.explore.model);
    match quotes(&rules.catalog, stages) {
        Some([explore, review, last]) if last > Usd::default() => {
            format!("{by}, for your money: about {explore} a draft, {review} a 2K, {last} a 4K.")
        }
        _ => format!("{by}, for nothing."),
    }
}
