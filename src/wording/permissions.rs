//! Names of permissions, as Discord's settings show them.

/// To see a channel.
pub const VIEW_CHANNEL: &str = "View Channel";
/// To write in a channel.
pub const SEND_MESSAGES: &str = "Send Messages";
/// To open a thread.
pub const CREATE_PUBLIC_THREADS: &str = "Create Public Threads";
/// To write in a thread.
pub const SEND_MESSAGES_IN_THREADS: &str = "Send Messages in Threads";
/// To post a file.
pub const ATTACH_FILES: &str = "Attach Files";
/// To react first.
pub const ADD_REACTIONS: &str = "Add Reactions";
/// To read what was written before.
pub const READ_MESSAGE_HISTORY: &str = "Read Message History";
