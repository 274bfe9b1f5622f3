//! A job, from its kind to the flow that does it.

use super::done::Done;
use super::error::Error;
use super::services::Studio;
use super::{caps, deliver, draft, gallery, log, privacy, quorum, recover, remind, render};
use crate::domain::job::Job;
use crate::store::jobs::Claim;

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
