//! A draft: accepted, shown, cancelled.

use futures::FutureExt;

use super::job::Done;
use super::{Error, Studio};
use crate::discord::{self, Button, File, Post, Style};
use crate::domain::credits::Credits;
use crate::domain::draft::{Raw, Refusal, Request, Standing, admit, parse};
use crate::domain::ids::{ChannelId, DraftId, GuildId, MessageId, RenderId, UserId};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::render::State;
use crate::domain::rules::Rules;
use crate::domain::stage::Stage;
use crate::domain::wording::{self, Progress};
use crate::store::drafts::{self, Draft, Place};
use crate::store::renders::{self, Origin, Render};
use crate::store::{Tx, jobs, ledger};

/// Who asks for a draft, and where.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The interaction's id: the draft's.
    pub id: DraftId,
    /// Whose pool pays.
    pub guild: GuildId,
    /// Where.
    pub channel: ChannelId,
    /// Who.
    pub requester: UserId,
    /// The interaction's token, for the private answer.
    pub token: String,
    /// What they typed.
    pub raw: Raw,
}

/// Accepts a draft and says so privately, or says why not. Nothing is held when it is refused, and a repeat of the
/// same interaction finds the first.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was held.
pub async fn start(studio: &Studio, ask: Ask) -> Result<String, Error> {
    let request = match parse(&ask.raw, &studio.rules.catalog) {
        Ok(request) => request,
        Err(refusal) => return Ok(wording::refusal(&refusal)),
    };
    let (rules, now_ms) = (studio.rules.clone(), studio.clock.now_ms());
    let mut ids: Vec<RenderId> = (0..request.images).map(|_| studio.render_id()).collect();
    // Work of the same age is done in the order of ids: the first image first.
    ids.sort_unstable();
    let answer = studio.store.write(move |tx| {
        async move {
            let accepted = accept(tx, &rules, &ask, &request, &ids, now_ms).await?;
            // A draft does not queue behind approvals that wait for credits, but who spends some is told of them.
            let (waiting, price) = renders::waiting(tx, ask.guild).await?;
            let awaited = wording::awaited(waiting, price);
            Ok::<_, Error>(match accepted {
                Ok((images, cost)) => wording::accepted(images, cost) + &awaited,
                Err(short @ Refusal::Short { .. }) => wording::refusal(&short) + &awaited,
                Err(refusal) => wording::refusal(&refusal),
            })
        }
        .boxed()
    });
    let answer = answer.await?;
    studio.wake.ring();
    Ok(answer)
}

/// Writes a draft down with its renders and their holds, unless it may not start. Gives its images and their price.
async fn accept(
    tx: &mut Tx,
    rules: &Rules,
    ask: &Ask,
    request: &Request,
    ids: &[RenderId],
    now_ms: i64,
) -> Result<Result<(usize, Credits), Refusal>, Error> {
    ledger::ensure(tx, ask.guild).await?;
    let mut locked = ledger::lock(tx, ask.guild).await?;
    if let Some(first) = drafts::find(tx, ask.id).await? {
        let renders = renders::of_draft(tx, ask.id).await?;
        return Ok(Ok((first.images as usize, cost_of(&renders)?)));
    }
    let standing = Standing {
        pool: locked.pool(),
        open_drafts: drafts::open_count(tx, ask.guild).await?,
    };
    let plan = match admit(&rules.catalog, &rules.stages, &standing, request, ask.guild, ids) {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let last_stage = plan.ladder.last().map_or(Stage::Explore, |(stage, _)| *stage);
    drafts::insert(tx, &draft(ask, request, last_stage, now_ms)).await?;
    let pixels = plan.ladder.first().map(|(_, pixels)| *pixels);
    let pixels = pixels.ok_or_else(|| Error::broken("a plan without a first stage"))?;
    for (position, warrant) in (1..).zip(plan.warrants) {
        let origin = Origin {
            draft: ask.id,
            guild: ask.guild,
            parent: None,
            position,
        };
        let (id, price) = (warrant.render(), warrant.price());
        let render = Render::queued(id, origin, Stage::Explore, price, pixels, now_ms);
        renders::insert(tx, &render).await?;
        if ledger::hold(tx, &mut locked, warrant, now_ms).await?.is_err() {
            return Err(Error::broken(
                "the pool is short of a draft that was just admitted",
            ));
        }
    }
    jobs::enqueue(tx, Job::OpenThread(ask.id), now_ms).await?;
    Ok(Ok((request.images, plan.cost)))
}

fn draft(ask: &Ask, request: &Request, last_stage: Stage, now_ms: i64) -> Draft {
    Draft {
        id: ask.id,
        guild: ask.guild,
        channel: ask.channel,
        requester: ask.requester,
        prompt: request.prompt.clone(),
        keep: request.keep.clone(),
        ratio: request.ratio,
        images: u32::try_from(request.images).unwrap_or(u32::MAX),
        last_stage,
        place: Place::Opening(None),
        answer_token: Some(ask.token.clone()),
        created_ms: now_ms,
    }
}

/// What the first images of a draft cost together.
fn cost_of(all: &[Render]) -> Result<Credits, Error> {
    let mut cost = Credits::ZERO;
    for render in first_images(all) {
        cost = cost
            .plus(render.price)
            .map_err(|error| Error::broken(error.to_string()))?;
    }
    Ok(cost)
}

/// The render that stands for each position at the first stage: the one that is alive, else the youngest.
fn first_images(all: &[Render]) -> impl Iterator<Item = &Render> {
    let explore = all.iter().filter(|render| render.stage == Stage::Explore);
    let rank = |render: &Render| (!render.state.is_dead(), render.id);
    explore.clone().filter(move |render| {
        let later = |other: &&Render| other.position == render.position && rank(other) > rank(render);
        !explore.clone().any(|other| later(&other))
    })
}

async fn load(studio: &Studio, id: DraftId) -> Result<(Draft, Vec<Render>), Error> {
    let read = studio.store.read(move |tx| {
        async move { Ok::<_, Error>((drafts::find(tx, id).await?, renders::of_draft(tx, id).await?)) }.boxed()
    });
    let (draft, renders) = read.await?;
    Ok((
        draft.ok_or_else(|| Error::broken(format!("draft {id} is not there")))?,
        renders,
    ))
}

/// Posts the starter, opens the thread from it, queues the renders, and finishes the private answer. Each step is
/// recorded before the next, so that a second run goes on where the first was cut.
///
/// # Errors
/// [`Error`]. A thread that can never be opened is none: the draft's credits come back.
pub async fn open_thread(studio: &Studio, id: DraftId, attempts: u32) -> Result<Done, Error> {
    let (mut draft, renders) = load(studio, id).await?;
    if let Place::Opening(starter) = draft.place {
        let starter = match starter {
            Some(starter) => Ok(starter),
            None => post_starter(studio, &draft, &renders, attempts).await,
        };
        let (posted, opened) = match starter {
            Ok(starter) => {
                let thread = thread_from(studio, &draft, starter).await;
                (Some(starter), thread.map(|thread| (starter, thread)))
            }
            Err(error) => (None, Err(error)),
        };
        draft.place = match opened {
            Ok((starter, thread)) => queue_renders(studio, id, starter, thread).await?,
            Err(error @ discord::Error::Busy(_)) => return Err(error.into()),
            Err(error) => {
                if let Some(starter) = posted {
                    withdraw_starter(studio, &draft, starter, cost_of(&renders)?).await?;
                }
                abandon(studio, id, &error).await?
            }
        };
    }
    answer(studio, &draft, &renders).await?;
    Ok(Done::Finished)
}

async fn post_starter(
    studio: &Studio,
    draft: &Draft,
    renders: &[Render],
    attempts: u32,
) -> Result<MessageId, discord::Error> {
    let cancel = cancel_button(draft.id);
    if attempts > 1 {
        // An earlier run may have posted it and died before it could write that down.
        let found = studio
            .discord
            .find_after(draft.channel, draft.id.get(), &cancel.id)
            .await?;
        if let Some(found) = found {
            return Ok(found);
        }
    }
    let whole = wording::shows_whole(&draft.prompt);
    let post = Post {
        content: starter_text(studio, draft, renders)
            .await
            .map_err(|_| discord::Error::Busy(None))?,
        nonce: format!("d{}", draft.id),
        mention: vec![draft.requester],
        reply_to: None,
        buttons: vec![cancel],
        file: (!whole).then(|| File {
            name: "prompt.txt".to_owned(),
            bytes: draft.prompt.as_str().as_bytes().to_vec(),
        }),
    };
    studio.discord.post(draft.channel, post).await
}

async fn thread_from(
    studio: &Studio,
    draft: &Draft,
    starter: MessageId,
) -> Result<ChannelId, discord::Error> {
    let id = draft.id;
    let noted = studio.store.write(move |tx| {
        async move {
            drafts::lock(tx, id).await?;
            drafts::set_place(tx, id, Place::Opening(Some(starter))).await
        }
        .boxed()
    });
    noted
        .await
        .map_err(|_: crate::store::Error| discord::Error::Busy(None))?;
    studio
        .discord
        .open_thread(draft.channel, starter, &wording::thread_name(&draft.prompt))
        .await
}

async fn queue_renders(
    studio: &Studio,
    id: DraftId,
    starter: MessageId,
    thread: ChannelId,
) -> Result<Place, Error> {
    let (now_ms, place) = (studio.clock.now_ms(), Place::Open { starter, thread });
    let queued = studio.store.write(move |tx| {
        async move {
            drafts::lock(tx, id).await?;
            drafts::set_place(tx, id, place).await?;
            for render in renders::of_draft(tx, id).await? {
                if render.state.is_pending() {
                    jobs::enqueue(tx, Job::Render(render.id), now_ms).await?;
                }
            }
            jobs::enqueue(tx, Job::ShowProgress(id), now_ms).await
        }
        .boxed()
    });
    queued
        .await
        .map_err(|error: crate::store::Error| Error::from(error))?;
    studio.wake.ring();
    Ok(place)
}

/// Says in a starter that nothing will come of it, and takes its button away. Its credits come back after that, so that
/// a run that is cut between the two is repeated.
async fn withdraw_starter(
    studio: &Studio,
    draft: &Draft,
    starter: MessageId,
    cost: Credits,
) -> Result<(), Error> {
    let text = wording::starter_abandoned(draft.requester, &draft.prompt, cost);
    match studio.discord.edit(draft.channel, starter, &text, &[]).await {
        Err(error @ discord::Error::Busy(_)) => Err(error.into()),
        Err(error) => {
            tracing::info!(draft.id = %draft.id, "the starter cannot be edited: {error}");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

/// Gives back every hold of a draft whose thread can never be.
async fn abandon(studio: &Studio, id: DraftId, why: &discord::Error) -> Result<Place, Error> {
    tracing::warn!(draft.id = %id, "the thread cannot be opened: {why}");
    let now_ms = studio.clock.now_ms();
    let released = studio.store.write(move |tx| {
        async move {
            drafts::lock(tx, id).await?;
            cancel_queued(tx, id, now_ms).await?;
            drafts::set_place(tx, id, Place::Abandoned).await?;
            Ok::<_, Error>(())
        }
        .boxed()
    });
    released.await?;
    studio.wake.ring();
    Ok(Place::Abandoned)
}

/// Gives the private answer its last form; who asked may have dismissed it, which is as good.
async fn answer(studio: &Studio, draft: &Draft, renders: &[Render]) -> Result<(), Error> {
    let Some(token) = &draft.answer_token else {
        return Ok(());
    };
    let cost = cost_of(renders)?;
    let text = match draft.place {
        Place::Open { thread, .. } => {
            let missing = draft
                .last_stage
                .next()
                .map(|missing| studio.rules.spec(missing).tier);
            let note = missing.map(|missing| wording::shortened(draft.ratio, missing, draft.last_stage));
            let guild = draft.guild;
            let waiting = studio.store.read(move |tx| renders::waiting(tx, guild).boxed());
            let (waiting, price) = waiting.await?;
            wording::opened(draft.images as usize, cost, thread, note.as_deref())
                + &wording::awaited(waiting, price)
        }
        Place::Abandoned | Place::Opening(_) => wording::abandoned(cost, draft.channel, wording::NO_THREAD),
    };
    let expired = studio.clock.now_ms() - draft.created_ms > limits::INTERACTION_MS;
    if !expired {
        match studio.discord.answer(token, &text).await {
            Err(error @ discord::Error::Busy(_)) => return Err(error.into()),
            Err(error) => tracing::info!(draft.id = %draft.id, "the private answer is gone: {error}"),
            Ok(()) => {}
        }
    }
    let id = draft.id;
    let forgotten = studio.store.write(move |tx| drafts::forget_token(tx, id).boxed());
    Ok(forgotten.await?)
}

/// Brings the starter up to date.
///
/// # Errors
/// [`Error`]. A starter that is gone is none.
pub async fn show_progress(studio: &Studio, id: DraftId) -> Result<Done, Error> {
    let (draft, renders) = load(studio, id).await?;
    let Place::Open { starter, .. } = draft.place else {
        return Ok(Done::Finished);
    };
    let text = starter_text(studio, &draft, &renders).await?;
    let queued = first_images(&renders).any(|render| render.state == State::Queued);
    let buttons = if queued {
        vec![cancel_button(id)]
    } else {
        Vec::new()
    };
    match studio.discord.edit(draft.channel, starter, &text, &buttons).await {
        Err(error @ discord::Error::Busy(_)) => Err(error.into()),
        Err(error) => {
            tracing::info!(draft.id = %id, "the starter cannot be edited: {error}");
            Ok(Done::Finished)
        }
        Ok(()) => Ok(Done::Finished),
    }
}

async fn starter_text(studio: &Studio, draft: &Draft, renders: &[Render]) -> Result<String, Error> {
    let guild = draft.guild;
    let pool = studio
        .store
        .read(move |tx| ledger::read(tx, guild).boxed())
        .await?;
    Ok(wording::starter(&wording::Starter {
        requester: draft.requester,
        prompt: &draft.prompt,
        keep: draft.keep.as_deref(),
        ratio: draft.ratio,
        tier: studio.rules.spec(Stage::Explore).tier,
        cost: cost_of(renders)?,
        left: pool.available,
        progress: progress(renders),
        next: studio
            .rules
            .next(Stage::Explore, draft.last_stage)
            .map(|(_, spec)| spec.tier),
    }))
}

fn progress(renders: &[Render]) -> Progress {
    let mut progress = Progress::default();
    for render in first_images(renders) {
        *match render.state {
            State::Queued => &mut progress.queued,
            State::Rendering => &mut progress.drawing,
            State::Done(_) => &mut progress.done,
            State::Failed(_) => &mut progress.failed,
            State::Unknown => &mut progress.unknown,
            State::Cancelled => &mut progress.cancelled,
        } += 1;
    }
    progress
}

fn cancel_button(id: DraftId) -> Button {
    Button {
        id: format!("cancel:{id}"),
        label: wording::CANCEL_LABEL.to_owned(),
        style: Style::Secondary,
    }
}

/// Cancels what is still queued of a draft's first images, and says privately how many.
///
/// # Errors
/// [`Error`].
pub async fn cancel(studio: &Studio, id: DraftId, user: UserId, manages: bool) -> Result<String, Error> {
    let (draft, _) = load(studio, id).await?;
    if user != draft.requester && !manages {
        return Ok(wording::only_requester(draft.requester));
    }
    let now_ms = studio.clock.now_ms();
    let cancelled = studio.store.write(move |tx| {
        async move {
            drafts::lock(tx, id).await?;
            let cancelled = cancel_queued(tx, id, now_ms).await?;
            jobs::enqueue(tx, Job::ShowProgress(id), now_ms).await?;
            Ok::<_, Error>(cancelled)
        }
        .boxed()
    });
    let (n, returned) = cancelled.await?;
    studio.wake.ring();
    Ok(wording::cancelled(n, returned))
}

/// Cancels every first image that is queued and gives its credits back. All are locked before the first is given back,
/// because that locks the pool, and a render is locked before its pool everywhere.
async fn cancel_queued(tx: &mut Tx, id: DraftId, now_ms: i64) -> Result<(usize, Credits), Error> {
    let mut queued = Vec::new();
    for render in renders::of_draft(tx, id).await? {
        if render.stage == Stage::Explore {
            queued.push(renders::lock(tx, render.id).await?);
        }
    }
    let (mut cancelled, mut returned) = (0, Credits::ZERO);
    for render in queued {
        let Ok(state) = render.state.cancel() else {
            continue;
        };
        renders::set_state(tx, render.id, &state).await?;
        let held = ledger::open_hold(tx, render.id).await?;
        let held =
            held.ok_or_else(|| Error::broken(format!("render {} was queued without a hold", render.id)))?;
        returned = returned
            .plus(held.amount())
            .map_err(|error| Error::broken(error.to_string()))?;
        cancelled += 1;
        ledger::release(tx, held, now_ms).await?;
    }
    Ok((cancelled, returned))
}
