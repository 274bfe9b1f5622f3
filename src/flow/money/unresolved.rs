//! Lists paid calls of unknown outcome, and lets those who may use the treasury decide about them.

use futures::FutureExt;

use super::treasury::{self, TreasuryAnswer};
use crate::domain::guild::operator::Rules;
use crate::domain::ids::{GuildId, RenderId, UserId};
use crate::domain::image::render::{Ruling, State, Verdict};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::flow::access::Caller;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{Tx, drafts, jobs, ledger, renders};
use crate::wording::{self, Unresolved};

/// How many unresolved images are searched at most for what somebody types.
const CHOICES: i64 = 100;

/// A member's decision about one image, as the command tells it.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The image, as it was typed.
    pub image: Option<String>,
    /// What becomes of its credits.
    pub verdict: Option<Verdict>,
    /// The reason, as it was typed.
    pub reason: Option<String>,
}

/// Lists unresolved images or decides about one, and answers `/treasury unresolved`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn unresolved(services: &Services, caller: &Caller, choice: Choice) -> Result<String, Error> {
    let guild = caller.guild();
    let Choice {
        image,
        verdict,
        reason,
    } = choice;
    let (image, verdict) = match (image, verdict) {
        (None, None) => {
            let rules = services.rules.clone();
            let read = services
                .store
                .read(move |tx| async move { list_in(tx, &rules, guild).await }.boxed());
            return read.await;
        }
        (Some(image), Some(verdict)) => (image, verdict),
        (Some(_), None) | (None, Some(_)) => return Ok(wording::HALF_A_DECISION.to_owned()),
    };
    let Some(render) = image.trim().parse::<RenderId>().ok() else {
        return Ok(wording::NO_SUCH_RENDER.to_owned());
    };
    let (decision, now_ms) = (
        decision(caller.by().user, verdict, reason.as_deref()),
        services.clock.now_ms(),
    );
    let done = services.change(move |tx| decide_in(tx, guild, render, decision.clone(), now_ms).boxed());
    Ok(done.await?.unwrap_or_else(|refusal| refusal))
}

/// Returns the choices for those who may decide, while they type: the name of each image, and what
/// it is.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn complete(
    services: &Services,
    caller: &Caller,
    typed: &str,
) -> Result<Vec<(String, String)>, Error> {
    let (guild, rules) = (caller.guild(), services.rules.clone());
    let read = services
        .store
        .read(move |tx| async move { all_in(tx, &rules, guild, CHOICES).await }.boxed());
    let typed = typed.trim().to_lowercase();
    let all = read.await?.into_iter().map(|one| {
        let choice = wording::unresolved_choice(&one);
        (one.render.to_string(), choice)
    });
    Ok(all
        .filter(|(name, choice)| name.contains(&typed) || choice.to_lowercase().contains(&typed))
        .collect())
}

/// Makes a decision, with its reason as the books keep it.
#[must_use]
pub fn decision(by: UserId, verdict: Verdict, reason: Option<&str>) -> Ruling {
    Ruling {
        verdict,
        by,
        reason: reason.and_then(treasury::cleaned),
    }
}

/// Lists unresolved images in a transaction. The caller has checked who may.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn list_in(tx: &mut Tx, rules: &Rules, guild: GuildId) -> Result<String, Error> {
    let mut all = all_in(tx, rules, guild, limits::UNRESOLVED_LINES + 1).await?;
    let shown = usize::try_from(limits::UNRESOLVED_LINES).unwrap_or(usize::MAX);
    let more = all.len() > shown;
    all.truncate(shown);
    Ok(wording::unresolved(&all, more))
}

async fn all_in(tx: &mut Tx, rules: &Rules, guild: GuildId, max: i64) -> Result<Vec<Unresolved>, Error> {
    let mut all = Vec::new();
    for render in renders::unknown(tx, guild, max).await? {
        let draft = drafts::get(tx, render.draft).await?;
        let spec = rules.spec(render.stage);
        all.push(Unresolved {
            render: render.id,
            number: render.number,
            tier: spec.tier,
            price: render.price,
            thread: draft.thread(),
            prompt: draft.prompt,
            requester: draft.requester,
            engine: rules.asked(&render).engine,
            request: render.bill.request.clone(),
            queued_ms: render.queued_ms,
        });
    }
    Ok(all)
}

/// Decides about an image in a transaction. The caller has checked who may. A second decision, and
/// one that comes after the picture, change nothing.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn decide_in(
    tx: &mut Tx,
    guild: GuildId,
    id: RenderId,
    decision: Ruling,
    now_ms: i64,
) -> Result<TreasuryAnswer, Error> {
    match renders::find(tx, id).await? {
        Some(found) if found.guild == guild => {}
        Some(_) | None => return Ok(Err(wording::NO_SUCH_RENDER.to_owned())),
    }
    let render = renders::lock(tx, id).await?;
    if render.state != State::Unknown {
        let earlier = ledger::decision(tx, id).await?;
        return Ok(Err(wording::not_unresolved(earlier.as_ref())));
    }
    let state = render.state.clone().write_off();
    let state = state.map_err(|error| Error::broken(error.to_string()))?;
    renders::set_state(tx, &render, &state).await?;
    ledger::lock(tx, guild).await?;
    let held = ledger::open_hold(tx, &render).await?;
    let held = held.ok_or_else(|| Error::broken(format!("render {id} is unknown without a hold")))?;
    ledger::decide(tx, held, &decision, now_ms).await?;
    // The notice of an unknown outcome may be on its way to the thread at this moment.
    jobs::enqueue(tx, Job::Deliver(id), now_ms).await?;
    jobs::enqueue(tx, Job::ShowTally(id), now_ms).await?;
    if render.is_idea() {
        jobs::enqueue(tx, Job::ShowProgress(render.draft), now_ms).await?;
    }
    tracing::info!(render.id = %id, verdict = ?decision.verdict, "an unknown render was decided");
    let pool = ledger::read(tx, guild).await?;
    Ok(Ok(wording::decided(render.price, decision.verdict, &pool)))
}
