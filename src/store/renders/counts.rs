//! Counts the renders that stand open.

use crate::store::rows::integer;
use crate::store::{Error, Tx};

/// How many renders stand open in some way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Queued or being drawn.
    pub pending: i64,
    /// Of unknown outcome.
    pub unknown: i64,
    /// Voted on.
    pub voting: i64,
}

/// Counts the renders that stand open, each by an index of its own.
///
/// # Errors
/// [`Error::Database`].
pub async fn counts(tx: &mut Tx) -> Result<Counts, Error> {
    let query = "SELECT (SELECT COUNT(*) FROM renders WHERE state IN ('queued', 'rendering')) AS pending,
        (SELECT COUNT(*) FROM renders WHERE state = 'unknown') AS unknown,
        (SELECT COUNT(*) FROM renders WHERE vote_state IN ('open', 'waiting')) AS voting";
    let row = sqlx::query(query).fetch_one(tx.conn()).await?;
    Ok(Counts {
        pending: integer(&row, "pending")?,
        unknown: integer(&row, "unknown")?,
        voting: integer(&row, "voting")?,
    })
}
