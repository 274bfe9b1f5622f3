//! Records where a render is shown, and what was said of it.

use sqlx::any::AnyRow;

use crate::domain::approval::vote::Image;
use crate::domain::ids::{MessageId, RenderId};
use crate::domain::image::reduced::Reduced;
use crate::domain::image::render::{Render, Shown, State};
use crate::store::rows::{count, impossible, integer, key, optional, optional_id, optional_text};
use crate::store::{Error, Locked, Tx};

/// What decides whether a stored first image waits for an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// When the picture was stored and paid for, in milliseconds since 1970.
    pub stored_ms: Option<i64>,
    /// Whether an image at an earlier position of the draft is still to be shown.
    pub earlier_comes: bool,
}

/// Returns what decides whether a first image waits for an earlier one: nothing, where it is none
/// or is not stored or shown already. One that ended without a picture is not waited for.
///
/// # Errors
/// [`Error::Database`].
pub async fn turn(tx: &mut Tx, render: &Render) -> Result<Turn, Error> {
    let stored = render.message.is_none() && matches!(render.state, State::Done(_));
    if !stored || !render.is_idea() || render.number.position == 1 {
        return Ok(Turn::default());
    }
    let row = sqlx::query(
        "SELECT (SELECT MAX(c.at_ms) FROM entries h JOIN entries c ON c.closes = h.id
                WHERE h.render_id = $1 AND h.kind = 'hold' AND c.kind = 'settle') AS stored_ms,
            (SELECT COUNT(*) FROM renders WHERE draft_id = $2 AND stage = 'explore' AND version = 1 AND position < $3
                AND message_id IS NULL AND state IN ('queued', 'rendering', 'done')) AS earlier",
    )
    .bind(key(render.id.get()))
    .bind(key(render.draft.get()))
    .bind(i64::from(render.number.position))
    .fetch_one(tx.conn())
    .await?;
    Ok(Turn {
        stored_ms: optional(&row, "stored_ms")?,
        earlier_comes: count(&row, "earlier")? > 0,
    })
}

/// Records the message that shows a render, and whether it carries a smaller form of the picture.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_message(
    tx: &mut Tx,
    render: &Locked<Image>,
    message: MessageId,
    reduced: Option<&Reduced>,
) -> Result<(), Error> {
    let query =
        sqlx::query("UPDATE renders SET message_id = $2, reduced = $3, reduced_from = $4 WHERE id = $1");
    let forms = reduced.and_then(|reduced| reduced.forms.as_ref());
    query
        .bind(key(render.of(tx)?.id.get()))
        .bind(key(message.get()))
        .bind(i64::from(reduced.is_some()))
        .bind(forms.map(ToString::to_string))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Reads whether a message carries a smaller form of its picture, and which.
pub(super) fn reduced_from_row(row: &AnyRow) -> Result<Option<Reduced>, Error> {
    if integer(row, "reduced")? == 0 {
        return Ok(None);
    }
    let forms = optional_text(row, "reduced_from")?.map(|forms| {
        let read = forms.parse();
        read.map_err(|_| impossible(format!("forms of a picture {forms}")))
    });
    Ok(Some(Reduced {
        forms: forms.transpose()?,
    }))
}

/// Returns the message that shows the next stage of an image, once that is drawn.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn shows_next(tx: &mut Tx, image: RenderId) -> Result<Option<MessageId>, Error> {
    let query = sqlx::query(
        "SELECT message_id FROM renders WHERE parent_id = $1 AND after_id IS NULL AND state = 'done'",
    );
    let row = query.bind(key(image.get())).fetch_optional(tx.conn()).await?;
    let message = row.map(|row| optional_id(&row, "message_id")).transpose()?;
    Ok(message.flatten().map(MessageId::new))
}

/// Records where the gallery shows a final.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_shown(tx: &mut Tx, render: &Locked<Image>, shown: Shown) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET gallery_id = $2, gallery_message_id = $3 WHERE id = $1");
    query
        .bind(key(render.of(tx)?.id.get()))
        .bind(key(shown.channel.get()))
        .bind(key(shown.message.get()))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Takes the message of a render for one that is no longer true: it is to be mended, and another to
/// be posted.
///
/// # Errors
/// [`Error::Database`].
pub async fn forget_message(tx: &mut Tx, render: &Locked<Image>) -> Result<(), Error> {
    let query = sqlx::query(
        "UPDATE renders SET notice_id = COALESCE(message_id, notice_id), message_id = NULL WHERE id = $1",
    );
    query
        .bind(key(render.of(tx)?.id.get()))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Records a message about a render that is no longer true, or that it was mended.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_notice(tx: &mut Tx, render: &Locked<Image>, notice: Option<MessageId>) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET notice_id = $2 WHERE id = $1");
    query
        .bind(key(render.of(tx)?.id.get()))
        .bind(notice.map(|notice| key(notice.get())))
        .execute(tx.conn())
        .await?;
    Ok(())
}
