//! Tests that the main job comes to the same end when any call to Discord fails once, in every way
//! a call can fail, and when every job runs twice. What can never succeed is given up and reported,
//! and costs nothing.
//!
//! The usual run changes the way of failing from call to call. `TEST_LONG=1` tries every way at
//! every call.

use discord_sandbox::{Fault, world};
use greenlight::flow::dispatch;
use serde_json::json;

use crate::harness::{World, each_step, long, run_test};

/// How a call fails.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// Discord answers with an error and has done nothing.
    Refused,
    /// Discord asks to be left alone for a while.
    Limited,
    /// The connection is cut before anything was done.
    Cut,
    /// Discord has done it and then answers with an error.
    Done,
    /// Discord has done it, and then the connection is cut.
    DoneAndCut,
}

const WAYS: [Way; 5] = [Way::Refused, Way::Limited, Way::Cut, Way::Done, Way::DoneAndCut];

impl Way {
    fn fault(self, skip: u32) -> Fault {
        let fault = Fault {
            skip,
            ..Fault::default()
        };
        match self {
            Self::Refused => fault,
            Self::Limited => Fault {
                status: 429,
                retry_after: Some(2.5),
                ..fault
            },
            Self::Cut => Fault {
                hang_up: true,
                ..fault
            },
            Self::Done => Fault {
                after_effect: true,
                ..fault
            },
            Self::DoneAndCut => Fault {
                after_effect: true,
                hang_up: true,
                ..fault
            },
        }
    }
}

async fn fail_call(step: usize, way: Way) -> bool {
    let mut failed = false;
    run_test(async |w| {
        w.fail(way.fault(u32::try_from(step).expect("few steps")));
        w.main_job(2, async |w| w.work_it_out().await).await;
        w.assert_main_job_is_done(2).await;
        failed = w
            .discord()
            .calls()
            .iter()
            .any(|call| call.status == 0 || call.status >= 429);
    })
    .await;
    failed
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_call_fails_the_main_job_comes_to_the_same_end() {
    each_step(|step| async move {
        let mut failed = false;
        for (nth, way) in WAYS.into_iter().enumerate() {
            if long() || step % WAYS.len() == nth {
                failed |= fail_call(step, way).await;
            }
        }
        failed
    })
    .await;
}

/// By then the nonce is forgotten. The bot searches for what it posted, and finds it.
#[tokio::test(flavor = "multi_thread")]
async fn a_post_whose_answer_is_lost_and_sought_for_minutes_is_posted_once() {
    run_test(async |w| {
        w.main_job(1, async |w| {
            w.fail(Fault {
                method: Some("POST".to_owned()),
                path_contains: "/messages".to_owned(),
                after_effect: true,
                ..Fault::default()
            });
            w.fail(Fault {
                method: Some("GET".to_owned()),
                path_contains: "/messages?".to_owned(),
                times: 12,
                ..Fault::default()
            });
            w.work_it_out().await;
        })
        .await;
        w.assert_main_job_is_done(1).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_discord_is_away_for_an_hour_the_work_waits() {
    run_test(async |w| {
        let mut works = 0;
        w.main_job(2, async |w| {
            works += 1;
            let (skip, times) = [(3, 80), (2, 90), (4, 100)][works - 1];
            w.fail(Fault {
                skip,
                times,
                status: 503,
                ..Fault::default()
            });
            w.work_it_out().await;
        })
        .await;
        w.assert_main_job_is_done(2).await;
    })
    .await;
}

/// A request that comes too early after a 429 counts against the bot.
#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_discord_asks_for_is_kept() {
    run_test(async |w| {
        w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        w.fail(Fault {
            method: Some("POST".to_owned()),
            path_contains: "/messages".to_owned(),
            status: 429,
            retry_after: Some(90.0),
            ..Fault::default()
        });
        w.run_jobs().await;
        // A private answer has a token of its own, and may come at any time.
        let posts = |w: &World| {
            w.discord()
                .calls()
                .iter()
                .filter(|call| call.path.contains("/channels/"))
                .count()
        };
        let before = posts(w);
        w.advance(std::time::Duration::from_secs(89));
        w.run_jobs().await;
        assert_eq!(posts(w), before, "a minute and a half is not over");
        w.advance(std::time::Duration::from_secs(2));
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.image_at(&thread, "explore");
    })
    .await;
}

/// Runs each job twice, as when the end of the first run was not recorded.
async fn each_job_twice(w: &mut World) {
    while let Some(claim) = w.claim().await {
        // Nobody learned how the first run ended.
        let _ = dispatch::run(&w.app().services, &claim).await;
        w.hands().perform(claim).await;
    }
    w.work_it_out().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_job_done_twice_comes_to_the_same_end() {
    run_test(async |w| {
        w.main_job(4, each_job_twice).await;
        w.assert_main_job_is_done(4).await;
    })
    .await;
}

/// Runs each job by two workers at once, as when a slow one lost its lease.
async fn each_job_by_two(w: &mut World) {
    while let Some(claim) = w.claim().await {
        let (services, worker) = (w.app().services.clone(), w.hands());
        let first = tokio::spawn(async move { drop(dispatch::run(&services, &claim).await) });
        let second = tokio::spawn(async move { worker.perform(claim).await });
        first.await.expect("a worker does not panic");
        second.await.expect("a worker does not panic");
    }
    w.work_it_out().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_job_done_by_two_at_once_comes_to_the_same_end() {
    run_test(async |w| {
        w.main_job(4, each_job_by_two).await;
        w.assert_main_job_is_done(4).await;
    })
    .await;
}

/// Drafts where a thread can never be opened, and lets the bot find that out.
async fn draft_in_vain(w: &mut World, fault: Fault) -> String {
    w.fail(Fault {
        method: Some("POST".to_owned()),
        times: 1_000,
        ..fault
    });
    w.ana().asks(json!({ "prompt": "a red fox", "images": 4 })).await;
    assert_eq!(w.available().await, 960);
    w.work_it_out().await;
    let pool = w.pool().await;
    assert_eq!(
        (pool.available.get(), pool.held.get(), pool.settled.get()),
        (1000, 0, 0)
    );
    assert!(w.discord().threads(world::CAMPAIGN).is_empty());
    let private = w.discord().ephemerals(world::CAMPAIGN, world::ANA);
    private.last().expect("an answer")["content"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_that_may_not_be_opened_gives_every_credit_back_and_says_so() {
    for (status, code) in [(403, 50_013), (403, 50_001), (400, 160_006)] {
        run_test(async |w| {
            let told = draft_in_vain(
                w,
                Fault {
                    path_contains: "/threads".to_owned(),
                    status,
                    code,
                    ..Fault::default()
                },
            )
            .await;
            assert!(
                told.contains("could not be opened") && told.contains("40 credits"),
                "{code}: {told}"
            );
            let said = w.said_in(world::CAMPAIGN);
            assert_eq!(
                said.len(),
                1,
                "the starter is there, and says what became of it: {said:?}"
            );
            let starter = w.discord().messages(world::CAMPAIGN);
            assert_eq!(
                starter.last().expect("the starter")["components"],
                json!([]),
                "nothing can be cancelled"
            );
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_starter_that_may_not_be_posted_gives_every_credit_back_and_says_so() {
    for (status, code) in [(403, 50_013), (404, 10_003)] {
        run_test(async |w| {
            let told = draft_in_vain(
                w,
                Fault {
                    path_contains: "/messages".to_owned(),
                    status,
                    code,
                    ..Fault::default()
                },
            )
            .await;
            assert!(
                told.contains("could not be opened") && told.contains("40 credits"),
                "{code}: {told}"
            );
            assert!(w.said_in(world::CAMPAIGN).is_empty());
        })
        .await;
    }
}
