//! Calls off what is queued for a place that is gone: nobody would see it, so nobody pays for it.

use futures::FutureExt;

use super::cancel::cancel_where;
use crate::domain::ids::{ChannelId, DraftId, GuildId};
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::drafts;

/// Calls off what is queued for a channel or thread that was deleted or is out of sight, and for the
/// threads in it.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn place(services: &Services, channel: ChannelId) -> Result<(), Error> {
    let read = services
        .store
        .read(move |tx| drafts::pending_at(tx, channel).boxed());
    call_off(services, read.await?).await
}

/// Calls off what is queued for a guild that the bot was removed from.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn guild(services: &Services, guild: GuildId) -> Result<(), Error> {
    let read = services
        .store
        .read(move |tx| drafts::pending_in(tx, guild).boxed());
    call_off(services, read.await?).await
}

/// Calls off what is queued for the guilds that the bot was removed from while it was away: those
/// for which `is_gone` says so.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn while_away(services: &Services, is_gone: impl Fn(GuildId) -> bool) -> Result<(), Error> {
    let read = services.store.read(|tx| drafts::guilds_with_pending(tx).boxed());
    for left in read.await?.into_iter().filter(|id| is_gone(*id)) {
        guild(services, left).await?;
    }
    Ok(())
}

async fn call_off(services: &Services, drafts: Vec<DraftId>) -> Result<(), Error> {
    for id in drafts {
        let cancelled = cancel_where(services, id, |_| true).await?;
        tracing::info!(
            draft.id = %id,
            images = cancelled.images,
            called_off = cancelled.called_off,
            "what was queued for a place that is gone is called off"
        );
    }
    Ok(())
}
