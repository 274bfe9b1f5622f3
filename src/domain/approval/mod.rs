//! When an image has earned its next stage.

pub mod ballot;
pub mod terms;
pub mod vote;

use crate::domain::actor::Actor;
use crate::domain::approval::terms::Policy;
use crate::domain::approval::terms::Terms;
use crate::domain::approval::vote::VoteState;
use crate::domain::limits;
use std::collections::BTreeSet;

use super::ids::{RoleId, UserId};
use crate::domain::approval::ballot::{Ballot, VoterRole};

/// Why somebody's approval does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ignored {
    /// They asked for the draft.
    Requester,
    /// They have no role that may approve.
    NoRole,
    /// They left the server.
    Left,
}

/// How a vote stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Members whose approval counts, as far as is known.
    pub counted: Vec<UserId>,
    /// Whose approval does not count, and why.
    pub ignored: Vec<(UserId, Ignored)>,
    /// How many are needed.
    pub quorum: u32,
    /// The lead whose approval alone is enough.
    pub decided_by: Option<UserId>,
    /// The leads who stop it.
    pub stopped_by: Vec<UserId>,
    /// Who gave a veto that stops nothing, being no lead.
    pub powerless: Vec<UserId>,
}

impl Tally {
    /// Whether enough members approved, as far as is known.
    #[must_use]
    pub fn reached(&self) -> bool {
        self.counted.len() >= self.quorum as usize || self.decided_by.is_some()
    }
}

/// What a ballot leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision {
    /// A lead stops it, whatever the others say.
    Stop(Tally),
    /// Not enough yet.
    Wait(Tally),
    /// Enough: the next stage may be paid for.
    Approve(Tally),
}

/// Counts a ballot, as far as is known who is on it: who was not looked up counts.
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

/// Those whose approval counts and who were looked up.
fn confirmed(policy: &Policy, ballot: &Ballot) -> usize {
    let counts = |(user, role): &(&UserId, &VoterRole)| {
        **role != VoterRole::Unknown && ignored(policy, **user, **role).is_none()
    };
    ballot.approvals.iter().filter(counts).count()
}

/// Who has to be looked up next before a ballot can be decided; nobody if it can be. Nobody is asked for in vain: who gave
/// a veto always is, and who approves where roles matter or a quorum is possible, until there is one without those who were
/// not looked up, and those who will be named as approvers are known.
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

/// Decides a vote. Nothing is approved on the word of somebody who was not looked up.
#[must_use]
pub fn decide(policy: &Policy, ballot: &Ballot) -> Decision {
    let tally = tally(policy, ballot);
    if !tally.stopped_by.is_empty() {
        return Decision::Stop(tally);
    }
    if tally.decided_by.is_none() && confirmed(policy, ballot) < policy.terms.quorum as usize {
        return Decision::Wait(tally);
    }
    Decision::Approve(tally)
}

/// Why somebody may not vote on, or retry, an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotAVoter {
    /// They asked for the draft, and their own vote does not count.
    Requester,
    /// They have none of these roles.
    NoRole(BTreeSet<RoleId>),
}

/// Refuses whoever could not approve by the terms of a vote.
///
/// # Errors
/// [`NotAVoter`].
pub fn refuse_voter(terms: &Terms, requester: UserId, by: &Actor) -> Result<(), NotAVoter> {
    if by.user == requester && !terms.own_vote {
        Err(NotAVoter::Requester)
    } else if terms.role(Some(&by.member)) == VoterRole::Other {
        Err(NotAVoter::NoRole(terms.approvers.clone()))
    } else {
        Ok(())
    }
}

/// Why somebody may not retry a failed render.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotARetrier {
    /// A first image is retried by who asked for it.
    OthersDraft(UserId),
    /// A later image is retried by those who could have approved it.
    Voter(NotAVoter),
}

/// Refuses whoever may not retry a failed render: a first image is for who asked for it, a later
/// one for those who could approve it by the terms under which its parent was approved.
///
/// # Errors
/// [`NotARetrier`].
pub fn refuse_retrier(parent: Option<&Terms>, requester: UserId, by: &Actor) -> Result<(), NotARetrier> {
    match parent {
        None if by.user == requester => Ok(()),
        None => Err(NotARetrier::OthersDraft(requester)),
        Some(terms) => refuse_voter(terms, requester, by).map_err(NotARetrier::Voter),
    }
}

/// How many votes of each kind there are for an image, as far as counts tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReactionCounts {
    /// That approve.
    pub approve: u64,
    /// That stop it.
    pub veto: u64,
}

/// Whether the votes on an image have to be read in full, given how many reactions Discord `shows` under it, how many are
/// `recorded`, and how many pressed the button. That costs requests; where the counts are as they were and too low for a
/// quorum, nothing can come of it.
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
        // Somebody waits for it, and what it was granted on may be gone.
        VoteState::Waiting | VoteState::Capped | VoteState::Stopped => true,
        VoteState::Open => shows != recorded || shows.veto > 0 || shows.approve + buttons >= enough,
        VoteState::None | VoteState::Spent | VoteState::Closed => false,
    }
}

#[cfg(test)]
mod tests;
