//! Proves that a row is locked.

use std::ops::Deref;

use super::rows::impossible;
use super::{Error, Tx};

/// A row that a transaction has locked, as the row is under the lock: nobody else changes it before
/// the commit. A function that writes such a row takes a `Locked`, so that a write without the lock
/// does not compile. Only a function that locks makes one, and it counts only in the transaction
/// that locked the row.
///
/// A write to a render that is not locked does not compile:
///
/// ```compile_fail,E0308
/// async fn write(tx: &mut greenlight::store::Tx, id: greenlight::domain::ids::RenderId) {
///     let state = greenlight::domain::image::render::State::Cancelled;
///     greenlight::store::renders::set_state(tx, id, &state).await.unwrap();
/// }
/// ```
///
/// Nor does one to a draft, a pool or a guild's settings:
///
/// ```compile_fail,E0308
/// use greenlight::domain::draft::entity::{Draft, Place};
/// async fn write(tx: &mut greenlight::store::Tx, draft: &Draft) {
///     greenlight::store::drafts::set_place(tx, draft, Place::Opening(None)).await.unwrap();
/// }
/// ```
///
/// ```compile_fail,E0308
/// use greenlight::domain::credits::Pool;
/// use greenlight::domain::money::authorization::Authorization;
/// async fn write(tx: &mut greenlight::store::Tx, pool: &mut Pool, paid: Authorization) {
///     greenlight::store::ledger::hold(tx, pool, paid, 0).await.unwrap();
/// }
/// ```
///
/// ```compile_fail,E0308
/// use greenlight::domain::guild::settings::GuildSettings;
/// use greenlight::store::guilds::GuildRow;
/// async fn write(tx: &mut greenlight::store::Tx, row: &GuildRow, chosen: &GuildSettings) {
///     greenlight::store::guilds::write(tx, row, chosen).await.unwrap();
/// }
/// ```
#[derive(Debug)]
pub struct Locked<T> {
    row: T,
    /// The transaction that holds the lock.
    by: u64,
}

impl<T> Locked<T> {
    /// Records that `tx` has locked a row.
    pub(in crate::store) fn new(tx: &Tx, row: T) -> Self {
        Self { row, by: tx.serial() }
    }

    /// Returns the row to a writer of the transaction that holds the lock.
    ///
    /// # Errors
    /// [`Error::Inconsistent`] when another transaction locked it, which is over by now.
    pub(in crate::store) fn of(&self, tx: &Tx) -> Result<&T, Error> {
        if self.by == tx.serial() {
            Ok(&self.row)
        } else {
            Err(impossible("a lock of another transaction"))
        }
    }

    /// Replaces the row by what this transaction wrote.
    pub(in crate::store) fn set(&mut self, row: T) {
        self.row = row;
    }
}

impl<T> Deref for Locked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.row
    }
}
