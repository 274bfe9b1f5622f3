//! Tests the pool: what is granted, held and spent, and which approval that waits for credits is
//! next.

use std::time::Duration;

use discord_sandbox::world;
use greenlight::domain::actor::Actor;
use greenlight::flow::money::treasury::{self, GrantRequest};
use serde_json::json;

use crate::harness::{Image, Kind, World, actor, run_test, run_test_on, run_test_with};

/// Returns Dana, who may manage the server.
fn operator() -> Actor {
    actor(world::DANA, true)
}

/// Returns a grant of Dana's, made without a client that would refuse it.
fn order(amount: i64, once: &str) -> GrantRequest {
    GrantRequest {
        actor: operator().user,
        amount,
        reason: Some("a slip".to_owned()),
        once: once.to_owned(),
    }
}

/// Returns the answer to `/credits pool`.
async fn credits(w: &mut World) -> String {
    w.bo().command("credits pool", json!({})).await
}

/// Returns whether an image's approval waits for credits.
fn waits(w: &World, image: &Image) -> bool {
    w.look_at(image).contains("waiting for credits")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pool_is_told_at_each_step() {
    run_test_with(&[("POOL__FIRST_GRANT", "60")], async |w| {
        insta::assert_snapshot!(credits(w).await, @r"
        **60 credits available**
        60 granted · 0 spent · 0 held for what is being drawn
        ");
        w.ana().asks(json!({ "prompt": "a fox", "images": 2 })).await;
        insta::assert_snapshot!(credits(w).await, @r"
        **40 credits available**
        60 granted · 0 spent · 20 held for what is being drawn
        ");
        w.run_jobs().await;
        insta::assert_snapshot!(credits(w).await, @r"
        **40 credits available**
        60 granted · 20 spent · 0 held for what is being drawn
        ");
        let thread = w.last_thread();
        let image = w.images(&thread, "explore").remove(0);
        w.bo().approves(&image).await;
        w.recount(&image).await;
        insta::assert_snapshot!(credits(w).await, @r"
        **20 credits available**
        60 granted · 20 spent · 20 held for what is being drawn
        ");
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        insta::assert_snapshot!(credits(w).await, @r"
        **20 credits available**
        60 granted · 40 spent · 0 held for what is being drawn
        ⏸️ 1 approval waits for 40 credits
        ");
        insta::assert_snapshot!(w.look_at(&review), @r"
        **Image 1** · 2K review · 160×90
        Approved by @Bo
        -# 20 credits
        ⏸️ **Approved for 4K** · @Bo, @Cem · waiting for credits: 40 needed. It starts by itself.
        ");
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_grants_and_others_may_not() {
    run_test(async |w| {
        let answer = w
            .dana()
            .command("treasury grant", json!({ "credits": 2_500, "reason": "Q4" }))
            .await;
        assert_eq!(
            answer,
            "Granted 2,500 credits. The pool has 3,500 credits available."
        );
        w.set("OPERATORS", &format!("[{}]", world::ANA));
        w.restart().await;
        let answer = w.dana().command("treasury grant", json!({ "credits": 1 })).await;
        assert_eq!(
            answer, "Only the bot's operators can do this: @Ana.",
            "who manages the server is none by that"
        );
        w.set("OPERATORS", "[]");
        w.restart().await;
        let answer = w.dana().command("treasury grant", json!({ "credits": 1 })).await;
        assert_eq!(
            answer,
            "Only the bot's operators can do this, and none are configured (`operators`)."
        );
        let hidden = w
            .discord()
            .member(world::BO)
            .command(world::CAMPAIGN, "treasury grant", json!({ "credits": 1 }))
            .await;
        assert!(hidden.is_err(), "Discord shows it to those who manage the server");
        assert_eq!(w.pool().await.granted.get(), 3_500);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_takes_back_what_is_neither_held_nor_spent_for_a_reason_that_the_books_keep() {
    run_test(async |w| {
        w.ana().asks(json!({ "prompt": "a fox", "images": 2 })).await;
        let options = json!({ "credits": 981, "reason": "too many" });
        insta::assert_snapshot!(w.dana().command("treasury correct", options).await, @"981 credits cannot be taken back: 980 are left, and what is held or spent stays. Nothing was changed.");
        let options = json!({ "credits": 980, "reason": "\u{202e}" });
        insta::assert_snapshot!(w.dana().command("treasury correct", options).await, @"A correction needs a `reason`: the books keep it. Nothing was changed.");
        let options = json!({ "credits": 980, "reason": "typed a *zero* too many" });
        insta::assert_snapshot!(w.dana().command("treasury correct", options).await, @"Took back 980 credits. The pool has 0 credits available.");
        w.run_jobs().await;
        insta::assert_snapshot!(credits(w).await, @r"
        **0 credits available**
        20 granted · 20 spent · 0 held for what is being drawn
        There is not enough for one more idea. Credits are added with `/treasury grant` by @Dana.
        -# One picture from idea to final costs 10 + 20 + 40 = 70 credits.
        ");
        let history = w.cem().command("credits history", json!({})).await;
        insta::assert_snapshot!(history.lines().next().unwrap_or_default(), @r"<time> **−980** taken back by @Dana · typed a \*zero\* too many");
        let (_, _, book) = w.dana().handed("treasury export", json!({})).await;
        assert!(book.contains(&format!(",correction,980,,,{},typed a *zero* too many", world::DANA)), "{book}");
        let thread = w.last_thread();
        w.starter(&thread);
        w.images(&thread, "explore");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_the_server_uses_the_treasury_where_the_operator_says_so() {
    run_test_with(&[("OPERATORS", "[]"), ("ADMINS__TREASURY", "true")], async |w| {
        let granted = w
            .dana()
            .command("treasury grant", json!({ "credits": 500 }))
            .await;
        assert_eq!(
            granted,
            "Granted 500 credits. The pool has 1,500 credits available."
        );
        let options = json!({ "credits": 500, "reason": "not now" });
        let taken = w.dana().command("treasury correct", options).await;
        assert_eq!(
            taken,
            "Took back 500 credits. The pool has 1,000 credits available."
        );
        let (_, _, book) = w.dana().handed("treasury export", json!({})).await;
        assert_eq!(book.lines().count(), 4, "{book}");
        let other = actor(world::BO, false);
        assert_eq!(
            w.treasurer(other).expect_err("a refusal"),
            "Only those who may manage this server can do this.",
            "an admin may have shown it to others"
        );
        w.set("ADMINS__TREASURY", "false");
        w.restart().await;
        let refused = w
            .dana()
            .command("treasury correct", json!({ "credits": 1, "reason": "x" }))
            .await;
        assert_eq!(
            refused,
            "Only the bot's operators can do this, and none are configured (`operators`)."
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_out_of_range_is_none() {
    run_test(async |w| {
        let dana = w.discord().member(world::DANA);
        for credits in [0, -5, 10_000_001] {
            let sent = dana
                .command(world::CAMPAIGN, "treasury grant", json!({ "credits": credits }))
                .await;
            assert!(sent.is_err(), "the client sent {credits}");
        }
        let dana = w.treasurer(operator()).expect("the right");
        for credits in [0, -5, 10_000_001, i64::MIN, i64::MAX] {
            let services = &w.app().services;
            let once = format!("test:{credits}");
            let granted = treasury::grant(services, &dana, order(credits, &once)).await;
            let granted = granted.expect("an answer");
            assert!(
                granted.starts_with("A grant is 1 to 10,000,000 credits"),
                "{credits}: {granted}"
            );
            let taken = treasury::correct(services, &dana, order(credits, &once)).await;
            let taken = taken.expect("an answer");
            assert_eq!(
                taken, "A correction takes back 1 to 10,000,000 credits.",
                "{credits}"
            );
        }
        assert_eq!(w.pool().await.granted.get(), 1000);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_interaction_twice_grants_or_takes_back_once() {
    run_test(async |w| {
        let services = &w.app().services;
        let by = w.treasurer(operator()).expect("the right");
        let grant = || treasury::grant(services, &by, order(50, "interaction:7"));
        let (first, second) = tokio::join!(grant(), grant());
        assert_eq!(first.expect("an answer"), second.expect("an answer"));
        assert_eq!(w.pool().await.granted.get(), 1050);
        let correct = || treasury::correct(services, &by, order(1000, "interaction:8"));
        let (first, second) = tokio::join!(correct(), correct());
        assert_eq!(
            first.expect("an answer"),
            "Took back 1,000 credits. The pool has 50 credits available."
        );
        assert_eq!(
            second.expect("an answer"),
            "Took back 1,000 credits. The pool has 50 credits available."
        );
        assert_eq!(w.pool().await.granted.get(), 50);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_grant_comes_once_however_often_the_bot_does() {
    run_test(async |w| {
        for _ in 0..2 {
            w.restart().await;
        }
        w.set("POOL__FIRST_GRANT", "500");
        w.restart().await;
        assert_eq!(w.pool().await.granted.get(), 1000);
    })
    .await;
}

/// Makes a pool of 30 and two images that reach their 2K quorum (20 credits each) at once.
async fn two_for_the_price_of_one_and_a_half(w: &mut World) {
    let (thread, images) = w.drafted(2).await;
    assert_eq!(w.available().await, 30);
    w.bo().approves(&images[0]).await;
    w.cem().approves(&images[1]).await;
    w.run_jobs_at_once().await;
    assert_eq!(w.images(&thread, "review").len(), 1, "one is drawn");
    assert_eq!(w.available().await, 10);
    let waiting: Vec<_> = images.iter().filter(|image| waits(w, image)).collect();
    assert_eq!(waiting.len(), 1, "and one waits");
    let answer = w.dana().command("treasury grant", json!({ "credits": 10 })).await;
    assert_eq!(answer, "Granted 10 credits. The pool has 20 credits available.");
    w.run_jobs_at_once().await;
    assert_eq!(w.images(&thread, "review").len(), 2);
    assert!(!waits(w, waiting[0]));
    let pool = w.pool().await;
    assert_eq!(
        (pool.available.get(), pool.held.get(), pool.settled.get()),
        (0, 0, 60)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_approvals_at_once_one_is_paid_and_a_grant_starts_the_other_on_sqlite() {
    let settings = [("POOL__FIRST_GRANT", "50")];
    run_test_on(Kind::Sqlite, &settings, two_for_the_price_of_one_and_a_half).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_approvals_at_once_one_is_paid_and_a_grant_starts_the_other_on_postgres() {
    let settings = [("POOL__FIRST_GRANT", "50")];
    run_test_on(Kind::Postgres, &settings, two_for_the_price_of_one_and_a_half).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_waited_longest_is_paid_first_even_if_another_costs_less() {
    run_test_with(&[("POOL__FIRST_GRANT", "55")], async |w| {
        let (thread, images) = w.drafted(3).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        // 5 credits are left. The final asks for 40, and then two reviews ask for 20 each.
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        for image in [&images[2], &images[1]] {
            w.run_jobs().await;
            w.advance(Duration::from_secs(1));
            w.bo().approves(image).await;
        }
        w.run_jobs().await;
        assert!(
            [&review, &images[2], &images[1]]
                .into_iter()
                .all(|image| waits(w, image))
        );
        assert!(credits(w).await.contains("⏸️ 3 approvals wait for 80 credits\n"));

        w.grant(30).await;
        w.run_jobs().await;
        assert_eq!(
            w.available().await,
            35,
            "enough for a review, but the final is first"
        );
        w.grant(25).await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "final").len(), 1);
        assert_eq!(
            w.images(&thread, "review")
                .iter()
                .map(|image| image.position)
                .collect::<Vec<_>>(),
            [1, 3]
        );
        assert_eq!(w.available().await, 0);
        assert!(waits(w, &images[1]) && !waits(w, &images[2]));
        w.grant(20).await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_is_withdrawn_no_longer_waits_and_the_next_may_go() {
    run_test_with(&[("POOL__FIRST_GRANT", "70")], async |w| {
        let (thread, images) = w.drafted(3).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        w.bo().approves(&review).await;
        w.cem().approves(&review).await;
        w.run_jobs().await;
        w.advance(Duration::from_secs(1));
        w.bo().approves(&images[1]).await;
        w.run_jobs().await;
        assert!(
            waits(w, &review) && waits(w, &images[1]),
            "20 would pay for the second, but the final is first"
        );

        w.cem().withdraws(&review).await;
        w.run_jobs().await;
        assert!(
            w.look_at(&review).contains("✅ **1 of 2** for 4K"),
            "{}",
            w.look_at(&review)
        );
        assert_eq!(w.images(&thread, "review").len(), 2, "the next went");
        assert_eq!(w.available().await, 0);
        w.grant(100).await;
        w.run_jobs().await;
        assert!(w.images(&thread, "final").is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_more_vote_while_it_waits_is_shown_and_keeps_its_place() {
    run_test_with(&[("POOL__FIRST_GRANT", "25")], async |w| {
        let (thread, images) = w.drafted(2).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        w.advance(Duration::from_secs(1));
        w.bo().approves(&images[1]).await;
        w.run_jobs().await;
        w.advance(Duration::from_secs(1));
        w.cem().approves(&images[0]).await;
        w.run_jobs().await;
        assert!(
            w.look_at(&images[0])
                .contains("**Approved for 2K** · @Bo, @Cem · waiting for credits")
        );
        w.grant(15).await;
        w.run_jobs().await;
        assert_eq!(
            w.image_at(&thread, "review").position,
            1,
            "it was first and still is"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_that_come_back_start_what_waits() {
    run_test_with(&[("POOL__FIRST_GRANT", "50")], async |w| {
        let (thread, images) = w.drafted(1).await;
        w.ana().asks(json!({ "prompt": "a hare", "images": 3 })).await;
        w.run_quick_jobs().await;
        let other = w.last_thread();
        w.bo().approves(&images[0]).await;
        w.run_quick_jobs().await;
        assert!(
            waits(w, &images[0]),
            "10 are left, and 30 are held for the other draft"
        );
        let answer = w.ana().presses(world::CAMPAIGN, other.id, "cancel").await;
        assert_eq!(answer, "3 images cancelled, 30 credits returned to the pool.");
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!(w.available().await, 20);
        w.starter(&other);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_render_that_fails_makes_room_for_what_waits() {
    run_test_with(&[("POOL__FIRST_GRANT", "40")], async |w| {
        let (thread, images) = w.drafted(1).await;
        let other = w.ana().draft("a hare #sketch:transient*3", 1).await;
        let failing = w.ana().draft("an owl #sketch:transient", 1).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        assert!(waits(w, &images[0]), "10 are left, and 20 are held");
        for pause in [2, 8, 32] {
            w.advance(Duration::from_secs(pause));
            w.run_jobs().await;
        }
        assert_eq!(w.notices(&failing).len(), 1);
        w.image_at(&thread, "review");
        w.image_at(&other, "explore");
        assert_eq!(w.available().await, 0);
        w.said_in(world::CAMPAIGN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_does_not_queue_behind_approvals_and_is_told_of_them() {
    run_test_with(&[("POOL__FIRST_GRANT", "25")], async |w| {
        let (thread, images) = w.drafted(1).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        let answer = w.ana().asks(json!({ "prompt": "a hare", "images": 1 })).await;
        insta::assert_snapshot!(answer, @r"
        1 image for 10 credits: opening the thread…
        ⏸️ 1 approval waits for 20 credits
        ");
        w.run_jobs().await;
        let other = w.last_thread();
        w.image_at(&other, "explore");
        insta::assert_snapshot!(w.told(world::ANA).last().expect("an answer"), @r"
        1 image for 10 credits in #a hare
        ⏸️ 1 approval waits for 20 credits
        ");
        let answer = w.ana().asks(json!({ "prompt": "an owl", "images": 1 })).await;
        insta::assert_snapshot!(answer, @r"
        This costs 10 credits, and 5 are left in the server's pool. There is room once credits are added: an operator can do that with `/treasury grant`. Nothing was spent.
        ⏸️ 1 approval waits for 20 credits
        ");
        assert!(waits(w, &images[0]) && w.images(&thread, "review").is_empty());
        w.said_in(world::CAMPAIGN);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_whose_picture_was_deleted_gives_its_place_up() {
    run_test_with(&[("POOL__FIRST_GRANT", "20")], async |w| {
        let (thread, images) = w.drafted(2).await;
        for image in &images {
            w.bo().approves(image).await;
            w.run_jobs().await;
            w.advance(Duration::from_secs(1));
        }
        w.discord().delete_message(thread.id, images[0].message);
        w.grant(20).await;
        w.run_jobs().await;
        assert_eq!(w.image_at(&thread, "review").position, 2);
        assert_eq!(w.available().await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_price_that_was_shown_is_the_price_that_is_taken() {
    run_test(async |w| {
        let (thread, images) = w.drafted(2).await;
        w.set("STAGES__REVIEW__PRICE", "33");
        w.restart().await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        assert_eq!(
            w.vote_buttons(thread.id, images[1].message),
            ["Approve 2K · 20 credits"]
        );
        assert_eq!(w.available().await, 960);
        let (later, images) = w.drafted(1).await;
        assert!(
            images[0].text.contains("for 2K at 33 credits"),
            "{}",
            images[0].text
        );
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        assert_eq!(
            (
                w.images(&thread, "review").len(),
                w.images(&later, "review").len()
            ),
            (1, 1)
        );
        assert_eq!(w.available().await, 960 - 10 - 33);
    })
    .await;
}
