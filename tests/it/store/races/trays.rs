//! Tests jobs that are claimed in the transaction that enqueues them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use futures::FutureExt;
use greenlight::domain::ids::RenderId;
use greenlight::domain::job::Job;
use greenlight::store::bell::Lane;
use greenlight::store::bell::tray::{Handed, PutOut, Take, Tray};
use greenlight::store::jobs::{self, At};
use greenlight::store::{Error, Store};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{Semaphore, watch};

use super::super::db::on_both;
use super::super::steps::NOW;

const LEASE: i64 = 1_000;

/// A worker that takes what is put on its tray, and listens to the bell.
struct Listener {
    places: Arc<Semaphore>,
    handed: UnboundedReceiver<Handed>,
    bell: watch::Receiver<()>,
    tray: PutOut,
}

fn listen(store: &Store, places: usize) -> Listener {
    let (places, fences) = (Arc::new(Semaphore::new(places)), AtomicI64::new(1));
    let at = move || At {
        now_ms: NOW,
        lease_until_ms: NOW + LEASE,
        fence: fences.fetch_add(1, Ordering::Relaxed),
    };
    let (tray, handed) = Tray::new(Take::Quick, places.clone(), at);
    Listener {
        places,
        handed,
        bell: store.bells().listen(Lane::Quick),
        tray: store.trays().put_out(tray),
    }
}

impl Listener {
    /// Returns the jobs on the tray, and whether the bell was rung, since it was asked last.
    fn heard(&mut self) -> (Vec<Job>, bool) {
        let mut jobs = Vec::new();
        while let Ok(handed) = self.handed.try_recv() {
            jobs.extend(handed.taken.claims.iter().map(|claim| claim.job));
        }
        let rung = self.bell.has_changed().expect("the store is open");
        self.bell.mark_unchanged();
        (jobs, rung)
    }
}

async fn enqueue(store: &Store, all: &[(Job, i64)]) -> Result<(), Error> {
    let all = all.to_vec();
    let enqueued = store.write(move |tx| async move { jobs::enqueue_all(tx, &all).await }.boxed());
    enqueued.await
}

const fn tally(id: u64) -> Job {
    Job::ShowTally(RenderId::new(id))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_claims_what_there_is_a_place_for_and_rings_for_the_rest() {
    on_both(async |db| {
        let mut one = listen(db.store(), 2);
        enqueue(db.store(), &[(tally(1), NOW)]).await?;
        assert_eq!(one.heard(), (vec![tally(1)], false), "nobody need look for it");
        enqueue(db.store(), &[(tally(2), NOW + 1)]).await?;
        assert_eq!(one.heard(), (vec![], false), "it is not due");
        enqueue(db.store(), &[(tally(3), NOW), (tally(4), NOW), (tally(5), NOW)]).await?;
        assert_eq!(one.heard(), (vec![tally(3), tally(4)], true));
        let busy = one.places.clone().try_acquire_many_owned(2);
        enqueue(db.store(), &[(tally(6), NOW)]).await?;
        assert_eq!(one.heard(), (vec![], true), "there is no place");
        drop(busy);
        assert_eq!(one.places.available_permits(), 2);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rolled_back_is_claimed_by_nobody_and_keeps_no_place() {
    on_both(async |db| {
        let mut one = listen(db.store(), 2);
        let undone = db.store().write(|tx| {
            async move {
                jobs::enqueue(tx, tally(1), NOW).await?;
                Err::<(), _>(Error::LeaseLost)
            }
            .boxed()
        });
        assert!(matches!(undone.await, Err(Error::LeaseLost)));
        assert_eq!(one.heard(), (vec![], false));
        assert_eq!(one.places.available_permits(), 2);
        enqueue(db.store(), &[(tally(2), NOW)]).await?;
        assert_eq!(one.heard(), (vec![tally(2)], false));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_has_ended_is_given_nothing() {
    on_both(async |db| {
        let mut one = listen(db.store(), 2);
        let (places, bell) = (one.places.clone(), one.bell.clone());
        drop(one.tray);
        enqueue(db.store(), &[(tally(1), NOW)]).await?;
        assert!(one.handed.recv().await.is_none(), "its tray is gone");
        assert!(
            bell.has_changed().expect("the store is open"),
            "others are rung for"
        );
        assert_eq!(places.available_permits(), 2);
        let waiting = db.read(|tx| jobs::depths(tx, NOW).boxed()).await?;
        assert_eq!((waiting.quick.due, waiting.quick.running), (1, 0));
        Ok(())
    })
    .await;
}
