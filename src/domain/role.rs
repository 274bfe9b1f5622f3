//! What a process of the bot does, where several share its work.

use std::ops::RangeInclusive;
use std::str::FromStr;

/// What a process does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Hears Discord and works the queue.
    #[default]
    All,
    /// Hears Discord, answers people and counts their votes. What is to be done is queued.
    Gateway,
    /// Works the queue: draws, posts and cleans up. Needs no session with Discord's gateway.
    Worker,
}

impl Role {
    /// The names of all roles, as the command line has them.
    pub const NAMES: [&'static str; 3] = ["all", "gateway", "worker"];

    /// Returns whether a process of this role hears Discord.
    #[must_use]
    pub const fn hears(self) -> bool {
        matches!(self, Self::All | Self::Gateway)
    }

    /// Returns whether a process of this role works the queue.
    #[must_use]
    pub const fn works(self) -> bool {
        matches!(self, Self::All | Self::Worker)
    }
}

impl FromStr for Role {
    type Err = NoRole;

    fn from_str(name: &str) -> Result<Self, NoRole> {
        match name {
            "all" => Ok(Self::All),
            "gateway" => Ok(Self::Gateway),
            "worker" => Ok(Self::Worker),
            _ => Err(NoRole),
        }
    }
}

/// There is no such role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is all, gateway or worker")]
pub struct NoRole;

/// The shards that a process holds, of all that the bot has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardRange {
    first: u32,
    last: u32,
    of: u32,
}

impl ShardRange {
    /// Returns all of so many shards. There is always one.
    #[must_use]
    pub const fn all(of: u32) -> Self {
        let of = if of == 0 { 1 } else { of };
        Self {
            first: 0,
            last: of - 1,
            of,
        }
    }

    /// Returns the ids of its shards, the last included.
    #[must_use]
    pub const fn ids(self) -> RangeInclusive<u32> {
        self.first..=self.last
    }

    /// Returns how many shards the bot has in all its processes.
    #[must_use]
    pub const fn of(self) -> u32 {
        self.of
    }
}

/// Reads `0-3/8`, which is the first four of eight shards, or `2/8`, which is one of them.
impl FromStr for ShardRange {
    type Err = NoShards;

    fn from_str(text: &str) -> Result<Self, NoShards> {
        let (ids, of) = text.split_once('/').ok_or(NoShards::Form)?;
        let (first, last) = ids.split_once('-').unwrap_or((ids, ids));
        let number = |text: &str| text.parse::<u32>().map_err(|_| NoShards::Form);
        let (first, last, of) = (number(first)?, number(last)?, number(of)?);
        if first > last {
            return Err(NoShards::Order { first, last });
        }
        if last >= of {
            return Err(NoShards::Beyond { last, of });
        }
        Ok(Self { first, last, of })
    }
}

/// Why a text names no shards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoShards {
    /// It is no range.
    #[error("write them as 0-3/8, the first four of eight shards, or as 2/8, one of them")]
    Form,
    /// Its ends are the wrong way round.
    #[error("{first} comes after {last}: write the smaller number first")]
    Order {
        /// The first shard.
        first: u32,
        /// The last shard.
        last: u32,
    },
    /// There is no such shard.
    #[error("the shards of {of} are 0 to {}, and {last} is none of them", .of.saturating_sub(1))]
    Beyond {
        /// The last shard.
        last: u32,
        /// How many there are.
        of: u32,
    },
}

/// The part of the bot's work that one process has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// What it does.
    pub role: Role,
    /// The shards that it holds. `None`: all, as many as Discord recommends.
    pub shards: Option<ShardRange>,
}

impl Part {
    /// Returns whether the process does all that there is to do.
    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_shards_has_both_its_ends() {
        let ids = |text: &str| {
            let range: ShardRange = text.parse()?;
            Ok::<_, NoShards>((range.ids().collect::<Vec<_>>(), range.of()))
        };
        assert_eq!(ids("0-3/8"), Ok((vec![0, 1, 2, 3], 8)));
        assert_eq!(ids("4-7/8"), Ok((vec![4, 5, 6, 7], 8)));
        assert_eq!(ids("2/8"), Ok((vec![2], 8)));
        assert_eq!(ids("0/1"), Ok((vec![0], 1)));
        assert_eq!(ids("3-1/8"), Err(NoShards::Order { first: 3, last: 1 }));
        assert_eq!(ids("0-8/8"), Err(NoShards::Beyond { last: 8, of: 8 }));
        assert_eq!(ids("0/0"), Err(NoShards::Beyond { last: 0, of: 0 }));
        for wrong in [
            "", "8", "/8", "0-/8", "-3/8", "0-3", "0-3/", "a/8", "0-1-2/8", "0/8/8", " 0/8",
        ] {
            assert_eq!(ids(wrong), Err(NoShards::Form), "{wrong}");
        }
        assert_eq!(ShardRange::all(3).ids().collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(ShardRange::all(0), ShardRange::all(1));
    }

    #[test]
    fn every_role_has_a_name_and_a_use() {
        let roles = Role::NAMES.map(|name| name.parse::<Role>().expect("a role"));
        assert_eq!(roles, [Role::All, Role::Gateway, Role::Worker]);
        assert!(roles.into_iter().all(|role| role.hears() || role.works()));
        assert_eq!("shard".parse::<Role>(), Err(NoRole));
        assert!(Part::default().is_all());
    }
}
