//! The gallery, where a server's finals are shown.

use super::{mention, mentions, message_link, plain};
use crate::domain::credits::Credits;
use crate::domain::draft::prompt::Prompt;
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::domain::image::number::Number;

/// What a final's message in the gallery tells.
#[derive(Clone, Copy, Debug)]
pub struct Exhibit<'a> {
    /// The prompt of the draft.
    pub prompt: &'a Prompt,
    /// The member who asked for the draft.
    pub requester: UserId,
    /// The tier of the final.
    pub tier: Tier,
    /// The picture's real size.
    pub pixels: Pixels,
    /// The tier of each stage that was voted for, and the members who approved the stage.
    pub approvals: &'a [(Tier, Vec<UserId>)],
    /// What the image cost, all of its stages together.
    pub cost: Credits,
    /// The final's message in its thread.
    pub source: (GuildId, ChannelId, MessageId),
}

/// Writes the message of a final in the gallery, which pings nobody.
#[must_use]
pub fn exhibit(e: &Exhibit<'_>) -> String {
    let (guild, thread, message) = e.source;
    let mut lines = vec![
        format!("**{}** · {} · {}", plain(&e.prompt.title(80)), e.tier, e.pixels),
        format!("Asked for by {}", mention(e.requester)),
    ];
    for (tier, who) in e.approvals {
        lines.push(format!("Approved for {tier} by {}", mentions(who)));
    }
    lines.push(format!(
        "-# {} from draft to final · {}",
        e.cost,
        message_link(guild, thread, message)
    ));
    lines.join("\n")
}

/// Says that a final could not be shown in the gallery.
#[must_use]
pub fn not_exhibited(
    number: Number,
    tier: Tier,
    gallery: ChannelId,
    source: (GuildId, ChannelId, MessageId),
) -> String {
    let (guild, thread, message) = source;
    format!(
        "⚠️ **Image {number}** at {tier} could not be shown in the gallery <#{gallery}>: it was deleted, or I may not view it, \
         write or attach files there. The picture itself is safe, at {}. Someone who manages the server can permit it, or set \
         another channel with `/settings channels`.",
        message_link(guild, thread, message)
    )
}
