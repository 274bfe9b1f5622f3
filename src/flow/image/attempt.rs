//! The paid call: begun in one transaction, made in none, recorded in another.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;

use super::preview::Showing;
use crate::domain::actor::Actor;
use crate::domain::approval::again;
use crate::domain::geometry::Pixels;
use crate::domain::guild::pseudonym::PseudonymKey;
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
use crate::flow::services::{Services, heavy};
use crate::flow::settings;
use crate::media::{self, NotAPicture};
use crate::providers::{
    Answer, CallObserver, CallReport, ImageRequest, InputPicture, PaidRender, Provider, Words,
};
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
struct Attempt {
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
pub async fn run(services: &Services, id: RenderId, claim: &Claim) -> Result<Done, Error> {
    // What can fail comes before the call is said to be begun: from then on nobody would know whether it was made.
    let inputs = inputs(services, id).await?;
    let Some(attempt) = begin(services, id, *claim).await? else {
        return Ok(Done::Finished);
    };
    let engine = services
        .engines
        .get(&services.rules.spec(attempt.render.stage).engine);
    let ended = match engine {
        None => Ended::from(Outcome::Operator),
        Some(engine) => call(services, &attempt, inputs, engine).await?,
    };
    record(services, attempt.render, ended, *claim).await
}

/// What a call takes besides what the draft says.
struct Inputs {
    /// The approved picture of a later stage, if it is still stored.
    parent: Option<InputPicture>,
    /// What an idea is drawn after, unless one of them is not stored any more.
    references: Option<Vec<InputPicture>>,
    /// Who asks, as engines are told: a hash. A service can stop somebody, and learns nothing of who it is.
    member: String,
}

async fn inputs(services: &Services, id: RenderId) -> Result<Inputs, Error> {
    let read = services.store.read(move |tx| {
        async move {
            let render = renders::find(tx, id).await?;
            let render = render.ok_or_else(|| Error::broken(format!("render {id} is not there")))?;
            let draft = drafts::get(tx, render.draft).await?;
            let member = privacy::pseudonym(tx, draft.guild, draft.requester).await?;
            Ok::<_, Error>((render, draft, member))
        }
        .boxed()
    });
    let (render, draft, member) = read.await?;
    let member = match member {
        Some(member) => member,
        None => first_pseudonym(services, &draft).await?,
    };
    Ok(Inputs {
        parent: parent(services, &render).await?,
        references: references::stored(services, draft.id, draft.references).await?,
        member: member.to_string(),
    })
}

/// Makes the key of the aliases, which is there from then on.
async fn first_pseudonym(services: &Services, draft: &Draft) -> Result<UserId, Error> {
    let fresh = PseudonymKey::new(rand::random());
    let key = services
        .store
        .write(move |tx| privacy::pseudonym_key(tx, fresh).boxed());
    Ok(key.await?.pseudonym(draft.guild, draft.requester))
}

async fn parent(services: &Services, render: &Render) -> Result<Option<InputPicture>, Error> {
    let Some(parent) = render.parent else {
        return Ok(None);
    };
    let Some(bytes) = services.blobs.get(parent).await? else {
        return Ok(None);
    };
    let bytes = sendable(services, render.stage, bytes).await?;
    let mime = media::mime(&bytes).ok_or_else(|| Error::broken("a stored picture is none"))?;
    let bytes = bytes.into();
    Ok(Some(InputPicture { bytes, mime }))
}

/// A picture in a form that the engine of a stage takes.
async fn sendable(services: &Services, stage: Stage, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    let rules = &services.rules;
    let engine = rules.catalog.engine.get(&rules.spec(stage).engine);
    match engine.and_then(|engine| engine.sent_bytes) {
        Some(max) if bytes.len() > max => {
            let fitted = heavy(move || media::fit(bytes, max)).await?;
            let fitted = fitted.map_err(|error| {
                Error::Broken("a stored picture cannot be read".to_owned(), Some(error.into()))
            })?;
            Ok(fitted.bytes)
        }
        _ => Ok(bytes),
    }
}

async fn begin(services: &Services, id: RenderId, claim: Claim) -> Result<Option<Attempt>, Error> {
    let now_ms = services.clock.now_ms();
    services
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
                    let attempt = render.state.begin();
                    render.state = attempt.map_err(|error| Error::broken(error.to_string()))?;
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
                Ok(Some(Attempt {
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
async fn call(
    services: &Services,
    attempt: &Attempt,
    inputs: Inputs,
    engine: Arc<dyn Provider>,
) -> Result<Ended, Error> {
    let id = attempt.render.id;
    if attempt.interrupted {
        if let Some(bytes) = services.blobs.get(id).await? {
            return look(bytes).await.map(|(outcome, _)| outcome.into());
        }
        if let Some(reply) = resume(services, attempt, &inputs, engine.as_ref()).await {
            return ended(services, &attempt.render, reply).await;
        }
        if !engine.may_repeat() {
            return Ok(Outcome::Unknown.into());
        }
        if attempt.render.attempts > limits::RENDER_ATTEMPTS {
            return Ok(Outcome::Broken.into());
        }
    }
    // There is nothing left to draw it from.
    if attempt.draft.forgotten {
        return Ok(Outcome::Refused.into());
    }
    let picture = picture(services, attempt, &inputs);
    let lost = match picture.mode {
        Mode::Draw => inputs.references.is_none(),
        Mode::Remaster => picture.parent.is_none(),
        Mode::Exact => false,
    };
    if lost {
        tracing::error!(render.id = %id, "the picture that it is drawn after is not stored any more");
        return Ok(Outcome::Broken.into());
    }
    let paid = PaidRender::new(&attempt.held, picture);
    tracing::info!(render.id = %id, stage = %attempt.render.stage, attempt = attempt.render.attempts, "drawing");
    let began_ms = services.clock.now_ms();
    let showing = Showing::begin(services, &attempt.draft, attempt.render.stage);
    let observer = RenderObserver {
        services,
        render: id,
        showing: &showing,
    };
    let reply = engine.draw(&paid, &observer).await;
    if let Answer::File(_) = reply.answer {
        let took_ms = services.clock.now_ms() - began_ms;
        services.render_times.note(attempt.render.stage, took_ms);
    }
    let ended = ended(services, &attempt.render, reply).await;
    // What is shown of it is over before its end is recorded, because the edit that then follows takes it away.
    showing.end().await;
    ended
}

/// The end of the call that a worker before this one made, if the engine can be asked.
async fn resume(
    services: &Services,
    attempt: &Attempt,
    inputs: &Inputs,
    engine: &dyn Provider,
) -> Option<CallReport> {
    let request = attempt.render.bill.request.as_deref()?;
    let paid = PaidRender::new(&attempt.held, picture(services, attempt, inputs));
    tracing::info!(render.id = %attempt.render.id, request, "asking how a call ended");
    engine.resume(&paid, request).await
}

async fn ended(services: &Services, render: &Render, reply: CallReport) -> Result<Ended, Error> {
    let CallReport { answer, usd, request } = reply;
    Ok(Ended {
        outcome: outcome(services, render, answer).await?,
        bill: Some(Bill { usd, request }),
    })
}

/// What an engine notes is written to the render that it draws.
struct RenderObserver<'a> {
    services: &'a Services,
    render: RenderId,
    showing: &'a Showing,
}

#[async_trait]
impl CallObserver for RenderObserver<'_> {
    async fn taken(&self, request: &str) {
        let (services, id) = (self.services, self.render);
        let note = || async {
            let request = request.to_owned();
            let noted = services
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
async fn outcome(services: &Services, render: &Render, answer: Answer) -> Result<Outcome, Error> {
    let id = render.id;
    Ok(match answer {
        Answer::File(bytes) => {
            let (outcome, bytes) = look(bytes).await?;
            if matches!(outcome, Outcome::Drawn(_)) {
                let spec = services.rules.spec(render.stage);
                services.operator_log.over(&spec.engine, &spec.model);
                store(services, id, bytes).await?;
            }
            outcome
        }
        Answer::Transient(wait) => Outcome::Transient(wait),
        Answer::Unknown => Outcome::Unknown,
        Answer::Later => Outcome::Later,
        Answer::Refused => Outcome::Refused,
        Answer::Operator(why) => {
            tell_operator(services, render, &why);
            Outcome::Operator
        }
        Answer::Broken(why) => {
            tracing::error!(render.id = %id, "the engine answered without a picture: {why}");
            Outcome::Broken
        }
    })
}

/// Once: the next image would say no more than this one did.
fn tell_operator(services: &Services, render: &Render, why: &str) {
    let (id, stage, spec) = (render.id, render.stage, services.rules.spec(render.stage));
    let (engine, model) = (spec.engine.as_str(), spec.model.as_str());
    if services.operator_log.is_news(engine, model, why) {
        tracing::error!(render.id = %id, %stage, engine, model, "the engine needs its operator: {why}");
    } else {
        tracing::debug!(render.id = %id, %stage, engine, model, "the engine still needs its operator: {why}");
    }
}

fn picture(services: &Services, attempt: &Attempt, inputs: &Inputs) -> ImageRequest {
    let (stage, draft) = (attempt.render.stage, &attempt.draft);
    let spec = services.rules.spec(stage);
    let words =
        services
            .rules
            .templates
            .words(stage, spec.mode, draft.prompt.as_str(), draft.keep.as_deref());
    ImageRequest {
        prompt: draft.prompt.clone(),
        words: Words(words),
        parent: inputs.parent.clone(),
        references: inputs.references.clone().unwrap_or_default(),
        member: inputs.member.clone(),
        model: spec.model.clone(),
        quality: spec.quality,
        mode: spec.mode,
        ratio: draft.ratio,
        pixels: attempt.render.want,
        tier: spec.tier,
        // Images of a draft differ, and so do drafts of one prompt; the stages of one image do not.
        seed: draft.id.get().rotate_left(8) ^ u64::from(attempt.render.position),
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
async fn store(services: &Services, id: RenderId, bytes: Vec<u8>) -> Result<(), Error> {
    let put = || async { Ok(services.blobs.put(id, bytes.clone()).await?) };
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
async fn record(services: &Services, render: Render, ended: Ended, claim: Claim) -> Result<Done, Error> {
    let Ended { outcome, bill } = ended;
    let next = after_attempt(&outcome, render.attempts);
    tracing::info!(render.id = %render.id, ?next, "an attempt ended");
    let trouble = "how an attempt ended cannot be written down yet";
    insist(render.id, trouble, || {
        write_down(services, render.id, next, bill.clone(), claim)
    })
    .await
}

async fn write_down(
    services: &Services,
    id: RenderId,
    next: Next,
    bill: Option<Bill>,
    claim: Claim,
) -> Result<Done, Error> {
    let now_ms = services.clock.now_ms();
    let done = services.change(move |tx| {
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
        return complete_late(tx, render, pixels, now_ms).await;
    }
    let state = render.state.clone();
    let moved = match next {
        Next::Settle(pixels) => state.finish(pixels),
        Next::Retry(_) => state.requeue(),
        Next::Release(why) => state.fail(why),
        Next::Park => state.park(),
        Next::DraftRequest(_) => state.keep_waiting(),
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
        Next::Retry(after_ms) | Next::DraftRequest(after_ms) => return Ok(Done::Again(now_ms + after_ms)),
        Next::Park => {}
    }
    jobs::enqueue(tx, Job::Deliver(render.id), now_ms).await?;
    Ok(Done::Finished)
}

/// A picture that comes after a person has decided about its credits is shown, and what was decided stays: it was paid, or
/// it is free. If another try took its place it is stored, and that is all.
async fn complete_late(tx: &mut Tx, render: &Render, pixels: Pixels, now_ms: i64) -> Result<Done, Error> {
    let found = render.state.clone().complete_late(pixels);
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
pub async fn try_again(services: &Services, failed: RenderId, by: Actor) -> Result<String, Error> {
    let Some(spender) = spender(services, failed, &by).await? else {
        return Ok(wording::NO_RETRY.to_owned());
    };
    let (rules, now_ms, new) = (
        services.rules.clone(),
        services.clock.now_ms(),
        services.render_id(),
    );
    let answer = services.change(move |tx| {
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
            let authorization = again(failed.guild, stage, price, new);
            if ledger::hold(tx, &mut locked, authorization, now_ms)
                .await?
                .is_err()
            {
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
async fn spender(services: &Services, failed: RenderId, by: &Actor) -> Result<Option<Spender>, Error> {
    let read = services.store.read(move |tx| {
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
        Some(draft) => Some(Spender::absent(services, draft.guild, draft.requester).await?),
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
    by: &Actor,
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
