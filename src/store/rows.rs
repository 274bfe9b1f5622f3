//! Reads columns. Every number is checked on the way in, so that an impossible row is never acted
//! on.

pub(super) mod columns;

use sqlx::Row;
use sqlx::any::AnyRow;

use super::Error;
use crate::domain::credits::{Credits, Pool};
use crate::domain::engine::cost::Usd;
use crate::domain::geometry::Pixels;
use crate::domain::ids::RenderId;
use crate::domain::image::drift::Likeness;
use crate::domain::image::number::Number;

/// Makes the error for a row that the rules do not allow.
pub(super) fn impossible(what: impl std::fmt::Display) -> Error {
    Error::Inconsistent(what.to_string())
}

/// Returns an id as the database keeps it. Snowflakes and the bot's own ids stay below 2^63.
pub(super) fn key(id: u64) -> i64 {
    id.cast_signed()
}

/// Returns the placeholders of so many rows of so many columns: `($1, $2), ($3, $4)`.
pub(super) fn places(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places = (1..=columns).map(|column| format!("${}", row * columns + column));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// Reads renders by their ids.
pub(super) fn render_ids<C: FromIterator<RenderId>>(rows: &[AnyRow]) -> Result<C, Error> {
    rows.iter().map(|row| Ok(RenderId::new(id(row, "id")?))).collect()
}

pub(super) fn integer(row: &AnyRow, column: &str) -> Result<i64, Error> {
    Ok(row.try_get(column)?)
}

pub(super) fn optional(row: &AnyRow, column: &str) -> Result<Option<i64>, Error> {
    Ok(row.try_get(column)?)
}

pub(super) fn text(row: &AnyRow, column: &str) -> Result<String, Error> {
    Ok(row.try_get(column)?)
}

pub(super) fn optional_text(row: &AnyRow, column: &str) -> Result<Option<String>, Error> {
    Ok(row.try_get(column)?)
}

pub(super) fn id(row: &AnyRow, column: &str) -> Result<u64, Error> {
    Ok(integer(row, column)?.cast_unsigned())
}

pub(super) fn optional_id(row: &AnyRow, column: &str) -> Result<Option<u64>, Error> {
    Ok(optional(row, column)?.map(i64::cast_unsigned))
}

pub(super) fn count(row: &AnyRow, column: &str) -> Result<u32, Error> {
    u32::try_from(integer(row, column)?).map_err(impossible)
}

pub(super) fn number(row: &AnyRow) -> Result<Number, Error> {
    Ok(Number {
        position: count(row, "position")?,
        version: count(row, "version")?,
    })
}

pub(super) fn credits(row: &AnyRow, column: &str) -> Result<Credits, Error> {
    Credits::new(integer(row, column)?).map_err(impossible)
}

pub(super) fn usd(row: &AnyRow, column: &str) -> Result<Option<Usd>, Error> {
    let micros = optional(row, column)?.map(u64::try_from).transpose();
    Ok(micros.map_err(impossible)?.map(Usd::micros))
}

pub(super) fn likeness(row: &AnyRow) -> Result<Option<Likeness>, Error> {
    let permille = optional(row, "likeness_permille")?;
    permille
        .map(|permille| {
            Likeness::of_permille(permille).ok_or_else(|| impossible(format!("likeness {permille}")))
        })
        .transpose()
}

pub(super) fn pool(row: &AnyRow) -> Result<Pool, Error> {
    Pool::new(
        credits(row, "granted")?,
        credits(row, "held")?,
        credits(row, "settled")?,
    )
    .map_err(impossible)
}

pub(super) fn pixels(width: i64, height: i64) -> Result<Pixels, Error> {
    let side = |n: i64| u32::try_from(n).map_err(impossible);
    Ok(Pixels {
        width: side(width)?,
        height: side(height)?,
    })
}
