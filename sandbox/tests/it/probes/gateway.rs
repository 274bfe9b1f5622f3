//! What the gateway tells of threads, and how it answers requests for members.

use discord_sandbox::{permissions, world};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, World};

/// The privileged intent for members.
const MEMBERS: u64 = 1 << 1;

async fn hearing_members() -> (World, Gateway) {
    let w = World::start().await;
    w.sandbox
        .gateway()
        .set_limits(|limits| limits.privileged_intents = MEMBERS);
    let gateway = Gateway::online(&w.sandbox, INTENTS | MEMBERS).await;
    (w, gateway)
}

fn ids(list: &Value, pointer: &str) -> Vec<u64> {
    let all = list.as_array().unwrap().iter();
    all.map(|one| one.pointer(pointer).unwrap().as_str().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn whoever_comes_to_a_thread_or_leaves_it_is_told() {
    // events/gateway-events#thread-members-update
    let (w, mut gateway) = hearing_members().await;
    let thread = w.thread().await;
    let created = gateway.event("THREAD_CREATE").await;
    assert_eq!(created["newly_created"], true);
    let update = gateway.event("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(ids(&update["added_members"], "/user_id"), [world::BOT]);
    assert_eq!(update["member_count"], 1);

    let base = format!("/channels/{thread}/thread-members");
    w.put(&format!("{base}/{}", world::BO)).await.ok();
    let update = gateway.event("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(update["id"], thread.to_string());
    assert_eq!(ids(&update["added_members"], "/member/user/id"), [world::BO]);
    assert!(update["added_members"][0]["presence"].is_null());
    assert_eq!(update["member_count"], 2);
    // Added twice, told once.
    w.put(&format!("{base}/{}", world::BO)).await.ok();

    w.sandbox
        .member(world::ANA)
        .say(thread, "hello", vec![])
        .await
        .unwrap();
    let update = gateway.event("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(ids(&update["added_members"], "/user_id"), [world::ANA]);

    // The bot itself: gone, and back by what it posts, which tells it of the thread again.
    w.delete(&format!("{base}/@me")).await.ok();
    let update = gateway.event("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(update["removed_member_ids"], json!([world::BOT.to_string()]));
    assert!(w.sandbox.channel(thread).unwrap().get("member").is_none());
    w.post(
        &format!("/channels/{thread}/messages"),
        json!({ "content": "back" }),
    )
    .await
    .ok();
    let again = gateway.event("THREAD_CREATE").await;
    assert!(again.get("newly_created").is_none());
    assert_eq!(again["member"]["user_id"], world::BOT.to_string());
    let update = gateway.event("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(ids(&update["added_members"], "/user_id"), [world::BOT]);
}

#[tokio::test]
async fn without_the_intent_for_members_a_bot_hears_only_of_itself() {
    // events/gateway-events#thread-members-update
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let thread = w.thread().await;
    gateway.event("THREAD_CREATE").await;
    gateway.event("THREAD_MEMBERS_UPDATE").await;
    let base = format!("/channels/{thread}/thread-members");
    w.put(&format!("{base}/{}", world::BO)).await.ok();
    w.delete(&format!("{base}/@me")).await.ok();
    let update = gateway.event("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(update["removed_member_ids"], json!([world::BOT.to_string()]));
    w.put(&format!("{base}/@me")).await.ok();
    gateway.event("THREAD_CREATE").await;
    let update = gateway.event("THREAD_MEMBERS_UPDATE").await;
    assert_eq!(ids(&update["added_members"], "/user_id"), [world::BOT]);
}

#[tokio::test]
async fn a_thread_that_is_opened_again_is_told_with_the_bots_place_in_it() {
    // topics/threads#unarchiving-a-thread
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let thread = w.thread().await;
    gateway.event("THREAD_CREATE").await;
    gateway.event("THREAD_MEMBERS_UPDATE").await;
    let path = format!("/channels/{thread}");
    for by_posting in [false, true] {
        w.patch(&path, json!({ "archived": true })).await.ok();
        let closed = gateway.event("THREAD_UPDATE").await;
        assert_eq!(closed["thread_metadata"]["archived"], true);
        if by_posting {
            let body = json!({ "content": "wake up" });
            w.post(&format!("{path}/messages"), body).await.ok();
        } else {
            w.patch(&path, json!({ "archived": false })).await.ok();
        }
        let opened = gateway.event("THREAD_UPDATE").await;
        assert_eq!(opened["thread_metadata"]["archived"], false);
        let member = gateway.event("THREAD_MEMBER_UPDATE").await;
        assert_eq!(
            (&member["id"], &member["user_id"], &member["guild_id"]),
            (
                &json!(thread.to_string()),
                &json!(world::BOT.to_string()),
                &json!(world::NORTHLIGHT.to_string())
            )
        );
    }
}

#[tokio::test]
async fn a_change_of_the_archive_time_is_activity() {
    // topics/threads#thread-fields, topics/threads#active-&-archived-threads
    let w = World::start().await;
    let thread = w.thread().await;
    let path = format!("/channels/{thread}");
    let stamp = |shown: &Value| shown["thread_metadata"]["archive_timestamp"].clone();
    let before = stamp(&w.get(&path).await.ok());
    w.sandbox.advance(std::time::Duration::from_mins(50));
    let named = w.patch(&path, json!({ "name": "another" })).await.ok();
    assert_eq!(stamp(&named), before);
    w.sandbox.advance(std::time::Duration::from_mins(5));
    let changed = w
        .patch(&path, json!({ "auto_archive_duration": 1_440 }))
        .await
        .ok();
    assert_ne!(stamp(&changed), before);
    w.sandbox.advance(std::time::Duration::from_hours(23));
    assert_eq!(w.get(&path).await.ok()["thread_metadata"]["archived"], false);
    w.sandbox.advance(std::time::Duration::from_hours(1));
    assert_eq!(w.get(&path).await.ok()["thread_metadata"]["archived"], true);
}

#[tokio::test]
async fn a_channel_that_the_bot_may_see_again_comes_with_its_threads() {
    // events/gateway-events#thread-list-sync
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let thread = w.thread().await;
    gateway.event("THREAD_CREATE").await;
    gateway.event("THREAD_MEMBERS_UPDATE").await;
    w.sandbox.deny_bot(world::GENERAL, permissions::VIEW_CHANNEL);
    gateway.event("CHANNEL_UPDATE").await;
    w.sandbox.allow_bot(world::GENERAL, permissions::VIEW_CHANNEL);
    gateway.event("CHANNEL_UPDATE").await;
    let sync = gateway.event("THREAD_LIST_SYNC").await;
    assert_eq!(sync["channel_ids"], json!([world::GENERAL.to_string()]));
    assert_eq!(ids(&sync["threads"], "/id"), [thread]);
    assert_eq!(ids(&sync["members"], "/id"), [thread]);
}

/// Asks for members, and returns the chunk.
async fn chunk(gateway: &mut Gateway, fields: Value) -> Value {
    let mut data = json!({ "guild_id": world::NORTHLIGHT.to_string() });
    for (name, value) in fields.as_object().unwrap() {
        data[name] = value.clone();
    }
    gateway.send(json!({ "op": 8, "d": data })).await;
    gateway.event("GUILD_MEMBERS_CHUNK").await
}

#[tokio::test]
async fn members_are_found_by_prefix_and_by_id_within_limits() {
    // events/gateway-events#request-guild-members
    let (w, mut gateway) = hearing_members().await;
    let added = w.sandbox.add_members(120);
    for _ in &added {
        gateway.event("GUILD_MEMBER_ADD").await;
    }
    let count = |chunk: &Value| chunk["members"].as_array().unwrap().len();
    for (fields, expected) in [
        (json!({ "query": "", "limit": 0 }), 125),
        (json!({ "query": "", "limit": 7 }), 7),
        (json!({ "query": "member_", "limit": 0 }), 100),
        (json!({ "query": "member_", "limit": 3 }), 3),
        (json!({ "query": "member_", "limit": 110 }), 100),
        (json!({ "query": "MEMBER_11", "limit": 50 }), 11),
        (json!({ "query": "nobody", "limit": 50 }), 0),
    ] {
        let found = chunk(&mut gateway, fields.clone()).await;
        assert_eq!(count(&found), expected, "{fields}");
        assert_eq!(
            (&found["chunk_index"], &found["chunk_count"]),
            (&json!(0), &json!(1))
        );
        assert!(found.get("nonce").is_none() && found.get("not_found").is_none());
    }

    let (ana, bo) = (world::ANA.to_string(), world::BO.to_string());
    let found = chunk(&mut gateway, json!({ "user_ids": [ana, "42", bo, "x"] })).await;
    assert_eq!(ids(&found["members"], "/user/id"), [world::ANA, world::BO]);
    assert_eq!(found["not_found"], json!(["42", "x"]));
    let one = chunk(&mut gateway, json!({ "user_ids": ana, "nonce": "n".repeat(32) })).await;
    assert_eq!(ids(&one["members"], "/user/id"), [world::ANA]);
    assert_eq!(
        (&one["not_found"], &one["nonce"]),
        (&json!([]), &json!("n".repeat(32)))
    );
    let hundred: Vec<String> = added.iter().map(ToString::to_string).collect();
    let many = chunk(
        &mut gateway,
        json!({ "user_ids": hundred, "nonce": "n".repeat(33) }),
    )
    .await;
    assert_eq!(count(&many), 100);
    assert!(many.get("nonce").is_none());
}

#[tokio::test]
async fn a_large_guild_comes_in_chunks_of_a_thousand() {
    // events/gateway-events#guild-members-chunk
    let w = World::start().await;
    let _ = w.sandbox.add_members(1_100);
    w.sandbox
        .gateway()
        .set_limits(|limits| limits.privileged_intents = MEMBERS);
    let mut gateway = Gateway::online(&w.sandbox, MEMBERS | INTENTS).await;
    let first = chunk(&mut gateway, json!({ "query": "", "limit": 0 })).await;
    let second = gateway.event("GUILD_MEMBERS_CHUNK").await;
    let shape = |chunk: &Value| {
        let count = chunk["members"].as_array().unwrap().len();
        (count, chunk["chunk_index"].clone(), chunk["chunk_count"].clone())
    };
    assert_eq!(shape(&first), (1_000, json!(0), json!(2)));
    assert_eq!(shape(&second), (105, json!(1), json!(2)));
}

#[tokio::test]
async fn the_whole_list_of_members_needs_the_intent_and_another_guild_has_none() {
    // events/gateway-events#request-guild-members
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    for data in [
        json!({ "guild_id": world::NORTHLIGHT.to_string(), "query": "", "limit": 0 }),
        json!({ "guild_id": "42", "query": "a", "limit": 1 }),
        json!({ "query": "a", "limit": 1 }),
    ] {
        gateway.send(json!({ "op": 8, "d": data })).await;
    }
    // What is asked for next is what comes next.
    let found = chunk(&mut gateway, json!({ "query": "an", "limit": 5 })).await;
    assert_eq!(ids(&found["members"], "/user/id"), [world::ANA]);
}
