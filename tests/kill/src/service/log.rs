//! What the service knows of the calls that it got.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::answers::{CALL, Way};
use crate::wire::Message;

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Counts the calls from 1.
    pub number: u64,
    /// The stage that it draws.
    pub stage: String,
    /// The prompt of the draft.
    pub prompt: String,
    /// The drafts of that prompt, as the books had them when the call came.
    pub drafts: BTreeSet<i64>,
    /// How it is answered.
    pub way: Way,
    /// Whether the books held the price of as many images as were asked for at that moment.
    pub paid: bool,
    /// Whether the whole answer was sent and the caller lived to get it. Nothing while it is under
    /// way.
    pub answered: Option<bool>,
}

/// The log.
#[derive(Debug, Default)]
pub struct Log(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    calls: Vec<Call>,
    under_way: BTreeMap<(String, String), usize>,
}

impl Log {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call that came. Returns how many of its stage and prompt are under way with it.
    pub(super) fn begun(&self, stage: &str, prompt: &str) -> usize {
        let mut inner = self.inner();
        let key = (stage.to_owned(), prompt.to_owned());
        let count = inner.under_way.entry(key).or_default();
        *count += 1;
        *count
    }

    /// Returns how many calls of a stage and a prompt are under way.
    pub(super) fn under_way(&self, stage: &str, prompt: &str) -> usize {
        let key = (stage.to_owned(), prompt.to_owned());
        self.inner().under_way.get(&key).copied().unwrap_or_default()
    }

    /// Writes a call down. Returns its number.
    pub(super) fn write(&self, call: Call) -> u64 {
        let mut inner = self.inner();
        let number = inner.calls.len() as u64 + 1;
        inner.calls.push(Call { number, ..call });
        number
    }

    /// Counts a call as over: from now on its caller may get the answer, and begin another.
    pub(super) fn over(&self, number: u64) {
        let mut inner = self.inner();
        let Some(call) = inner.calls.iter().find(|call| call.number == number) else {
            return;
        };
        let key = (call.stage.clone(), call.prompt.clone());
        if let Some(count) = inner.under_way.get_mut(&key) {
            *count = count.saturating_sub(1);
        }
    }

    /// Notes whether a call was answered.
    pub(super) fn answered(&self, number: u64, answered: bool) {
        let mut inner = self.inner();
        if let Some(call) = inner.calls.iter_mut().find(|call| call.number == number) {
            call.answered.get_or_insert(answered);
        }
    }

    /// Notes that a caller died before it got an answer.
    pub fn lost(&self, answer: &Message) {
        let head = String::from_utf8_lossy(&answer.bytes[..answer.body]);
        let number = head
            .split(CALL)
            .nth(1)
            .and_then(|rest| rest.split('\r').next()?.parse::<u64>().ok());
        let mut inner = self.inner();
        if let Some(call) = inner.calls.iter_mut().find(|call| Some(call.number) == number) {
            call.answered = Some(false);
        }
    }

    /// Returns all calls, oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.inner().calls.clone()
    }
}
