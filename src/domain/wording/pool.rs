//! The pool, and what is granted to it.

use super::super::credits::{Credits, Pool};
use super::super::ids::UserId;
use super::super::limits;
use super::mentions;

/// Private: the pool.
#[must_use]
pub fn pool(pool: &Pool, waiting: u32, waiting_price: Credits) -> String {
    let line = awaited(waiting, waiting_price);
    format!(
        "**{} available**\n{} granted · {} spent · {} held for what is being drawn{line}",
        pool.available,
        pool.granted.number(),
        pool.settled.number(),
        pool.held.number()
    )
}

/// A further line: how many approvals wait for how many credits. Nothing if none does.
#[must_use]
pub fn awaited(waiting: u32, price: Credits) -> String {
    match waiting {
        0 => String::new(),
        1 => format!("\n⏸️ 1 approval waits for {price}"),
        _ => format!("\n⏸️ {waiting} approvals wait for {price}"),
    }
}

/// Private: credits were granted.
#[must_use]
pub fn granted(amount: Credits, pool: &Pool) -> String {
    format!("Granted {amount}. The pool has {} available.", pool.available)
}

/// Private: a grant that is out of range.
#[must_use]
pub fn bad_grant() -> String {
    let most = Credits::new(limits::GRANT_CREDITS).unwrap_or(Credits::MAX);
    format!(
        "A grant is 1 to {} credits, and the pool holds at most {}.",
        most.number(),
        Credits::MAX
    )
}

/// Private: who may grant.
#[must_use]
pub fn only_operators(operators: &[UserId]) -> String {
    if operators.is_empty() {
        "Only the bot's operators can do this, and none are configured (`operators`).".to_owned()
    } else {
        format!("Only the bot's operators can do this: {}.", mentions(operators))
    }
}
