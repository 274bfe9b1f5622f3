//! Caps: how much a member, each member with a role, or the whole server may spend over a span of time.
//!
//! What counts is what was held and not given back, at the moment of its hold. A member spends what is drawn of their
//! drafts, whoever approves it.

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
    /// That of all together.
    Server,
    /// That of each member by themselves.
    Each,
    /// That of each member by themselves who has a role.
    Role(RoleId),
    /// That of one member.
    Member(UserId),
}

/// What a cap is on. There is at most one cap on each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LimitScope {
    /// Whose spending.
    pub scope: Spenders,
    /// On images of which stage; nothing: of all stages together.
    pub stage: Option<Stage>,
    /// Over what.
    pub period: Period,
}

/// How much may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpendLimit {
    /// On what.
    pub on: LimitScope,
    /// At most.
    pub max: Credits,
}

/// All caps of a guild.
pub type SpendLimits = BTreeMap<LimitScope, Credits>;

/// Whether it matters for some cap which roles a member has.
#[must_use]
pub fn ask_for_roles(spend_limits: &SpendLimits) -> bool {
    spend_limits
        .keys()
        .any(|on| matches!(on.scope, Spenders::Role(_)))
}

/// The caps that hold for a member's spending on a stage: the server's, and for each span of time and each stage the most
/// particular of the others. That is the member's own, else the highest of their roles', else everybody's.
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

/// The same for whatever the member may spend on, each once.
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

/// The particular before the general, and of two roles' the higher.
fn rank(limit: &SpendLimit) -> (u8, Credits) {
    let particular = match limit.on.scope {
        Spenders::Server => 0,
        Spenders::Each => 1,
        Spenders::Role(_) => 2,
        Spenders::Member(_) => 3,
    };
    (particular, limit.max)
}

/// A cap with what was spent of it, read under the pool's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The cap.
    pub limit: SpendLimit,
    /// What counts now.
    pub window: Window,
    /// What was spent in it.
    pub spent: Credits,
}

/// A cap that does not let something be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitReached {
    /// The cap.
    pub limit: SpendLimit,
    /// What counts now.
    pub window: Window,
    /// What was spent in it.
    pub spent: Credits,
    /// What was to be spent.
    pub need: Credits,
    /// When it can be, if nothing else is spent, in milliseconds since 1970; nothing if it is more than the cap ever allows,
    /// or where time rolls on and nobody has looked yet.
    pub frees_ms: Option<i64>,
}

impl LimitReached {
    /// How much there is too little.
    #[must_use]
    pub fn missing(&self) -> i64 {
        self.spent.get() + self.need.get() - self.limit.max.get()
    }

    /// Whether it is more than the cap allows at any time.
    #[must_use]
    pub fn for_ever(&self) -> bool {
        self.need > self.limit.max
    }
}

/// What an approval waits for that a cap stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capped {
    /// The cap.
    pub by: SpendLimit,
    /// When it lets the approval be spent, if nothing else is, in milliseconds since 1970; nothing if nobody knows.
    pub until_ms: Option<i64>,
}

/// Whether so much may be spent.
///
/// # Errors
/// [`LimitReached`]: of the caps that do not let it, one that never does, else the one that lets it last.
pub fn fits(usages: &[Usage], need: Credits) -> Result<(), LimitReached> {
    let full = usages.iter().map(|usage| LimitReached {
        limit: usage.limit,
        window: usage.window,
        spent: usage.spent,
        need,
        frees_ms: usage.window.until_ms.filter(|_| need <= usage.limit.max),
    });
    let last = full
        .filter(|full| full.missing() > 0)
        .max_by_key(|full| (full.for_ever(), full.frees_ms));
    last.map_or(Ok(()), Err)
}

impl fmt::Display for SpendLimit {
    /// As the database keeps it: `member 7 final day 100`.
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
        read().ok_or_else(|| format!("a cap of {text}"))
    }
}

impl Spenders {
    /// As the database keeps it: a word and an id, which is 0 where there is none.
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
    /// Reads back what the database keeps: [`Spenders::parts`], the stage's name or `any`, and the period.
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
