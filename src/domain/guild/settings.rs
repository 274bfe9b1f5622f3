//! Holds the settings that the admins of a guild choose, and derives the guild's rules from them.

use std::collections::{BTreeMap, BTreeSet};

use super::operator::Rules;
use crate::domain::approval::terms::Terms;
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::money::period::Zone;
use crate::domain::money::spend_limit::{LimitScope, SpendLimits};
use crate::domain::stage::{Stage, StageSpec, Stages};

const DAY_MS: i64 = 24 * 60 * 60_000;

/// The spending limits that the admins of a guild chose. `None`: no limit, although the operator
/// set one.
pub type ChosenSpendLimits = BTreeMap<LimitScope, Option<Credits>>;

/// Makes [`GuildSettings`] and [`GuildRules`] of one table. Each setting has a name, a type, and
/// the group with which it is reset. A value also has the rule that holds if nobody chose it.
///
/// The settings of stages are part of [`GuildRules::stages`]. Spending limits are in no section:
/// there the admins' choice and the operator's are merged, and do not replace each other.
macro_rules! settings {
    (
        stages { $($(#[$stage_doc:meta])* $stage:ident: $Stage:ty, $stage_group:ident;)+ }
        values { $($(#[$value_doc:meta])* $value:ident: $Value:ty, $value_group:ident, else $usual:expr;)+ }
        channels { $($(#[$channel_doc:meta])* $channel:ident, $channel_group:ident;)+ }
        roles { $($(#[$role_doc:meta])* $role:ident, $role_group:ident;)+ }
        lists { $($(#[$list_doc:meta])* $list:ident: $Id:ty, $list_group:ident;)+ }
    ) => {
        /// The settings that the admins of a guild chose. For every other setting the operator's
        /// value holds.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct GuildSettings {
            $($(#[$stage_doc])* pub $stage: Option<$Stage>,)+
            $($(#[$value_doc])* pub $value: Option<$Value>,)+
            $($(#[$channel_doc])* pub $channel: Option<ChannelId>,)+
            $($(#[$role_doc])* pub $role: Option<RoleId>,)+
            $($(#[$list_doc])* pub $list: BTreeSet<$Id>,)+
            /// The spending limits of the guild.
            pub spend_limits: ChosenSpendLimits,
        }

        /// The rules that hold in a guild: the operator's, with what the guild's admins chose in
        /// their place.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct GuildRules {
            /// The settings of each stage that hold in the guild.
            pub stages: Stages,
            $($(#[$value_doc])* pub $value: $Value,)+
            $($(#[$channel_doc])* pub $channel: Option<ChannelId>,)+
            $($(#[$role_doc])* pub $role: Option<RoleId>,)+
            $($(#[$list_doc])* pub $list: BTreeSet<$Id>,)+
            /// The spending limits of the guild.
            pub spend_limits: SpendLimits,
        }

        impl GuildSettings {
            /// Returns the rules that follow from these settings.
            #[must_use]
            pub fn rules(&self, operator: &Rules) -> GuildRules {
                GuildRules {
                    stages: self.stages(operator),
                    $($value: or_usual(self.$value.as_ref(), operator, $usual),)+
                    $($channel: self.$channel,)+
                    $($role: self.$role,)+
                    $($list: self.$list.clone(),)+
                    spend_limits: self.all_spend_limits(&operator.spend_limits),
                }
            }

            /// Resets a group to how the operator set it.
            pub(super) fn reset(&mut self, group: SettingsGroup) {
                $(if group == SettingsGroup::$stage_group { self.$stage = None; })+
                $(if group == SettingsGroup::$value_group { self.$value = None; })+
                $(if group == SettingsGroup::$channel_group { self.$channel = None; })+
                $(if group == SettingsGroup::$role_group { self.$role = None; })+
                $(if group == SettingsGroup::$list_group { self.$list.clear(); })+
                if group == SettingsGroup::SpendLimits { self.spend_limits.clear(); }
            }
        }
    };
}

settings! {
    stages {
        /// The price of an image of explore.
        explore_price: Credits, Prices;
        /// The price of an image of review.
        review_price: Credits, Prices;
        /// The price of an image of final.
        final_price: Credits, Prices;
        /// How many members must approve before a review is drawn.
        review_quorum: u32, Quorums;
        /// How many members must approve before a final is drawn.
        final_quorum: u32, Quorums;
    }
    values {
        /// Whether the requester's own vote counts.
        own_vote: bool, OwnVote, else |operator| operator.own_vote;
        /// Whether a lead's approval alone is enough.
        lead_decides: bool, LeadDecides, else |_| false;
        /// The emoji that approves.
        approve: Emoji, Emoji, else |_| Emoji::approve();
        /// The emoji with which a lead stops a vote.
        veto: Emoji, Emoji, else |_| Emoji::veto();
        /// Whether the files that the bot writes tell the prompt.
        file_prompts: bool, FilePrompts, else |_| false;
        /// How long a vote stays open, in days.
        window_days: u32, Window, else |operator| operator.vote_window_days;
        /// The hour of the day at which the digest comes, 0 to 23.
        digest_hour: u32, DigestHour, else |_| 9;
        /// The time zone by which days and months begin.
        zone: Zone, Zone, else |operator| operator.zone.clone();
    }
    channels {
        /// The channel in which finals are shown.
        gallery, Gallery;
        /// The log channel, in which the bot tells what admins should know.
        log, Log;
        /// The channel that is told once a day what waits for votes.
        digest, Digest;
    }
    roles {
        /// The role that each draft mentions, because votes are wanted of it.
        votes_role, VotesRole;
        /// The role that the log channel mentions when the pool runs low.
        low_pool_role, LowPoolRole;
    }
    lists {
        /// The roles that may approve. Empty: everybody may.
        approvers: RoleId, Approvers;
        /// The roles that may stop votes and lift stops, besides whoever may manage the server.
        leads: RoleId, Leads;
        /// The roles that may draft. Empty: everybody may.
        requesters: RoleId, Requesters;
        /// The channels in which drafts may be made. Empty: all channels.
        channels: ChannelId, Channels;
    }
}

/// A group of settings that can be reset to how the operator set them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsGroup {
    /// The quorums of all stages.
    Quorums,
    /// The prices of all stages.
    Prices,
    /// Whether the requester's own vote counts.
    OwnVote,
    /// Whether a lead's approval alone is enough.
    LeadDecides,
    /// Both emoji.
    Emoji,
    /// How long a vote stays open.
    Window,
    /// The roles that may approve.
    Approvers,
    /// The roles that may stop votes and lift stops.
    Leads,
    /// The roles that may draft.
    Requesters,
    /// The channels in which drafts may be made.
    Channels,
    /// The channel in which finals are shown.
    Gallery,
    /// The log channel.
    Log,
    /// Whether files tell the prompt.
    FilePrompts,
    /// The channel of the daily digest.
    Digest,
    /// The hour of the daily digest.
    DigestHour,
    /// The role that each draft mentions.
    VotesRole,
    /// The role that a low pool mentions.
    LowPoolRole,
    /// The spending limits of the guild.
    SpendLimits,
    /// The time zone by which days and months begin.
    Zone,
}

/// Returns the chosen value, or the operator's if nobody chose one.
fn or_usual<T: Clone>(chosen: Option<&T>, operator: &Rules, usual: fn(&Rules) -> T) -> T {
    chosen.cloned().unwrap_or_else(|| usual(operator))
}

impl GuildSettings {
    /// Returns the operator's stages, with the prices and quorums that the admins chose.
    fn stages(&self, operator: &Rules) -> Stages {
        let spec = |stage: Stage, price: Option<Credits>, quorum: Option<u32>| {
            let spec = operator.spec(stage).clone();
            StageSpec {
                price: price.filter(|_| operator.guild_prices).unwrap_or(spec.price),
                quorum: quorum.unwrap_or(spec.quorum),
                ..spec
            }
        };
        Stages {
            explore: spec(Stage::Explore, self.explore_price, None),
            review: spec(Stage::Review, self.review_price, self.review_quorum),
            r#final: spec(Stage::Final, self.final_price, self.final_quorum),
        }
    }

    /// Returns the operator's spending limits, with those that the admins chose in their place.
    fn all_spend_limits(&self, usual: &SpendLimits) -> SpendLimits {
        let mut all: ChosenSpendLimits = usual.iter().map(|(on, max)| (*on, Some(*max))).collect();
        all.extend(self.spend_limits.clone());
        all.into_iter().filter_map(|(on, max)| Some((on, max?))).collect()
    }
}

/// A quorum that may never be reached, because too few people could vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnreachableQuorum {
    /// The stage that could never be drawn.
    pub stage: Stage,
    /// How many members must approve.
    pub quorum: u32,
    /// How many members could vote at most.
    pub voters: u64,
}

impl GuildRules {
    /// Returns the terms of a vote on a stage that opens now, in milliseconds since 1970.
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

    /// Returns the first stage whose quorum is more than a guild with so many members has voters.
    /// The bot is one of the members and has no vote; the requester is another and may have none.
    /// Where a lead decides alone, no quorum is too high.
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
