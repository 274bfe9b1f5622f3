//! Answers questions about a guild's pool.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::spend_limits;
use crate::domain::credits::Credits;
use crate::domain::ids::{GuildId, RoleId, UserId};
use crate::domain::limits;
use crate::flow::error::Error;
use crate::flow::money::funds;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{export, ledger, renders};
use crate::wording;

/// Answers `/credits pool`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn pool(services: &Services, guild: GuildId) -> Result<String, Error> {
    let read = services.store.read(move |tx| {
        async move {
            let pool = ledger::read(tx, guild).await?;
            let capped = renders::capped(tx, guild).await?.len();
            Ok::<_, Error>((pool, funds::awaiting(tx, guild).await?, capped))
        }
        .boxed()
    });
    let (pool, awaiting, capped) = read.await?;
    Ok(wording::pool(&pool, &awaiting) + &wording::capped_approvals(capped))
}

/// Answers `/credits mine`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn mine(
    services: &Services,
    guild: GuildId,
    member: UserId,
    roles: BTreeSet<RoleId>,
) -> Result<String, Error> {
    let (operator, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let read = services.store.read(move |tx| {
        async move {
            let sums = export::of_member(tx, guild, member).await?;
            let lines = export::recent(tx, guild, Some(member), limits::HISTORY_LINES).await?;
            let chosen = settings::rules_in(tx, &operator, guild).await?;
            let limits = spend_limits::limits(tx, guild, &chosen, (member, &roles), now_ms).await?;
            Ok::<_, Error>((sums, lines, limits))
        }
        .boxed()
    });
    let ((spent, held), lines, limits) = read.await?;
    Ok(wording::mine(spent, held, &lines) + &wording::limits(&limits))
}

/// Answers `/credits history`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn history(services: &Services, guild: GuildId) -> Result<String, Error> {
    let read = services
        .store
        .read(move |tx| export::recent(tx, guild, None, limits::HISTORY_LINES).boxed());
    Ok(wording::history(&read.await?))
}

/// Makes sure that a guild of the bot has a pool. A new pool gets the operator's first grant, once.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn welcome(services: &Services, guild: GuildId) -> Result<(), Error> {
    let (amount, now_ms) = (services.rules.first_grant, services.clock.now_ms());
    let given = services.change(move |tx| {
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
