//! Judges how an attempt ended, stores its picture and records it.

use futures::FutureExt;

use crate::domain::approval::vote::Image;
use crate::domain::geometry::Pixels;
use crate::domain::ids::RenderId;
use crate::domain::image::reference::RefusedPicture;
use crate::domain::image::render::{Bill, Next, Outcome, Render, State, after_attempt};
use crate::domain::job::Job;
use crate::flow::done::Done;
use crate::flow::draft::starter;
use crate::flow::engine::operator_log::tell_operator;
use crate::flow::error::Error;
use crate::flow::image::insist::insist;
use crate::flow::services::{Services, heavy};
use crate::media;
use crate::providers::{Answer, CallReport};
use crate::store::jobs::{self, Claim};
use crate::store::{Locked, Tx, ledger, renders};

/// How an attempt ended, and what it cost if a call was made.
#[derive(Clone)]
pub(in crate::flow) struct Ended {
    pub(in crate::flow) outcome: Outcome,
    pub(in crate::flow) bill: Option<Bill>,
}

impl From<Outcome> for Ended {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, bill: None }
    }
}

pub(in crate::flow) async fn ended(
    services: &Services,
    render: &Render,
    reply: CallReport,
) -> Result<Ended, Error> {
    let CallReport { answer, usd, request } = reply;
    Ok(Ended {
        outcome: outcome(services, render, answer).await?,
        bill: Some(Bill { usd, request }),
    })
}

/// Returns the outcome of an engine's answer, once its picture is checked and stored.
async fn outcome(services: &Services, render: &Render, answer: Answer) -> Result<Outcome, Error> {
    let id = render.id;
    Ok(match answer {
        Answer::File(bytes) => {
            let (outcome, bytes) = look(bytes).await?;
            if matches!(outcome, Outcome::Drawn(_)) {
                let asked = services.rules.asked(render);
                services.operator_log.over(&asked.engine, &asked.model);
                store(services, id, bytes).await?;
            }
            outcome
        }
        Answer::Transient(wait) => Outcome::Transient(wait),
        Answer::Unknown => Outcome::Unknown,
        Answer::Later => Outcome::Later,
        Answer::Refused => Outcome::Refused,
        Answer::Picture(refused) => {
            tracing::info!(render.id = %id, "the engine refused a picture that was sent along: {refused}");
            Outcome::RefusedPicture(refused)
        }
        Answer::CalledOff => Outcome::CalledOff,
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

pub(in crate::flow) async fn look(bytes: Vec<u8>) -> Result<(Outcome, Vec<u8>), Error> {
    let load = media::load(&[&bytes]);
    let looked = heavy(load, move || (media::probe(&bytes), bytes)).await?;
    Ok(match looked {
        (Ok(probe), bytes) => (Outcome::Drawn(probe.pixels), bytes),
        (Err(error), bytes) => {
            tracing::error!("the engine's picture cannot be used: {error}");
            (Outcome::Broken, bytes)
        }
    })
}

/// Stores a picture that was paid for.
async fn store(services: &Services, id: RenderId, bytes: Vec<u8>) -> Result<(), Error> {
    let put = || async { Ok(services.blobs.put(id, bytes.clone()).await?) };
    insist(services, id, "the picture cannot be stored yet", put).await
}

/// Records how an attempt ended.
pub(in crate::flow) async fn record(
    services: &Services,
    render: Render,
    ended: Ended,
    claim: Claim,
) -> Result<Done, Error> {
    let Ended { outcome, bill } = ended;
    count(services, &render, &outcome, bill.as_ref());
    let next = after_attempt(&outcome, render.attempts);
    tracing::info!(render.id = %render.id, ?next, "an attempt ended");
    let refused = match outcome {
        Outcome::RefusedPicture(refused) => Some(refused),
        Outcome::Drawn(_)
        | Outcome::Transient(_)
        | Outcome::Unknown
        | Outcome::Later
        | Outcome::Refused
        | Outcome::Operator
        | Outcome::Broken
        | Outcome::CalledOff => None,
    };
    let trouble = "how an attempt ended cannot be written down yet";
    let done = insist(services, render.id, trouble, || {
        write_down(services, render.id, next, (bill.clone(), refused), claim)
    })
    .await?;
    if next == Next::Park {
        let named = bill.and_then(|bill| bill.request).or(render.bill.request.clone());
        tracing::warn!(
            render.id = %render.id,
            engine.name = services.rules.asked(&render).engine,
            request.id = named,
            "nobody knows how a paid call ended: /treasury unresolved decides about its credits"
        );
    }
    Ok(done)
}

/// Counts an attempt, and what it cost, for those who watch the process.
fn count(services: &Services, render: &Render, outcome: &Outcome, bill: Option<&Bill>) {
    services.metrics.attempt(render.stage.name(), outcome.name());
    if let Some(usd) = bill.and_then(|bill| bill.usd) {
        let engine = &services.rules.asked(render).engine;
        services.metrics.spend(engine, usd.as_micros());
    }
}

async fn write_down(
    services: &Services,
    id: RenderId,
    next: Next,
    (bill, refused): (Option<Bill>, Option<RefusedPicture>),
    claim: Claim,
) -> Result<Done, Error> {
    let now_ms = services.clock.now_ms();
    let done = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, id).await?;
            // Nobody wants what was called off while it was asked for, so it is not asked for again.
            let next = match next {
                Next::Retry(_) if renders::is_called_off(tx, id).await? => Next::CallOff,
                Next::Settle(_)
                | Next::Retry(_)
                | Next::Release(_)
                | Next::Ask(_)
                | Next::Park
                | Next::CallOff => next,
            };
            let end = apply(tx, &image, next, bill.as_ref(), now_ms).await?;
            if let Some(refused) = refused {
                renders::set_refused_picture(tx, &image, refused).await?;
            }
            if image.is_idea() {
                starter::show_soon(tx, image.draft, now_ms).await?;
            }
            if let Some(end) = end {
                jobs::fence(tx, &claim).await?;
                return Ok(end);
            }
            // Whoever works on this goes on with what follows.
            if let Some(deliver) = jobs::hand_over(tx, &claim, Job::Deliver(id)).await? {
                return Ok(Done::Ended(Some(deliver)));
            }
            // Whoever has a stored picture whose hold is open settles it, however late.
            if !matches!(next, Next::Settle(_)) {
                jobs::fence(tx, &claim).await?;
            }
            jobs::enqueue(tx, Job::Deliver(id), now_ms).await?;
            Ok(Done::Finished)
        }
        .boxed()
    });
    done.await
}

/// Writes how an attempt ended. Returns how the job ends if the image is not to be delivered.
async fn apply(
    tx: &mut Tx,
    image: &Locked<Image>,
    next: Next,
    bill: Option<&Bill>,
    now_ms: i64,
) -> Result<Option<Done>, Error> {
    if let Next::Settle(pixels) = next
        && image.state.is_dead()
    {
        return complete_late(tx, image, pixels, bill).await.map(|()| None);
    }
    let state = image.state.clone();
    let moved = match next {
        Next::Settle(pixels) => state.finish(pixels),
        Next::Retry(_) => state.requeue(),
        Next::Release(why) => state.fail(why),
        Next::Park => state.park(),
        Next::Ask(_) => state.keep_waiting(),
        Next::CallOff => state.call_off(),
    };
    // It was rendering when this worker began, so another has recorded an end since.
    let moved = moved.map_err(|_| Error::LeaseLost)?;
    renders::set_outcome(tx, image, &moved, bill).await?;
    if image.state == State::Unknown {
        // The posted message says that nobody knows the outcome; now the picture is to be posted.
        renders::forget_message(tx, image).await?;
    }
    let held = ledger::open_hold(tx, image).await?;
    let held = held.ok_or_else(|| Error::broken(format!("render {} ended without a hold", image.id)))?;
    match next {
        Next::Settle(_) => ledger::settle(tx, held, now_ms).await?,
        Next::Release(_) => ledger::release(tx, held, now_ms).await?,
        // There is nothing to deliver.
        Next::CallOff => {
            ledger::release(tx, held, now_ms).await?;
            return Ok(Some(Done::Finished));
        }
        Next::Retry(after_ms) | Next::Ask(after_ms) => return Ok(Some(Done::Again(now_ms + after_ms))),
        Next::Park => jobs::enqueue(tx, Job::LogUnknown(image.id), now_ms).await?,
    }
    Ok(None)
}

/// Completes a render whose picture comes after a person has decided about its credits. The picture
/// is shown and the decision stays: it was paid, or it is free. If another try took its place, the
/// picture is only stored.
async fn complete_late(
    tx: &mut Tx,
    image: &Locked<Image>,
    pixels: Pixels,
    bill: Option<&Bill>,
) -> Result<(), Error> {
    let found = image.state.clone().complete_late(pixels);
    let found = found.map_err(|_| Error::LeaseLost)?;
    let live = renders::live(tx, image.draft, image.number, image.stage).await?;
    if live.is_some() || ledger::decision(tx, image.id).await?.is_none() {
        return Err(Error::LeaseLost);
    }
    renders::set_outcome(tx, image, &found, bill).await?;
    Ok(renders::forget_message(tx, image).await?)
}
