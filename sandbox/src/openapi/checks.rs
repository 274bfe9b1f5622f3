//! Checks by Discord's document, and the violations that they found.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::Value;

use crate::openapi::Document;
use crate::openapi::flaws::Flaw;
use crate::openapi::operations::{Coverage, OperationRequest};

/// How many violations are kept. The first ones tell most.
const KEPT: usize = 1_000;

/// The parts of gateway events that the document describes: event, place (`/*` means each of a
/// list), schema. Missing parts are not checked.
const EVENTS: [(&str, &str, &str); 21] = [
    ("READY", "/user", "UserPIIResponse"),
    ("GUILD_CREATE", "", "GuildResponse"),
    ("GUILD_CREATE", "/channels/*", "GuildChannelResponse"),
    ("GUILD_CREATE", "/threads/*", "ThreadResponse"),
    ("GUILD_CREATE", "/members/*", "GuildMemberResponse"),
    ("CHANNEL_CREATE", "", "GuildChannelResponse"),
    ("CHANNEL_UPDATE", "", "GuildChannelResponse"),
    ("CHANNEL_DELETE", "", "GuildChannelResponse"),
    ("THREAD_CREATE", "", "ThreadResponse"),
    ("THREAD_UPDATE", "", "ThreadResponse"),
    ("THREAD_LIST_SYNC", "/threads/*", "ThreadResponse"),
    ("MESSAGE_CREATE", "", "MessageResponse"),
    ("MESSAGE_UPDATE", "", "MessageResponse"),
    ("MESSAGE_REACTION_ADD", "/member", "GuildMemberResponse"),
    ("GUILD_MEMBER_ADD", "", "GuildMemberResponse"),
    ("GUILD_MEMBERS_CHUNK", "/members/*", "GuildMemberResponse"),
    ("GUILD_ROLE_CREATE", "/role", "GuildRoleResponse"),
    ("GUILD_ROLE_UPDATE", "/role", "GuildRoleResponse"),
    ("INTERACTION_CREATE", "/member", "GuildMemberResponse"),
    ("INTERACTION_CREATE", "/message", "MessageResponse"),
    ("GUILD_MEMBER_REMOVE", "/user", "UserResponse"),
];

/// Which side violated the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The bot sent what Discord would refuse. It was answered with a 50035.
    Request,
    /// The sandbox answered as Discord never would.
    Answer,
    /// The sandbox sent an event as Discord never would.
    Event,
    /// The bot asked for an operation that is not served. It was answered with a 501.
    NotServed,
}

/// A violation of the document.
#[derive(Clone, Debug, Serialize)]
pub struct Violation {
    /// Which side.
    pub side: Side,
    /// The document's `operationId`, or the name of the event.
    pub name: String,
    /// The flaws.
    pub flaws: Vec<Flaw>,
}

/// How often an operation was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// How many requests, by their path and query.
    pub requests: u64,
    /// How many bodies of requests.
    pub bodies: u64,
    /// How many answers.
    pub answers: u64,
}

/// What was checked so far.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Checked {
    /// Whether there is a document to check by. Without one nothing is checked by it.
    pub by_document: bool,
    /// The first 1,000 violations, oldest first.
    pub violations: Vec<Violation>,
    /// How often each operation was checked.
    pub operations: BTreeMap<String, Tally>,
    /// How many parts of gateway events were checked.
    pub events: u64,
}

/// The checks of one sandbox.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    document: Option<&'static Document>,
    seen: Mutex<Checked>,
}

impl Checks {
    pub(crate) fn new(document: Option<&'static Document>) -> Self {
        let seen = Checked {
            by_document: document.is_some(),
            ..Checked::default()
        };
        Self {
            document,
            seen: Mutex::new(seen),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Checked> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns what was checked so far.
    pub(crate) fn report(&self) -> Checked {
        self.seen().clone()
    }

    /// Returns the violations so far, and forgets them.
    pub(crate) fn take_violations(&self) -> Vec<Violation> {
        std::mem::take(&mut self.seen().violations)
    }

    /// Returns whether there is a document to check by.
    pub(crate) fn by_document(&self) -> bool {
        self.document.is_some()
    }

    /// Checks the path and the query of a request. Records and returns their flaws.
    pub(crate) fn parameters(&self, asked: &OperationRequest, query: &[(String, String)]) -> Vec<Flaw> {
        let Some(document) = self.document else {
            return Vec::new();
        };
        self.count(asked, |tally| tally.requests += 1);
        self.refused(asked, document.parameters(asked, query))
    }

    /// Checks the body of a request. Records and returns its flaws.
    pub(crate) fn body(&self, asked: &OperationRequest, body: &Value) -> Vec<Flaw> {
        let Some(document) = self.document else {
            return Vec::new();
        };
        self.count(asked, |tally| tally.bodies += 1);
        self.refused(asked, document.body(asked.operation.id, body))
    }

    /// Checks an answer. Records and returns its flaws. `body` is `None` if it is empty.
    pub(crate) fn answer(&self, asked: &OperationRequest, status: u16, body: Option<&Value>) -> Vec<Flaw> {
        let Some(document) = self.document else {
            return Vec::new();
        };
        self.count(asked, |tally| tally.answers += 1);
        let id = asked.operation.id;
        let flaws = document.answer(id, status, body);
        self.note(Side::Answer, id, flaws.clone());
        flaws
    }

    /// Checks a gateway event. Records and returns its flaws; `None`: there is no document.
    pub(crate) fn event(&self, name: &str, data: &Value) -> Option<Vec<Flaw>> {
        let document = self.document?;
        let mut all = Vec::new();
        for (_, place, schema) in EVENTS.iter().filter(|(event, _, _)| *event == name) {
            for (path, thing) in things_at(data, place) {
                self.seen().events += 1;
                let flaws = document.thing(schema, thing);
                let flaws = flaws.into_iter().map(|flaw| match path.as_str() {
                    "" => flaw,
                    path => flaw.below(path),
                });
                let flaws: Vec<Flaw> = flaws.collect();
                all.extend(flaws.iter().cloned());
                self.note(Side::Event, name, flaws);
            }
        }
        Some(all)
    }

    /// Records a request for an operation that is not served. Returns the message of the 501.
    pub(crate) fn not_served(&self, asked: &OperationRequest) -> String {
        let operation = asked.operation;
        let why = match operation.coverage {
            Coverage::OutOfScope => "it is out of scope",
            Coverage::Refused | Coverage::Served => "it is not done here",
        };
        let message = format!(
            "501: {} ({} {}) is not served by this sandbox: {why}",
            operation.id, operation.method, operation.template
        );
        let flaw = Flaw::of_the_whole("NOT_SERVED", message.clone());
        self.note(Side::NotServed, operation.id, vec![flaw]);
        message
    }

    fn count(&self, asked: &OperationRequest, count: impl FnOnce(&mut Tally)) {
        let mut seen = self.seen();
        count(seen.operations.entry(asked.operation.id.to_owned()).or_default());
    }

    fn refused(&self, asked: &OperationRequest, flaws: Vec<Flaw>) -> Vec<Flaw> {
        self.note(Side::Request, asked.operation.id, flaws.clone());
        flaws
    }

    fn note(&self, side: Side, name: &str, flaws: Vec<Flaw>) {
        let mut seen = self.seen();
        if !flaws.is_empty() && seen.violations.len() < KEPT {
            seen.violations.push(Violation {
                side,
                name: name.to_owned(),
                flaws,
            });
        }
    }
}

/// Returns the values at a place with their dotted paths: one, or with `/*` at its end each of a
/// list.
fn things_at<'a>(data: &'a Value, place: &str) -> Vec<(String, &'a Value)> {
    if let Some(list) = place.strip_suffix("/*") {
        let all = data.pointer(list).and_then(Value::as_array).into_iter().flatten();
        let named = all
            .zip(0..)
            .map(|(thing, at)| (format!("{}.{at}", &list[1..]), thing));
        return named.collect();
    }
    let thing = data.pointer(place).filter(|thing| !thing.is_null());
    let path = place.trim_start_matches('/').to_owned();
    thing.into_iter().map(|thing| (path.clone(), thing)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_of_an_event_are_found_where_they_are() {
        let data =
            json!({ "member": { "nick": null }, "threads": [{ "id": "1" }, { "id": "2" }], "message": null });
        let paths = |place: &str| -> Vec<String> {
            things_at(&data, place)
                .into_iter()
                .map(|(path, _)| path)
                .collect()
        };
        assert_eq!(paths(""), [""]);
        assert_eq!(paths("/member"), ["member"]);
        assert_eq!(paths("/threads/*"), ["threads.0", "threads.1"]);
        assert!(paths("/message").is_empty() && paths("/nothing/*").is_empty());
    }

    #[test]
    fn without_a_document_nothing_is_refused_or_counted() {
        let checks = Checks::new(None);
        checks.event("MESSAGE_CREATE", &json!({}));
        assert!(!checks.report().by_document && checks.report().violations.is_empty());
    }
}
