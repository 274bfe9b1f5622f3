//! Tests paid calls that are cut, slow workers, panics, a stop in the middle, and a database that
//! is away for a moment. No picture is lost after it was paid, nothing is paid twice, and a person
//! decides about every unknown outcome.

use discord_sandbox::{Fault, world};
use futures::FutureExt;
use greenlight::blobs::Blobs;
use greenlight::domain::image::place::Place;
use greenlight::domain::image::render::Verdict;
use greenlight::domain::job::Job;
use greenlight::flow::approval::recount;
use greenlight::flow::money::unresolved::{Choice, unresolved};
use greenlight::providers::Answer;
use greenlight::store::bell::Lane;
use greenlight::store::jobs::Claim;
use serde_json::{Value, json};

use crate::harness::{
    Easel, Ending, Hold, Image, Kind, LEASE, Side, Thread, World, actor, flat, run_test, run_test_on,
};

/// Starts the bot with this engine, which waits, and drafts one image.
async fn drawing(w: &mut World, easel: &Easel) {
    easel.wait();
    w.set_engines(easel.engines());
    w.restart().await;
    w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
}

/// Kills the bot while it draws.
async fn killed_while_drawing(w: &mut World, easel: &Easel) {
    drawing(w, easel).await;
    let working = w.work_meanwhile();
    easel.begun(1).await;
    w.kill().await;
    working.await.expect_err("it died");
    w.advance(LEASE);
    easel.let_all_go();
}

/// Returns the thread of the one draft, and reads its starter.
fn thread(w: &mut World) -> Thread {
    let thread = w.last_thread();
    w.starter(&thread);
    thread
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_call_that_was_cut_is_not_made_again_and_its_credits_stay_held() {
    run_test(async |w| {
        let easel = Easel::new(false);
        killed_while_drawing(w, &easel).await;
        w.start().await;
        w.work_it_out().await;
        assert_eq!(easel.calls().len(), 1, "nobody knows whether it was paid");
        let thread = thread(w);
        let notices = w.notices(&thread);
        assert!(
            notices.len() == 1 && notices[0].contains("operator"),
            "{notices:?}"
        );
        assert_eq!(w.sums().await, (10, 0, 990));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_costs_nothing_is_made_again() {
    run_test(async |w| {
        let easel = Easel::new(true);
        killed_while_drawing(w, &easel).await;
        w.start().await;
        w.work_it_out().await;
        let calls = easel.calls();
        assert_eq!((calls.len(), calls[0]), (2, calls[1]));
        let thread = thread(w);
        w.image_at(&thread, "explore");
        assert_eq!(w.sums().await, (0, 10, 990));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_was_stored_before_the_power_cut_is_settled_and_not_drawn_again() {
    for may_repeat in [false, true] {
        run_test(async |w| {
            let easel = Easel::new(may_repeat);
            killed_while_drawing(w, &easel).await;
            store_by_hand(w, &easel).await;
            w.start().await;
            w.work_it_out().await;
            assert_eq!(easel.calls().len(), 1);
            let thread = thread(w);
            assert_eq!(w.image_at(&thread, "explore").size, (80, 45));
            assert_eq!(w.sums().await, (0, 10, 990));
        })
        .await;
    }
}

/// Stores the picture that the engine was asked for first, as the dead bot had done.
async fn store_by_hand(w: &World, easel: &Easel) {
    let place = Place::Folder(w.blobs());
    let blobs = Blobs::open(&place, true).await.expect("the blob folder");
    blobs
        .put(easel.calls()[0], flat(80, 45, 7))
        .await
        .expect("the picture to be stored");
}

/// Claims the one render and runs it beside the story.
async fn begin(w: &World) -> (Claim, tokio::task::JoinHandle<()>) {
    let worker = w.hands();
    let claim = worker
        .claim(Lane::Render)
        .await
        .expect("the queue")
        .expect("a render to be drawn");
    (claim, tokio::spawn(async move { worker.perform(claim).await }))
}

/// Has two workers run one render, because the first was too slow to keep its lease. Both wait for
/// the engine.
async fn taken_over(w: &mut World, easel: &Easel) -> [tokio::task::JoinHandle<()>; 2] {
    drawing(w, easel).await;
    while !w
        .jobs()
        .await
        .iter()
        .any(|(job, _)| matches!(job, Job::Render(_)))
    {
        assert!(w.run_one_job().await, "the thread is opened");
    }
    w.run_quick_jobs().await;
    let (older, first) = begin(w).await;
    easel.begun(1).await;
    w.advance(LEASE);
    let (newer, second) = begin(w).await;
    assert_eq!((newer.job, newer.attempts), (older.job, 2));
    [first, second]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_worker_and_the_one_that_took_over_settle_once_and_post_once() {
    for order in [[1, 2], [2, 1]] {
        run_test(async |w| {
            let easel = Easel::new(true);
            let mut workers = taken_over(w, &easel).await.map(Some);
            easel.begun(2).await;
            for call in order {
                easel.let_go(call);
                workers[call - 1]
                    .take()
                    .expect("each once")
                    .await
                    .expect("a worker does not panic");
            }
            easel.let_all_go();
            w.work_it_out().await;
            assert_eq!(easel.calls().len(), 2);
            let thread = thread(w);
            w.image_at(&thread, "explore");
            assert_eq!(w.sums().await, (0, 10, 990), "{order:?}");
        })
        .await;
    }
}

/// The older worker reports a failure, which does not count: the newer one is drawing.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_slow_worker_has_to_say_of_a_failure_is_refused() {
    for bad in [
        Answer::Refused,
        Answer::Unknown,
        Answer::Transient(None),
        Answer::Broken("no".to_owned()),
    ] {
        run_test(async |w| {
            let easel = Easel::new(true);
            let [first, second] = taken_over(w, &easel).await;
            easel.begun(2).await;
            easel.next_ends(Ending::Answer(bad.clone()));
            easel.let_go(1);
            first.await.expect("a worker does not panic");
            assert_eq!(w.sums().await, (10, 0, 990), "{bad:?} of the older one");
            easel.let_go(2);
            second.await.expect("a worker does not panic");
            w.work_it_out().await;
            let thread = thread(w);
            w.image_at(&thread, "explore");
            assert_eq!(w.notices(&thread), Vec::<String>::new());
            assert_eq!(w.sums().await, (0, 10, 990));
        })
        .await;
    }
}

/// The newer worker does not repeat a paid call and parks it. Then the older one gets its answer.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_late_settles_the_unknown_render_and_is_shown() {
    run_test(async |w| {
        let easel = Easel::new(false);
        let [first, second] = taken_over(w, &easel).await;
        second.await.expect("a worker does not panic");
        w.run_jobs().await;
        let thread = thread(w);
        assert_eq!(w.notices(&thread).len(), 1, "it is said that nobody knows");
        assert_eq!(w.sums().await, (10, 0, 990));

        easel.let_go(1);
        first.await.expect("a worker does not panic");
        w.work_it_out().await;
        assert_eq!(easel.calls().len(), 1);
        assert_eq!(w.sums().await, (0, 10, 990));
        let image = w.image_at(&thread, "explore");
        assert_mended(w, &thread, &image);
        w.bo().approves(&image).await;
        easel.let_all_go();
        w.work_it_out().await;
        w.image_at(&thread, "review");
    })
    .await;
}

/// Asserts that no message of a thread says any more that nobody knows of the image.
fn assert_mended(w: &mut World, thread: &Thread, image: &Image) {
    let notices = w.notices(thread);
    let link = format!("/{}/{}", thread.id, image.message);
    assert!(
        notices.len() == 1 && notices[0].contains("came late"),
        "{notices:?}"
    );
    let messages = w.discord().messages(thread.id);
    let links = |message: &Value| {
        message["content"]
            .as_str()
            .is_some_and(|text| text.contains(&link))
    };
    assert!(messages.iter().any(links), "{messages:#?}");
}

/// An operator decides before the late answer comes. The picture is shown, and the decision stands.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_comes_after_an_operator_gave_it_up_is_shown_and_costs_what_was_decided() {
    for (kind, verdict, spent) in [
        (Kind::Sqlite, Verdict::Release, 0),
        (Kind::Postgres, Verdict::Settle, 10),
    ] {
        run_test_on(kind, &[], async |w| {
            let easel = Easel::new(false);
            let [first, second] = taken_over(w, &easel).await;
            second.await.expect("a worker does not panic");
            w.run_jobs().await;
            let thread = thread(w);
            assert_eq!(w.notices(&thread).len(), 1);
            write_off(w, &easel, verdict).await;
            w.run_jobs().await;
            assert_eq!(w.sums().await, (0, spent, 1000 - spent));

            easel.let_go(1);
            first.await.expect("a worker does not panic");
            w.work_it_out().await;
            assert_eq!(w.sums().await, (0, spent, 1000 - spent), "{verdict:?}");
            let image = w.image_at(&thread, "explore");
            assert_mended(w, &thread, &image);
            easel.let_all_go();
            w.bo().approves(&image).await;
            w.work_it_out().await;
            w.image_at(&thread, "review");
            w.starter(&thread);
        })
        .await;
    }
}

/// The image is tried again before the late answer comes. It is not shown twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_comes_after_another_try_took_its_place_is_not_shown() {
    run_test(async |w| {
        let easel = Easel::new(false);
        let [first, second] = taken_over(w, &easel).await;
        second.await.expect("a worker does not panic");
        w.run_jobs().await;
        let thread = thread(w);
        write_off(w, &easel, Verdict::Release).await;
        w.run_jobs().await;
        let notice = w.message_with(thread.id, "Image 1");
        w.notices(&thread);
        w.ana().presses(thread.id, notice, "retry").await;
        easel.let_all_go();
        first.await.expect("a worker does not panic");
        w.work_it_out().await;
        assert_eq!(w.sums().await, (0, 10, 990));
        w.image_at(&thread, "explore");
        w.notices(&thread);
        w.starter(&thread);
    })
    .await;
}

/// Has an operator decide about the one render.
async fn write_off(w: &World, easel: &Easel, verdict: Verdict) {
    let dana = w.treasurer(actor(world::DANA, true)).expect("the right");
    let choice = Choice {
        image: Some(easel.calls()[0].to_string()),
        verdict: Some(verdict),
        reason: None,
    };
    let told = unresolved(&w.app().services, &dana, choice).await;
    let told = told.expect("an answer");
    assert!(told.starts_with("Decided"), "{told}");
}

/// The late answer comes just when the bot posts that the outcome is unknown.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_comes_while_the_bad_news_is_posted_is_shown_all_the_same() {
    run_test(async |w| {
        let door = w.door().await;
        let easel = Easel::new(false);
        let [first, second] = taken_over(w, &easel).await;
        second.await.expect("a worker does not panic");
        door.hold(Hold {
            method: "POST",
            path: "/messages",
            skip: 0,
            side: Side::After,
        });
        let working = w.work_meanwhile();
        door.held().await;
        easel.let_go(1);
        first.await.expect("a worker does not panic");
        assert_eq!(w.sums().await, (0, 10, 990), "settled");
        door.open();
        working.await.expect("the worker");
        w.work_it_out().await;
        let thread = thread(w);
        let image = w.image_at(&thread, "explore");
        assert_mended(w, &thread, &image);
        easel.let_all_go();
        w.bo().approves(&image).await;
        w.work_it_out().await;
        w.image_at(&thread, "review");
    })
    .await;
}

/// A slow worker comes back to a draft whose thread another has opened long ago.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_slow_worker_has_to_say_of_a_thread_is_refused() {
    for (status, code) in [(500, 0), (403, 50_013)] {
        run_test(async |w| {
            let door = w.door().await;
            w.restart().await;
            w.run_jobs().await;
            w.ana().asks(json!({ "prompt": "a red fox", "images": 2 })).await;
            door.hold(Hold {
                method: "POST",
                path: "/messages",
                skip: 0,
                side: Side::Before,
            });
            let slow = w.work_meanwhile();
            door.held().await;
            w.advance(LEASE);
            // This opens the thread; nothing is drawn yet.
            w.run_quick_jobs().await;
            w.fail(Fault {
                method: Some("POST".to_owned()),
                path_contains: "/threads".to_owned(),
                status,
                code,
                ..Fault::default()
            });
            door.open();
            slow.await.expect("a worker does not panic");
            w.work_it_out().await;
            let thread = thread(w);
            assert_eq!(w.images(&thread, "explore").len(), 2, "after {status}");
            assert_eq!(w.sums().await, (0, 20, 980));
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_ends_neither_the_worker_nor_the_job() {
    run_test(async |w| {
        let easel = Easel::new(true);
        easel.next_ends(Ending::Panic);
        w.set_engines(easel.engines());
        w.set_works(true);
        w.restart().await;
        w.ana().asks(json!({ "prompt": "a red fox", "images": 2 })).await;
        w.idle().await;
        let thread = thread(w);
        assert_eq!(w.sums().await, (10, 10, 980), "the other one is drawn");
        let kept = w.jobs().await;
        assert!(
            kept.iter().any(|(job, _)| matches!(job, Job::Render(_))),
            "{kept:?}"
        );
        w.work_it_out_behind().await;
        assert_eq!(w.images(&thread, "explore").len(), 2);
        assert_eq!(w.sums().await, (0, 20, 980));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_the_paid_call_under_way_and_begins_no_other() {
    run_test(async |w| {
        let easel = Easel::new(false);
        easel.wait();
        w.set_engines(easel.engines());
        w.set_works(true);
        w.set("ENGINES__SKETCH__AT_ONCE", "1");
        w.restart().await;
        w.ana().asks(json!({ "prompt": "a red fox", "images": 2 })).await;
        easel.begun(1).await;
        let discord = w.discord().clone();
        {
            let stopping = w.stop();
            tokio::pin!(stopping);
            tokio::select! {
                () = &mut stopping => panic!("the stop did not wait"),
                () = discord.wait_offline() => {}
            }
            assert!(stopping.as_mut().now_or_never().is_none(), "it still waits");
            easel.let_all_go();
            stopping.await;
        }
        assert_eq!(easel.calls().len(), 1);

        easel.wait();
        w.set_works(false);
        w.start().await;
        assert_eq!(
            w.sums().await,
            (10, 10, 980),
            "settled by the bot that was stopped"
        );
        easel.let_all_go();
        w.work_it_out().await;
        let calls = easel.calls();
        assert!(calls.len() == 2 && calls[0] != calls[1], "{calls:?}");
        let thread = thread(w);
        assert_eq!(w.images(&thread, "explore").len(), 2);
    })
    .await;
}

/// Connections end at every moment of the work, over and over.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_drops_its_connections_loses_and_doubles_nothing() {
    run_test_on(Kind::Postgres, &[], async |w| {
        w.main_job(4, async |w| {
            let worker = w.hands();
            let mut cuts = 0;
            while cuts < 12 {
                let worker = worker.clone();
                // A queue that cannot be read is looked at again.
                let working = tokio::spawn(async move { drop(worker.run_due().await) });
                while !working.is_finished() {
                    w.cut_database().await;
                    cuts += 1;
                }
                working.await.expect("a worker does not panic");
                cuts += 1;
            }
            w.work_it_out().await;
        })
        .await;
        w.assert_main_job_is_done(4).await;
    })
    .await;
}

/// The engine's answer is only in memory, and is kept while the database is away.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_when_a_paid_call_ends_is_waited_for() {
    for (ending, expected) in [
        (Some(Ending::Answer(Answer::Refused)), (0, 0, 1000)),
        (None, (0, 10, 990)),
    ] {
        run_test_on(Kind::Postgres, &[], async |w| {
            let easel = Easel::new(false);
            ending
                .clone()
                .into_iter()
                .for_each(|ending| easel.next_ends(ending));
            let line = w.line().await;
            drawing(w, &easel).await;
            let working = w.work_meanwhile();
            easel.begun(1).await;
            line.down();
            easel.let_all_go();
            line.missed().await;
            line.up();
            // The work goes on, whether the worker has waited or given up.
            drop(working.await);
            w.advance(LEASE);
            w.work_it_out().await;
            assert_eq!(w.sums().await, expected);
            assert_eq!(easel.calls().len(), 1);
            let thread = thread(w);
            assert_eq!(w.images(&thread, "explore").len() + w.notices(&thread).len(), 1);
        })
        .await;
    }
}

/// The oldest approval cannot be read any more. It must not keep all others waiting for ever.
#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_cannot_be_read_does_not_stop_the_line() {
    run_test_on(Kind::Sqlite, &[("POOL__FIRST_GRANT", "20")], async |w| {
        let hidden = w.ana().draft("a red fox", 1).await;
        w.starter(&hidden);
        let first = w.image_at(&hidden, "explore");
        w.ana()
            .says_in(
                world::GENERAL,
                "draft",
                json!({ "prompt": "a hare", "images": 1 }),
            )
            .await;
        w.run_jobs().await;
        let open = w.last_thread_in(world::GENERAL);
        w.said_in(world::GENERAL);
        let second = w.image_at(&open, "explore");
        w.bo().approves(&first).await;
        w.run_jobs().await;
        w.minutes(1).await;
        w.cem().approves(&second).await;
        w.run_jobs().await;
        w.discord().deny_bot(
            world::CAMPAIGN,
            discord_sandbox::permissions::READ_MESSAGE_HISTORY,
        );
        w.grant(20).await;
        w.minutes(30).await;
        w.image_at(&open, "review");
        // Once it can be read again, the next sweep finds it.
        w.discord().allow_bot(
            world::CAMPAIGN,
            discord_sandbox::permissions::READ_MESSAGE_HISTORY,
        );
        recount::missed_votes(&w.app().services).await.expect("the sweep");
        w.grant(20).await;
        w.work_it_out().await;
        w.image_at(&hidden, "review");
    })
    .await;
}
