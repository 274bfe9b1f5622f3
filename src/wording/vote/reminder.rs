//! Reminds a thread of its open votes.

use crate::domain::geometry::Tier;
use crate::domain::ids::{ChannelId, GuildId, MessageId};
use crate::domain::image::number::Number;
use crate::wording::message_link;

/// An image that a thread is reminded of.
#[derive(Clone, Copy, Debug)]
pub struct StillOpen {
    /// Which image of the draft, from 1.
    pub number: Number,
    /// The tier that is voted for.
    pub tier: Tier,
    /// When the vote closes, in milliseconds since 1970.
    pub closes_ms: i64,
    /// The message that shows the image.
    pub place: (GuildId, ChannelId, MessageId),
}

/// Reminds a thread, half-way, of the votes that are open in it.
#[must_use]
pub fn reminder(open: &[StillOpen]) -> String {
    let mut lines = vec!["⏳ Half of the time to vote is over. Still open:".to_owned()];
    lines.extend(open.iter().map(|image| {
        let (guild, channel, message) = image.place;
        format!(
            "- **Image {}** for {} · closes <t:{}:R> · {}",
            image.number,
            image.tier,
            image.closes_ms / 1000,
            message_link(guild, channel, message)
        )
    }));
    lines.join("\n")
}
