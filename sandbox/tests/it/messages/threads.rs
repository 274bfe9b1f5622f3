//! Threads: opened, idle, archived, locked.

use std::time::Duration;

use discord_sandbox::world;
use serde_json::json;

use crate::support::{Gateway, INTENTS, World, id};

#[tokio::test]
async fn a_message_has_one_thread_and_it_has_the_messages_id() {
    let w = World::start().await;
    let message = w.posted("a starter").await;
    let path = format!("/channels/{}/messages/{message}/threads", world::GENERAL);
    for bad in [
        json!({}),
        json!({ "name": "" }),
        json!({ "name": "x".repeat(101) }),
        json!({ "name": "x", "auto_archive_duration": 61 }),
    ] {
        assert_eq!(w.post(&path, bad).await.code(), 50035);
    }
    let opened = w
        .post(
            &path,
            json!({ "name": "x".repeat(100), "auto_archive_duration": 10_080 }),
        )
        .await;
    assert_eq!(opened.status, 201);
    assert_eq!(
        (opened.body["type"].as_u64(), id(&opened.body)),
        (Some(11), message)
    );
    assert_eq!(w.post(&path, json!({ "name": "again" })).await.code(), 160_004);

    let starter = &w.sandbox.messages(world::GENERAL)[0];
    assert_eq!(starter["thread"]["id"], message.to_string());
    assert_eq!(starter["flags"], 32);
    let first = &w.sandbox.messages(message)[0];
    assert_eq!(
        (&first["type"], &first["referenced_message"]["content"]),
        (&json!(21), &json!("a starter"))
    );
}

#[tokio::test]
async fn there_is_no_thread_in_a_thread() {
    let w = World::start().await;
    let thread = w.thread().await;
    let message = w
        .post(
            &format!("/channels/{thread}/messages"),
            json!({ "content": "inside" }),
        )
        .await
        .id();
    let nested = w
        .post(
            &format!("/channels/{thread}/messages/{message}/threads"),
            json!({ "name": "x" }),
        )
        .await;
    assert_eq!(nested.code(), 50024);
}

#[tokio::test]
async fn a_thread_of_its_own_is_announced_in_its_channel() {
    let w = World::start().await;
    let path = format!("/channels/{}/threads", world::GENERAL);
    let thread = w.post(&path, json!({ "name": "public", "type": 11 })).await.id();
    let announced = &w.sandbox.messages(world::GENERAL)[0];
    assert_eq!(
        (&announced["type"], &announced["content"]),
        (&json!(18), &json!("public"))
    );
    assert_eq!(announced["message_reference"]["channel_id"], thread.to_string());
    // Without a type it would be private, and this bot may not open those.
    assert_eq!(w.post(&path, json!({ "name": "private" })).await.code(), 50013);
}

#[tokio::test]
async fn an_idle_thread_is_archived_reactions_do_not_count_and_a_post_wakes_it() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let thread = w.thread().await;
    gateway.event("THREAD_CREATE").await;
    gateway.event("THREAD_MEMBERS_UPDATE").await;
    let path = format!("/channels/{thread}/messages");
    let message = w.post(&path, json!({ "content": "vote" })).await.id();
    let bo = w.sandbox.member(world::BO);

    w.sandbox.advance(Duration::from_mins(40));
    bo.react(thread, message, "✅").await.unwrap();
    gateway.event("MESSAGE_REACTION_ADD").await;
    w.sandbox.advance(Duration::from_mins(21));
    let archived = gateway.event("THREAD_UPDATE").await;
    assert_eq!(archived["thread_metadata"]["archived"], true);

    let reaction = format!("{path}/{message}/reactions/✅/@me");
    assert_eq!(w.put(&reaction).await.code(), 50083);
    assert!(bo.unreact(thread, message, "✅").await.is_err());
    assert_eq!(
        w.patch(&format!("{path}/{message}"), json!({ "content": "x" }))
            .await
            .code(),
        50083
    );
    // Reading goes on.
    assert_eq!(
        w.get(&format!("{path}/{message}/reactions/✅"))
            .await
            .ok()
            .as_array()
            .unwrap()
            .len(),
        1
    );

    w.post(&path, json!({ "content": "wake up" })).await.ok();
    assert_eq!(
        gateway.event("THREAD_UPDATE").await["thread_metadata"]["archived"],
        false
    );
    gateway.event("THREAD_MEMBER_UPDATE").await;
    assert_eq!(w.put(&reaction).await.status, 204);
}

#[tokio::test]
async fn a_locked_thread_takes_nothing_from_those_who_do_not_manage_threads() {
    let w = World::start().await;
    let thread = w.thread().await;
    let path = format!("/channels/{thread}");
    assert_eq!(w.patch(&path, json!({ "locked": true })).await.code(), 50013);
    w.sandbox
        .edit_channel(thread, json!({ "archived": true, "locked": true }))
        .unwrap();
    assert_eq!(
        w.post(&format!("{path}/messages"), json!({ "content": "x" }))
            .await
            .code(),
        160_005
    );
    assert_eq!(w.patch(&path, json!({ "archived": false })).await.code(), 50013);
    let shown = w.get(&path).await.ok();
    assert_eq!(shown["thread_metadata"]["locked"], true);
}

#[tokio::test]
async fn an_own_thread_is_renamed_and_a_deleted_one_is_gone() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let thread = w.thread().await;
    gateway.event("THREAD_CREATE").await;
    gateway.event("THREAD_MEMBERS_UPDATE").await;
    let path = format!("/channels/{thread}");
    assert_eq!(
        w.patch(&path, json!({ "name": "renamed" })).await.ok()["name"],
        "renamed"
    );
    gateway.event("THREAD_UPDATE").await;
    assert_eq!(w.delete(&path).await.code(), 50013);
    w.sandbox.delete_channel(thread).unwrap();
    let deleted = gateway.event("THREAD_DELETE").await;
    assert_eq!(deleted["parent_id"], world::GENERAL.to_string());
    assert_eq!(
        w.post(&format!("{path}/messages"), json!({ "content": "x" }))
            .await
            .code(),
        10003
    );
}

#[tokio::test]
async fn threads_are_listed_while_active_and_when_archived() {
    let w = World::start().await;
    let thread = w.thread().await;
    let active = format!("/guilds/{}/threads/active", world::NORTHLIGHT);
    let archived = format!("/channels/{}/threads/archived/public", world::GENERAL);
    assert_eq!(id(&w.get(&active).await.ok()["threads"][0]), thread);
    w.patch(&format!("/channels/{thread}"), json!({ "archived": true }))
        .await
        .ok();
    assert_eq!(w.get(&active).await.ok()["threads"], json!([]));
    assert_eq!(id(&w.get(&archived).await.ok()["threads"][0]), thread);
}
