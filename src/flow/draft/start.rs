//! A draft: accepted, shown, cancelled.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::references::{self, References};
use crate::discord::{self, Button, File, Post, Style};
use crate::domain::credits::Credits;
use crate::domain::draft::admission::{DraftBrief, DraftOptions, Funds, Refusal, admit, may_ask, parse};
use crate::domain::engine::cost::Usd;
use crate::domain::guild::operator::Rules;
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{
    AnswerToken, ChannelId, DraftId, GuildId, MessageId, ProjectId, RenderId, RoleId, UserId,
};
use crate::domain::image::reference::{self, BadReference};
use crate::domain::image::render::State;
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::stage::Stage;
use crate::flow::done::Done;
use crate::flow::engine::eta;
use crate::flow::error::Error;
use crate::flow::money::project;
use crate::flow::money::spend_limits::{self, Spender};
use crate::flow::posting::{if_it_can, lasting};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::drafts::{self, Draft, Place};
use crate::store::projects::{self, Project};
use crate::store::renders::{self, Origin, Render};
use crate::store::{Tx, jobs, ledger};
use crate::wording::{self, Progress, Wait};

/// Who asks for a draft, and where.
#[derive(Clone, Debug)]
pub struct DraftRequest {
    /// The interaction's id: the draft's.
    pub id: DraftId,
    /// Whose pool pays.
    pub guild: GuildId,
    /// Where.
    pub channel: ChannelId,
    /// The channel of that thread, if it is one.
    pub parent: Option<ChannelId>,
    /// Who.
    pub requester: UserId,
    /// The roles that they have.
    pub roles: BTreeSet<RoleId>,
    /// The interaction's token, for the private answer.
    pub token: AnswerToken,
    /// What they typed.
    pub options: DraftOptions,
    /// What it is to be drawn after.
    pub references: References,
}

/// What became of an ask, in words for who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Started {
    /// It is accepted. More will be said when its thread is open, so this need not be repeated if it is lost.
    Accepted(String),
    /// It may not start, and nothing is held.
    Refused(String),
}

/// Accepts a draft, or says why not. Nothing is held when it is refused, and a repeat of the same interaction finds the
/// first.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was held.
pub async fn start(services: &Services, request: DraftRequest) -> Result<Started, Error> {
    let brief = match parse(&request.options, &services.rules.catalog, &services.rules.crops) {
        Ok(brief) => brief,
        Err(refusal) => return Ok(Started::Refused(wording::refusal(&refusal))),
    };
    if let Err(bad) = kept(services, &request).await? {
        return Ok(Started::Refused(wording::refusal(&Refusal::Reference(bad))));
    }
    let (id, references) = (request.id, request.references.count());
    let (rules, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let mut ids: Vec<RenderId> = (0..brief.images).map(|_| services.render_id()).collect();
    // Work of the same age is done in the order of ids: the first image first.
    ids.sort_unstable();
    let started = services.change(move |tx| {
        async move {
            let accepted = accept(tx, &rules, &request, &brief, &ids, now_ms).await?;
            // A draft does not queue behind approvals that wait for credits, but who spends some is told of them.
            let awaited = wording::awaited(&project::awaiting(tx, request.guild, None).await?);
            Ok(match accepted {
                Ok((images, cost)) => Started::Accepted(wording::accepted(images, cost) + &awaited),
                Err(short @ Refusal::InsufficientCredits { .. }) => {
                    Started::Refused(wording::refusal(&short) + &awaited)
                }
                Err(refusal) => Started::Refused(wording::refusal(&refusal)),
            })
        }
        .boxed()
    });
    let started = started.await?;
    if let Started::Refused(_) = started {
        // There is no such draft.
        references::remove(services, id, references).await?;
    }
    Ok(started)
}

/// Keeps what a draft is to be drawn after, if what draws ideas takes it.
async fn kept(services: &Services, request: &DraftRequest) -> Result<Result<(), BadReference>, Error> {
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

/// Writes a draft down with its renders and their holds, unless it may not start. Gives its images and their price.
async fn accept(
    tx: &mut Tx,
    rules: &Rules,
    request: &DraftRequest,
    brief: &DraftBrief,
    ids: &[RenderId],
    now_ms: i64,
) -> Result<Result<(usize, Credits), Refusal>, Error> {
    ledger::ensure(tx, request.guild).await?;
    let mut locked = ledger::lock(tx, request.guild).await?;
    if let Some(first) = drafts::find(tx, request.id).await? {
        let renders = renders::of_draft(tx, request.id).await?;
        return Ok(Ok((first.images as usize, cost_of(&renders)?)));
    }
    let chosen = settings::rules_in(tx, rules, request.guild).await?;
    if let Err(refusal) = may_ask(&chosen, &request.roles, request.parent.unwrap_or(request.channel)) {
        return Ok(Err(refusal));
    }
    let project = match named_project(tx, request).await? {
        Ok(project) => project,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let mut funds = funds(tx, request, &locked, &chosen, project.as_ref(), now_ms).await?;
    funds.references = match rules.references_price(request.references.count()) {
        Ok(price) => price,
        Err(sum) => return Ok(Err(Refusal::Sum(sum))),
    };
    let stages = &chosen.stages;
    let plan = match admit(&rules.catalog, stages, &funds, brief, request.guild, ids) {
        Ok(plan) => plan,
        Err(Refusal::LimitReached(full)) => {
            let full = spend_limits::dated(tx, request.guild, full, request.requester).await?;
            return Ok(Err(Refusal::LimitReached(full)));
        }
        Err(refusal) => return Ok(Err(refusal)),
    };
    let last_stage = plan.ladder.last().map_or(Stage::Explore, |(stage, _)| *stage);
    let project = project.map(|project| project.id);
    drafts::insert(tx, &draft(request, brief, project, last_stage, now_ms)).await?;
    let pixels = plan.ladder.first().map(|(_, pixels)| *pixels);
    let pixels = pixels.ok_or_else(|| Error::broken("a plan without a first stage"))?;
    for (position, authorization) in (1..).zip(plan.authorizations) {
        let origin = Origin {
            draft: request.id,
            guild: request.guild,
            parent: None,
            position,
        };
        let (id, price) = (authorization.render(), authorization.price());
        let render = Render::queued(id, origin, Stage::Explore, price, pixels, now_ms);
        if !renders::insert(tx, &render).await? {
            return Err(Error::broken(format!("render {id} is there before its draft")));
        }
        if ledger::hold(tx, &mut locked, authorization, now_ms)
            .await?
            .is_err()
        {
            return Err(Error::broken(
                "the pool or a budget is short of a draft that was just admitted",
            ));
        }
    }
    jobs::enqueue(tx, Job::OpenThread(request.id), now_ms).await?;
    Ok(Ok((brief.images, plan.cost)))
}

/// The project that a draft is asked for, if one is named.
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

/// What a draft is judged by. `locked` says that nobody else spends meanwhile.
async fn funds(
    tx: &mut Tx,
    request: &DraftRequest,
    locked: &ledger::Locked,
    chosen: &GuildRules,
    project: Option<&Project>,
    now_ms: i64,
) -> Result<Funds, Error> {
    let spender = Spender {
        member: request.requester,
        roles: Some(request.roles.clone()),
    };
    let mut funds = Funds {
        pool: locked.pool(),
        open_drafts: drafts::open_count(tx, request.guild).await?,
        spend_limits: spend_limits::usages(tx, locked, chosen, &spender, Stage::Explore, now_ms).await?,
        project: None,
        references: Credits::ZERO,
    };
    if let Some(project) = project {
        let bucket = projects::bucket(tx, project, Stage::Explore).await?;
        funds.project = Some((project.name.clone(), bucket));
    }
    Ok(funds)
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

async fn load(services: &Services, id: DraftId) -> Result<(Draft, Vec<Render>), Error> {
    let read = services.store.read(move |tx| {
        async move { Ok::<_, Error>((drafts::get(tx, id).await?, renders::of_draft(tx, id).await?)) }.boxed()
    });
    read.await
}

/// Posts the starter, opens the thread from it, queues the renders, and finishes the private answer. Each step is
/// recorded before the next, so that a second run goes on where the first was cut; and none undoes what another worker
/// has recorded meanwhile.
///
/// # Errors
/// [`Error`]. A thread that can never be opened is none: the draft's credits come back.
pub async fn open_thread(services: &Services, id: DraftId, attempts: u32) -> Result<Done, Error> {
    let (mut draft, renders) = load(services, id).await?;
    if let Place::Opening(starter) = draft.place {
        let starter = match starter {
            Some(starter) => Ok(starter),
            None => lasting(post_starter(services, &draft, &renders, attempts).await?)?,
        };
        draft.place = match starter {
            Err(error) => abandon(services, id, None, &error).await?,
            Ok(starter) => match open_from(services, &draft, starter).await? {
                Ok(place) => place,
                Err(error) => abandon(services, id, Some(starter), &error).await?,
            },
        };
    }
    if let Place::Abandoned(Some(starter)) = draft.place {
        withdraw_starter(services, &draft, starter, cost_of(&renders)?).await?;
    }
    answer(services, &draft, &renders).await?;
    Ok(Done::Finished)
}

/// Notes the starter, opens the thread and queues the renders.
async fn open_from(
    services: &Services,
    draft: &Draft,
    starter: MessageId,
) -> Result<Result<Place, discord::Error>, Error> {
    let place = settle_place(services, draft.id, Place::Opening(Some(starter))).await?;
    if !matches!(place, Place::Opening(_)) {
        return Ok(Ok(place));
    }
    if draft.parent.is_some() {
        let thread = draft.channel;
        return Ok(Ok(settle_place(
            services,
            draft.id,
            Place::Open { starter, thread },
        )
        .await?));
    }
    let name = wording::thread_name(&draft.prompt);
    let opened = services.discord.open_thread(draft.channel, starter, &name).await;
    match lasting(opened)? {
        Ok(thread) => Ok(Ok(settle_place(
            services,
            draft.id,
            Place::Open { starter, thread },
        )
        .await?)),
        Err(error) => Ok(Err(error)),
    }
}

/// Records a place, with what follows from it, unless the draft is open or abandoned already. Gives the place that it has.
async fn settle_place(services: &Services, id: DraftId, place: Place) -> Result<Place, Error> {
    let now_ms = services.clock.now_ms();
    let settled = services.change(move |tx| {
        async move {
            let draft = drafts::lock(tx, id).await?;
            if !matches!(draft.place, Place::Opening(_)) {
                return Ok(draft.place);
            }
            match place {
                Place::Opening(_) => {}
                Place::Open { .. } => queue_renders(tx, id, now_ms).await?,
                Place::Abandoned(_) => drop(cancel_queued(tx, id, now_ms).await?),
            }
            drafts::set_place(tx, id, place).await?;
            Ok(place)
        }
        .boxed()
    });
    settled.await
}

async fn queue_renders(tx: &mut Tx, id: DraftId, now_ms: i64) -> Result<(), Error> {
    for render in renders::of_draft(tx, id).await? {
        if render.state.is_pending() {
            jobs::enqueue(tx, Job::Render(render.id), now_ms).await?;
        }
    }
    Ok(jobs::enqueue(tx, Job::ShowProgress(id), now_ms).await?)
}

/// Gives back every hold of a draft whose thread can never be.
async fn abandon(
    services: &Services,
    id: DraftId,
    starter: Option<MessageId>,
    why: &discord::Error,
) -> Result<Place, Error> {
    tracing::warn!(draft.id = %id, "the thread cannot be opened: {why}");
    settle_place(services, id, Place::Abandoned(starter)).await
}

async fn post_starter(
    services: &Services,
    draft: &Draft,
    renders: &[Render],
    attempts: u32,
) -> Result<Result<MessageId, discord::Error>, Error> {
    let cancel = cancel_button(draft.id);
    if attempts > 1 {
        // An earlier run may have posted it and died before it could write that down.
        match services
            .discord
            .find_after(draft.channel, draft.id.get(), &cancel.id)
            .await
        {
            Ok(None) => {}
            Ok(Some(found)) => return Ok(Ok(found)),
            Err(error) => return Ok(Err(error)),
        }
    }
    let post = Post {
        content: starter_text(services, draft, renders, None).await?,
        nonce: format!("d{}", draft.id),
        mention: vec![draft.requester],
        reply_to: None,
        buttons: vec![cancel],
        files: starter_files(services, draft).await?,
    };
    Ok(services.discord.post(draft.channel, post).await)
}

/// Whether a starter shows more than its text. Then nothing is put in the place of that.
pub(in crate::flow) fn has_files(draft: &Draft) -> bool {
    draft.references > 0 || !wording::shows_whole(&draft.prompt)
}

/// What a starter shows besides its text: a prompt that is too long for it, and what the draft is drawn after.
async fn starter_files(services: &Services, draft: &Draft) -> Result<Vec<File>, Error> {
    let mut files = Vec::new();
    if !wording::shows_whole(&draft.prompt) {
        files.push(File {
            name: "prompt.txt".to_owned(),
            bytes: draft.prompt.as_str().as_bytes().to_vec(),
        });
    }
    let references = references::stored(services, draft.id, draft.references).await?;
    for (position, source) in (1..).zip(references.unwrap_or_default()) {
        let extension = source.mime.trim_start_matches("image/");
        files.push(File {
            name: format!("reference-{position}.{extension}"),
            bytes: source.bytes.to_vec(),
        });
    }
    Ok(files)
}

/// Says in a starter that nothing came of it, and takes its button away.
async fn withdraw_starter(
    services: &Services,
    draft: &Draft,
    starter: MessageId,
    cost: Credits,
) -> Result<(), Error> {
    let text = wording::starter_abandoned(draft.requester, &draft.prompt, cost);
    let edited = services.discord.edit(draft.channel, starter, &text, &[]).await;
    if_it_can("withdrawing a starter", edited)
}

/// Gives the private answer its last form; who asked may have dismissed it, which is as good.
async fn answer(services: &Services, draft: &Draft, renders: &[Render]) -> Result<(), Error> {
    let Some(token) = &draft.answer_token else {
        return Ok(());
    };
    let cost = cost_of(renders)?;
    let text = match draft.place {
        Place::Open { thread, .. } => {
            let missing = draft
                .last_stage
                .next()
                .map(|missing| services.rules.spec(missing).tier);
            let note = missing.map(|missing| wording::shortened(draft.ratio, missing, draft.last_stage));
            wording::opened(draft.images as usize, cost, thread, note.as_deref())
                + &remarks(services, draft).await?
        }
        Place::Abandoned(_) | Place::Opening(_) => {
            wording::abandoned(cost, draft.channel, wording::NO_THREAD)
        }
    };
    let expired = services.clock.now_ms() - draft.created_ms > limits::INTERACTION_MS;
    if !expired {
        if_it_can(
            "answering privately",
            services.discord.answer(token.expose(), text.into()).await,
        )?;
    }
    let id = draft.id;
    let forgotten = services.change(move |tx| async move { Ok(drafts::forget_token(tx, id).await?) }.boxed());
    forgotten.await
}

/// What else who drafts should know: approvals that wait for credits and, with a guild's first draft, a quorum that it may
/// never reach.
async fn remarks(services: &Services, draft: &Draft) -> Result<String, Error> {
    let (id, guild, operator) = (draft.id, draft.guild, services.rules.clone());
    let read = services.store.read(move |tx| {
        async move {
            let waiting = project::awaiting(tx, guild, None).await?;
            let first = drafts::is_first(tx, guild, id).await?;
            let rules = settings::rules_in(tx, &operator, guild).await?;
            Ok::<_, Error>((waiting, first.then_some(rules)))
        }
        .boxed()
    });
    let (waiting, rules) = read.await?;
    let unreachable_quorums = rules.map(|rules| settings::unreachable_quorums(services, guild, &rules));
    Ok(wording::awaited(&waiting) + &unreachable_quorums.unwrap_or_default())
}

/// Brings the starter up to date.
///
/// # Errors
/// [`Error`]. A starter that is gone is none.
pub async fn show_progress(services: &Services, id: DraftId) -> Result<Done, Error> {
    let (draft, renders) = load(services, id).await?;
    let Place::Open { starter, .. } = draft.place else {
        return Ok(Done::Finished);
    };
    let wait = eta::wait(services, id).await?;
    let text = starter_text(services, &draft, &renders, wait).await?;
    let queued = first_images(&renders).any(|render| render.state == State::Queued);
    let buttons = if queued && !draft.forgotten {
        vec![cancel_button(id)]
    } else {
        Vec::new()
    };
    let edited = if draft.forgotten {
        references::remove(services, id, draft.references as usize).await?;
        services.discord.strip(draft.channel, starter, &text, &[]).await
    } else if has_files(&draft) {
        services
            .discord
            .edit(draft.channel, starter, &text, &buttons)
            .await
    } else {
        // A glimpse of what was drawn goes with it, also one that another process left there.
        let discord = &services.discord;
        discord.strip(draft.channel, starter, &text, &buttons).await
    };
    if_it_can("showing how far a draft is", edited)?;
    // Its place in the queue moves without it.
    Ok(match wait {
        None => Done::Finished,
        Some(_) => Done::Again(services.clock.now_ms() + limits::PLACE_EVERY_MS),
    })
}

async fn starter_text(
    services: &Services,
    draft: &Draft,
    renders: &[Render],
    wait: Option<Wait>,
) -> Result<String, Error> {
    let (guild, project, operator) = (draft.guild, draft.project, services.rules.clone());
    let draft_id = draft.id;
    let read = services.store.read(move |tx| {
        async move {
            let rules = settings::rules_in(tx, &operator, guild).await?;
            let project = match project {
                None => None,
                Some(project) => projects::find(tx, project).await?,
            };
            let lost = ledger::paid_in_vain(tx, draft_id).await?;
            Ok::<_, Error>((ledger::read(tx, guild).await?, rules, project, lost))
        }
        .boxed()
    });
    let (pool, rules, project, lost) = read.await?;
    Ok(wording::starter(&wording::Starter {
        requester: draft.requester,
        prompt: &draft.prompt,
        keep: draft.keep.as_deref(),
        references: if draft.forgotten { 0 } else { draft.references },
        project: project.as_ref().map(|project| &project.name),
        ratio: draft.ratio,
        tier: services.rules.spec(Stage::Explore).tier,
        cost: cost_of(renders)?,
        usd: quote_of(services, renders),
        left: pool.available,
        progress: progress(renders, &lost),
        wait,
        next: services
            .rules
            .next(Stage::Explore, draft.last_stage)
            .filter(|_| !draft.forgotten)
            .map(|(_, spec)| spec.tier),
        approve: &rules.approve,
    }))
}

/// What a draft's first images are expected to cost the operator.
fn quote_of(services: &Services, renders: &[Render]) -> Option<Usd> {
    let spec = services.rules.spec(Stage::Explore);
    let quote = |render: &Render| services.rules.catalog.quote(spec, render.want);
    first_images(renders)
        .map(quote)
        .try_fold(Usd::default(), |sum, usd| Some(sum.plus(usd?)))
}

/// How far the first images are; `lost` are those that were paid and never came.
fn progress(renders: &[Render], lost: &BTreeSet<RenderId>) -> Progress {
    let mut progress = Progress::default();
    for render in first_images(renders) {
        *match render.state {
            State::Queued => &mut progress.queued,
            State::Rendering => &mut progress.drawing,
            State::Done(_) => &mut progress.done,
            State::Failed(_) if lost.contains(&render.id) => &mut progress.lost,
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
pub async fn cancel(services: &Services, id: DraftId, user: UserId, manages: bool) -> Result<String, Error> {
    let (draft, _) = load(services, id).await?;
    if user != draft.requester && !manages {
        return Ok(wording::only_requester(draft.requester));
    }
    let now_ms = services.clock.now_ms();
    let cancelled = services.change(move |tx| {
        async move {
            drafts::lock(tx, id).await?;
            let cancelled = cancel_queued(tx, id, now_ms).await?;
            jobs::enqueue(tx, Job::ShowProgress(id), now_ms).await?;
            Ok::<_, Error>(cancelled)
        }
        .boxed()
    });
    let (n, returned) = cancelled.await?;
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
