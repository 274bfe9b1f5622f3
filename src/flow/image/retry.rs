//! Retries a failed render at the price it had.

use futures::FutureExt;

use crate::domain::actor::Actor;
use crate::domain::approval::vote::Image;
use crate::domain::approval::{NotARetrier, refuse_retrier};
use crate::domain::credits::GuildPool;
use crate::domain::draft::entity::Draft;
use crate::domain::guild::operator::Rules;
use crate::domain::ids::RenderId;
use crate::domain::image::render::Render;
use crate::domain::job::Job;
use crate::domain::money::authorization::{self as money, FailedRender, Funds};
use crate::flow::access::OfGuild;
use crate::flow::approval::barred::barred;
use crate::flow::error::Error;
use crate::flow::kept::{prompt_gone, references_removed, source_removed};
use crate::flow::money::funds::{self, Payer, with_date};
use crate::flow::money::project;
use crate::flow::money::spend_limits::Spender;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Locked, Tx, drafts, jobs, ledger, renders};
use crate::wording;

/// Queues a failed render again, at the price it had: its approval, or its draft, still stands.
/// Answers privately.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn try_again(services: &Services, failed: OfGuild<RenderId>, by: Actor) -> Result<String, Error> {
    let failed = failed.id();
    let spender = match spender(services, failed, &by, wording::NO_RETRY).await? {
        Ok((_, spender)) => spender,
        Err(refusal) => return Ok(refusal),
    };
    let (rules, now_ms, new) = (
        services.rules.clone(),
        services.clock.now_ms(),
        services.render_id(),
    );
    let answer = services.change(move |tx| {
        async move {
            let image = renders::lock(tx, failed).await?;
            let live = renders::live(tx, image.draft, image.number, image.stage).await?;
            let Some(failed) = FailedRender::new(&image, live.is_some()) else {
                return Ok(wording::NO_RETRY.to_owned());
            };
            let draft = drafts::get(tx, image.draft).await?;
            if let Some(gone) = gone(tx, &rules, &image, &draft).await? {
                return Ok(gone);
            }
            if let Err(why) = refuse(tx, &image, &draft, &by).await? {
                return Ok(wording::no_retry(&why));
            }
            let mut pool = ledger::lock(tx, image.guild).await?;
            let funds = funds(tx, (&rules, &pool), (&image, &draft), &spender, now_ms).await?;
            let authorization = match money::retry(&failed, new, &funds) {
                Ok(authorization) => authorization,
                Err(shortage) => {
                    let shortage = with_date(tx, image.guild, shortage, &spender).await?;
                    return Ok(wording::unpaid(&shortage));
                }
            };
            let (stage, price) = (image.stage, image.price);
            let second = Render {
                changes: image.changes.clone(),
                ..Render::queued(new, image.origin(), stage, price, image.want, now_ms)
            };
            if !renders::insert(tx, &second).await? {
                return Ok(wording::NO_RETRY.to_owned());
            }
            ledger::hold(tx, &mut pool, authorization, now_ms).await?;
            jobs::enqueue(tx, Job::Render(new), now_ms).await?;
            jobs::enqueue(tx, Job::ShowTally(image.id), now_ms).await?;
            if image.is_idea() {
                jobs::enqueue(tx, Job::ShowProgress(image.draft), now_ms).await?;
            }
            Ok::<_, Error>(wording::retrying(price))
        }
        .boxed()
    });
    let answer = answer.await?;
    Ok(answer)
}

/// Returns the draft of an image of which another picture is asked for, and who would spend on it: the
/// requester of the draft. Returns the refusal where the picture could not be posted, and `none` where
/// there is no such image.
pub(super) async fn spender(
    services: &Services,
    image: RenderId,
    by: &Actor,
    none: &str,
) -> Result<Result<(Draft, Spender), String>, Error> {
    let Some(draft) = draft_of(services, image).await? else {
        return Ok(Err(none.to_owned()));
    };
    if let Some(thread) = draft.thread()
        && let Some(bar) = barred(services, draft.guild, draft.around(), thread).await?
    {
        return Ok(Err(wording::not_drawn_where_barred(&bar)));
    }
    let spender = if draft.requester == by.user {
        Spender {
            member: by.user,
            roles: Some(by.member.roles.clone()),
        }
    } else {
        Spender::absent(services, draft.guild, draft.requester).await?
    };
    Ok(Ok((draft, spender)))
}

/// Returns the draft of a render. Returns nothing if there is no such render.
async fn draft_of(services: &Services, render: RenderId) -> Result<Option<Draft>, Error> {
    let read = services.store.read(move |tx| {
        async move {
            match renders::find(tx, render).await? {
                None => Ok(None),
                Some(render) => Ok::<_, Error>(Some(drafts::get(tx, render.draft).await?)),
            }
        }
        .boxed()
    });
    read.await
}

/// Says what another try would be made of and is not kept any more. Returns nothing if all is there.
async fn gone(tx: &mut Tx, rules: &Rules, image: &Image, draft: &Draft) -> Result<Option<String>, Error> {
    if let Some(gone) = prompt_gone(rules, draft) {
        return Ok(Some(gone));
    }
    let source = image.after.or(image.parent);
    if source.is_none() && draft.references > 0 {
        return Ok(references_removed(rules, draft));
    }
    source_removed(tx, rules, source).await
}

/// Loads the funds for another try.
async fn funds(
    tx: &mut Tx,
    (rules, pool): (&Rules, &Locked<GuildPool>),
    (image, draft): (&Image, &Draft),
    spender: &Spender,
    now_ms: i64,
) -> Result<Funds, Error> {
    let chosen = settings::rules_in(tx, rules, image.guild).await?;
    let project = project::of_draft(tx, draft.project).await?;
    let payer = Payer {
        rules: &chosen,
        spender,
        project: project.as_ref(),
        stage: image.stage,
    };
    funds::load(tx, pool, &payer, now_ms).await
}

/// Refuses a member who may not retry a failed render, by the terms under which its parent was
/// approved.
async fn refuse(
    tx: &mut Tx,
    image: &Image,
    draft: &Draft,
    by: &Actor,
) -> Result<Result<(), NotARetrier>, Error> {
    let parent = match image.parent {
        None => None,
        Some(parent) => {
            let parent = renders::find(tx, parent).await?;
            let terms = parent.and_then(|parent| parent.vote.terms().cloned());
            Some(terms.ok_or_else(|| Error::broken("an image of a later stage without a vote"))?)
        }
    };
    Ok(refuse_retrier(parent.as_ref(), draft.requester, by))
}
