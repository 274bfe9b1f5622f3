//! Answers to interactions: in time, late, deferred, private, again.

use std::time::Duration;

use discord_sandbox::{Nitro, Options, world};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, Reply, World, id};

/// A bot with a command and an interaction that waits for its answer.
struct Asked {
    w: World,
    gateway: Gateway,
    interaction: Value,
}

impl Asked {
    async fn start() -> Self {
        let w = World::start().await;
        let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
        w.register(json!([{ "name": "ping", "description": "Ping" }]))
            .await;
        w.sandbox
            .member(world::ANA)
            .command(world::GENERAL, "ping", json!({}))
            .await
            .unwrap();
        let interaction = gateway.event("INTERACTION_CREATE").await;
        Self {
            w,
            gateway,
            interaction,
        }
    }

    fn token(&self) -> &str {
        self.interaction["token"].as_str().unwrap()
    }

    async fn answer(&self, body: Value) -> Reply {
        self.w
            .post(
                &format!(
                    "/interactions/{}/{}/callback",
                    id(&self.interaction),
                    self.token()
                ),
                body,
            )
            .await
    }

    fn webhook(&self) -> String {
        format!("/webhooks/{}/{}", world::BOT, self.token())
    }

    fn original(&self) -> String {
        format!("{}/messages/%40original", self.webhook())
    }
}

#[tokio::test]
async fn an_answer_is_given_once() {
    let a = Asked::start().await;
    assert_eq!(
        a.answer(json!({ "type": 4, "data": { "content": "pong" } }))
            .await
            .status,
        204
    );
    let again = a
        .answer(json!({ "type": 4, "data": { "content": "pong" } }))
        .await;
    assert_eq!((again.status, again.code()), (400, 40060));
    let message = a.w.get(&a.original()).await.ok();
    assert_eq!(
        (&message["content"], &message["type"]),
        (&json!("pong"), &json!(20))
    );
    assert_eq!(
        message["interaction_metadata"]["user"]["id"],
        world::ANA.to_string()
    );
    assert_eq!(
        a.w.sandbox.answer(id(&a.interaction)).await.message["content"],
        "pong"
    );
    let wrong =
        a.w.post(
            &format!("/interactions/{}/other/callback", id(&a.interaction)),
            json!({ "type": 5 }),
        )
        .await;
    assert_eq!((wrong.status, wrong.code()), (404, 10062));
}

#[tokio::test]
async fn an_answer_after_three_seconds_is_too_late() {
    let a = Asked::start().await;
    let mut pages = a.w.sandbox.subscribe();
    a.w.sandbox.advance(Duration::from_millis(3_001));
    assert!(a.w.sandbox.failed(id(&a.interaction)));
    assert_eq!(pages.recv().await.unwrap().body["t"], "INTERACTION_FAILED");
    assert_eq!(a.answer(json!({ "type": 5 })).await.code(), 10062);
}

#[tokio::test]
async fn a_deferred_answer_thinks_until_it_is_edited() {
    let a = Asked::start().await;
    assert_eq!(
        a.w.patch(&a.original(), json!({ "content": "x" })).await.code(),
        10015
    );
    a.answer(json!({ "type": 5, "data": { "flags": 64 } })).await.ok();
    let thinking = a.w.get(&a.original()).await.ok();
    assert_eq!(thinking["flags"], 64 | 128);
    a.w.sandbox.advance(Duration::from_mins(14));
    let edited = a.w.patch(&a.original(), json!({ "content": "done" })).await.ok();
    assert_eq!(
        (&edited["content"], &edited["flags"]),
        (&json!("done"), &json!(64))
    );
    let answer = a.w.sandbox.answer(id(&a.interaction)).await;
    assert!(answer.deferred && answer.ephemeral);
    // It is private: neither REST nor the others see it.
    assert_eq!(a.w.sandbox.messages(world::GENERAL), Vec::<Value>::new());
    assert_eq!(a.w.sandbox.ephemerals(world::GENERAL, world::ANA).len(), 1);
    let path = format!("/channels/{}/messages/{}", world::GENERAL, id(&edited));
    assert_eq!(a.w.get(&path).await.code(), 10008);

    a.w.sandbox.advance(Duration::from_mins(2));
    let late = a.w.patch(&a.original(), json!({ "content": "late" })).await;
    assert_eq!((late.status, late.code()), (401, 50027));
}

#[tokio::test]
async fn the_first_follow_up_after_a_defer_edits_the_original() {
    let a = Asked::start().await;
    a.answer(json!({ "type": 5 })).await.ok();
    let first =
        a.w.post(&a.webhook(), json!({ "content": "first", "flags": 64 }))
            .await
            .ok();
    let second =
        a.w.post(&a.webhook(), json!({ "content": "second", "flags": 64 }))
            .await
            .ok();
    // A public defer makes its edit public, whatever the flags say.
    assert_eq!((&first["flags"], &second["flags"]), (&json!(0), &json!(64)));
    assert_eq!(a.w.get(&a.original()).await.id(), id(&first));
    assert_eq!(a.w.sandbox.messages(world::GENERAL).len(), 1);
    let path = format!("{}/messages/{}", a.webhook(), id(&second));
    assert_eq!(
        a.w.patch(&path, json!({ "content": "edited" })).await.ok()["content"],
        "edited"
    );
    assert_eq!(
        a.w.sandbox.answer(id(&a.interaction)).await.followups[0]["content"],
        "edited"
    );
    assert_eq!(a.w.delete(&path).await.status, 204);
    assert_eq!(a.w.delete(&a.original()).await.status, 204);
    assert_eq!(a.w.get(&a.original()).await.code(), 10008);
    assert_eq!(
        a.w.get("/webhooks/1/unknown/messages/@original").await.code(),
        10015
    );
}

#[tokio::test]
async fn a_deferred_answer_that_never_comes_fails_after_fifteen_minutes() {
    let a = Asked::start().await;
    a.answer(json!({ "type": 5, "data": { "flags": 64 } })).await.ok();
    a.w.sandbox.advance(Duration::from_mins(16));
    assert!(a.w.sandbox.failed(id(&a.interaction)));
    assert_eq!(
        a.w.sandbox.ephemerals(world::GENERAL, world::ANA),
        Vec::<Value>::new()
    );
    assert_eq!(
        a.w.patch(&a.original(), json!({ "content": "late" }))
            .await
            .code(),
        50027
    );
}

#[tokio::test]
async fn the_answer_can_be_asked_for_with_the_callback() {
    let a = Asked::start().await;
    let path = format!(
        "/interactions/{}/{}/callback?with_response=true",
        id(&a.interaction),
        a.token()
    );
    let told =
        a.w.post(&path, json!({ "type": 4, "data": { "content": "pong" } }))
            .await
            .ok();
    assert_eq!(told["resource"]["message"]["content"], "pong");
    assert_eq!(
        told["interaction"]["response_message_id"],
        told["resource"]["message"]["id"]
    );
}

#[tokio::test]
async fn a_click_updates_its_message_or_answers_in_private() {
    let mut a = Asked::start().await;
    let buttons = json!([{ "type": 1, "components": [
        { "type": 2, "style": 1, "label": "Go", "custom_id": "go" },
        { "type": 2, "style": 1, "label": "No", "custom_id": "no", "disabled": true },
    ] }]);
    let path = format!("/channels/{}/messages", world::GENERAL);
    let message =
        a.w.post(&path, json!({ "content": "choose", "components": buttons }))
            .await
            .id();
    let bo = a.w.sandbox.member(world::BO);
    assert!(bo.click(world::GENERAL, message, "no").await.is_err());
    assert!(bo.click(world::GENERAL, message, "missing").await.is_err());

    let silent = bo.click(world::GENERAL, message, "go").await.unwrap();
    a.interaction = a.gateway.event("INTERACTION_CREATE").await;
    assert_eq!(a.interaction["message"]["content"], "choose");
    assert_eq!(
        a.interaction["data"],
        json!({ "custom_id": "go", "component_type": 2, "id": 2 })
    );
    a.answer(json!({ "type": 6 })).await.ok();
    a.w.post(&a.webhook(), json!({ "content": "only you", "flags": 64 }))
        .await
        .ok();
    let answer = a.w.sandbox.answer(silent).await;
    assert_eq!(
        (&answer.message["content"], answer.ephemeral),
        (&json!("only you"), true)
    );

    let updated = bo.click(world::GENERAL, message, "go").await.unwrap();
    a.interaction = a.gateway.event("INTERACTION_CREATE").await;
    a.answer(json!({ "type": 7, "data": { "content": "gone", "components": [] } }))
        .await
        .ok();
    assert_eq!(a.w.sandbox.answer(updated).await.message["content"], "gone");
    assert_eq!(a.w.sandbox.messages(world::GENERAL)[0]["components"], json!([]));
}

#[tokio::test]
async fn the_upload_limit_follows_the_boosts() {
    let world = discord_sandbox::World {
        premium_tier: 2,
        ..Default::default()
    };
    let sandbox = discord_sandbox::Sandbox::start(Options {
        world,
        ..Options::default()
    })
    .await
    .unwrap();
    let w = World {
        sandbox,
        http: reqwest::Client::new(),
    };
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(json!([{ "name": "ping", "description": "Ping" }]))
        .await;
    w.sandbox
        .member(world::ANA)
        .command(world::GENERAL, "ping", json!({}))
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(interaction["attachment_size_limit"], 50 * 1024 * 1024);
    let path = format!("/channels/{}/messages", world::GENERAL);
    assert_eq!(
        w.upload("POST", &path, json!({}), &[("a.bin", &vec![0; 11 << 20])])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn an_interaction_tells_where_and_how_it_was_started() {
    let mut a = Asked::start().await;
    a.w.sandbox.set_locale(world::ANA, "de").unwrap();
    a.w.sandbox.set_nitro(world::ANA, Nitro::Full).unwrap();
    a.w.sandbox
        .deny_bot(world::GENERAL, discord_sandbox::permissions::ATTACH_FILES);
    a.gateway.event("CHANNEL_UPDATE").await;
    a.w.sandbox
        .member(world::ANA)
        .command(world::GENERAL, "ping", json!({}))
        .await
        .unwrap();
    let before = a.interaction.take();
    let now = a.gateway.event("INTERACTION_CREATE").await;
    assert_eq!(
        (&before["locale"], &now["locale"]),
        (&json!("en-US"), &json!("de"))
    );
    assert_eq!(
        (&now["context"], &now["entitlements"], &now["guild_locale"]),
        (&json!(0), &json!([]), &json!("en-US"))
    );
    let may = |interaction: &Value| {
        let bits: u64 = interaction["app_permissions"].as_str().unwrap().parse().unwrap();
        bits & discord_sandbox::permissions::ATTACH_FILES != 0
    };
    assert!(may(&before) && !may(&now));
    let limit = |interaction: &Value| interaction["attachment_size_limit"].as_u64().unwrap() >> 20;
    assert_eq!((limit(&before), limit(&now)), (10, 500));
}

#[tokio::test]
async fn a_subscribers_interaction_is_answered_with_larger_files_than_the_bot_may_post() {
    let a = Asked::start().await;
    a.w.sandbox.set_nitro(world::ANA, Nitro::Basic).unwrap();
    a.answer(json!({ "type": 5 })).await.ok();
    let large = vec![0; (10 << 20) + 1];
    let files: [(&str, &[u8]); 1] = [("large.bin", &large)];
    let posted =
        a.w.upload(
            "POST",
            &format!("/channels/{}/messages", world::GENERAL),
            json!({}),
            &files,
        )
        .await;
    assert_eq!((posted.status, posted.code()), (413, 40005));
    let answered = a.w.upload("PATCH", &a.original(), json!({}), &files).await.ok();
    assert_eq!(answered["attachments"][0]["size"], large.len());
}

#[tokio::test]
async fn a_completion_has_no_follow_up_and_what_it_offers_is_checked() {
    let mut a = Asked::start().await;
    a.w.register(json!([{ "name": "find", "description": "Finds", "options": [
        { "type": 3, "name": "word", "description": "Word", "autocomplete": true },
    ] }]))
    .await;
    let ana = a.w.sandbox.member(world::ANA);
    let typing = json!({ "word": "fo" });
    let asked = ana
        .types(world::GENERAL, "find", "word", typing.clone())
        .await
        .unwrap();
    a.interaction = a.gateway.event("INTERACTION_CREATE").await;
    let choice = |at: usize| json!({ "name": format!("fox {at}"), "value": "fox" });
    let many: Vec<Value> = (0..26).map(choice).collect();
    for refused in [
        json!(many),
        json!([{ "name": "", "value": "x" }]),
        json!([{ "name": "x" }]),
    ] {
        let answer = a
            .answer(json!({ "type": 8, "data": { "choices": refused } }))
            .await;
        assert_eq!(answer.code(), 50035);
    }
    a.answer(json!({ "type": 8, "data": { "choices": [choice(1)] } }))
        .await
        .ok();
    assert_eq!(a.w.sandbox.choices(asked).await, Some(json!([choice(1)])));
    let late = a.w.post(&a.webhook(), json!({ "content": "x" })).await;
    assert_eq!((late.status, late.code()), (404, 10015));

    let asked = ana.types(world::GENERAL, "find", "word", typing).await.unwrap();
    a.interaction = a.gateway.event("INTERACTION_CREATE").await;
    a.w.sandbox.advance(Duration::from_millis(3_001));
    let late = a.answer(json!({ "type": 8, "data": { "choices": [] } })).await;
    assert_eq!(late.code(), 10062);
    assert_eq!(a.w.sandbox.choices(asked).await, None);
}
