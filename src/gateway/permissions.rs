//! What the bot must be allowed where it drafts.

use serenity::all::Permissions;

use crate::discord::lacking;
use crate::domain::ids::ChannelId;
use crate::domain::permission::Purpose;
use crate::wording;

/// Returns what the bot lacks for a purpose in a channel, in words; nothing if it lacks nothing.
pub(in crate::gateway) fn missing(
    have: Option<Permissions>,
    channel: ChannelId,
    purpose: Purpose,
) -> Option<String> {
    let missing = lacking(have.unwrap_or_default(), purpose);
    (!missing.is_empty()).then(|| wording::missing_permissions(&missing, channel))
}

/// Returns what the bot does for a draft in a channel. In a thread it opens no other, and needs
/// less.
pub(in crate::gateway) const fn drafts(in_thread: bool) -> Purpose {
    if in_thread {
        Purpose::DraftsInThread
    } else {
        Purpose::Drafts
    }
}
