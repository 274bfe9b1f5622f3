//! What may be done in a thread: active, locked, archived or both, by its creator and by those who
//! manage threads.

use discord_sandbox::{permissions, world};
use serde_json::{Value, json};

use super::Expected::{self, Done, Refused};
use crate::support::{Reply, World};

const TOPIC: &str = "topics/threads#active-&-archived-threads";
const LOCKED: &str = "topics/threads#locked-threads";
const EDITING: &str = "topics/threads#editing-&-deleting-threads";
const MODIFY: &str = "resources/channel#modify-channel";

const ARCHIVED: Expected = Refused(400, 50083);
const IS_LOCKED: Expected = Refused(400, 160_005);
const FORBIDDEN: Expected = Refused(403, 50013);
const OK: Expected = Done(200);
const NONE: Expected = Done(204);

/// What is done, and what comes of it in a thread that is active, locked, archived, locked and
/// archived: by its creator, then by one who manages threads too.
type Row = (&'static str, &'static str, [Expected; 4], [Expected; 4]);

const ROWS: &[Row] = &[
    ("read", TOPIC, [OK; 4], [OK; 4]),
    ("post", TOPIC, [OK, IS_LOCKED, OK, IS_LOCKED], [OK; 4]),
    (
        "edit",
        LOCKED,
        [OK, IS_LOCKED, ARCHIVED, ARCHIVED],
        [OK, OK, ARCHIVED, ARCHIVED],
    ),
    ("delete message", LOCKED, [NONE, NONE, NONE, ARCHIVED], [NONE; 4]),
    ("bulk delete", LOCKED, [NONE, NONE, NONE, ARCHIVED], [NONE; 4]),
    (
        "react",
        LOCKED,
        [NONE, NONE, ARCHIVED, ARCHIVED],
        [NONE, NONE, ARCHIVED, ARCHIVED],
    ),
    (
        "unreact",
        LOCKED,
        [NONE, NONE, ARCHIVED, ARCHIVED],
        [NONE, NONE, ARCHIVED, ARCHIVED],
    ),
    (
        "unreact another's",
        TOPIC,
        [NONE, NONE, ARCHIVED, ARCHIVED],
        [NONE, NONE, ARCHIVED, ARCHIVED],
    ),
    (
        "clear reactions",
        TOPIC,
        [NONE, NONE, ARCHIVED, ARCHIVED],
        [NONE, NONE, ARCHIVED, ARCHIVED],
    ),
    (
        "clear an emoji",
        TOPIC,
        [NONE, NONE, ARCHIVED, ARCHIVED],
        [NONE, NONE, ARCHIVED, ARCHIVED],
    ),
    (
        "join",
        "resources/channel#join-thread",
        [NONE, NONE, ARCHIVED, ARCHIVED],
        [NONE, NONE, ARCHIVED, ARCHIVED],
    ),
    (
        "leave",
        "resources/channel#leave-thread",
        [NONE, NONE, ARCHIVED, ARCHIVED],
        [NONE, NONE, ARCHIVED, ARCHIVED],
    ),
    (
        "add member",
        "resources/channel#add-thread-member",
        [NONE, IS_LOCKED, ARCHIVED, ARCHIVED],
        [NONE, NONE, ARCHIVED, ARCHIVED],
    ),
    (
        "remove member",
        "resources/channel#remove-thread-member",
        [FORBIDDEN, FORBIDDEN, ARCHIVED, ARCHIVED],
        [NONE, NONE, ARCHIVED, ARCHIVED],
    ),
    (
        "rename",
        EDITING,
        [OK, FORBIDDEN, ARCHIVED, FORBIDDEN],
        [OK, OK, ARCHIVED, ARCHIVED],
    ),
    (
        "auto archive",
        EDITING,
        [OK, FORBIDDEN, ARCHIVED, FORBIDDEN],
        [OK, OK, ARCHIVED, ARCHIVED],
    ),
    ("open again", MODIFY, [OK, FORBIDDEN, OK, FORBIDDEN], [OK; 4]),
    ("open and rename", MODIFY, [OK, FORBIDDEN, OK, FORBIDDEN], [OK; 4]),
    (
        "archive",
        EDITING,
        [OK, FORBIDDEN, ARCHIVED, FORBIDDEN],
        [OK, OK, ARCHIVED, ARCHIVED],
    ),
    ("lock", EDITING, [FORBIDDEN; 4], [OK, OK, ARCHIVED, ARCHIVED]),
    ("slow down", EDITING, [FORBIDDEN; 4], [OK, OK, ARCHIVED, ARCHIVED]),
    ("delete", EDITING, [FORBIDDEN; 4], [OK; 4]),
];

/// A thread of the bot with two messages of it, one of which the bot and Ana reacted to.
struct Scene<'a> {
    w: &'a World,
    thread: u64,
    messages: [u64; 2],
}

impl<'a> Scene<'a> {
    async fn open(w: &'a World, locked: bool, archived: bool) -> Self {
        let thread = w.thread().await;
        let path = format!("/channels/{thread}/messages");
        let mut messages = [0; 2];
        for message in &mut messages {
            *message = w.post(&path, json!({ "content": "a message" })).await.id();
        }
        w.put(&format!("{path}/{}/reactions/✅/@me", messages[0]))
            .await
            .ok();
        let ana = w.sandbox.member(world::ANA);
        ana.react(thread, messages[0], "✅").await.unwrap();
        let state = json!({ "locked": locked, "archived": archived });
        w.sandbox.edit_channel(thread, state).unwrap();
        Self { w, thread, messages }
    }

    async fn act(&self, what: &str) -> Reply {
        let Self {
            w,
            thread,
            messages: [first, second],
        } = self;
        let channel = format!("/channels/{thread}");
        let reactions = format!("{channel}/messages/{first}/reactions");
        let none = Value::Null;
        let (method, path, body) = match what {
            "read" => ("GET", format!("{channel}/messages"), none),
            "post" => ("POST", format!("{channel}/messages"), json!({ "content": "x" })),
            "edit" => (
                "PATCH",
                format!("{channel}/messages/{first}"),
                json!({ "content": "y" }),
            ),
            "delete message" => ("DELETE", format!("{channel}/messages/{first}"), none),
            "bulk delete" => (
                "POST",
                format!("{channel}/messages/bulk-delete"),
                json!({ "messages": [first.to_string(), second.to_string()] }),
            ),
            "react" => (
                "PUT",
                format!("{channel}/messages/{second}/reactions/✅/@me"),
                none,
            ),
            "unreact" => ("DELETE", format!("{reactions}/✅/@me"), none),
            "unreact another's" => ("DELETE", format!("{reactions}/✅/{}", world::ANA), none),
            "clear reactions" => ("DELETE", reactions, none),
            "clear an emoji" => ("DELETE", format!("{reactions}/✅"), none),
            "join" => ("PUT", format!("{channel}/thread-members/@me"), none),
            "leave" => ("DELETE", format!("{channel}/thread-members/@me"), none),
            "add member" => ("PUT", format!("{channel}/thread-members/{}", world::BO), none),
            "remove member" => ("DELETE", format!("{channel}/thread-members/{}", world::BO), none),
            "rename" => ("PATCH", channel, json!({ "name": "another name" })),
            "auto archive" => ("PATCH", channel, json!({ "auto_archive_duration": 1_440 })),
            "open again" => ("PATCH", channel, json!({ "archived": false })),
            "open and rename" => (
                "PATCH",
                channel,
                json!({ "archived": false, "name": "another name" }),
            ),
            "archive" => ("PATCH", channel, json!({ "archived": true })),
            "lock" => ("PATCH", channel, json!({ "locked": true })),
            "slow down" => ("PATCH", channel, json!({ "rate_limit_per_user": 5 })),
            "delete" => ("DELETE", channel, none),
            other => panic!("{other} is no act"),
        };
        w.call(method, &path, body).await
    }
}

#[tokio::test]
async fn in_each_state_of_a_thread_what_discord_allows_is_done_and_the_rest_refused() {
    let w = World::start().await;
    w.sandbox.grant_bot(world::GENERAL, permissions::MANAGE_MESSAGES);
    let mut faults = Vec::new();
    for manages in [false, true] {
        if manages {
            w.sandbox.grant_bot(world::GENERAL, permissions::MANAGE_THREADS);
        }
        for (what, section, creator, manager) in ROWS {
            let expected = if manages { manager } else { creator };
            for (at, expected) in expected.iter().enumerate() {
                let (locked, archived) = (at % 2 == 1, at >= 2);
                let scene = Scene::open(&w, locked, archived).await;
                let reply = scene.act(what).await;
                if let Some(fault) = expected.fault(&reply) {
                    faults.push(format!(
                        "{section}: {what}, locked {locked}, archived {archived}, manages {manages}: {fault}"
                    ));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn who_did_not_create_a_thread_may_open_it_again_and_nothing_else() {
    // topics/threads#editing-&-deleting-threads
    let w = World::start().await;
    let ana = w.sandbox.member(world::ANA);
    for (body, expected) in [
        (json!({ "archived": false }), OK),
        (json!({ "archived": false, "name": "mine now" }), FORBIDDEN),
        (json!({ "name": "mine now" }), FORBIDDEN),
        (json!({ "archived": true }), FORBIDDEN),
        (json!({ "auto_archive_duration": 60 }), FORBIDDEN),
    ] {
        let thread = ana.open_thread(world::GENERAL, "Ana's", "x").await.unwrap();
        w.sandbox
            .edit_channel(thread, json!({ "archived": true }))
            .unwrap();
        let reply = w.patch(&format!("/channels/{thread}"), body.clone()).await;
        assert_eq!(expected.fault(&reply), None, "{body}");
    }
    // resources/channel#modify-channel: who may not send there may not open it either.
    let thread = ana.open_thread(world::GENERAL, "Ana's", "x").await.unwrap();
    w.sandbox
        .edit_channel(thread, json!({ "archived": true }))
        .unwrap();
    w.sandbox
        .deny_bot(world::GENERAL, permissions::SEND_MESSAGES_IN_THREADS);
    let path = format!("/channels/{thread}");
    assert_eq!(w.patch(&path, json!({ "archived": false })).await.code(), 50013);
}

#[tokio::test]
async fn people_use_no_command_and_no_button_in_an_archived_thread() {
    // topics/threads#active-&-archived-threads
    let w = World::start().await;
    let _gateway = crate::support::Gateway::online(&w.sandbox, crate::support::INTENTS).await;
    w.register(json!([{ "name": "ping", "description": "says pong" }, { "name": "Look", "type": 3 }]))
        .await;
    let thread = w.thread().await;
    let button = json!({ "type": 2, "style": 1, "label": "Go", "custom_id": "go" });
    let rows = json!([{ "type": 1, "components": [button] }]);
    let body = json!({ "content": "press", "components": rows });
    let message = w.post(&format!("/channels/{thread}/messages"), body).await.id();
    let ana = w.sandbox.member(world::ANA);
    for archived in [false, true] {
        w.sandbox
            .edit_channel(thread, json!({ "archived": archived }))
            .unwrap();
        let command = ana.command(thread, "ping", json!({})).await;
        let menu = ana.menu(thread, message, "Look").await;
        let press = ana.click(thread, message, "go").await;
        for outcome in [command, menu, press] {
            assert_eq!(outcome.is_err(), archived, "{outcome:?}");
        }
    }
}

#[tokio::test]
async fn a_thread_counts_its_messages_without_the_first_and_forgets_deleted_ones() {
    // topics/threads#thread-fields
    let w = World::start().await;
    let counts = |thread: u64| {
        let shown = w.sandbox.channel(thread).unwrap();
        (
            shown["message_count"].clone(),
            shown["total_message_sent"].clone(),
        )
    };
    let thread = w.thread().await;
    let forum = w.sandbox.add_forum("ideas");
    let post = json!({ "name": "an idea", "message": { "content": "first" } });
    let opened = w.post(&format!("/channels/{forum}/threads"), post).await.ok();
    // resources/channel#start-thread-in-forum-or-media-channel
    assert_eq!(opened["message"]["content"], "first");
    assert_eq!(opened["message"]["id"], opened["id"]);
    for thread in [thread, crate::support::id(&opened)] {
        assert_eq!(counts(thread), (json!(0), json!(0)));
        let path = format!("/channels/{thread}/messages");
        let second = w.post(&path, json!({ "content": "second" })).await.id();
        assert_eq!(counts(thread), (json!(1), json!(1)));
        assert_eq!(w.delete(&format!("{path}/{second}")).await.status, 204);
        assert_eq!(counts(thread), (json!(0), json!(1)));
    }
}

#[tokio::test]
async fn renaming_adding_and_removing_are_told_in_the_thread() {
    // topics/threads#new-message-types
    let w = World::start().await;
    w.sandbox.grant_bot(world::GENERAL, permissions::MANAGE_THREADS);
    let thread = w.thread().await;
    let path = format!("/channels/{thread}");
    w.patch(&path, json!({ "name": "another name" })).await.ok();
    // The same name again is no change.
    w.patch(&path, json!({ "name": "another name" })).await.ok();
    let bo = format!("{path}/thread-members/{}", world::BO);
    for _ in 0..2 {
        assert_eq!(w.put(&bo).await.status, 204);
    }
    for _ in 0..2 {
        assert_eq!(w.delete(&bo).await.status, 204);
    }
    let told: Vec<(Value, Value, Value)> = w.sandbox.messages(thread)[1..]
        .iter()
        .map(|message| {
            let mentioned = message["mentions"][0]["id"].clone();
            (message["type"].clone(), message["content"].clone(), mentioned)
        })
        .collect();
    let bo = json!(world::BO.to_string());
    assert_eq!(
        told,
        [
            (json!(4), json!("another name"), Value::Null),
            (json!(1), json!(""), bo.clone()),
            (json!(2), json!(""), bo),
        ]
    );
    // Nobody can write in Discord's name.
    let message = crate::support::id(&w.sandbox.messages(thread)[1]);
    let renamed = format!("{path}/messages/{message}");
    assert_eq!(w.patch(&renamed, json!({ "content": "x" })).await.code(), 50021);
    let reply = json!({ "content": "x", "message_reference": { "message_id": message.to_string() } });
    assert_eq!(w.post(&format!("{path}/messages"), reply).await.code(), 50035);
}
