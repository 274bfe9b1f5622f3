//! Lists the votes of a guild that are not over, as a queue for one member.

use std::sync::Arc;

use futures::FutureExt;

use super::vote::tally_of;
use crate::discord::{Block, ButtonView, File, Layout, Reply, Style};
use crate::domain::actor::Actor;
use crate::domain::approval::ballot::VoterRole;
use crate::domain::approval::queue::{self, Queued};
use crate::domain::button::Button;
use crate::domain::draft::entity::Draft;
use crate::domain::guild::operator::Rules;
use crate::domain::ids::GuildId;
use crate::domain::image::mark::Contents;
use crate::domain::limits;
use crate::domain::queue_page::{QueuePage, Show};
use crate::flow::access::Caller;
use crate::flow::contact_sheet::{Tile, contact_sheet};
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{Tx, drafts, renders};
use crate::wording::{self, ApprovalsDraft, ApprovalsPage, Lead, ListedDraft, ListedImage, Page};

/// A page as it was read: the drafts with their images, and what is said of each.
struct Read {
    page: Page,
    drafts: Vec<Vec<Queued>>,
    told: Vec<ListedDraft>,
    lead: Option<Lead>,
}

/// Answers `/approvals` and its buttons with a page of the votes, counted from 1. A page past the end
/// is the last. `show`: without it, the first choice that has something.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn list(
    services: &Services,
    caller: &Caller,
    show: Option<Show>,
    page: u32,
) -> Result<Reply, Error> {
    let (rules, guild, by) = (services.rules.clone(), caller.guild(), caller.by().clone());
    let read = services
        .store
        .read(move |tx| read(tx, rules, (guild, by), (show, page)).boxed())
        .await?;
    let file = pictures(services, guild, &read).await?;
    let (choices, turns) = buttons(&read.page);
    let said = wording::approvals(&read.page, &read.told, read.lead.as_ref());
    Ok(Reply {
        content: said.plain(),
        layout: Some(laid_out(said, choices.clone(), turns.clone())),
        buttons: choices,
        below: turns,
        file,
        ..Reply::default()
    })
}

async fn read(
    tx: &mut Tx,
    rules: Arc<Rules>,
    (guild, by): (GuildId, Actor),
    (show, page): (Option<Show>, u32),
) -> Result<Read, Error> {
    let all = renders::queued(tx, guild, by.user).await?;
    let counts = Show::ALL.map(|show| all.iter().filter(|vote| vote.is_shown(show, &by)).count());
    let show = show.unwrap_or_else(|| queue::first_of_use(counts));
    let shown = all.into_iter().filter(|vote| vote.is_shown(show, &by)).collect();
    let grouped = queue::by_draft(shown);
    let of = u32::try_from(grouped.len()).unwrap_or(u32::MAX);
    let of = of.div_ceil(limits::DRAFTS_PER_PAGE).max(1);
    let number = page.clamp(1, of);
    let mut read = Read {
        page: Page {
            show,
            number,
            of,
            counts,
        },
        drafts: Vec::new(),
        told: Vec::new(),
        lead: None,
    };
    let first = (number - 1) * limits::DRAFTS_PER_PAGE;
    let on_page = grouped.into_iter().skip(first as usize);
    for votes in on_page.take(limits::DRAFTS_PER_PAGE as usize) {
        let draft = drafts::get(tx, votes[0].image.draft).await?;
        let listed = listed(tx, &rules, &draft, &votes).await?;
        let lead = votes.iter().find_map(|vote| lead(vote, &by));
        read.lead = read.lead.or(lead);
        read.told.extend(listed);
        read.drafts.push(votes);
    }
    Ok(read)
}

/// Returns what a list says of a draft. `votes` are those on its images.
pub(in crate::flow) async fn listed(
    tx: &mut Tx,
    rules: &Rules,
    draft: &Draft,
    votes: &[Queued],
) -> Result<Option<ListedDraft>, Error> {
    let mut images = Vec::new();
    for vote in votes {
        images.extend(image(tx, rules, draft, vote).await?);
    }
    Ok(told(draft, votes, images))
}

/// Returns what the page says of an image.
async fn image(
    tx: &mut Tx,
    rules: &Rules,
    draft: &Draft,
    vote: &Queued,
) -> Result<Option<ListedImage>, Error> {
    let tally = tally_of(tx, &vote.image, draft).await?;
    let next = rules.next(vote.image.stage, draft.last_stage);
    let (Some(terms), Some(tally), Some((_, spec))) = (vote.image.vote.terms(), tally, next) else {
        return Ok(None);
    };
    Ok(Some(ListedImage {
        number: vote.image.number,
        tier: spec.tier,
        price: terms.price,
        state: vote.image.vote.state(),
        votes: (tally.counted.len(), terms.quorum),
    }))
}

/// Returns what the page says of a draft.
fn told(draft: &Draft, votes: &[Queued], images: Vec<ListedImage>) -> Option<ListedDraft> {
    let closes = votes
        .iter()
        .filter_map(|vote| Some(vote.image.vote.terms()?.closes_ms));
    let message = votes.iter().find_map(|vote| vote.image.message);
    Some(ListedDraft {
        prompt: draft.prompt.clone(),
        requester: draft.requester,
        closes_ms: closes.min()?,
        place: draft
            .thread()
            .zip(message)
            .map(|(thread, message)| (draft.guild, thread, message)),
        images,
    })
}

/// Returns what a member may do in a vote that they lead.
fn lead(vote: &Queued, by: &Actor) -> Option<Lead> {
    let terms = vote.image.vote.terms()?;
    (terms.role(Some(&by.member)) == VoterRole::Lead).then(|| Lead {
        approve: terms.approve.clone(),
        veto: terms.veto.clone(),
        alone: terms.lead_decides,
    })
}

/// Draws the images of a page side by side, each marked as the page names it.
async fn pictures(services: &Services, guild: GuildId, read: &Read) -> Result<Option<File>, Error> {
    let letters = read.drafts.iter().zip('A'..);
    let tiles: Vec<Tile<'_>> = letters
        .flat_map(|(votes, letter)| votes.iter().map(move |vote| Tile::lettered(letter, &vote.image)))
        .collect();
    if tiles.is_empty() {
        return Ok(None);
    }
    let drawn = contact_sheet(services, guild, &tiles).await?;
    Ok(drawn.map(|(sheet, _)| File {
        name: wording::APPROVALS_SHEET.to_owned(),
        contents: Contents::Marked(sheet),
        alt: wording::alt_of_approvals(&read.told),
    }))
}

/// Lays a page out: each draft with a button to its pictures, then all pictures side by side.
fn laid_out(said: ApprovalsPage, choices: Vec<ButtonView>, turns: Vec<ButtonView>) -> Layout {
    let mut blocks = vec![Block::Text(said.heading)];
    for ApprovalsDraft { title, images, link } in said.drafts {
        blocks.push(match link {
            Some((label, url)) => Block::Linked {
                text: title,
                label,
                url,
            },
            None => Block::Text(title),
        });
        blocks.push(Block::Text(images));
    }
    blocks.push(Block::Picture);
    if !said.notes.is_empty() {
        blocks.push(Block::Text(said.notes.join("\n")));
    }
    blocks.extend([Block::Buttons(choices), Block::Buttons(turns)]);
    Layout(blocks)
}

/// Returns the choices, and the buttons that turn pages.
fn buttons(page: &Page) -> (Vec<ButtonView>, Vec<ButtonView>) {
    if page.counts == [0; 4] {
        return Default::default();
    }
    // No two buttons of a message may have one id. The choice that is shown reads its page again.
    let number = |show| if show == page.show { page.number } else { 1 };
    let choice = |(show, count): (Show, usize)| ButtonView {
        id: Button::Queue(QueuePage {
            show,
            number: number(show),
        }),
        label: wording::show_label(show, count),
        style: if show == page.show {
            Style::Success
        } else {
            Style::Secondary
        },
    };
    let turn = |number: u32, label: &str| ButtonView {
        id: Button::Queue(QueuePage {
            show: page.show,
            number,
        }),
        label: label.to_owned(),
        style: Style::Secondary,
    };
    let back = (page.number > 1).then(|| turn(page.number - 1, wording::PREVIOUS_PAGE));
    let on = (page.number < page.of).then(|| turn(page.number + 1, wording::NEXT_PAGE));
    let choices = Show::ALL.into_iter().zip(page.counts).map(choice);
    (choices.collect(), back.into_iter().chain(on).collect())
}
