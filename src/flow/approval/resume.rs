//! Starts approvals that wait for credits, once there are some.

use futures::FutureExt;

use super::confirm::confirm;
use crate::domain::ids::{GuildId, RenderId};
use crate::domain::money::authorization::next_payable;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::money::{funds, spend_limits};
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Tx, ledger};

/// Starts approvals of a guild that wait for credits, one a transaction, oldest first. Checks each
/// again, and ends at the first that cannot be paid. Also re-checks approvals blocked by a spending
/// limit that has room again.
///
/// # Errors
/// [`Error`]: the job runs again.
pub async fn resume_waiting(services: &Services, guild: GuildId) -> Result<Done, Error> {
    let (rules, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let woken = services.change(move |tx| {
        async move {
            let chosen = settings::rules_in(tx, &rules, guild).await?;
            spend_limits::wake(tx, &chosen, guild, now_ms).await
        }
        .boxed()
    });
    woken.await?;
    let payable = || services.store.read(move |tx| first_payable(tx, guild).boxed());
    let mut first = payable().await?;
    while let Some(image) = first {
        match confirm(services, image, None).await? {
            Done::Again(at_ms) | Done::NotYet(at_ms) => return Ok(Done::Again(at_ms)),
            Done::Finished | Done::Ended(_) | Done::Rest(_) => {}
        }
        let next = payable().await?;
        if next == first {
            break;
        }
        first = next;
    }
    Ok(Done::Finished)
}

/// Returns the approval that is to be paid next, if the pool can pay for it.
async fn first_payable(tx: &mut Tx, guild: GuildId) -> Result<Option<RenderId>, Error> {
    let awaiting = funds::awaiting(tx, guild).await?;
    let available = ledger::read(tx, guild).await?.available;
    Ok(next_payable(&awaiting, available))
}
