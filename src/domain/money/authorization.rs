//! Decides what may be held, by one rule: the one way to pay.
//!
//! [`authorize`] compares a price with the funds of a guild, in one order of reasons: spending
//! limits, the project's budget, the line of waiting approvals, the pool. A draft, an approval and
//! a retry load their [`Funds`] under the pool's lock and ask it. Nothing else makes an
//! [`Authorization`], and only that can be held.

use std::collections::BTreeMap;

use super::project::{Awaiting, Bucket, Name, OverBudget, Waiting};
use super::spend_limit::{LimitReached, Usage, fits};
use crate::domain::credits::{Credits, InsufficientCredits, OutOfRange};
use crate::domain::ids::{GuildId, ProjectId, RenderId};
use crate::domain::image::render::Render;
use crate::domain::stage::Stage;

/// A purchase that has not been judged yet: renders of one stage, each at the same price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purchase {
    guild: GuildId,
    stage: Stage,
    price: Credits,
    cost: Credits,
    renders: Vec<RenderId>,
    queues: Option<(RenderId, i64)>,
}

impl Purchase {
    /// Makes a purchase of `renders` that cost `price` each.
    ///
    /// # Errors
    /// [`OutOfRange`] when they cost more than [`Credits::MAX`] together.
    pub fn new(
        guild: GuildId,
        stage: Stage,
        price: Credits,
        renders: Vec<RenderId>,
    ) -> Result<Self, OutOfRange> {
        Ok(Self {
            guild,
            stage,
            price,
            cost: price.times(renders.len())?,
            renders,
            queues: None,
        })
    }

    /// Puts the purchase in the line of approvals that wait for credits, for the approved image
    /// whose quorum was reached at `since_ms`, in milliseconds since 1970. A purchase that is in no
    /// line is paid at once or not at all.
    #[must_use]
    pub fn queued_for(self, approved: RenderId, since_ms: i64) -> Self {
        Self {
            queues: Some((approved, since_ms)),
            ..self
        }
    }

    /// Returns what all renders of the purchase cost together.
    #[must_use]
    pub const fn cost(&self) -> Credits {
        self.cost
    }
}

/// What a purchase is judged by: the credits of a guild's pool and everything that limits their
/// use. The caller must hold the pool's lock while loading the funds and until the credits are
/// held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Funds {
    /// The credits of the pool that are neither held nor settled.
    pub available: Credits,
    /// The spending limits that apply to the spender, each with its usage.
    pub usages: Vec<Usage>,
    /// The budget that pays, with its project. `None` if no project pays, or if its stage has no
    /// limit.
    pub budget: Option<Budget>,
    /// The guild's approvals that wait for credits, oldest first. Empty for a purchase that is in
    /// no line.
    pub line: Vec<Waiting>,
    /// What is left of each budget that the line waits for. A budget without a limit is left out.
    pub left: BTreeMap<(ProjectId, Stage), Credits>,
}

/// A project's budget for one stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The project that pays.
    pub project: ProjectId,
    /// The name of the project.
    pub name: Name,
    /// The limit of the budget, and what is held and spent of it.
    pub bucket: Bucket,
}

/// Why a purchase cannot be paid now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// A spending limit has no room for the purchase.
    Limit(LimitReached),
    /// The project's budget for the stage is short.
    Budget(OverBudget),
    /// Approvals that have waited longer are paid first.
    Line,
    /// The pool has too few credits available.
    Pool(InsufficientCredits),
}

/// The right to hold the price of each of some renders. Only [`authorize`] grants one, also to
/// tests, and `ledger::hold` consumes it. A hold that was not authorized does not compile:
///
/// ```compile_fail,E0451
/// use greenlight::domain::credits::Credits;
/// use greenlight::domain::ids::{GuildId, RenderId};
/// use greenlight::domain::money::authorization::Authorization;
/// use greenlight::domain::stage::Stage;
///
/// let forged = Authorization {
///     guild: GuildId::new(1),
///     stage: Stage::Final,
///     price: Credits::ZERO,
///     renders: vec![RenderId::new(1)],
/// };
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an authorization that is not held pays for nothing"]
pub struct Authorization {
    guild: GuildId,
    stage: Stage,
    price: Credits,
    renders: Vec<RenderId>,
}

impl Authorization {
    /// Returns the guild whose pool pays.
    #[must_use]
    pub const fn guild(&self) -> GuildId {
        self.guild
    }

    /// Returns the stage of the renders.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// Returns what each render costs.
    #[must_use]
    pub const fn price(&self) -> Credits {
        self.price
    }

    /// Returns the renders that are paid for, in order.
    #[must_use]
    pub fn renders(&self) -> &[RenderId] {
        &self.renders
    }
}

/// Authorizes a purchase if the funds pay for it.
///
/// # Errors
/// The first [`Shortage`], in the order: spending limits, budget, line, pool.
pub fn authorize(purchase: Purchase, funds: &Funds) -> Result<Authorization, Shortage> {
    let Purchase {
        guild,
        stage,
        price,
        cost,
        renders,
        queues,
    } = purchase;
    fits(&funds.usages, cost).map_err(Shortage::Limit)?;
    if let Some(budget) = &funds.budget
        && let Some(over) = OverBudget::check(&budget.name, stage, Some(budget.bucket), cost)
    {
        return Err(Shortage::Budget(over));
    }
    if let Some(approved) = queues
        && !is_next(approved, (stage, cost), funds)
    {
        return Err(Shortage::Line);
    }
    if !funds.available.covers(cost) {
        return Err(Shortage::Pool(InsufficientCredits {
            need: cost,
            available: funds.available,
        }));
    }
    Ok(Authorization {
        guild,
        stage,
        price,
        renders,
    })
}

/// Returns whether an approval is the first in the line. One that is not in it joins at the place of
/// its quorum.
fn is_next((approved, since_ms): (RenderId, i64), (stage, price): (Stage, Credits), funds: &Funds) -> bool {
    let mut line = funds.line.clone();
    if !line.iter().any(|waiting| waiting.render == approved) {
        line.push(Waiting {
            render: approved,
            bucket: funds.budget.as_ref().map(|budget| (budget.project, stage)),
            price,
            since_ms,
        });
        line.sort_by_key(|waiting| (waiting.since_ms, waiting.render));
    }
    let line = Awaiting::new(line, &funds.left);
    line.first().is_some_and(|first| first.render == approved)
}

/// A render that failed in a way that another try can mend, and whose place nothing else took.
#[derive(Clone, Debug)]
pub struct FailedRender {
    guild: GuildId,
    stage: Stage,
    price: Credits,
}

impl FailedRender {
    /// Returns the failed render, if another try can mend it. Returns `None` for a render in
    /// another state, or if it was `replaced`: another render holds its place.
    #[must_use]
    pub fn new(render: &Render, replaced: bool) -> Option<Self> {
        (render.state.may_retry() && !replaced).then_some(Self {
            guild: render.guild,
            stage: render.stage,
            price: render.price,
        })
    }
}

/// Authorizes another try at a failed render, named `again`, at the price of the first. A retry is
/// paid at once or not at all, and joins no line.
///
/// # Errors
/// The first [`Shortage`], as of [`authorize`].
pub fn retry(failed: &FailedRender, again: RenderId, funds: &Funds) -> Result<Authorization, Shortage> {
    let purchase = Purchase {
        guild: failed.guild,
        stage: failed.stage,
        price: failed.price,
        cost: failed.price,
        renders: vec![again],
        queues: None,
    };
    authorize(purchase, funds)
}

/// Returns the approval that has waited longest of those that no budget blocks. Returns `None` if
/// there is none, or if the pool has too few credits `available` for the approval.
#[must_use]
pub fn next_payable(line: &Awaiting, available: Credits) -> Option<RenderId> {
    let first = line.first().filter(|first| available.covers(first.price));
    first.map(|first| first.render)
}

#[cfg(test)]
mod tests;
