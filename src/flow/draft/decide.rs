//! Decides about a draft in one transaction, under the pool's lock, and records it.

use futures::FutureExt;

use super::drawn_before::DrawnBefore;
use super::offer::{self, like};
use super::request::{DraftRequest, Started};
use super::starter::cost_of;
use crate::discord::Reply;
use crate::domain::credits::{Credits, GuildPool};
use crate::domain::draft::admission::{Application, DraftBrief, Plan, Refusal, admit, may_ask};
use crate::domain::draft::entity::{Draft, Place};
use crate::domain::draft::fingerprint::Fingerprint;
use crate::domain::guild::operator::Rules;
use crate::domain::ids::{ProjectId, RenderId};
use crate::domain::image::number::Number;
use crate::domain::image::render::{Origin, Render};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::money::authorization::Shortage;
use crate::domain::money::project::Project;
use crate::domain::stage::Stage;
use crate::flow::error::Error;
use crate::flow::money::funds::{self, Payer, with_date};
use crate::flow::money::project;
use crate::flow::money::spend_limits::Spender;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Locked, Tx, drafts, jobs, ledger, renders};
use crate::wording;

/// What is done with a draft that may start.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// Its references are looked at. Nothing is recorded yet.
    LookAtReferences,
    /// It is recorded, unless the same was drawn before.
    RecordIfNew(Fingerprint),
    /// It is recorded.
    Record(Fingerprint),
}

/// What was decided about a draft.
pub(super) enum Decision {
    /// It was recorded, refused or offered.
    Ended(Started),
    /// It may start. Nothing is recorded.
    MayStart,
    /// It may start, and the same was drawn before. Nothing is recorded.
    Before(Box<DrawnBefore>),
}

/// Decides about a draft in one transaction.
pub(super) async fn decided(
    services: &Services,
    request: &DraftRequest,
    brief: &DraftBrief,
    ids: &[RenderId],
    then: Then,
) -> Result<Decision, Error> {
    let (rules, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let (request, brief, ids) = (request.clone(), brief.clone(), ids.to_vec());
    let decided = services.change(move |tx| {
        async move {
            let decided = match decide(tx, &rules, (&request, then), &brief, &ids, now_ms).await? {
                Ok(Decided::There(images, cost)) => Ok((images, cost)),
                Ok(Decided::Already(first)) => return Ok(Decision::Ended(already(&first))),
                Ok(Decided::New { plan, .. }) if let Some(offered) = offered(&request, plan.cost) => {
                    return Ok(Decision::Ended(offered));
                }
                Ok(Decided::New {
                    plan,
                    project,
                    before: Some(draft),
                    ..
                }) => {
                    return Ok(Decision::Before(Box::new(DrawnBefore {
                        images: renders::of_draft(tx, draft.id).await?,
                        wanted: u32::try_from(brief.images).unwrap_or(u32::MAX),
                        cost: plan.cost,
                        draft,
                        project,
                    })));
                }
                Ok(Decided::New {
                    mut pool,
                    project,
                    plan,
                    before: None,
                }) => match then {
                    Then::LookAtReferences => return Ok(Decision::MayStart),
                    Then::RecordIfNew(fingerprint) | Then::Record(fingerprint) => {
                        let cost = plan.cost;
                        let new = (&request, &brief, project, fingerprint);
                        write(tx, &mut pool, new, plan, now_ms).await?;
                        Ok((brief.images, cost))
                    }
                },
                Err(refusal) => Err(refusal),
            };
            // A draft does not queue behind approvals that wait for credits, but its requester is
            // told of them.
            let awaited = wording::awaited(&funds::awaiting(tx, request.guild).await?);
            Ok(Decision::Ended(match decided {
                Ok((images, cost)) => Started::Accepted {
                    answer: wording::accepted(images, cost) + awaited.as_str(),
                    note: None,
                },
                Err(short @ Refusal::Short(Shortage::Pool(_))) => {
                    Started::Refused(wording::refusal(&short) + awaited.as_str())
                }
                Err(refusal) => Started::Refused(wording::refusal(&refusal)),
            }))
        }
        .boxed()
    });
    decided.await
}

/// A draft that may start.
enum Decided {
    /// It has started already, with so many images at this price.
    There(usize, Credits),
    /// The same press has asked for this draft a moment ago.
    Already(Draft),
    /// It is new.
    New {
        pool: Locked<GuildPool>,
        project: Option<ProjectId>,
        plan: Plan,
        /// The same, if it was looked for and was drawn before.
        before: Option<Draft>,
    },
}

/// Decides under the pool's lock whether a draft may start.
async fn decide(
    tx: &mut Tx,
    rules: &Rules,
    (request, then): (&DraftRequest, Then),
    brief: &DraftBrief,
    ids: &[RenderId],
    now_ms: i64,
) -> Result<Result<Decided, Refusal>, Error> {
    ledger::ensure(tx, request.guild).await?;
    let pool = ledger::lock(tx, request.guild).await?;
    let (first, before) = match then {
        Then::RecordIfNew(fingerprint) => {
            drafts::find_or_alike(tx, request.id, request.channel, fingerprint).await?
        }
        Then::LookAtReferences | Then::Record(_) => (drafts::find(tx, request.id).await?, None),
    };
    if let Some(first) = first {
        let renders = renders::of_draft(tx, request.id).await?;
        return Ok(Ok(Decided::There(first.images as usize, cost_of(&renders)?)));
    }
    // Two of these wait for each other at the pool's lock, so the second sees what the first wrote.
    if let Some(first) = pressed_before(tx, request, brief, now_ms).await? {
        return Ok(Ok(Decided::Already(first)));
    }
    let chosen = settings::rules_in(tx, rules, request.guild).await?;
    if let Err(refusal) = may_ask(&chosen, &request.roles, request.parent.unwrap_or(request.channel)) {
        return Ok(Err(refusal));
    }
    let project = match named_project(tx, request).await? {
        Ok(project) => project,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let references = match rules.references_price(request.references.count()) {
        Ok(price) => price,
        Err(sum) => return Ok(Err(Refusal::Sum(sum))),
    };
    let spender = Spender {
        member: request.requester,
        roles: Some(request.roles.clone()),
    };
    let payer = Payer {
        rules: &chosen,
        spender: &spender,
        project: project.as_ref(),
        stage: Stage::Explore,
    };
    let funds = funds::load(tx, &pool, &payer, now_ms).await?;
    let application = Application {
        catalog: &rules.catalog,
        stages: &chosen.stages,
        brief,
        guild: request.guild,
        renders: ids,
        open_drafts: drafts::open_count(tx, request.guild).await?,
        references,
    };
    let plan = match admit(&application, &funds) {
        Ok(plan) => plan,
        Err(Refusal::Short(shortage)) => {
            let dated = with_date(tx, request.guild, shortage, &spender).await?;
            return Ok(Err(Refusal::Short(dated)));
        }
        Err(refusal) => return Ok(Err(refusal)),
    };
    let project = project.map(|project| project.id);
    Ok(Ok(Decided::New {
        pool,
        project,
        plan,
        before,
    }))
}

/// Writes an admitted draft: its row, its renders, their holds, and the job that opens its thread.
async fn write(
    tx: &mut Tx,
    pool: &mut Locked<GuildPool>,
    (request, brief, project, fingerprint): (&DraftRequest, &DraftBrief, Option<ProjectId>, Fingerprint),
    plan: Plan,
    now_ms: i64,
) -> Result<(), Error> {
    let last_stage = plan.ladder.last().map_or(Stage::Explore, |(stage, _)| *stage);
    let draft = draft(request, brief, project, last_stage, now_ms);
    drafts::insert(tx, &draft, Some(fingerprint)).await?;
    if let Some(press) = request.pressed {
        drafts::set_press(tx, request.id, press.priced(None)).await?;
    }
    let pixels = plan.ladder.first().map(|(_, pixels)| *pixels);
    let pixels = pixels.ok_or_else(|| Error::broken("a plan without a first stage"))?;
    let price = plan.authorization.price();
    let queued = (1..).zip(plan.authorization.renders()).map(|(position, id)| {
        let origin = Origin {
            draft: request.id,
            guild: request.guild,
            parent: None,
            after: None,
            number: Number::first(position),
        };
        Render::queued(*id, origin, Stage::Explore, price, pixels, now_ms)
    });
    let queued: Vec<Render> = queued.collect();
    if renders::insert_all(tx, &queued).await? != queued.len() {
        return Err(Error::broken(format!(
            "a render of draft {} is there before it",
            request.id
        )));
    }
    ledger::hold(tx, pool, plan.authorization, now_ms).await?;
    Ok(jobs::enqueue(tx, Job::OpenThread(request.id), now_ms).await?)
}

/// Returns the draft that the same press by the same member asked for a moment ago, if anything of it
/// is drawn.
async fn pressed_before(
    tx: &mut Tx,
    request: &DraftRequest,
    brief: &DraftBrief,
    now_ms: i64,
) -> Result<Option<Draft>, Error> {
    let Some(press) = request.pressed else {
        return Ok(None);
    };
    let (by, since_ms) = (request.requester, now_ms - limits::SAME_PRESS_MS);
    let found = drafts::pressed_since(tx, press.priced(None), by, since_ms).await?;
    Ok(found.into_iter().find(|first| first.prompt == brief.prompt))
}

/// Says that a press was repeated, and where its draft is.
fn already(first: &Draft) -> Started {
    let place = first.thread().unwrap_or(first.channel);
    Started::Refused(wording::already_drafting(first.images as usize, place))
}

/// Returns the answer to a press that showed another price than the draft costs.
fn offered(request: &DraftRequest, cost: Credits) -> Option<Started> {
    let press = request.pressed?;
    let shown = press.offer()?.price;
    let like = like(press)?;
    (shown != Some(cost)).then(|| {
        Started::Offered(Box::new(Reply {
            content: wording::costs_now(cost, shown),
            buttons: vec![offer::labelled(press.priced(Some(cost)), like, Some(cost))],
            ..Reply::default()
        }))
    })
}

/// Returns the project that a draft is asked for, if one is named.
async fn named_project(
    tx: &mut Tx,
    request: &DraftRequest,
) -> Result<Result<Option<Project>, Refusal>, Error> {
    let Some(typed) = &request.options.project else {
        return Ok(Ok(None));
    };
    Ok(match project::named(tx, request.guild, typed).await? {
        Ok(project) if project.closed_ms.is_some() => Err(Refusal::ProjectClosed(project.name)),
        Ok(project) => Ok(Some(project)),
        Err(unknown) => Err(Refusal::NoProject(unknown)),
    })
}

fn draft(
    request: &DraftRequest,
    brief: &DraftBrief,
    project: Option<ProjectId>,
    last_stage: Stage,
    now_ms: i64,
) -> Draft {
    Draft {
        id: request.id,
        guild: request.guild,
        channel: request.channel,
        parent: request.parent,
        requester: request.requester,
        project,
        prompt: brief.prompt.clone(),
        keep: brief.keep.clone(),
        ratio: brief.ratio,
        images: u32::try_from(brief.images).unwrap_or(u32::MAX),
        references: u32::try_from(request.references.count()).unwrap_or(u32::MAX),
        last_stage,
        place: Place::Opening(None),
        answer_token: Some(request.token.clone()),
        forgotten: false,
        references_removed_ms: None,
        prompt_removed_ms: None,
        created_ms: now_ms,
    }
}
