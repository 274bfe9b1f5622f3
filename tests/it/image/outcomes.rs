//! Tests how a paid call can end, and what then becomes of the credits, the messages and the
//! buttons.
//!
//! A word of the prompt tells the `sketch` engine how to end: `#sketch:ENDING@STAGE*CALLS`.

use std::time::Duration;

use greenlight::domain::credits::Pool;
use greenlight::domain::job::Job;

use crate::harness::{Image, Thread, World, run_test};

/// Returns the granted, held and settled credits.
fn books(pool: &Pool) -> (i64, i64, i64) {
    (pool.granted.get(), pool.held.get(), pool.settled.get())
}

/// Drafts one image, has Bo approve it for 2K, and runs all jobs.
async fn approved(w: &mut World, prompt: &str) -> (Thread, Image) {
    let thread = w.ana().draft(prompt, 1).await;
    let image = w.image_at(&thread, "explore");
    w.bo().approves(&image).await;
    w.run_jobs().await;
    (thread, image)
}

/// Reads the one message without a picture in a thread, and its buttons.
fn notice(w: &mut World, thread: &Thread) -> (String, Vec<String>) {
    let notices = w.notices(thread);
    assert_eq!(notices.len(), 1, "{notices:#?}");
    let title = notices[0].split(':').next().unwrap_or_default();
    let message = w.message_with(thread.id, title);
    (notices[0].clone(), w.buttons(thread.id, message))
}

/// Returns the last line of a starter, which says how far the draft is.
fn progress(w: &mut World, thread: &Thread) -> String {
    let starter = w.starter(thread);
    let line = starter.lines().find(|line| line.contains(" drawn"));
    line.unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_engine_is_asked_again_after_a_pause_and_the_credits_stay_held() {
    run_test(async |w| {
        let mut begun_ms = w.now_ms();
        let thread = w.ana().draft("a fox #sketch:transient*2", 1).await;
        for pause_ms in [2_000, 8_000] {
            assert_eq!(books(&w.pool().await), (1000, 10, 0));
            assert_eq!(
                progress(w, &thread),
                "⏳ 0 of 1 drawn · 1 held up by a busy image service, trying again <time>"
            );
            assert_eq!(w.starter_buttons(&thread), ["Cancel what is queued"]);
            let jobs = w.jobs().await;
            let render = jobs.iter().find(|(job, _)| matches!(job, Job::Render(_)));
            let (_, due_ms) = *render.expect("another attempt");
            assert_eq!(due_ms - begun_ms, pause_ms);
            w.advance(Duration::from_millis((due_ms - w.now_ms() - 1).unsigned_abs()));
            assert_eq!(w.run_jobs().await, 0, "an attempt came before its time");
            w.advance(Duration::from_millis(1));
            begun_ms = due_ms;
            w.run_jobs().await;
        }
        assert_eq!(books(&w.pool().await), (1000, 0, 10));
        assert_eq!(w.image_at(&thread, "explore").size, (80, 45));
        assert_eq!(progress(w, &thread), "1 drawn");
        assert!(w.notices(&thread).is_empty());
        assert_eq!(w.starter_buttons(&thread), ["Approve 1 · 20 credits"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stays_busy_is_given_up_and_the_credits_come_back() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:transient", 1).await;
        for pause in [2, 8, 32] {
            assert!(w.notices(&thread).is_empty());
            w.advance(Duration::from_secs(pause));
            w.run_jobs().await;
        }
        let (text, buttons) = notice(w, &thread);
        insta::assert_snapshot!(text, @r"
        ⚠️ **Image 1** could not be drawn at 1K: the image service stayed unavailable.
        -# 10 credits returned to the pool
        ");
        assert_eq!(buttons, ["Try again · 10 credits"]);
        assert_eq!(progress(w, &thread), "0 of 1 drawn · 1 failed, credits returned");
        assert_eq!(books(&w.pool().await), (1000, 0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_is_refused_costs_nothing_and_is_not_tried_again() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:refused", 1).await;
        let (text, buttons) = notice(w, &thread);
        insta::assert_snapshot!(text, @r"
        ⚠️ **Image 1** could not be drawn at 1K: the image service's content policy refused the prompt. Try it again with other words.
        -# 10 credits returned to the pool
        ");
        assert_eq!(
            buttons,
            ["New prompt · 10 credits"],
            "the same words would be refused again"
        );
        assert_eq!(progress(w, &thread), "0 of 1 drawn · 1 failed, credits returned");
        assert_eq!(books(&w.pool().await), (1000, 0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_operator_can_mend_costs_nothing() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:operator", 1).await;
        let (text, buttons) = notice(w, &thread);
        insta::assert_snapshot!(text, @r"
        ⚠️ **Image 1** could not be drawn at 1K: the image service turned the bot away. Nothing is wrong with the prompt; the bot's operator has to look.
        -# 10 credits returned to the pool
        ");
        assert_eq!(buttons, ["Try again · 10 credits"]);
        assert_eq!(books(&w.pool().await), (1000, 0, 0));
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_picture_is_no_picture_and_costs_nothing() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:broken", 1).await;
        let (text, buttons) = notice(w, &thread);
        insta::assert_snapshot!(text, @r"
        ⚠️ **Image 1** could not be drawn at 1K: the image service answered without a usable picture.
        -# 10 credits returned to the pool
        ");
        assert_eq!(buttons, ["Try again · 10 credits"]);
        assert_eq!(books(&w.pool().await), (1000, 0, 0));
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_never_came_keeps_the_credits_held_until_a_person_has_looked() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:unknown", 1).await;
        let (text, buttons) = notice(w, &thread);
        insta::assert_snapshot!(text, @r"
        ❔ **Image 1** at 1K: the image service was asked, and its answer never came. It may have been paid, so it is not asked again by itself.
        -# Held until an operator (@Dana) has looked: 10 credits
        ");
        assert!(buttons.is_empty(), "nobody may pay for it twice: {buttons:?}");
        assert_eq!(progress(w, &thread), "0 of 1 drawn · 1 of unknown outcome, credits held");
        assert_eq!(books(&w.pool().await), (1000, 10, 0));

        w.restart().await;
        w.advance(Duration::from_hours(24));
        w.run_jobs().await;
        assert_eq!(books(&w.pool().await), (1000, 10, 0), "time alone decides nothing");
        assert_eq!(w.notices(&thread).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_another_size_is_kept_and_its_size_is_named() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:smaller", 1).await;
        let image = w.image_at(&thread, "explore");
        insta::assert_snapshot!(image.text, @r"
        **Image 1** · 1K draft · 40×22
        -# The engine was asked for 80×45 and drew 40×22.
        ✅ **0 of 1** for 2K at 20 credits · closes <time>
        ");
        assert_eq!((image.size, books(&w.pool().await)), ((40, 22), (1000, 0, 10)));
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert_eq!(
            w.image_at(&thread, "review").size,
            (80, 45),
            "half of what 2K asks for"
        );
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_image_that_fails_takes_nothing_from_the_others() {
    run_test(async |w| {
        // The engine counts its calls for each image. Only the first call at a tier fails.
        let thread = w.ana().draft("a fox #sketch:broken*1", 2).await;
        for number in [1, 2] {
            let failed = w.message_with(thread.id, &format!("**Image {number}** could not"));
            assert_eq!(w.buttons(thread.id, failed), ["Try again · 10 credits"]);
        }
        let second = w.message_with(thread.id, "**Image 2** could not");
        assert_eq!(
            w.ana().presses(thread.id, second, "retry").await,
            "Queued again for 10 credits."
        );
        w.run_jobs().await;
        assert_eq!(w.image_at(&thread, "explore").position, 2);
        assert_eq!(progress(w, &thread), "1 of 2 drawn · 1 failed, credits returned");
        assert_eq!(
            (w.notices(&thread).len(), books(&w.pool().await)),
            (2, (1000, 0, 10))
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_stage_ends_in_the_same_ways() {
    let endings = [
        (
            "refused",
            "**Image 1** could not be drawn at 2K: the image service's content policy refused the prompt",
            Some("New prompt · 10 credits"),
            0,
        ),
        (
            "operator",
            "**Image 1** could not be drawn at 2K: the image service turned the bot away",
            Some("Try again · 20 credits"),
            0,
        ),
        (
            "broken",
            "**Image 1** could not be drawn at 2K: the image service answered without a usable picture",
            Some("Try again · 20 credits"),
            0,
        ),
        (
            "unknown",
            "**Image 1** at 2K: the image service was asked, and its answer never came",
            None,
            20,
        ),
    ];
    for (ending, told, button, held) in endings {
        run_test(async |w| {
            let (thread, image) = approved(w, &format!("a fox #sketch:{ending}@2K")).await;
            let (text, buttons) = notice(w, &thread);
            assert!(text.contains(told), "{ending}: {text}");
            assert_eq!(buttons, Vec::from_iter(button), "{ending}");
            assert_eq!(books(&w.pool().await), (1000, held, 10), "{ending}");
            let message = w.message(thread.id, w.message_with(thread.id, told));
            assert_eq!(
                message["message_reference"]["message_id"],
                image.message.to_string(),
                "it answers its 1K"
            );
            assert!(
                w.look_at(&image).ends_with("✅ **Approved for 2K** · @Bo"),
                "{ending}: {}",
                w.look_at(&image)
            );
            assert!(w.vote_buttons(thread.id, image.message).is_empty());
            assert!(w.images(&thread, "review").is_empty());
            w.starter(&thread);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_later_stage_waits_for_a_busy_engine_and_gives_up_in_the_end() {
    run_test(async |w| {
        let (passing, _) = approved(w, "a fox #sketch:transient@2K*3").await;
        let (lasting, _) = approved(w, "a hare #sketch:transient@2K").await;
        for pause in [2, 8] {
            assert_eq!(books(&w.pool().await), (1000, 40, 20), "both stay held");
            w.advance(Duration::from_secs(pause));
            w.run_jobs().await;
        }
        w.advance(Duration::from_secs(32));
        w.run_jobs().await;
        assert_eq!(w.image_at(&passing, "review").size, (160, 90));
        let (text, buttons) = notice(w, &lasting);
        assert!(
            text.contains("could not be drawn at 2K: the image service stayed unavailable."),
            "{text}"
        );
        assert_eq!(buttons, ["Try again · 20 credits"]);
        assert_eq!(books(&w.pool().await), (1000, 0, 40));
        w.said_in(discord_sandbox::world::CAMPAIGN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_final_that_is_refused_gives_back_the_final_alone() {
    run_test(async |w| {
        let (thread, _) = approved(w, "a fox #sketch:refused@4K").await;
        let review = w.image_at(&thread, "review");
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        insta::assert_snapshot!(w.notices(&thread).join("\n"), @r"
        ⚠️ **Image 1** could not be drawn at 4K: the image service's content policy refused the prompt. Try it again with other words.
        -# 40 credits returned to the pool
        ");
        assert_eq!(books(&w.pool().await), (1000, 0, 30));
        w.starter(&thread);
        w.images(&thread, "explore");
    })
    .await;
}
