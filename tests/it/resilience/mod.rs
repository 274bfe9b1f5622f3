//! Bad days for all of the bot at once: failing calls, crashes, races, storms, and what is said in them.

mod chaos;
mod every_call_fails;
mod races;
mod recovery;
mod restarts;
mod secrets;
mod two_processes;
