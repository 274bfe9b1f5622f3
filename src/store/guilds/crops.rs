//! Reads and writes the sizes that a server has its pictures cut to, besides the operator's.

use super::GuildRow;
use crate::domain::geometry::Pixels;
use crate::domain::ids::GuildId;
use crate::domain::image::crop::Crop;
use crate::store::rows::{count, key, text};
use crate::store::{Error, Locked, Tx};

/// Returns the sizes of a guild, by their names.
///
/// # Errors
/// [`Error::Database`]; [`Error::Inconsistent`] for an impossible row.
pub async fn all(tx: &mut Tx, guild: GuildId) -> Result<Vec<Crop>, Error> {
    let query = sqlx::query("SELECT name, width, height FROM crops WHERE guild_id = $1 ORDER BY name");
    let rows = query.bind(key(guild.get())).fetch_all(tx.conn()).await?;
    let crops = rows.iter().map(|row| {
        Ok(Crop {
            name: text(row, "name")?,
            size: Pixels {
                width: count(row, "width")?,
                height: count(row, "height")?,
            },
        })
    });
    crops.collect()
}

/// Records a size, in place of one of the same name.
///
/// # Errors
/// [`Error::Database`].
pub async fn put(tx: &mut Tx, row: &Locked<GuildRow>, crop: &Crop) -> Result<(), Error> {
    let query = sqlx::query(
        "INSERT INTO crops (guild_id, name, width, height) VALUES ($1, $2, $3, $4)
         ON CONFLICT (guild_id, name) DO UPDATE SET width = excluded.width, height = excluded.height",
    );
    query
        .bind(key(row.of(tx)?.guild.get()))
        .bind(crop.name.clone())
        .bind(i64::from(crop.size.width))
        .bind(i64::from(crop.size.height))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Removes a size. Returns whether there was one of that name.
///
/// # Errors
/// [`Error::Database`].
pub async fn remove(tx: &mut Tx, row: &Locked<GuildRow>, name: &str) -> Result<bool, Error> {
    let query = sqlx::query("DELETE FROM crops WHERE guild_id = $1 AND name = $2");
    let query = query.bind(key(row.of(tx)?.guild.get())).bind(name.to_owned());
    Ok(query.execute(tx.conn()).await?.rows_affected() > 0)
}
