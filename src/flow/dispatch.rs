//! A job, from its kind to the flow that does it.

use super::announce::{gallery, log_channel, reminders};
use super::approval::{confirm, recount};
use super::done::Done;
use super::draft::start;
use super::error::Error;
use super::image::{attempt, deliver};
use super::money::spend_limits;
use super::privacy;
use super::services::Studio;
use crate::domain::job::Job;
use crate::store::jobs::Claim;

/// Does a claimed job. It may have run before, wholly or in part.
///
/// # Errors
/// [`Error`].
pub async fn run(studio: &Studio, claim: &Claim) -> Result<Done, Error> {
    match claim.job {
        Job::OpenThread(id) => start::open_thread(studio, id, claim.attempts).await,
        Job::ShowProgress(id) => start::show_progress(studio, id).await,
        Job::Render(id) => attempt::run(studio, id, claim).await,
        Job::Deliver(id) => deliver::run(studio, id, claim.attempts).await,
        Job::ShowTally(id) => deliver::show(studio, id).await,
        Job::Confirm(id) => confirm::confirm(studio, id).await,
        Job::Uncap(id) => spend_limits::look_again(studio, id).await,
        Job::CloseVote(id) => confirm::close(studio, id).await,
        Job::Recount(thread) => recount::recount(studio, thread).await,
        Job::Remind(id) => reminders::remind(studio, id, claim.attempts).await,
        Job::Exhibit(id) => gallery::exhibit(studio, id, claim.attempts).await,
        Job::LogSpend(id) => log_channel::spent(studio, id, claim.attempts).await,
        Job::Alert(id) => log_channel::alert(studio, id, claim.attempts).await,
        Job::Forget(id) => privacy::forget(studio, id).await,
        Job::ResumeWaiting(id) => confirm::resume_waiting(studio, id).await,
    }
}
