//! Engines as named instances of a kind: a service, or code on this machine.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::address::check_base_url;
use super::error::Error;
use super::names::key_name;
use super::range::range;
use crate::domain::engine::quota::Quota;
use crate::domain::limits;

/// Longest name of an engine, in characters.
const NAME_CHARS: usize = 32;

/// What an engine speaks, or what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// OpenAI's Images API.
    Openai,
    /// Google's Gemini API.
    Gemini,
    /// fal's queue.
    Fal,
    /// The engine that draws on this machine.
    Sketch,
    /// The engine that enlarges on this machine.
    Local,
}

impl EngineKind {
    /// All kinds.
    const ALL: [Self; 5] = [Self::Openai, Self::Gemini, Self::Fal, Self::Sketch, Self::Local];

    /// Returns the name in settings, which is also that of the engine of this kind that is shipped.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Openai => "openai",
            Self::Gemini => "gemini",
            Self::Fal => "fal",
            Self::Sketch => "sketch",
            Self::Local => "local",
        }
    }

    /// Returns where the maker's own service is. `None` for code on this machine.
    const fn address(self) -> Option<&'static str> {
        match self {
            Self::Openai => Some("https://api.openai.com/v1"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com/v1beta"),
            Self::Fal => Some("https://queue.fal.run"),
            Self::Sketch | Self::Local => None,
        }
    }
}

/// An engine as files and the environment give it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EngineEntry {
    kind: Option<EngineKind>,
    key: Option<SecretString>,
    base_url: Option<String>,
    at_once: Option<u32>,
    a_minute: Option<u32>,
    partials: Option<u8>,
}

/// An engine, checked.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// What it speaks, or what it is.
    pub kind: EngineKind,
    /// How its service is reached. `None` for code on this machine.
    pub access: Option<Access>,
    /// How much of it may be used.
    pub quota: Quota,
}

/// How a service is reached.
#[derive(Clone, Debug)]
pub struct Access {
    /// The key; empty: a service that wants none.
    pub key: SecretString,
    /// Whether the service can be used: it has a key, or wants none.
    pub is_there: bool,
    /// Where its API is, without a slash at the end.
    pub base_url: String,
    /// Pictures that come of each draft before it is done, 0 to 3. Only [`EngineKind::Openai`] has
    /// them.
    pub partials: u8,
}

/// Checks the engines, each with its name.
pub(super) fn check(all: BTreeMap<String, EngineEntry>) -> Result<BTreeMap<String, EngineConfig>, Error> {
    all.into_iter()
        .map(|(name, entry)| {
            let engine = entry.check(&name)?;
            Ok((name, engine))
        })
        .collect()
}

impl EngineEntry {
    fn check(self, name: &str) -> Result<EngineConfig, Error> {
        check_name(name)?;
        let kind = self.kind(name)?;
        let at_once = self
            .at_once
            .unwrap_or(if kind.address().is_some() { 4 } else { 2 });
        range(format!("engines.{name}.at_once"), i64::from(at_once), 1, 64)?;
        let quota = Quota {
            at_once,
            a_minute: self.a_minute.unwrap_or(0),
        };
        let access = if let Some(address) = kind.address() {
            Some(self.access(name, kind, address)?)
        } else {
            self.nothing_of_a_service(name)?;
            None
        };
        Ok(EngineConfig { kind, access, quota })
    }

    /// Returns the kind. An engine that has the name of a kind is of that kind.
    fn kind(&self, name: &str) -> Result<EngineKind, Error> {
        let named = EngineKind::ALL.into_iter().find(|kind| kind.name() == name);
        match (self.kind, named) {
            (Some(kind), None) => Ok(kind),
            (None, Some(named)) => Ok(named),
            (Some(kind), Some(named)) if kind == named => Ok(kind),
            (Some(kind), Some(_)) => {
                let fix = "an engine of this name is of that kind: give one of another kind another name";
                Err(refused(name, "kind", kind.name(), fix))
            }
            (None, None) => {
                let fix = "an engine needs one: openai, gemini, fal, sketch or local";
                Err(refused(name, "kind", "(empty)", fix))
            }
        }
    }

    fn access(self, name: &str, kind: EngineKind, address: &str) -> Result<Access, Error> {
        let base_url = self.base_url.unwrap_or_else(|| address.to_owned());
        check_base_url(format!("engines.{name}.base_url"), &base_url)?;
        let partials = self.partials.unwrap_or(0);
        if kind == EngineKind::Openai {
            let max = i64::from(limits::PARTIALS);
            range(format!("engines.{name}.partials"), i64::from(partials), 0, max)?;
        } else if partials > 0 {
            let fix = "only engines of kind openai show pictures before they are done";
            return Err(refused(name, "partials", &partials.to_string(), fix));
        }
        let key = self.key.as_ref().map(|key| key.expose_secret().trim());
        if key.is_none() && base_url == address {
            let fix = format!(
                "set {} to its key, or base_url to a server that wants none",
                key_name(name)
            );
            return Err(refused(name, "key", "(empty)", &fix));
        }
        let is_there = key != Some("");
        let key = key.unwrap_or_default();
        if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let fix = "a key has neither white space nor other than ASCII letters in it";
            return Err(refused(name, "key", "(not shown)", fix));
        }
        Ok(Access {
            key: SecretString::from(key),
            is_there,
            base_url,
            partials,
        })
    }

    fn nothing_of_a_service(&self, name: &str) -> Result<(), Error> {
        let given = [
            ("key", self.key.is_some()),
            ("base_url", self.base_url.is_some()),
            ("a_minute", self.a_minute.is_some()),
            ("partials", self.partials.is_some()),
        ];
        match given.into_iter().find(|(_, given)| *given) {
            None => Ok(()),
            Some((key, _)) => {
                let fix = "an engine on this machine has none: leave it out";
                Err(refused(name, key, "(not shown)", fix))
            }
        }
    }
}

/// Checks that a name can stand in a file, in the environment and in messages.
fn check_name(name: &str) -> Result<(), Error> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if !name.is_empty() && name.len() <= NAME_CHARS && name.chars().all(good) && !name.contains("__") {
        return Ok(());
    }
    Err(Error::Value {
        key: "engines".into(),
        value: name.to_owned(),
        fix: format!("the name of an engine has 1 to {NAME_CHARS} of a-z, 0-9, - and single _"),
    })
}

fn refused(name: &str, key: &str, value: &str, fix: &str) -> Error {
    Error::Value {
        key: format!("engines.{name}.{key}").into(),
        value: value.to_owned(),
        fix: fix.to_owned(),
    }
}
