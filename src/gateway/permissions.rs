//! What the bot must be allowed where it drafts.

use serenity::all::Permissions;

use crate::domain::ids::ChannelId;
use crate::wording;

/// What the bot must be allowed in a channel, by the names that Discord's settings show.
const NEEDED: [(Permissions, &str); 7] = [
    (Permissions::VIEW_CHANNEL, "View Channel"),
    (Permissions::SEND_MESSAGES, "Send Messages"),
    (Permissions::CREATE_PUBLIC_THREADS, "Create Public Threads"),
    (Permissions::SEND_MESSAGES_IN_THREADS, "Send Messages in Threads"),
    (Permissions::ATTACH_FILES, "Attach Files"),
    (Permissions::ADD_REACTIONS, "Add Reactions"),
    (Permissions::READ_MESSAGE_HISTORY, "Read Message History"),
];

/// What the bot lacks to draft in a channel, or in a thread without opening another, in words, if it lacks something.
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
