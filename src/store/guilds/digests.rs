//! Records which day of a guild has had its digest, and which message shows it.

use super::GuildRow;
use crate::domain::guild::digest::DigestRecord;
use crate::domain::ids::{ChannelId, GuildId, MessageId};
use crate::store::rows::columns::columns;
use crate::store::rows::{integer, key, optional, optional_id};
use crate::store::{Error, Locked, Tx};

/// Reads what is recorded of a guild's digests.
///
/// # Errors
/// [`Error::Database`].
pub async fn read(tx: &mut Tx, guild: GuildId) -> Result<DigestRecord, Error> {
    let query = sqlx::query(concat!(
        "SELECT ",
        columns!(digests, ""),
        " FROM digests WHERE guild_id = $1"
    ))
    .bind(key(guild.get()));
    let Some(row) = query.fetch_optional(tx.conn()).await? else {
        return Ok(DigestRecord::default());
    };
    let channel = optional_id(&row, "channel_id")?.map(ChannelId::new);
    let message = optional_id(&row, "message_id")?.map(MessageId::new);
    Ok(DigestRecord {
        day: optional(&row, "day")?,
        message: channel.zip(message),
        withdrawn: integer(&row, "withdrawn")? != 0,
    })
}

/// Records that a day is done. The message that is shown stays.
///
/// # Errors
/// [`Error::Database`].
pub async fn done(tx: &mut Tx, row: &Locked<GuildRow>, day: i64) -> Result<(), Error> {
    let sql = "INSERT INTO digests (guild_id, day) VALUES ($1, $2)
         ON CONFLICT (guild_id) DO UPDATE SET day = excluded.day";
    let query = sqlx::query(sql).bind(key(row.of(tx)?.guild.get())).bind(day);
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Records that a day is done, and which message shows its digest, if one does. A digest that was
/// withdrawn while it was made stays so.
///
/// # Errors
/// [`Error::Database`].
pub async fn posted(
    tx: &mut Tx,
    row: &Locked<GuildRow>,
    day: i64,
    message: Option<(ChannelId, MessageId)>,
) -> Result<(), Error> {
    let sql = "INSERT INTO digests (guild_id, day, channel_id, message_id) VALUES ($1, $2, $3, $4)
         ON CONFLICT (guild_id) DO UPDATE SET day = excluded.day, channel_id = excluded.channel_id,
            message_id = excluded.message_id";
    sqlx::query(sql)
        .bind(key(row.of(tx)?.guild.get()))
        .bind(day)
        .bind(message.map(|(channel, _)| key(channel.get())))
        .bind(message.map(|(_, message)| key(message.get())))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Records that no digest is shown any more.
///
/// # Errors
/// [`Error::Database`].
pub async fn taken_down(tx: &mut Tx, row: &Locked<GuildRow>) -> Result<(), Error> {
    let sql = "UPDATE digests SET channel_id = NULL, message_id = NULL, withdrawn = 0 WHERE guild_id = $1";
    let query = sqlx::query(sql).bind(key(row.of(tx)?.guild.get()));
    query.execute(tx.conn()).await?;
    Ok(())
}

/// Records that the digest that a guild is shown, or is about to be shown, must go. Returns whether the
/// guild has digests. Needs no lock: nothing else sets this, and who takes the digest down does it again
/// if it comes late.
///
/// # Errors
/// [`Error::Database`].
pub async fn withdraw(tx: &mut Tx, guild: GuildId) -> Result<bool, Error> {
    let sql = "INSERT INTO digests (guild_id, withdrawn)
         SELECT guild_id, 1 FROM guilds WHERE guild_id = $1 AND digest_id IS NOT NULL
         ON CONFLICT (guild_id) DO UPDATE SET withdrawn = 1";
    let withdrawn = sqlx::query(sql).bind(key(guild.get())).execute(tx.conn()).await?;
    Ok(withdrawn.rows_affected() > 0)
}
