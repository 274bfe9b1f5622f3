//! Sessions that are lost, taken up again, refused, too many, too fast.

use std::time::Duration;

use discord_sandbox::{Cut, GatewayEvent, world};
use serde_json::json;

use crate::support::{Gateway, Heard, INTENTS, World, address, identify};

const DAY: Duration = Duration::from_hours(24);

async fn react(w: &World, person: u64, message: u64) {
    w.sandbox
        .member(person)
        .react(world::GENERAL, message, "✅")
        .await
        .unwrap();
}

async fn refused_with_op_9(gateway: &mut Gateway, resumable: bool) {
    let refused = gateway.payload().await;
    assert_eq!((&refused["op"], &refused["d"]), (&json!(9), &json!(resumable)));
}

async fn left(w: &World) -> (u64, u64) {
    let limit = w.get("/gateway/bot").await.ok()["session_start_limit"].take();
    (
        limit["remaining"].as_u64().unwrap(),
        limit["reset_after"].as_u64().unwrap(),
    )
}

/// However a connection is lost but for good, a RESUME brings what was missed.
#[tokio::test]
async fn every_loss_that_leaves_the_session_can_be_resumed() {
    let losses = [
        Cut::Drop,
        Cut::Resumable,
        Cut::Reconnect,
        Cut::CloseBare,
        Cut::Close { code: 1000 },
        Cut::Close { code: 1001 },
        Cut::Close { code: 4000 },
        Cut::Close { code: 4008 },
    ];
    for loss in losses {
        let w = World::start().await;
        let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
        let message = w.posted("hello").await;
        w.sandbox.cut_gateway(loss);
        match (loss, gateway.hear().await) {
            (Cut::Drop, Heard::Cut) => {}
            (Cut::Resumable, Heard::Payload(said)) => {
                assert_eq!((&said["op"], &said["d"]), (&json!(9), &json!(true)));
            }
            (Cut::Reconnect, Heard::Payload(said)) => assert_eq!(said["op"], 7),
            (Cut::CloseBare, Heard::Closed(code)) => assert_eq!(code, 1005),
            (Cut::Close { code }, Heard::Closed(heard)) => assert_eq!(code, heard),
            (loss, heard) => panic!("{loss:?} was heard as {heard:?}"),
        }
        react(&w, world::BO, message).await;
        assert!(!w.sandbox.online(), "{loss:?}");

        let mut again = Gateway::connect_to(&format!("{}?v=10", gateway.resume_url)).await;
        again.resume(&gateway.session, gateway.seq).await;
        again.event("MESSAGE_REACTION_ADD").await;
        again.event("RESUMED").await;
        let last = w.sandbox.gateway().log().pop();
        assert!(
            matches!(last, Some(GatewayEvent::Resumed { where_told: true, .. })),
            "{last:?}"
        );
    }
}

#[tokio::test]
async fn a_close_that_ends_the_session_leaves_nothing_to_resume() {
    for code in [4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014] {
        let w = World::start().await;
        let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
        w.sandbox.cut_gateway(Cut::Close { code });
        assert_eq!(gateway.closed().await, code);
        let mut again = Gateway::connect(&w.sandbox).await;
        again.resume(&gateway.session, gateway.seq).await;
        refused_with_op_9(&mut again, false).await;
    }
}

#[tokio::test]
async fn a_resume_that_comes_too_late_is_refused() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.sandbox.cut_gateway(Cut::Drop);
    assert!(matches!(gateway.hear().await, Heard::Cut));
    w.sandbox.advance(Duration::from_secs(299));
    let mut again = Gateway::connect(&w.sandbox).await;
    again.resume(&gateway.session, gateway.seq).await;
    again.event("RESUMED").await;
    w.sandbox.cut_gateway(Cut::Drop);
    assert!(matches!(again.hear().await, Heard::Cut));
    w.sandbox.advance(Duration::from_mins(5));
    let mut again = Gateway::connect(&w.sandbox).await;
    again.resume(&gateway.session, gateway.seq).await;
    refused_with_op_9(&mut again, false).await;
}

#[tokio::test]
async fn a_number_that_was_never_sent_is_closed_with_4007_and_ends_the_session() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.sandbox.cut_gateway(Cut::Drop);
    assert!(matches!(gateway.hear().await, Heard::Cut));
    let mut again = Gateway::connect(&w.sandbox).await;
    again.resume(&gateway.session, gateway.seq + 1).await;
    assert_eq!(again.closed().await, 4007);
    let mut again = Gateway::connect(&w.sandbox).await;
    again.resume(&gateway.session, gateway.seq).await;
    refused_with_op_9(&mut again, false).await;
}

#[tokio::test]
async fn another_token_resumes_nothing_and_a_reset_one_is_let_in_nowhere() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let mut thief = Gateway::connect(&w.sandbox).await;
    thief
        .send(json!({ "op": 6, "d": { "token": "another", "session_id": gateway.session, "seq": 1 } }))
        .await;
    refused_with_op_9(&mut thief, false).await;

    w.sandbox.gateway().reset_token();
    assert_eq!(gateway.closed().await, 4004);
    assert_eq!(w.get("/users/@me").await.status, 401);
    let mut again = Gateway::connect(&w.sandbox).await;
    again.send(identify(json!({}))).await;
    assert_eq!(again.closed().await, 4004);
    let mut renewed = Gateway::connect(&w.sandbox).await;
    renewed.identify(json!({ "token": "a-new-one" })).await;
}

#[tokio::test]
async fn a_second_identify_within_five_seconds_is_refused_by_bucket() {
    let w = World::strict().await;
    w.sandbox
        .gateway()
        .set_limits(|limits| limits.max_concurrency = 2);
    let shard = |shard: u64| json!({ "shard": [shard, 3] });
    let mut first = Gateway::connect(&w.sandbox).await;
    first.identify(shard(0)).await;
    let mut second = Gateway::connect(&w.sandbox).await;
    second.identify(shard(1)).await;
    let mut third = Gateway::connect(&w.sandbox).await;
    third.send(identify(shard(2))).await;
    refused_with_op_9(&mut third, false).await;
    w.sandbox.advance(Duration::from_secs(5));
    // The same connection may try again.
    third.identify(shard(2)).await;
    assert_eq!(left(&w).await.0, 996, "each one counts");
}

#[tokio::test]
async fn one_identify_more_than_a_day_has_resets_the_token() {
    let w = World::start().await;
    w.sandbox.gateway().set_limits(|limits| limits.starts_a_day = 2);
    assert_eq!(left(&w).await.0, 2);
    let mut first = Gateway::online(&w.sandbox, INTENTS).await;
    let _second = Gateway::online(&w.sandbox, INTENTS).await;
    let (remaining, reset_after) = left(&w).await;
    assert_eq!(remaining, 0);
    assert!(
        reset_after <= 86_400_000 && reset_after > 86_000_000,
        "{reset_after}"
    );
    let mut third = Gateway::connect(&w.sandbox).await;
    third.send(identify(json!({}))).await;
    assert_eq!(third.closed().await, 4004);
    assert_eq!(first.closed().await, 4004, "the others end with it");
    assert_eq!(w.get("/gateway/bot").await.status, 401);

    w.sandbox.advance(DAY);
    let mut again = Gateway::connect(&w.sandbox).await;
    again.send(identify(json!({}))).await;
    assert_eq!(again.closed().await, 4004, "a new day brings no token back");
    let mut renewed = Gateway::connect(&w.sandbox).await;
    renewed.identify(json!({ "token": "a-new-one" })).await;
}

#[tokio::test]
async fn a_connection_that_sends_more_than_120_a_minute_is_closed() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    for _ in 1..120 {
        gateway.send(json!({ "op": 3, "d": {} })).await;
    }
    gateway.send(json!({ "op": 1, "d": null })).await;
    assert_eq!(gateway.closed().await, 4008);
    let mut again = Gateway::connect(&w.sandbox).await;
    again.resume(&gateway.session, gateway.seq).await;
    again.event("RESUMED").await;
    w.sandbox.advance(Duration::from_mins(1));
    // A minute later there is room again.
    for _ in 1..120 {
        again.send(json!({ "op": 3, "d": {} })).await;
    }
    again.send(json!({ "op": 1, "d": null })).await;
    assert_eq!(again.payload().await["op"], 11);
}

#[tokio::test]
async fn a_connection_that_is_not_heard_of_is_timed_out_with_its_session() {
    let w = World::start().await;
    w.sandbox.gateway().set_limits(|limits| limits.unheard_ms = 40);
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    assert_eq!(gateway.closed().await, 4009);
    let mut again = Gateway::connect(&w.sandbox).await;
    again.resume(&gateway.session, gateway.seq).await;
    refused_with_op_9(&mut again, false).await;
}

#[tokio::test]
async fn what_is_asked_for_wrongly_is_closed_with_its_code() {
    let w = World::start().await;
    w.sandbox.gateway().set_limits(|limits| limits.shards = 2);
    for (fields, code) in [
        (json!({ "intents": 1 << 17, "shard": [0, 2] }), 4013),
        (json!({ "intents": "all" }), 4013),
        (json!({ "intents": 1 << 1, "shard": [0, 2] }), 4014),
        (json!({ "shard": [0, 1] }), 4011),
        (json!({}), 4011),
        (json!({ "shard": [2, 2] }), 4010),
        (json!({ "properties": null, "shard": [0, 2] }), 4002),
    ] {
        let mut gateway = Gateway::connect(&w.sandbox).await;
        gateway.send(identify(fields.clone())).await;
        assert_eq!(gateway.closed().await, code, "{fields}");
    }
    for (query, code) in [
        ("v=6", 4012),
        ("v=x&encoding=json", 4012),
        ("v=10&encoding=etf", 4002),
    ] {
        let mut gateway = Gateway::open(&format!("{}?{query}", address(&w.sandbox))).await;
        assert_eq!(gateway.closed().await, code, "{query}");
    }
    for text in ["{", "[]", r#"{ "op": "2" }"#] {
        let mut gateway = Gateway::connect(&w.sandbox).await;
        gateway.send_text(text).await;
        assert_eq!(gateway.closed().await, 4002, "{text}");
    }
    assert_eq!(w.get("/gateway/bot").await.ok()["shards"], 2);
    w.sandbox
        .gateway()
        .set_limits(|limits| limits.privileged_intents = 1 << 1);
    let mut gateway = Gateway::connect(&w.sandbox).await;
    gateway
        .identify(json!({ "intents": 1 << 1, "shard": [0, 2] }))
        .await;
}

#[tokio::test]
async fn several_shards_hear_each_only_what_is_theirs() {
    let w = World::start().await;
    let ours = (world::NORTHLIGHT >> 22) % 3;
    let mut shards = Vec::new();
    for shard in 0..3 {
        let mut gateway = Gateway::connect(&w.sandbox).await;
        gateway.identify(json!({ "shard": [shard, 3] })).await;
        if shard == ours {
            gateway.event("GUILD_CREATE").await;
        }
        shards.push(gateway);
    }
    let message = w.posted("hello").await;
    react(&w, world::BO, message).await;
    for (shard, gateway) in (0..).zip(&mut shards) {
        if shard == ours {
            gateway.event("MESSAGE_REACTION_ADD").await;
        }
        assert!(gateway.is_silent().await, "{shard}");
    }
    // One of them is cut off; the others go on.
    w.sandbox.gateway().cut(Some((ours + 1) % 3), Cut::Drop);
    let connected: Vec<bool> = w
        .sandbox
        .gateway()
        .sessions()
        .iter()
        .map(|session| session.connected)
        .collect();
    assert_eq!(connected.iter().filter(|connected| **connected).count(), 2);
    react(&w, world::CEM, message).await;
    let at = usize::try_from(ours).unwrap();
    shards[at].event("MESSAGE_REACTION_ADD").await;
}
