//! What a message may contain, at each limit and one past it.

use discord_sandbox::world;
use serde_json::{Value, json};

use super::Expected::{self, At, Done, Refused};
use super::{Probe, send_all};
use crate::support::World;

const CREATE: &str = "resources/message#create-message";
const LIMITS: &str = "resources/message#embed-object-embed-limits";
const MENTIONS: &str = "resources/message#allowed-mentions-object";
const DONE: Expected = Done(200);

fn x(count: usize) -> String {
    "x".repeat(count)
}

fn embed(embed: &Value) -> Value {
    json!({ "embeds": [embed] })
}

fn field(name: &str, value: &str) -> Value {
    embed(&json!({ "fields": [{ "name": name, "value": value }] }))
}

fn embed_rows() -> Vec<(&'static str, Value, Expected)> {
    let two = |length: usize| {
        let one = |length| json!({ "description": x(length) });
        json!({ "embeds": [one(3_000), one(length)] })
    };
    let one = json!({ "title": "t" });
    let fields = |count: usize| {
        let field = json!({ "name": "n", "value": "v" });
        embed(&json!({ "fields": vec![field; count] }))
    };
    vec![
        (LIMITS, embed(&json!({ "title": x(256) })), DONE),
        (LIMITS, embed(&json!({ "title": x(257) })), At("embeds.0.title")),
        (
            LIMITS,
            embed(&json!({ "title": format!("  {}  ", x(256)) })),
            DONE,
        ),
        (LIMITS, embed(&json!({ "description": x(4_096) })), DONE),
        (
            LIMITS,
            embed(&json!({ "description": x(4_097) })),
            At("embeds.0.description"),
        ),
        (LIMITS, fields(25), DONE),
        (LIMITS, fields(26), At("embeds.0.fields")),
        (LIMITS, field(&x(256), "v"), DONE),
        (LIMITS, field(&x(257), "v"), At("embeds.0.fields.0.name")),
        (LIMITS, field("n", &x(1_024)), DONE),
        (LIMITS, field("n", &x(1_025)), At("embeds.0.fields.0.value")),
        (LIMITS, field("", "v"), At("embeds.0.fields.0.name")),
        (LIMITS, field("n", " "), At("embeds.0.fields.0.value")),
        (LIMITS, embed(&json!({ "footer": { "text": x(2_048) } })), DONE),
        (
            LIMITS,
            embed(&json!({ "footer": { "text": x(2_049) } })),
            At("embeds.0.footer.text"),
        ),
        (LIMITS, embed(&json!({ "author": { "name": x(256) } })), DONE),
        (
            LIMITS,
            embed(&json!({ "author": { "name": x(257) } })),
            At("embeds.0.author.name"),
        ),
        (LIMITS, two(3_000), DONE),
        (LIMITS, two(3_001), At("embeds")),
        (CREATE, json!({ "embeds": vec![one.clone(); 10] }), DONE),
        (CREATE, json!({ "embeds": vec![one; 11] }), At("embeds")),
    ]
}

#[tokio::test]
async fn a_message_is_held_to_its_limits() {
    let w = World::start().await;
    let path = format!("/channels/{}/messages", world::GENERAL);
    let mut rows = vec![
        (CREATE, json!({ "content": x(2_000) }), DONE),
        (CREATE, json!({ "content": x(2_001) }), At("content")),
        (CREATE, json!({ "content": "ä".repeat(2_000) }), DONE),
        (CREATE, json!({ "content": ["x"] }), At("content")),
        (CREATE, json!({ "content": {} }), At("content")),
        (CREATE, json!({ "content": "" }), Refused(400, 50006)),
        (CREATE, json!({}), Refused(400, 50006)),
        (CREATE, json!({ "embeds": [] }), Refused(400, 50006)),
        (CREATE, json!({ "content": "x", "embeds": "none" }), At("embeds")),
        (CREATE, json!({ "content": "x", "nonce": x(25) }), DONE),
        (CREATE, json!({ "content": "x", "nonce": x(26) }), At("nonce")),
        (CREATE, json!({ "content": "x", "nonce": 12 }), DONE),
        (
            CREATE,
            json!({ "content": "x", "message_reference": { "message_id": "42" } }),
            At("message_reference"),
        ),
        (
            MENTIONS,
            json!({ "content": "x", "allowed_mentions": { "parse": ["users"], "users": ["1"] } }),
            At("allowed_mentions"),
        ),
        (
            MENTIONS,
            json!({ "content": "x", "allowed_mentions": { "parse": ["roles"], "roles": ["1"] } }),
            At("allowed_mentions"),
        ),
        (
            MENTIONS,
            json!({ "content": "x", "allowed_mentions": { "parse": [], "users": ["1"] } }),
            DONE,
        ),
    ];
    rows.extend(embed_rows());
    let probes = rows.into_iter().map(|(section, body, expected)| Probe {
        section,
        method: "POST",
        path: path.clone(),
        body,
        expected,
    });
    send_all(&w, probes.collect()).await;
    let kept = w.sandbox.messages(world::GENERAL);
    let trimmed = kept.iter().any(|message| message["embeds"][0]["title"] == x(256));
    assert!(trimmed, "{LIMITS}: the space around a text is cut");
}
