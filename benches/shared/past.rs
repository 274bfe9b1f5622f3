//! Gives a guild a past.

use std::error::Error;

use futures::FutureExt;
use greenlight::domain::credits::Credits;
use greenlight::domain::ids::GuildId;
use greenlight::store::{self, Store, ledger};
use sqlx::{AnyConnection, AssertSqlSafe, Executor};

/// The price of a picture of the past.
pub const PRICE: i64 = 10;

/// The past of a guild. Each picture is a draft, and has a hold and a settle in the ledger.
#[derive(Clone, Copy)]
pub struct Past {
    pub guild: u64,
    /// The number before that of its first draft.
    pub first: u64,
    pub pictures: i64,
    /// When it ended, in milliseconds since 1970.
    pub ended_ms: i64,
}

/// Writes the past of a guild: renders of 50 members, all paid.
pub async fn write(
    store: &Store,
    other: &mut AnyConnection,
    past: Past,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let Past {
        guild,
        first,
        pictures,
        ended_ms,
    } = past;
    let plenty = Credits::new(pictures * PRICE + 1_000_000)?;
    let given = store.write(move |tx| {
        let grant = ledger::Grant::default();
        ledger::grant(tx, GuildId::new(guild), plenty, grant, ended_ms).boxed()
    });
    let given: Result<_, store::Error> = given.await;
    given?;
    let count = format!(
        "WITH RECURSIVE past(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM past WHERE n < {pictures})"
    );
    let at = format!("{ended_ms} - 60000 * ({pictures} - n)");
    for sql in [
        format!(
            "{count} INSERT INTO drafts (id, guild_id, channel_id, requester_id, prompt, ratio, images, last_stage, state,
                starter_id, thread_id, created_ms)
             SELECT {first} + n, {guild}, 5, 100 + n % 50, 'a fox', '16:9', 1, 'final', 'open', {first} + n, {first} + n, {at}
             FROM past"
        ),
        format!(
            "{count} INSERT INTO renders (id, draft_id, guild_id, position, stage, price, want_width, want_height, state,
                width, height, queued_ms)
             SELECT {first} + n, {first} + n, {guild}, 1, 'explore', {PRICE}, 1280, 720, 'done', 1280, 720, {at} FROM past"
        ),
        format!(
            "{count} INSERT INTO entries (guild_id, kind, amount, render_id, at_ms)
             SELECT {guild}, 'hold', {PRICE}, {first} + n, {at} FROM past"
        ),
        format!(
            "INSERT INTO entries (guild_id, kind, amount, render_id, closes, at_ms)
             SELECT guild_id, 'settle', amount, render_id, id, at_ms FROM entries WHERE guild_id = {guild} AND kind = 'hold'
             ORDER BY id"
        ),
        format!("UPDATE pools SET settled = {pictures} * {PRICE} WHERE guild_id = {guild}"),
        "ANALYZE".to_owned(),
    ] {
        other.execute(AssertSqlSafe(sql)).await?;
    }
    Ok(())
}
