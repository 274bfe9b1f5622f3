//! Grants credits and takes them back, for those who may use the treasury.

use futures::FutureExt;

use crate::domain::credits::Credits;
use crate::domain::ids::{GuildId, UserId};
use crate::domain::limits;
use crate::domain::text::{clean, shorten};
use crate::flow::access::Caller;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{Tx, ledger};
use crate::wording;

/// A request to change a pool.
#[derive(Clone, Debug)]
pub struct GrantRequest {
    /// The member who makes the change.
    pub actor: UserId,
    /// How many credits, as it was typed.
    pub amount: i64,
    /// The reason, as it was typed.
    pub reason: Option<String>,
    /// The name of the request, so that a repeat changes nothing more.
    pub once: String,
}

/// The answer to a request, in words: it was done, or it was refused.
pub type TreasuryAnswer = Result<String, String>;

/// Grants credits and answers `/treasury grant`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn grant(services: &Services, caller: &Caller, order: GrantRequest) -> Result<String, Error> {
    let (guild, now_ms) = (caller.guild(), services.clock.now_ms());
    let done = services.change(move |tx| grant_in(tx, guild, order, now_ms).boxed());
    Ok(done.await?.unwrap_or_else(|refusal| refusal))
}

/// Takes credits back and answers `/treasury correct`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn correct(services: &Services, caller: &Caller, order: GrantRequest) -> Result<String, Error> {
    let (guild, now_ms) = (caller.guild(), services.clock.now_ms());
    let done = services.change(move |tx| correct_in(tx, guild, order, now_ms).boxed());
    Ok(done.await?.unwrap_or_else(|refusal| refusal))
}

/// Grants credits in a transaction. The caller has checked who may.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn grant_in(
    tx: &mut Tx,
    guild: GuildId,
    order: GrantRequest,
    now_ms: i64,
) -> Result<TreasuryAnswer, Error> {
    let Some(amount) = in_range(order.amount) else {
        return Ok(Err(wording::bad_grant()));
    };
    ledger::ensure(tx, guild).await?;
    let pool = ledger::lock(tx, guild).await?.sums;
    if pool.granted.plus(amount).is_err() {
        return Ok(Err(wording::bad_grant()));
    }
    let grant = ledger::Grant {
        actor: Some(order.actor),
        reason: order.reason.as_deref().and_then(cleaned),
        once_key: Some(order.once),
    };
    let granted = ledger::grant(tx, guild, amount, grant, now_ms).await?;
    Ok(Ok(wording::granted(amount, &granted.unwrap_or(pool))))
}

/// Takes credits back in a transaction. The caller has checked who may.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn correct_in(
    tx: &mut Tx,
    guild: GuildId,
    order: GrantRequest,
    now_ms: i64,
) -> Result<TreasuryAnswer, Error> {
    let Some(amount) = in_range(order.amount) else {
        return Ok(Err(wording::bad_correction()));
    };
    let Some(reason) = order.reason.as_deref().and_then(cleaned) else {
        return Ok(Err(wording::NO_REASON.to_owned()));
    };
    ledger::ensure(tx, guild).await?;
    let correction = ledger::Correction {
        actor: order.actor,
        reason,
        once_key: order.once,
    };
    Ok(
        match ledger::correct(tx, guild, amount, correction, now_ms).await? {
            Ok(pool) => Ok(wording::corrected(amount, &pool)),
            Err(short) => Err(wording::correction_short(&short)),
        },
    )
}

fn in_range(amount: i64) -> Option<Credits> {
    let amount = Credits::new(amount).ok()?;
    (1..=limits::GRANT_CREDITS)
        .contains(&amount.get())
        .then_some(amount)
}

/// Returns a reason as the books keep it.
pub(in crate::flow) fn cleaned(reason: &str) -> Option<String> {
    let reason = shorten(&clean(reason), limits::REASON_CHARS);
    (!reason.is_empty()).then_some(reason)
}
