//! Users, and their membership of the guild.

use serde::{Deserialize, Serialize};

use crate::snowflake::Id;

/// A user, whether in the guild or not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) bot: bool,
    pub(crate) color: String,
    pub(crate) hint: String,
    pub(crate) persona: bool,
    /// The language of the user's client; English if unset.
    #[serde(default)]
    pub(crate) locale: Option<String>,
    /// The user's subscription.
    #[serde(default)]
    pub(crate) nitro: Nitro,
}

/// What a user pays Discord for. It lets them upload larger files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nitro {
    /// Nothing.
    #[default]
    None,
    /// Nitro Basic: files of 50 MiB.
    Basic,
    /// Nitro: files of 500 MiB.
    Full,
}

impl Nitro {
    /// Returns the largest file that such a user may upload anywhere, in bytes.
    pub(crate) fn upload_limit(self) -> u64 {
        match self {
            Self::None => 10 << 20,
            Self::Basic => 50 << 20,
            Self::Full => 500 << 20,
        }
    }
}

/// A user's membership of the guild.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Member {
    pub(crate) roles: Vec<Id>,
    pub(crate) joined_ms: u64,
    #[serde(default)]
    pub(crate) nick: Option<String>,
    /// When their timeout ends, in milliseconds since 1970. Until then they may only read.
    #[serde(default)]
    pub(crate) silent_until_ms: Option<u64>,
}

impl Member {
    pub(crate) fn new(roles: Vec<Id>, joined_ms: u64) -> Self {
        Self {
            roles,
            joined_ms,
            nick: None,
            silent_until_ms: None,
        }
    }
}
