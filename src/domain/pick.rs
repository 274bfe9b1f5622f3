//! Names what is picked from a list in the panel of settings.

use std::fmt;
use std::str::FromStr;

/// What is picked from a list in the panel of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Which settings are shown.
    Topic,
    /// The roles that approve.
    Approvers,
    /// The roles that lead.
    Leads,
    /// How many must approve before a review is drawn.
    ReviewQuorum,
    /// How many must approve before a final is drawn.
    FinalQuorum,
    /// The roles that draft.
    Requesters,
    /// The channels in which drafts are made.
    Channels,
    /// The channel in which finals are shown.
    Gallery,
    /// The log channel.
    Log,
    /// The role that is told of open votes.
    VotesRole,
    /// The role that is told of a low pool.
    LowPoolRole,
}

impl Pick {
    const ALL: [Self; 11] = [
        Self::Topic,
        Self::Approvers,
        Self::Leads,
        Self::ReviewQuorum,
        Self::FinalQuorum,
        Self::Requesters,
        Self::Channels,
        Self::Gallery,
        Self::Log,
        Self::VotesRole,
        Self::LowPoolRole,
    ];

    /// Returns the name in the id of a list.
    const fn name(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Approvers => "approvers",
            Self::Leads => "leads",
            Self::ReviewQuorum => "review",
            Self::FinalQuorum => "final",
            Self::Requesters => "requesters",
            Self::Channels => "channels",
            Self::Gallery => "gallery",
            Self::Log => "log",
            Self::VotesRole => "votes",
            Self::LowPoolRole => "low",
        }
    }
}

/// A text that names no list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no list of the panel has that name")]
pub struct UnknownPick;

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Pick {
    type Err = UnknownPick;

    fn from_str(text: &str) -> Result<Self, UnknownPick> {
        let found = Self::ALL.into_iter().find(|pick| pick.name() == text);
        found.ok_or(UnknownPick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_back_from_its_name() {
        for pick in Pick::ALL {
            assert_eq!(pick.to_string().parse(), Ok(pick));
        }
        assert_eq!("dance".parse::<Pick>(), Err(UnknownPick));
    }
}
