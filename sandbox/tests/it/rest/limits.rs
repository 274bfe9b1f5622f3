//! Rate limits: what is told before, what comes too early, and the ban of those who do not listen.

use std::time::Duration;

use discord_sandbox::{Fault, RateLimits, RouteLimit, Scope, permissions, world};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, World};

const MESSAGES: &str = "/channels/{}/messages";

/// A sandbox with limits.
async fn limited(limits: RateLimits) -> World {
    let w = World::start().await;
    w.sandbox.set_rate_limits(limits);
    w
}

fn route(method: Option<&str>, route: &str, requests: u32, per_ms: u64) -> RouteLimit {
    let (method, route) = (method.map(str::to_owned), route.to_owned());
    RouteLimit {
        method,
        route,
        requests,
        per_ms,
        scope: Scope::User,
    }
}

fn in_channel(channel: u64) -> String {
    format!("/channels/{channel}/messages")
}

/// Posts, and gives the status, the headers and the body.
async fn post(w: &World, channel: u64) -> (u16, HeaderMap, Value) {
    let request = w.request("POST", &in_channel(channel));
    let response = request.json(&json!({ "content": "x" })).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    (
        status,
        headers,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

fn number(headers: &HeaderMap, name: &str) -> f64 {
    headers[name].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_answer_tells_how_its_bucket_stands_and_each_channel_has_its_own() {
    let w = limited(RateLimits::discord()).await;
    let mut buckets = vec![];
    for (channel, remaining) in [
        (world::GENERAL, "4"),
        (world::GENERAL, "3"),
        (world::CAMPAIGN, "4"),
    ] {
        let (status, headers, _) = post(&w, channel).await;
        assert_eq!(
            (status, &headers["x-ratelimit-limit"]),
            (200, &HeaderValue::from_static("5"))
        );
        assert_eq!(headers["x-ratelimit-remaining"], remaining);
        let after = number(&headers, "x-ratelimit-reset-after");
        assert!((4.0..=5.0).contains(&after), "{after}");
        #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
        let now = w.sandbox.now_ms() as f64 / 1_000.0;
        let reset = number(&headers, "x-ratelimit-reset");
        assert!((now..=now + 5.0).contains(&reset), "{reset} at {now}");
        buckets.push(headers["x-ratelimit-bucket"].clone());
    }
    assert!(buckets.iter().all(|bucket| *bucket == buckets[0]), "{buckets:?}");
    let other = w.request("GET", "/users/@me").send().await.unwrap();
    assert_ne!(other.headers()["x-ratelimit-bucket"], buckets[0]);
    let refused = w.request("GET", "/channels/1").send().await.unwrap();
    assert_eq!(refused.status(), 404);
    assert!(refused.headers().contains_key("x-ratelimit-remaining"));
}

#[tokio::test]
async fn without_limits_nothing_is_told_and_nothing_refused() {
    let w = World::start().await;
    for _ in 0..60 {
        let (status, headers, _) = post(&w, world::GENERAL).await;
        assert_eq!(status, 200);
        assert!(headers.keys().all(|name| !name.as_str().contains("ratelimit")));
    }
}

#[tokio::test]
async fn what_comes_too_early_is_told_when_to_come_and_is_taken_then() {
    for scope in [Scope::User, Scope::Shared] {
        let w = limited(RateLimits {
            routes: vec![RouteLimit {
                scope,
                ..route(Some("POST"), MESSAGES, 1, 60_000)
            }],
            ..RateLimits::default()
        })
        .await;
        assert_eq!(post(&w, world::GENERAL).await.0, 200);
        let (status, headers, body) = post(&w, world::GENERAL).await;
        let told = if scope == Scope::User { "user" } else { "shared" };
        assert_eq!(
            (status, &headers["x-ratelimit-scope"]),
            (429, &told.parse().unwrap())
        );
        let wait = body["retry_after"].as_f64().unwrap();
        assert!((50.0..=60.0).contains(&wait), "{body}");
        assert_eq!(headers["retry-after"], format!("{:.0}", wait.ceil()));
        assert_eq!(headers["x-ratelimit-remaining"], "0");
        assert_eq!(body["global"], false);
        assert!(!headers.contains_key("x-ratelimit-global"));
        assert_eq!(post(&w, world::CAMPAIGN).await.0, 200, "another channel");
        w.sandbox.advance(Duration::from_secs_f64(wait));
        assert_eq!(post(&w, world::GENERAL).await.0, 200);
        assert_eq!(w.sandbox.messages(world::GENERAL).len(), 2, "one came to nothing");
    }
}

#[tokio::test]
async fn the_global_limit_holds_for_all_but_answers_to_interactions() {
    let w = limited(RateLimits {
        global: 5,
        ..RateLimits::default()
    })
    .await;
    let mut online = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(json!([{ "name": "ping", "description": "p" }])).await;
    w.sandbox.advance(Duration::from_secs(1));
    let mut limited = None;
    // The second may end meanwhile, but not in each of so many.
    for _ in 0..60 {
        let (status, headers, body) = post(&w, world::GENERAL).await;
        if status == 429 {
            limited = Some((headers, body));
            break;
        }
    }
    let (headers, body) = limited.expect("a global 429");
    assert_eq!(headers["x-ratelimit-scope"], "global");
    assert_eq!(headers["x-ratelimit-global"], "true");
    assert!(headers.contains_key("via"), "Discord's own word");
    assert!(!headers.contains_key("x-ratelimit-bucket"), "it is no bucket's");
    assert_eq!(body["global"], true);
    assert!(body["retry_after"].as_f64().unwrap() <= 1.0);

    let ana = w.sandbox.member(world::ANA);
    ana.command(world::GENERAL, "ping", json!({})).await.unwrap();
    let interaction = online.event("INTERACTION_CREATE").await;
    let (id, token) = (&interaction["id"], &interaction["token"]);
    let callback = format!(
        "/interactions/{}/{}/callback",
        id.as_str().unwrap(),
        token.as_str().unwrap()
    );
    let answer = json!({ "type": 4, "data": { "content": "pong" } });
    assert_eq!(w.post(&callback, answer.clone()).await.status, 204);
    for _ in 0..12 {
        assert_eq!(w.post(&callback, answer.clone()).await.code(), 40060);
    }
}

#[tokio::test]
async fn ten_thousand_invalid_answers_are_a_ban_and_it_ends() {
    for status in [429, 403] {
        let w = limited(RateLimits {
            invalid: 10,
            ban_status: status,
            ..RateLimits::discord()
        })
        .await;
        w.sandbox.deny_bot(world::GENERAL, permissions::SEND_MESSAGES);
        w.sandbox.fail(Fault {
            status: 429,
            retry_after: Some(1.0),
            scope: Scope::Shared,
            times: 3,
            ..Fault::default()
        });
        let mut statuses = vec![];
        for _ in 0..13 {
            statuses.push(post(&w, world::GENERAL).await.0);
            w.sandbox.advance(Duration::from_secs(5));
        }
        assert_eq!(statuses[..3], [429; 3], "shared: not held against it");
        assert_eq!(statuses[3..], [403; 10]);

        let (banned, headers, body) = post(&w, world::CAMPAIGN).await;
        assert_eq!(
            (banned, &headers["server"]),
            (status, &"cloudflare".parse().unwrap())
        );
        assert!(headers["content-type"].to_str().unwrap().starts_with("text/html"));
        assert!(body.as_str().unwrap().contains("<html>"), "no word of Discord's");
        assert!(!headers.contains_key("via"));
        assert_eq!(headers.contains_key("retry-after"), status == 429);
        assert_eq!(w.get("/gateway").await.status, status, "nothing is served");
        w.sandbox.advance(Duration::from_mins(10));
        assert_eq!(post(&w, world::CAMPAIGN).await.0, 200);
    }
}

#[tokio::test]
async fn limits_are_set_and_read_from_outside() {
    let w = World::start().await;
    let read = async || w.page("GET", "/control/limits", Value::Null).await.ok();
    assert_eq!(read().await["global"], 0);
    let own = json!({ "routes": [{ "method": "POST", "route": MESSAGES, "requests": 1, "per_ms": 60_000 }] });
    assert_eq!(w.page("PUT", "/control/limits", own).await.status, 204);
    assert_eq!(post(&w, world::GENERAL).await.0, 200);
    assert_eq!(post(&w, world::GENERAL).await.0, 429);
    assert_eq!(
        w.page("PUT", "/control/limits", json!("discord")).await.status,
        204
    );
    assert_eq!(read().await["global"], 50);
    assert_eq!(w.sandbox.rate_limits(), RateLimits::discord());
    let nonsense = json!({ "globe": 1 });
    assert_eq!(w.page("PUT", "/control/limits", nonsense).await.status, 400);
}
