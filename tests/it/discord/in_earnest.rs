//! Tests the bot as it runs in earnest: no `discord.api_base`, TLS to `discord.com`, and serenity's
//! own limiter on.

use discord_sandbox::{Fault, RateLimits, Scope, world};
use serde_json::json;

use crate::harness::{World, run_test};

async fn in_earnest(w: &mut World) {
    w.in_earnest().await;
    w.discord().set_rate_limits(RateLimits::discord());
    w.restart().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_draft_to_4k_over_tls_with_the_limits_of_discord_nothing_comes_too_early() {
    run_test(async |w| {
        in_earnest(w).await;
        w.main_job(2, async |w| w.work_it_out().await).await;
        w.assert_main_job_is_done(2).await;
        let calls = w.discord().calls();
        let early: Vec<_> = calls.iter().filter(|call| call.status == 429).collect();
        assert!(early.is_empty(), "the limiter heeds the headers: {early:?}");
    })
    .await;
}

/// serenity waits and asks again by itself, but lets other requests go on. The bot holds those
/// back.
#[tokio::test(flavor = "multi_thread")]
async fn over_tls_a_global_limit_holds_back_everything_but_private_answers() {
    run_test(async |w| {
        in_earnest(w).await;
        w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        w.fail(Fault {
            method: Some("POST".to_owned()),
            path_contains: "/messages".to_owned(),
            status: 429,
            retry_after: Some(1.0),
            scope: Scope::Global,
            ..Fault::default()
        });
        let working = w.work_meanwhile();
        w.discord()
            .until(|discord| discord.calls().iter().any(|call| call.status == 429))
            .await;
        let guild = greenlight::domain::ids::GuildId::new(world::NORTHLIGHT);
        let ana = greenlight::domain::ids::UserId::new(world::ANA);
        let held_back = async || {
            let asked = w.app().services.discord.member(guild, ana).await;
            matches!(asked, Err(greenlight::discord::Error::Busy(Some(1..=1_000))))
        };
        // Waits for Discord's answer, which is on its way to the bot.
        w.eventually("the bot holds itself back", held_back).await;
        let before = w.calls("GET", "/members/");
        assert!(held_back().await);
        assert!(w.bo().command("credits pool", json!({})).await.contains("held"));
        working.await.expect("the worker");
        w.work_it_out().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.image_at(&thread, "explore");
        assert_eq!(w.calls("GET", "/members/"), before, "it was not asked");
    })
    .await;
}

/// A ban is answered by something in front of Discord, with a page instead of Discord's JSON.
#[tokio::test(flavor = "multi_thread")]
async fn over_tls_a_ban_is_sat_out_and_nothing_is_lost() {
    run_test(async |w| {
        in_earnest(w).await;
        w.discord().set_rate_limits(RateLimits {
            invalid: 1,
            ban_status: 403,
            ..RateLimits::discord()
        });
        w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        w.fail(Fault {
            method: Some("POST".to_owned()),
            path_contains: "/messages".to_owned(),
            status: 403,
            ..Fault::default()
        });
        w.run_jobs().await;
        let before = w.discord().calls().len();
        w.minutes(3).await;
        let mut tried = w.discord().calls().split_off(before);
        // An interaction is answered with its own token, which no ban concerns.
        tried.retain(|call| !call.path.contains("/webhooks/"));
        assert!(
            (1..=4).contains(&tried.len()) && tried.iter().all(|call| call.status == 403),
            "{tried:?}"
        );
        w.minutes(8).await;
        w.work_it_out().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.image_at(&thread, "explore");
    })
    .await;
}
