//! Holds the votes on an image's next stage, and what is known of the voters.

use std::collections::BTreeMap;

use crate::domain::ids::UserId;

/// Whether a vote is given or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The vote is given.
    Cast,
    /// The vote is taken back.
    Withdrawn,
}

impl Change {
    /// Returns the name by which it is counted.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cast => "given",
            Self::Withdrawn => "taken_back",
        }
    }
}

/// The kind of a vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A vote for the next stage.
    Approve,
    /// A vote to stop. Only a lead's counts.
    Veto,
}

impl Kind {
    /// Returns the name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Veto => "veto",
        }
    }

    /// Reads [`Kind::name`] back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Approve, Self::Veto]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// Where a vote came from. A member counts once, whatever the number of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoteSource {
    /// A reaction to the message. Discord is its record, and a recount replaces these votes.
    Reaction,
    /// The Approve button. The bot's database is its record.
    Button,
}

impl VoteSource {
    /// Returns the name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reaction => "reaction",
            Self::Button => "button",
        }
    }
}

/// What is known of a voter, by the rules of the vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoterRole {
    /// Not looked up yet.
    #[default]
    Unknown,
    /// A member who may approve.
    Approver,
    /// A member who may approve, stop, and decide alone.
    Lead,
    /// A member who may not approve.
    Other,
    /// Not a member any more.
    Left,
}

impl VoterRole {
    const ALL: [Self; 5] = [Self::Unknown, Self::Approver, Self::Lead, Self::Other, Self::Left];

    /// Returns the name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Approver => "approver",
            Self::Lead => "lead",
            Self::Other => "other",
            Self::Left => "left",
        }
    }

    /// Reads [`VoterRole::name`] back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A vote to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Veto {
    /// What is known of the member who gave the veto.
    pub role: VoterRole,
    /// Whether a lead has lifted the veto, which then stops nothing until it is given again.
    pub lifted: bool,
}

/// The votes on an image, by member, without bots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ballot {
    /// Members who approve, by any source.
    pub approvals: BTreeMap<UserId, VoterRole>,
    /// Members who asked to stop.
    pub vetoes: BTreeMap<UserId, Veto>,
}

impl Ballot {
    /// Records what is known of a voter.
    pub fn note(&mut self, user: UserId, role: VoterRole) {
        if let Some(known) = self.approvals.get_mut(&user) {
            *known = role;
        }
        if let Some(veto) = self.vetoes.get_mut(&user) {
            veto.role = role;
        }
    }

    /// Returns each voter who was looked up, and what is known of them. One who approved and vetoed
    /// comes twice.
    pub fn known(&self) -> impl Iterator<Item = (UserId, VoterRole)> {
        let approvals = self.approvals.iter().map(|(user, role)| (*user, *role));
        let vetoes = self.vetoes.iter().map(|(user, veto)| (*user, veto.role));
        approvals
            .chain(vetoes)
            .filter(|(_, role)| *role != VoterRole::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for role in VoterRole::ALL {
            assert_eq!(VoterRole::from_name(role.name()), Some(role));
        }
        for kind in [Kind::Approve, Kind::Veto] {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(
            (VoterRole::from_name("king"), Kind::from_name("maybe")),
            (None, None)
        );
    }

    #[test]
    fn what_is_known_of_somebody_is_known_of_all_their_votes() {
        let (ana, bo) = (UserId::new(1), UserId::new(2));
        let mut ballot = Ballot::default();
        ballot.approvals.insert(ana, VoterRole::Unknown);
        ballot.vetoes.insert(ana, Veto::default());
        ballot.note(ana, VoterRole::Lead);
        ballot.note(bo, VoterRole::Left);
        assert_eq!(ballot.known().collect::<Vec<_>>(), [(ana, VoterRole::Lead); 2]);
    }

    #[test]
    fn the_log_and_the_database_name_votes_by_these_words() {
        assert_eq!(
            [Change::Cast, Change::Withdrawn].map(Change::name),
            ["given", "taken_back"]
        );
        assert_eq!([Kind::Approve, Kind::Veto].map(Kind::name), ["approve", "veto"]);
        let sources = [VoteSource::Reaction, VoteSource::Button].map(VoteSource::name);
        assert_eq!(sources, ["reaction", "button"]);
    }
}
