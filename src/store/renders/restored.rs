//! Marks the images of a copy that was put back, whose next stages may be paid already.

use crate::domain::approval::vote::Image;
use crate::domain::ids::RenderId;
use crate::store::rows::{integer, key, render_ids};
use crate::store::{Error, Locked, Tx};

/// Returns every render whose end is still to come, in the order in which their rows are locked.
///
/// # Errors
/// [`Error::Database`].
pub async fn pending(tx: &mut Tx) -> Result<Vec<RenderId>, Error> {
    let query = sqlx::query(
        "SELECT id FROM renders WHERE state IN ('queued', 'rendering') ORDER BY draft_id, position, id",
    );
    render_ids(&query.fetch_all(tx.conn()).await?)
}

/// Returns every image whose vote is not over, in the order in which their rows are locked.
///
/// # Errors
/// [`Error::Database`].
pub async fn not_over(tx: &mut Tx) -> Result<Vec<RenderId>, Error> {
    let query = sqlx::query(
        "SELECT id FROM renders WHERE vote_state IN ('open', 'waiting') ORDER BY draft_id, position, id",
    );
    render_ids(&query.fetch_all(tx.conn()).await?)
}

/// Marks every image whose approval is not spent: the copy that it comes from was put back at this
/// time, in milliseconds since 1970.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_restored(tx: &mut Tx, now_ms: i64) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET restored_ms = $1 WHERE vote_state <> 'spent'");
    query.bind(now_ms).execute(tx.conn()).await?;
    Ok(())
}

/// Takes the mark off an image, because a lead has said that its next stage is wanted.
///
/// # Errors
/// [`Error::Database`].
pub async fn let_go(tx: &mut Tx, image: &Locked<Image>) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET restored_ms = NULL WHERE id = $1");
    query.bind(key(image.of(tx)?.id.get())).execute(tx.conn()).await?;
    Ok(())
}

/// Counts the images with the mark whose vote is not over.
///
/// # Errors
/// [`Error::Database`].
pub async fn held_back(tx: &mut Tx) -> Result<i64, Error> {
    let query = sqlx::query(
        "SELECT COUNT(*) AS votes FROM renders WHERE vote_state IN ('open', 'waiting') AND restored_ms IS NOT NULL",
    );
    integer(&query.fetch_one(tx.conn()).await?, "votes")
}
