//! What passed between the local Discord and its bot: each request with its answer, each event.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};

use crate::openapi::flaws::Flaw;

/// How many are kept.
const KEPT: usize = 500;
/// The longest body that is kept, in bytes of its JSON.
const BODY_MAX: usize = 64 * 1024;

/// Whether something is as Discord wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Validity {
    /// It is, by Discord's document.
    Valid,
    /// It is not: by the document, or by a rule that no schema states.
    Invalid,
    /// No rule refused it, and there is no document to check it by.
    Unchecked,
}

/// A request of the bot, or an event that it was sent.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// Counts up from 1.
    pub id: u64,
    /// When, in milliseconds since 1970 on the sandbox's clock.
    pub at: u64,
    /// `request` or `event`.
    pub kind: &'static str,
    /// The document's `operationId`, if the request has one; or the event's name.
    pub name: String,
    /// `GET`, `POST`, …; absent for an event.
    pub method: Option<String>,
    /// The path with its query, from `/api`; absent for an event.
    pub path: Option<String>,
    /// The HTTP status, 0 if the connection was cut; absent for an event.
    pub status: Option<u16>,
    /// Whether it is as Discord wants it.
    pub validity: Validity,
    /// What is wrong by the document.
    pub flaws: Vec<Flaw>,
    /// The request's body, or the event's data. One that is very long is replaced by its length.
    pub sent: Value,
    /// Names of the files that the request brought.
    pub files: Vec<String>,
    /// The body of the answer.
    pub answer: Value,
}

#[derive(Debug, Default)]
struct Kept {
    list: VecDeque<Exchange>,
    last: u64,
}

/// The last that passed.
#[derive(Debug, Default)]
pub(crate) struct Traffic(Mutex<Kept>);

impl Traffic {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps one more. Its id is given here.
    pub(crate) fn note(&self, mut exchange: Exchange) {
        shorten(&mut exchange.sent);
        shorten(&mut exchange.answer);
        let mut kept = self.kept();
        kept.last += 1;
        exchange.id = kept.last;
        if kept.list.len() == KEPT {
            kept.list.pop_front();
        }
        kept.list.push_back(exchange);
    }

    /// Keeps an event and what the document says of it; `None`: there is no document.
    pub(crate) fn event(&self, name: &str, data: &Value, flaws: Option<Vec<Flaw>>, at: u64) {
        let validity = match &flaws {
            None => Validity::Unchecked,
            Some(flaws) if flaws.is_empty() => Validity::Valid,
            Some(_) => Validity::Invalid,
        };
        self.note(Exchange {
            id: 0,
            at,
            kind: "event",
            name: name.to_owned(),
            method: None,
            path: None,
            status: None,
            validity,
            flaws: flaws.unwrap_or_default(),
            sent: data.clone(),
            files: Vec::new(),
            answer: Value::Null,
        });
    }

    /// Returns those after the one with this id, oldest first.
    pub(crate) fn after(&self, id: u64) -> Vec<Exchange> {
        let kept = self.kept();
        let newer = kept.list.iter().filter(|exchange| exchange.id > id);
        newer.cloned().collect()
    }
}

fn shorten(body: &mut Value) {
    let length = body.to_string().len();
    if length > BODY_MAX {
        *body = json!(format!("{length} bytes of JSON"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_are_kept_and_long_bodies_are_not() {
        let traffic = Traffic::default();
        for n in 0..KEPT + 3 {
            traffic.event("TYPING_START", &json!({ "n": n }), None, 7);
        }
        traffic.event("GUILD_CREATE", &json!("x".repeat(BODY_MAX)), Some(Vec::new()), 8);
        let all = traffic.after(0);
        assert_eq!(all.len(), KEPT);
        assert_eq!((all[0].id, &all[0].sent), (5, &json!({ "n": 4 })));
        let last = traffic.after(KEPT as u64 + 3);
        assert_eq!(last.len(), 1);
        assert_eq!(last[0].sent, json!("65538 bytes of JSON"));
        assert_eq!(last[0].validity, Validity::Valid);
    }
}
