//! Accepts a draft: checks it, holds its price and queues its renders.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::offer::{self, like};
use super::references::{self, References};
use crate::discord::ButtonView;
use crate::domain::button::Button;
use crate::domain::credits::{Credits, GuildPool};
use crate::domain::draft::admission::{
    Application, DraftBrief, DraftOptions, Plan, Refusal, admit, may_ask, parse,
};
use crate::domain::draft::entity::{Draft, Place};
use crate::domain::guild::operator::Rules;
use crate::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, ProjectId, RenderId, RoleId, UserId};
use crate::domain::image::number::Number;
use crate::domain::image::reference::{self, BadReference};
use crate::domain::image::render::{Origin, Render};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::money::authorization::Shortage;
use crate::domain::money::project::Project;
use crate::domain::stage::Stage;
use crate::flow::draft::starter::cost_of;
use crate::flow::error::Error;
use crate::flow::money::funds::{self, Payer, with_date};
use crate::flow::money::project;
use crate::flow::money::spend_limits::Spender;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Locked, Tx, drafts, jobs, ledger, renders};
use crate::wording;

/// A member's request for a draft.
#[derive(Clone, Debug)]
pub struct DraftRequest {
    /// The interaction's id, which becomes the draft's.
    pub id: DraftId,
    /// The guild whose pool pays.
    pub guild: GuildId,
    /// The channel or thread of the request.
    pub channel: ChannelId,
    /// The channel of that thread, if it is one.
    pub parent: Option<ChannelId>,
    /// The member who asks.
    pub requester: UserId,
    /// The roles of the requester.
    pub roles: BTreeSet<RoleId>,
    /// The interaction's token, for the private answer.
    pub token: AnswerToken,
    /// The options as they were typed.
    pub options: DraftOptions,
    /// The pictures that the draft is based on.
    pub references: References,
    /// The button or form that asked for the draft, with the price that it showed. `None`: a command
    /// asked.
    pub pressed: Option<Button>,
}

/// The outcome of a request, in words for the requester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// The draft is accepted.
    Accepted {
        /// The answer. It changes when the draft's thread is open, so it need not be repeated if it
        /// is lost.
        answer: String,
        /// What the requester should also know, in a message of its own.
        note: Option<String>,
    },
    /// The draft may not start, and nothing is held.
    Refused(String),
    /// The draft costs something else than was shown, and nothing is held. The button asks for the
    /// same at the price that holds.
    Offered {
        /// The answer.
        answer: String,
        /// The button.
        button: ButtonView,
    },
}

/// Accepts a draft, or returns why not. A refused draft holds nothing. A repeat of the same
/// interaction finds the first draft.
///
/// References are fetched and decoded only for a draft that could start without them.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was held.
pub async fn start(services: &Services, request: DraftRequest) -> Result<Started, Error> {
    let brief = match parse(&request.options, &services.rules.catalog, &services.rules.crops) {
        Ok(brief) => brief,
        Err(refusal) => return Ok(Started::Refused(wording::refusal(&refusal))),
    };
    let (id, references) = (request.id, request.references.count());
    let mut ids: Vec<RenderId> = (0..brief.images).map(|_| services.render_id()).collect();
    // Work of the same age is done in the order of ids: the first image first.
    ids.sort_unstable();
    let mut note = None;
    if references > 0 {
        if let Some(ended) = decided(services, &request, &brief, &ids, Then::LookAtReferences).await? {
            return Ok(ended);
        }
        match kept(services, &request).await? {
            Ok(first_frames) if first_frames.is_empty() => {}
            Ok(first_frames) => note = Some(wording::first_frames(&first_frames)),
            Err(bad) => return Ok(Started::Refused(wording::refusal(&Refusal::Reference(bad)))),
        }
    }
    let started = decided(services, &request, &brief, &ids, Then::Record).await?;
    let started = started.ok_or_else(|| Error::broken("a draft was neither accepted nor refused"))?;
    Ok(match started {
        Started::Accepted { answer, .. } => Started::Accepted { answer, note },
        refused @ (Started::Refused(_) | Started::Offered { .. }) => {
            // The draft was not accepted.
            references::remove(services, id, references).await?;
            refused
        }
    })
}

/// What is done with a draft that may start.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Its references are looked at. Nothing is recorded yet.
    LookAtReferences,
    /// It is recorded.
    Record,
}

/// Decides about a draft in one transaction. Returns nothing if it may start and is not to be
/// recorded yet.
async fn decided(
    services: &Services,
    request: &DraftRequest,
    brief: &DraftBrief,
    ids: &[RenderId],
    then: Then,
) -> Result<Option<Started>, Error> {
    let (rules, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let (request, brief, ids) = (request.clone(), brief.clone(), ids.to_vec());
    let decided = services.change(move |tx| {
        async move {
            let decided = match decide(tx, &rules, &request, &brief, &ids, now_ms).await? {
                Ok(Decided::There(images, cost)) => Ok((images, cost)),
                Ok(Decided::Already(first)) => return Ok(Some(already(&first))),
                Ok(Decided::New { plan, .. }) if let Some(offered) = offered(&request, plan.cost) => {
                    return Ok(Some(offered));
                }
                Ok(Decided::New { .. }) if then == Then::LookAtReferences => return Ok(None),
                Ok(Decided::New {
                    mut pool,
                    project,
                    plan,
                }) => {
                    let cost = plan.cost;
                    write(tx, &mut pool, (&request, &brief, project), plan, now_ms).await?;
                    Ok((brief.images, cost))
                }
                Err(refusal) => Err(refusal),
            };
            // A draft does not queue behind approvals that wait for credits, but its requester is
            // told of them.
            let awaited = wording::awaited(&funds::awaiting(tx, request.guild).await?);
            Ok(Some(match decided {
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

/// Keeps the references of a draft, if the engine of the first stage takes any. Returns the names
/// of animations among them.
async fn kept(
    services: &Services,
    request: &DraftRequest,
) -> Result<Result<Vec<String>, BadReference>, Error> {
    let spec = services.rules.spec(Stage::Explore);
    let model = services.rules.catalog.model(spec);
    let looked = match &request.references {
        References::Offered(files) => reference::check(files, &spec.engine, model),
        References::None | References::Of(..) | References::Picture(_) => {
            reference::count(request.references.count(), &spec.engine, model)
        }
    };
    match looked {
        Ok(()) => references::keep(services, request.id, &request.references).await,
        Err(bad) => Ok(Err(bad)),
    }
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
    },
}

/// Decides under the pool's lock whether a draft may start.
async fn decide(
    tx: &mut Tx,
    rules: &Rules,
    request: &DraftRequest,
    brief: &DraftBrief,
    ids: &[RenderId],
    now_ms: i64,
) -> Result<Result<Decided, Refusal>, Error> {
    ledger::ensure(tx, request.guild).await?;
    let pool = ledger::lock(tx, request.guild).await?;
    if let Some(first) = drafts::find(tx, request.id).await? {
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
    Ok(Ok(Decided::New { pool, project, plan }))
}

/// Writes an admitted draft: its row, its renders, their holds, and the job that opens its thread.
async fn write(
    tx: &mut Tx,
    pool: &mut Locked<GuildPool>,
    (request, brief, project): (&DraftRequest, &DraftBrief, Option<ProjectId>),
    plan: Plan,
    now_ms: i64,
) -> Result<(), Error> {
    let last_stage = plan.ladder.last().map_or(Stage::Explore, |(stage, _)| *stage);
    drafts::insert(tx, &draft(request, brief, project, last_stage, now_ms)).await?;
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
    (shown != Some(cost)).then(|| Started::Offered {
        answer: wording::costs_now(cost, shown),
        button: offer::labelled(press.priced(Some(cost)), like, Some(cost)),
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

pub(in crate::flow) fn draft(
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
        created_ms: now_ms,
    }
}
