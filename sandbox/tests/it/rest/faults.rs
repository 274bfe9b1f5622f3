//! Failures on request.

use discord_sandbox::{Fault, world};
use serde_json::json;

use crate::support::World;

fn messages() -> String {
    format!("/channels/{}/messages", world::GENERAL)
}

fn fault() -> Fault {
    Fault {
        method: Some("POST".into()),
        path_contains: "/messages".into(),
        ..Fault::default()
    }
}

#[tokio::test]
async fn call_n_fails_and_the_next_goes_through() {
    let w = World::start().await;
    w.sandbox.fail(Fault {
        skip: 1,
        status: 503,
        message: "down".into(),
        ..fault()
    });
    let statuses: Vec<u16> = {
        let mut statuses = vec![];
        for _ in 0..3 {
            statuses.push(w.post(&messages(), json!({ "content": "x" })).await.status);
        }
        statuses
    };
    assert_eq!(statuses, [200, 503, 200]);
    assert_eq!(w.sandbox.messages(world::GENERAL).len(), 2);
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait() {
    let w = World::start().await;
    w.sandbox.fail(Fault {
        status: 429,
        retry_after: Some(1.5),
        message: "slow down".into(),
        ..fault()
    });
    let response = w
        .request("POST", &messages())
        .json(&json!({ "content": "x" }))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"2".parse().unwrap())
    );
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(
        (&body["retry_after"], &body["global"]),
        (&json!(1.5), &json!(false))
    );
}

#[tokio::test]
async fn an_answer_can_be_lost_after_the_effect() {
    let w = World::start().await;
    w.sandbox.fail(Fault {
        after_effect: true,
        hang_up: true,
        ..fault()
    });
    let sent = w
        .request("POST", &messages())
        .json(&json!({ "content": "x" }))
        .send()
        .await;
    assert!(sent.is_err());
    assert_eq!(w.sandbox.messages(world::GENERAL).len(), 1);
    assert_eq!(w.sandbox.calls()[0].status, 0);

    w.sandbox.fail(Fault {
        hang_up: true,
        ..fault()
    });
    assert!(
        w.request("POST", &messages())
            .json(&json!({ "content": "x" }))
            .send()
            .await
            .is_err()
    );
    assert_eq!(w.sandbox.messages(world::GENERAL).len(), 1);
}

#[tokio::test]
async fn the_control_api_steers_from_outside() {
    let w = World::start().await;
    let fails = json!({ "method": "GET", "path_contains": "/users/@me", "status": 500, "times": 1 });
    assert_eq!(w.page("POST", "/control/fail", fails).await.status, 204);
    assert_eq!(w.get("/users/@me").await.status, 500);
    assert_eq!(w.get("/users/@me").await.status, 200);
    assert_eq!(
        w.page("GET", "/control/calls", json!(null)).await.ok()[0]["status"],
        500
    );
    assert_eq!(
        w.page("POST", "/control/fail", json!({ "nonsense": 1 }))
            .await
            .status,
        400
    );

    let before = w.sandbox.now_ms();
    w.page("POST", "/control/advance", json!({ "ms": 60_000 }))
        .await
        .ok();
    assert!(w.sandbox.now_ms() >= before + 60_000);

    let said = json!({ "as": world::ANA.to_string(), "what": "say", "channel_id": world::GENERAL.to_string(), "content": "hi" });
    let message = w.page("POST", "/control/act", said).await.ok();
    let reacts = json!({
        "as": world::BO.to_string(), "what": "react", "emoji": "✅",
        "channel_id": world::GENERAL.to_string(), "message_id": message["id"],
    });
    w.page("POST", "/control/act", reacts).await.ok();
    assert_eq!(w.sandbox.messages(world::GENERAL)[0]["reactions"][0]["count"], 1);
    let click = json!({
        "as": world::BO.to_string(), "what": "click", "custom_id": "go",
        "channel_id": world::GENERAL.to_string(), "message_id": message["id"],
    });
    assert_eq!(w.page("POST", "/control/act", click).await.status, 400);

    let gateway = crate::support::Gateway::online(&w.sandbox, 1).await;
    w.page("POST", "/control/cut", json!({ "kind": "drop" }))
        .await
        .ok();
    assert!(!w.sandbox.online());
    drop(gateway);
}
