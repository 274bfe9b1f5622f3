//! How a job ended.

use crate::store::jobs::Claim;

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The job is done.
    Finished,
    /// The job is done, and its last transaction has said so in the queue. Holds the job that
    /// follows, if that transaction has claimed it for the same worker.
    Ended(Option<Claim>),
    /// The job is done. If it was enqueued again meanwhile, it does not run before this time, in
    /// milliseconds since 1970.
    Rest(i64),
    /// The job runs again at this time, in milliseconds since 1970.
    Again(i64),
    /// The job had nothing to do yet. It runs at this time, in milliseconds since 1970, and this
    /// run does not count as an attempt.
    NotYet(i64),
}
