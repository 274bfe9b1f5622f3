//! Fixes the terms when a vote opens, and derives the rules of the vote from them.

use std::collections::BTreeSet;

use super::ballot::VoterRole;
use crate::domain::actor::Membership;
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::ids::{GuildId, RoleId, UserId};
use crate::domain::stage::Stage;

/// The terms of a vote, fixed when it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The price of the next stage.
    pub price: Credits,
    /// How many distinct eligible members must approve.
    pub quorum: u32,
    /// Whether the requester's own vote counts.
    pub own_vote: bool,
    /// Whether a lead's approval alone is enough.
    pub lead_decides: bool,
    /// The emoji that approves.
    pub approve: Emoji,
    /// The emoji with which a lead stops the vote.
    pub veto: Emoji,
    /// The roles that may approve, besides leads. Empty: everybody may.
    pub approvers: BTreeSet<RoleId>,
    /// The roles that lead, besides whoever may manage the server.
    pub leads: BTreeSet<RoleId>,
    /// When the vote closes, in milliseconds since 1970.
    pub closes_ms: i64,
}

impl Terms {
    /// Returns the role of a voter in this vote. `None` stands for somebody who is no member.
    #[must_use]
    pub fn role(&self, member: Option<&Membership>) -> VoterRole {
        let Some(member) = member else {
            return VoterRole::Left;
        };
        // A vote whose roles were all deleted must still have somebody who can end it.
        if member.manages || !self.leads.is_disjoint(&member.roles) {
            VoterRole::Lead
        } else if self.approvers.is_empty() || !self.approvers.is_disjoint(&member.roles) {
            VoterRole::Approver
        } else {
            VoterRole::Other
        }
    }

    /// Returns whether it matters to a vote that a member with these roles may manage the server.
    /// `vetoes` says whether the member asks to stop it.
    #[must_use]
    pub fn asks_for_managers(&self, roles: &BTreeSet<RoleId>, vetoes: bool) -> bool {
        let leads = !self.leads.is_disjoint(roles);
        let approves = self.approvers.is_empty() || !self.approvers.is_disjoint(roles);
        !leads && (vetoes || self.lead_decides || !approves)
    }

    /// Returns whether an approval depends on the roles of the member who gives it.
    #[must_use]
    pub fn ask_for_roles(&self) -> bool {
        self.lead_decides || !self.approvers.is_empty()
    }
}

/// Why a lead has to say that the next stage of an image is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeadCase {
    /// The image comes from a copy that was put back, so its next stage may be paid already.
    Restored,
    /// Its notes seem to contradict each other.
    Clash,
}

/// The rules of one vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The guild whose pool pays.
    pub guild: GuildId,
    /// The stage that is voted for.
    pub stage: Stage,
    /// The member who asked for the draft.
    pub requester: UserId,
    /// The terms of the vote.
    pub terms: Terms,
    /// Why only a lead lets the next stage be paid. `None`: the votes alone do.
    pub for_lead: Option<LeadCase>,
}
