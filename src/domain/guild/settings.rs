//! What the admins of a guild choose for it, and the rules that come of it.

use std::collections::{BTreeMap, BTreeSet};

use super::operator::Rules;
use crate::domain::approval::Terms;
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::money::period::Zone;
use crate::domain::money::spend_limit::{LimitScope, SpendLimits};
use crate::domain::stage::{Stage, StageSpec, Stages};

const DAY_MS: i64 = 24 * 60 * 60_000;

/// The caps that the admins of a guild chose; nothing: no cap, although the operator set one.
pub type ChosenSpendLimits = BTreeMap<LimitScope, Option<Credits>>;

/// What the admins of a guild chose. What they did not choose is as the operator set it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuildSettings {
    /// What an image of explore costs.
    pub explore_price: Option<Credits>,
    /// What an image of review costs.
    pub review_price: Option<Credits>,
    /// What an image of final costs.
    pub final_price: Option<Credits>,
    /// How many must approve before a review is drawn.
    pub review_quorum: Option<u32>,
    /// How many must approve before a final is drawn.
    pub final_quorum: Option<u32>,
    /// Whether the requester's own vote counts.
    pub own_vote: Option<bool>,
    /// Whether a lead's approval alone is enough.
    pub lead_decides: Option<bool>,
    /// The emoji that approves.
    pub approve: Option<Emoji>,
    /// The emoji with which a lead stops a vote.
    pub veto: Option<Emoji>,
    /// How long a vote stays open, in days.
    pub window_days: Option<u32>,
    /// Who may approve; empty: everybody.
    pub approvers: BTreeSet<RoleId>,
    /// Who may stop and override votes; empty: whoever may manage the server.
    pub leads: BTreeSet<RoleId>,
    /// Who may draft; empty: everybody.
    pub requesters: BTreeSet<RoleId>,
    /// Where drafts may be made; empty: everywhere.
    pub channels: BTreeSet<ChannelId>,
    /// Where finals are shown.
    pub gallery: Option<ChannelId>,
    /// Where the bot tells what admins should know.
    pub log: Option<ChannelId>,
    /// How much may be spent, and by whom.
    pub spend_limits: ChosenSpendLimits,
    /// Where days and months begin.
    pub zone: Option<Zone>,
}

/// The rules that hold in a guild: the operator's, with what its admins chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuildRules {
    /// What each stage asks for.
    pub stages: Stages,
    /// Whether the requester's own vote counts.
    pub own_vote: bool,
    /// Whether a lead's approval alone is enough.
    pub lead_decides: bool,
    /// The emoji that approves.
    pub approve: Emoji,
    /// The emoji with which a lead stops a vote.
    pub veto: Emoji,
    /// How long a vote stays open, in days.
    pub window_days: u32,
    /// Who may approve; empty: everybody.
    pub approvers: BTreeSet<RoleId>,
    /// Who may stop and override votes; empty: whoever may manage the server.
    pub leads: BTreeSet<RoleId>,
    /// Who may draft; empty: everybody.
    pub requesters: BTreeSet<RoleId>,
    /// Where drafts may be made; empty: everywhere.
    pub channels: BTreeSet<ChannelId>,
    /// Where finals are shown.
    pub gallery: Option<ChannelId>,
    /// Where the bot tells what admins should know.
    pub log: Option<ChannelId>,
    /// How much may be spent, and by whom.
    pub spend_limits: SpendLimits,
    /// Where days and months begin.
    pub zone: Zone,
}

/// What can be set back to how the operator set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsGroup {
    /// How many must approve, at every stage.
    Quorums,
    /// What images cost, at every stage.
    Prices,
    /// Whether the requester's own vote counts.
    OwnVote,
    /// Whether a lead's approval alone is enough.
    LeadDecides,
    /// Both emoji.
    Emoji,
    /// How long a vote stays open.
    Window,
    /// Who may approve.
    Approvers,
    /// Who may stop and override votes.
    Leads,
    /// Who may draft.
    Requesters,
    /// Where drafts may be made.
    Channels,
    /// Where finals are shown.
    Gallery,
    /// Where the bot tells what admins should know.
    Log,
    /// How much may be spent, and by whom.
    SpendLimits,
    /// Where days and months begin.
    Zone,
}

impl GuildSettings {
    /// The rules that come of it.
    #[must_use]
    pub fn rules(&self, operator: &Rules) -> GuildRules {
        let spec = |stage: Stage, price: Option<Credits>, quorum: Option<u32>| {
            let spec = operator.spec(stage).clone();
            StageSpec {
                price: price.filter(|_| operator.guild_prices).unwrap_or(spec.price),
                quorum: quorum.unwrap_or(spec.quorum),
                ..spec
            }
        };
        GuildRules {
            stages: Stages {
                explore: spec(Stage::Explore, self.explore_price, None),
                review: spec(Stage::Review, self.review_price, self.review_quorum),
                r#final: spec(Stage::Final, self.final_price, self.final_quorum),
            },
            own_vote: self.own_vote.unwrap_or(operator.own_vote),
            lead_decides: self.lead_decides.unwrap_or(false),
            approve: self.approve.clone().unwrap_or_else(Emoji::approve),
            veto: self.veto.clone().unwrap_or_else(Emoji::veto),
            window_days: self.window_days.unwrap_or(operator.vote_window_days),
            approvers: self.approvers.clone(),
            leads: self.leads.clone(),
            requesters: self.requesters.clone(),
            channels: self.channels.clone(),
            gallery: self.gallery,
            log: self.log,
            spend_limits: self.all_spend_limits(&operator.spend_limits),
            zone: self.zone.clone().unwrap_or_else(|| operator.zone.clone()),
        }
    }

    /// The operator's caps, with those that the admins chose in their place.
    fn all_spend_limits(&self, usual: &SpendLimits) -> SpendLimits {
        let mut all: ChosenSpendLimits = usual.iter().map(|(on, max)| (*on, Some(*max))).collect();
        all.extend(self.spend_limits.clone());
        all.into_iter().filter_map(|(on, max)| Some((on, max?))).collect()
    }

    pub(super) fn reset(&mut self, group: SettingsGroup) {
        match group {
            SettingsGroup::Quorums => (self.review_quorum, self.final_quorum) = (None, None),
            SettingsGroup::Prices => {
                (self.explore_price, self.review_price, self.final_price) = (None, None, None)
            }
            SettingsGroup::OwnVote => self.own_vote = None,
            SettingsGroup::LeadDecides => self.lead_decides = None,
            SettingsGroup::Emoji => (self.approve, self.veto) = (None, None),
            SettingsGroup::Window => self.window_days = None,
            SettingsGroup::Approvers => self.approvers.clear(),
            SettingsGroup::Leads => self.leads.clear(),
            SettingsGroup::Requesters => self.requesters.clear(),
            SettingsGroup::Channels => self.channels.clear(),
            SettingsGroup::Gallery => self.gallery = None,
            SettingsGroup::Log => self.log = None,
            SettingsGroup::SpendLimits => self.spend_limits.clear(),
            SettingsGroup::Zone => self.zone = None,
        }
    }
}

/// A quorum that may never be reached, because too few people could vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreachableQuorum {
    /// The stage that could never be drawn.
    pub stage: Stage,
    /// How many must approve.
    pub quorum: u32,
    /// How many could at most.
    pub voters: u64,
}

impl GuildRules {
    /// The terms of a vote on a stage that opens now, in milliseconds since 1970.
    #[must_use]
    pub fn terms(&self, stage: Stage, now_ms: i64) -> Terms {
        let spec = self.stages.spec(stage);
        Terms {
            price: spec.price,
            quorum: spec.quorum,
            own_vote: self.own_vote,
            lead_decides: self.lead_decides,
            approve: self.approve.clone(),
            veto: self.veto.clone(),
            approvers: self.approvers.clone(),
            leads: self.leads.clone(),
            closes_ms: now_ms + i64::from(self.window_days) * DAY_MS,
        }
    }

    /// The first stage whose quorum is more than a guild with so many members has voters, the bot being one of them and
    /// the requester another, who may have no vote. Where a lead decides alone, none is.
    #[must_use]
    pub fn unreachable_quorum(&self, members: u64) -> Option<UnreachableQuorum> {
        let no_voters = if self.own_vote { 1 } else { 2 };
        let voters = members.saturating_sub(no_voters);
        let doubtful = |stage: &Stage| {
            u64::from(self.stages.spec(*stage).quorum) > voters && !(self.lead_decides && voters > 0)
        };
        let stage = [Stage::Review, Stage::Final].into_iter().find(doubtful)?;
        let quorum = self.stages.spec(stage).quorum;
        Some(UnreachableQuorum {
            stage,
            quorum,
            voters,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests;
