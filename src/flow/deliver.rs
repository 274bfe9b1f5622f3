//! A picture on its way to the people who asked for it, and the message that shows it from then on.

use futures::FutureExt;

use super::job::Done;
use super::{Error, Studio, heavy, render, vote};
use crate::discord::{self, Button, File, Post, Style};
use crate::domain::approval::{Tally, VoteState};
use crate::domain::ids::{ChannelId, MessageId, RenderId, UserId};
use crate::domain::job::Job;
use crate::domain::picture::Pixels;
use crate::domain::render::State;
use crate::domain::stage::Stage;
use crate::domain::wording;
use crate::media::{self, Fitted};
use crate::store::drafts::{self, Draft};
use crate::store::renders::{self, Render, Terms};
use crate::store::{jobs, ledger};

/// So often a file is posted, each time at half the size of the one that was refused.
const POSTS: u32 = 4;

/// What a message about a render is made from.
struct View {
    render: Render,
    draft: Draft,
    thread: ChannelId,
    /// The message that shows its parent.
    parent: Option<MessageId>,
    /// Who approved it.
    approved_by: Vec<UserId>,
    /// The votes on its next stage.
    tally: Option<Tally>,
    /// What is left in the pool.
    available: crate::domain::credits::Credits,
    /// Whether another render took the place of this one.
    replaced: bool,
}

async fn view(studio: &Studio, id: RenderId) -> Result<Option<View>, Error> {
    let read = studio.store.read(move |tx| {
        async move {
            let Some(render) = renders::find(tx, id).await? else {
                return Ok(None);
            };
            let draft = drafts::find(tx, render.draft).await?;
            let draft = draft.ok_or_else(|| Error::broken("a render without a draft"))?;
            let Some(thread) = draft.thread() else {
                return Ok(None);
            };
            let mut parent = None;
            let mut approved_by = Vec::new();
            if let Some(id) = render.parent
                && let Some(shown) = renders::find(tx, id).await?
            {
                parent = shown.message;
                approved_by = vote::tally_of(tx, &shown, &draft)
                    .await?
                    .map_or_else(Vec::new, |tally| tally.counted);
            }
            let tally = vote::tally_of(tx, &render, &draft).await?;
            let available = ledger::read(tx, render.guild).await?.available;
            let live = renders::live(tx, render.draft, render.position, render.stage).await?;
            let replaced = live.is_some_and(|live| live.id != render.id);
            Ok::<_, Error>(Some(View {
                render,
                draft,
                thread,
                parent,
                approved_by,
                tally,
                available,
                replaced,
            }))
        }
        .boxed()
    });
    read.await
}

/// Posts what became of a render, once, and opens the vote on its next stage.
///
/// # Errors
/// [`Error`]; the picture is stored, and posting it is tried again for nothing.
pub async fn run(studio: &Studio, id: RenderId, attempts: u32) -> Result<Done, Error> {
    let Some(view) = view(studio, id).await? else {
        return Ok(Done::Finished);
    };
    if view.render.message.is_some() {
        return Ok(Done::Finished);
    }
    let (message, reduced) = match view.render.state {
        State::Done(pixels) => deliver_picture(studio, &view, pixels, attempts).await?,
        State::Failed(_) | State::Unknown => (post_notice(studio, &view).await?, false),
        State::Queued | State::Rendering | State::Cancelled => return Ok(Done::Finished),
    };
    record(studio, view, message, reduced).await?;
    Ok(Done::Finished)
}

/// Posts the picture, and says in which message and whether in a smaller form.
async fn deliver_picture(
    studio: &Studio,
    view: &View,
    pixels: Pixels,
    attempts: u32,
) -> Result<(MessageId, bool), Error> {
    let marker = view.render.id.to_string();
    if attempts > 1 {
        // An earlier run may have posted it and died before it could write that down.
        if let Some(found) = studio.discord.find_posted(view.thread, &marker).await? {
            seed(studio, view, found).await?;
            let size = studio.blobs.size(view.render.id).await?.unwrap_or_default();
            return Ok((found, size > studio.discord.upload_limit(view.render.guild)));
        }
    }
    let bytes = studio.blobs.get(view.render.id).await?;
    let bytes =
        bytes.ok_or_else(|| Error::broken(format!("the picture of render {marker} is not stored")))?;
    let mut limit = studio.discord.upload_limit(view.render.guild);
    for _ in 0..POSTS {
        let original = bytes.clone();
        let fitted = heavy(move || media::fit(original, limit)).await?;
        let fitted = fitted
            .map_err(|error| Error::Broken("the picture cannot be read".to_owned(), Some(error.into())))?;
        let (size, reduced) = (fitted.bytes.len(), fitted.reduced);
        match studio
            .discord
            .post(view.thread, picture_post(studio, view, pixels, fitted))
            .await
        {
            Ok(message) => {
                seed(studio, view, message).await?;
                return Ok((message, reduced));
            }
            // Whatever the limit really is, what is tried next is smaller than what was refused.
            Err(discord::Error::TooLarge) => limit = size / 2,
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::broken(format!(
        "the picture of render {marker} is too large for Discord in every form"
    )))
}

fn picture_post(studio: &Studio, view: &View, pixels: Pixels, file: Fitted) -> Post {
    let render = &view.render;
    let terms = terms(studio, view);
    let voting = terms.map(|terms| (VoteState::Open, terms));
    let name = format!(
        "{}-{}-{pixels}-{}.{}",
        render.stage, render.position, render.id, file.extension
    );
    Post {
        content: text(studio, view, pixels, voting, file.reduced),
        nonce: format!("r{}", render.id),
        mention: if render.stage == Stage::Final {
            vec![view.draft.requester]
        } else {
            Vec::new()
        },
        reply_to: view.parent,
        buttons: voting.map_or_else(Vec::new, |(_, terms)| vec![approve_button(studio, view, &terms)]),
        file: Some(File {
            name: name.replace('×', "x"),
            bytes: file.bytes,
        }),
    }
}

/// What is fixed when the vote on a render opens; nothing for the last stage.
fn terms(studio: &Studio, view: &View) -> Option<Terms> {
    if view.render.vote.terms.is_some() {
        return view.render.vote.terms;
    }
    let (_, spec) = studio.rules.next(view.render.stage, view.draft.last_stage)?;
    Some(Terms {
        price: spec.price,
        quorum: spec.quorum,
        own_vote: studio.rules.own_vote,
        closes_ms: studio.clock.now_ms() + studio.rules.vote_window_ms,
    })
}

fn text(
    studio: &Studio,
    view: &View,
    pixels: Pixels,
    voting: Option<(VoteState, Terms)>,
    reduced: bool,
) -> String {
    let render = &view.render;
    let nobody = Tally {
        counted: Vec::new(),
        ignored: Vec::new(),
        quorum: voting.map_or(0, |(_, t)| t.quorum),
    };
    let tally = view.tally.as_ref().unwrap_or(&nobody);
    let next = studio.rules.next(render.stage, view.draft.last_stage);
    wording::image(&wording::Image {
        position: render.position,
        stage: render.stage,
        tier: studio.rules.spec(render.stage).tier,
        pixels,
        wanted: render.want,
        price: render.price,
        approved_by: &view.approved_by,
        mention: (render.stage == Stage::Final).then_some(view.draft.requester),
        left: view.available,
        reduced,
        voting: voting
            .zip(next)
            .map(|((state, terms), (_, spec))| wording::Voting {
                state,
                tally,
                tier: spec.tier,
                price: terms.price,
                closes_ms: terms.closes_ms,
            }),
    })
}

fn approve_button(studio: &Studio, view: &View, terms: &Terms) -> Button {
    let next = studio.rules.next(view.render.stage, view.draft.last_stage);
    let tier = next.map_or(studio.rules.spec(view.render.stage).tier, |(_, spec)| spec.tier);
    let id = format!("approve:{}", view.render.id);
    Button {
        id,
        label: wording::approve_label(tier, terms.price),
        style: Style::Success,
    }
}

async fn seed(studio: &Studio, view: &View, message: MessageId) -> Result<(), Error> {
    if terms(studio, view).is_none() {
        return Ok(());
    }
    match studio.discord.seed(view.thread, message).await {
        // Without the right to add it, members can still add it themselves, and the button is there.
        Err(discord::Error::Forbidden { .. }) | Ok(()) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn post_notice(studio: &Studio, view: &View) -> Result<MessageId, Error> {
    let (content, buttons) = notice(studio, view);
    let nonce = format!("r{}", view.render.id);
    let post = Post {
        content,
        nonce,
        reply_to: view.parent,
        buttons,
        ..Post::default()
    };
    Ok(studio.discord.post(view.thread, post).await?)
}

/// What is said of a render that has no picture.
fn notice(studio: &Studio, view: &View) -> (String, Vec<Button>) {
    let render = &view.render;
    let tier = studio.rules.spec(render.stage).tier;
    let content = match render.state {
        State::Failed(why) => wording::failure(render.position, tier, render.price, why),
        State::Queued | State::Rendering | State::Done(_) | State::Unknown | State::Cancelled => {
            wording::unknown(render.position, tier, render.price)
        }
    };
    if view.replaced || !render::may_retry(render) {
        return (content, Vec::new());
    }
    let id = format!("retry:{}", render.id);
    (
        content,
        vec![Button {
            id,
            label: wording::retry_label(render.price),
            style: Style::Secondary,
        }],
    )
}

/// Records the message and opens the vote. A reaction that came before this commit found no row: a recount finds it.
async fn record(studio: &Studio, view: View, message: MessageId, reduced: bool) -> Result<(), Error> {
    let (id, now_ms) = (view.render.id, studio.clock.now_ms());
    let terms = terms(studio, &view).filter(|_| matches!(view.render.state, State::Done(_)));
    let recorded = studio.store.write(move |tx| {
        async move {
            if renders::lock(tx, id).await?.message.is_some() {
                return Ok(());
            }
            renders::set_message(tx, id, message).await?;
            if reduced {
                renders::note_reduced(tx, id).await?;
            }
            if let Some(terms) = &terms {
                renders::open_vote(tx, id, terms).await?;
                jobs::enqueue(tx, Job::Confirm(id), now_ms).await?;
                jobs::enqueue(tx, Job::CloseVote(id), terms.closes_ms).await?;
            }
            Ok::<_, Error>(())
        }
        .boxed()
    });
    recorded.await?;
    studio.wake.ring();
    Ok(())
}

/// Brings the message of a render up to date.
///
/// # Errors
/// [`Error`]. A message that is gone is none.
pub async fn show(studio: &Studio, id: RenderId) -> Result<Done, Error> {
    let Some(view) = view(studio, id).await? else {
        return Ok(Done::Finished);
    };
    let Some(message) = view.render.message else {
        return Ok(Done::Finished);
    };
    let (content, buttons) = match view.render.state {
        State::Done(pixels) => {
            let voting = view
                .render
                .vote
                .terms
                .map(|terms| (view.render.vote.state, terms));
            let open = voting.filter(|(state, _)| *state == VoteState::Open);
            let buttons =
                open.map_or_else(Vec::new, |(_, terms)| vec![approve_button(studio, &view, &terms)]);
            (text(studio, &view, pixels, voting, view.render.reduced), buttons)
        }
        State::Queued | State::Rendering | State::Failed(_) | State::Unknown | State::Cancelled => {
            notice(studio, &view)
        }
    };
    match studio
        .discord
        .edit(view.thread, message, &content, &buttons)
        .await
    {
        Err(error @ discord::Error::Busy(_)) => Err(error.into()),
        Err(error) => {
            tracing::info!(render.id = %id, "the message cannot be edited: {error}");
            Ok(Done::Finished)
        }
        Ok(()) => Ok(Done::Finished),
    }
}
