//! Discord's permission bits that the sandbox checks.

/// Create invites. Only here so that [`MEMBER`] looks like a usual server.
pub const CREATE_INSTANT_INVITE: u64 = 1;
/// Kick members.
pub const KICK_MEMBERS: u64 = 1 << 1;
/// Passes every check.
pub const ADMINISTRATOR: u64 = 1 << 3;
/// Edit, create and delete channels.
pub const MANAGE_CHANNELS: u64 = 1 << 4;
/// Edit the server ("Manage Server").
pub const MANAGE_GUILD: u64 = 1 << 5;
/// Add a reaction that nobody has added yet.
pub const ADD_REACTIONS: u64 = 1 << 6;
/// See a channel and what is in it.
pub const VIEW_CHANNEL: u64 = 1 << 10;
/// Post in a channel (not in its threads).
pub const SEND_MESSAGES: u64 = 1 << 11;
/// Delete other people's messages and reactions.
pub const MANAGE_MESSAGES: u64 = 1 << 13;
/// Post embeds.
pub const EMBED_LINKS: u64 = 1 << 14;
/// Post files.
pub const ATTACH_FILES: u64 = 1 << 15;
/// Read what was posted before.
pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
/// Ping @everyone and all roles.
pub const MENTION_EVERYONE: u64 = 1 << 17;
/// Use emoji of other guilds.
pub const USE_EXTERNAL_EMOJIS: u64 = 1 << 18;
/// Rename other people.
pub const MANAGE_NICKNAMES: u64 = 1 << 27;
/// Edit roles.
pub const MANAGE_ROLES: u64 = 1 << 28;
/// Edit and delete emoji.
pub const MANAGE_GUILD_EXPRESSIONS: u64 = 1 << 30;
/// Use slash commands and message menus.
pub const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
/// Archive, lock, edit and delete other people's threads.
pub const MANAGE_THREADS: u64 = 1 << 34;
/// Open a public thread.
pub const CREATE_PUBLIC_THREADS: u64 = 1 << 35;
/// Open a private thread.
pub const CREATE_PRIVATE_THREADS: u64 = 1 << 36;
/// Post in threads.
pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;

/// Put members under a timeout.
pub const MODERATE_MEMBERS: u64 = 1 << 40;
/// Create emoji, and edit one's own.
pub const CREATE_GUILD_EXPRESSIONS: u64 = 1 << 43;

/// What is left to a member under a timeout.
pub const SILENT: u64 = VIEW_CHANNEL | READ_MESSAGE_HISTORY;

/// What everybody may do in the default world.
pub const MEMBER: u64 = CREATE_INSTANT_INVITE
    | ADD_REACTIONS
    | VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_APPLICATION_COMMANDS
    | CREATE_PUBLIC_THREADS
    | SEND_MESSAGES_IN_THREADS;

/// Every bit the sandbox knows: what an administrator has.
pub const ALL: u64 = MEMBER
    | ADMINISTRATOR
    | MANAGE_CHANNELS
    | MANAGE_GUILD
    | MANAGE_MESSAGES
    | MENTION_EVERYONE
    | MANAGE_ROLES
    | MANAGE_THREADS
    | CREATE_PRIVATE_THREADS
    | KICK_MEMBERS
    | MANAGE_NICKNAMES
    | MODERATE_MEMBERS
    | USE_EXTERNAL_EMOJIS
    | CREATE_GUILD_EXPRESSIONS
    | MANAGE_GUILD_EXPRESSIONS;
