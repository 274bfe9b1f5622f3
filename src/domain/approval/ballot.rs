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
pub enum Source {
    /// An emoji on the message. Discord is its record: a recount replaces these votes.
    Reaction,
    /// The Approve button. We are its record.
    Button,
}

impl Source {
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
pub enum Standing {
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

impl Standing {
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

    /// Reads [`Standing::name`] back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.name() == name)
    }
}

/// A veto.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Veto {
    /// What is known of who gave it.
    pub standing: Standing,
    /// Whether a lead has lifted it: it stops nothing until it is given anew.
    pub lifted: bool,
}

/// The votes on an image, by member and without bots.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ballot {
    /// Who approves, by any source.
    pub approvals: BTreeMap<UserId, Standing>,
    /// Who wants it stopped.
    pub vetoes: BTreeMap<UserId, Veto>,
}

impl Ballot {
    /// Notes what is known of somebody.
    pub fn note(&mut self, user: UserId, standing: Standing) {
        if let Some(known) = self.approvals.get_mut(&user) {
            *known = standing;
        }
        if let Some(veto) = self.vetoes.get_mut(&user) {
            veto.standing = standing;
        }
    }

    /// What is known of everybody on it of whom something is.
    pub fn known(&self) -> impl Iterator<Item = (UserId, Standing)> {
        let approvals = self.approvals.iter().map(|(user, standing)| (*user, *standing));
        let vetoes = self.vetoes.iter().map(|(user, veto)| (*user, veto.standing));
        approvals
            .chain(vetoes)
            .filter(|(_, standing)| *standing != Standing::Unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for standing in Standing::ALL {
            assert_eq!(Standing::from_name(standing.name()), Some(standing));
        }
        for kind in [Kind::Approve, Kind::Veto] {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(
            (Standing::from_name("king"), Kind::from_name("maybe")),
            (None, None)
        );
    }

    #[test]
    fn what_is_known_of_somebody_is_known_of_all_their_votes() {
        let (ana, bo) = (UserId::new(1), UserId::new(2));
        let mut ballot = Ballot::default();
        ballot.approvals.insert(ana, Standing::Unknown);
        ballot.vetoes.insert(ana, Veto::default());
        ballot.note(ana, Standing::Lead);
        ballot.note(bo, Standing::Left);
        assert_eq!(ballot.known().collect::<Vec<_>>(), [(ana, Standing::Lead); 2]);
    }
}
