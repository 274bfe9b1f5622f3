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
pub enum Scope {
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
pub struct Bound {
    /// Whose spending.
    pub scope: Scope,
    /// On images of which stage; nothing: of all stages together.
    pub stage: Option<Stage>,
    /// Over what.
    pub period: Period,
}

/// How much may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// On what.
    pub on: Bound,
    /// At most.
    pub most: Credits,
}

/// All caps of a guild.
pub type Caps = BTreeMap<Bound, Credits>;

/// Whether it matters for some cap which roles a member has.
#[must_use]
pub fn ask_for_roles(caps: &Caps) -> bool {
    caps.keys().any(|on| matches!(on.scope, Scope::Role(_)))
}

/// The caps that hold for a member's spending on a stage: the server's, and for each span of time and each stage the most
/// particular of the others. That is the member's own, else the highest of their roles', else everybody's.
#[must_use]
pub fn holding(caps: &Caps, member: UserId, roles: &BTreeSet<RoleId>, stage: Stage) -> Vec<Cap> {
    let applies = |on: &Bound| on.stage.is_none_or(|of| of == stage);
    let all = caps.iter().filter(|(on, _)| applies(on));
    let all = all.map(|(on, most)| Cap { on: *on, most: *most });
    let mut personal: BTreeMap<(Option<Stage>, Period), Cap> = BTreeMap::new();
    let mut holding = Vec::new();
    for cap in all {
        let rank = match cap.on.scope {
            Scope::Server => {
                holding.push(cap);
                continue;
            }
            Scope::Role(role) if !roles.contains(&role) => continue,
            Scope::Member(user) if user != member => continue,
            Scope::Each | Scope::Role(_) | Scope::Member(_) => rank(&cap),
        };
        let place = personal.entry((cap.on.stage, cap.on.period)).or_insert(cap);
        if rank > self::rank(place) {
            *place = cap;
        }
    }
    holding.extend(personal.into_values());
    holding
}

/// The same for whatever the member may spend on, each once.
#[must_use]
pub fn holding_ever(caps: &Caps, member: UserId, roles: &BTreeSet<RoleId>) -> Vec<Cap> {
    let mut ever: Vec<Cap> = Vec::new();
    for stage in Stage::ALL {
        let more = holding(caps, member, roles, stage);
        ever.extend(
            more.into_iter()
                .filter(|cap| !ever.contains(cap))
                .collect::<Vec<_>>(),
        );
    }
    ever
}

/// The particular before the general, and of two roles' the higher.
fn rank(cap: &Cap) -> (u8, Credits) {
    let particular = match cap.on.scope {
        Scope::Server => 0,
        Scope::Each => 1,
        Scope::Role(_) => 2,
        Scope::Member(_) => 3,
    };
    (particular, cap.most)
}

/// A cap with what was spent of it, read under the pool's lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// The cap.
    pub cap: Cap,
    /// What counts now.
    pub window: Window,
    /// What was spent in it.
    pub spent: Credits,
}

/// A cap that does not let something be spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    /// The cap.
    pub cap: Cap,
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

impl Full {
    /// How much there is too little.
    #[must_use]
    pub fn missing(&self) -> i64 {
        self.spent.get() + self.need.get() - self.cap.most.get()
    }

    /// Whether it is more than the cap allows at any time.
    #[must_use]
    pub fn for_ever(&self) -> bool {
        self.need > self.cap.most
    }
}

/// What an approval waits for that a cap stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capped {
    /// The cap.
    pub by: Cap,
    /// When it lets the approval be spent, if nothing else is, in milliseconds since 1970; nothing if nobody knows.
    pub until_ms: Option<i64>,
}

/// Whether so much may be spent.
///
/// # Errors
/// [`Full`]: of the caps that do not let it, one that never does, else the one that lets it last.
pub fn fits(gauges: &[Gauge], need: Credits) -> Result<(), Full> {
    let full = gauges.iter().map(|gauge| Full {
        cap: gauge.cap,
        window: gauge.window,
        spent: gauge.spent,
        need,
        frees_ms: gauge.window.until_ms.filter(|_| need <= gauge.cap.most),
    });
    let last = full
        .filter(|full| full.missing() > 0)
        .max_by_key(|full| (full.for_ever(), full.frees_ms));
    last.map_or(Ok(()), Err)
}

impl fmt::Display for Cap {
    /// As the database keeps it: `member 7 final day 100`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scope, id) = self.on.scope.parts();
        let (stage, period) = (self.on.stage.map_or("any", Stage::name), self.on.period);
        write!(f, "{scope} {id} {stage} {period} {}", self.most.get())
    }
}

impl FromStr for Cap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let read = || {
            let parts: Vec<&str> = text.split(' ').collect();
            let [scope, id, stage, period, most] = parts.try_into().ok()?;
            Some(Self {
                on: Bound::from_parts(scope, id.parse().ok()?, stage, period)?,
                most: Credits::new(most.parse().ok()?).ok()?,
            })
        };
        read().ok_or_else(|| format!("a cap of {text}"))
    }
}

impl Scope {
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

impl Bound {
    /// Reads back what the database keeps: [`Scope::parts`], the stage's name or `any`, and the period.
    #[must_use]
    pub fn from_parts(scope: &str, id: u64, stage: &str, period: &str) -> Option<Self> {
        let scope = match (scope, id) {
            ("server", 0) => Scope::Server,
            ("each", 0) => Scope::Each,
            ("role", id) => Scope::Role(RoleId::new(id)),
            ("member", id) => Scope::Member(UserId::new(id)),
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
