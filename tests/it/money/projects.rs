//! Tests projects: what a campaign is estimated to cost, and what its budgets allow.

use discord_sandbox::world;
use serde_json::json;

use crate::harness::{Image, Kind, Thread, World, run_test, run_test_on, run_test_with};

async fn estimate(w: &mut World, drafts: i64, reviews: i64, finals: i64) -> String {
    let options = json!({ "drafts": drafts, "reviews": reviews, "finals": finals });
    w.ana().command("project estimate", options).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_estimated_before_a_credit_is_spent() {
    run_test(async |w| {
        insta::assert_snapshot!(estimate(w, 20, 5, 2).await, @r"
        This would cost **380 credits**.
        Exploration: 20 × 10 = **200**
        Review: 5 × 20 = **100**
        Final: 2 × 40 = **80**
        Every idea at 4K: 20 × 40 = 800 · **420 saved**
        ✅ The pool can pay for it: 1,000 are available.
        ");
        assert_eq!(w.available().await, 1_000);
        let once = estimate(w, 1, 1, 1).await;
        assert!(once.contains("1 × 40 = 40 · nothing is saved"), "{once}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_names_the_limits_that_keep_it_from_being_drawn_at_once() {
    run_test_with(&[("LIMITS__MEMBER_DAY", "200")], async |w| {
        let told = estimate(w, 20, 5, 2).await;
        insta::assert_snapshot!(told.lines().last().unwrap_or_default(), @"⏳ Not at once: each member: 200 credits a day. `/settings limits` changes that.");
        assert!(!estimate(w, 10, 5, 0).await.contains("Not at once"), "200 fit");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_says_what_the_pool_lacks_and_what_cannot_be() {
    run_test_with(&[("POOL__FIRST_GRANT", "300")], async |w| {
        let short = estimate(w, 20, 5, 2).await;
        assert!(
            short.ends_with(
                "⚠️ The pool cannot pay for all of it: 300 are available, 80 missing. An operator can add some with \
                 `/treasury grant`."
            ),
            "{short}"
        );
        assert_eq!(
            estimate(w, 3, 5, 0).await,
            "5 reviews of 3 drafts cannot be: each is drawn from one of those that were approved."
        );
        let none = json!({ "drafts": 0, "reviews": 0, "finals": 0 });
        let refused = w.discord().member(world::BO);
        let refused = refused.command(world::CAMPAIGN, "project estimate", none).await;
        assert!(refused.is_err(), "Discord itself refuses what is out of range");
    })
    .await;
}

/// Has Dana, who manages the server, ask for an estimate. Returns the id of the private message.
async fn estimated(w: &mut World, drafts: i64, reviews: i64, finals: i64) -> u64 {
    let options = json!({ "drafts": drafts, "reviews": reviews, "finals": finals });
    w.dana().command("project estimate", options).await;
    let private = w.discord().ephemerals(world::CAMPAIGN, world::DANA);
    let last = private.last().expect("an answer");
    last["id"].as_str().and_then(|id| id.parse().ok()).expect("an id")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_is_kept_as_the_budget_with_one_button() {
    run_test(async |w| {
        let message = estimated(w, 20, 5, 2).await;
        w.restart().await;
        let made = w
            .dana()
            .fills_in(world::CAMPAIGN, message, "keep", "Spring")
            .await;
        assert!(
            made.starts_with("**Spring** is made. Budget: Exploration 200 · Review 100 · Final 80."),
            "{made}"
        );
        // The same name means the same project. The budget that was shown is kept, although prices
        // have changed since.
        let larger = estimated(w, 30, 5, 2).await;
        w.dana()
            .command("settings stages", json!({ "explore_price": 11 }))
            .await;
        insta::assert_snapshot!(w.dana().fills_in(world::CAMPAIGN, larger, "keep", " spring ").await, @r"
        Budget of **Spring**
        Exploration: 200 → **300**
        ");
        w.dana()
            .command("project close", json!({ "project": "Spring" }))
            .await;
        let closed = w.dana().fills_in(world::CAMPAIGN, larger, "keep", "Spring").await;
        assert!(closed.starts_with("**Spring** is there and closed"), "{closed}");
        let nameless = w
            .dana()
            .fills_in(world::CAMPAIGN, larger, "keep", "\u{200b}")
            .await;
        assert!(nameless.starts_with("The name is empty"), "{nameless}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_estimate_for_less_than_was_spent_is_not_kept() {
    run_test(async |w| {
        made(w, "Spring", json!({ "exploration": 200 })).await;
        let options = json!({ "prompt": "a fox", "images": 2, "project": "Spring" });
        w.ana().asks(options).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.images(&thread, "explore");
        let message = estimated(w, 1, 1, 1).await;
        let told = w
            .dana()
            .fills_in(world::CAMPAIGN, message, "keep", "Spring")
            .await;
        assert!(
            told.contains("cannot be below that. Nothing was changed."),
            "{told}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_set_budgets_is_offered_no_button() {
    run_test(async |w| {
        estimate(w, 20, 5, 2).await;
        let private = w.discord().ephemerals(world::CAMPAIGN, world::ANA);
        assert_eq!(private.last().expect("an answer")["components"], json!([]));
    })
    .await;
}

/// Has Dana make a project with these limits.
async fn made(w: &mut World, name: &str, limits: serde_json::Value) -> String {
    let mut options = limits;
    options["name"] = json!(name);
    w.dana().command("project create", options).await
}

async fn show(w: &mut World, name: &str) -> String {
    w.bo().command("project show", json!({ "project": name })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_made_shown_and_listed() {
    run_test(async |w| {
        insta::assert_snapshot!(
            w.bo().command("project list", json!({})).await,
            @"There are no projects yet: `/project create` makes one, and `/project estimate` says before what it would cost."
        );
        let limits = json!({ "exploration": 200, "review": 100, "final": 80 });
        insta::assert_snapshot!(made(w, " Spring  launch ", limits).await, @r"
        **Spring launch** is made. Budget: Exploration 200 · Review 100 · Final 80.
        `/draft project:` names it in a draft.
        ");
        insta::assert_snapshot!(show(w, "spring LAUNCH").await, @r"
        **Spring launch** · by @Dana · no drafts
        Exploration: 0 of 200 spent or held · **200 left**
        Review: 0 of 100 spent or held · **100 left**
        Final: 0 of 80 spent or held · **80 left**
        Nothing is drafted for it yet: name it in `/draft project:`.
        ");
        let second = w.bo().command("project create", json!({ "name": "Posters" })).await;
        assert!(second.contains("It has no budget"), "{second}");
        w.restart().await;
        insta::assert_snapshot!(w.ana().command("project list", json!({})).await, @r"
        **Posters** · 0 credits spent or held · no drafts
        **Spring launch** · 0 of 380 credits spent or held · no drafts
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_there_once_and_says_something() {
    run_test(async |w| {
        made(w, "Spring", json!({})).await;
        let twice = made(w, "SPRING", json!({})).await;
        assert_eq!(twice, "**SPRING** is there already: `/project show` shows it.");
        let empty = made(w, "\u{200b}", json!({})).await;
        assert!(empty.starts_with("The name is empty"), "{empty}");
        let pinged = made(w, "@everyone *now*", json!({})).await;
        assert!(pinged.contains("@\u{200b}everyone \\*now\\*"), "{pinged}");
        let unknown = show(w, "Autumn").await;
        assert_eq!(
            unknown,
            "There is no project “Autumn”. `/project list` shows which there are."
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn budgets_are_for_admins_and_change_with_what_they_were() {
    run_test(async |w| {
        let with_budget = json!({ "name": "Spring", "final": 80 });
        let refused = w.bo().command("project create", with_budget).await;
        assert!(
            refused.starts_with("Budgets are set by those who may manage"),
            "{refused}"
        );
        made(w, "Spring", json!({ "final": 80 })).await;
        let raise = json!({ "project": "spring", "exploration": 50, "final": 120 });
        let refused = w.bo().command("project budget", raise.clone()).await;
        assert!(
            refused.starts_with("Budgets are set by those who may manage"),
            "{refused}"
        );
        insta::assert_snapshot!(w.dana().command("project budget", raise.clone()).await, @r"
        Budget of **Spring**
        Exploration: no limit → **50**
        Final: 80 → **120**
        ");
        let again = w.dana().command("project budget", raise).await;
        assert_eq!(again, "Nothing changes: it is like that already.");
        let lifted = json!({ "project": "spring", "no_limits": true, "review": 10 });
        insta::assert_snapshot!(w.dana().command("project budget", lifted).await, @r"
        Budget of **Spring**
        Exploration: 50 → **no limit**
        Review: no limit → **10**
        Final: 120 → **no limit**
        ");
        let shown = w
            .bo()
            .command("project budget", json!({ "project": "spring" }))
            .await;
        assert_eq!(
            shown,
            show(w, "spring").await,
            "without options it shows what holds"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_is_closed_by_who_made_it_and_opened_again() {
    run_test(async |w| {
        w.bo()
            .command("project create", json!({ "name": "Posters" }))
            .await;
        let close = json!({ "project": "Posters" });
        insta::assert_snapshot!(
            w.cem().command("project close", close.clone()).await,
            @"This project can be closed and opened again by @Bo and by those who may manage the server."
        );
        let closed = w.bo().command("project close", close.clone()).await;
        assert!(closed.starts_with("**Posters** is closed"), "{closed}");
        assert!(show(w, "Posters").await.contains("· closed <time>"));
        let taken = made(w, "posters", json!({})).await;
        assert!(taken.contains("is there and closed"), "{taken}");
        let open = json!({ "project": "posters", "reopen": true });
        assert_eq!(
            w.dana().command("project close", open).await,
            "**Posters** is open: drafts can be made for it again."
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_completed_while_they_are_typed() {
    run_test(async |w| {
        for name in ["Spring launch", "Autumn launch", "Posters"] {
            made(w, name, json!({})).await;
        }
        w.dana()
            .command("project close", json!({ "project": "Autumn launch" }))
            .await;
        let offered = async |w: &World, typed: &str| -> Vec<String> {
            let ana = w.discord().member(world::ANA);
            let typing = ana
                .types(
                    world::CAMPAIGN,
                    "project show",
                    "project",
                    json!({ "project": typed }),
                )
                .await
                .expect("an option with completion");
            let choices = w.discord().choices(typing).await.expect("an offer");
            let choices = choices.as_array().expect("a list");
            let names = choices
                .iter()
                .map(|choice| choice["value"].as_str().unwrap_or_default());
            names.map(str::to_owned).collect()
        };
        assert_eq!(offered(w, "LAU").await, ["Spring launch", "Autumn launch"]);
        assert_eq!(offered(w, "").await.len(), 3);
        assert!(offered(w, "winter").await.is_empty());
    })
    .await;
}

/// Drafts so many images of Ana's for the project Spring, and reads their messages.
async fn drafted_for_spring(w: &mut World, images: u32) -> (Thread, Vec<Image>) {
    let options = json!({ "prompt": "a fox", "images": images, "project": "spring" });
    let answer = w.ana().asks(options).await;
    assert!(answer.contains("opening the thread"), "{answer}");
    w.run_jobs().await;
    let thread = w.last_thread();
    w.starter(&thread);
    let images = w.images(&thread, "explore");
    (thread, images)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_that_is_used_up_refuses_and_says_who_can_raise_it() {
    run_test(async |w| {
        made(w, "Spring", json!({ "exploration": 30 })).await;
        drafted_for_spring(w, 2).await;
        let options = json!({ "prompt": "a fox", "images": 2, "project": "spring" });
        insta::assert_snapshot!(w.ana().asks(options).await, @"This costs 20 credits. The exploration budget of **Spring** is 30 credits: 20 are used, so 10 are left. There is room once it is raised: those who manage the server can do that with `/project budget`. Nothing was spent.");
        insta::assert_snapshot!(show(w, "Spring").await, @r"
        **Spring** · by @Dana · 1 draft
        Exploration: 20 of 30 spent or held · **10 left**
        Review: 0 spent or held · no limit
        Final: 0 spent or held · no limit
        ");
        assert_eq!(w.available().await, 980);
        // The budget limits nothing else.
        let thread = w.ana().draft("a hare", 4).await;
        w.starter(&thread);
        w.images(&thread, "explore");
        let unknown = json!({ "prompt": "a fox", "project": "autumn" });
        let answer = w.ana().asks(unknown).await;
        assert!(answer.contains("There is no project “autumn”"), "{answer}");
        let options = json!({ "project": "Spring" });
        w.dana().command("project close", options).await;
        let options = json!({ "prompt": "a fox", "images": 1, "project": "spring" });
        let answer = w.ana().asks(options).await;
        assert!(answer.contains("closed"), "{answer}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_was_given_back_leaves_its_budget_free() {
    run_test(async |w| {
        made(w, "Spring", json!({ "exploration": 20 })).await;
        let options = json!({ "prompt": "a fox", "images": 2, "project": "Spring" });
        w.ana().asks(options.clone()).await;
        w.run_quick_jobs().await;
        let thread = w.last_thread();
        w.ana().presses(world::CAMPAIGN, thread.id, "cancel").await;
        w.run_jobs().await;
        w.starter(&thread);
        drafted_for_spring(w, 2).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_waits_for_its_budget_blocks_nobody_and_starts_when_that_is_raised() {
    run_test(async |w| {
        made(w, "Spring", json!({ "review": 20 })).await;
        let (thread, images) = drafted_for_spring(w, 2).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        w.bo().approves(&images[1]).await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 1);
        insta::assert_snapshot!(w.look_at(&images[1]).lines().last().unwrap_or_default(), @"⏸️ **Approved for 2K** · @Bo · waiting for the review budget of **Spring**, which has no room for 20 credits. It starts by itself once that is raised: those who manage the server can do that with `/project budget`.");
        insta::assert_snapshot!(w.bo().command("credits pool", json!({})).await, @r"
        **960 credits available**
        1,000 granted · 40 spent · 0 held for what is being drawn
        ⏸️ 1 approval waits for 20 credits of its project's budget
        ");
        let others = w.ana().draft("a hare", 1).await;
        w.starter(&others);
        let hare = w.image_at(&others, "explore");
        w.bo().approves(&hare).await;
        w.run_jobs().await;
        w.image_at(&others, "review");

        w.restart().await;
        let raised = json!({ "project": "Spring", "review": 40 });
        w.dana().command("project budget", raised).await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 2);
        assert_eq!(w.available().await, 1_000 - 30 - 60);
    })
    .await;
}

async fn of_two_drafts_at_once_one_is_held(kind: Kind) {
    run_test_on(kind, &[], async |w| {
        made(w, "Spring", json!({ "exploration": 30 })).await;
        let (ana, bo) = (w.discord().member(world::ANA), w.discord().member(world::BO));
        let options = json!({ "prompt": "a fox", "images": 2, "project": "Spring" });
        let (first, second) = tokio::join!(
            ana.command(world::CAMPAIGN, "draft", options.clone()),
            bo.command(world::CAMPAIGN, "draft", options)
        );
        let (first, second) = (first.expect("a command"), second.expect("a command"));
        let answers = tokio::join!(w.discord().answer(first), w.discord().answer(second));
        let texts = [answers.0, answers.1].map(|answer| answer.message["content"].to_string());
        let held = texts.iter().filter(|text| text.contains("opening the thread"));
        assert_eq!(held.count(), 1, "{texts:?}");
        let refused = texts
            .iter()
            .filter(|text| text.contains("20 are used, so 10 are left"));
        assert_eq!(refused.count(), 1, "{texts:?}");
        w.run_jobs().await;
        assert_eq!(w.available().await, 980);
        let thread = w.last_thread();
        w.starter(&thread);
        w.images(&thread, "explore");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_drafts_at_once_that_pass_a_budget_one_is_held_on_sqlite() {
    of_two_drafts_at_once_one_is_held(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_drafts_at_once_that_pass_a_budget_one_is_held_on_postgres() {
    of_two_drafts_at_once_one_is_held(Kind::Postgres).await;
}
