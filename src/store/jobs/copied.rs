//! Prepares the queue of a copy that was put back.

use crate::store::{Error, Tx};

/// Has every job run as one that may have run already, and by nobody yet: what it posts is looked
/// for first. A worker that had claimed one when the copy was made is not there any more.
///
/// # Errors
/// [`Error::Database`].
pub async fn may_have_run(tx: &mut Tx) -> Result<(), Error> {
    let query = sqlx::query("UPDATE jobs SET attempts = attempts + 1, lease_until_ms = 0, fence = 0");
    query.execute(tx.conn()).await?;
    Ok(())
}
