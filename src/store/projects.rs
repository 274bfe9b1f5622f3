//! Reads and writes projects: their names, their budgets, and what they have cost.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::any::AnyRow;

use super::rows::columns::columns;
use super::rows::{count, credits, id, impossible, key, optional, text};
use super::{Error, Locked, Tx};
use crate::domain::credits::{Credits, GuildPool};
use crate::domain::ids::{GuildId, ProjectId, RenderId, UserId};
use crate::domain::money::project::{Bucket, Buckets, Name, OverBudget, Project, Waiting};
use crate::domain::stage::Stage;

/// Records a new project, unless a project with the same id or name is there already. Returns
/// whether the project was recorded.
///
/// # Errors
/// [`Error::Database`].
pub async fn insert(tx: &mut Tx, new: &Project) -> Result<bool, Error> {
    let added = sqlx::query(
        "INSERT INTO projects (id, guild_id, name, name_key, explore_budget, review_budget, final_budget, created_by,
            created_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
    )
    .bind(key(new.id.get()))
    .bind(key(new.guild.get()))
    .bind(new.name.as_str().to_owned())
    .bind(new.name.key())
    .bind(new.budget.explore.map(Credits::get))
    .bind(new.budget.review.map(Credits::get))
    .bind(new.budget.r#final.map(Credits::get))
    .bind(key(new.created_by.get()))
    .bind(new.created_ms)
    .execute(tx.conn())
    .await?;
    Ok(added.rows_affected() == 1)
}

/// Reads a project. Returns `None` if no project has the id.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn find(tx: &mut Tx, project: ProjectId) -> Result<Option<Project>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(projects, ""),
        " FROM projects WHERE id = $1"
    ))
    .bind(key(project.get()));
    let row = query.fetch_optional(tx.conn()).await?;
    row.as_ref().map(from_row).transpose()
}

/// Returns the project of a guild whose name looks like this one. Returns `None` if there is none.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn by_name(tx: &mut Tx, guild: GuildId, name: &Name) -> Result<Option<Project>, Error> {
    // A project of before may still have the key that names had then.
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(projects, ""),
        " FROM projects WHERE guild_id = $1 AND name_key IN ($2, $3) ORDER BY id LIMIT 1"
    ))
    .bind(key(guild.get()))
    .bind(name.key())
    .bind(name.old_key());
    let row = query.fetch_optional(tx.conn()).await?;
    row.as_ref().map(from_row).transpose()
}

/// Returns all projects of a guild: open ones first, the newest first.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn all(tx: &mut Tx, guild: GuildId) -> Result<Vec<Project>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(projects, ""),
        " FROM projects WHERE guild_id = $1
         ORDER BY CASE WHEN closed_ms IS NULL THEN 0 ELSE 1 END, id DESC"
    ));
    let rows = query.bind(key(guild.get())).fetch_all(tx.conn()).await?;
    rows.iter().map(from_row).collect()
}

/// Returns how many projects of a guild are open.
///
/// # Errors
/// [`Error::Database`].
pub async fn open_count(tx: &mut Tx, guild: GuildId) -> Result<usize, Error> {
    let query =
        sqlx::query("SELECT COUNT(*) AS open FROM projects WHERE guild_id = $1 AND closed_ms IS NULL");
    let row = query.bind(key(guild.get())).fetch_one(tx.conn()).await?;
    Ok(count(&row, "open")? as usize)
}

/// Returns how many drafts a project has.
///
/// # Errors
/// [`Error::Database`].
pub async fn drafts(tx: &mut Tx, project: ProjectId) -> Result<u32, Error> {
    let query = sqlx::query("SELECT COUNT(*) AS drafts FROM drafts WHERE project_id = $1");
    let row = query.bind(key(project.get())).fetch_one(tx.conn()).await?;
    count(&row, "drafts")
}

/// Records the budget of each stage of a project.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_budget(
    tx: &mut Tx,
    pool: &Locked<GuildPool>,
    project: ProjectId,
    budget: Buckets<Option<Credits>>,
) -> Result<(), Error> {
    pool.of(tx)?;
    sqlx::query(
        "UPDATE projects SET explore_budget = $2, review_budget = $3, final_budget = $4 WHERE id = $1",
    )
    .bind(key(project.get()))
    .bind(budget.explore.map(Credits::get))
    .bind(budget.review.map(Credits::get))
    .bind(budget.r#final.map(Credits::get))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Records that a project was closed, or opened again.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_closed(
    tx: &mut Tx,
    pool: &Locked<GuildPool>,
    project: ProjectId,
    closed_ms: Option<i64>,
) -> Result<(), Error> {
    pool.of(tx)?;
    let query = sqlx::query("UPDATE projects SET closed_ms = $2 WHERE id = $1");
    query
        .bind(key(project.get()))
        .bind(closed_ms)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Sums the ledger's entries of a project: what it holds and has spent at each stage. The caller
/// must hold the pool's lock to act on the sums.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible sum.
pub async fn used(tx: &mut Tx, project: ProjectId) -> Result<Buckets<Credits>, Error> {
    let rows = sqlx::query(
        "SELECT r.stage, CAST(SUM(h.amount) AS BIGINT) AS used FROM drafts d JOIN renders r ON r.draft_id = d.id
         JOIN entries h ON h.render_id = r.id AND h.kind = 'hold' LEFT JOIN entries c ON c.closes = h.id
         WHERE d.project_id = $1 AND (c.id IS NULL OR c.kind <> 'release') GROUP BY r.stage",
    )
    .bind(key(project.get()))
    .fetch_all(tx.conn())
    .await?;
    let mut used = Buckets::default();
    for row in &rows {
        *used.of_mut(stage(row)?) = credits(row, "used")?;
    }
    Ok(used)
}

/// Returns the budget of one stage of a project, with what is used of it. Returns `None` if the
/// stage has no limit. The caller must hold the pool's lock to act on the budget.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible sum.
pub async fn bucket(tx: &mut Tx, project: &Project, stage: Stage) -> Result<Option<Bucket>, Error> {
    let Some(limit) = *project.budget.of(stage) else {
        return Ok(None);
    };
    let used = *used(tx, project.id).await?.of(stage);
    Ok(Some(Bucket { limit, used }))
}

/// Returns the project that a render is paid from, and the project's budget for a stage. Returns
/// `None` if there is no project, or if the stage has no limit. The caller must hold the pool's
/// lock to act on the budget.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible sum.
pub async fn paying(tx: &mut Tx, render: RenderId, stage: Stage) -> Result<Option<(Project, Bucket)>, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(projects, "p."),
        " FROM renders r JOIN drafts d ON d.id = r.draft_id JOIN projects p ON p.id = d.project_id
         WHERE r.id = $1"
    ));
    let Some(row) = query.bind(key(render.get())).fetch_optional(tx.conn()).await? else {
        return Ok(None);
    };
    let project = from_row(&row)?;
    let bucket = bucket(tx, &project, stage).await?;
    Ok(bucket.map(|bucket| (project, bucket)))
}

/// Compares a price with the budget that a render is paid from. Returns `None` if the budget can
/// pay, or if the render has no project or its project no limit for the stage. The caller must hold
/// the pool's lock, because other purchases change the budget.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible sum.
pub async fn full(
    tx: &mut Tx,
    render: RenderId,
    stage: Stage,
    need: Credits,
) -> Result<Option<OverBudget>, Error> {
    let paying = paying(tx, render, stage).await?;
    Ok(paying.and_then(|(project, bucket)| OverBudget::check(&project.name, stage, Some(bucket), need)))
}

/// Returns what is left of each budget that the approvals of a line wait for, without the budgets
/// that have no limit. The caller must hold the pool's lock to act on the sums.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible sum.
pub async fn left(tx: &mut Tx, line: &[Waiting]) -> Result<BTreeMap<(ProjectId, Stage), Credits>, Error> {
    let buckets: BTreeSet<(ProjectId, Stage)> = line.iter().filter_map(|waiting| waiting.bucket).collect();
    let mut left = BTreeMap::new();
    for (id, stage) in buckets {
        if let Some(project) = find(tx, id).await?
            && let Some(bucket) = bucket(tx, &project, stage).await?
        {
            left.insert((id, stage), bucket.left());
        }
    }
    Ok(left)
}

/// Returns, for each project of a guild that has drafts, how many drafts the project has, and what
/// it holds and has spent at each stage.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible sum.
pub async fn used_by_all(
    tx: &mut Tx,
    guild: GuildId,
) -> Result<BTreeMap<ProjectId, (u32, Buckets<Credits>)>, Error> {
    let drafts = sqlx::query(
        "SELECT project_id, COUNT(*) AS drafts FROM drafts WHERE guild_id = $1 AND project_id IS NOT NULL
         GROUP BY project_id",
    );
    let mut all = BTreeMap::new();
    for row in &drafts.bind(key(guild.get())).fetch_all(tx.conn()).await? {
        let project = ProjectId::new(id(row, "project_id")?);
        all.insert(project, (count(row, "drafts")?, Buckets::default()));
    }
    let sums = sqlx::query(
        "SELECT d.project_id, r.stage, CAST(SUM(h.amount) AS BIGINT) AS used FROM drafts d
         JOIN renders r ON r.draft_id = d.id JOIN entries h ON h.render_id = r.id AND h.kind = 'hold'
         LEFT JOIN entries c ON c.closes = h.id
         WHERE d.guild_id = $1 AND d.project_id IS NOT NULL AND (c.id IS NULL OR c.kind <> 'release')
         GROUP BY d.project_id, r.stage",
    );
    for row in &sums.bind(key(guild.get())).fetch_all(tx.conn()).await? {
        let project = ProjectId::new(id(row, "project_id")?);
        if let Some((_, used)) = all.get_mut(&project) {
            *used.of_mut(stage(row)?) = credits(row, "used")?;
        }
    }
    Ok(all)
}

fn stage(row: &AnyRow) -> Result<Stage, Error> {
    let name = text(row, "stage")?;
    Stage::from_name(&name).ok_or_else(|| impossible(format!("stage {name}")))
}

fn from_row(row: &AnyRow) -> Result<Project, Error> {
    let limit = |column: &str| -> Result<Option<Credits>, Error> {
        optional(row, column)?.map(|_| credits(row, column)).transpose()
    };
    Ok(Project {
        id: ProjectId::new(id(row, "id")?),
        guild: GuildId::new(id(row, "guild_id")?),
        name: Name::stored(text(row, "name")?),
        budget: Buckets {
            explore: limit("explore_budget")?,
            review: limit("review_budget")?,
            r#final: limit("final_budget")?,
        },
        created_by: UserId::new(id(row, "created_by")?),
        created_ms: super::rows::integer(row, "created_ms")?,
        closed_ms: optional(row, "closed_ms")?,
    })
}
