//! Tests what the bot stands on, and that gives way for a while: the database's server, its file, the
//! disk of the pictures, and the clock.

mod clock;
mod pictures;
mod read_only;
mod refusals;
mod unheard;
mod wal;
