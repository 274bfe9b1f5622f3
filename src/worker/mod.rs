//! Claims jobs, runs them, and finishes them or puts them back. A worker renews its leases while it
//! works; a fence keeps a worker whose lease ended from writing.
//!
//! The transaction that finishes a job also claims the jobs that are next, for as many places as
//! are free. So does one that enqueues jobs, and its commit puts the claims on the
//! [tray](crate::store::bell::tray) of their lane. A lane looks at the queue by itself only when its
//! bell rings, and once in a while.

mod lane;
mod queue;
mod run;

pub use self::queue::{LONGEST_MS, Turn, Worker};
