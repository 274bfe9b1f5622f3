//! What a process asks before it acts, because another process of the bot may be about to do the same.

use std::time::Duration;

use tokio::time::timeout;

use super::services::Services;

/// How long an interaction may wait to be claimed. Discord gives it three seconds.
const CLAIM: Duration = Duration::from_millis(700);
/// How long the turn of a session may take to be given.
const TURN: Duration = Duration::from_secs(2);

/// Claims an interaction, if other processes may have heard of it too. Returns whether it is this
/// process that answers it. `None`: there is no other process, or nobody can say, and Discord decides.
pub async fn claim(services: &Services, interaction: u64) -> Option<bool> {
    if !services.discord.shares_work() {
        return None;
    }
    let claimed = services.store.processes()?.claim(interaction);
    match timeout(CLAIM, claimed).await {
        Ok(Ok(claimed)) => Some(claimed),
        Ok(Err(error)) => {
            tracing::warn!("an interaction was not claimed: {error}");
            None
        }
        Err(_) => {
            tracing::warn!("an interaction was not claimed in time");
            None
        }
    }
}

/// Takes the turn of a shard's bucket to begin a session, which is so long before the next one. Returns
/// how long from now it is due, by all that is known of other processes.
pub async fn session_turn(services: &Services, bucket: u64, apart: Duration) -> Duration {
    let Some(processes) = services.store.processes() else {
        return Duration::ZERO;
    };
    let apart_ms = i64::try_from(apart.as_millis()).unwrap_or(i64::MAX);
    match timeout(TURN, processes.identify(bucket, apart_ms)).await {
        Ok(Ok(due_ms)) => Duration::from_millis(due_ms.unsigned_abs()),
        Ok(Err(error)) => {
            tracing::warn!("other processes are not asked before a session begins: {error}");
            Duration::ZERO
        }
        Err(_) => {
            tracing::warn!("other processes cannot be asked in time before a session begins");
            Duration::ZERO
        }
    }
}
