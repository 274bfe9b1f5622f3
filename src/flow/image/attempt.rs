//! Makes the paid call: begins it in one transaction, makes it in none, records it in another.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use futures::FutureExt;
use tracing::{Instrument, Span};

use super::inputs::{Inputs, image_request, inputs, words};
use super::insist::insist;
use super::outcome::{Ended, ended, record};
use super::preview::Showing;
use crate::domain::approval::vote::Image;
use crate::domain::draft::entity::Draft;
use crate::domain::guild::operator::Rules;
use crate::domain::ids::{DraftId, RenderId, UserId};
use crate::domain::image::render::{Outcome, Render, State};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::stage::Mode;
use crate::flow::done::Done;
use crate::flow::error::{Error, chain};
use crate::flow::image::outcome::look;
use crate::flow::services::Services;
use crate::providers::{Answer, CallObserver, CallReport, PaidRender, Provider, TakenCall};
use crate::store::jobs::{self, Claim};
use crate::store::ledger::{self, Held};
use crate::store::{Locked, Tx, drafts, privacy, renders};

/// A render that this worker has begun.
struct Attempt {
    render: Render,
    draft: Draft,
    held: Held,
    /// Whether a worker before this one made the call and did not record its end.
    interrupted: bool,
}

/// A render that this worker has begun, with all that its call needs.
pub struct Begun {
    attempt: Attempt,
    inputs: Inputs,
}

/// Draws a render whose price is held and stores the picture. Then settles, retries, releases or
/// parks it.
///
/// # Errors
/// [`Error`]: the render is as it was, or still rendering, and the next run goes on from there.
pub async fn run(services: &Services, id: RenderId, claim: &Claim) -> Result<Done, Error> {
    // What can fail comes before the call is recorded as begun: from then on nobody would know
    // whether it was made.
    let inputs = inputs(services, id).await?;
    match begin(services, id, *claim).await? {
        Some(attempt) => go_on(services, Begun { attempt, inputs }, claim).await,
        None => Ok(Done::Finished),
    }
}

/// Draws a render that was begun, like [`run`].
///
/// # Errors
/// [`Error`]: the render is still rendering, and the next run goes on from there.
pub async fn go_on(services: &Services, begun: Begun, claim: &Claim) -> Result<Done, Error> {
    let Begun { attempt, inputs } = begun;
    let span = span(services, &attempt.render);
    let ended = call(services, &attempt, inputs).instrument(span).await?;
    record(services, attempt.render, ended, *claim).await
}

/// Makes the span of an engine's call and its outcome. Its level keeps the ids of a warning in the
/// log whatever `log.filter` says.
fn span(services: &Services, render: &Render) -> Span {
    let asked = services.rules.asked(render);
    tracing::error_span!(
        "engine",
        render.id = %render.id,
        engine.name = %asked.engine,
        engine.model = %asked.model,
    )
}

async fn begin(services: &Services, id: RenderId, claim: Claim) -> Result<Option<Attempt>, Error> {
    let (now_ms, rules) = (services.clock.now_ms(), services.rules.clone());
    services
        .change(move |tx| {
            async move {
                let locked = renders::lock(tx, id).await?;
                if !locked.state.is_pending() {
                    return Ok(None);
                }
                let draft = drafts::get(tx, locked.draft).await?;
                let attempt = begin_locked(tx, &rules, &locked, draft).await?;
                show_soon(tx, [&attempt], now_ms).await?;
                jobs::fence(tx, &claim).await?;
                Ok(Some(attempt))
            }
            .boxed()
        })
        .await
}

/// Begins several renders in one transaction: those that are drawn from words alone, so that nothing
/// can fail between their beginning and their call. The others begin by [`run`].
///
/// # Errors
/// [`Error`]: none of them was begun, unless nobody knows whether the transaction took place.
pub async fn begin_all(services: &Services, claims: &[Claim]) -> Result<BTreeMap<RenderId, Begun>, Error> {
    let (now_ms, rules) = (services.clock.now_ms(), services.rules.clone());
    let claimed = claims.iter().filter_map(|claim| {
        let Job::Render(id) = claim.job else { return None };
        Some((id, *claim))
    });
    let claimed: BTreeMap<RenderId, Claim> = claimed.collect();
    let ids: Vec<RenderId> = claimed.keys().copied().collect();
    services
        .change(move |tx| {
            async move {
                let mut all = BTreeMap::new();
                let mut asked: BTreeMap<DraftId, (Draft, Option<UserId>)> = BTreeMap::new();
                for id in renders::in_order(tx, &ids).await? {
                    let locked = renders::lock(tx, id).await?;
                    if !locked.state.is_pending() || locked.parent.or(locked.after).is_some() {
                        continue;
                    }
                    let (draft, member) = if let Some(known) = asked.get(&locked.draft) {
                        known.clone()
                    } else {
                        let draft = drafts::get(tx, locked.draft).await?;
                        let member = privacy::pseudonym(tx, draft.guild, draft.requester).await?;
                        asked.insert(locked.draft, (draft.clone(), member));
                        (draft, member)
                    };
                    if let Some(member) = member.filter(|_| draft.references == 0) {
                        let attempt = begin_locked(tx, &rules, &locked, draft).await?;
                        let inputs = Inputs::of_words(member);
                        all.insert(id, Begun { attempt, inputs });
                    }
                }
                show_soon(tx, all.values().map(|begun| &begun.attempt), now_ms).await?;
                for id in all.keys() {
                    jobs::fence(tx, &claimed[id]).await?;
                }
                Ok(all)
            }
            .boxed()
        })
        .await
}

/// Records that a render begins which is to be drawn.
async fn begin_locked(
    tx: &mut Tx,
    rules: &Rules,
    locked: &Locked<Image>,
    draft: Draft,
) -> Result<Attempt, Error> {
    let mut render = locked.render.clone();
    let id = render.id;
    let held = ledger::open_hold(tx, locked).await?;
    let held = held.ok_or_else(|| Error::broken(format!("render {id} is pending without a hold")))?;
    let interrupted = render.state == State::Rendering;
    if !interrupted {
        let begun = render.state.begin();
        render.state = begun.map_err(|error| Error::broken(error.to_string()))?;
    }
    // An interrupted attempt counts too: an image that kills the process must not do so for ever.
    render.attempts += 1;
    if interrupted {
        renders::begin(tx, locked, None).await?;
    } else {
        let asked = rules.asks(&render);
        (render.bill.request, render.request_url) = (None, None);
        render.asked = Some(asked.clone());
        let sent = Some(words(rules, &render, &draft)).filter(|words| words != draft.prompt.as_str());
        renders::begin(tx, locked, Some((&asked, sent))).await?;
    }
    Ok(Attempt {
        render,
        draft,
        held,
        interrupted,
    })
}

/// Has the starters of drafts say soon that their images are drawn.
async fn show_soon(tx: &mut Tx, begun: impl IntoIterator<Item = &Attempt>, now_ms: i64) -> Result<(), Error> {
    let first = begun.into_iter().filter(|begun| begun.render.is_idea());
    let drafts: BTreeSet<DraftId> = first.map(|begun| begun.render.draft).collect();
    let soon = drafts
        .into_iter()
        .map(|draft| (Job::ShowProgress(draft), now_ms + limits::GATHER_MS));
    let soon: Vec<(Job, i64)> = soon.collect();
    Ok(jobs::schedule(tx, &soon).await?)
}

/// Makes the call, unless an earlier one may have been paid, and stores the picture.
async fn call(services: &Services, attempt: &Attempt, inputs: Inputs) -> Result<Ended, Error> {
    let id = attempt.render.id;
    if attempt.interrupted
        && let Some(bytes) = services.blobs.get(id).await?
    {
        return look(bytes).await.map(|(outcome, _)| outcome.into());
    }
    // Only the engine that was asked can tell how its call ended. A stage may have another by now.
    let Some(engine) = services.engine_of(&attempt.render) else {
        tracing::error!(render.id = %id, "the engine of an image is not in the settings any more");
        let lost = if attempt.interrupted {
            Outcome::Unknown
        } else {
            Outcome::Operator
        };
        return Ok(lost.into());
    };
    if attempt.interrupted {
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
    let picture = image_request(services, (&attempt.render, &attempt.draft), &inputs);
    let lost = match picture.mode {
        Mode::Draw => inputs.references.is_none(),
        Mode::Remaster => picture.parent.is_none(),
        Mode::Exact => false,
    };
    if lost {
        tracing::error!(render.id = %id, "an image cannot be drawn: the picture that it is made of is not stored any more");
        return Ok(Outcome::Broken.into());
    }
    let paid = PaidRender::new(&attempt.held, picture);
    tracing::info!(render.id = %id, render.stage = %attempt.render.stage, render.attempt = attempt.render.attempts, "drawing an image");
    let began_ms = services.clock.now_ms();
    let showing = Showing::begin(services, &attempt.draft, &attempt.render);
    let observer = RenderObserver {
        services,
        render: id,
        showing: &showing,
    };
    let reply = engine.draw(&paid, &observer).await;
    let took_ms = services.clock.now_ms() - began_ms;
    let took = Duration::from_millis(u64::try_from(took_ms).unwrap_or_default());
    let asked = services.rules.asked(&attempt.render);
    services.metrics.call(&asked.engine, took);
    if let Answer::File(_) = reply.answer {
        services.render_times.note(attempt.render.stage, took_ms);
    }
    let ended = ended(services, &attempt.render, reply).await;
    // The preview ends before the attempt's end is recorded, because the edit that follows takes it
    // away.
    showing.end().await;
    ended
}

/// Returns the end of the call that a worker before this one made, if the engine can be asked.
async fn resume(
    services: &Services,
    attempt: &Attempt,
    inputs: &Inputs,
    engine: &dyn Provider,
) -> Option<CallReport> {
    let taken = TakenCall {
        request: attempt.render.bill.request.clone()?,
        addresses: attempt.render.request_url.clone(),
    };
    let asked = (&attempt.render, &attempt.draft);
    let paid = PaidRender::new(&attempt.held, image_request(services, asked, inputs));
    tracing::info!(render.id = %attempt.render.id, request.id = taken.request, "asking an engine how a call ended");
    let showing = Showing::begin(services, &attempt.draft, &attempt.render);
    let observer = RenderObserver {
        services,
        render: attempt.render.id,
        showing: &showing,
    };
    let reply = engine.resume(&paid, &taken, &observer).await;
    showing.end().await;
    reply
}

/// Writes an engine's notes to the render that it draws.
struct RenderObserver<'a> {
    services: &'a Services,
    render: RenderId,
    showing: &'a Showing,
}

#[async_trait]
impl CallObserver for RenderObserver<'_> {
    async fn taken(&self, request: &str, addresses: Option<&str>) {
        let (services, id) = (self.services, self.render);
        let note = || async {
            let (request, addresses) = (request.to_owned(), addresses.map(str::to_owned));
            let noted = services.store.write(move |tx| {
                async move { renders::set_request(tx, id, &request, addresses.as_deref()).await }.boxed()
            });
            Ok(noted.await?)
        };
        // Without the name the call is of unknown outcome if this process dies; it is under way all
        // the same.
        if let Err(error) = insist(
            services,
            id,
            "the name of an engine's call cannot be written down yet",
            note,
        )
        .await
        {
            tracing::error!(render.id = %id, "the name of an engine's call was not written down: {}", chain(&error));
        }
    }

    async fn is_called_off(&self) -> bool {
        let id = self.render;
        let read = self
            .services
            .store
            .read(move |tx| renders::is_called_off(tx, id).boxed());
        // A database that is away is asked again with the next look at the queue.
        read.await.unwrap_or(false)
    }

    fn shows_partials(&self) -> bool {
        self.showing.shows()
    }

    async fn partial(&self, picture: Vec<u8>) {
        self.showing.put(picture);
    }
}
