//! Tests paid calls whose answer never came: an operator lists each and settles or releases it,
//! once.

use std::process::Command;

use discord_sandbox::world;
use futures::FutureExt;
use greenlight::domain::approval::vote::Image;
use greenlight::domain::guild::access::Right;
use greenlight::domain::ids::{GuildId, RenderId};
use greenlight::domain::image::render::Verdict;
use greenlight::flow::access::Caller;
use greenlight::flow::money::unresolved::{self, Choice};
use greenlight::store::renders;
use serde_json::json;

use crate::harness::{Kind, Thread, World, actor, run_test, run_test_on, run_test_with};

/// Drafts one image whose call has an unknown outcome, and reads its notice and its starter.
async fn lost(w: &mut World) -> (Thread, RenderId) {
    let thread = w.ana().draft("a fox #sketch:unknown", 1).await;
    assert_eq!(w.notices(&thread).len(), 1);
    w.starter(&thread);
    (thread, unknown(w).await.last().expect("one of unknown end").id)
}

/// The renders whose end nobody knows.
async fn unknown(w: &World) -> Vec<Image> {
    let (store, guild) = (&w.app().services.store, GuildId::new(world::NORTHLIGHT));
    let unknown = store.read(move |tx| renders::unknown(tx, guild, 10).boxed());
    unknown.await.expect("the renders")
}

/// Returns the granted, held and settled credits.
async fn books(w: &World) -> (i64, i64, i64) {
    let pool = w.pool().await;
    (pool.granted.get(), pool.held.get(), pool.settled.get())
}

/// Has Dana decide with `/treasury unresolved`: 0 settles and 1 releases. Returns the answer.
async fn decides(w: &mut World, image: RenderId, decision: i64, reason: &str) -> String {
    let mut options = json!({ "image": image.to_string(), "decision": decision });
    if !reason.is_empty() {
        options["reason"] = reason.into();
    }
    w.dana().command("treasury unresolved", options).await
}

/// Replaces the id of an image in a text.
fn nameless(text: &str, image: RenderId) -> String {
    text.replace(&image.to_string(), "<image>")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_sees_what_is_unresolved_and_gives_the_credits_back() {
    run_test(async |w| {
        let none = w.dana().command("treasury unresolved", json!({})).await;
        insta::assert_snapshot!(none, @"Nothing is unresolved: of every paid call it is known how it ended.");
        let (thread, image) = lost(w).await;
        let list = w.dana().command("treasury unresolved", json!({})).await;
        insta::assert_snapshot!(nameless(&list, image).replace(&thread.id.to_string(), "thread"), @r"
        **Paid calls whose answer never came.** Look them up at the image service, then choose here: **settle** what was charged, **release** what was not.
        `<image>` **10 credits** · image 1 at 1K of @Ana in <#thread> · a fox \#sketch\:unknown · asked sketch <time>
        ");
        insta::assert_snapshot!(decides(w, image, 1, "not on the *invoice*").await, @"Decided: 10 credits are back in the pool. The pool has 1,000 credits available. The thread is told.");
        w.run_jobs().await;
        insta::assert_snapshot!(w.notices(&thread).join("\n"), @r"
        ⚠️ **Image 1** at 1K: the image service's answer never came. @Dana has looked: nothing was paid.
        -# 10 credits returned to the pool · not on the \*invoice\*
        ");
        insta::assert_snapshot!(w.starter(&thread).lines().last().unwrap_or_default(), @"0 of 1 drawn · 1 failed, credits returned");
        assert_eq!(books(w).await, (1_000, 0, 0));

        let (_, _, book) = w.dana().handed("treasury export", json!({})).await;
        let line = format!(",release,10,{image},2,{},not on the *invoice*", world::DANA);
        assert!(book.contains(&line), "{book}");
        let notice = w.message_with(thread.id, "Image 1");
        w.ana().presses(thread.id, notice, "retry").await;
        w.run_jobs().await;
        assert_eq!(
            w.notices(&thread).len(),
            2,
            "the prompt makes its answer get lost again"
        );
        assert_eq!(books(w).await, (1_000, 10, 0));
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_charged_for_stays_spent_and_the_log_says_who_decided() {
    run_test(async |w| {
        let log = json!({ "log": world::GENERAL.to_string() });
        w.dana().command("settings channels", log).await;
        let (thread, image) = lost(w).await;
        insta::assert_snapshot!(decides(w, image, 0, "").await, @"Decided: 10 credits stay spent. The pool has 990 credits available. The thread is told.");
        w.run_jobs().await;
        insta::assert_snapshot!(w.notices(&thread).join("\n"), @r"
        ⚠️ **Image 1** at 1K: the image service's answer never came. @Dana has looked: it was paid all the same.
        -# 10 credits stay spent
        ");
        insta::assert_snapshot!(w.starter(&thread).lines().last().unwrap_or_default(), @"0 of 1 drawn · 1 paid and never received");
        insta::assert_snapshot!(w.said_in(world::GENERAL).join("\n").replace(&thread.id.to_string(), "thread"), @r"
        ❔ **10 credits stay held**: nobody knows how a paid call ended · a fox \#sketch\:unknown · image 1 at 1K · asked sketch · <#thread>
        -# @Dana decides with `/treasury unresolved`.
        💳 **−10** a fox \#sketch\:unknown · 1 draft · @Ana · settled without an answer by @Dana · <#thread>
        ");
        assert_eq!(books(w).await, (1_000, 0, 10));
        insta::assert_snapshot!(decides(w, image, 1, "no").await, @"This was settled already by @Dana. Nothing was changed.");
        assert_eq!(books(w).await, (1_000, 0, 10), "decided once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_cannot_be_is_explained_and_changes_nothing() {
    run_test(async |w| {
        let (thread, image) = lost(w).await;
        let name = image.to_string();
        for (options, told) in [
            (json!({ "image": name }), "Choose both"),
            (json!({ "decision": 0 }), "Choose both"),
            (
                json!({ "image": "a fox", "decision": 0 }),
                "There is no such image here",
            ),
            (
                json!({ "image": "4711", "decision": 0 }),
                "There is no such image here",
            ),
        ] {
            let answer = w.dana().command("treasury unresolved", options.clone()).await;
            assert!(answer.contains(told), "{options}: {answer}");
        }
        let good = w.ana().draft("a hare", 1).await;
        w.starter(&good);
        let drawn = w.image_at(&good, "explore").render();
        insta::assert_snapshot!(decides(w, drawn, 1, "x").await, @"This image is not unresolved: it is known how it ended. Nothing was changed.");
        assert_eq!(books(w).await, (1_000, 10, 10));
        assert_eq!(w.notices(&thread).len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_look_after_the_treasury_see_and_decide() {
    run_test_with(&[("ADMINS__TREASURY", "false")], async |w| {
        let (_, image) = lost(w).await;
        let bo = actor(world::BO, true);
        let answer = w.treasurer(bo).expect_err("a refusal");
        assert!(
            answer.contains("Only the bot's operators can do this"),
            "{answer}"
        );
        let services = w.app().services.clone();
        let dana = w.treasurer(actor(world::DANA, true)).expect("the right");
        for (typed, found) in [("", 1), ("FOX", 1), ("hare", 0)] {
            let offered = unresolved::complete(&services, &dana, typed).await;
            assert_eq!(offered.expect("an answer").len(), found, "{typed}");
        }
        let (other, by) = (GuildId::new(1), dana.by().clone());
        let elsewhere = Caller::enter(&services.rules, Right::Treasury, Some(other), by).expect("the right");
        let choice = Choice {
            image: Some(image.to_string()),
            verdict: Some(Verdict::Release),
            reason: None,
        };
        let answer = unresolved::unresolved(&services, &elsewhere, choice).await;
        let answer = answer.expect("an answer");
        assert!(answer.starts_with("There is no such image here"), "{answer}");
        let elsewhere = unresolved::complete(&services, &elsewhere, "").await;
        assert!(
            elsewhere.expect("an answer").is_empty(),
            "another server's are its own"
        );
        assert_eq!(books(w).await, (1_000, 10, 0));
    })
    .await;
}

/// Asserts that of eight decisions at the same moment, half of them each way, one counts.
async fn of_many_decisions_one_is_heard(kind: Kind) {
    run_test_on(kind, &[], async |w| {
        for round in 0..4 {
            let (thread, image) = lost(w).await;
            let (_, held, settled) = books(w).await;
            assert_eq!(held, 10);
            let services = w.app().services.clone();
            let dana = w.treasurer(actor(world::DANA, true)).expect("the right");
            let decisions = (0..8).map(|n| {
                let choice = Choice {
                    image: Some(image.to_string()),
                    verdict: Some(if n % 2 == 0 {
                        Verdict::Settle
                    } else {
                        Verdict::Release
                    }),
                    reason: None,
                };
                unresolved::unresolved(&services, &dana, choice)
            });
            let told = futures::future::join_all(decisions).await;
            let told: Vec<String> = told.into_iter().map(|told| told.expect("an answer")).collect();
            let heard: Vec<&String> = told.iter().filter(|told| told.starts_with("Decided")).collect();
            assert_eq!(heard.len(), 1, "round {round}: {told:#?}");
            let spent = if heard[0].contains("stay spent") { 10 } else { 0 };
            assert_eq!(books(w).await, (1_000, 0, settled + spent), "round {round}");
            w.run_jobs().await;
            w.notices(&thread);
            w.starter(&thread);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_decisions_one_is_heard_on_sqlite() {
    of_many_decisions_one_is_heard(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_decisions_one_is_heard_on_postgres() {
    of_many_decisions_one_is_heard(Kind::Postgres).await;
}

/// Runs `greenlight treasury`. Returns whether it succeeded, and what it said.
fn treasury(w: &World, arguments: &[&str]) -> (bool, String) {
    let guild = world::NORTHLIGHT.to_string();
    let ran = Command::new(env!("CARGO_BIN_EXE_greenlight"))
        .arg("treasury")
        .args(arguments)
        .args(["--guild", &guild])
        .env("DATABASE_URL", w.database_url())
        .env("GREENLIGHT_OPERATORS", "[5]")
        .output()
        .expect("the program runs");
    let told = if ran.status.success() {
        ran.stdout
    } else {
        ran.stderr
    };
    (ran.status.success(), String::from_utf8(told).expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_lists_settles_and_releases() {
    run_test(async |w| {
        let (thread, first) = lost(w).await;
        let (other, _) = lost(w).await;
        let second = unknown(w)
            .await
            .iter()
            .map(|render| render.id)
            .find(|id| *id != first);
        let second = second.expect("another");
        let (done, list) = treasury(w, &["unresolved"]);
        assert!(
            done && list.contains(&first.to_string()) && list.contains(&second.to_string()),
            "{list}"
        );
        let (done, told) = treasury(
            w,
            &["settle", "--image", &first.to_string(), "--reason", "invoiced"],
        );
        assert!(done, "{told}");
        let (done, told) = treasury(w, &["release", "--image", &second.to_string()]);
        assert!(done, "{told}");
        let (done, told) = treasury(w, &["release", "--image", &first.to_string()]);
        assert!(!done && told.contains("settled already by <@5>"), "{told}");
        assert_eq!(books(w).await, (1_000, 0, 10));
        w.run_jobs().await;
        for (thread, told) in [
            (&thread, "stay spent · invoiced"),
            (&other, "returned to the pool"),
        ] {
            let notices = w.notices(thread);
            assert!(notices.len() == 1 && notices[0].contains(told), "{notices:?}");
            w.starter(thread);
        }
        let (_, list) = treasury(w, &["unresolved"]);
        assert!(list.contains("Nothing is unresolved"), "{list}");
    })
    .await;
}
