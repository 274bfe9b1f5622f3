//! Private answers to interactions.

use std::time::Duration;

use crate::discord::{Discord, Error};
use crate::domain::wording;
use crate::flow;

/// Tries at an answer, and the longest pause between two: an interaction does not wait long.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// Takes an interaction. When that fails nobody would see an answer, so nothing must be done for it.
pub(super) async fn defer(discord: &Discord, interaction: u64, token: &str) -> bool {
    match again(|| discord.defer(interaction, token)).await {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(
                interaction.id = interaction,
                "an interaction could not be taken: {error}"
            );
            false
        }
    }
}

/// Answers with what a flow said, or with an apology that is true: a flow that fails has spent nothing.
pub(super) async fn reply(discord: &Discord, token: &str, outcome: Result<String, flow::Error>) {
    let text = outcome.unwrap_or_else(|error| {
        tracing::error!("an interaction failed: {}", flow::chain(&error));
        wording::TROUBLE.to_owned()
    });
    if let Err(error) = again(|| discord.answer(token, &text)).await {
        tracing::warn!("an answer could not be given: {error}");
    }
}

async fn again<F: Future<Output = Result<(), Error>>>(call: impl Fn() -> F) -> Result<(), Error> {
    for _ in 1..TRIES {
        match call().await {
            Err(Error::Busy(wait)) => {
                let wait = wait
                    .and_then(|ms| u64::try_from(ms).ok())
                    .map_or(PAUSE, Duration::from_millis);
                tokio::time::sleep(wait.min(PAUSE)).await;
            }
            other => return other,
        }
    }
    call().await
}
