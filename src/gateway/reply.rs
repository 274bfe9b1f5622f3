//! Private answers to interactions.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::discord::{Discord, Error, Reply};
use crate::flow::draft::start::Started;
use crate::flow::processes;
use crate::flow::services::Services;
use crate::{flow, wording};

/// How often an answer is tried, how long one try at taking an interaction may last, and the
/// longest pause between two tries. An interaction does not wait long.
const TRIES: u32 = 3;
const ONE_TRY: Duration = Duration::from_millis(1_200);
const PAUSE: Duration = Duration::from_secs(1);

/// Takes an interaction. Returns whether this process has it.
///
/// If it could not be taken, nobody would see an answer. If another process of the bot took it,
/// that one does the work. Either way nothing may be done for it here.
pub(in crate::gateway) async fn defer(services: &Services, interaction: u64, token: &str) -> bool {
    took(services, interaction, || {
        services.discord.defer(interaction, token)
    })
    .await
}

/// Takes a press whose answer replaces the message with the button. Returns what [`defer`] does.
pub(in crate::gateway) async fn defer_update(services: &Services, interaction: u64, token: &str) -> bool {
    let take = || services.discord.defer_update(interaction, token);
    took(services, interaction, take).await
}

/// Takes an interaction that another process may have heard of too. Discord lets one of them take it, but
/// an answer to that may be lost. So where there are several, they first agree by a row who tries.
async fn took<F: Future<Output = Result<bool, Error>>>(
    services: &Services,
    interaction: u64,
    take: impl Fn() -> F,
) -> bool {
    if processes::claim(services, interaction).await == Some(false) {
        return false;
    }
    let count = AtomicU32::new(0);
    let deferred = again(|| {
        count.fetch_add(1, Ordering::Relaxed);
        in_time(take())
    });
    match deferred.await {
        // A try whose answer was lost may have been the one that took it.
        Ok(first) => first || count.load(Ordering::Relaxed) > 1,
        Err(error) => {
            tracing::warn!("an interaction could not be taken: {error}");
            false
        }
    }
}

/// Answers, and does not try again: the thread's job gives a later answer soon, and this one must
/// not come after it.
async fn say(discord: &Discord, token: &str, text: &str) {
    if let Err(error) = discord.answer(token, &text.to_owned().into()).await {
        tracing::info!("the first answer to an interaction was not given: {error}");
    }
}

/// Answers the requester of a draft.
pub(in crate::gateway) async fn started(
    discord: &Discord,
    token: &str,
    started: Result<Started, flow::Error>,
) {
    match started {
        Ok(Started::Accepted { answer, note }) => {
            say(discord, token, &answer).await;
            if let Some(note) = note
                && let Err(error) = again(|| discord.tell_also(token, &note)).await
            {
                tracing::warn!("a note beside an answer could not be given: {error}");
            }
        }
        Ok(Started::Refused(text)) => reply(discord, token, Ok(text)).await,
        Ok(Started::Offered(offer)) => reply(discord, token, Ok(*offer)).await,
        Err(error) => reply(discord, token, Err::<Reply, _>(error)).await,
    }
}

/// Answers with what a flow said. If the flow failed, the answer says so, and truly that nothing
/// was spent.
pub(in crate::gateway) async fn reply(
    discord: &Discord,
    token: &str,
    outcome: Result<impl Into<Reply>, flow::Error>,
) {
    let reply = outcome.map_or_else(
        |error| {
            tracing::error!("an interaction failed: {}", flow::chain(&error));
            wording::TROUBLE.to_owned().into()
        },
        Into::into,
    );
    let mut given = again(|| discord.answer(token, &reply)).await;
    if matches!(given, Err(Error::TooLarge)) {
        let content = reply
            .without_file
            .unwrap_or_else(|| wording::FILE_TOO_LARGE.to_owned());
        let plain = content.into();
        given = again(|| discord.answer(token, &plain)).await;
    }
    if let Err(error) = given {
        tracing::warn!("the answer to an interaction could not be given: {error}");
    }
}

/// Limits one try at taking an interaction to a part of the three seconds.
async fn in_time(defer: impl Future<Output = Result<bool, Error>>) -> Result<bool, Error> {
    tokio::time::timeout(ONE_TRY, defer)
        .await
        .unwrap_or(Err(Error::Busy(Some(0))))
}

async fn again<T, F: Future<Output = Result<T, Error>>>(call: impl Fn() -> F) -> Result<T, Error> {
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
