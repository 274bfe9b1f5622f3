//! A job, from its kind to the flow that does it.

use super::{Error, Studio, caps, deliver, draft, gallery, log, privacy, quorum, recover, remind, render};
use crate::domain::job::Job;
use crate::store::jobs::Claim;

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is done.
    Finished,
    /// It is done. If it was wished for again meanwhile, it is not run before a time, in milliseconds since 1970.
    Rest(i64),
    /// It is to be run again at a time, in milliseconds since 1970.
    Again(i64),
}

/// Does a claimed job. It may have run before, wholly or in part.
///
/// # Errors
/// [`Error`].
pub async fn run(studio: &Studio, claim: &Claim) -> Result<Done, Error> {
    match claim.job {
        Job::OpenThread(id) => draft::open_thread(studio, id, claim.attempts).await,
        Job::ShowProgress(id) => draft::show_progress(studio, id).await,
        Job::Render(id) => render::run(studio, id, claim).await,
        Job::Deliver(id) => deliver::run(studio, id, claim.attempts).await,
        Job::ShowTally(id) => deliver::show(studio, id).await,
        Job::Confirm(id) => quorum::confirm(studio, id).await,
        Job::Uncap(id) => caps::look_again(studio, id).await,
        Job::CloseVote(id) => quorum::close(studio, id).await,
        Job::Recount(thread) => recover::recount(studio, thread).await,
        Job::Remind(id) => remind::remind(studio, id, claim.attempts).await,
        Job::Exhibit(id) => gallery::exhibit(studio, id, claim.attempts).await,
        Job::LogSpend(id) => log::spent(studio, id, claim.attempts).await,
        Job::Alert(id) => log::alert(studio, id, claim.attempts).await,
        Job::Forget(id) => privacy::forget(studio, id).await,
        Job::ResumeWaiting(id) => quorum::resume_waiting(studio, id).await,
    }
}
