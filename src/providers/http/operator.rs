//! Tells the operator what only the operator can mend, in the same words for every service.

use reqwest::StatusCode;

use crate::providers::Answer;

/// Longest of a service's own words that are passed on, in bytes.
const WORD_BYTES: usize = 60;

/// A service as the operator knows it.
#[derive(Clone, Debug)]
pub(in crate::providers) struct Known {
    /// The name of its engine.
    pub(in crate::providers) engine: String,
    /// The name of the variable that holds its key.
    pub(in crate::providers) variable: String,
    /// What `config/models.toml` names of it: a model, or an app.
    pub(in crate::providers) draws_with: &'static str,
}

impl Known {
    /// Returns a service as it is known by the name of its kind.
    pub(in crate::providers) fn of_kind(engine: &str, variable: &str, draws_with: &'static str) -> Self {
        Self {
            engine: engine.to_owned(),
            variable: variable.to_owned(),
            draws_with,
        }
    }

    /// Returns what to do about a key that the service does not take.
    pub(in crate::providers) fn good_key(&self) -> String {
        let Self { engine, variable, .. } = self;
        format!("set engines.{engine}.key ({variable}) to a key that is good")
    }

    /// Returns what to do about a status that means the same with every service.
    pub(in crate::providers) fn advice(&self, status: StatusCode) -> String {
        let Self {
            engine, draws_with, ..
        } = self;
        match status.as_u16() {
            401 => self.good_key(),
            403 => format!("the key may not use this {draws_with} or this service"),
            404 => format!(
                "there is no such {draws_with}, or engines.{engine}.base_url is not right: see config/models.toml"
            ),
            // This never comes while requests go by config/models.toml.
            400 => "it takes no such request: see whether config/models.toml still holds for this model"
                .to_owned(),
            _ => "nobody expected this answer".to_owned(),
        }
    }

    /// Puts it together: who answered what, in which words of its own, and what to do.
    pub(in crate::providers) fn answered(&self, status: StatusCode, words: &str, advice: &str) -> Answer {
        Answer::Operator(format!(
            "{} answered {}{words}: {advice}",
            self.engine,
            status.as_u16()
        ))
    }
}

/// Returns a service's own words in brackets, those that are names and no sentences: a sentence may
/// repeat a key or a prompt. `is_of_name` says which characters a name has.
pub(in crate::providers) fn names(words: &[&str], is_of_name: fn(char) -> bool) -> String {
    let is_name = |word: &&&str| !word.is_empty() && word.len() <= WORD_BYTES && word.chars().all(is_of_name);
    let names: Vec<&str> = words.iter().filter(is_name).copied().collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(" ({})", names.join(", "))
    }
}
