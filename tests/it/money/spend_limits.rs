//! Tests spending limits: how much members, roles and the server may spend in a period, and what
//! waits when one is reached.

use std::time::Duration;

use discord_sandbox::world;
use serde_json::{Value, json};

use crate::harness::{Image, Kind, Thread, World, run_test, run_test_on, run_test_with};

/// Positions in the choices of `/settings limits`.
const DAY: u64 = 0;
const MONTH: u64 = 1;
const REVIEW: u64 = 1;
const SERVER: u64 = 1;
const THIS: u64 = 0;
const LIFTED: u64 = 1;
const ALL: u64 = 2;

const A_DAY: Duration = Duration::from_hours(24);

async fn limit(w: &mut World, options: Value) -> String {
    w.dana().command("settings limits", options).await
}

/// Returns the line of an image's message that says what its approval waits for.
fn waits(w: &World, image: &Image) -> String {
    let text = w.look_at(image);
    let line = text.lines().find(|line| line.contains("waiting for"));
    line.unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_set_with_one_command_and_its_refusal_teaches() {
    run_test(async |w| {
        insta::assert_snapshot!(limit(w, json!({ "credits": 30, "period": DAY })).await, @r"
        each member: no limit → **30 credits a day**
        -# At once, also for what was spent before in the same time.
        ");
        w.ana().draft("a fox", 2).await;
        let refused = w.ana().asks(json!({ "prompt": "a hare", "images": 2 })).await;
        insta::assert_snapshot!(refused, @"This costs 20 credits. Each member may spend **30 credits a day**: 20 are used, so 10 are left. There is room for it <time>. Someone who manages the server can raise it with `/settings limits`. Nothing was spent.");
        assert_eq!(w.pool().await.held.get(), 0, "nothing is held");
        let never = w.ana().asks(json!({ "prompt": "a hare", "images": 4 })).await;
        assert!(never.contains("That is more than the limit allows at any time."), "{never}");

        let mine = w.ana().command("credits mine", json!({})).await;
        assert!(
            mine.ends_with("\n-# Limit, each member: 30 credits a day · 20 used, 10 left · anew <time>"),
            "{mine}"
        );
        w.bo().draft("a hare", 3).await;
        w.ana().draft("a hare", 1).await;
        let full = w.ana().asks(json!({ "prompt": "an owl", "images": 1 })).await;
        assert!(full.contains(": 30 are used"), "{full}");
        w.advance(A_DAY);
        w.ana().draft("an owl", 3).await;
        assert_eq!(w.available().await, 1000 - 90);
        for thread in w.threads() {
            w.starter(&thread);
            w.images(&thread, "explore");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_back_is_not_spent_and_hours_roll() {
    run_test(async |w| {
        limit(w, json!({ "credits": 20, "hours": 2 })).await;
        w.ana().asks(json!({ "prompt": "a fox", "images": 2 })).await;
        let full = w.ana().asks(json!({ "prompt": "a hare", "images": 1 })).await;
        assert!(full.contains("20 credits in 2 hours"), "{full}");
        w.run_quick_jobs().await;
        let thread = w.last_thread();
        w.ana().presses(world::CAMPAIGN, thread.id, "cancel").await;
        w.run_jobs().await;
        w.starter(&thread);

        w.ana().draft("a fox", 1).await;
        w.advance(Duration::from_hours(1));
        w.ana().draft("a fox", 1).await;
        w.advance(Duration::from_secs(60 * 60 - 1));
        let full = w.ana().asks(json!({ "prompt": "a hare", "images": 1 })).await;
        assert!(full.contains(": 20 are used"), "{full}");
        w.advance(Duration::from_secs(1));
        w.ana().draft("a hare", 1).await;
        for thread in w.threads() {
            w.starter(&thread);
            w.images(&thread, "explore");
        }
    })
    .await;
}

async fn of_two_drafts_at_once_one_is_held(kind: Kind) {
    run_test_on(kind, &[("LIMITS__MEMBER_DAY", "30")], async |w| {
        for round in 1..=3 {
            let member = w.discord().member(world::ANA);
            let options = json!({ "prompt": format!("a red fox of day {round}"), "images": 2 });
            let (first, second) = tokio::join!(
                member.command(world::CAMPAIGN, "draft", options.clone()),
                member.command(world::CAMPAIGN, "draft", options)
            );
            let (first, second) = (first.expect("a command"), second.expect("a command"));
            let answers = tokio::join!(w.discord().answer(first), w.discord().answer(second));
            let texts = [answers.0, answers.1].map(|answer| answer.message["content"].to_string());
            let held = texts.iter().filter(|text| text.contains("opening the thread"));
            assert_eq!(held.count(), 1, "{texts:?}");
            let refused = texts.iter().filter(|text| text.contains(": 20 are used"));
            assert_eq!(refused.count(), 1, "{texts:?}");
            w.run_jobs().await;
            assert_eq!(w.available().await, 1000 - round * 20);
            w.advance(A_DAY);
        }
        for thread in w.threads() {
            w.starter(&thread);
            w.images(&thread, "explore");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_drafts_at_once_that_pass_a_members_limit_one_is_held_on_sqlite() {
    of_two_drafts_at_once_one_is_held(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_drafts_at_once_that_pass_a_members_limit_one_is_held_on_postgres() {
    of_two_drafts_at_once_one_is_held(Kind::Postgres).await;
}

/// Drafts two images of Ana's and one of Bo's. A spending limit allows one of Ana's two reviews.
/// Returns Ana's thread, the image that waits, and what is left.
async fn capped(w: &mut World) -> (Thread, Image) {
    limit(w, json!({ "credits": 20, "period": DAY, "stage": REVIEW })).await;
    let thread = w.ana().draft("a fox", 2).await;
    w.starter(&thread);
    let images = w.images(&thread, "explore");
    w.cem().approves(&images[0]).await;
    w.run_jobs().await;
    w.cem().approves(&images[1]).await;
    w.run_jobs().await;
    assert_eq!(w.images(&thread, "review").len(), 1);
    insta::allow_duplicates! {
        insta::assert_snapshot!(waits(w, &images[1]), @"⏸️ **Approved for 2K** · @Cem · waiting for a limit: each member: 20 credits a day for review images. It starts by itself <time>, or once that is raised: `/settings limits`.");
    }
    (thread, images.into_iter().nth(1).expect("a second image"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_a_limit_stops_waits_for_the_next_day_and_keeps_nobody_waiting() {
    run_test(async |w| {
        let (thread, waiting) = capped(w).await;
        let others = w.bo().draft("a hare", 1).await;
        let other = w.image_at(&others, "explore");
        w.starter(&others);
        w.cem().approves(&other).await;
        w.run_jobs().await;
        assert_eq!(w.images(&others, "review").len(), 1, "Bo has a limit of his own");
        let pool = w.bo().command("credits pool", json!({})).await;
        assert!(pool.ends_with("\n⏸️ 1 approval waits for a limit"), "{pool}");

        w.restart().await;
        w.run_jobs().await;
        assert!(!waits(w, &waiting).is_empty());
        w.advance(A_DAY);
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 2, "it starts by itself");
        assert_eq!(waits(w, &waiting), "");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_a_limit_stops_starts_once_that_is_raised() {
    run_test(async |w| {
        let (thread, waiting) = capped(w).await;
        let options = json!({ "credits": 25, "period": DAY, "stage": REVIEW });
        limit(w, options).await;
        w.run_jobs().await;
        assert!(
            waits(w, &waiting).contains("25 credits a day"),
            "{}",
            waits(w, &waiting)
        );
        let member =
            json!({ "credits": 40, "period": DAY, "stage": REVIEW, "member": world::ANA.to_string() });
        limit(w, member).await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 2);
        assert_eq!(waits(w, &waiting), "");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_a_limit_stops_can_be_withdrawn_and_takes_its_place_by_its_age() {
    run_test_with(&[("POOL__FIRST_GRANT", "70")], async |w| {
        let (thread, capped) = capped(w).await;
        w.cem().withdraws(&capped).await;
        w.run_jobs().await;
        assert!(
            w.look_at(&capped).contains("**0 of 1**"),
            "{}",
            w.look_at(&capped)
        );
        w.cem().approves(&capped).await;
        w.run_jobs().await;
        assert!(!waits(w, &capped).is_empty());
        // Bo's approval comes later and waits for credits. Ana's has waited longer, once no limit
        // stops it.
        w.advance(Duration::from_mins(1));
        let others = w.bo().draft("a hare", 2).await;
        let other = w.images(&others, "explore").remove(0);
        w.starter(&others);
        w.cem().approves(&other).await;
        w.run_jobs().await;
        assert!(
            waits(w, &other).contains("waiting for credits"),
            "{}",
            waits(w, &other)
        );
        limit(w, json!({ "remove": ALL })).await;
        w.run_jobs().await;
        assert!(
            waits(w, &capped).contains("waiting for credits"),
            "{}",
            waits(w, &capped)
        );
        w.grant(10).await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 2, "the older one is drawn");
        assert!(waits(w, &other).contains("waiting for credits"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_has_a_limit_of_its_own_and_the_requesters_counts_at_an_approval() {
    run_test(async |w| {
        let role = world::STUDIO_LEAD.to_string();
        limit(w, json!({ "credits": 20, "period": MONTH })).await;
        let options = json!({ "credits": 1000, "period": MONTH, "role": role });
        insta::assert_snapshot!(limit(w, options).await, @r"
        each <@&1100000000000000041>: no limit → **1,000 credits a month**
        -# At once, also for what was spent before in the same time.
        ");
        let (thread, image) = w.drafted_one().await;
        w.cem().approves(&image).await;
        w.run_jobs().await;
        assert!(
            waits(w, &image).contains("20 credits a month"),
            "{}",
            waits(w, &image)
        );
        w.discord()
            .set_roles(world::ANA, vec![world::STUDIO_LEAD])
            .expect("a role");
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 1);
        w.ana().draft("a hare", 4).await;
        let hares = w.last_thread();
        w.starter(&hares);
        w.images(&hares, "explore");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_try_is_refused_by_a_limit_and_spends_nothing() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:broken@2K*1", 1).await;
        let image = w.image_at(&thread, "explore");
        w.cem().approves(&image).await;
        w.run_jobs().await;
        let notice = w.message_with(thread.id, "could not be drawn at 2K");
        let options = json!({ "credits": 25, "period": DAY, "whose": SERVER });
        limit(w, options).await;
        let refused = w.cem().presses(thread.id, notice, "retry").await;
        insta::assert_snapshot!(refused, @"This costs 20 credits. All members of this server together may spend **25 credits a day**: 10 are used, so 15 are left. There is room for it <time>. Someone who manages the server can raise it with `/settings limits`. Nothing was spent.");
        assert_eq!(w.pool().await.held.get(), 0);
        limit(w, json!({ "remove": THIS, "period": DAY, "whose": SERVER })).await;
        let answer = w.cem().presses(thread.id, notice, "retry").await;
        assert_eq!(answer, "Queued again for 20 credits.");
        w.run_jobs().await;
        w.image_at(&thread, "review");
        w.notices(&thread);
        w.starter(&thread);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_limits_need_no_row_and_can_be_lifted() {
    let settings = [
        ("LIMITS__MEMBER_DAY", "10"),
        ("LIMITS__TIME_ZONE", "Europe/Berlin"),
    ];
    run_test_with(&settings, async |w| {
        let usual = w.bo().asks(json!({ "prompt": "a fox", "images": 2 })).await;
        assert!(usual.contains("**10 credits a day**"), "{usual}");
        let shown = limit(w, json!({})).await;
        insta::assert_snapshot!(shown, @r"
        **Limits** · `/settings limits`
        Spent at most: each member: 10 credits a day
        Days and months begin in: Europe/Berlin
        ");
        limit(
            w,
            json!({ "remove": LIFTED, "period": DAY, "time_zone": "asia/tokyo" }),
        )
        .await;
        let shown = limit(w, json!({})).await;
        insta::assert_snapshot!(shown, @r"
        **Limits** · `/settings limits`
        Spent at most: **none** (default: each member: 10 credits a day)
        Days and months begin in: **Asia/Tokyo** (default: Europe/Berlin)
        ");
        let thread = w.bo().draft("a fox", 2).await;
        w.starter(&thread);
        w.images(&thread, "explore");
        let back = limit(w, json!({ "remove": THIS, "period": DAY })).await;
        assert!(
            back.contains("each member: no limit → **10 credits a day**"),
            "{back}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_limit_is_said_and_changes_nothing() {
    run_test(async |w| {
        let (ana, role) = (world::ANA.to_string(), world::STUDIO_LEAD.to_string());
        for (options, told) in [
            (json!({ "credits": 5 }), "Say in what time"),
            (
                json!({ "credits": 5, "period": DAY, "hours": 3 }),
                "Say in what time",
            ),
            (json!({ "period": DAY }), "Say how many `credits`"),
            (json!({ "remove": THIS }), "Say in what time"),
            (
                json!({ "credits": 5, "period": DAY, "member": ana, "role": role }),
                "A limit is on one of these",
            ),
            (
                json!({ "time_zone": "Berlin", "credits": 5, "period": DAY }),
                "“Berlin” is not a time zone. They are called like `Europe/Berlin`",
            ),
        ] {
            let answer = limit(w, options).await;
            assert!(answer.starts_with(told), "{answer}");
            assert!(answer.ends_with("Nothing was changed."), "{answer}");
        }
        for hours in 1..=10 {
            limit(w, json!({ "credits": 100, "hours": hours })).await;
        }
        let answer = limit(w, json!({ "credits": 100, "hours": 11 })).await;
        assert_eq!(
            answer,
            "A server has at most 10 limits of its own: remove one first. Nothing was changed."
        );
        let shown = w.dana().command("settings show", json!({})).await;
        assert!(
            shown.contains("Spent at most: **10 limits, listed by `/settings limits`** (default: none)"),
            "{shown}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_to_be_forgotten_has_spent_what_they_spent() {
    run_test_with(&[("LIMITS__MEMBER_DAY", "20")], async |w| {
        let thread = w.ana().draft("a fox", 2).await;
        let images = w.images(&thread, "explore");
        w.ana()
            .command("privacy forget-me", json!({ "sure": true }))
            .await;
        w.run_jobs().await;
        let full = w.ana().asks(json!({ "prompt": "a hare", "images": 1 })).await;
        assert!(full.contains(": 20 are used"), "{full}");
        w.run_jobs().await;
        for image in &images {
            w.look_at(image);
        }
        w.starter(&thread);
    })
    .await;
}

async fn of_two_approvals_at_once_one_is_drawn(kind: Kind) {
    run_test_on(kind, &[], async |w| {
        limit(w, json!({ "credits": 20, "period": DAY, "stage": REVIEW })).await;
        let thread = w.ana().draft("a fox", 2).await;
        w.starter(&thread);
        let images = w.images(&thread, "explore");
        w.bo().approves(&images[0]).await;
        w.cem().approves(&images[1]).await;
        w.run_jobs_at_once().await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 1);
        let waiting = images.iter().filter(|image| waits(w, image).contains("a limit"));
        assert_eq!(waiting.count(), 1);
        assert_eq!(w.available().await, 1000 - 40);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_approvals_at_once_that_pass_a_members_limit_one_is_drawn_on_sqlite() {
    of_two_approvals_at_once_one_is_drawn(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_approvals_at_once_that_pass_a_members_limit_one_is_drawn_on_postgres() {
    of_two_approvals_at_once_one_is_drawn(Kind::Postgres).await;
}
