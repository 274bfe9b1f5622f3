//! `/approvals`: what a server still votes on.

use super::{mention, message_link, plain, titled};
use crate::domain::approval::vote::VoteState;
use crate::domain::credits::Credits;
use crate::domain::draft::prompt::Prompt;
use crate::domain::emoji::Emoji;
use crate::domain::geometry::Tier;
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};

/// Most characters of a prompt in a line of the list.
const TITLE_SHOWN: usize = 20;

/// A vote in the list.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The prompt of the draft.
    pub prompt: Prompt,
    /// The member who asked for the draft.
    pub requester: UserId,
    /// Which image of the draft, from 1.
    pub position: u32,
    /// The tier that is voted for.
    pub tier: Tier,
    /// The price of the next stage.
    pub price: Credits,
    /// Where the vote stands.
    pub state: VoteState,
    /// How many approvals count, as far as is known, and how many are needed.
    pub votes: (usize, u32),
    /// The emoji that approves, and the one that stops.
    pub emoji: (Emoji, Emoji),
    /// When the vote closes, in milliseconds since 1970.
    pub closes_ms: i64,
    /// The message that shows the image. `None` if the message is gone.
    pub place: Option<(GuildId, ChannelId, MessageId)>,
    /// Whether who asks leads this vote, and whether the approval of a lead alone is enough.
    pub lead: Option<bool>,
}

/// A page of the list.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// The number of the page, from 1.
    pub number: u32,
    /// How many pages there are.
    pub of: u32,
    /// How many votes there are on all pages.
    pub votes: u32,
}

/// Answers privately: what is still voted on or waits, the first to close first.
#[must_use]
pub fn approvals(page: Page, listed: &[Listed]) -> String {
    if listed.is_empty() {
        return "Nothing is open for a vote, and no approval waits. Images of a new `/draft` are listed here.".to_owned();
    }
    let votes = match page.votes {
        1 => "1 image is".to_owned(),
        n => format!("{n} images are"),
    };
    let mut lines = vec![format!(
        "**{votes} open for a vote or approved and waiting**, the first to close first"
    )];
    lines.extend(listed.iter().map(line));
    if let Some(yours) = listed.iter().find(|vote| vote.lead.is_some()) {
        let (approve, veto) = &yours.emoji;
        let alone = if yours.lead == Some(true) {
            format!(", and your {approve} alone approves")
        } else {
            String::new()
        };
        lines.push(format!(
            "-# You lead: your {veto} on a picture stops its vote, Lift the stop lets it go on{alone}."
        ));
    }
    if page.of > 1 {
        let next = if page.number < page.of {
            format!(" · next: `/approvals page:{}`", page.number + 1)
        } else {
            String::new()
        };
        lines.push(format!("-# Page {} of {}{next}", page.number, page.of));
    }
    lines.join("\n")
}

fn line(vote: &Listed) -> String {
    let ((have, need), closes) = (vote.votes, vote.closes_ms / 1000);
    let stands = match vote.state {
        VoteState::Waiting => "⏸️ approved, waiting for credits".to_owned(),
        VoteState::Capped => "⏸️ approved, waiting for a limit".to_owned(),
        VoteState::Stopped => format!("{} {have} of {need}, **stopped**", vote.emoji.0),
        VoteState::None | VoteState::Open | VoteState::Spent | VoteState::Closed => {
            format!("{} **{have} of {need}**", vote.emoji.0)
        }
    };
    let title = plain(&vote.prompt.title(TITLE_SHOWN));
    let link = |(guild, channel, message)| message_link(guild, channel, message);
    let title = titled(title, vote.place.map(link));
    format!(
        "- {title} · **Image {}** for {} at {} · {stands} · asked for by {} · closes <t:{closes}:R>",
        vote.position,
        vote.tier,
        vote.price,
        mention(vote.requester)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::limits;

    #[test]
    fn a_page_of_the_longest_lines_fits_into_a_message() {
        let emoji: Emoji = format!("<a:{}:{}>", "x".repeat(32), i64::MAX)
            .parse()
            .expect("an emoji");
        let id = i64::MAX.cast_unsigned();
        let vote = Listed {
            prompt: Prompt::parse(&"*".repeat(40)).expect("a prompt"),
            requester: UserId::new(id),
            position: 4,
            tier: Tier::K4,
            price: Credits::new(limits::PRICE_CREDITS).expect("a price"),
            state: VoteState::Stopped,
            votes: (99, limits::QUORUM),
            emoji: (emoji.clone(), emoji),
            closes_ms: 4_000_000_000_000,
            place: Some((GuildId::new(id), ChannelId::new(id), MessageId::new(id))),
            lead: Some(true),
        };
        let page = Page {
            number: 1_000_000,
            of: 2_000_000,
            votes: 12_000_000,
        };
        let text = approvals(page, &vec![vote; limits::APPROVALS_PER_PAGE as usize]);
        assert!(
            text.chars().count() <= limits::MESSAGE_CHARS,
            "{}: {text}",
            text.len()
        );
    }
}
