//! What is fixed when a vote opens, and the rules of the vote that follow from it.

use std::collections::BTreeSet;

use super::ballot::VoterRole;
use crate::domain::actor::Membership;
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::ids::{GuildId, RoleId, UserId};
use crate::domain::stage::Stage;

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
