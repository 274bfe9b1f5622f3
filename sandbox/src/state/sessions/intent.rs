//! Gateway intents: an event is sent only to sessions that asked for its bit.

/// Sent whatever the intents are.
pub(crate) const ALWAYS: u64 = 0;
pub(crate) const GUILDS: u64 = 1;
pub(crate) const GUILD_MEMBERS: u64 = 1 << 1;
pub(crate) const GUILD_EXPRESSIONS: u64 = 1 << 3;
pub(crate) const GUILD_MESSAGES: u64 = 1 << 9;
pub(crate) const GUILD_MESSAGE_REACTIONS: u64 = 1 << 10;
pub(crate) const MESSAGE_CONTENT: u64 = 1 << 15;
