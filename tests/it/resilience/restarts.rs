//! Tests a bot that is stopped or killed at any step of the main job: the end is always the same.
//!
//! The usual run changes the way to die from step to step. `TEST_LONG=1` tries every way at every
//! step.

use discord_sandbox::world;
use greenlight::flow::dispatch;
use serde_json::json;

use crate::harness::{Door, Hold, Kind, LEASE, Side, World, each_step, long, run_test, run_test_on};

/// How the bot ends between two jobs.
#[derive(Clone, Copy, Debug)]
enum End {
    /// Stopped as an operator stops it, between two jobs.
    Stopped,
    /// Killed after it claimed a job, before it began.
    KilledBefore,
    /// Killed after it did a job, before it recorded that.
    KilledAfter,
}

const ENDS: [End; 3] = [End::Stopped, End::KilledBefore, End::KilledAfter];

/// Runs so many jobs, ends in this way, comes back, and runs the rest. If there are fewer jobs,
/// `left` keeps the rest of the count.
async fn work_and_end(w: &mut World, end: End, left: &mut Option<usize>) {
    while let Some(jobs) = left {
        if *jobs > 0 {
            *jobs -= 1;
            if w.run_one_job().await {
                continue;
            }
            // The count goes on after the next thing that people do.
            *jobs += 1;
            return;
        }
        *left = None;
        match end {
            End::Stopped => w.restart().await,
            End::KilledBefore => {
                w.claim().await;
                w.die_and_come_back().await;
            }
            End::KilledAfter => {
                if let Some(claim) = w.claim().await {
                    // The next run sees whether it went well.
                    let _ = dispatch::run(&w.app().services, &claim).await;
                }
                w.die_and_come_back().await;
            }
        }
    }
    w.work_it_out().await;
}

async fn end_at(step: usize, end: End) -> bool {
    let mut reached = false;
    run_test(async |w| {
        let mut left = Some(step);
        w.main_job(4, async |w| work_and_end(w, end, &mut left).await)
            .await;
        reached = left.is_none();
        w.assert_main_job_is_done(4).await;
    })
    .await;
    reached
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_between_any_two_jobs_changes_nothing() {
    each_step(|step| async move {
        let mut reached = false;
        for (way, end) in ENDS.into_iter().enumerate() {
            if long() || step % ENDS.len() == way {
                reached |= end_at(step, end).await;
            }
        }
        reached
    })
    .await;
}

/// Works until the door holds a request. Then the bot dies with that request under way.
async fn work_and_die_at_the_door(w: &mut World, door: &Door, died: &mut bool) {
    if !*died {
        let working = w.work_meanwhile();
        tokio::select! {
            worked = working => worked.expect("the worker"),
            () = door.held() => {
                *died = true;
                w.die_and_come_back().await;
                door.open();
            }
        }
    }
    w.work_it_out().await;
}

async fn die_at_call(kind: Kind, step: usize, side: Side) -> bool {
    let mut died = false;
    run_test_on(kind, &[], async |w| {
        let door = w.door().await;
        w.restart().await;
        w.run_jobs().await;
        // Only the calls of jobs are counted. A person who gets no answer at once can ask again.
        door.hold(Hold {
            method: "",
            path: "/channels/",
            skip: step,
            side,
        });
        w.main_job(2, async |w| work_and_die_at_the_door(w, &door, &mut died).await)
            .await;
        w.assert_main_job_is_done(2).await;
    })
    .await;
    died
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_at_any_call_changes_nothing() {
    each_step(|step| async move {
        let mut died = false;
        for (way, side) in [Side::Before, Side::After].into_iter().enumerate() {
            if long() || step % 2 == way {
                let kind = if step % 5 == 4 {
                    Kind::Postgres
                } else {
                    Kind::Sqlite
                };
                died |= die_at_call(kind, step, side).await;
            }
        }
        died
    })
    .await;
}

/// Has the bot draft one image, and kills it during one of its posts: Discord has the message, and
/// the bot does not know. `skip` posts pass first. An hour later a new bot does the work, through
/// the door that is returned.
async fn dies_having_posted(w: &mut World, prompt: &str, skip: usize) -> Door {
    let door = w.door().await;
    w.restart().await;
    w.ana().asks(json!({ "prompt": prompt, "images": 1 })).await;
    door.hold(Hold {
        method: "POST",
        path: "/messages",
        skip,
        side: Side::After,
    });
    let working = w.work_meanwhile();
    door.held().await;
    w.kill().await;
    working.await.expect_err("it died");
    // This is long after the minutes in which a nonce would find it.
    w.advance(LEASE * 60);
    door.open();
    w.start().await;
    w.work_it_out().await;
    door
}

#[tokio::test(flavor = "multi_thread")]
async fn a_starter_posted_by_a_bot_that_died_an_hour_ago_is_found_and_gets_its_thread() {
    run_test(async |w| {
        let _door = dies_having_posted(w, "a red fox", 0).await;
        let thread = w.last_thread();
        assert_eq!(w.said_in(world::CAMPAIGN).len(), 1);
        w.image_at(&thread, "explore");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_posted_by_a_bot_that_died_an_hour_ago_is_not_posted_again() {
    run_test(async |w| {
        let _door = dies_having_posted(w, "a red fox", 2).await;
        let thread = w.last_thread();
        w.starter(&thread);
        let image = w.image_at(&thread, "explore");
        w.bo().approves(&image).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_news_posted_by_a_bot_that_died_an_hour_ago_is_not_posted_again() {
    run_test(async |w| {
        let _door = dies_having_posted(w, "a red fox #sketch:refused", 2).await;
        let thread = w.last_thread();
        w.starter(&thread);
        assert_eq!(w.notices(&thread).len(), 1);
        assert_eq!(w.available().await, 1000);
    })
    .await;
}
