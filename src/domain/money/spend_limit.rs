//! Spending limits: how much each member, each member with a role, or the whole server may spend in
//! a period.
//!
//! A hold that was not released counts, at the moment of the hold. It counts for the member whose
//! draft the image belongs to, whoever approves it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::period::{Period, Window};
use crate::domain::credits::Credits;
use crate::domain::ids::{RoleId, UserId};
use crate::domain::stage::Stage;

/// Whose spending is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spenders {
    /// The whole server's.
    Server,
    /// Each member's, separately.
    Each,
    /// Each member's who has the role, separately.
    Role(RoleId),
    /// One member's.
    Member(UserId),
}

/// What a spending limit applies to. Each has at most one limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LimitScope {
    /// Whose spending is summed.
    pub scope: Spenders,
    /// The stage whose images count. `None`: all stages together.
    pub stage: Option<Stage>,
    /// The period over which the spending is summed.
    pub period: Period,
}

/// A spending limit: the most that may be spent, and by whom and on what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpendLimit {
    /// Whose spending on which stage in which period the limit applies to.
    pub on: LimitScope,
    /// The most that may be spent.
    pub max: Credits,
}

/// All spending limits of a guild.
pub type SpendLimits = BTreeMap<LimitScope, Credits>;

/// Returns whether any spending limit depends on the roles of a member.
#[must_use]
pub fn ask_for_roles(spend_limits: &SpendLimits) -> bool {
    spend_limits
        .keys()
        .any(|on| matches!(on.scope, Spenders::Role(_)))
}

/// Returns the spending limits that apply to a member's spending on a stage. All of the server's
/// apply. Of the others, one applies for each period and each stage: the member's own, else the
/// highest of their roles', else each member's.
#[must_use]
pub fn holding(
    spend_limits: &SpendLimits,
    member: UserId,
    roles: &BTreeSet<RoleId>,
    stage: Stage,
) -> Vec<SpendLimit> {
    let applies = |on: &LimitScope| on.stage.is_none_or(|of| of == stage);
    let all = spend_limits.iter().filter(|(on, _)| applies(on));
    let all = all.map(|(on, max)| SpendLimit { on: *on, max: *max });
    let mut personal: BTreeMap<(Option<Stage>, Period), SpendLimit> = BTreeMap::new();
    let mut holding = Vec::new();
    for limit in all {
        let rank = match limit.on.scope {
            Spenders::Server => {
                holding.push(limit);
                continue;
            }
            Spenders::Role(role) if !roles.contains(&role) => continue,
            Spenders::Member(user) if user != member => continue,
            Spenders::Each | Spenders::Role(_) | Spenders::Member(_) => rank(&limit),
        };
        let place = personal.entry((limit.on.stage, limit.on.period)).or_insert(limit);
        if rank > self::rank(place) {
            *place = limit;
        }
    }
    holding.extend(personal.into_values());
    holding
}

/// Returns the spending limits that apply to a member at any stage, each once.
#[must_use]
pub fn holding_ever(spend_limits: &SpendLimits, member: UserId, roles: &BTreeSet<RoleId>) -> Vec<SpendLimit> {
    let mut ever: Vec<SpendLimit> = Vec::new();
    for stage in Stage::ALL {
        let more = holding(spend_limits, member, roles, stage);
        ever.extend(
            more.into_iter()
                .filter(|limit| !ever.contains(limit))
                .collect::<Vec<_>>(),
        );
    }
    ever
}

/// Ranks a more particular limit higher, and of two roles' limits the larger.
fn rank(limit: &SpendLimit) -> (u8, Credits) {
    let particular = match limit.on.scope {
        Spenders::Server => 0,
        Spenders::Each => 1,
        Spenders::Role(_) => 2,
        Spenders::Member(_) => 3,
    };
    (particular, limit.max)
}

/// A spending limit with what was spent in its window. The caller must hold the pool's lock to act
/// on the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The spending limit.
    pub limit: SpendLimit,
    /// The window that counts now.
    pub window: Window,
    /// What was spent in the window.
    pub spent: Credits,
}

/// A spending limit that refuses a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitReached {
    /// The spending limit.
    pub limit: SpendLimit,
    /// The window that counts now.
    pub window: Window,
    /// What was spent in the window.
    pub spent: Credits,
    /// The price of the purchase.
    pub need: Credits,
    /// When the limit has room for the purchase if nothing else is spent, in milliseconds since
    /// 1970. `None` if the price is above the limit itself, or if the window rolls and the time has
    /// not been worked out yet.
    pub frees_ms: Option<i64>,
}

impl LimitReached {
    /// Returns how many credits may still be spent in the window.
    #[must_use]
    pub fn left(&self) -> Credits {
        self.limit.max.minus(self.spent).unwrap_or_default()
    }

    /// Returns by how many credits the purchase exceeds the limit.
    #[must_use]
    pub fn missing(&self) -> i64 {
        self.spent.get() + self.need.get() - self.limit.max.get()
    }

    /// Returns whether the price is above the limit itself, so that the purchase never fits.
    #[must_use]
    pub fn for_ever(&self) -> bool {
        !self.limit.max.covers(self.need)
    }
}

/// The spending limit that stops an approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capped {
    /// The spending limit that stops the approval.
    pub by: SpendLimit,
    /// When the limit has room for the approval if nothing else is spent, in milliseconds since
    /// 1970. `None` if that is not known.
    pub until_ms: Option<i64>,
}

/// Checks whether the spending limits have room for a purchase.
///
/// # Errors
/// [`LimitReached`] for the limit that never has room, if there is one; else for the one that has
/// room last.
pub fn fits(usages: &[Usage], need: Credits) -> Result<(), LimitReached> {
    let full = usages.iter().map(|usage| LimitReached {
        limit: usage.limit,
        window: usage.window,
        spent: usage.spent,
        need,
        frees_ms: usage.window.until_ms.filter(|_| usage.limit.max.covers(need)),
    });
    let last = full
        .filter(|full| !full.left().covers(need))
        .max_by_key(|full| (full.for_ever(), full.frees_ms));
    last.map_or(Ok(()), Err)
}

impl fmt::Display for SpendLimit {
    /// Writes it as the database keeps it: `member 7 final day 100`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scope, id) = self.on.scope.parts();
        let (stage, period) = (self.on.stage.map_or("any", Stage::name), self.on.period);
        write!(f, "{scope} {id} {stage} {period} {}", self.max.get())
    }
}

impl FromStr for SpendLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let parts: Vec<&str> = text.split(' ').collect();
            let [scope, id, stage, period, max] = parts.try_into().ok()?;
            Some(Self {
                on: LimitScope::from_parts(scope, id.parse().ok()?, stage, period)?,
                max: Credits::new(max.parse().ok()?).ok()?,
            })
        };
        read().ok_or_else(|| format!("a spending limit of {text}"))
    }
}

impl Spenders {
    /// Returns the spenders as the database keeps them: a word, and the id of the role or member.
    /// The id is 0 if there is none.
    #[must_use]
    pub const fn parts(self) -> (&'static str, u64) {
        match self {
            Self::Server => ("server", 0),
            Self::Each => ("each", 0),
            Self::Role(role) => ("role", role.get()),
            Self::Member(user) => ("member", user.get()),
        }
    }
}

impl LimitScope {
    /// Reads back what the database keeps: [`Spenders::parts`], the stage's name or `any`, and the
    /// period.
    #[must_use]
    pub fn from_parts(scope: &str, id: u64, stage: &str, period: &str) -> Option<Self> {
        let scope = match (scope, id) {
            ("server", 0) => Spenders::Server,
            ("each", 0) => Spenders::Each,
            ("role", id) => Spenders::Role(RoleId::new(id)),
            ("member", id) => Spenders::Member(UserId::new(id)),
            _ => return None,
        };
        let stage = match stage {
            "any" => None,
            name => Some(Stage::from_name(name)?),
        };
        let period = period.parse().ok()?;
        Some(Self { scope, stage, period })
    }
}

#[cfg(test)]
mod tests;
