//! REST requests that fail on request, and the log of REST requests.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::state::rate_limits::Scope;

/// A failure that waits for matching REST requests of the bot.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only requests with this method; any if absent.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests whose path contains this; all if empty.
    #[serde(default)]
    pub path_contains: String,
    /// How many matching requests pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many fail after that.
    #[serde(default = "once")]
    pub times: u32,
    /// The HTTP status of the answer.
    #[serde(default = "internal")]
    pub status: u16,
    /// Discord's error code in the body.
    #[serde(default)]
    pub code: u32,
    /// The message in the body.
    #[serde(default)]
    pub message: String,
    /// Seconds to wait, for a 429.
    #[serde(default)]
    pub retry_after: Option<f64>,
    /// Whom the limit concerns, for a 429.
    #[serde(default)]
    pub scope: Scope,
    /// The request takes effect; only its answer is replaced.
    #[serde(default)]
    pub after_effect: bool,
    /// The connection is cut instead of answered.
    #[serde(default)]
    pub hang_up: bool,
}

fn once() -> u32 {
    1
}

fn internal() -> u16 {
    500
}

impl Default for Fault {
    /// Makes a fault of the next request: a bare 500.
    fn default() -> Self {
        Self {
            method: None,
            path_contains: String::new(),
            skip: 0,
            times: once(),
            status: internal(),
            code: 0,
            message: String::new(),
            retry_after: None,
            scope: Scope::User,
            after_effect: false,
            hang_up: false,
        }
    }
}

/// A REST request of the bot, and how it was answered.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path with its query, from `/api`.
    pub path: String,
    /// The HTTP status; 0 if the connection was cut.
    pub status: u16,
    /// When it was answered, in milliseconds since 1970 on the sandbox's clock.
    pub at: u64,
}

/// How many REST requests are kept.
const CALLS_KEPT: usize = 20_000;

/// The last REST requests of the bot.
#[derive(Debug, Default)]
pub(crate) struct Calls(VecDeque<Call>);

impl Calls {
    pub(crate) fn record(&mut self, call: Call) {
        if self.0.len() == CALLS_KEPT {
            self.0.pop_front();
        }
        self.0.push_back(call);
    }

    /// Returns all that are kept, oldest first.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &Call> {
        self.0.iter()
    }
}

/// The faults that wait for requests.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Returns what waits.
    pub(crate) fn armed(&self) -> &[Fault] {
        &self.0
    }

    /// Takes back what waits.
    pub(crate) fn disarm(&mut self) {
        self.0.clear();
    }

    /// Returns the fault for a request, if one is due. Every waiting fault that matches counts the
    /// request.
    pub(crate) fn take(&mut self, method: &str, path: &str) -> Option<Fault> {
        let mut due = None;
        for fault in self.0.iter_mut().filter(|fault| fault.matches(method, path)) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if due.is_none() {
                fault.times -= 1;
                due = Some(fault.clone());
            }
        }
        self.0.retain(|fault| fault.times > 0);
        due
    }
}

impl Fault {
    fn matches(&self, method: &str, path: &str) -> bool {
        self.times > 0
            && self
                .method
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && path.contains(&self.path_contains)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_skips_then_fails_then_is_gone() {
        let mut faults = Faults::default();
        faults.add(Fault {
            path_contains: "messages".into(),
            skip: 1,
            times: 2,
            ..Fault::default()
        });
        let hits: Vec<bool> = (0..5)
            .map(|_| faults.take("POST", "/api/v10/channels/1/messages").is_some())
            .collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert!(faults.take("GET", "/api/v10/gateway").is_none());
    }
}
