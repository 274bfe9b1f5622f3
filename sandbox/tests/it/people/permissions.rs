//! What the bot may not do, and the codes that say so.

use discord_sandbox::{permissions, world};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, PNG, World};

#[tokio::test]
async fn each_denied_permission_has_its_code() {
    let w = World::start().await;
    let message = w.posted("hello").await;
    let channel = format!("/channels/{}", world::GENERAL);
    let text = json!({ "content": "x" });
    let thread = json!({ "name": "x" });
    let post = format!("{channel}/messages");
    let open = format!("{channel}/messages/{message}/threads");
    let react = format!("{channel}/messages/{message}/reactions/✅/@me");
    let read = format!("{channel}/messages/{message}");
    let cases = [
        (permissions::VIEW_CHANNEL, "POST", &post, text.clone(), 50001),
        (permissions::VIEW_CHANNEL, "GET", &channel, Value::Null, 50001),
        (permissions::SEND_MESSAGES, "POST", &post, text, 50013),
        (
            permissions::EMBED_LINKS,
            "POST",
            &post,
            json!({ "embeds": [{ "title": "x" }] }),
            50013,
        ),
        (permissions::CREATE_PUBLIC_THREADS, "POST", &open, thread, 50013),
        (permissions::ADD_REACTIONS, "PUT", &react, Value::Null, 50013),
        (
            permissions::READ_MESSAGE_HISTORY,
            "PUT",
            &react,
            Value::Null,
            50013,
        ),
        (
            permissions::READ_MESSAGE_HISTORY,
            "GET",
            &read,
            Value::Null,
            50013,
        ),
    ];
    for (bits, method, path, body, code) in cases {
        w.sandbox.deny_bot(world::GENERAL, bits);
        let refused = w.call(method, path, body).await;
        assert_eq!(
            (refused.status, refused.code()),
            (403, code),
            "{bits:x} {method} {path}"
        );
        w.sandbox.allow_bot(world::GENERAL, bits);
    }
    w.sandbox.deny_bot(world::GENERAL, permissions::ATTACH_FILES);
    assert_eq!(
        w.upload("POST", &post, json!({}), &[("a.png", PNG)]).await.code(),
        50013
    );
    // Listing without history gives nothing rather than an error.
    w.sandbox
        .deny_bot(world::GENERAL, permissions::READ_MESSAGE_HISTORY);
    assert_eq!(w.get(&post).await.ok(), json!([]));
}

#[tokio::test]
async fn a_thread_takes_its_parents_permissions_and_one_of_its_own() {
    let w = World::start().await;
    let thread = w.thread().await;
    let path = format!("/channels/{thread}/messages");
    w.sandbox.deny_bot(world::GENERAL, permissions::SEND_MESSAGES);
    w.post(&path, json!({ "content": "still here" })).await.ok();
    w.sandbox
        .deny_bot(world::GENERAL, permissions::SEND_MESSAGES_IN_THREADS);
    assert_eq!(w.post(&path, json!({ "content": "x" })).await.code(), 50013);
    w.sandbox.deny_bot(world::GENERAL, permissions::VIEW_CHANNEL);
    assert_eq!(w.post(&path, json!({ "content": "x" })).await.code(), 50001);
}

#[tokio::test]
async fn an_interaction_says_what_the_bot_may_do_there() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(json!([{ "name": "ping", "description": "Ping" }]))
        .await;
    w.sandbox.deny_bot(world::CAMPAIGN, permissions::ATTACH_FILES);
    gateway.event("CHANNEL_UPDATE").await;
    w.sandbox
        .member(world::ANA)
        .command(world::CAMPAIGN, "ping", json!({}))
        .await
        .unwrap();
    let interaction = gateway.event("INTERACTION_CREATE").await;
    let bits: u64 = interaction["app_permissions"].as_str().unwrap().parse().unwrap();
    assert_eq!(bits & permissions::ATTACH_FILES, 0);
    assert_ne!(bits & permissions::SEND_MESSAGES, 0);
}

#[tokio::test]
async fn a_channel_that_the_bot_cannot_see_sends_it_nothing() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let message = w.posted("hello").await;
    w.sandbox.deny_bot(world::GENERAL, permissions::VIEW_CHANNEL);
    w.sandbox
        .member(world::BO)
        .react(world::GENERAL, message, "✅")
        .await
        .unwrap();
    w.sandbox.allow_bot(world::GENERAL, permissions::VIEW_CHANNEL);
    gateway.event("CHANNEL_UPDATE").await;
    assert_eq!(w.sandbox.dispatched().reactions, 0);
}

#[tokio::test]
async fn an_interaction_says_what_the_person_may_do_there_by_their_roles() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(json!([{ "name": "ping", "description": "Ping" }]))
        .await;
    let lead = w
        .sandbox
        .create_role("Moderator", permissions::MANAGE_MESSAGES)
        .unwrap();
    gateway.event("GUILD_ROLE_CREATE").await;
    w.sandbox.give_role(world::BO, lead).unwrap();
    w.sandbox
        .overwrite(world::CAMPAIGN, lead, 0, permissions::MANAGE_MESSAGES)
        .unwrap();
    gateway.event("CHANNEL_UPDATE").await;
    let mut asks = async |channel: u64| {
        let bo = w.sandbox.member(world::BO);
        bo.command(channel, "ping", json!({})).await.unwrap();
        let interaction = gateway.event("INTERACTION_CREATE").await;
        assert_eq!(interaction["member"]["roles"], json!([lead.to_string()]));
        let bits: u64 = interaction["member"]["permissions"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        bits & permissions::MANAGE_MESSAGES != 0
    };
    assert!(asks(world::GENERAL).await);
    assert!(!asks(world::CAMPAIGN).await, "an overwrite takes it there");
}

#[tokio::test]
async fn a_bot_that_manages_roles_sets_overwrites_of_what_it_has_itself() {
    let w = World::start().await;
    let path = format!("/channels/{}/permissions/{}", world::GENERAL, world::BO);
    let deny = |bits: u64| json!({ "type": 1, "allow": "0", "deny": bits.to_string() });
    let put = async |body: Value| w.call("PUT", &path, body).await;
    assert_eq!(put(deny(permissions::SEND_MESSAGES)).await.code(), 50013);
    w.sandbox.grant_bot(world::GENERAL, permissions::MANAGE_ROLES);
    assert_eq!(put(deny(permissions::MANAGE_MESSAGES)).await.code(), 50013);
    assert_eq!(put(deny(permissions::SEND_MESSAGES)).await.status, 204);
    let bo = w.sandbox.member(world::BO);
    assert!(bo.say(world::GENERAL, "hm", vec![]).await.is_err());
    assert_eq!(w.delete(&path).await.status, 204);
    bo.say(world::GENERAL, "hm", vec![]).await.unwrap();
    assert_eq!(w.delete(&path).await.code(), 10009);
}
