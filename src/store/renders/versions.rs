//! Reads the versions of an image: those that were drawn after it by its notes.

use crate::domain::ids::{MessageId, RenderId};
use crate::domain::image::render::Render;
use crate::domain::image::version::Next;
use crate::store::rows::{count, key, optional_id};
use crate::store::{Error, Tx};

/// The newest version that was drawn after an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newest {
    /// Its number among the versions.
    pub version: u32,
    /// The message that shows it.
    pub message: MessageId,
}

/// Returns the next version of an image.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible number.
pub async fn next(tx: &mut Tx, of: &Render) -> Result<Next, Error> {
    let query = sqlx::query(
        "SELECT (SELECT COUNT(DISTINCT version) + 1 FROM renders WHERE after_id = $1) AS nth,
            (SELECT MAX(version) + 1 FROM renders WHERE draft_id = $2 AND position = $3) AS version",
    );
    let query = query
        .bind(key(of.id.get()))
        .bind(key(of.draft.get()))
        .bind(i64::from(of.number.position));
    let row = query.fetch_one(tx.conn()).await?;
    Ok(Next {
        nth: count(&row, "nth")?,
        version: count(&row, "version")?,
    })
}

/// Returns the newest version that was drawn after an image and is shown.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn newest(tx: &mut Tx, image: RenderId) -> Result<Option<Newest>, Error> {
    let query = sqlx::query(
        "SELECT version, message_id FROM renders WHERE after_id = $1 AND state = 'done' AND message_id IS NOT NULL
         ORDER BY version DESC LIMIT 1",
    );
    let Some(row) = query.bind(key(image.get())).fetch_optional(tx.conn()).await? else {
        return Ok(None);
    };
    let version = count(&row, "version")?;
    let message = optional_id(&row, "message_id")?.map(MessageId::new);
    Ok(message.map(|message| Newest { version, message }))
}
