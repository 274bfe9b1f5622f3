//! The gateway, spoken to by hand.

use std::collections::BTreeSet;

use discord_sandbox::{Cut, Options, Sandbox, world};
use serde_json::json;

use crate::support::{Gateway, Heard, INTENTS, World};

async fn closed_with(gateway: &mut Gateway, payload: serde_json::Value) -> u16 {
    gateway.send(payload).await;
    match gateway.hear().await {
        Heard::Closed(code) => code,
        other => panic!("expected a close, got {other:?}"),
    }
}

#[tokio::test]
async fn a_bot_identifies_and_gets_its_guild() {
    let w = World::start().await;
    let url = w.get("/gateway/bot").await.ok();
    assert_eq!(
        url["url"],
        format!("{}/gateway", w.sandbox.url().replacen("http", "ws", 1))
    );
    let mut gateway = Gateway::connect(&w.sandbox).await;
    assert!(!w.sandbox.online());
    gateway
        .send(json!({ "op": 2, "d": { "token": "x", "intents": INTENTS, "properties": {} } }))
        .await;
    let ready = gateway.event("READY").await;
    assert_eq!(ready["user"]["username"], "Greenlight");
    assert_eq!(
        ready["guilds"],
        json!([{ "id": world::NORTHLIGHT.to_string(), "unavailable": true }])
    );
    let guild = gateway.event("GUILD_CREATE").await;
    assert_eq!(guild["channels"].as_array().unwrap().len(), 3);
    gateway.send(json!({ "op": 1, "d": gateway.seq })).await;
    assert_eq!(gateway.payload().await["op"], 11);
    assert!(w.sandbox.online());
}

#[tokio::test]
async fn events_go_only_to_those_whose_intents_ask_for_them() {
    let w = World::start().await;
    let mut quiet = Gateway::online(&w.sandbox, INTENTS).await;
    let mut curious = Gateway::online(&w.sandbox, INTENTS | 1 << 9).await;
    let message = w.posted("hello").await;
    w.sandbox
        .member(world::BO)
        .react(world::GENERAL, message, "✅")
        .await
        .unwrap();
    quiet.event("MESSAGE_REACTION_ADD").await;
    assert_eq!(
        curious.event("MESSAGE_CREATE").await["guild_id"],
        world::NORTHLIGHT.to_string()
    );
    curious.event("MESSAGE_REACTION_ADD").await;
}

#[tokio::test]
async fn what_was_missed_is_replayed_to_a_resumed_session() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let (session, seq) = (gateway.session.clone(), gateway.seq);
    let message = w.posted("hello").await;
    w.sandbox.cut_gateway(Cut::Drop);
    assert!(matches!(gateway.hear().await, Heard::Cut));
    assert!(!w.sandbox.online());
    w.sandbox
        .member(world::BO)
        .react(world::GENERAL, message, "✅")
        .await
        .unwrap();
    assert_eq!(w.sandbox.dispatched().reactions, 0);

    let mut gateway = Gateway::connect(&w.sandbox).await;
    gateway
        .send(json!({ "op": 6, "d": { "token": "a-token", "session_id": session, "seq": seq } }))
        .await;
    gateway.event("MESSAGE_REACTION_ADD").await;
    gateway.event("RESUMED").await;
    assert!(w.sandbox.online());
    assert_eq!(w.sandbox.dispatched().reactions, 1);
}

#[tokio::test]
async fn an_unknown_or_ended_session_must_identify_anew() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let (session, seq) = (gateway.session.clone(), gateway.seq);
    gateway.close(1000).await;
    assert_eq!(gateway.closed().await, 1000, "a goodbye is answered");
    w.sandbox.wait_offline().await;
    for id in [session.as_str(), "unknown"] {
        let mut gateway = Gateway::connect(&w.sandbox).await;
        gateway
            .send(json!({ "op": 6, "d": { "token": "a-token", "session_id": id, "seq": seq } }))
            .await;
        let refused = gateway.payload().await;
        assert_eq!((&refused["op"], &refused["d"]), (&json!(9), &json!(false)));
        // The same connection may still identify.
        gateway
            .send(json!({ "op": 2, "d": { "token": "x", "intents": 1, "properties": {} } }))
            .await;
        gateway.event("READY").await;
    }
}

#[tokio::test]
async fn a_fresh_cut_loses_what_happens_in_between() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let message = w.posted("hello").await;
    w.sandbox.cut_gateway(Cut::Fresh);
    let invalid = gateway.payload().await;
    assert_eq!((&invalid["op"], &invalid["d"]), (&json!(9), &json!(false)));
    w.sandbox
        .member(world::BO)
        .react(world::GENERAL, message, "✅")
        .await
        .unwrap();
    gateway
        .send(json!({ "op": 2, "d": { "token": "x", "intents": INTENTS, "properties": {} } }))
        .await;
    gateway.event("READY").await;
    gateway.event("GUILD_CREATE").await;
    w.sandbox
        .member(world::CEM)
        .react(world::GENERAL, message, "✅")
        .await
        .unwrap();
    assert_eq!(
        gateway.event("MESSAGE_REACTION_ADD").await["user_id"],
        world::CEM.to_string()
    );
}

#[tokio::test]
async fn nonsense_is_closed_with_its_code() {
    let w = World::start().await;
    let identify =
        |shard| json!({ "op": 2, "d": { "token": "x", "intents": 1, "properties": {}, "shard": shard } });
    for (payload, code) in [
        (json!({ "op": 99 }), 4001),
        (json!({ "op": 3, "d": {} }), 4003),
        (json!({ "op": 2, "d": { "token": "", "intents": 1 } }), 4004),
        (json!({ "op": 2, "d": { "token": "x" } }), 4013),
        (identify(json!([1, 1])), 4010),
    ] {
        let mut gateway = Gateway::connect(&w.sandbox).await;
        assert_eq!(closed_with(&mut gateway, payload).await, code);
    }
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    assert_eq!(closed_with(&mut gateway, identify(json!([0, 1]))).await, 4005);
}

#[tokio::test]
async fn a_shard_gets_only_its_guilds() {
    let w = World::start().await;
    let ours = (world::NORTHLIGHT >> 22) % 2;
    for shard in [0, 1] {
        let mut gateway = Gateway::connect(&w.sandbox).await;
        let data = json!({ "token": "x", "intents": INTENTS, "properties": {}, "shard": [shard, 2] });
        gateway.send(json!({ "op": 2, "d": data })).await;
        let guilds = gateway.event("READY").await["guilds"].as_array().unwrap().len();
        assert_eq!(guilds, usize::from(shard == ours));
    }
}

#[tokio::test]
async fn every_server_of_a_bot_in_many_is_announced_to_its_shard() {
    let world = discord_sandbox::World {
        other_guilds: 9,
        ..Default::default()
    };
    let options = Options {
        world,
        ..Options::default()
    };
    let sandbox = Sandbox::start(options).await.unwrap();
    sandbox.gateway().set_limits(|limits| {
        limits.identify_every_ms = 0;
        limits.shards = 2;
    });
    let mut seen = BTreeSet::new();
    for shard in 0..2 {
        let mut gateway = Gateway::connect(&sandbox).await;
        let shard = json!([shard, 2]);
        let data = json!({ "token": "x", "intents": INTENTS, "properties": {}, "shard": shard });
        gateway.send(json!({ "op": 2, "d": data })).await;
        let ready = gateway.event("READY").await;
        assert_eq!(ready["guilds"].as_array().unwrap().len(), 5);
        for _ in 0..5 {
            let guild = gateway.event("GUILD_CREATE").await;
            seen.insert(guild["id"].to_string());
        }
    }
    assert_eq!(seen.len(), 10);
    let violations = sandbox.checked().violations;
    assert!(violations.is_empty(), "{violations:#?}");
    sandbox.stop().await;
}

#[tokio::test]
async fn members_can_be_asked_for() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let ids = [world::BO.to_string()];
    gateway
        .send(json!({ "op": 8, "d": { "guild_id": world::NORTHLIGHT.to_string(), "user_ids": ids } }))
        .await;
    let chunk = gateway.event("GUILD_MEMBERS_CHUNK").await;
    assert_eq!(chunk["members"][0]["user"]["id"], ids[0]);
    assert_eq!(chunk["members"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_stopped_sandbox_ends_its_connections_and_frees_its_port() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.sandbox.stop().await;
    assert!(matches!(gateway.hear().await, Heard::Cut));
    let port = w.sandbox.url().rsplit_once(':').unwrap().1.parse().unwrap();
    let options = discord_sandbox::Options {
        port,
        ..Default::default()
    };
    discord_sandbox::Sandbox::start(options).await.unwrap();
}
