//! `/approvals`: what a server still votes on.

use super::{images, mention, message_link, plain, titled};
use crate::domain::approval::vote::VoteState;
use crate::domain::credits::Credits;
use crate::domain::draft::prompt::Prompt;
use crate::domain::emoji::Emoji;
use crate::domain::geometry::Tier;
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::domain::image::number::Number;
use crate::domain::limits;
use crate::domain::queue_page::Show;
use crate::domain::text::{AltText, in_words};

/// Most characters of a prompt in a line of the list.
const TITLE_SHOWN: usize = 20;

/// The file that shows the images of a page.
pub const APPROVALS_SHEET: &str = "approvals-sheet.jpg";
/// The button that turns a page back.
pub const PREVIOUS_PAGE: &str = "Previous page";
/// The button that turns a page on.
pub const NEXT_PAGE: &str = "Next page";

/// A draft in the list.
#[derive(Clone, Debug)]
pub struct ListedDraft {
    /// The prompt of the draft.
    pub prompt: Prompt,
    /// The member who asked for the draft.
    pub requester: UserId,
    /// When the first vote on its images closes, in milliseconds since 1970.
    pub closes_ms: i64,
    /// The first message that shows one of the images. `None` if none is left.
    pub place: Option<(GuildId, ChannelId, MessageId)>,
    /// Its images in the list, by position.
    pub images: Vec<ListedImage>,
}

/// An image in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedImage {
    /// Which image of the draft, from 1.
    pub number: Number,
    /// The tier that is voted for.
    pub tier: Tier,
    /// The price of the next stage.
    pub price: Credits,
    /// Where the vote stands.
    pub state: VoteState,
    /// How many approvals count, as far as is known, and how many are needed.
    pub votes: (usize, u32),
}

/// What a member may do who leads a vote of the list.
#[derive(Clone, Debug)]
pub struct Lead {
    /// The emoji that approves.
    pub approve: Emoji,
    /// The emoji that stops.
    pub veto: Emoji,
    /// Whether the approval of a lead alone is enough.
    pub alone: bool,
}

/// A page of the list.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Which votes it shows.
    pub show: Show,
    /// The number of the page, from 1.
    pub number: u32,
    /// How many pages there are.
    pub of: u32,
    /// How many images each choice has, in the order of the choices.
    pub counts: [usize; 4],
}

/// Labels the button of a choice.
#[must_use]
pub fn show_label(show: Show, count: usize) -> String {
    let what = match show {
        Show::MyVote => "Needs my vote",
        Show::Mine => "Mine",
        Show::Waiting => "Waiting for credits",
        Show::All => "All",
    };
    format!("{what} · {count}")
}

/// What a page of the list says, in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalsPage {
    /// What the page shows.
    pub heading: String,
    /// What is said of each draft.
    pub drafts: Vec<ApprovalsDraft>,
    /// What to know besides.
    pub notes: Vec<String>,
}

/// What a page of the list says of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalsDraft {
    /// Which draft it is.
    pub title: String,
    /// How its images stand, a line for those that stand alike.
    pub images: String,
    /// The label and the address of a link to its pictures, if they are still there.
    pub link: Option<(String, String)>,
}

impl ApprovalsPage {
    /// Returns all of it as one text.
    #[must_use]
    pub fn plain(&self) -> String {
        let drafts = self.drafts.iter().flat_map(|draft| [&draft.title, &draft.images]);
        let lines: Vec<&str> = std::iter::once(&self.heading)
            .chain(drafts)
            .chain(&self.notes)
            .map(String::as_str)
            .collect();
        lines.join("\n")
    }
}

/// Answers privately: the votes that a member chose, draft by draft, the first to close first.
#[must_use]
pub fn approvals(page: &Page, listed: &[ListedDraft], lead: Option<&Lead>) -> ApprovalsPage {
    if listed.is_empty() {
        return ApprovalsPage {
            heading: nothing(page).to_owned(),
            drafts: Vec::new(),
            notes: Vec::new(),
        };
    }
    let drafts = listed.iter().zip('A'..).map(|(draft, letter)| {
        let link = draft.place.map(|(guild, channel, message)| {
            (format!("Open {letter}"), message_link(guild, channel, message))
        });
        ApprovalsDraft {
            title: title(draft, letter),
            images: alike(&draft.images).join("\n"),
            link,
        }
    });
    let mut notes = Vec::new();
    if page.show == Show::MyVote {
        notes.push("-# A title leads to the pictures: react there, or press Approve.".to_owned());
    }
    if let Some(Lead { approve, veto, alone }) = lead {
        let alone = if *alone {
            format!(", and your {approve} alone approves")
        } else {
            String::new()
        };
        notes.push(format!(
            "-# You lead: your {veto} on a picture stops its vote, Lift the stop lets it go on{alone}."
        ));
    }
    if page.of > 1 {
        notes.push(format!("-# Page {} of {}", page.number, page.of));
    }
    ApprovalsPage {
        heading: format!("{}, the first to close first", heading(page)),
        drafts: drafts.collect(),
        notes,
    }
}

/// A draft in the digest.
#[derive(Clone, Debug)]
pub struct DigestDraft {
    /// The draft, with its images that wait.
    pub listed: ListedDraft,
    /// Since when the first of them waits, in milliseconds since 1970.
    pub since_ms: i64,
}

/// The file that shows what waits.
pub const DIGEST_SHEET: &str = "what-waits.jpg";

/// Returns how the digest of a day begins, by its hour, in milliseconds since 1970. No other digest
/// begins so.
#[must_use]
pub fn digest_begin(due_ms: i64) -> String {
    format!(
        "📋 **What waits for approval** · <t:{}:D>",
        due_ms.div_euclid(1000)
    )
}

/// Writes the digest of a day: how many images wait, of how many drafts, and the drafts that fit, the
/// first to close first. Returns also how many those are.
#[must_use]
pub fn digest(due_ms: i64, waiting: usize, of: usize, drafts: &[&DigestDraft]) -> (String, usize) {
    let of_drafts = if of == 1 {
        "1 draft".to_owned()
    } else {
        format!("{of} drafts")
    };
    let mut text = format!(
        "{}\n{} of {of_drafts}, the first to close first",
        digest_begin(due_ms),
        images(waiting)
    );
    let mut fit = 0;
    for (draft, letter) in drafts.iter().zip('A'..) {
        let lines = format!(
            "\n{} · first shown <t:{}:R>\n{}",
            title(&draft.listed, letter),
            draft.since_ms.div_euclid(1000),
            alike(&draft.listed.images).join("\n")
        );
        if text.chars().count() + lines.chars().count() > limits::MESSAGE_CHARS - DIGEST_END_CHARS {
            break;
        }
        text += &lines;
        fit += 1;
    }
    let more = of.saturating_sub(fit);
    let more = match more {
        0 => String::new(),
        1 => "1 more draft waits. ".to_owned(),
        n => format!("{n} more drafts wait. "),
    };
    let end = format!("\n-# {more}`/approvals` shows what needs your vote.");
    (text + &end, fit)
}

/// Most characters of the last line of a digest, with the link to the command.
const DIGEST_END_CHARS: usize = 120;

/// Describes the pictures of a digest, one of each draft: "Contact sheet. A, image 1: a fox."
#[must_use]
pub fn alt_of_digest(drafts: &[(Number, &DigestDraft)]) -> AltText {
    let drafts = drafts.iter().zip('A'..).map(|((number, draft), letter)| {
        let words = in_words(&draft.listed.prompt.title(120));
        format!(" {letter}, image {number}: {words}.")
    });
    AltText::new(&format!(
        "Contact sheet of what waits for approval.{}",
        drafts.collect::<String>()
    ))
}

fn nothing(page: &Page) -> &'static str {
    if page.counts == [0; 4] {
        return "Nothing is open for a vote, and no approval waits. Images of a new `/draft` are listed here.";
    }
    match page.show {
        Show::MyVote => "Nothing needs your vote now.",
        Show::Mine => "No image of yours is open for a vote or waits. `/draft` begins one.",
        Show::Waiting => "No approval waits for credits or for a limit.",
        Show::All => "Nothing is open for a vote, and no approval waits.",
    }
}

fn heading(page: &Page) -> String {
    let (images, needs, waits, is) = match page.counts[page.show as usize] {
        1 => ("1 image".to_owned(), "needs", "waits", "is"),
        n => (format!("{n} images"), "need", "wait", "are"),
    };
    match page.show {
        Show::MyVote => format!("**{images} {needs} your vote**"),
        Show::Mine => format!("**{images} of yours {is} open for a vote or approved and waiting**"),
        Show::Waiting => format!("**{images} {is} approved and {waits} for credits or a limit**"),
        Show::All => format!("**{images} {is} open for a vote or approved and waiting**"),
    }
}

fn title(draft: &ListedDraft, letter: char) -> String {
    let title = plain(&draft.prompt.title(TITLE_SHOWN));
    let link = |(guild, channel, message)| message_link(guild, channel, message);
    format!(
        "**{letter} · {}** · asked for by {} · closes <t:{}:R>",
        titled(title, draft.place.map(link)),
        mention(draft.requester),
        draft.closes_ms / 1000
    )
}

/// Writes a line for the images that stand alike, for each way in which images stand.
fn alike(images: &[ListedImage]) -> Vec<String> {
    let mut groups: Vec<Vec<ListedImage>> = Vec::new();
    for image in images {
        let unnumbered = |image: &ListedImage| ListedImage {
            number: Number::first(0),
            ..*image
        };
        let same = |group: &&mut Vec<ListedImage>| unnumbered(&group[0]) == unnumbered(image);
        match groups.iter_mut().find(same) {
            Some(group) => group.push(*image),
            None => groups.push(vec![*image]),
        }
    }
    groups.iter().map(|group| line(group)).collect()
}

fn line(alike: &[ListedImage]) -> String {
    let ListedImage {
        tier,
        price,
        state,
        votes: (have, need),
        ..
    } = alike[0];
    let numbers: Vec<String> = alike.iter().map(|image| image.number.short()).collect();
    let (which, each) = match numbers.as_slice() {
        [_] => (format!("Image {}", alike[0].number), ""),
        _ => (format!("Images {}", numbers.join(", ")), " each"),
    };
    let approvals = if need == 1 { "approval" } else { "approvals" };
    let stands = match state {
        VoteState::Waiting => "⏸️ approved, waiting for credits".to_owned(),
        VoteState::Capped => "⏸️ approved, waiting for a limit".to_owned(),
        VoteState::Stopped => format!("{have} of {need} {approvals}, **stopped**"),
        VoteState::None | VoteState::Open | VoteState::Spent | VoteState::Closed => {
            format!("**{have} of {need}** {approvals}")
        }
    };
    format!("- {which} → {tier} · {price}{each} · {stands}")
}

/// Describes the pictures of a page: "Contact sheet. A, images 1, 2: a fox. B, image 4: an owl".
#[must_use]
pub fn alt_of_approvals(listed: &[ListedDraft]) -> AltText {
    let drafts = listed.iter().zip('A'..).map(|(draft, letter)| {
        let numbers = draft.images.iter().map(|image| image.number.short());
        let numbers = numbers.collect::<Vec<_>>().join(", ");
        let words = in_words(&draft.prompt.title(200));
        format!(" {letter}, images {numbers}: {words}.")
    });
    AltText::new(&format!("Contact sheet.{}", drafts.collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_longest_lines_fits_into_a_message() {
        let emoji: Emoji = format!("<a:{}:{}>", "x".repeat(32), i64::MAX)
            .parse()
            .expect("an emoji");
        let id = i64::MAX.cast_unsigned();
        let images = (1..).zip([
            VoteState::Waiting,
            VoteState::Capped,
            VoteState::Stopped,
            VoteState::Open,
        ]);
        let images = images.map(|(position, state)| ListedImage {
            number: Number::first(position),
            tier: Tier::K4,
            price: Credits::new(limits::PRICE_CREDITS).expect("a price"),
            state,
            votes: (99, limits::QUORUM),
        });
        let draft = ListedDraft {
            prompt: Prompt::parse(&"*".repeat(40)).expect("a prompt"),
            requester: UserId::new(id),
            closes_ms: 4_000_000_000_000,
            place: Some((GuildId::new(id), ChannelId::new(id), MessageId::new(id))),
            images: images.collect(),
        };
        let lead = Lead {
            approve: emoji.clone(),
            veto: emoji,
            alone: true,
        };
        let page = Page {
            show: Show::MyVote,
            number: 1_000_000,
            of: 2_000_000,
            counts: [12_000_000; 4],
        };
        let page = approvals(&page, &vec![draft; limits::DRAFTS_PER_PAGE as usize], Some(&lead));
        let text = page.plain();
        let long = text.chars().count();
        assert!(long <= limits::MESSAGE_CHARS, "{long}: {text}");
    }
}
