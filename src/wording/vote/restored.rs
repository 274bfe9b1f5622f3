//! Approvals of a copy that was put back: a lead has to say that they are wanted.

use crate::domain::ids::{ChannelId, GuildId, MessageId};
use crate::wording::message_link;

/// The line of an image's message about an approval that waits for a lead.
pub(super) const RESTORED: &str = "⏸️ My books were put back from a copy, and the next size may be paid already. \
     If it is still wanted, a lead presses *Approve*.";

/// Says in a thread, and in the log channel, that an approval waits for a lead.
#[must_use]
pub fn waits_for_lead(position: u32, (guild, thread, message): (GuildId, ChannelId, MessageId)) -> String {
    format!(
        "⏸️ **Image {position}** has enough approvals, but my books were put back from a copy, and its next size \
         may be paid already. Nothing was spent. If it is still wanted, a lead presses *Approve* under [the picture]({}).",
        message_link(guild, thread, message)
    )
}

/// A private answer: a lead lets an approval be spent that waited for one. Their own vote does not
/// count.
pub const LET_GO: &str =
    "The approvals on this image count again. Your own does not: you asked for this draft.";
