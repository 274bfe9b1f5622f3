//! Who is in a thread, and its archived siblings: pages of both.

use std::time::Duration;

use discord_sandbox::{permissions, world};
use serde_json::{Value, json};

use super::Expected::{At, Done, Refused};
use super::{Probe, send_all};
use crate::support::{World, id};

/// The privileged intent for members, as the portal allows it.
const MEMBERS: u64 = 1 << 1;

async fn with_members_intent() -> World {
    let w = World::start().await;
    w.sandbox
        .gateway()
        .set_limits(|limits| limits.privileged_intents = MEMBERS);
    w
}

fn users(listed: &Value) -> Vec<String> {
    let all = listed.as_array().unwrap().iter();
    all.map(|member| member["user_id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn thread_members_have_pages_only_with_their_guild_members() {
    const LIST: &str = "resources/channel#list-thread-members";
    let w = with_members_intent().await;
    let thread = w.thread().await;
    let base = format!("/channels/{thread}/thread-members");
    for user in [world::DANA, world::CEM, world::ANA, world::BO] {
        w.put(&format!("{base}/{user}")).await.ok();
    }
    let all: Vec<String> = [world::ANA, world::BO, world::CEM, world::DANA, world::BOT]
        .map(|user| user.to_string())
        .to_vec();

    // A client that asks for the next page until one is empty comes to an end.
    let (mut seen, mut after) = (Vec::new(), "0".to_owned());
    loop {
        let path = format!("{base}?with_member=true&limit=2&after={after}");
        let page = w.get(&path).await.ok();
        let Some(last) = users(&page).pop() else { break };
        for member in page.as_array().unwrap() {
            assert_eq!(member["member"]["user"]["id"], member["user_id"]);
            assert_eq!(member["id"], thread.to_string());
        }
        seen.extend(users(&page));
        after = last;
        assert!(seen.len() <= all.len(), "{LIST}: {seen:?}");
    }
    assert_eq!(seen, all, "{LIST}");

    // Without it there are neither pages nor guild members.
    for query in ["", "?limit=2", "?limit=2&after=5", "?with_member=false"] {
        let listed = w.get(&format!("{base}{query}")).await.ok();
        assert_eq!(users(&listed), all, "{LIST} {query}");
        assert!(listed[0].get("member").is_none());
    }
    let probe = |path: String, expected| Probe {
        section: LIST,
        method: "GET",
        path,
        body: Value::Null,
        expected,
    };
    let probes = vec![
        probe(format!("{base}?limit=0"), At("limit")),
        probe(format!("{base}?limit=101"), At("limit")),
        probe(format!("{base}?limit=-1"), At("limit")),
        probe(format!("{base}?limit=many"), At("limit")),
        probe(format!("{base}?after=nobody"), At("after")),
        probe(format!("{base}?with_member=maybe"), At("with_member")),
        probe(format!("{base}?with_member=1&limit=100"), Done(200)),
        probe(format!("{base}?with_member=True"), Done(200)),
        probe(
            format!("/channels/{}/thread-members", world::GENERAL),
            Refused(400, 50024),
        ),
        probe("/channels/42/thread-members".to_owned(), Refused(404, 10003)),
    ];
    send_all(&w, probes).await;
}

#[tokio::test]
async fn one_member_is_shown_and_a_stranger_is_not_found() {
    const GET: &str = "resources/channel#get-thread-member";
    let w = World::start().await;
    let thread = w.thread().await;
    let base = format!("/channels/{thread}/thread-members");
    let shown = w.get(&format!("{base}/{}", world::BOT)).await.ok();
    assert_eq!(shown["user_id"], world::BOT.to_string(), "{GET}");
    assert!(shown.get("member").is_none());
    let path = format!("{base}/{}?with_member=true", world::BOT);
    assert_eq!(
        w.get(&path).await.ok()["member"]["user"]["id"],
        shown["user_id"],
        "{GET}"
    );
    assert_eq!(w.get(&format!("{base}/{}", world::BO)).await.status, 404, "{GET}");
    // Each joined when they joined, not when the thread was opened.
    w.sandbox.advance(Duration::from_mins(5));
    w.put(&format!("{base}/{}", world::BO)).await.ok();
    let later = w.get(&format!("{base}/{}", world::BO)).await.ok();
    assert_ne!(later["join_timestamp"], shown["join_timestamp"]);
}

#[tokio::test]
async fn lists_of_members_need_the_privileged_intent() {
    let w = World::start().await;
    let thread = w.thread().await;
    let lists = [
        (
            "resources/channel#list-thread-members",
            format!("/channels/{thread}/thread-members"),
        ),
        (
            "resources/guild#list-guild-members",
            format!("/guilds/{}/members", world::NORTHLIGHT),
        ),
    ];
    for allowed in [false, true] {
        if allowed {
            w.sandbox
                .gateway()
                .set_limits(|limits| limits.privileged_intents = MEMBERS);
        }
        for (section, path) in &lists {
            let reply = w.get(path).await;
            let expected = if allowed { Done(200) } else { Refused(403, 50001) };
            assert_eq!(expected.fault(&reply), None, "{section}");
        }
    }
}

#[tokio::test]
async fn who_is_added_must_be_there_and_a_closed_private_thread_stays_closed() {
    const ADD: &str = "resources/channel#add-thread-member";
    const REMOVE: &str = "resources/channel#remove-thread-member";
    let w = World::start().await;
    w.sandbox
        .grant_bot(world::GENERAL, permissions::CREATE_PRIVATE_THREADS);
    let gone = w.sandbox.add_member("Gone");
    w.sandbox.remove_member(gone);
    let opened = |invitable: bool| json!({ "name": "private", "type": 12, "invitable": invitable });
    let threads = format!("/channels/{}/threads", world::GENERAL);
    let own = w.post(&threads, opened(true)).await.ok();
    assert_eq!(own["thread_metadata"]["invitable"], true);
    let closed = w.post(&threads, opened(false)).await.ok();
    assert_eq!(closed["thread_metadata"]["invitable"], false);
    let (own, closed) = (id(&own), id(&closed));
    let bo = world::BO;
    let put = |path: String, expected| Probe {
        section: ADD,
        method: "PUT",
        path,
        body: Value::Null,
        expected,
    };
    let delete = |path: String, expected| Probe {
        section: REMOVE,
        method: "DELETE",
        ..put(path, expected)
    };
    let probes = vec![
        put(format!("/channels/{own}/thread-members/{bo}"), Done(204)),
        put(format!("/channels/{own}/thread-members/{bo}"), Done(204)),
        put(format!("/channels/{own}/thread-members/42"), Refused(404, 10013)),
        put(
            format!("/channels/{own}/thread-members/{gone}"),
            Refused(404, 10007),
        ),
        put(format!("/channels/{own}/thread-members/bo"), At("user_id")),
        put(
            format!("/channels/{closed}/thread-members/{bo}"),
            Refused(403, 50013),
        ),
        put(
            format!("/channels/{}/thread-members/{bo}", world::GENERAL),
            Refused(400, 50024),
        ),
        // Its creator may remove others from a private thread.
        delete(format!("/channels/{own}/thread-members/{bo}"), Done(204)),
        delete(format!("/channels/{own}/thread-members/{bo}"), Done(204)),
    ];
    send_all(&w, probes).await;
}

const PUBLIC: &str = "resources/channel#list-public-archived-threads";
const PRIVATE: &str = "resources/channel#list-private-archived-threads";
const JOINED: &str = "resources/channel#list-joined-private-archived-threads";

/// Threads of "general", archived in another order than they were opened in.
struct Archive {
    w: World,
    base: String,
    /// Of the bot. The last one is active.
    public: Vec<u64>,
    /// Private ones of the bot.
    own: Vec<u64>,
    /// A private one of Dana's.
    foreign: u64,
}

impl Archive {
    async fn open() -> Self {
        let w = World::start().await;
        let private = permissions::CREATE_PRIVATE_THREADS;
        w.sandbox.grant_bot(world::GENERAL, private);
        let base = format!("/channels/{}", world::GENERAL);
        let (mut public, mut own) = (Vec::new(), Vec::new());
        for _ in 0..5 {
            public.push(w.thread().await);
        }
        for _ in 0..2 {
            let form = json!({ "name": "private", "type": 12 });
            own.push(w.post(&format!("{base}/threads"), form).await.id());
        }
        let dana = w.sandbox.member(world::DANA);
        let foreign = dana.open_private_thread(world::GENERAL, "Dana's").await.unwrap();
        let order = [
            public[2], own[1], public[0], foreign, public[3], own[0], public[1],
        ];
        for thread in order {
            w.sandbox.advance(Duration::from_secs(1));
            let archived = json!({ "archived": true });
            w.sandbox.edit_channel(thread, archived).unwrap();
        }
        Self {
            w,
            base,
            public,
            own,
            foreign,
        }
    }

    /// The paths of the public list, the private list and that of joined threads.
    fn lists(&self) -> [String; 3] {
        let base = &self.base;
        [
            format!("{base}/threads/archived/public"),
            format!("{base}/threads/archived/private"),
            format!("{base}/users/@me/threads/archived/private"),
        ]
    }
}

fn threads(listed: &Value) -> Vec<u64> {
    listed["threads"].as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn public_archived_threads_are_paged_by_when_they_were_archived() {
    let Archive { w, base, public, .. } = Archive::open().await;
    let (mut seen, mut before) = (Vec::new(), String::new());
    loop {
        let path = format!("{base}/threads/archived/public?limit=2{before}");
        let page = w.get(&path).await.ok();
        seen.extend(threads(&page));
        let joined = page["members"].as_array().unwrap().len();
        assert_eq!(
            joined,
            threads(&page).len(),
            "{PUBLIC}: the bot is in all of them"
        );
        if page["has_more"] == false {
            break;
        }
        let last = page["threads"].as_array().unwrap().last().unwrap();
        let archived = last["thread_metadata"]["archive_timestamp"].as_str().unwrap();
        before = format!("&before={}", archived.replace('+', "%2B"));
        assert!(seen.len() <= 4, "{PUBLIC}: {seen:?}");
    }
    assert_eq!(seen, [public[1], public[3], public[0], public[2]], "{PUBLIC}");
}

#[tokio::test]
async fn private_archived_threads_are_listed_apart_and_joined_ones_by_id() {
    let scene = Archive::open().await;
    let (w, own) = (&scene.w, &scene.own);
    let [_, private, joined] = scene.lists();
    assert_eq!(w.get(&private).await.code(), 50013, "{PRIVATE}");
    assert_eq!(threads(&w.get(&joined).await.ok()), [own[1], own[0]], "{JOINED}");
    let page = w.get(&format!("{joined}?before={}", own[1])).await.ok();
    assert_eq!(threads(&page), [own[0]], "{JOINED}");
    w.sandbox.grant_bot(world::GENERAL, permissions::MANAGE_THREADS);
    let all = w.get(&private).await.ok();
    assert_eq!(threads(&all), [own[0], scene.foreign, own[1]], "{PRIVATE}");
    assert_eq!(all["members"].as_array().unwrap().len(), 2, "{PRIVATE}");
}

#[tokio::test]
async fn lists_of_archived_threads_have_bounds_and_need_the_history() {
    let scene = Archive::open().await;
    let w = &scene.w;
    let [public, private, joined] = scene.lists();
    let probe = |section, path: String, expected| Probe {
        section,
        method: "GET",
        path,
        body: Value::Null,
        expected,
    };
    let thread = scene.public[4];
    let probes = vec![
        probe(PUBLIC, format!("{public}?limit=1"), At("limit")),
        probe(PUBLIC, format!("{public}?limit=101"), At("limit")),
        probe(PUBLIC, format!("{public}?before=yesterday"), At("before")),
        probe(PUBLIC, format!("{public}?before={thread}"), At("before")),
        probe(
            JOINED,
            format!("{joined}?before=2026-01-01T00:00:00Z"),
            At("before"),
        ),
        probe(
            PUBLIC,
            format!("/channels/{thread}/threads/archived/public"),
            Refused(400, 50024),
        ),
    ];
    send_all(w, probes).await;
    let history = permissions::READ_MESSAGE_HISTORY;
    w.sandbox.deny_bot(world::GENERAL, history);
    for (section, path) in [(PUBLIC, public), (PRIVATE, private), (JOINED, joined)] {
        assert_eq!(w.get(&path).await.code(), 50013, "{section}");
    }
}
