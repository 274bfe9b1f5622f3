//! Events that go astray, connections that fall silent, payloads that are packed.

use std::time::Duration;

use discord_sandbox::{Cut, EventFault, Greeting, Mishap, world};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, World, address};

const ADD: &str = "MESSAGE_REACTION_ADD";

async fn react(w: &World, person: u64, message: u64) {
    w.sandbox
        .member(person)
        .react(world::GENERAL, message, "✅")
        .await
        .unwrap();
}

async fn who(gateway: &mut Gateway) -> Value {
    gateway.event(ADD).await["user_id"].take()
}

#[tokio::test]
async fn an_event_is_dropped_and_no_resume_brings_it() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let message = w.posted("hello").await;
    w.sandbox.gateway().mishap(EventFault::next(ADD, Mishap::Drop));
    react(&w, world::BO, message).await;
    react(&w, world::CEM, message).await;
    assert_eq!(who(&mut gateway).await, world::CEM.to_string());
    let mut again = Gateway::connect(&w.sandbox).await;
    again.resume(&gateway.session, gateway.seq - 1).await;
    assert_eq!(who(&mut again).await, world::CEM.to_string());
    again.event("RESUMED").await;
    assert_eq!(w.sandbox.messages(world::GENERAL)[0]["reactions"][0]["count"], 2);
}

#[tokio::test]
async fn events_are_doubled_late_and_out_of_order() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let message = w.posted("hello").await;
    w.sandbox.gateway().mishap(EventFault::next(ADD, Mishap::Twice));
    react(&w, world::ANA, message).await;
    let first = gateway.payload().await;
    let second = gateway.payload().await;
    assert_eq!(first["d"], second["d"]);
    assert_eq!(first["s"].as_u64().unwrap() + 1, second["s"].as_u64().unwrap());
    assert_eq!(w.sandbox.dispatched().reactions, 2);

    w.sandbox
        .gateway()
        .mishap(EventFault::next(ADD, Mishap::AfterNext));
    react(&w, world::BO, message).await;
    react(&w, world::CEM, message).await;
    assert_eq!(who(&mut gateway).await, world::CEM.to_string());
    assert_eq!(who(&mut gateway).await, world::BO.to_string());

    w.sandbox
        .gateway()
        .mishap(EventFault::next(ADD, Mishap::Late { ms: 60_000 }));
    react(&w, world::DANA, message).await;
    assert!(gateway.is_silent().await);
    w.sandbox.advance(Duration::from_mins(1));
    assert_eq!(who(&mut gateway).await, world::DANA.to_string());
}

#[tokio::test]
async fn a_half_open_connection_says_nothing_and_its_session_can_be_resumed() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let message = w.posted("hello").await;
    w.sandbox.cut_gateway(Cut::Mute);
    react(&w, world::BO, message).await;
    gateway.send(json!({ "op": 1, "d": gateway.seq })).await;
    gateway.send(json!({ "op": 99 })).await;
    assert!(gateway.is_silent().await, "neither an answer nor a close");
    assert_eq!(w.sandbox.dispatched().reactions, 0);
    let mut again = Gateway::connect(&w.sandbox).await;
    again.resume(&gateway.session, gateway.seq).await;
    again.event(ADD).await;
    again.event("RESUMED").await;
}

#[tokio::test]
async fn heartbeats_go_unanswered_while_all_else_goes_on() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let message = w.posted("hello").await;
    w.sandbox.cut_gateway(Cut::WithholdAcks);
    gateway.send(json!({ "op": 1, "d": gateway.seq })).await;
    react(&w, world::BO, message).await;
    gateway.event(ADD).await;
    assert!(gateway.is_silent().await);
}

#[tokio::test]
async fn a_connection_is_never_greeted() {
    let w = World::start().await;
    w.sandbox.gateway().greet(Greeting::Silent, 1);
    let mut silent = Gateway::open(&address(&w.sandbox)).await;
    assert!(silent.is_silent().await);
    w.sandbox.gateway().greet(Greeting::Unanswered, 1);
    let url = address(&w.sandbox);
    let waited = tokio::time::timeout(Duration::from_millis(100), Gateway::open(&url)).await;
    assert!(waited.is_err(), "the handshake was answered");
    Gateway::online(&w.sandbox, INTENTS).await;
}

#[tokio::test]
async fn payloads_are_packed_one_by_one_or_as_a_stream() {
    let w = World::start().await;
    let message = w.posted("hello").await;
    let mut alone = Gateway::connect(&w.sandbox).await;
    alone.identify(json!({ "compress": true })).await;
    let url = format!("{}?v=10&encoding=json&compress=zlib-stream", address(&w.sandbox));
    let mut stream = Gateway::connect_to(&url).await;
    stream.identify(json!({})).await;
    for gateway in [&mut alone, &mut stream] {
        let guild = gateway.event("GUILD_CREATE").await;
        assert_eq!(guild["id"], world::NORTHLIGHT.to_string());
    }
    for (person, text) in [(world::BO, "1"), (world::CEM, "2")] {
        react(&w, person, message).await;
        for gateway in [&mut alone, &mut stream] {
            assert_eq!(who(gateway).await, person.to_string(), "{text}");
        }
    }
    assert_eq!((alone.packed, stream.packed), (4, 5), "with HELLO");

    let mut both = Gateway::connect_to(&url).await;
    both.identify(json!({ "compress": true })).await;
    assert_eq!(
        both.event("GUILD_CREATE").await["id"],
        world::NORTHLIGHT.to_string(),
        "still one stream"
    );

    // A resumed session is packed as before.
    w.sandbox.gateway().cut(None, Cut::Drop);
    let mut again = Gateway::connect(&w.sandbox).await;
    again.resume(&alone.session, alone.seq).await;
    again.event("RESUMED").await;
    assert_eq!(again.packed, 1);
}

#[tokio::test]
async fn content_is_for_those_who_may_read_it() {
    let w = World::start().await;
    w.sandbox
        .gateway()
        .set_limits(|limits| limits.privileged_intents = 1 << 15);
    let mut blind = Gateway::online(&w.sandbox, INTENTS | 1 << 9).await;
    let mut reader = Gateway::online(&w.sandbox, INTENTS | 1 << 9 | 1 << 15).await;
    w.posted("mine").await;
    let ana = w.sandbox.member(world::ANA);
    ana.say(world::GENERAL, "a secret", vec![]).await.unwrap();
    ana.say(world::GENERAL, &format!("<@{}>, look", world::BOT), vec![])
        .await
        .unwrap();
    for (gateway, texts) in [
        (&mut blind, ["mine", "", "<@1100000000000000020>, look"]),
        (&mut reader, ["mine", "a secret", "<@1100000000000000020>, look"]),
    ] {
        for text in texts {
            assert_eq!(gateway.event("MESSAGE_CREATE").await["content"], text);
        }
    }
}

#[tokio::test]
async fn the_gateway_is_steered_from_outside() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let message = w.posted("hello").await;
    let steer =
        async |path: &str, body: Value| w.page("POST", &format!("/control/{path}"), body).await.status;
    let lost = json!({ "event": ADD, "what": { "kind": "late", "ms": 1_000 } });
    assert_eq!(steer("gateway/events", lost).await, 204);
    assert_eq!(steer("gateway/events", json!({ "what": "nonsense" })).await, 400);
    react(&w, world::BO, message).await;
    assert!(gateway.is_silent().await);
    assert_eq!(steer("advance", json!({ "ms": 1_000 })).await, 200);
    gateway.event(ADD).await;
    assert_eq!(
        steer("gateway/greet", json!({ "greeting": "silent", "times": 1 })).await,
        204
    );
    assert!(Gateway::open(&address(&w.sandbox)).await.is_silent().await);
    assert_eq!(
        steer("gateway/limits", json!({ "identify_every_ms": 0, "shards": 2 })).await,
        200
    );
    assert_eq!(steer("gateway/limits", json!({ "shard": 2 })).await, 400);
    assert_eq!(
        steer("cut", json!({ "kind": "close", "code": 4000, "shard": 1 })).await,
        204
    );
    assert!(w.sandbox.online(), "it is shard 0");
    assert_eq!(steer("cut", json!({ "kind": "close", "code": 4000 })).await, 204);
    assert_eq!(gateway.closed().await, 4000);
    let seen = w.page("GET", "/control/gateway", Value::Null).await.ok();
    assert_eq!(seen["limits"]["shards"], 2);
    assert_eq!(seen["sessions"][0]["connected"], false);
    assert_eq!(seen["log"][1]["what"], "identified");
    assert_eq!(steer("gateway/reset_token", json!({})).await, 204);
    assert_eq!(w.get("/users/@me").await.status, 401);
}
