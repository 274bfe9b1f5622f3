//! Writes how a render and its paid call ended.

use crate::domain::approval::vote::Image;
use crate::domain::ids::RenderId;
use crate::domain::image::drift::Likeness;
use crate::domain::image::render::{Bill, State};
use crate::store::rows::key;
use crate::store::{Error, Locked, Tx};

/// Records the state of a render.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_state(tx: &mut Tx, render: &Locked<Image>, state: &State) -> Result<(), Error> {
    let size = state.drawn();
    sqlx::query("UPDATE renders SET state = $2, width = $3, height = $4 WHERE id = $1")
        .bind(key(render.of(tx)?.id.get()))
        .bind(state.name())
        .bind(size.map(|pixels| i64::from(pixels.width)))
        .bind(size.map(|pixels| i64::from(pixels.height)))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Records how an attempt at a render ended, and the engine's bill if a call was made.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_outcome(
    tx: &mut Tx,
    render: &Locked<Image>,
    state: &State,
    bill: Option<&Bill>,
) -> Result<(), Error> {
    let Some(bill) = bill else {
        return set_state(tx, render, state).await;
    };
    let size = state.drawn();
    sqlx::query(
        "UPDATE renders SET state = $2, width = $3, height = $4, usd_micros = $5, request_id = $6 WHERE id = $1",
    )
    .bind(key(render.of(tx)?.id.get()))
    .bind(state.name())
    .bind(size.map(|pixels| i64::from(pixels.width)))
    .bind(size.map(|pixels| i64::from(pixels.height)))
    .bind(bill.usd.map(|usd| i64::try_from(usd.as_micros()).unwrap_or(i64::MAX)))
    .bind(bill.request.as_deref())
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Records how alike a picture is to the approved one. The first record stays, so this needs no
/// lock.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_likeness(tx: &mut Tx, render: RenderId, likeness: Likeness) -> Result<(), Error> {
    let query =
        sqlx::query("UPDATE renders SET likeness_permille = $2 WHERE id = $1 AND likeness_permille IS NULL");
    query
        .bind(key(render.get()))
        .bind(i64::from(likeness.permille()))
        .execute(tx.conn())
        .await?;
    Ok(())
}
