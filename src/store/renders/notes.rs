//! Reads and writes the notes on images, and what came of them.

use sqlx::Any;
use sqlx::any::{AnyArguments, AnyRow};
use sqlx::query::Query;

use crate::domain::approval::vote::Image;
use crate::domain::ids::{MessageId, RenderId, UserId};
use crate::domain::image::note::{Note, NoteText};
use crate::store::rows::{count, id, key, optional_id, optional_text, text};
use crate::store::{Error, Locked, Tx};

/// Returns the notes that stand on an image, in their order.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn standing(tx: &mut Tx, render: RenderId) -> Result<Vec<Note>, Error> {
    let query = sqlx::query(
        "SELECT number, user_id, text, message_id FROM notes WHERE render_id = $1 AND struck_by IS NULL ORDER BY number",
    );
    let rows = query.bind(key(render.get())).fetch_all(tx.conn()).await?;
    rows.iter().map(from_row).collect()
}

fn from_row(row: &AnyRow) -> Result<Note, Error> {
    Ok(Note {
        number: count(row, "number")?,
        by: UserId::new(id(row, "user_id")?),
        text: NoteText::stored(text(row, "text")?),
        reply: optional_id(row, "message_id")?.map(MessageId::new),
    })
}

/// Records a note. Returns its number. A reply that was read before changes nothing, and has none.
///
/// # Errors
/// [`Error::Database`].
pub async fn add(
    tx: &mut Tx,
    image: &Locked<Image>,
    (by, words): (UserId, &NoteText),
    reply: Option<MessageId>,
    now_ms: i64,
) -> Result<Option<u32>, Error> {
    let render = key(image.of(tx)?.id.get());
    let query = sqlx::query("SELECT COALESCE(MAX(number), 0) + 1 AS number FROM notes WHERE render_id = $1");
    let number = count(&query.bind(render).fetch_one(tx.conn()).await?, "number")?;
    let sql = "INSERT INTO notes (render_id, number, user_id, text, message_id, at_ms) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT DO NOTHING";
    let added = sqlx::query(sql)
        .bind(render)
        .bind(i64::from(number))
        .bind(key(by.get()))
        .bind(words.as_str().to_owned())
        .bind(reply.map(|reply| key(reply.get())))
        .bind(now_ms)
        .execute(tx.conn())
        .await?;
    if added.rows_affected() == 0 {
        return Ok(None);
    }
    recount(tx, image).await?;
    Ok(Some(number))
}

/// Strikes a note that stands, for a member. Returns whether there was one.
///
/// # Errors
/// [`Error::Database`].
pub async fn strike(tx: &mut Tx, image: &Locked<Image>, number: u32, by: UserId) -> Result<bool, Error> {
    let sql = "UPDATE notes SET struck_by = $3 WHERE render_id = $1 AND number = $2 AND struck_by IS NULL";
    let query = sqlx::query(sql)
        .bind(key(image.of(tx)?.id.get()))
        .bind(i64::from(number))
        .bind(key(by.get()));
    struck(tx, image, query).await
}

/// Strikes a note whose reply its writer has deleted, and removes its words. Returns whether it stood.
///
/// # Errors
/// [`Error::Database`].
pub async fn withdraw(tx: &mut Tx, image: &Locked<Image>, number: u32) -> Result<bool, Error> {
    let sql = "UPDATE notes SET struck_by = user_id, text = '' WHERE render_id = $1 AND number = $2 AND struck_by IS NULL";
    let query = sqlx::query(sql)
        .bind(key(image.of(tx)?.id.get()))
        .bind(i64::from(number));
    struck(tx, image, query).await
}

/// Runs a statement that strikes a note. Returns whether it did.
async fn struck(
    tx: &mut Tx,
    image: &Locked<Image>,
    query: Query<'_, Any, AnyArguments>,
) -> Result<bool, Error> {
    let struck = query.execute(tx.conn()).await?.rows_affected() == 1;
    if struck {
        recount(tx, image).await?;
    }
    Ok(struck)
}

/// Gives a note that stands other words. Returns whether they are other ones.
///
/// # Errors
/// [`Error::Database`].
pub async fn reword(
    tx: &mut Tx,
    image: &Locked<Image>,
    number: u32,
    words: &NoteText,
) -> Result<bool, Error> {
    let sql = "UPDATE notes SET text = $3 WHERE render_id = $1 AND number = $2 AND struck_by IS NULL AND text <> $3";
    let changed = sqlx::query(sql)
        .bind(key(image.of(tx)?.id.get()))
        .bind(i64::from(number))
        .bind(words.as_str().to_owned())
        .execute(tx.conn())
        .await?;
    Ok(changed.rows_affected() == 1)
}

/// Records whether the notes that stand on an image contradict each other.
///
/// # Errors
/// [`Error::Database`].
pub async fn set_clash(tx: &mut Tx, image: &Locked<Image>, clash: bool) -> Result<(), Error> {
    let query = sqlx::query("UPDATE renders SET clash = $2 WHERE id = $1");
    query
        .bind(key(image.of(tx)?.id.get()))
        .bind(i64::from(clash))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Returns the image on which a reply is a note, and the note's number. Returns `None` for a message
/// that is none.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_reply(tx: &mut Tx, reply: MessageId) -> Result<Option<(RenderId, u32)>, Error> {
    let query = sqlx::query("SELECT render_id, number FROM notes WHERE message_id = $1");
    let row = query.bind(key(reply.get())).fetch_optional(tx.conn()).await?;
    row.map(|row| Ok((RenderId::new(id(&row, "render_id")?), count(&row, "number")?)))
        .transpose()
}

/// Counts the notes that stand on an image anew.
pub(in crate::store) async fn recount(tx: &mut Tx, image: &Locked<Image>) -> Result<(), Error> {
    let sql = "UPDATE renders SET notes = (SELECT COUNT(*) FROM notes n WHERE n.render_id = renders.id
        AND n.struck_by IS NULL) WHERE id = $1";
    let query = sqlx::query(sql).bind(key(image.of(tx)?.id.get()));
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Returns the words that the engine was sent for a render, where they are not the draft's prompt
/// alone.
///
/// # Errors
/// [`Error::Database`].
pub async fn sent_words(tx: &mut Tx, render: RenderId) -> Result<Option<String>, Error> {
    let query = sqlx::query("SELECT sent_words FROM renders WHERE id = $1").bind(key(render.get()));
    let row = query.fetch_optional(tx.conn()).await?;
    row.map_or(Ok(None), |row| optional_text(&row, "sent_words"))
}
