//! Marks the images whose next stages a lead has to want: those of a copy that was put back, which may
//! be paid already.

use sqlx::any::AnyRow;

use crate::domain::approval::terms::LeadCase;
use crate::domain::approval::vote::Image;
use crate::domain::ids::RenderId;
use crate::store::rows::{integer, key, optional, render_ids};
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

/// Takes the marks off an image, because a lead has said that its next stage is wanted.
///
/// # Errors
/// [`Error::Database`].
pub async fn let_go(tx: &mut Tx, image: &Locked<Image>) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET restored_ms = NULL, clash = 0 WHERE id = $1");
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

/// Reads why a lead has to say that the next stage of an image is wanted.
pub(super) fn for_lead(row: &AnyRow) -> Result<Option<LeadCase>, Error> {
    Ok(if optional(row, "restored_ms")?.is_some() {
        Some(LeadCase::Restored)
    } else {
        (integer(row, "clash")? != 0).then_some(LeadCase::Clash)
    })
}
