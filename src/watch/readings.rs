//! Reads the figures that are the database's, when somebody asks for them.

use futures::FutureExt;

use crate::flow::services::Services;
use crate::store::jobs::Depth;
use crate::store::{Error, jobs, ledger, renders};
use crate::telemetry::metrics::Readings;

const RUNNING: &str = "Jobs that a process works on";
const DUE: &str = "Jobs that are due and wait for a process; paid calls wait for their turn at an engine";
const LATER: &str = "Jobs that are due later";
const OLDEST: &str = "How long the job that is due for longest has waited";

/// Reads them in one transaction.
pub(super) async fn read(services: &Services) -> Result<Readings, Error> {
    let now_ms = services.clock.now_ms();
    let read = services.store.read(move |tx| {
        async move {
            Ok::<_, Error>((
                jobs::depths(tx, now_ms).await?,
                ledger::all_pools(tx).await?,
                renders::counts(tx).await?,
            ))
        }
        .boxed()
    });
    let (depths, pools, counts) = read.await?;
    let mut all = Readings::default();
    let lanes = [("render", depths.render), ("quick", depths.quick)];
    let mut of_lanes = |name, help, figure: fn(&Depth) -> i64| {
        for (lane, depth) in &lanes {
            all.add(name, help, Some(("lane", lane)), figure(depth));
        }
    };
    of_lanes("jobs_running", RUNNING, |depth| depth.running);
    of_lanes("jobs_due", DUE, |depth| depth.due);
    of_lanes("jobs_later", LATER, |depth| depth.later);
    of_lanes("oldest_due_job_seconds", OLDEST, |depth| {
        depth.oldest_due_ms / 1_000
    });
    for (bucket, credits) in [
        ("available", pools.available),
        ("held", pools.held),
        ("settled", pools.settled),
    ] {
        let help = "Credits in the pools of all servers";
        all.add("pool_credits", help, Some(("bucket", bucket)), credits.get());
    }
    all.add(
        "open_holds",
        "Renders whose credits are held",
        None,
        counts.pending + counts.unknown,
    );
    all.add(
        "unknown_renders",
        "Paid calls whose outcome nobody knows: treasury unresolved lists them",
        None,
        counts.unknown,
    );
    all.add("open_votes", "Images that are voted on", None, counts.voting);
    Ok(all)
}
