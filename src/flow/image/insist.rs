//! Insists on work that only this process can finish, because the result of a paid call is only in
//! its memory.

use std::time::Duration;

use crate::domain::ids::RenderId;
use crate::flow::error::{Error, chain};

/// Tries at storing the result of a paid call before the job is given back: about half an hour.
const STORE_TRIES: u32 = 65;

const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Does work that only this process can do, because the result of a paid call is only in its
/// memory. Waits for a store that is away, while the lease on the job is renewed.
pub(in crate::flow) async fn insist<T, F>(
    id: RenderId,
    trouble: &str,
    work: impl Fn() -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut pause = Duration::from_millis(250);
    for _ in 1..STORE_TRIES {
        match work().await {
            Err(error @ Error::Retry { .. }) => {
                tracing::error!(render.id = %id, "{trouble}: {}", chain(&error));
            }
            ended => return ended,
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    work().await
}
