//! Loads the funds of a guild under the pool's lock, for the one rule that pays.

use std::collections::BTreeMap;

use super::spend_limits::{Spender, dated, usages};
use crate::domain::credits::{Credits, GuildPool};
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{GuildId, ProjectId};
use crate::domain::money::authorization::{Budget, Funds, Shortage};
use crate::domain::money::project::{Awaiting, Project, Waiting};
use crate::domain::stage::Stage;
use crate::flow::error::Error;
use crate::store::{Locked, Tx, projects, renders};

/// Who pays for what: the key by which funds are loaded.
pub(in crate::flow) struct Payer<'a> {
    /// The rules of the guild.
    pub rules: &'a GuildRules,
    /// The member whose spending limits apply.
    pub spender: &'a Spender,
    /// The project that pays, if one does.
    pub project: Option<&'a Project>,
    /// The stage that is paid for.
    pub stage: Stage,
}

/// Loads the funds that can pay at once, without the line of waiting approvals.
///
/// # Errors
/// [`Error::Retry`] when the database is away, or when a spending limit was put on a role since the
/// spender's roles were looked up.
pub(in crate::flow) async fn load(
    tx: &mut Tx,
    pool: &Locked<GuildPool>,
    payer: &Payer<'_>,
    now_ms: i64,
) -> Result<Funds, Error> {
    let Payer {
        rules,
        spender,
        project,
        stage,
    } = *payer;
    let mut funds = Funds {
        available: pool.sums.available,
        usages: usages(tx, pool, rules, spender, stage, now_ms).await?,
        ..Funds::default()
    };
    if let Some(project) = project
        && let Some(bucket) = projects::bucket(tx, project, stage).await?
    {
        funds.budget = Some(Budget {
            project: project.id,
            name: project.name.clone(),
            bucket,
        });
    }
    Ok(funds)
}

/// Loads the funds and the line of waiting approvals, for a purchase that queues.
///
/// # Errors
/// The errors of [`load`].
pub(in crate::flow) async fn load_with_line(
    tx: &mut Tx,
    pool: &Locked<GuildPool>,
    payer: &Payer<'_>,
    now_ms: i64,
) -> Result<Funds, Error> {
    let funds = load(tx, pool, payer, now_ms).await?;
    let (line, left) = line(tx, pool.guild).await?;
    Ok(Funds { line, left, ..funds })
}

/// The approvals that wait, oldest first, with what is left of the budgets that they wait for.
type Line = (Vec<Waiting>, BTreeMap<(ProjectId, Stage), Credits>);

/// Loads the line of waiting approvals of a guild.
async fn line(tx: &mut Tx, guild: GuildId) -> Result<Line, Error> {
    let line = renders::waiting(tx, guild).await?;
    let left = projects::left(tx, &line).await?;
    Ok((line, left))
}

/// Returns the waiting approvals of a guild, parted by what they wait for. A caller that acts on it
/// holds the pool's lock, because whoever begins to wait does.
pub(in crate::flow) async fn awaiting(tx: &mut Tx, guild: GuildId) -> Result<Awaiting, Error> {
    let (line, left) = line(tx, guild).await?;
    Ok(Awaiting::new(line, &left))
}

/// Adds to a shortage by a spending limit the time at which there is room again, also in a rolling
/// window.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(in crate::flow) async fn with_date(
    tx: &mut Tx,
    guild: GuildId,
    shortage: Shortage,
    spender: &Spender,
) -> Result<Shortage, Error> {
    Ok(match shortage {
        Shortage::Limit(full) => Shortage::Limit(dated(tx, guild, full, spender.member).await?),
        other @ (Shortage::Budget(_) | Shortage::Line | Shortage::Pool(_)) => other,
    })
}
