//! Tests the whole bot in trouble: failing calls, crashes, races, storms, and what it logs
//! meanwhile.

mod alerts;
mod begin_together;
mod chaos;
mod every_call_fails;
mod full_disk;
mod ground;
mod leases;
mod log_ids;
mod lost_store;
mod memory;
mod missed_events;
mod processes;
mod races;
mod recovery;
mod restarts;
pub mod rolling;
mod secrets;
mod stops;
mod two_processes;
mod unusable;
mod watch;
