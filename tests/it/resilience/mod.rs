//! Tests the whole bot in trouble: failing calls, crashes, races, storms, and what it logs
//! meanwhile.

mod chaos;
mod every_call_fails;
mod log_ids;
mod races;
mod recovery;
mod restarts;
mod secrets;
mod two_processes;
