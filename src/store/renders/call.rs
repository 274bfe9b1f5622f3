//! Reads and writes what is known of a render's paid call: who was asked, and its name.

use sqlx::any::AnyRow;

use crate::domain::approval::vote::Image;
use crate::domain::ids::RenderId;
use crate::domain::image::reference::RefusedPicture;
use crate::domain::image::render::Asked;
use crate::domain::stage::{Mode, Quality};
use crate::store::rows::{impossible, key, optional, optional_text};
use crate::store::{Error, Locked, Tx};

/// Records that an attempt begins, and counts it. A fresh attempt asks somebody, in a call that has
/// no name yet, with these words, where they are not the draft's prompt alone. Any other (`None`) is
/// about the call before.
///
/// # Errors
/// [`Error::Database`].
pub async fn begin(
    tx: &mut Tx,
    render: &Locked<Image>,
    fresh: Option<(&Asked, Option<String>)>,
) -> Result<(), Error> {
    let id = key(render.of(tx)?.id.get());
    let query = match fresh {
        None => sqlx::query("UPDATE renders SET attempts = attempts + 1 WHERE id = $1").bind(id),
        Some((asked, words)) => sqlx::query(
            "UPDATE renders SET state = 'rendering', attempts = attempts + 1, request_id = NULL, request_url = NULL,
             asked_engine = $2, asked_model = $3, asked_quality = $4, asked_mode = $5, sent_words = $6 WHERE id = $1",
        )
        .bind(id)
        .bind(asked.engine.clone())
        .bind(asked.model.clone())
        .bind(asked.quality.map(Quality::name))
        .bind(asked.mode.name())
        .bind(words),
    };
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Records the engine's name for the call that is under way, and where the service can be asked about
/// it. Needs no lock: only the worker that makes the call writes it.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_request(
    tx: &mut Tx,
    render: RenderId,
    request: &str,
    url: Option<&str>,
) -> Result<(), Error> {
    sqlx::query("UPDATE renders SET request_id = $2, request_url = $3 WHERE id = $1")
        .bind(key(render.get()))
        .bind(request)
        .bind(url)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Records which picture that was sent along the service refused.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_refused_picture(
    tx: &mut Tx,
    render: &Locked<Image>,
    refused: RefusedPicture,
) -> Result<(), Error> {
    sqlx::query("UPDATE renders SET refused_picture = $2 WHERE id = $1")
        .bind(key(render.of(tx)?.id.get()))
        .bind(refused.to_string())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Records that somebody called a render off whose call may wait in the queue of a service. `now_ms`
/// is in milliseconds since 1970.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_called_off(tx: &mut Tx, render: &Locked<Image>, now_ms: i64) -> Result<(), Error> {
    sqlx::query("UPDATE renders SET called_off_ms = $2 WHERE id = $1")
        .bind(key(render.of(tx)?.id.get()))
        .bind(now_ms)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Returns whether somebody called a render off.
///
/// # Errors
/// [`Error::Database`].
pub async fn is_called_off(tx: &mut Tx, render: RenderId) -> Result<bool, Error> {
    let query = sqlx::query("SELECT called_off_ms FROM renders WHERE id = $1").bind(key(render.get()));
    let row = query.fetch_optional(tx.conn()).await?;
    Ok(row
        .map(|row| optional(&row, "called_off_ms"))
        .transpose()?
        .flatten()
        .is_some())
}

pub(super) fn asked_from_row(row: &AnyRow) -> Result<Option<Asked>, Error> {
    let (engine, model) = (
        optional_text(row, "asked_engine")?,
        optional_text(row, "asked_model")?,
    );
    let mode = optional_text(row, "asked_mode")?;
    let (Some(engine), Some(model), Some(mode)) = (engine, model, mode) else {
        return Ok(None);
    };
    let quality = optional_text(row, "asked_quality")?.map(|name| {
        let quality = Quality::from_name(&name);
        quality.ok_or_else(|| impossible(format!("quality {name}")))
    });
    Ok(Some(Asked {
        engine,
        model,
        quality: quality.transpose()?,
        mode: Mode::from_name(&mode).ok_or_else(|| impossible(format!("mode {mode}")))?,
    }))
}
