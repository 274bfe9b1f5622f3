//! Tests what Discord refuses or limits by its own rules, in the middle of the bot's work. The work
//! ends all the same, and nothing is lost, paid twice or told to the wrong people.
//!
//! `sandbox/FAULTS.md` names the story of each fault. Those of the gateway and of rate limits have
//! files of their own.

mod answers;
mod content;
mod places;
mod threads;

use crate::harness::World;

/// Returns how many requests of the bot with this method, and with `path` in their path, were
/// answered with this status.
fn answered(w: &World, method: &str, path: &str, status: u16) -> usize {
    let calls = w.discord().calls().into_iter();
    calls
        .filter(|call| call.method == method && call.path.contains(path) && call.status == status)
        .count()
}
