//! Approvals that wait for a lead, who has to say that they are wanted.

use crate::domain::approval::terms::LeadCase;
use crate::domain::ids::{ChannelId, GuildId, MessageId};
use crate::domain::image::number::Number;
use crate::wording::message_link;

/// Writes the line of an image's message about an approval that waits for a lead.
pub(super) const fn waits(case: LeadCase) -> &'static str {
    match case {
        LeadCase::Restored => RESTORED,
        LeadCase::Clash => CLASH,
    }
}

const CLASH: &str = "⏸️ Some of the notes seem to contradict each other. A lead strikes one (Apps → Greenlight → \
     *Notes*), or presses *Approve* to have them all drawn.";
const RESTORED: &str = "⏸️ My books were put back from a copy, and the next size may be paid already. \
     If it is still wanted, a lead presses *Approve*.";

/// Says in a thread, and in the log channel, that an approval waits for a lead.
#[must_use]
pub fn waits_for_lead(
    case: LeadCase,
    number: Number,
    (guild, thread, message): (GuildId, ChannelId, MessageId),
) -> String {
    let link = message_link(guild, thread, message);
    if case == LeadCase::Clash {
        return format!(
            "⏸️ **Image {number}** has enough approvals, but some of its notes seem to contradict each other. Nothing \
             was spent. A lead strikes one (Apps → Greenlight → *Notes* on [the picture]({link})), or presses *Approve* \
             under it to have them all drawn."
        );
    }
    format!(
        "⏸️ **Image {number}** has enough approvals, but my books were put back from a copy, and its next size \
         may be paid already. Nothing was spent. If it is still wanted, a lead presses *Approve* under [the picture]({link})."
    )
}

/// A private answer: a lead lets an approval be spent that waited for one. Their own vote does not
/// count.
pub const LET_GO: &str =
    "The approvals on this image count again. Your own does not: you asked for this draft.";
