//! When an image has earned its next stage.

pub mod ballot;

use std::collections::BTreeSet;

use super::actor::Membership;
use super::credits::Credits;
use super::emoji::Emoji;
use super::ids::{GuildId, RenderId, RoleId, UserId};
use super::money::authorization::Authorization;
use super::stage::Stage;
use crate::domain::approval::ballot::{Ballot, VoterRole};
use crate::wording::NAMED;

/// What is fixed when a vote opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What the next stage costs.
    pub price: Credits,
    /// How many distinct eligible members must approve.
    pub quorum: u32,
    /// Whether the requester's own vote counts.
    pub own_vote: bool,
    /// Whether a lead's approval alone is enough.
    pub lead_decides: bool,
    /// The emoji that approves.
    pub approve: Emoji,
    /// The emoji with which a lead stops it.
    pub veto: Emoji,
    /// Who may approve besides leads; empty: everybody.
    pub approvers: BTreeSet<RoleId>,
    /// Who leads; empty: whoever may manage the server.
    pub leads: BTreeSet<RoleId>,
    /// When it closes, in milliseconds since 1970.
    pub closes_ms: i64,
}

impl Terms {
    /// What somebody is in this vote; nothing is known of who is no member but that.
    #[must_use]
    pub fn role(&self, member: Option<&Membership>) -> VoterRole {
        let Some(member) = member else {
            return VoterRole::Left;
        };
        let leads = if self.leads.is_empty() {
            member.manages
        } else {
            !self.leads.is_disjoint(&member.roles)
        };
        if leads {
            VoterRole::Lead
        } else if self.approvers.is_empty() || !self.approvers.is_disjoint(&member.roles) {
            VoterRole::Approver
        } else {
            VoterRole::Other
        }
    }

    /// Whether it matters for an approval which roles somebody has.
    #[must_use]
    pub fn ask_for_roles(&self) -> bool {
        self.lead_decides || !self.approvers.is_empty()
    }
}

/// The rules of one vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whose pool pays.
    pub guild: GuildId,
    /// The stage that is voted for.
    pub stage: Stage,
    /// Who asked for the draft.
    pub requester: UserId,
    /// What was fixed when it opened.
    pub terms: Terms,
}

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

/// Where the vote on an image stands, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteState {
    /// There is nothing to vote for: not delivered yet, or the last stage.
    None,
    /// Votes are counted.
    Open,
    /// A lead has stopped it; it goes on when the stop is lifted.
    Stopped,
    /// The quorum was reached, and credits are awaited.
    Waiting,
    /// The quorum was reached, and a cap stops it. It keeps nobody waiting.
    Capped,
    /// The approval was spent on a child.
    Spent,
    /// The window passed without a quorum.
    Closed,
}

impl VoteState {
    const ALL: [Self; 7] = [
        Self::None,
        Self::Open,
        Self::Stopped,
        Self::Waiting,
        Self::Capped,
        Self::Spent,
        Self::Closed,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Open => "open",
            Self::Stopped => "stopped",
            Self::Waiting => "waiting",
            Self::Capped => "capped",
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
        matches!(self, Self::Open | Self::Stopped | Self::Waiting | Self::Capped)
    }
}

/// What a ballot leads to.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision {
    /// A lead stops it, whatever the others say.
    Stop(Tally),
    /// Not enough yet.
    Wait(Tally),
    /// Enough: the child may be paid for.
    Approve(Tally, Authorization),
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
    if !possible || confirmed(policy, ballot) >= quorum.max(NAMED) {
        return None;
    }
    let unknown = |user: &&UserId| ballot.approvals.get(user) == Some(&VoterRole::Unknown);
    now.counted.iter().find(unknown).copied()
}

/// Decides a vote. `child` is the id that the next stage's render will have. Nothing is spent on the word of somebody who
/// was not looked up.
#[must_use]
pub fn decide(policy: &Policy, ballot: &Ballot, child: RenderId) -> Decision {
    let tally = tally(policy, ballot);
    if !tally.stopped_by.is_empty() {
        return Decision::Stop(tally);
    }
    if tally.decided_by.is_none() && confirmed(policy, ballot) < policy.terms.quorum as usize {
        return Decision::Wait(tally);
    }
    let price = policy.terms.price;
    Decision::Approve(
        tally,
        Authorization::new(policy.guild, child, policy.stage, price),
    )
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

/// The right to try a failed render again: the approval (or the draft) that paid for it still stands, and its
/// credits came back. The price is the one that was shown the first time.
pub const fn again(guild: GuildId, stage: Stage, price: Credits, new: RenderId) -> Authorization {
    Authorization::new(guild, new, stage, price)
}

#[cfg(test)]
mod tests;
