//! Lists of messages, reactions, members and files: pages, bounds, and what excludes what.

use discord_sandbox::world;
use serde_json::{Value, json};

use super::Expected::{self, At, Done, Refused};
use super::{Probe, send_all};
use crate::support::World;

#[tokio::test]
async fn queries_are_held_to_their_bounds() {
    const MESSAGES: &str = "resources/message#get-channel-messages";
    const REACTIONS: &str = "resources/message#get-reactions";
    const MEMBERS: &str = "resources/guild#list-guild-members";
    const ACTIVE: &str = "resources/guild#list-active-guild-threads";
    const BOOLEANS: &str = "reference#boolean-query-strings";
    const SNOWFLAKES: &str = "reference#snowflake-ids-in-pagination";
    let w = World::start().await;
    w.sandbox
        .gateway()
        .set_limits(|limits| limits.privileged_intents = 1 << 1);
    let message = w.posted("a message").await;
    let messages = format!("/channels/{}/messages", world::GENERAL);
    let reactions = format!("{messages}/{message}/reactions/✅");
    let members = format!("/guilds/{}/members", world::NORTHLIGHT);
    let rows: Vec<(&str, String, Expected)> = vec![
        (MESSAGES, messages.clone(), Done(200)),
        (MESSAGES, format!("{messages}?limit=1"), Done(200)),
        (MESSAGES, format!("{messages}?limit=100"), Done(200)),
        (MESSAGES, format!("{messages}?limit=0"), At("limit")),
        (MESSAGES, format!("{messages}?limit=101"), At("limit")),
        (MESSAGES, format!("{messages}?limit=-5"), At("limit")),
        (MESSAGES, format!("{messages}?limit=ten"), At("limit")),
        (MESSAGES, format!("{messages}?limit="), At("limit")),
        (MESSAGES, format!("{messages}?before=x"), At("before")),
        (MESSAGES, format!("{messages}?after=-1"), At("after")),
        (MESSAGES, format!("{messages}?around=1.5"), At("around")),
        (
            SNOWFLAKES,
            format!("{messages}?after=99999999999999999999999"),
            At("after"),
        ),
        (SNOWFLAKES, format!("{messages}?after=0&limit=5"), Done(200)),
        (MESSAGES, format!("{messages}?before=9&after=5"), At("before")),
        (MESSAGES, format!("{messages}?before=9&after=5"), At("after")),
        (MESSAGES, format!("{messages}?before=9&around=5"), At("around")),
        (MESSAGES, format!("{messages}?after=9&around=5"), At("after")),
        (
            MESSAGES,
            format!("{messages}?after=9&around=5&before=7"),
            At("before"),
        ),
        (REACTIONS, reactions.clone(), Done(200)),
        (REACTIONS, format!("{reactions}?limit=100&after=1"), Done(200)),
        (REACTIONS, format!("{reactions}?limit=0"), At("limit")),
        (REACTIONS, format!("{reactions}?limit=101"), At("limit")),
        (REACTIONS, format!("{reactions}?type=1"), Done(200)),
        (REACTIONS, format!("{reactions}?type=2"), At("type")),
        (REACTIONS, format!("{reactions}?after=me"), At("after")),
        (MEMBERS, format!("{members}?limit=1000"), Done(200)),
        (MEMBERS, format!("{members}?limit=1001"), At("limit")),
        (MEMBERS, format!("{members}?limit=0"), At("limit")),
        (MEMBERS, format!("{members}?after=ana"), At("after")),
        (MEMBERS, "/guilds/42/members".to_owned(), Refused(404, 10004)),
        (
            ACTIVE,
            format!("/guilds/{}/threads/active", world::NORTHLIGHT),
            Done(200),
        ),
        (BOOLEANS, format!("{messages}?limit=true"), At("limit")),
    ];
    let probes = rows.into_iter().map(|(section, path, expected)| Probe {
        section,
        method: "GET",
        path,
        body: Value::Null,
        expected,
    });
    send_all(&w, probes.collect()).await;
}

#[tokio::test]
async fn messages_are_deleted_in_bulk_each_once_and_two_to_a_hundred() {
    const BULK: &str = "resources/message#bulk-delete-messages";
    let w = World::start().await;
    let path = format!("/channels/{}/messages/bulk-delete", world::GENERAL);
    let first = w.posted("first").await.to_string();
    let second = w.posted("second").await.to_string();
    let fresh = |count: u64| -> Vec<String> {
        let base: u64 = second.parse().unwrap();
        (1..=count).map(|n| (base + n).to_string()).collect()
    };
    let probe = |messages: Value, expected| Probe {
        section: BULK,
        method: "POST",
        path: path.clone(),
        body: json!({ "messages": messages }),
        expected,
    };
    w.sandbox
        .deny_bot(world::GENERAL, discord_sandbox::permissions::MANAGE_MESSAGES);
    let pair = json!([first, second]);
    send_all(&w, vec![probe(pair.clone(), Refused(403, 50013))]).await;
    w.sandbox
        .allow_bot(world::GENERAL, discord_sandbox::permissions::MANAGE_MESSAGES);
    w.sandbox
        .grant_bot(world::GENERAL, discord_sandbox::permissions::MANAGE_MESSAGES);
    let twice = json!([first, second, first]);
    let probes = vec![
        probe(json!([first]), At("messages")),
        probe(json!([]), At("messages")),
        probe(json!(fresh(101)), At("messages")),
        probe(twice, At("messages")),
        probe(json!([first, "nothing"]), At("messages.1")),
        probe(json!(null), At("messages")),
        // 2015-01-01: older than two weeks.
        probe(json!([first, "1"]), Refused(400, 50034)),
        // Those that are not there count, and are passed over.
        probe(json!(fresh(100)), Done(204)),
        probe(pair.clone(), Done(204)),
        probe(pair, Done(204)),
    ];
    send_all(&w, probes).await;
    assert!(w.sandbox.messages(world::GENERAL).is_empty());
}
