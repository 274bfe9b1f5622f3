//! Events that are dropped, doubled, late or out of order on request, and connections that get no
//! HELLO.

use serde::{Deserialize, Serialize};

use crate::state::sessions::events::Event;

/// What happens to an event on its way to the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mishap {
    /// It never comes, and no RESUME brings it.
    Drop,
    /// It comes twice.
    Twice,
    /// It comes later, on the sandbox's clock.
    Late {
        /// How much later, in milliseconds.
        ms: u64,
    },
    /// It comes after the event that follows it.
    AfterNext,
}

/// A mishap that waits for matching events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventFault {
    /// Only events whose name contains this, such as `MESSAGE_REACTION_ADD`; all if empty.
    #[serde(default)]
    pub event: String,
    /// How many matching events pass first.
    #[serde(default)]
    pub skip: u32,
    /// How many events it happens to after that.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens.
    pub what: Mishap,
}

const fn once() -> u32 {
    1
}

impl EventFault {
    /// Makes a fault of the next event whose name contains this.
    #[must_use]
    pub fn next(event: &str, what: Mishap) -> Self {
        Self {
            event: event.to_owned(),
            skip: 0,
            times: once(),
            what,
        }
    }
}

/// How a connection is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Greeting {
    /// TCP connects, and nothing answers the WebSocket's handshake.
    Unanswered,
    /// The WebSocket opens, and HELLO never comes.
    Silent,
}

/// An event that is held back.
#[derive(Debug)]
struct Held {
    event: Event,
    /// When it goes out, in milliseconds since 1970; `None`: after the next event.
    until_ms: Option<u64>,
}

/// The mishaps that wait for events, and the events that are held back.
#[derive(Debug, Default)]
pub(crate) struct Mishaps {
    waiting: Vec<EventFault>,
    held: Vec<Held>,
    greetings: Vec<Greeting>,
}

impl Mishaps {
    pub(crate) fn add(&mut self, fault: EventFault) {
        self.waiting.push(fault);
    }

    /// Returns the events that go out, in this order, when an event occurs.
    pub(crate) fn pass(&mut self, event: Event, now: u64) -> Vec<Event> {
        let mut out = match self.take(&event.name) {
            None => vec![event],
            Some(Mishap::Drop) => return Vec::new(),
            Some(Mishap::Twice) => vec![event.clone(), event],
            Some(Mishap::Late { ms }) => {
                let until_ms = Some(now + ms);
                self.held.push(Held { event, until_ms });
                return Vec::new();
            }
            Some(Mishap::AfterNext) => {
                let until_ms = None;
                self.held.push(Held { event, until_ms });
                return Vec::new();
            }
        };
        out.extend(self.release(|held| held.until_ms.is_none()));
        out
    }

    /// Returns the late events that are due.
    pub(crate) fn due(&mut self, now: u64) -> Vec<Event> {
        self.release(|held| held.until_ms.is_some_and(|until| until <= now))
    }

    fn release(&mut self, wanted: impl Fn(&Held) -> bool) -> Vec<Event> {
        let released = self.held.extract_if(.., |held| wanted(held));
        released.map(|held| held.event).collect()
    }

    fn take(&mut self, name: &str) -> Option<Mishap> {
        let mut due = None;
        for fault in self
            .waiting
            .iter_mut()
            .filter(|fault| name.contains(&fault.event))
        {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if due.is_none() && fault.times > 0 {
                fault.times -= 1;
                due = Some(fault.what);
            }
        }
        self.waiting.retain(|fault| fault.times > 0);
        due
    }

    /// Receives so many of the next connections in this way.
    pub(crate) fn greet(&mut self, greeting: Greeting, times: usize) {
        self.greetings.extend(std::iter::repeat_n(greeting, times));
    }

    /// Returns what waits for events, and how the next connections are received.
    pub(crate) fn armed(&self) -> (&[EventFault], &[Greeting]) {
        (&self.waiting, &self.greetings)
    }

    /// Takes back what waits. Events that are held back still come.
    pub(crate) fn disarm(&mut self) {
        self.waiting.clear();
        self.greetings.clear();
    }

    /// Returns how the next connection is received, if not as usual.
    pub(crate) fn greeting(&mut self) -> Option<Greeting> {
        (!self.greetings.is_empty()).then(|| self.greetings.remove(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(name: &str) -> Event {
        Event {
            intent: 0,
            guild: None,
            name: name.to_owned(),
            data: serde_json::Value::Null,
        }
    }

    fn names(events: &[Event]) -> Vec<&str> {
        events.iter().map(|event| event.name.as_str()).collect()
    }

    #[test]
    fn events_are_dropped_doubled_and_held_back() {
        let mut mishaps = Mishaps::default();
        mishaps.add(EventFault {
            skip: 1,
            ..EventFault::next("A", Mishap::Drop)
        });
        mishaps.add(EventFault::next("B", Mishap::Twice));
        mishaps.add(EventFault::next("C", Mishap::AfterNext));
        mishaps.add(EventFault::next("D", Mishap::Late { ms: 10 }));
        assert_eq!(names(&mishaps.pass(event("A"), 0)), ["A"]);
        assert!(mishaps.pass(event("A"), 0).is_empty());
        assert!(mishaps.pass(event("C"), 0).is_empty());
        assert!(mishaps.pass(event("D"), 0).is_empty());
        assert_eq!(names(&mishaps.pass(event("B"), 0)), ["B", "B", "C"]);
        assert_eq!(names(&mishaps.pass(event("B"), 0)), ["B"]);
        assert!(mishaps.due(9).is_empty());
        assert_eq!(names(&mishaps.due(10)), ["D"]);
    }
}
