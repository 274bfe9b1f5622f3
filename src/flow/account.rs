//! The pool, as people ask for it.

use futures::FutureExt;

use super::{Error, Studio};
use crate::domain::credits::Credits;
use crate::domain::ids::{GuildId, UserId};
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
