//! The paid call: begun in one transaction, made in none, recorded in another.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;

use super::preview::Showing;
use crate::domain::actor::Presser;
use crate::domain::approval::again;
use crate::domain::geometry::Pixels;
use crate::domain::guild::pseudonym::AliasKey;
use crate::domain::ids::{RenderId, UserId};
use crate::domain::image::render::{Failure, Next, Outcome, State, after_attempt};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::stage::{Mode, Stage};
use crate::flow::approval::vote::refuse_voter;
use crate::flow::done::Done;
use crate::flow::draft::references;
use crate::flow::error::{Error, chain};
use crate::flow::money::spend_limits::{self, Spender};
use crate::flow::services::{Studio, heavy};
use crate::flow::settings;
use crate::media::{self, NotAPicture};
use crate::providers::{Answer, Notes, PaidRender, Picture, Provider, Reply, Source, Words};
use crate::store::Tx;
use crate::store::drafts::{self, Draft};
use crate::store::jobs::{self, Claim};
use crate::store::ledger::{self, Held};
use crate::store::privacy;
use crate::store::projects;
use crate::store::renders::{self, Bill, Render};
use crate::wording;

/// Tries at storing what came of a paid call, before the job is given back: about half an hour.
const STORE_TRIES: u32 = 65;
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A render that this worker has begun.
struct Begun {
    render: Render,
    draft: Draft,
    held: Held,
    /// A worker before this one made the call and did not record its end.
    interrupted: bool,
}

/// Draws a render whose price is held, stores the picture, and settles, retries, releases or parks it.
///
/// # Errors
/// [`Error`]; the render is then as it was, or rendering, and the next run goes on from there.
pub async fn run(studio: &Studio, id: RenderId, claim: &Claim) -> Result<Done, Error> {
    // What can fail comes before the call is said to be begun: from then on nobody would know whether it was made.
    let supplies = supplies(studio, id).await?;
    let Some(begun) = begin(studio, id, *claim).await? else {
        return Ok(Done::Finished);
    };
    let engine = studio.engines.get(&studio.rules.spec(begun.render.stage).engine);
    let ended = match engine {
        None => Ended::from(Outcome::Operator),
        Some(engine) => attempt(studio, &begun, supplies, engine).await?,
    };
    record(studio, begun.render, ended, *claim).await
}

/// What a call takes besides what the draft says.
struct Supplies {
    /// The approved picture of a later stage, if it is still stored.
    parent: Option<Source>,
    /// What an idea is drawn after, unless one of them is not stored any more.
    references: Option<Vec<Source>>,
    /// Who asks, as engines are told: a hash. A service can stop somebody, and learns nothing of who it is.
    member: String,
}

async fn supplies(studio: &Studio, id: RenderId) -> Result<Supplies, Error> {
    let read = studio.store.read(move |tx| {
        async move {
            let render = renders::find(tx, id).await?;
            let render = render.ok_or_else(|| Error::broken(format!("render {id} is not there")))?;
            let draft = drafts::get(tx, render.draft).await?;
            let member = privacy::alias(tx, draft.guild, draft.requester).await?;
            Ok::<_, Error>((render, draft, member))
        }
        .boxed()
    });
    let (render, draft, member) = read.await?;
    let member = match member {
        Some(member) => member,
        None => first_alias(studio, &draft).await?,
    };
    Ok(Supplies {
        parent: parent(studio, &render).await?,
        references: references::stored(studio, draft.id, draft.references).await?,
        member: member.to_string(),
    })
}

/// Makes the key of the aliases, which is there from then on.
async fn first_alias(studio: &Studio, draft: &Draft) -> Result<UserId, Error> {
    let fresh = AliasKey::new(rand::random());
    let key = studio
        .store
        .write(move |tx| privacy::alias_key(tx, fresh).boxed());
    Ok(key.await?.alias(draft.guild, draft.requester))
}

async fn parent(studio: &Studio, render: &Render) -> Result<Option<Source>, Error> {
    let Some(parent) = render.parent else {
        return Ok(None);
    };
    let Some(bytes) = studio.blobs.get(parent).await? else {
        return Ok(None);
    };
    let bytes = sendable(studio, render.stage, bytes).await?;
    let mime = media::mime(&bytes).ok_or_else(|| Error::broken("a stored picture is none"))?;
    let bytes = bytes.into();
    Ok(Some(Source { bytes, mime }))
}

/// A picture in a form that the engine of a stage takes.
async fn sendable(studio: &Studio, stage: Stage, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    let rules = &studio.rules;
    let engine = rules.catalog.engine.get(&rules.spec(stage).engine);
    match engine.and_then(|engine| engine.sent_bytes) {
        Some(most) if bytes.len() > most => {
            let fitted = heavy(move || media::fit(bytes, most)).await?;
            let fitted = fitted.map_err(|error| {
                Error::Broken("a stored picture cannot be read".to_owned(), Some(error.into()))
            })?;
            Ok(fitted.bytes)
        }
        _ => Ok(bytes),
    }
}

async fn begin(studio: &Studio, id: RenderId, claim: Claim) -> Result<Option<Begun>, Error> {
    let now_ms = studio.clock.now_ms();
    studio
        .change(move |tx| {
            async move {
                let mut render = renders::lock(tx, id).await?;
                if !render.state.is_pending() {
                    return Ok(None);
                }
                let draft = drafts::get(tx, render.draft).await?;
                let held = ledger::open_hold(tx, id).await?;
                let held =
                    held.ok_or_else(|| Error::broken(format!("render {id} is pending without a hold")))?;
                let interrupted = render.state == State::Rendering;
                if !interrupted {
                    let begun = render.state.begin();
                    render.state = begun.map_err(|error| Error::broken(error.to_string()))?;
                    renders::set_state(tx, id, &render.state).await?;
                }
                // One that was interrupted counts too: what kills the process must not do so for ever.
                render.attempts += 1;
                renders::count_attempt(tx, id, !interrupted).await?;
                if !interrupted {
                    render.bill.request = None;
                }
                if render.stage == Stage::Explore {
                    jobs::enqueue(tx, Job::ShowProgress(render.draft), now_ms).await?;
                }
                jobs::fence(tx, &claim).await?;
                Ok(Some(Begun {
                    render,
                    draft,
                    held,
                    interrupted,
                }))
            }
            .boxed()
        })
        .await
}

/// How an attempt ended, and what it cost if a call was made.
#[derive(Clone)]
struct Ended {
    outcome: Outcome,
    bill: Option<Bill>,
}

impl From<Outcome> for Ended {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, bill: None }
    }
}

/// Makes the call, unless an earlier one may have been paid, and stores what it gives.
async fn attempt(
    studio: &Studio,
    begun: &Begun,
    supplies: Supplies,
    engine: Arc<dyn Provider>,
) -> Result<Ended, Error> {
    let id = begun.render.id;
    if begun.interrupted {
        if let Some(bytes) = studio.blobs.get(id).await? {
            return look(bytes).await.map(|(outcome, _)| outcome.into());
        }
        if let Some(reply) = resume(studio, begun, &supplies, engine.as_ref()).await {
            return ended(studio, &begun.render, reply).await;
        }
        if !engine.may_repeat() {
            return Ok(Outcome::Unknown.into());
        }
        if begun.render.attempts > limits::RENDER_ATTEMPTS {
            return Ok(Outcome::Broken.into());
        }
    }
    // There is nothing left to draw it from.
    if begun.draft.forgotten {
        return Ok(Outcome::Refused.into());
    }
    let picture = picture(studio, begun, &supplies);
    let lost = match picture.mode {
        Mode::Draw => supplies.references.is_none(),
        Mode::Remaster => picture.parent.is_none(),
        Mode::Exact => false,
    };
    if lost {
        tracing::error!(render.id = %id, "the picture that it is drawn after is not stored any more");
        return Ok(Outcome::Broken.into());
    }
    let paid = PaidRender::new(&begun.held, picture);
    tracing::info!(render.id = %id, stage = %begun.render.stage, attempt = begun.render.attempts, "drawing");
    let began_ms = studio.clock.now_ms();
    let showing = Showing::begin(studio, &begun.draft, begun.render.stage);
    let notebook = Notebook {
        studio,
        render: id,
        showing: &showing,
    };
    let reply = engine.draw(&paid, &notebook).await;
    if let Answer::File(_) = reply.answer {
        let took_ms = studio.clock.now_ms() - began_ms;
        studio.pace.note(begun.render.stage, took_ms);
    }
    let ended = ended(studio, &begun.render, reply).await;
    // What is shown of it is over before its end is recorded, because the edit that then follows takes it away.
    showing.end().await;
    ended
}

/// The end of the call that a worker before this one made, if the engine can be asked.
async fn resume(studio: &Studio, begun: &Begun, supplies: &Supplies, engine: &dyn Provider) -> Option<Reply> {
    let request = begun.render.bill.request.as_deref()?;
    let paid = PaidRender::new(&begun.held, picture(studio, begun, supplies));
    tracing::info!(render.id = %begun.render.id, request, "asking how a call ended");
    engine.resume(&paid, request).await
}

async fn ended(studio: &Studio, render: &Render, reply: Reply) -> Result<Ended, Error> {
    let Reply { answer, usd, request } = reply;
    Ok(Ended {
        outcome: outcome(studio, render, answer).await?,
        bill: Some(Bill { usd, request }),
    })
}

/// What an engine notes is written to the render that it draws.
struct Notebook<'a> {
    studio: &'a Studio,
    render: RenderId,
    showing: &'a Showing,
}

#[async_trait]
impl Notes for Notebook<'_> {
    async fn taken(&self, request: &str) {
        let (studio, id) = (self.studio, self.render);
        let note = || async {
            let request = request.to_owned();
            let noted = studio
                .store
                .write(move |tx| async move { renders::set_request(tx, id, &request).await }.boxed());
            Ok(noted.await?)
        };
        // Without the name the call is of unknown outcome if this process dies; it is under way all the same.
        if let Err(error) = insist(id, "a call's name cannot be written down yet", note).await {
            tracing::error!(render.id = %id, "a call's name was not written down: {}", chain(&error));
        }
    }

    fn shows_partials(&self) -> bool {
        self.showing.shows()
    }

    async fn partial(&self, picture: Vec<u8>) {
        self.showing.put(picture);
    }
}

/// What an answer means, once its picture is looked at and stored.
async fn outcome(studio: &Studio, render: &Render, answer: Answer) -> Result<Outcome, Error> {
    let id = render.id;
    Ok(match answer {
        Answer::File(bytes) => {
            let (outcome, bytes) = look(bytes).await?;
            if matches!(outcome, Outcome::Drawn(_)) {
                let spec = studio.rules.spec(render.stage);
                studio.troubles.over(&spec.engine, &spec.model);
                store(studio, id, bytes).await?;
            }
            outcome
        }
        Answer::Transient(wait) => Outcome::Transient(wait),
        Answer::Unknown => Outcome::Unknown,
        Answer::Later => Outcome::Later,
        Answer::Refused => Outcome::Refused,
        Answer::Operator(why) => {
            tell_operator(studio, render, &why);
            Outcome::Operator
        }
        Answer::Broken(why) => {
            tracing::error!(render.id = %id, "the engine answered without a picture: {why}");
            Outcome::Broken
        }
    })
}

/// Once: the next image would say no more than this one did.
fn tell_operator(studio: &Studio, render: &Render, why: &str) {
    let (id, stage, spec) = (render.id, render.stage, studio.rules.spec(render.stage));
    let (engine, model) = (spec.engine.as_str(), spec.model.as_str());
    if studio.troubles.is_news(engine, model, why) {
        tracing::error!(render.id = %id, %stage, engine, model, "the engine needs its operator: {why}");
    } else {
        tracing::debug!(render.id = %id, %stage, engine, model, "the engine still needs its operator: {why}");
    }
}

fn picture(studio: &Studio, begun: &Begun, supplies: &Supplies) -> Picture {
    let (stage, draft) = (begun.render.stage, &begun.draft);
    let spec = studio.rules.spec(stage);
    let words = studio
        .rules
        .templates
        .words(stage, spec.mode, draft.prompt.as_str(), draft.keep.as_deref());
    Picture {
        prompt: draft.prompt.clone(),
        words: Words(words),
        parent: supplies.parent.clone(),
        references: supplies.references.clone().unwrap_or_default(),
        member: supplies.member.clone(),
        model: spec.model.clone(),
        quality: spec.quality,
        mode: spec.mode,
        ratio: draft.ratio,
        pixels: begun.render.want,
        tier: spec.tier,
        // Images of a draft differ, and so do drafts of one prompt; the stages of one image do not.
        seed: draft.id.get().rotate_left(8) ^ u64::from(begun.render.position),
    }
}

async fn look(bytes: Vec<u8>) -> Result<(Outcome, Vec<u8>), Error> {
    let looked = heavy(move || (media::probe(&bytes), bytes)).await?;
    Ok(match looked {
        (Ok(probe), bytes) => (Outcome::Drawn(probe.pixels), bytes),
        (Err(error @ (NotAPicture::TooLarge(_) | NotAPicture::Unreadable(_))), bytes) => {
            tracing::error!("the engine's picture cannot be used: {error}");
            (Outcome::Broken, bytes)
        }
    })
}

/// Stores a picture that was paid for.
async fn store(studio: &Studio, id: RenderId, bytes: Vec<u8>) -> Result<(), Error> {
    let put = || async { Ok(studio.blobs.put(id, bytes.clone()).await?) };
    insist(id, "the picture cannot be stored yet", put).await
}

/// Does what only this process can do, because what came of a paid call is only in its memory: a store that is away is
/// waited for, while the lease on the job is renewed.
async fn insist<T, F>(id: RenderId, trouble: &str, work: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut pause = Duration::from_millis(250);
    for _ in 1..STORE_TRIES {
        match work().await {
            Err(error @ Error::Retry { .. }) => {
                tracing::error!(render.id = %id, "{trouble}: {}", chain(&error));
            }
            ended => return ended,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    work().await
}

/// Records how an attempt ended.
async fn record(studio: &Studio, render: Render, ended: Ended, claim: Claim) -> Result<Done, Error> {
    let Ended { outcome, bill } = ended;
    let next = after_attempt(&outcome, render.attempts);
    tracing::info!(render.id = %render.id, ?next, "an attempt ended");
    let trouble = "how an attempt ended cannot be written down yet";
    insist(render.id, trouble, || {
        write_down(studio, render.id, next, bill.clone(), claim)
    })
    .await
}

async fn write_down(
    studio: &Studio,
    id: RenderId,
    next: Next,
    bill: Option<Bill>,
    claim: Claim,
) -> Result<Done, Error> {
    let now_ms = studio.clock.now_ms();
    let done = studio.change(move |tx| {
        async move {
            let locked = renders::lock(tx, id).await?;
            let done = apply(tx, &locked, next, now_ms).await?;
            if let Some(bill) = bill {
                renders::set_bill(tx, id, &bill).await?;
            }
            if locked.stage == Stage::Explore {
                jobs::enqueue(tx, Job::ShowProgress(locked.draft), now_ms).await?;
            }
            // A stored picture whose hold is open is settled by whoever has it, however late; all else is for the
            // worker that has the job now.
            if !matches!(next, Next::Settle(_)) {
                jobs::fence(tx, &claim).await?;
            }
            Ok(done)
        }
        .boxed()
    });
    done.await
}

async fn apply(tx: &mut Tx, render: &Render, next: Next, now_ms: i64) -> Result<Done, Error> {
    if let Next::Settle(pixels) = next
        && render.state.is_dead()
    {
        return turn_up(tx, render, pixels, now_ms).await;
    }
    let state = render.state.clone();
    let moved = match next {
        Next::Settle(pixels) => state.finish(pixels),
        Next::Retry(_) => state.requeue(),
        Next::Release(why) => state.fail(why),
        Next::Park => state.park(),
        Next::Ask(_) => state.go_on(),
    };
    // It was rendering when this worker began, so another has recorded an end since.
    let moved = moved.map_err(|_| Error::LeaseLost)?;
    renders::set_state(tx, render.id, &moved).await?;
    if render.state == State::Unknown {
        // What was posted says that nobody knows; now the picture is to be posted.
        renders::forget_message(tx, render.id).await?;
    }
    let held = ledger::open_hold(tx, render.id).await?;
    let held = held.ok_or_else(|| Error::broken(format!("render {} ended without a hold", render.id)))?;
    match next {
        Next::Settle(_) => ledger::settle(tx, held, now_ms).await?,
        Next::Release(_) => ledger::release(tx, held, now_ms).await?,
        Next::Retry(after_ms) | Next::Ask(after_ms) => return Ok(Done::Again(now_ms + after_ms)),
        Next::Park => {}
    }
    jobs::enqueue(tx, Job::Deliver(render.id), now_ms).await?;
    Ok(Done::Finished)
}

/// A picture that comes after a person has decided about its credits is shown, and what was decided stays: it was paid, or
/// it is free. If another try took its place it is stored, and that is all.
async fn turn_up(tx: &mut Tx, render: &Render, pixels: Pixels, now_ms: i64) -> Result<Done, Error> {
    let found = render.state.clone().turn_up(pixels);
    let found = found.map_err(|_| Error::LeaseLost)?;
    let live = renders::live(tx, render.draft, render.position, render.stage).await?;
    if live.is_some() || ledger::decision(tx, render.id).await?.is_none() {
        return Err(Error::LeaseLost);
    }
    renders::set_state(tx, render.id, &found).await?;
    renders::forget_message(tx, render.id).await?;
    jobs::enqueue(tx, Job::Deliver(render.id), now_ms).await?;
    Ok(Done::Finished)
}

/// Queues a failed render again, at the price it had: its approval, or its draft, still stands. Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn try_again(studio: &Studio, failed: RenderId, by: Presser) -> Result<String, Error> {
    let Some(spender) = spender(studio, failed, &by).await? else {
        return Ok(wording::NO_RETRY.to_owned());
    };
    let (rules, now_ms, new) = (studio.rules.clone(), studio.clock.now_ms(), studio.render_id());
    let answer = studio.change(move |tx| {
        async move {
            let failed = renders::lock(tx, failed).await?;
            if !may_retry(&failed)
                || renders::live(tx, failed.draft, failed.position, failed.stage)
                    .await?
                    .is_some()
            {
                return Ok(wording::NO_RETRY.to_owned());
            }
            let draft = drafts::get(tx, failed.draft).await?;
            if draft.forgotten {
                return Ok(wording::FORGOTTEN.to_owned());
            }
            if let Some(refused) = refuse_person(tx, &failed, &draft, &by).await? {
                return Ok(refused);
            }
            let mut locked = ledger::lock(tx, failed.guild).await?;
            let chosen = settings::rules_in(tx, &rules, failed.guild).await?;
            let cost = (failed.stage, failed.price);
            if let Some(full) = spend_limits::full(tx, &locked, &chosen, &spender, cost, now_ms).await? {
                return Ok(wording::full(&full));
            }
            let available = locked.pool().available;
            if failed.price > available {
                return Ok(wording::retry_short(failed.price, available));
            }
            let (stage, price) = (failed.stage, failed.price);
            if let Some(full) = projects::full(tx, failed.id, stage, price).await? {
                return Ok(wording::budget_short(&full));
            }
            let second = Render::queued(new, failed.origin(), stage, price, failed.want, now_ms);
            if !renders::insert(tx, &second).await? {
                return Ok(wording::NO_RETRY.to_owned());
            }
            let warrant = again(failed.guild, stage, price, new);
            if ledger::hold(tx, &mut locked, warrant, now_ms).await?.is_err() {
                return Err(Error::broken(
                    "the pool or a budget is short of what was just compared",
                ));
            }
            jobs::enqueue(tx, Job::Render(new), now_ms).await?;
            jobs::enqueue(tx, Job::ShowTally(failed.id), now_ms).await?;
            if stage == Stage::Explore {
                jobs::enqueue(tx, Job::ShowProgress(failed.draft), now_ms).await?;
            }
            Ok::<_, Error>(wording::retrying(price))
        }
        .boxed()
    });
    let answer = answer.await?;
    Ok(answer)
}

/// Who would spend on another try: who asked for the draft. Nothing if there is no such render.
async fn spender(studio: &Studio, failed: RenderId, by: &Presser) -> Result<Option<Spender>, Error> {
    let read = studio.store.read(move |tx| {
        async move {
            match renders::find(tx, failed).await? {
                None => Ok(None),
                Some(render) => Ok::<_, Error>(Some(drafts::get(tx, render.draft).await?)),
            }
        }
        .boxed()
    });
    Ok(match read.await? {
        None => None,
        Some(draft) if draft.requester == by.user => Some(Spender {
            member: by.user,
            roles: Some(by.member.roles.clone()),
        }),
        Some(draft) => Some(Spender::absent(studio, draft.guild, draft.requester).await?),
    })
}

/// Whether a render ended in a way that another try can mend. A prompt that was refused would be refused again.
#[must_use]
pub const fn may_retry(render: &Render) -> bool {
    matches!(
        render.state,
        State::Failed(Failure::Operator | Failure::Broken | Failure::Exhausted)
    )
}

/// Why somebody may not try a render again: a first image is for who asked for it, a later one for those who could
/// approve it by the rules under which it was approved.
async fn refuse_person(
    tx: &mut Tx,
    failed: &Render,
    draft: &Draft,
    by: &Presser,
) -> Result<Option<String>, Error> {
    let Some(parent) = failed.parent else {
        let requester = by.user == draft.requester;
        return Ok((!requester).then(|| wording::retry_own(draft.requester)));
    };
    let terms = renders::find(tx, parent)
        .await?
        .and_then(|parent| parent.vote.terms);
    let terms = terms.ok_or_else(|| Error::broken("an image of a later stage without a vote"))?;
    Ok(refuse_voter(&terms, draft, by).map(|why| wording::no_vote(&why)))
}
