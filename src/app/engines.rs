//! Makes the engines that the settings name.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::error::Error;
use crate::config::{self, Config, EngineConfig, EngineKind};
use crate::domain::engine::catalog::Model;
use crate::domain::guild::operator::Rules;
use crate::domain::stage::Stage;
use crate::providers::fal::{self, Fal};
use crate::providers::gemini::Gemini;
use crate::providers::local::Local;
use crate::providers::openai::OpenAi;
use crate::providers::sketch::Sketch;
use crate::providers::{Engines, Provider, http};

/// Whether the `sketch` engine obeys words in a prompt that tell it to fail or to be slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultInjection {
    /// It obeys: in the demo and in tests, which try every ending of a paid call.
    Told,
    /// It never obeys, so that nobody can keep a server's credits held with a word.
    Never,
}

/// Returns the engines that can be used: those of this machine, and those whose key is set.
///
/// # Errors
/// [`Error::Engines`] when no HTTP client can be made on this machine.
pub fn engines(fault_injection: FaultInjection, config: &Config) -> Result<Engines, Error> {
    let mut engines = Engines::default();
    for (name, engine) in &config.engines {
        let models = || config.rules.catalog.models(name);
        if let Some(engine) = self::engine(fault_injection, name, engine, models)? {
            engines = engines.with(name, engine);
        }
    }
    Ok(engines)
}

/// Makes one engine. Returns `None` for a service that has no key and wants one.
fn engine(
    fault_injection: FaultInjection,
    name: &str,
    engine: &EngineConfig,
    models: impl Fn() -> BTreeMap<String, Model>,
) -> Result<Option<Arc<dyn Provider>>, Error> {
    let access = match (engine.kind, &engine.access) {
        (EngineKind::Sketch, _) => {
            let told = fault_injection == FaultInjection::Told;
            return Ok(Some(Arc::new(Sketch::new(told))));
        }
        (EngineKind::Local, _) => return Ok(Some(Arc::new(Local))),
        (_, Some(access)) if access.is_there => access,
        (_, _) => return Ok(None),
    };
    let (key, base_url) = (access.key.clone(), access.base_url.clone());
    let variable = config::key_name(name);
    let made: Result<Arc<dyn Provider>, reqwest::Error> = match engine.kind {
        EngineKind::Openai => OpenAi::new(key, base_url, models(), http::SILENCE)
            .map(|openai| openai.with_partials(access.partials).named(name, &variable))
            .map(|openai| Arc::new(openai) as _),
        EngineKind::Gemini => Gemini::new(key, base_url, models(), http::SILENCE)
            .map(|gemini| Arc::new(gemini.named(name, &variable)) as _),
        EngineKind::Fal => Fal::new(key, base_url, models(), fal::PollTimes::default())
            .map(|fal| Arc::new(fal.named(name, &variable)) as _),
        EngineKind::Sketch | EngineKind::Local => return Ok(None),
    };
    made.map(Some).map_err(Error::Engines)
}

/// Refuses to start if the engine of a stage is missing: that stage could never be drawn.
///
/// # Errors
/// [`Error::NoEngine`] for the first such stage, with what the operator must do.
pub fn check_engines(rules: &Rules, engines: &Engines) -> Result<(), Error> {
    for stage in Stage::ALL {
        let engine = &rules.spec(stage).engine;
        if engines.get(engine).is_none() {
            let fix = match config::key_variable(engine) {
                Some(variable) => format!("set {variable} (engines.{engine}.key)"),
                None => format!(
                    "add a section [engines.{engine}] with its kind to the settings, or set {} if it is there without a key",
                    config::key_name(engine)
                ),
            };
            return Err(Error::NoEngine {
                stage,
                engine: engine.clone(),
                fix,
            });
        }
    }
    Ok(())
}
