//! When an image has earned its next stage.

use std::collections::BTreeSet;

use super::credits::Credits;
use super::ids::{GuildId, RenderId, UserId};
use super::stage::Stage;
use super::warrant::Warrant;

/// The rules of one vote, fixed when it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whose pool pays.
    pub guild: GuildId,
    /// The stage that is voted for.
    pub stage: Stage,
    /// What an image of that stage costs.
    pub price: Credits,
    /// How many distinct eligible members must approve.
    pub quorum: u32,
    /// Who asked for the draft.
    pub requester: UserId,
    /// Whether that person's own vote counts.
    pub own_vote: bool,
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

/// Who approved, by any source; bots are left out where votes are read.
pub type Ballot = BTreeSet<UserId>;

/// How a vote stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Members whose vote counts.
    pub counted: Vec<UserId>,
    /// Members whose vote does not count: the requester.
    pub ignored: Vec<UserId>,
    /// How many are needed.
    pub quorum: u32,
}

impl Tally {
    /// Whether enough members approved.
    #[must_use]
    pub fn reached(&self) -> bool {
        self.counted.len() >= self.quorum as usize
    }
}

/// Where the vote on an image stands, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteState {
    /// There is nothing to vote for: not delivered yet, or the last stage.
    None,
    /// Votes are counted.
    Open,
    /// The quorum was reached, and credits are awaited.
    Waiting,
    /// The approval was spent on a child.
    Spent,
    /// The window passed without a quorum.
    Closed,
}

impl VoteState {
    const ALL: [Self; 5] = [Self::None, Self::Open, Self::Waiting, Self::Spent, Self::Closed];

    /// The name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Open => "open",
            Self::Waiting => "waiting",
            Self::Spent => "spent",
            Self::Closed => "closed",
        }
    }

    /// Reads [`VoteState::name`] back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether a vote can still change something.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Open | Self::Waiting)
    }
}

/// What a ballot leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision {
    /// Not enough yet.
    Wait(Tally),
    /// Enough: the child may be paid for.
    Approve(Tally, Warrant),
}

/// Counts a ballot.
#[must_use]
pub fn tally(policy: &Policy, ballot: &Ballot) -> Tally {
    let counts = |user: &&UserId| policy.own_vote || **user != policy.requester;
    let (counted, ignored) = ballot.iter().partition::<Vec<&UserId>, _>(counts);
    Tally {
        counted: counted.into_iter().copied().collect(),
        ignored: ignored.into_iter().copied().collect(),
        quorum: policy.quorum,
    }
}

/// Decides a vote. `child` is the id that the next stage's render will have.
#[must_use]
pub fn decide(policy: &Policy, ballot: &Ballot, child: RenderId) -> Decision {
    let tally = tally(policy, ballot);
    if tally.reached() {
        Decision::Approve(
            tally,
            Warrant::new(policy.guild, child, policy.stage, policy.price),
        )
    } else {
        Decision::Wait(tally)
    }
}

/// The right to try a failed render again: the approval (or the draft) that paid for it still stands, and its
/// credits came back. The price is the one that was shown the first time.
pub const fn again(guild: GuildId, stage: Stage, price: Credits, new: RenderId) -> Warrant {
    Warrant::new(guild, new, stage, price)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANA: UserId = UserId::new(1);

    fn policy(quorum: u32, own_vote: bool) -> Policy {
        Policy {
            guild: GuildId::new(9),
            stage: Stage::Review,
            price: Credits::new(20).unwrap(),
            quorum,
            requester: ANA,
            own_vote,
        }
    }

    fn voters(ids: impl IntoIterator<Item = u64>) -> Ballot {
        ids.into_iter().map(UserId::new).collect()
    }

    #[test]
    fn a_quorum_is_a_number_of_distinct_eligible_members() {
        let approves = |quorum, own_vote, ids: &[u64]| {
            let decision = decide(
                &policy(quorum, own_vote),
                &voters(ids.iter().copied()),
                RenderId::new(7),
            );
            matches!(decision, Decision::Approve(..))
        };
        assert!(!approves(1, false, &[]));
        assert!(
            !approves(1, false, &[1]),
            "the requester's own vote does not count"
        );
        assert!(approves(1, true, &[1]), "unless settings say so");
        assert!(approves(1, false, &[2]));
        assert!(!approves(2, false, &[1, 2]));
        assert!(!approves(2, false, &[2, 2]), "nobody counts twice");
        assert!(approves(2, false, &[2, 3]));
    }

    #[test]
    fn a_warrant_carries_the_price_that_was_shown() {
        let Decision::Approve(_, warrant) = decide(&policy(1, false), &voters([2]), RenderId::new(7)) else {
            panic!("one of one is a quorum");
        };
        assert_eq!(
            (warrant.price().get(), warrant.stage(), warrant.render()),
            (20, Stage::Review, RenderId::new(7))
        );
    }

    proptest! {
        #[test]
        fn every_vote_is_either_counted_or_named(ids in proptest::collection::btree_set(1_u64..9, 0..8), own: bool) {
            let tally = tally(&policy(2, own), &voters(ids.iter().copied()));
            prop_assert_eq!(tally.counted.len() + tally.ignored.len(), ids.len());
            prop_assert!(own || !tally.counted.contains(&ANA));
        }

        #[test]
        fn one_more_vote_never_undoes_a_quorum(ids in proptest::collection::btree_set(1_u64..9, 0..8), more in 1_u64..9) {
            let before = tally(&policy(2, false), &voters(ids.iter().copied())).reached();
            let after = tally(&policy(2, false), &voters(ids.iter().copied().chain([more]))).reached();
            prop_assert!(!before || after);
        }
    }
}
