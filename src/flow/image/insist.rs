//! Insists on work that only this process can finish, because the result of a paid call is only in
//! its memory.

use std::time::Duration;

use crate::domain::ids::RenderId;
use crate::domain::pauses::Pauses;
use crate::flow::error::{Error, chain};
use crate::flow::services::Services;

const PAUSES: Pauses = Pauses {
    first: Duration::from_millis(250),
    longest: Duration::from_secs(30),
};

/// Does work that only this process can do, because the result of a paid call is only in its
/// memory. Waits for a database or a blob store that is away for as long as the process lives, while
/// the lease on the job is renewed.
///
/// # Errors
/// The work's, unless it may be tried again; [`Error::Retry`] when the process is to end before.
pub(in crate::flow) async fn insist<T, F>(
    services: &Services,
    id: RenderId,
    trouble: &str,
    work: impl Fn() -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let tries = async {
        let mut pauses = PAUSES.all();
        loop {
            match work().await {
                Err(error @ Error::Retry { .. }) => {
                    tracing::error!(render.id = %id, "{trouble}: {}", chain(&error));
                }
                ended => return ended,
            }
            tokio::time::sleep(pauses.next().unwrap_or_default()).await;
        }
    };
    tokio::select! {
        biased;
        ended = tries => ended,
        () = services.store.given_up() => Err(Error::Retry {
            what: "the process ends before the result of a paid call could be kept",
            after_ms: None,
            source: None,
        }),
    }
}
