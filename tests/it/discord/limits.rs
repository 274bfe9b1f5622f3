//! Tests Discord's rate limits in their three scopes, and the ban of a bot that ignores them. Jobs
//! wait, nothing is lost, and Discord is not flooded.

use std::time::Duration;

use discord_sandbox::{Call, Fault, RateLimits, RouteLimit, Scope, world};
use futures::future::join_all;
use greenlight::discord::Reply;
use greenlight::domain::ids::{GuildId, UserId};
use serde_json::json;

use crate::harness::{World, run_test};

const SEED: &str = "/channels/{}/messages/{}/reactions/{}/@me";
const MINUTE: Duration = Duration::from_mins(1);

/// Returns the bot's requests that count towards its limit: all but answers to interactions.
fn asked(w: &World) -> Vec<Call> {
    let private = |call: &Call| call.path.contains("/webhooks/") || call.path.contains("/interactions/");
    let calls = w.discord().calls().into_iter();
    calls.filter(|call| !private(call)).collect()
}

fn refused(calls: &[Call]) -> usize {
    calls.iter().filter(|call| call.status == 429).count()
}

/// Has a draft accepted, and runs none of its jobs.
async fn drafted(w: &mut World) {
    w.ana().asks(json!({ "prompt": "a red fox", "images": 2 })).await;
}

/// Asserts that the draft is drawn as a whole and that Bo's vote on it counts.
async fn comes_out_whole(w: &mut World) {
    w.work_it_out().await;
    let thread = w.last_thread();
    w.starter(&thread);
    let images = w.images(&thread, "explore");
    assert_eq!(images.len(), 2);
    w.bo().approves(&images[0]).await;
    w.work_it_out().await;
    w.image_at(&thread, "review");
    let pool = w.pool().await;
    assert_eq!((pool.held.get(), pool.settled.get()), (0, 40));
}

#[tokio::test(flavor = "multi_thread")]
async fn under_the_limits_of_discord_the_main_job_comes_to_the_same_end() {
    run_test(async |w| {
        w.discord().set_rate_limits(RateLimits::discord());
        w.main_job(4, async |w| w.work_it_out().await).await;
        w.assert_main_job_is_done(4).await;
        let calls = w.discord().calls();
        let early = refused(&calls);
        assert!(
            early > 0,
            "four pictures are not seeded within a quarter of a second"
        );
        assert!(
            early * 2 < calls.len(),
            "{early} of {} came too early",
            calls.len()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_of_one_route_is_waited_out_whomever_it_concerns() {
    for scope in [Scope::User, Scope::Shared] {
        run_test(async |w| {
            let seeds = RouteLimit {
                method: None,
                route: SEED.to_owned(),
                requests: 1,
                per_ms: 60_000,
                scope,
            };
            w.discord().set_rate_limits(RateLimits {
                routes: vec![seeds],
                ..RateLimits::default()
            });
            drafted(w).await;
            w.run_jobs().await;
            let before = asked(w).len();
            w.advance(Duration::from_secs(50));
            w.run_jobs().await;
            assert_eq!(asked(w).len(), before, "it is not asked before its time");
            w.work_it_out().await;
            assert_eq!(refused(&asked(w)), 1, "the second picture's seed, once");
            comes_out_whole(w).await;
        })
        .await;
    }
}

/// The 50 requests a second are for all together, so one refusal holds for all.
#[tokio::test(flavor = "multi_thread")]
async fn a_global_limit_holds_back_everything_but_private_answers() {
    run_test(async |w| {
        drafted(w).await;
        w.fail(Fault {
            method: Some("POST".to_owned()),
            path_contains: "/messages".to_owned(),
            status: 429,
            retry_after: Some(90.0),
            scope: Scope::Global,
            ..Fault::default()
        });
        w.run_jobs().await;
        drafted(w).await;
        let told = w.bo().command("credits pool", json!({})).await;
        assert!(told.contains("held"), "private answers are exempt: {told}");
        let before = asked(w).len();
        w.run_jobs().await;
        w.advance(Duration::from_secs(89));
        w.run_jobs().await;
        assert_eq!(asked(w).len(), before, "the other draft waits as well");
        w.work_it_out().await;
        assert_eq!(refused(&w.discord().calls()), 1);
        assert_eq!(w.discord().threads(world::CAMPAIGN).len(), 2);
        w.said_in(world::CAMPAIGN);
        for thread in w.threads() {
            assert_eq!(w.images(&thread, "explore").len(), 2);
        }
        assert_eq!(w.available().await, 960);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_much_is_to_be_done_fewer_than_fifty_go_in_a_second() {
    run_test(async |w| {
        let (guild, ana) = (GuildId::new(world::NORTHLIGHT), UserId::new(world::ANA));
        w.discord().set_rate_limits(RateLimits {
            routes: vec![],
            ..RateLimits::discord()
        });
        let discord = &w.app().services.discord;
        let all = join_all((0..90).map(|_| discord.member(guild, ana))).await;
        assert!(all.into_iter().all(|asked| asked.expect("an answer").is_some()));
        assert_eq!(refused(&w.discord().calls()), 0);
    })
    .await;
}

/// Has Discord refuse so many requests that it bans the address.
async fn banned(w: &World, status: u16) {
    w.discord().set_rate_limits(RateLimits {
        invalid: 5,
        ban_status: status,
        ..RateLimits::discord()
    });
    w.fail(Fault {
        path_contains: "/members/".to_owned(),
        times: 5,
        status: 403,
        code: 50_001,
        ..Fault::default()
    });
    let (guild, ana) = (GuildId::new(world::NORTHLIGHT), UserId::new(world::ANA));
    for _ in 0..5 {
        let asked = w.app().services.discord.member(guild, ana).await;
        asked.expect_err("a refusal");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_is_sat_out_without_a_storm_and_nothing_is_lost() {
    for status in [429, 403] {
        run_test(async |w| {
            let thread = w.dana().draft("a hare", 1).await;
            w.starter(&thread);
            let hare = w.image_at(&thread, "explore");
            drafted(w).await;
            banned(w, status).await;
            let before = asked(w).len();
            w.run_jobs().await;
            assert_eq!(asked(w).len(), before + 1, "one is refused and the others stay");
            w.bo().approves(&hare).await;
            for _ in 0..9 {
                w.minutes(1).await;
            }
            let tried = asked(w).split_off(before);
            assert!(tried.iter().all(|call| call.status == status), "{tried:?}");
            // A 429 says how long the ban lasts. After another status the bot tries once a minute.
            let max = if status == 429 { 1 } else { 10 };
            assert!(tried.len() <= max, "{} calls while banned", tried.len());
            assert_eq!(w.pool().await.held.get(), 20, "the draft waits, the vote too");
            w.advance(2 * MINUTE);
            w.work_it_out().await;
            w.image_at(&thread, "review");
            let other = w.last_thread();
            w.starter(&other);
            assert_eq!(w.images(&other, "explore").len(), 2);
            let pool = w.pool().await;
            assert_eq!((pool.held.get(), pool.settled.get()), (0, 10 + 20 + 20));
        })
        .await;
    }
}

/// A member who asks during the ban gets no answer, and no credit is held.
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_a_draft_during_a_ban_pays_nothing() {
    run_test(async |w| {
        banned(w, 429).await;
        let ana = w.discord().member(world::ANA);
        let asked = ana.command(world::CAMPAIGN, "draft", json!({ "prompt": "a red fox" }));
        let asked = asked.await.expect("a command");
        w.advance(Duration::from_secs(4));
        w.discord().until(|discord| discord.failed(asked)).await;
        w.advance(10 * MINUTE);
        w.work_it_out().await;
        assert_eq!(w.available().await, 1000);
        drafted(w).await;
        comes_out_whole(w).await;
    })
    .await;
}

/// Whatever is wrong, any ten minutes see far fewer than the 10,000 refusals for which Discord
/// bans.
#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_is_refused_again_and_again_stops_by_itself_and_comes_back() {
    run_test(async |w| {
        w.discord().set_rate_limits(RateLimits {
            routes: vec![],
            ..RateLimits::discord()
        });
        drafted(w).await;
        w.fail(Fault {
            path_contains: "/webhooks/".to_owned(),
            times: 2_600,
            status: 401,
            code: 50_027,
            ..Fault::default()
        });
        let discord = w.app().services.discord.clone();
        let answer = Reply::from("too late".to_owned());
        for _ in 0..75 {
            let refused = join_all((0..40).map(|_| discord.answer("a-token", &answer))).await;
            assert!(refused.into_iter().all(|answer| answer.is_err()));
        }
        let sent = w.discord().calls().len();
        assert!(
            (2_500..2_600).contains(&sent),
            "{sent} of more than 3,000 were sent"
        );
        w.run_jobs().await;
        w.minutes(4).await;
        assert_eq!(w.discord().calls().len(), sent, "nothing goes");
        w.minutes(2).await;
        comes_out_whole(w).await;
    })
    .await;
}
