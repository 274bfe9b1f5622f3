//! Lists the words that this program knows: English first, then some German, French, Spanish and
//! Italian. A row is a comma-separated list (plurals in -s and -es are found by themselves) and
//! what it means. Where two rows have one word, the earlier row counts.

mod looks;
mod places;
mod things;

use super::vocabulary::Row;

/// Returns every row.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    [places::ROWS, things::ROWS, looks::ROWS].into_iter().flatten()
}
