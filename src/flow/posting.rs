//! Posting: what Discord refuses for good, and what was said before.

use super::error::Error;
use super::services::Services;
use crate::discord;
use crate::domain::ids::ChannelId;

/// Parts what Discord refuses for good from what may work later. Only the second is an [`Error`]: a refusal for good is
/// something that a flow has to answer, because asking again changes nothing.
///
/// # Errors
/// [`Error::Retry`] when Discord is busy or away.
pub(in crate::flow) fn lasting<T>(
    result: Result<T, discord::Error>,
) -> Result<Result<T, discord::Error>, Error> {
    match result {
        Err(discord::Error::Busy(after_ms)) => Err(Error::Retry {
            what: "Discord is busy or away",
            after_ms,
            source: None,
        }),
        lasting => Ok(lasting),
    }
}

/// Does what can be left undone: a message that is gone needs no edit. A refusal for good is only logged.
///
/// # Errors
/// [`Error::Retry`] when Discord is busy or away.
pub(in crate::flow) fn if_it_can(what: &str, result: Result<(), discord::Error>) -> Result<(), Error> {
    if let Err(error) = lasting(result)? {
        tracing::info!("{what} could not be done: {error}");
    }
    Ok(())
}

/// Whether an earlier run of a job said this and died before it could write that down. A first run need not look, and a channel
/// that cannot be read is taken for one where nothing was said.
///
/// # Errors
/// [`Error::Retry`] when Discord is busy or away.
pub(in crate::flow) async fn was_said(
    services: &Services,
    channel: ChannelId,
    since_ms: i64,
    content: &str,
    attempts: u32,
) -> Result<bool, Error> {
    if attempts <= 1 {
        return Ok(false);
    }
    let said = lasting(services.discord.find_said(channel, since_ms, content).await)?;
    Ok(said.is_ok_and(|said| !said.is_empty()))
}
