//! Votes: a set keyed (render, member, source), never a counter.

use std::collections::BTreeSet;

use super::rows::{id, key};
use super::{Error, Tx};
use crate::domain::approval::{Ballot, Source};
use crate::domain::ids::{RenderId, UserId};

/// Records a vote; a repeat changes nothing. Says whether it was new.
///
/// # Errors
/// [`Error::Database`].
pub async fn cast(
    tx: &mut Tx,
    render: RenderId,
    user: UserId,
    source: Source,
    now_ms: i64,
) -> Result<bool, Error> {
    let sql = "INSERT INTO votes (render_id, user_id, source, at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let added = sqlx::query(sql)
        .bind(key(render.get()))
        .bind(key(user.get()))
        .bind(source.name())
        .bind(now_ms)
        .execute(tx.conn())
        .await?;
    Ok(added.rows_affected() == 1)
}

/// Takes a vote back. Says whether there was one.
///
/// # Errors
/// [`Error::Database`].
pub async fn withdraw(tx: &mut Tx, render: RenderId, user: UserId, source: Source) -> Result<bool, Error> {
    let gone = sqlx::query("DELETE FROM votes WHERE render_id = $1 AND user_id = $2 AND source = $3")
        .bind(key(render.get()))
        .bind(key(user.get()))
        .bind(source.name())
        .execute(tx.conn())
        .await?;
    Ok(gone.rows_affected() == 1)
}

/// Makes the votes of source reaction exactly those of `users`, as Discord has them. Says whether that changed any.
///
/// # Errors
/// [`Error::Database`].
pub async fn replace_reactions(
    tx: &mut Tx,
    render: RenderId,
    users: &BTreeSet<UserId>,
    now_ms: i64,
) -> Result<bool, Error> {
    let before = by_source(tx, render, Source::Reaction).await?;
    for gone in before.difference(users) {
        withdraw(tx, render, *gone, Source::Reaction).await?;
    }
    for new in users.difference(&before) {
        cast(tx, render, *new, Source::Reaction, now_ms).await?;
    }
    Ok(before != *users)
}

/// Who voted, by any source. Lock the render first.
///
/// # Errors
/// [`Error::Database`].
pub async fn ballot(tx: &mut Tx, render: RenderId) -> Result<Ballot, Error> {
    let mut all = by_source(tx, render, Source::Reaction).await?;
    all.append(&mut by_source(tx, render, Source::Button).await?);
    Ok(all)
}

/// Who voted by one source.
///
/// # Errors
/// [`Error::Database`].
pub async fn by_source(tx: &mut Tx, render: RenderId, source: Source) -> Result<Ballot, Error> {
    let rows = sqlx::query("SELECT user_id FROM votes WHERE render_id = $1 AND source = $2")
        .bind(key(render.get()))
        .bind(source.name())
        .fetch_all(tx.conn())
        .await?;
    rows.iter()
        .map(|row| Ok(UserId::new(id(row, "user_id")?)))
        .collect()
}
