//! Decides when an image has earned its next stage.

pub mod ballot;
pub mod queue;
pub mod terms;
pub mod vote;

use std::collections::BTreeSet;

use super::ids::{RoleId, UserId};
use crate::domain::actor::Actor;
use crate::domain::approval::ballot::{Ballot, VoterRole};
use crate::domain::approval::terms::{Policy, Terms};
use crate::domain::approval::vote::VoteState;
use crate::domain::limits;

/// Why a member's approval does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ignored {
    /// The member asked for the draft.
    Requester,
    /// The member has no role that may approve.
    NoRole,
    /// The member left the server.
    Left,
}

/// A ballot, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Members whose approval counts, as far as is known.
    pub counted: Vec<UserId>,
    /// Members whose approval does not count, and why.
    pub ignored: Vec<(UserId, Ignored)>,
    /// How many approvals are needed.
    pub quorum: u32,
    /// The lead whose approval alone is enough.
    pub decided_by: Option<UserId>,
    /// The leads who stop the vote.
    pub stopped_by: Vec<UserId>,
    /// Members whose veto stops nothing, because they are no lead.
    pub powerless: Vec<UserId>,
}

impl Tally {
    /// Returns whether enough members approved, as far as is known.
    #[must_use]
    pub fn reached(&self) -> bool {
        self.counted.len() >= self.quorum as usize || self.decided_by.is_some()
    }
}

/// The decision that a ballot leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision {
    /// A lead stops the vote, whatever the others say.
    Stop(Tally),
    /// Too few members approve yet.
    Wait(Tally),
    /// Enough members approve: the next stage may be paid for.
    Approve(Tally),
    /// Enough members approve, and a lead has to say that the next stage is wanted.
    AskLead(Tally),
}

/// Counts a ballot as far as its voters are known. A voter who was not looked up counts.
#[must_use]
pub fn tally(policy: &Policy, ballot: &Ballot) -> Tally {
    let mut tally = Tally {
        quorum: policy.terms.quorum,
        ..Tally::default()
    };
    for (user, role) in &ballot.approvals {
        match ignored(policy, *user, *role) {
            Some(why) => tally.ignored.push((*user, why)),
            None => tally.counted.push(*user),
        }
    }
    let leads = |user: &&UserId| ballot.approvals.get(user) == Some(&VoterRole::Lead);
    if policy.terms.lead_decides {
        tally.decided_by = tally.counted.iter().find(leads).copied();
    }
    for (user, veto) in ballot.vetoes.iter().filter(|(_, veto)| !veto.lifted) {
        match veto.role {
            VoterRole::Lead => tally.stopped_by.push(*user),
            VoterRole::Approver | VoterRole::Other => tally.powerless.push(*user),
            VoterRole::Unknown | VoterRole::Left => {}
        }
    }
    tally
}

fn ignored(policy: &Policy, user: UserId, role: VoterRole) -> Option<Ignored> {
    match role {
        VoterRole::Left => Some(Ignored::Left),
        _ if user == policy.requester && !policy.terms.own_vote => Some(Ignored::Requester),
        VoterRole::Other => Some(Ignored::NoRole),
        VoterRole::Unknown | VoterRole::Approver | VoterRole::Lead => None,
    }
}

/// Counts the members whose approval counts and who were looked up.
fn confirmed(policy: &Policy, ballot: &Ballot) -> usize {
    let counts = |(user, role): &(&UserId, &VoterRole)| {
        **role != VoterRole::Unknown && ignored(policy, **user, **role).is_none()
    };
    ballot.approvals.iter().filter(counts).count()
}

/// Returns the voter to look up next before a ballot can be decided, or nobody if it can be. Nobody
/// is looked up in vain. Members who gave a veto always are. Members who approve are looked up
/// where roles matter or a quorum is possible, until the looked-up ones make a quorum and those who
/// will be named as approvers are known.
#[must_use]
pub fn next_voter_to_look_up(policy: &Policy, ballot: &Ballot) -> Option<UserId> {
    let open = |(_, veto): &(&UserId, &ballot::Veto)| !veto.lifted && veto.role == VoterRole::Unknown;
    if let Some((user, _)) = ballot.vetoes.iter().find(open) {
        return Some(*user);
    }
    let now = tally(policy, ballot);
    if !now.stopped_by.is_empty() || now.decided_by.is_some() {
        return None;
    }
    let quorum = policy.terms.quorum as usize;
    let voters = ballot.approvals.keys();
    let voters = voters.filter(|user| policy.terms.own_vote || **user != policy.requester);
    let possible = policy.terms.ask_for_roles() || voters.count() >= quorum;
    if !possible || confirmed(policy, ballot) >= quorum.max(limits::NAMED) {
        return None;
    }
    let unknown = |user: &&UserId| ballot.approvals.get(user) == Some(&VoterRole::Unknown);
    now.counted.iter().find(unknown).copied()
}

/// Decides a vote. A voter who was not looked up is not enough to approve anything.
#[must_use]
pub fn decide(policy: &Policy, ballot: &Ballot) -> Decision {
    let tally = tally(policy, ballot);
    if !tally.stopped_by.is_empty() {
        return Decision::Stop(tally);
    }
    if tally.decided_by.is_none() && confirmed(policy, ballot) < policy.terms.quorum as usize {
        return Decision::Wait(tally);
    }
    if policy.for_lead.is_some() {
        return Decision::AskLead(tally);
    }
    Decision::Approve(tally)
}

/// Why a member may not vote on an image, or retry a later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAVoter {
    /// The member asked for the draft, and the requester's own vote does not count.
    Requester,
    /// The member has none of these roles.
    NoRole(BTreeSet<RoleId>),
}

/// Refuses a member who could not approve by the terms of a vote.
///
/// # Errors
/// The reason, as [`NotAVoter`].
pub fn refuse_voter(terms: &Terms, requester: UserId, by: &Actor) -> Result<(), NotAVoter> {
    if by.user == requester && !terms.own_vote {
        Err(NotAVoter::Requester)
    } else if terms.role(Some(&by.member)) == VoterRole::Other {
        Err(NotAVoter::NoRole(terms.approvers.clone()))
    } else {
        Ok(())
    }
}

/// Why a member may not retry a failed render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotARetrier {
    /// A first image is retried by the requester of its draft. Holds the requester.
    OthersDraft(UserId),
    /// A later image is retried by those who could have approved it.
    Voter(NotAVoter),
}

/// Refuses a member who may not retry a failed render. A first image is for its requester. A later
/// one is for those who could approve it by the terms under which its parent was approved.
///
/// # Errors
/// The reason, as [`NotARetrier`].
pub fn refuse_retrier(parent: Option<&Terms>, requester: UserId, by: &Actor) -> Result<(), NotARetrier> {
    match parent {
        None if by.user == requester => Ok(()),
        None => Err(NotARetrier::OthersDraft(requester)),
        Some(terms) => refuse_voter(terms, requester, by).map_err(NotARetrier::Voter),
    }
}

/// The number of votes of each kind on an image, as far as counts tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReactionCounts {
    /// Votes that approve.
    pub approve: u64,
    /// Votes that stop.
    pub veto: u64,
}

/// Returns whether the votes on an image need a full read, given how many reactions Discord `shows`
/// under it, how many are `recorded`, and how many members pressed the button. A full read costs
/// requests. Where the counts are unchanged and too low for a quorum, it could decide nothing.
#[must_use]
pub fn needs_full_read(
    terms: &Terms,
    state: VoteState,
    shows: ReactionCounts,
    recorded: ReactionCounts,
    buttons: u64,
) -> bool {
    let enough = if terms.lead_decides {
        1
    } else {
        u64::from(terms.quorum)
    };
    match state {
        // Somebody waits for it, and the votes that it was granted on may be gone.
        VoteState::Waiting | VoteState::Capped | VoteState::Stopped => true,
        VoteState::Open => shows != recorded || shows.veto > 0 || shows.approve + buttons >= enough,
        VoteState::None | VoteState::Spent | VoteState::Closed => false,
    }
}

#[cfg(test)]
mod tests;
