//! Names what a guild's settings rest on and is gone, or does not let the bot in.

use std::collections::BTreeSet;

use super::settings::{GuildRules, SettingsGroup};
use crate::domain::emoji::Emoji;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::permission::{Permission, Purpose};

/// Something that a setting rests on and that does not hold any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lost {
    /// Roles of a list were deleted.
    Roles {
        /// The list: approvers, leads, requesters, or the one role that is mentioned.
        of: SettingsGroup,
        /// Whether the list has no other role.
        all: bool,
    },
    /// A custom emoji that stood for a vote was deleted.
    Emoji {
        /// Whether it approved; else it stopped.
        approves: bool,
    },
    /// A role is there, and the bot may not mention it any more.
    Unmentionable(RoleId),
    /// A channel was deleted.
    Channel(SettingsGroup),
    /// A channel does not allow the bot what it needs there.
    Permissions(SettingsGroup, ChannelId, Vec<Permission>),
}

impl GuildRules {
    /// Returns the lists of roles that have any, each with its group. A single role is such a list.
    #[must_use]
    pub fn role_lists(&self) -> Vec<(SettingsGroup, BTreeSet<RoleId>)> {
        let lists = [
            (SettingsGroup::Approvers, self.approvers.clone()),
            (SettingsGroup::Leads, self.leads.clone()),
            (SettingsGroup::Requesters, self.requesters.clone()),
            (SettingsGroup::VotesRole, self.votes_role.into_iter().collect()),
            (
                SettingsGroup::LowPoolRole,
                self.low_pool_role.into_iter().collect(),
            ),
        ];
        lists.into_iter().filter(|(_, roles)| !roles.is_empty()).collect()
    }

    /// Returns the roles that the bot mentions.
    #[must_use]
    pub fn mentioned_roles(&self) -> BTreeSet<RoleId> {
        self.votes_role.into_iter().chain(self.low_pool_role).collect()
    }

    /// Returns the channels that settings name, each with its group and what the bot does there.
    #[must_use]
    pub fn named_channels(&self) -> Vec<(SettingsGroup, ChannelId, Purpose)> {
        let drafts = self.channels.iter();
        let drafts = drafts.map(|channel| (SettingsGroup::Channels, *channel, Purpose::Drafts));
        let gallery = self
            .gallery
            .map(|id| (SettingsGroup::Gallery, id, Purpose::Gallery));
        let log = self.log.map(|id| (SettingsGroup::Log, id, Purpose::Log));
        let digest = self.digest.map(|id| (SettingsGroup::Digest, id, Purpose::Digest));
        drafts.chain(gallery).chain(log).chain(digest).collect()
    }

    /// Returns whether settings name anything that can be deleted.
    #[must_use]
    pub fn name_anything(&self) -> bool {
        let custom = |emoji: &Emoji| matches!(emoji, Emoji::Custom { .. });
        !self.role_lists().is_empty()
            || !self.named_channels().is_empty()
            || custom(&self.approve)
            || custom(&self.veto)
    }
}
