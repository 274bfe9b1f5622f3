//! Estimates, creates, budgets, shows and closes projects.

use futures::FutureExt;

use crate::discord::{ButtonView, Reply, Style};
use crate::domain::button::{Button, StageSums};
use crate::domain::credits::{Credits, GuildPool};
use crate::domain::ids::{GuildId, ProjectId};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::money::estimate::{self, Campaign};
use crate::domain::money::project::{Buckets, Name, NoProject, Project, Wish, rebudget};
use crate::domain::money::usage_alert::{Subject, Use};
use crate::domain::stage::Stage;
use crate::domain::text::look;
use crate::flow::access::Caller;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Locked, Tx, alerts, jobs, ledger, projects, renders};
use crate::wording;

/// Answers `/project estimate`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn estimate(
    services: &Services,
    caller: &Caller,
    drafts: i64,
    reviews: i64,
    finals: i64,
) -> Result<Reply, Error> {
    let campaign = match Campaign::new(drafts, reviews, finals) {
        Ok(campaign) => campaign,
        Err(invalid_campaign) => return Ok(wording::invalid_campaign(&invalid_campaign).into()),
    };
    let (guild, rules) = (caller.guild(), services.rules.clone());
    let read = services.store.read(move |tx| {
        async move {
            let chosen = settings::rules_in(tx, &rules, guild).await?;
            Ok::<_, Error>((chosen, ledger::read(tx, guild).await?))
        }
        .boxed()
    });
    let (chosen, pool) = read.await?;
    let estimate =
        estimate::estimate(&campaign, &chosen.stages).map_err(|error| Error::broken(error.to_string()))?;
    let content = wording::estimate(
        &estimate,
        chosen.stages.spec(Stage::Final).tier,
        pool.available,
        &estimate.passes(&chosen.spend_limits),
    );
    let buttons = caller
        .by()
        .member
        .manages
        .then(|| keep_button(&estimate.budget()));
    Ok(Reply {
        content,
        buttons: buttons.into_iter().collect(),
        ..Reply::default()
    })
}

/// Returns the button that keeps an estimate. The button names the sums, so that the sums that were
/// shown are kept, whatever prices do since.
fn keep_button(budget: &Buckets<Credits>) -> ButtonView {
    let sums = Stage::ALL.map(|stage| *budget.of(stage));
    ButtonView {
        id: Button::Keep(StageSums(sums)),
        label: wording::KEEP_LABEL.to_owned(),
        style: Style::Secondary,
    }
}

/// Keeps an estimate as the budget of a project, and answers the form: of the project with that
/// name, or of a new one.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was changed.
pub async fn keep(
    services: &Services,
    caller: &Caller,
    id: ProjectId,
    name: &str,
    wish: Wish,
) -> Result<String, Error> {
    let (guild, typed, now_ms) = (caller.guild(), name.to_owned(), services.clock.now_ms());
    let kept = services.change(move |tx| {
        async move {
            let (pool, Ok(project)) = named_alone(tx, guild, &typed).await? else {
                return Ok(None);
            };
            Ok::<_, Error>(Some(if project.closed_ms.is_some() {
                wording::name_taken(&project.name, true)
            } else {
                set_budget(tx, &pool, &project, &wish, now_ms).await?
            }))
        }
        .boxed()
    });
    match kept.await? {
        Some(told) => Ok(told),
        None => create(services, caller, id, name, wish).await,
    }
}

/// Creates a project and answers `/project create`. A repeat of the same interaction finds the
/// first.
///
/// # Errors
/// [`Error::Retry`] when the database is away: there is no new project.
pub async fn create(
    services: &Services,
    caller: &Caller,
    id: ProjectId,
    name: &str,
    wish: Wish,
) -> Result<String, Error> {
    let (guild, by) = (caller.guild(), caller.by());
    let name = match Name::parse(name) {
        Ok(name) => name,
        Err(bad) => return Ok(wording::bad_name(&bad)),
    };
    if !wish.is_empty() && !by.member.manages {
        return Ok(wording::ONLY_ADMINS_BUDGET.to_owned());
    }
    let budget = match rebudget(&Buckets::default(), &Buckets::default(), &wish) {
        Ok(budget) => budget,
        Err(bad) => return Ok(wording::bad_budget(&bad)),
    };
    let new = Project {
        id,
        guild,
        name,
        budget,
        created_by: by.user,
        created_ms: services.clock.now_ms(),
        closed_ms: None,
    };
    let made = services.change(move |tx| {
        async move {
            ledger::ensure(tx, guild).await?;
            ledger::lock(tx, guild).await?;
            if projects::find(tx, id).await?.is_none()
                && projects::open_count(tx, guild).await? >= limits::OPEN_PROJECTS_PER_GUILD
            {
                return Ok(wording::TOO_MANY_PROJECTS.to_owned());
            }
            match projects::by_name(tx, guild, &new.name).await? {
                Some(other) if other.id != id => {
                    return Ok(wording::name_taken(&new.name, other.closed_ms.is_some()));
                }
                Some(_) | None => drop(projects::insert(tx, &new).await?),
            }
            Ok(wording::project_made(&new.name, &new.budget))
        }
        .boxed()
    });
    made.await
}

/// Changes a budget and answers `/project budget`. Without any option it shows the budget.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was changed.
pub async fn budget(services: &Services, caller: &Caller, name: &str, wish: Wish) -> Result<String, Error> {
    let guild = caller.guild();
    if wish.is_empty() {
        return show(services, guild, name).await;
    }
    if !caller.by().member.manages {
        return Ok(wording::ONLY_ADMINS_BUDGET.to_owned());
    }
    let (name, now_ms) = (name.to_owned(), services.clock.now_ms());
    let changed = services.change(move |tx| {
        async move {
            let (pool, named) = named_alone(tx, guild, &name).await?;
            let project = match named {
                Ok(project) => project,
                Err(unknown) => return Ok(wording::no_project(&unknown)),
            };
            set_budget(tx, &pool, &project, &wish, now_ms).await
        }
        .boxed()
    });
    changed.await
}

/// Changes a budget, and wakes the approvals that wait for it.
async fn set_budget(
    tx: &mut Tx,
    pool: &Locked<GuildPool>,
    project: &Project,
    wish: &Wish,
    now_ms: i64,
) -> Result<String, Error> {
    let used = projects::used(tx, project.id).await?;
    let after = match rebudget(&project.budget, &used, wish) {
        Ok(after) => after,
        Err(bad) => return Ok(wording::bad_budget(&bad)),
    };
    projects::set_budget(tx, pool, project.id, after).await?;
    rearm(tx, pool, project, &used, &after).await?;
    jobs::enqueue(tx, Job::ResumeWaiting(project.guild), now_ms).await?;
    for waiting in renders::waiting(tx, project.guild).await? {
        if waiting.bucket.is_some_and(|(id, _)| id == project.id) {
            jobs::enqueue(tx, Job::ShowTally(waiting.render), now_ms).await?;
        }
    }
    Ok(wording::rebudgeted(&project.name, &project.budget, &after))
}

/// Re-arms the alerts of budgets that were raised, so that passing a mark again is told again.
async fn rearm(
    tx: &mut Tx,
    pool: &Locked<GuildPool>,
    project: &Project,
    used: &Buckets<Credits>,
    after: &Buckets<Option<Credits>>,
) -> Result<(), Error> {
    for stage in Stage::ALL {
        let (used, whole) = (*used.of(stage), after.of(stage).unwrap_or_default());
        let subject = Subject::Budget(project.id, stage);
        alerts::added(tx, pool, subject, Use { used, whole }).await?;
    }
    Ok(())
}

/// Answers `/project show`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn show(services: &Services, guild: GuildId, name: &str) -> Result<String, Error> {
    let name = name.to_owned();
    let read = services.store.read(move |tx| {
        async move {
            let project = match named(tx, guild, &name).await? {
                Ok(project) => project,
                Err(unknown) => return Ok::<_, Error>(wording::no_project(&unknown)),
            };
            let used = projects::used(tx, project.id).await?;
            let drafts = projects::drafts(tx, project.id).await?;
            Ok(wording::project(&status(&project, used, drafts)))
        }
        .boxed()
    });
    read.await
}

fn status(project: &Project, used: Buckets<Credits>, drafts: u32) -> wording::ProjectStatus<'_> {
    wording::ProjectStatus {
        name: &project.name,
        budget: &project.budget,
        used,
        drafts,
        created_by: project.created_by,
        closed_ms: project.closed_ms,
    }
}

/// Answers `/project list`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn list(services: &Services, guild: GuildId) -> Result<String, Error> {
    let read = services.store.read(move |tx| {
        async move {
            let used = projects::used_by_all(tx, guild).await?;
            Ok::<_, Error>((projects::all(tx, guild).await?, used))
        }
        .boxed()
    });
    let (all, used) = read.await?;
    let roles: Vec<_> = all
        .iter()
        .map(|project| {
            let (drafts, used) = used.get(&project.id).copied().unwrap_or_default();
            status(project, used, drafts)
        })
        .collect();
    Ok(wording::projects(&roles))
}

/// Closes or reopens a project and answers `/project close`. A closed project takes no drafts.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was changed.
pub async fn close(services: &Services, caller: &Caller, name: &str, reopen: bool) -> Result<String, Error> {
    let (guild, by) = (caller.guild(), caller.by().clone());
    let (name, now_ms) = (name.to_owned(), services.clock.now_ms());
    let closed = services.change(move |tx| {
        async move {
            let (pool, named) = named_alone(tx, guild, &name).await?;
            let project = match named {
                Ok(project) => project,
                Err(unknown) => return Ok(wording::no_project(&unknown)),
            };
            if !by.member.manages && by.user != project.created_by {
                return Ok(wording::may_not_close(project.created_by));
            }
            if reopen
                && project.closed_ms.is_some()
                && projects::open_count(tx, guild).await? >= limits::OPEN_PROJECTS_PER_GUILD
            {
                return Ok(wording::TOO_MANY_PROJECTS.to_owned());
            }
            projects::set_closed(tx, &pool, project.id, (!reopen).then_some(now_ms)).await?;
            Ok(wording::project_closed(&project.name, reopen))
        }
        .boxed()
    });
    closed.await
}

/// Returns the names of projects that contain the typed text, open ones first. Closed projects are
/// included only on request.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn complete(
    services: &Services,
    guild: GuildId,
    typed: &str,
    closed_too: bool,
) -> Result<Vec<String>, Error> {
    let all = services.store.read(move |tx| projects::all(tx, guild).boxed());
    let typed = look(typed);
    let all: Vec<Project> = all.await?;
    let offered = all
        .into_iter()
        .filter(|project| closed_too || project.closed_ms.is_none());
    Ok(offered
        .filter(|project| project.name.key().contains(&typed))
        .map(|project| project.name.as_str().to_owned())
        .collect())
}

/// Finds a project by its name.
pub(in crate::flow) async fn named(
    tx: &mut Tx,
    guild: GuildId,
    typed: &str,
) -> Result<Result<Project, NoProject>, Error> {
    if let Ok(name) = Name::parse(typed)
        && let Some(project) = projects::by_name(tx, guild, &name).await?
    {
        return Ok(Ok(project));
    }
    Ok(Err(NoProject {
        typed: typed.to_owned(),
        any: projects::open_count(tx, guild).await? > 0,
    }))
}

/// Locks the pool and finds a project by its name, so that nobody spends on it meanwhile.
async fn named_alone(
    tx: &mut Tx,
    guild: GuildId,
    typed: &str,
) -> Result<(Locked<GuildPool>, Result<Project, NoProject>), Error> {
    ledger::ensure(tx, guild).await?;
    let pool = ledger::lock(tx, guild).await?;
    Ok((pool, named(tx, guild, typed).await?))
}

/// Returns the project of a draft that names one.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(in crate::flow) async fn of_draft(
    tx: &mut Tx,
    named: Option<ProjectId>,
) -> Result<Option<Project>, Error> {
    Ok(match named {
        Some(project) => projects::find(tx, project).await?,
        None => None,
    })
}
