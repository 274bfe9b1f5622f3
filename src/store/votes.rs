//! Records votes: a set keyed (render, member, kind, source), never a counter.

use std::collections::BTreeSet;

use super::rows::{id, impossible, integer, key, text};
use super::{Error, Locked, Tx};
use crate::domain::approval::ballot::{Ballot, Kind, Veto, VoteSource, VoterRole};
use crate::domain::approval::vote::Image;
use crate::domain::ids::{RenderId, UserId};

/// Records a vote. A repeat changes nothing. Returns whether it was new.
///
/// # Errors
/// [`Error::Database`].
pub async fn cast(
    tx: &mut Tx,
    image: &Locked<Image>,
    user: UserId,
    kind: Kind,
    source: VoteSource,
    now_ms: i64,
) -> Result<bool, Error> {
    let sql = "INSERT INTO votes (render_id, user_id, kind, source, at_ms) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING";
    let added = sqlx::query(sql)
        .bind(key(image.of(tx)?.id.get()))
        .bind(key(user.get()))
        .bind(kind.name())
        .bind(source.name())
        .bind(now_ms)
        .execute(tx.conn())
        .await?;
    Ok(added.rows_affected() == 1)
}

/// Takes a vote back. Returns whether there was one.
///
/// # Errors
/// [`Error::Database`].
pub async fn withdraw(
    tx: &mut Tx,
    image: &Locked<Image>,
    user: UserId,
    kind: Kind,
    source: VoteSource,
) -> Result<bool, Error> {
    let sql = "DELETE FROM votes WHERE render_id = $1 AND user_id = $2 AND kind = $3 AND source = $4";
    let gone = sqlx::query(sql)
        .bind(key(image.of(tx)?.id.get()))
        .bind(key(user.get()))
        .bind(kind.name())
        .bind(source.name())
        .execute(tx.conn())
        .await?;
    Ok(gone.rows_affected() == 1)
}

/// Makes the reaction votes of a kind exactly those of `users`, as Discord has them. Returns
/// whether that changed any.
///
/// # Errors
/// [`Error::Database`].
pub async fn replace_reactions(
    tx: &mut Tx,
    image: &Locked<Image>,
    kind: Kind,
    users: &BTreeSet<UserId>,
    now_ms: i64,
) -> Result<bool, Error> {
    let before = voters(tx, image.id, kind, VoteSource::Reaction).await?;
    for gone in before.difference(users) {
        withdraw(tx, image, *gone, kind, VoteSource::Reaction).await?;
    }
    for new in users.difference(&before) {
        cast(tx, image, *new, kind, VoteSource::Reaction, now_ms).await?;
    }
    Ok(before != *users)
}

/// Records what is known of a voter. Returns whether that is news.
///
/// # Errors
/// [`Error::Database`].
pub async fn note(tx: &mut Tx, image: &Locked<Image>, user: UserId, role: VoterRole) -> Result<bool, Error> {
    let sql = "UPDATE votes SET standing = $3 WHERE render_id = $1 AND user_id = $2 AND standing <> $3";
    let noted = sqlx::query(sql)
        .bind(key(image.of(tx)?.id.get()))
        .bind(key(user.get()))
        .bind(role.name())
        .execute(tx.conn())
        .await?;
    Ok(noted.rows_affected() > 0)
}

/// Lifts every veto that was given so far.
///
/// # Errors
/// [`Error::Database`].
pub async fn lift(tx: &mut Tx, image: &Locked<Image>) -> Result<(), Error> {
    let query = sqlx::query("UPDATE votes SET lifted = 1 WHERE render_id = $1 AND kind = 'veto'");
    query.bind(key(image.of(tx)?.id.get())).execute(tx.conn()).await?;
    Ok(())
}

/// Keeps the approvals that were given as reactions as if they had been given with the button, for
/// an emoji that is gone.
///
/// # Errors
/// [`Error::Database`].
pub async fn keep_as_pressed(tx: &mut Tx, image: &Locked<Image>, now_ms: i64) -> Result<(), Error> {
    for user in voters(tx, image.id, Kind::Approve, VoteSource::Reaction).await? {
        cast(tx, image, user, Kind::Approve, VoteSource::Button, now_ms).await?;
    }
    Ok(())
}

/// Returns who voted, by any source, with what was known of them when they were last looked up. A
/// caller that acts on it holds the image's lock.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn ballot(tx: &mut Tx, render: RenderId) -> Result<Ballot, Error> {
    let query = sqlx::query("SELECT user_id, kind, standing, lifted FROM votes WHERE render_id = $1");
    let rows = query.bind(key(render.get())).fetch_all(tx.conn()).await?;
    let mut ballot = Ballot::default();
    for row in rows {
        let user = UserId::new(id(&row, "user_id")?);
        let (kind, role) = (text(&row, "kind")?, text(&row, "standing")?);
        let kind = Kind::from_name(&kind).ok_or_else(|| impossible(format!("a vote of kind {kind}")))?;
        let role = VoterRole::from_name(&role).ok_or_else(|| impossible(format!("a voter who is {role}")))?;
        match kind {
            // A member's two votes may have been recorded before and after the member was looked
            // up.
            Kind::Approve => {
                let known = ballot.approvals.entry(user).or_default();
                *known = role.max(*known);
            }
            Kind::Veto => {
                let lifted = integer(&row, "lifted")? != 0;
                ballot.vetoes.insert(user, Veto { role, lifted });
            }
        }
    }
    Ok(ballot)
}

/// Returns who voted by one source.
///
/// # Errors
/// [`Error::Database`].
pub async fn voters(
    tx: &mut Tx,
    render: RenderId,
    kind: Kind,
    source: VoteSource,
) -> Result<BTreeSet<UserId>, Error> {
    let rows = sqlx::query("SELECT user_id FROM votes WHERE render_id = $1 AND kind = $2 AND source = $3")
        .bind(key(render.get()))
        .bind(kind.name())
        .bind(source.name())
        .fetch_all(tx.conn())
        .await?;
    rows.iter()
        .map(|row| Ok(UserId::new(id(row, "user_id")?)))
        .collect()
}
