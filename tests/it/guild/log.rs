//! Tests the log channel: it shows each spend once, and each usage alert of the pool once.

use std::time::Duration;

use discord_sandbox::{Fault, permissions, world};
use greenlight::domain::engine::cost::Usd;
use greenlight::providers::{Answer, CallReport};
use serde_json::json;

use crate::harness::{
    Easel, Ending, Kind, Thread, World, flat, lost_answer, run_test, run_test_on, run_test_with,
};
use crate::operator::greenlight;

const FEW: &[(&str, &str)] = &[("POOL__FIRST_GRANT", "100")];

async fn with_log(w: &mut World) {
    let log = json!({ "log": world::GENERAL.to_string() });
    w.dana().command("settings channels", log).await;
}

/// Drafts so many images of Ana's, and reads their messages.
async fn drafted(w: &mut World, images: u32) -> Thread {
    let thread = w.ana().draft("a *red* fox", images).await;
    w.starter(&thread);
    w.images(&thread, "explore");
    thread
}

/// Returns the alerts in the log so far.
fn alerts(w: &mut World) -> Vec<String> {
    let said = w.said_in(world::GENERAL);
    said.into_iter()
        .filter(|line| !line.starts_with(['💳', '💰']))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_spend_is_told_once_with_who_asked_and_who_approved() {
    run_test(async |w| {
        with_log(w).await;
        let thread = w.ana().draft("a *red* fox", 1).await;
        w.starter(&thread);
        let image = w.image_at(&thread, "explore");
        w.bo().approves(&image).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        let said = w.said_in(world::GENERAL).join("\n");
        insta::assert_snapshot!(said.replace(&thread.id.to_string(), "THREAD"), @r"
        💳 **−10** a \*red\* fox · 1 draft · @Ana · <#THREAD>
        💳 **−20** a \*red\* fox · image 1 → 2K · @Ana ← @Bo · <#THREAD>
        ");
        for message in w.discord().messages(world::GENERAL) {
            assert_eq!(message["mentions"], json!([]), "nobody is pinged");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_engine_says_that_it_cost_is_told_and_stands_in_the_books() {
    run_test(async |w| {
        let easel = Easel::new(false);
        w.set_engines(easel.engines());
        w.restart().await;
        with_log(w).await;
        easel.next_ends(Ending::Reply(CallReport {
            answer: Answer::File(flat(80, 45, 7)),
            usd: Some(Usd::micros(28_410)),
            request: Some("req_7".to_owned()),
        }));
        drafted(w, 1).await;
        let said = w.said_in(world::GENERAL).join("\n");
        assert!(said.starts_with("💳 **−10** ($0.028) "), "{said}");
        let (_, _, csv) = w.dana().handed("treasury export", json!({ "book": 1 })).await;
        let row = csv.lines().nth(1).expect("a row");
        assert!(row.contains(",10,0.028410,req_7,80,45,"), "{csv}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_images_of_a_draft_are_one_line_once_all_of_them_are_drawn() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            with_log(w).await;
            w.ana().asks(json!({ "prompt": "a fox", "images": 3 })).await;
            w.run_quick_jobs().await;
            w.draw_one().await;
            w.run_quick_jobs().await;
            assert!(w.said_in(world::GENERAL).is_empty(), "not while others are drawn");
            w.kill().await;
            w.start().await;
            w.work_it_out().await;
            let thread = w.last_thread();
            let said = w
                .said_in(world::GENERAL)
                .join("\n")
                .replace(&thread.id.to_string(), "THREAD");
            assert_eq!(said, "💳 **−30** a fox · 3 drafts · @Ana · <#THREAD>");
            w.starter(&thread);
            w.images(&thread, "explore");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_that_fails_is_not_in_the_line_and_is_told_of_when_it_is_tried_again() {
    run_test(async |w| {
        let easel = Easel::new(false);
        w.set_engines(easel.engines());
        w.restart().await;
        with_log(w).await;
        easel.next_ends(Ending::Answer(Answer::Broken("nothing".to_owned())));
        let thread = w.ana().draft("a fox", 2).await;
        w.read_all();
        let said = w.said_in(world::GENERAL).join("\n");
        assert!(said.contains("−10** a fox · 1 draft · @Ana"), "{said}");
        let failed = w.message_with(thread.id, "Image 1");
        w.ana().presses(thread.id, failed, "retry").await;
        w.run_jobs().await;
        let said = w.said_in(world::GENERAL).join("\n");
        assert!(said.contains("−10** a fox · 1 draft · @Ana"), "{said}");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_back_is_no_spend() {
    run_test(async |w| {
        with_log(w).await;
        w.ana().asks(json!({ "prompt": "a fox", "images": 2 })).await;
        w.run_quick_jobs().await;
        let thread = w.last_thread();
        let cancel = w.button(world::CAMPAIGN, thread.id, "cancel");
        w.ana().presses(world::CAMPAIGN, thread.id, &cancel).await;
        w.run_jobs().await;
        w.starter(&thread);
        assert!(w.said_in(world::GENERAL).is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_of_the_pool_are_told_once_each_and_again_only_after_a_grant() {
    run_test_with(FEW, async |w| {
        with_log(w).await;
        let mut told = Vec::new();
        for images in [4, 4, 1, 1] {
            drafted(w, images).await;
            told.push(alerts(w).len());
        }
        assert_eq!(told, [0, 1, 1, 2], "at 40, 80, 90 and 100 of 100");
        w.grant(100).await;
        w.run_jobs().await;
        assert_eq!(alerts(w).len(), 2, "half of 200 was told of before");
        w.advance(Duration::from_hours(1));
        drafted(w, 4).await;
        drafted(w, 2).await;
        insta::assert_snapshot!(alerts(w).join("\n"), @r"
        🟠 **80 % of the pool is used**: 80 of 100 credits are spent or held. 20 credits left. `/treasury grant` adds more.
        🔴 **The pool is used up**: 100 of 100 credits are spent or held. New drafts are refused and approvals wait until credits are added. `/treasury grant` adds more.
        🟠 **80 % of the pool is used**: 160 of 200 credits are spent or held. 40 credits left. `/treasury grant` adds more.
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_dies_after_it_wrote_writes_nothing_twice() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[("POOL__FIRST_GRANT", "20")], async |w| {
            with_log(w).await;
            w.fail(lost_answer(world::GENERAL));
            w.fail(lost_answer(world::GENERAL));
            let thread = w.ana().draft("a fox", 1).await;
            w.kill().await;
            // This is longer than Discord remembers a nonce.
            w.advance(Duration::from_hours(1));
            w.start().await;
            w.work_it_out().await;
            w.starter(&thread);
            w.images(&thread, "explore");
            let said = w.said_in(world::GENERAL);
            assert_eq!(said.len(), 2, "one spend and one mark: {said:#?}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credits_that_are_added_or_taken_back_are_told_once_with_who_and_why() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            w.dana().command("treasury grant", json!({ "credits": 1 })).await;
            w.run_jobs().await;
            assert!(
                w.said_in(world::GENERAL).is_empty(),
                "without a log nobody is told"
            );
            with_log(w).await;
            let why = json!({ "credits": 2_500, "reason": "the *spring* campaign" });
            w.dana().command("treasury grant", why).await;
            w.dana().command("treasury grant", json!({ "credits": 1 })).await;
            let slip = json!({ "credits": 500, "reason": "a slip" });
            w.dana().command("treasury correct", slip).await;
            let too_many = json!({ "credits": 9_999, "reason": "a slip" });
            w.dana().command("treasury correct", too_many).await;
            let (guild, dana) = (world::NORTHLIGHT.to_string(), world::DANA.to_string());
            let by_hand = [
                "treasury",
                "grant",
                "--guild",
                &guild,
                "--credits",
                "70",
                "--reason",
                "May",
            ];
            let operators = [("GREENLIGHT_OPERATORS", format!("[{dana}]"))];
            let operators = operators.each_ref().map(|(key, value)| (*key, value.as_str()));
            let said = greenlight(w, &by_hand, &operators).await;
            assert_eq!(said.code, 0, "{}", said.err);
            // The second is written, and its answer is lost.
            w.fail(Fault {
                skip: 1,
                ..lost_answer(world::GENERAL)
            });
            w.run_jobs().await;
            w.kill().await;
            w.advance(Duration::from_hours(1));
            w.start().await;
            w.work_it_out().await;
            let mut said = w.said_in(world::GENERAL);
            said.sort_unstable();
            let told = [
                "💰 **1 credit added** by @Dana · no reason was given",
                "💰 **2,500 credits added** by @Dana · the \\*spring\\* campaign",
                "💰 **500 credits taken back** by @Dana · a slip",
                "💰 **70 credits added** by @Dana · May",
            ];
            assert_eq!(said, told);
            let messages = w.discord().messages(world::GENERAL);
            assert!(messages.iter().all(|message| message["mentions"] == json!([])));
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_takes_no_message_keeps_nothing_from_being_drawn() {
    run_test_with(FEW, async |w| {
        with_log(w).await;
        w.discord().deny_bot(world::GENERAL, permissions::SEND_MESSAGES);
        drafted(w, 4).await;
        drafted(w, 4).await;
        assert!(w.said_in(world::GENERAL).is_empty());
        assert_eq!(w.pool().await.settled.get(), 80);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn marks_of_a_budget_are_told_once_each_and_again_only_after_it_is_raised() {
    run_test(async |w| {
        with_log(w).await;
        let budget = json!({ "name": "Spring", "exploration": 40 });
        w.dana().command("project create", budget).await;
        let mut told = Vec::new();
        for images in [1, 1, 1, 1] {
            w.advance(Duration::from_hours(1));
            let options = json!({ "prompt": "a fox", "images": images, "project": "Spring" });
            w.ana().asks(options).await;
            w.run_jobs().await;
            let thread = w.last_thread();
            w.starter(&thread);
            w.images(&thread, "explore");
            told.push(alerts(w).len());
        }
        assert_eq!(told, [0, 1, 1, 2], "at 10, 20, 30 and 40 of 40");
        let raised = json!({ "project": "Spring", "exploration": 60 });
        w.dana().command("project budget", raised).await;
        w.run_jobs().await;
        assert_eq!(alerts(w).len(), 2, "half of 60 was told of before");
        w.advance(Duration::from_hours(1));
        let options = json!({ "prompt": "a fox", "images": 1, "project": "Spring" });
        w.ana().asks(options).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.images(&thread, "explore");
        insta::assert_snapshot!(alerts(w).join("\n"), @r"
        🟡 **Half of the exploration budget of Spring is used**: 20 of 40 credits are spent or held. 20 credits left. `/project budget` raises it.
        🔴 **The exploration budget of Spring is used up**: 40 of 40 credits are spent or held. `/project budget` raises it.
        🟠 **80 % of the exploration budget of Spring is used**: 50 of 60 credits are spent or held. 10 credits left. `/project budget` raises it.
        ");
    })
    .await;
}
