//! The pool, and what is granted to it.

use super::{left, mention, mentions, plain};
use crate::domain::credits::{Credits, InsufficientCredits, Pool};
use crate::domain::ids::UserId;
use crate::domain::limits;
use crate::domain::money::export::{BookLine, Fate, Told};
use crate::domain::money::project::{Awaiting, Waiting};
use crate::domain::text::shorten;

/// Answers privately: the pool.
#[must_use]
pub fn pool(pool: &Pool, line: &Awaiting) -> String {
    let line = awaited(line);
    format!(
        "**{} available**\n{} granted · {} spent · {} held for what is being drawn{line}",
        pool.available,
        pool.granted.number(),
        pool.settled.number(),
        pool.held.number()
    )
}

/// Says that the pool cannot pay.
pub(super) fn pool_short(short: &InsufficientCredits) -> String {
    format!(
        "This costs {}, and {} left in the server's pool. There is room once credits are added: an operator can do that with `/treasury grant`. Nothing was spent.",
        short.need,
        left(short.available)
    )
}

/// Adds lines: how many approvals wait for how many credits, of the pool and of budgets. Adds
/// nothing if none does.
#[must_use]
pub fn awaited(line: &Awaiting) -> String {
    let told = |all: &[Waiting], whose: [&str; 2]| {
        let price = all.iter().map(|waiting| waiting.price);
        let price = price.reduce(|sum, price| sum.plus(price).unwrap_or(Credits::MAX));
        match (all.len(), price.unwrap_or_default()) {
            (0, _) => String::new(),
            (1, price) => format!("\n⏸️ 1 approval waits for {price}{}", whose[0]),
            (n, price) => format!("\n⏸️ {n} approvals wait for {price}{}", whose[1]),
        }
    };
    let budgets = [" of its project's budget", " of their projects' budgets"];
    told(&line.for_pool, ["", ""]) + &told(&line.for_budget, budgets)
}

/// Most characters of a grant's reason in a line of the history.
const REASON_SHOWN: usize = 60;

/// Answers privately: what a member's drafts have spent and hold, and their latest images.
#[must_use]
pub fn mine(spent: Credits, held: Credits, lines: &[BookLine]) -> String {
    if lines.is_empty() {
        return "You have spent nothing here yet: `/draft` is how it begins.".to_owned();
    }
    format!(
        "**{spent} spent by your drafts** · {} held for what is being drawn\n{}",
        held.number(),
        listed(lines, false)
    )
}

/// Answers privately: the latest that happened to the server's credits.
#[must_use]
pub fn history(lines: &[BookLine]) -> String {
    if lines.is_empty() {
        return "Nothing has happened to this server's credits yet.".to_owned();
    }
    listed(lines, true)
}

fn listed(lines: &[BookLine], named: bool) -> String {
    let lines: Vec<String> = lines.iter().map(|entry| line(entry, named)).collect();
    lines.join("\n")
}

/// Writes one line. `named` says whose draft it was.
fn line(entry: &BookLine, named: bool) -> String {
    let (amount, at) = (entry.amount.number(), entry.at_ms.div_euclid(1000));
    match &entry.told {
        Told::Grant { actor, reason } => {
            let by = actor.map_or_else(
                || " by the bot's settings".to_owned(),
                |user| format!(" by {}", mention(user)),
            );
            // The reason of a first grant is the setting's name, which says nothing more.
            let why = reason.as_deref().filter(|why| actor.is_some() && !why.is_empty());
            let why = why.map_or_else(String::new, |why| {
                format!(" · {}", plain(&shorten(why, REASON_SHOWN)))
            });
            format!("<t:{at}:R> **+{amount}** granted{by}{why}")
        }
        Told::Correction { actor, reason } => format!(
            "<t:{at}:R> **−{amount}** taken back by {} · {}",
            mention(*actor),
            plain(&shorten(reason, REASON_SHOWN))
        ),
        Told::Image {
            requester,
            stage,
            thread,
            fate,
        } => {
            let fate = match fate {
                Fate::Held => "held",
                Fate::Spent => "spent",
                Fate::GivenBack => "given back",
            };
            let place = thread.map_or_else(String::new, |thread| format!(" in <#{thread}>"));
            let whose = if named {
                format!(" · asked for by {}", mention(*requester))
            } else {
                String::new()
            };
            format!("<t:{at}:R> **{amount}** {fate} · {}{place}{whose}", stage.name())
        }
    }
}

/// Answers privately: credits were granted.
#[must_use]
pub fn granted(amount: Credits, pool: &Pool) -> String {
    format!("Granted {amount}. The pool has {} available.", pool.available)
}

/// Answers privately: a grant that is out of range.
#[must_use]
pub fn bad_grant() -> String {
    let max = Credits::new(limits::GRANT_CREDITS).unwrap_or(Credits::MAX);
    format!(
        "A grant is 1 to {} credits, and the pool holds at most {}.",
        max.number(),
        Credits::MAX
    )
}

/// Answers privately: credits were taken back.
#[must_use]
pub fn corrected(amount: Credits, pool: &Pool) -> String {
    format!("Took back {amount}. The pool has {} available.", pool.available)
}

/// Answers privately: a correction that is out of range.
#[must_use]
pub fn bad_correction() -> String {
    let max = Credits::new(limits::GRANT_CREDITS).unwrap_or(Credits::MAX);
    format!("A correction takes back 1 to {max}.")
}

/// Answers privately: more was to be taken back than is there.
#[must_use]
pub fn correction_short(short: &InsufficientCredits) -> String {
    format!(
        "{} cannot be taken back: {} left, and what is held or spent stays. Nothing was changed.",
        short.need,
        left(short.available)
    )
}

/// A private answer: a correction without a reason.
pub const NO_REASON: &str = "A correction needs a `reason`: the books keep it. Nothing was changed.";

/// Answers privately: who may look after the pool. Besides operators it is perhaps also who manages
/// the server.
#[must_use]
pub fn only_operators(operators: &[UserId], admins: bool) -> String {
    if admins && operators.is_empty() {
        "Only those who may manage this server can do this.".to_owned()
    } else if admins {
        format!(
            "Only those who may manage this server can do this, and the bot's operators: {}.",
            mentions(operators)
        )
    } else if operators.is_empty() {
        "Only the bot's operators can do this, and none are configured (`operators`).".to_owned()
    } else {
        format!("Only the bot's operators can do this: {}.", mentions(operators))
    }
}
