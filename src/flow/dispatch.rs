//! Dispatches a job, by its kind, to the flow that does it.

use std::collections::BTreeMap;

use super::announce::{digest, gallery, hello, log_channel, reminders};
use super::approval::{confirm, look_up, recount, tell_stop};
use super::done::Done;
use super::error::Error;
pub use super::image::attempt::Begun;
use super::image::{attempt, deliver};
use super::money::spend_limits;
use super::privacy;
use super::services::Services;
use super::settings::lost;
use crate::domain::ids::RenderId;
use crate::domain::job::Job;
use crate::flow::approval::resume;
use crate::flow::draft::{retention, starter, thread};
use crate::store::jobs::Claim;

/// Begins together what several claims have to draw. The claims that it leaves out begin by [`run`].
///
/// # Errors
/// [`Error`]: each is to begin by [`run`].
pub async fn begin(services: &Services, claims: &[Claim]) -> Result<BTreeMap<RenderId, Begun>, Error> {
    attempt::begin_all(services, claims).await
}

/// Does a claimed job that [`begin`] has begun.
///
/// # Errors
/// The [`Error`] of the flow.
pub async fn go_on(services: &Services, claim: &Claim, begun: Begun) -> Result<Done, Error> {
    attempt::go_on(services, begun, claim).await
}

/// Does a claimed job. The job may have run before, wholly or in part.
///
/// # Errors
/// The [`Error`] of the flow.
pub async fn run(services: &Services, claim: &Claim) -> Result<Done, Error> {
    match claim.job {
        Job::OpenThread(id) => thread::open_thread(services, id, claim).await,
        Job::ShowProgress(id) => starter::show_progress(services, id).await,
        Job::Render(id) => attempt::run(services, id, claim).await,
        Job::Deliver(id) => deliver::run(services, id, claim).await,
        Job::ShowTally(id) => deliver::show(services, id).await,
        Job::Confirm(id) => confirm::confirm(services, id, Some(claim)).await,
        Job::RecheckLimit(id) => spend_limits::look_again(services, id).await,
        Job::CloseVote(id) => confirm::close(services, id, claim).await,
        Job::Recount(thread) => recount::recount(services, thread).await,
        Job::Remind(id) => reminders::remind(services, id, claim.attempts).await,
        Job::LookUp(message) => look_up::look_up(services, message).await,
        Job::Exhibit(id) => gallery::exhibit(services, id, claim.attempts).await,
        Job::LogSpend(id) => log_channel::spent(services, id, claim.attempts).await,
        Job::LogUnknown(id) => log_channel::unknown(services, id, claim.attempts).await,
        Job::LogGrant(id) => log_channel::granted(services, id, claim.attempts).await,
        Job::Alert(id) => log_channel::alert(services, id, claim.attempts).await,
        Job::Hello(id) => hello::hello(services, id, claim.attempts).await,
        Job::Digest(id) => digest::digest(services, id, claim.attempts).await,
        Job::Forget(id) => privacy::forget(services, id).await,
        Job::ResumeWaiting(id) => resume::resume_waiting(services, id).await,
        Job::CheckSettings(id) => lost::check(services, id).await,
        Job::TellStop(id) => tell_stop::tell(services, id, claim.attempts).await,
        Job::RemoveFiles(id) => retention::remove_files(services, id).await,
    }
}
