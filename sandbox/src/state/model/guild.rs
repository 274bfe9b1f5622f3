//! The guild, its roles and its own emoji.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::permissions;
use crate::snowflake::Id;
use crate::state::model::person::Member;

/// The guild and its bot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Guild {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) owner: Id,
    pub(crate) premium_tier: u8,
    #[serde(default)]
    pub(crate) system_channel: Option<Id>,
    /// The bot's user, and its application.
    pub(crate) bot: Id,
    /// What @everyone may do, as permission bits.
    #[serde(default = "usual_permissions")]
    pub(crate) everyone: u64,
}

fn usual_permissions() -> u64 {
    permissions::MEMBER
}

impl Guild {
    /// Returns the largest file that may be posted here, in bytes.
    pub(crate) fn upload_limit(&self) -> u64 {
        let mebibytes = match self.premium_tier {
            0 | 1 => 10,
            2 => 50,
            _ => 100,
        };
        mebibytes * 1024 * 1024
    }

    /// Returns how many emoji the guild may have.
    pub(crate) fn emoji_limit(&self) -> usize {
        match self.premium_tier {
            0 => 50,
            1 => 100,
            2 => 150,
            _ => 250,
        }
    }
}

/// A role besides @everyone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Role {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) permissions: u64,
    pub(crate) color: u32,
    /// Whether anybody may mention it.
    #[serde(default)]
    pub(crate) mentionable: bool,
}

/// A custom emoji of the guild.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CustomEmoji {
    pub(crate) name: String,
    /// Who created it.
    pub(crate) creator: Id,
}

/// A guild that the state is not in at the moment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Elsewhere {
    pub(crate) guild: Guild,
    pub(crate) members: BTreeMap<Id, Member>,
    /// The roles besides @everyone, lowest first.
    pub(crate) roles: Vec<Role>,
    pub(crate) emojis: BTreeMap<Id, CustomEmoji>,
}
