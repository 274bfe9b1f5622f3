//! What the bot must be allowed where it drafts.

use serenity::all::Permissions;

use crate::domain::ids::ChannelId;
use crate::wording::{self, permissions};

/// What the bot must be allowed in a channel, each with its name.
const NEEDED: [(Permissions, &str); 7] = [
    (Permissions::VIEW_CHANNEL, permissions::VIEW_CHANNEL),
    (Permissions::SEND_MESSAGES, permissions::SEND_MESSAGES),
    (
        Permissions::CREATE_PUBLIC_THREADS,
        permissions::CREATE_PUBLIC_THREADS,
    ),
    (
        Permissions::SEND_MESSAGES_IN_THREADS,
        permissions::SEND_MESSAGES_IN_THREADS,
    ),
    (Permissions::ATTACH_FILES, permissions::ATTACH_FILES),
    (Permissions::ADD_REACTIONS, permissions::ADD_REACTIONS),
    (
        Permissions::READ_MESSAGE_HISTORY,
        permissions::READ_MESSAGE_HISTORY,
    ),
];

/// Returns what the bot lacks to draft in a channel, in words; nothing if it lacks nothing. In a
/// thread it opens no other, and needs less.
pub(in crate::gateway) fn missing(
    have: Option<Permissions>,
    channel: ChannelId,
    in_thread: bool,
) -> Option<String> {
    let have = have.unwrap_or_default();
    if have.administrator() {
        return None;
    }
    let of_channels = Permissions::SEND_MESSAGES | Permissions::CREATE_PUBLIC_THREADS;
    let missing: Vec<&str> = NEEDED
        .iter()
        .filter(|(needed, _)| !(in_thread && of_channels.contains(*needed)))
        .filter(|(needed, _)| !have.contains(*needed))
        .map(|(_, name)| *name)
        .collect();
    (!missing.is_empty()).then(|| wording::missing_permissions(&missing, channel))
}
