//! The pool, as people ask for it and add to it.

use futures::FutureExt;

use super::{Error, Studio};
use crate::domain::credits::{Credits, Pool};
use crate::domain::ids::{GuildId, UserId};
use crate::domain::prompt::{clean, shorten};
use crate::domain::{limits, wording};
use crate::store::{books, ledger, renders};

/// What `/credits pool` answers.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn pool(studio: &Studio, guild: GuildId) -> Result<String, Error> {
    let read = studio.store.read(move |tx| {
        async move {
            let pool = ledger::read(tx, guild).await?;
            let (waiting, price) = renders::waiting(tx, guild).await?;
            Ok::<_, Error>((pool, waiting, price))
        }
        .boxed()
    });
    let (pool, waiting, price) = read.await?;
    Ok(wording::pool(&pool, waiting, price))
}

/// What `/credits mine` answers.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn mine(studio: &Studio, guild: GuildId, member: UserId) -> Result<String, Error> {
    let read = studio.store.read(move |tx| {
        async move {
            let sums = books::of_member(tx, guild, member).await?;
            let lines = books::recent(tx, guild, Some(member), limits::HISTORY_LINES).await?;
            Ok::<_, Error>((sums, lines))
        }
        .boxed()
    });
    let ((spent, held), lines) = read.await?;
    Ok(wording::mine(spent, held, &lines))
}

/// What `/credits history` answers.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn history(studio: &Studio, guild: GuildId) -> Result<String, Error> {
    let read = studio
        .store
        .read(move |tx| books::recent(tx, guild, None, limits::HISTORY_LINES).boxed());
    Ok(wording::history(&read.await?))
}

/// What `/treasury grant` does and answers. `once` names the request, so that a repeat grants nothing more.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn grant(
    studio: &Studio,
    guild: GuildId,
    actor: UserId,
    amount: i64,
    reason: Option<&str>,
    once: String,
) -> Result<String, Error> {
    if !studio.rules.operators.contains(&actor) {
        return Ok(wording::only_operators(&studio.rules.operators));
    }
    let Some(amount) = Credits::new(amount)
        .ok()
        .filter(|n| (1..=limits::GRANT_CREDITS).contains(&n.get()))
    else {
        return Ok(wording::bad_grant());
    };
    let reason = reason.map(|text| shorten(&clean(text), limits::REASON_CHARS));
    let grant = ledger::Grant {
        actor: Some(actor),
        reason,
        once_key: Some(once),
    };
    let now_ms = studio.clock.now_ms();
    let pool = studio
        .change(move |tx| add(tx, guild, amount, grant, now_ms).boxed())
        .await?;
    Ok(pool.map_or_else(wording::bad_grant, |pool| wording::granted(amount, &pool)))
}

/// Adds to a pool, unless it would pass what a pool can hold.
async fn add(
    tx: &mut crate::store::Tx,
    guild: GuildId,
    amount: Credits,
    grant: ledger::Grant,
    now_ms: i64,
) -> Result<Option<Pool>, Error> {
    ledger::ensure(tx, guild).await?;
    let locked = ledger::lock(tx, guild).await?;
    if locked.pool().granted.plus(amount).is_err() {
        return Ok(None);
    }
    let added = ledger::grant(tx, guild, amount, grant, now_ms).await?;
    Ok(Some(added.unwrap_or(locked.pool())))
}

/// Makes sure that a guild the bot sees has a pool, with what the operator's settings give it once.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn welcome(studio: &Studio, guild: GuildId) -> Result<(), Error> {
    let (amount, now_ms) = (studio.rules.first_grant, studio.clock.now_ms());
    let given = studio.change(move |tx| {
        async move {
            ledger::ensure(tx, guild).await?;
            if amount == Credits::ZERO {
                return Ok(None);
            }
            let once_key = Some(format!("first-grant:{guild}"));
            let reason = Some("pool.first_grant".to_owned());
            let grant = ledger::Grant {
                actor: None,
                reason,
                once_key,
            };
            Ok(ledger::grant(tx, guild, amount, grant, now_ms).await?)
        }
        .boxed()
    });
    if given.await?.is_some() {
        tracing::info!(guild.id = %guild, "{amount} granted for the first time");
    }
    Ok(())
}
