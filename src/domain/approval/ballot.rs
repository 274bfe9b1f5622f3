//! Who voted for an image's next stage and who against it, and what is known of them.

use std::collections::BTreeMap;

use crate::domain::ids::UserId;

/// What a vote says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// For the next stage.
    Approve,
    /// Stop; only a lead's does.
    Veto,
}

impl Kind {
    /// The name in the database.
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

/// Where a vote came from. One member is counted once, whatever the number of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoteSource {
    /// An emoji on the message. Discord is its record: a recount replaces these votes.
    Reaction,
    /// The Approve button. We are its record.
    Button,
}

impl VoteSource {
    /// The name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reaction => "reaction",
            Self::Button => "button",
        }
    }
}

/// What is known of somebody who voted, by the rules of the vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoterRole {
    /// Nobody has looked.
    #[default]
    Unknown,
    /// A member who may approve.
    Approver,
    /// A member who may approve, stop and override.
    Lead,
    /// A member who may not approve.
    Other,
    /// No member any more.
    Left,
}

impl VoterRole {
    const ALL: [Self; 5] = [Self::Unknown, Self::Approver, Self::Lead, Self::Other, Self::Left];

    /// The name in the database.
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

/// A veto.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Veto {
    /// What is known of who gave it.
    pub role: VoterRole,
    /// Whether a lead has lifted it: it stops nothing until it is given anew.
    pub lifted: bool,
}

/// The votes on an image, by member and without bots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ballot {
    /// Who approves, by any source.
    pub approvals: BTreeMap<UserId, VoterRole>,
    /// Who wants it stopped.
    pub vetoes: BTreeMap<UserId, Veto>,
}

impl Ballot {
    /// Notes what is known of somebody.
    pub fn note(&mut self, user: UserId, role: VoterRole) {
        if let Some(known) = self.approvals.get_mut(&user) {
            *known = role;
        }
        if let Some(veto) = self.vetoes.get_mut(&user) {
            veto.role = role;
        }
    }

    /// What is known of everybody on it of whom something is.
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
}
