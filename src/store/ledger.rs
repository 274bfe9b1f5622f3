//! Keeps the credits: an append-only ledger and its cached sums.
//!
//! [`hold`] takes an [`Authorization`], which only the rules can make, and returns a [`Held`]. A
//! paid call needs the [`Held`]; [`settle`] and [`release`] consume it. The database keeps the same
//! law: one hold a render; one closing entry a hold, of the same sum; no entry is changed or
//! removed; no sum is below zero.

mod audit;
mod close;

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

pub use self::audit::{Extent, audit, extent, last_entry};
pub use self::close::{decide, decision, open_hold, paid_in_vain, release, settle};
use super::rows::columns::columns;
use super::rows::{id, impossible, integer, key, places, pool};
use super::{Error, Locked, Tx, alerts, guilds, jobs, projects};
pub use crate::domain::credits::InsufficientCredits;
use crate::domain::credits::{Credits, GuildPool, OutOfRange, Pool};
use crate::domain::ids::{EntryId, GuildId, RenderId, UserId};
use crate::domain::job::Job;
use crate::domain::money::authorization::Authorization;
use crate::domain::money::project::{Bucket, Project};
use crate::domain::money::usage_alert::{Subject, Use};

/// Credits that are reserved for one render: the proof without which no engine is called.
#[derive(Debug)]
#[must_use = "held credits are settled or released"]
pub struct Held {
    entry: i64,
    guild: GuildId,
    render: RenderId,
    amount: Credits,
}

impl Held {
    /// Returns the render for which the credits are reserved.
    #[must_use]
    pub const fn render(&self) -> RenderId {
        self.render
    }

    /// Returns how many credits are reserved.
    #[must_use]
    pub const fn amount(&self) -> Credits {
        self.amount
    }
}

/// Makes sure that a guild has a pool. A new pool is empty. Returns whether it is new.
///
/// # Errors
/// [`Error::Database`].
pub async fn ensure(tx: &mut Tx, guild: GuildId) -> Result<bool, Error> {
    let made = sqlx::query("INSERT INTO pools (guild_id) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(key(guild.get()))
        .execute(tx.conn())
        .await?;
    Ok(made.rows_affected() == 1)
}

/// Returns whether a guild has a pool.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_there(tx: &mut Tx, guild: GuildId) -> Result<bool, Error> {
    let query = sqlx::query("SELECT guild_id FROM pools WHERE guild_id = $1").bind(key(guild.get()));
    Ok(query.fetch_optional(tx.conn()).await?.is_some())
}

/// Returns the guilds that have a pool, at most so many.
///
/// # Errors
/// [`Error::Database`].
pub async fn guilds(tx: &mut Tx, max: i64) -> Result<Vec<GuildId>, Error> {
    let query = sqlx::query("SELECT guild_id FROM pools ORDER BY guild_id LIMIT $1").bind(max);
    let rows = query.fetch_all(tx.conn()).await?;
    rows.iter()
        .map(|row| Ok(GuildId::new(id(row, "guild_id")?)))
        .collect()
}

/// Locks a guild's pool and reads it, in that order.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] when the guild has no pool.
pub async fn lock(tx: &mut Tx, guild: GuildId) -> Result<Locked<GuildPool>, Error> {
    let row =
        sqlx::query("UPDATE pools SET held = held WHERE guild_id = $1 RETURNING granted, held, settled")
            .bind(key(guild.get()))
            .fetch_optional(tx.conn())
            .await?
            .ok_or_else(|| impossible(format!("guild {guild} has no pool")))?;
    let sums = pool(&row)?;
    Ok(Locked::new(tx, GuildPool { guild, sums }))
}

/// Reads a guild's pool without a lock. A guild without a pool has an empty one.
///
/// # Errors
/// [`Error::Database`].
pub async fn read(tx: &mut Tx, guild: GuildId) -> Result<Pool, Error> {
    let row = sqlx::query("SELECT granted, held, settled FROM pools WHERE guild_id = $1")
        .bind(key(guild.get()))
        .fetch_optional(tx.conn())
        .await?;
    row.as_ref().map_or_else(|| Ok(Pool::default()), pool)
}

/// Adds up the pools of all guilds.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for sums that cannot be.
pub async fn all_pools(tx: &mut Tx) -> Result<Pool, Error> {
    let query = "SELECT CAST(COALESCE(SUM(granted), 0) AS BIGINT) AS granted,
        CAST(COALESCE(SUM(held), 0) AS BIGINT) AS held,
        CAST(COALESCE(SUM(settled), 0) AS BIGINT) AS settled FROM pools";
    pool(&sqlx::query(query).fetch_one(tx.conn()).await?)
}

/// Writes a row as it is, which fails where nothing can be written. A database without pools has
/// nothing to write.
///
/// # Errors
/// [`Error::Database`].
pub async fn prove_writable(tx: &mut Tx) -> Result<(), Error> {
    let query = "UPDATE pools SET held = held WHERE guild_id = (SELECT MIN(guild_id) FROM pools)";
    sqlx::query(query).execute(tx.conn()).await?;
    Ok(())
}

/// Reserves the price of each render of an authorization. The renders' rows must be there, in the
/// same transaction. Returns a [`Held`] for each render, in their order.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] when the pool or the budget cannot pay: then the
/// funds that were authorized are not those under this lock.
pub async fn hold(
    tx: &mut Tx,
    pool: &mut Locked<GuildPool>,
    authorization: Authorization,
    now_ms: i64,
) -> Result<Vec<Held>, Error> {
    let GuildPool { guild, sums } = *pool.of(tx)?;
    if authorization.guild() != guild {
        return Err(impossible(format!(
            "an authorization of guild {} at the pool of {guild}",
            authorization.guild()
        )));
    }
    let (price, stage) = (authorization.price(), authorization.stage());
    let cost = price.times(authorization.renders().len()).map_err(impossible)?;
    let budget = match authorization.renders().first() {
        Some(render) => projects::paying(tx, *render, stage).await?,
        None => None,
    };
    let over = |(_, bucket): &(Project, Bucket)| cost > bucket.left();
    if cost > sums.available || budget.as_ref().is_some_and(over) {
        return Err(impossible(format!(
            "the pool or a budget of guild {guild} is short of an authorized {cost}"
        )));
    }
    let all = enter(tx, guild, authorization.renders(), price, now_ms).await?;
    let sql = concat!(
        "UPDATE pools SET held = held + $2 WHERE guild_id = $1 RETURNING ",
        columns!(pools, "")
    );
    let after = change(tx, sql, guild, cost).await?;
    alerts::used(tx, pool, Subject::Pool, (used(sums)?, used(after)?), now_ms).await?;
    if let Some((project, bucket)) = &budget {
        let marks = (bucket.in_use(), bucket.using(cost).map_err(impossible)?);
        alerts::used(tx, pool, Subject::Budget(project.id, stage), marks, now_ms).await?;
    }
    pool.set(GuildPool { guild, sums: after });
    Ok(all)
}

/// Writes the entries of holds, in one statement. Returns the holds in the order of the renders.
async fn enter(
    tx: &mut Tx,
    guild: GuildId,
    renders: &[RenderId],
    amount: Credits,
    now_ms: i64,
) -> Result<Vec<Held>, Error> {
    let sql = format!(
        "INSERT INTO entries (guild_id, amount, render_id, at_ms, kind) VALUES {} RETURNING id, render_id",
        places(renders.len(), 5)
    );
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for render in renders {
        query = query
            .bind(key(guild.get()))
            .bind(amount.get())
            .bind(key(render.get()))
            .bind(now_ms)
            .bind("hold");
    }
    let rows = query.fetch_all(tx.conn()).await?;
    let mut entries = BTreeMap::new();
    for row in &rows {
        entries.insert(RenderId::new(id(row, "render_id")?), integer(row, "id")?);
    }
    let held = renders.iter().map(|render| {
        let entry = entries.get(render).copied();
        entry
            .map(|entry| Held {
                entry,
                guild,
                render: *render,
                amount,
            })
            .ok_or_else(|| impossible(format!("render {render} has no entry of its hold")))
    });
    held.collect()
}

/// Who grants credits and why, and a name if the grant must happen only once.
#[derive(Clone, Debug, Default)]
pub struct Grant {
    /// The member who grants the credits. `None` when a setting made the grant.
    pub actor: Option<UserId>,
    /// The reason that the operator typed, or the name of the setting that made the grant. `None`
    /// if no reason was given.
    pub reason: Option<String>,
    /// A name under which credits are granted at most once, whatever happens twice. `None` for a
    /// grant that may be repeated.
    pub once_key: Option<String>,
}

/// Adds credits to a pool, which is made if need be, and wakes approvals that wait for credits.
/// Returns the new sums. Returns `None` if a grant of the same `once_key` was made before.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] when the pool would pass [`Credits::MAX`].
pub async fn grant(
    tx: &mut Tx,
    guild: GuildId,
    amount: Credits,
    grant: Grant,
    now_ms: i64,
) -> Result<Option<Pool>, Error> {
    ensure(tx, guild).await?;
    let locked = lock(tx, guild).await?;
    let added = sqlx::query(
        "INSERT INTO entries (guild_id, kind, amount, actor_id, reason, once_key, at_ms)
         VALUES ($1, 'grant', $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind(key(guild.get()))
    .bind(amount.get())
    .bind(grant.actor.map(|user| key(user.get())))
    .bind(grant.reason)
    .bind(grant.once_key)
    .bind(now_ms)
    .fetch_optional(tx.conn())
    .await?;
    let Some(added) = added else {
        return Ok(None);
    };
    let pool = change(
        tx,
        concat!(
            "UPDATE pools SET granted = granted + $2 WHERE guild_id = $1 RETURNING ",
            columns!(pools, "")
        ),
        guild,
        amount,
    );
    let pool = pool.await?;
    alerts::added(tx, &locked, Subject::Pool, used(pool)?).await?;
    jobs::enqueue(tx, Job::ResumeWaiting(guild), now_ms).await?;
    log(tx, guild, &added, now_ms).await?;
    Ok(Some(pool))
}

/// Who takes credits back and why, and a name under which the credits are taken only once.
#[derive(Clone, Debug)]
pub struct Correction {
    /// The member who takes the credits back.
    pub actor: UserId,
    /// The reason that the member typed.
    pub reason: String,
    /// A name under which credits are taken back at most once, whatever happens twice.
    pub once_key: String,
}

/// Takes granted credits back, as far as they are neither held nor spent. Returns the new sums, or
/// the present sums if a correction of the same `once_key` was made before.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] when the guild has no pool. A pool that has too
/// little left is no error: it returns [`InsufficientCredits`] and writes nothing.
pub async fn correct(
    tx: &mut Tx,
    guild: GuildId,
    amount: Credits,
    correction: Correction,
    now_ms: i64,
) -> Result<Result<Pool, InsufficientCredits>, Error> {
    let locked = lock(tx, guild).await?;
    let before = locked.sums;
    let done = sqlx::query("SELECT id FROM entries WHERE once_key = $1").bind(correction.once_key.clone());
    if done.fetch_optional(tx.conn()).await?.is_some() {
        return Ok(Ok(before));
    }
    if amount > before.available {
        return Ok(Err(InsufficientCredits {
            need: amount,
            available: before.available,
        }));
    }
    let taken = sqlx::query(
        "INSERT INTO entries (guild_id, kind, amount, actor_id, reason, once_key, at_ms)
         VALUES ($1, 'correction', $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(key(guild.get()))
    .bind(amount.get())
    .bind(key(correction.actor.get()))
    .bind(correction.reason)
    .bind(correction.once_key)
    .bind(now_ms)
    .fetch_one(tx.conn())
    .await?;
    log(tx, guild, &taken, now_ms).await?;
    let sql = concat!(
        "UPDATE pools SET granted = granted - $2 WHERE guild_id = $1 RETURNING ",
        columns!(pools, "")
    );
    let pool = change(tx, sql, guild, amount).await?;
    alerts::used(tx, &locked, Subject::Pool, (used(before)?, used(pool)?), now_ms).await?;
    Ok(Ok(pool))
}

/// Has the log channel told of a grant or a correction. Without one there is nobody to tell.
async fn log(tx: &mut Tx, guild: GuildId, entry: &AnyRow, now_ms: i64) -> Result<(), Error> {
    if !guilds::has_log(tx, guild).await? {
        return Ok(());
    }
    let told = Job::LogGrant(EntryId::new(id(entry, "id")?));
    jobs::enqueue(tx, told, now_ms).await
}

fn used(pool: Pool) -> Result<Use, Error> {
    Use::try_from(pool).map_err(|error: OutOfRange| impossible(error.to_string()))
}

async fn change(tx: &mut Tx, sql: &'static str, guild: GuildId, amount: Credits) -> Result<Pool, Error> {
    let row = sqlx::query(sql)
        .bind(key(guild.get()))
        .bind(amount.get())
        .fetch_one(tx.conn())
        .await?;
    pool(&row)
}
