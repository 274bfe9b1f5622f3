//! Handles posts that Discord refuses for good, and finds posts of earlier runs.

use super::error::Error;
use super::services::Services;
use crate::discord;
use crate::domain::ids::ChannelId;

/// Parts a refusal of Discord for good from a failure that may pass. Only the second is an
/// [`Error`]: a flow has to answer a refusal for good, because asking again changes nothing.
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

/// Does an edit that can be left undone: a message that is gone needs none. Logs a refusal for
/// good.
///
/// # Errors
/// [`Error::Retry`] when Discord is busy or away.
pub(in crate::flow) fn if_it_can(what: &str, result: Result<(), discord::Error>) -> Result<(), Error> {
    if let Err(error) = lasting(result)? {
        tracing::info!("{what} could not be done: {error}");
    }
    Ok(())
}

/// Returns whether an earlier run of a job said this and died before it could record that. A first
/// run does not look. A channel that cannot be read counts as one where nothing was said.
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
