//! Messages that are a layout of components alone (`IS_COMPONENTS_V2`).

use discord_sandbox::world;
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, PNG, Reply, World, id};

const LAYOUT: u64 = 1 << 15;

fn general() -> String {
    format!("/channels/{}/messages", world::GENERAL)
}

#[expect(clippy::needless_pass_by_value, reason = "reads well with json!")]
fn layout(parts: Value) -> Value {
    json!({ "flags": LAYOUT, "components": parts })
}

fn text(words: &str) -> Value {
    json!({ "type": 10, "content": words })
}

fn gallery(file: &str) -> Value {
    json!({ "type": 12, "items": [{ "media": { "url": format!("attachment://{file}") }, "description": "a fox" }] })
}

/// The code with which one field was refused.
fn refused<'a>(reply: &'a Reply, field: &str) -> &'a str {
    assert_eq!((reply.status, reply.code()), (400, 50035), "{reply:?}");
    let path = format!("/errors/{}/_errors/0/code", field.replace('.', "/"));
    reply
        .body
        .pointer(&path)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[tokio::test]
async fn a_layout_shows_its_files_with_their_descriptions_and_lists_them_nowhere_else() {
    let w = World::start().await;
    let thumb = json!({ "type": 9, "components": [text("beside it")],
        "accessory": { "type": 11, "media": { "url": "attachment://a_small_one.png" } } });
    let parts = json!([
        { "type": 17, "accent_color": 3, "components": [text("**A fox**"), gallery("fox.png"), thumb, { "type": 14 }] },
        { "type": 13, "file": { "url": "attachment://words.txt" } },
    ]);
    let files: &[(&str, &[u8])] = &[("fox.png", PNG), ("a small one.png", PNG), ("words.txt", b"fox")];
    let sent = w.upload("POST", &general(), layout(parts), files).await.ok();
    assert_eq!((&sent["content"], &sent["attachments"]), (&json!(""), &json!([])));
    assert_eq!(sent["flags"], LAYOUT);
    let inside = &sent["components"][0]["components"];
    let item = &inside[1]["items"][0];
    assert_eq!(
        (&item["description"], &item["media"]["width"]),
        (&json!("a fox"), &json!(3840))
    );
    assert_eq!(inside[2]["accessory"]["description"], Value::Null);
    assert_eq!(inside[3]["spacing"], 1);
    assert_eq!(
        (&sent["components"][1]["name"], &sent["components"][1]["size"]),
        (&json!("words.txt"), &json!(3))
    );
    let file = w
        .sandbox
        .file(sent["components"][1]["file"]["url"].as_str().unwrap());
    assert_eq!(file.unwrap(), b"fox");
    // Every component has a number of its own.
    let mut numbers = Vec::new();
    count(&sent["components"], &mut numbers);
    let found = numbers.len();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!((found, numbers.len()), (8, 8));
}

fn count(parts: &Value, numbers: &mut Vec<u64>) {
    for part in parts.as_array().into_iter().flatten() {
        numbers.push(part["id"].as_u64().unwrap());
        numbers.extend(part["accessory"]["id"].as_u64());
        count(&part["components"], numbers);
    }
}

#[tokio::test]
async fn a_file_that_a_layout_does_not_name_is_kept_unseen_and_a_name_without_a_file_is_refused() {
    let w = World::start().await;
    let files: &[(&str, &[u8])] = &[("fox.png", PNG)];
    let wrong = layout(json!([gallery("owl.png")]));
    let wrong = w.upload("POST", &general(), wrong, files).await;
    assert_eq!(
        refused(&wrong, "components.0.items.0.media.url"),
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
    );
    let unnamed = layout(json!([text("no picture")]));
    let sent = w.upload("POST", &general(), unnamed, files).await.ok();
    assert_eq!(sent["attachments"][0]["filename"], "fox.png");
    // An edit can still show it.
    let path = format!("{}/{}", general(), id(&sent));
    let shown = w
        .patch(&path, json!({ "components": [gallery("fox.png")] }))
        .await
        .ok();
    assert_eq!(shown["attachments"], json!([]));
    // What the layout shows cannot be dropped from under it.
    let dropped = w.patch(&path, json!({ "attachments": [] })).await;
    assert_eq!(
        refused(&dropped, "components"),
        "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
    );
}

#[tokio::test]
async fn a_message_that_became_a_layout_stays_one_and_has_neither_text_nor_embeds() {
    let w = World::start().await;
    for (field, value) in [("content", json!("x")), ("embeds", json!([{ "title": "x" }]))] {
        let mut both = layout(json!([text("hello")]));
        both[field] = value;
        let both = w.post(&general(), both).await;
        let code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2";
        assert_eq!(refused(&both, field), code);
    }
    // Without the flag there are rows only.
    let plain = w.post(&general(), json!({ "components": [text("hello")] })).await;
    assert_eq!(refused(&plain, "components.0.type"), "BASE_TYPE_CHOICES");

    let path = format!("{}/{}", general(), w.posted("a text").await);
    let over = w.patch(&path, layout(json!([text("hello")]))).await;
    assert_eq!(
        refused(&over, "content"),
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    );
    let mut becomes = layout(json!([text("hello")]));
    becomes["content"] = Value::Null;
    let became = w.patch(&path, becomes).await.ok();
    assert_eq!(
        (&became["flags"], &became["content"]),
        (&json!(LAYOUT), &json!(""))
    );

    let back = w
        .patch(&path, json!({ "flags": 0, "components": [], "content": "x" }))
        .await;
    assert_eq!(
        refused(&back, "flags"),
        "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG"
    );
    let written = w.patch(&path, json!({ "content": "x" })).await;
    assert_eq!(
        refused(&written, "content"),
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    );
    let empty = w.patch(&path, json!({ "components": [] })).await;
    assert_eq!(empty.code(), 50006);
    // The flag need not be told again.
    let edited = w.patch(&path, json!({ "components": [text("bye")] })).await.ok();
    assert_eq!(
        (&edited["flags"], &edited["components"][0]["content"]),
        (&json!(LAYOUT), &json!("bye"))
    );
}

#[tokio::test]
async fn a_deferred_answer_becomes_a_layout_whose_buttons_work_and_whose_texts_mention() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(json!([{ "name": "ping", "description": "Ping" }]))
        .await;
    let ana = w.sandbox.member(world::ANA);
    ana.command(world::GENERAL, "ping", json!({})).await.unwrap();
    let asked = gateway.event("INTERACTION_CREATE").await;
    let token = asked["token"].as_str().unwrap().to_owned();
    let callback = format!("/interactions/{}/{token}/callback", id(&asked));
    w.post(&callback, json!({ "type": 5, "data": { "flags": 64 } }))
        .await;

    let section = json!({ "type": 9, "components": [text(&format!("for <@{}>", world::BO))],
        "accessory": { "type": 2, "style": 2, "label": "Go", "custom_id": "go" } });
    let original = format!("/webhooks/{}/{token}/messages/%40original", world::BOT);
    let answer = layout(json!([{ "type": 17, "components": [section, gallery("fox.png")] }]));
    let answer = w
        .upload("PATCH", &original, answer, &[("fox.png", PNG)])
        .await
        .ok();
    assert_eq!(answer["flags"], LAYOUT | 64);
    assert_eq!(answer["mentions"][0]["id"], world::BO.to_string());

    ana.click(world::GENERAL, id(&answer), "go").await.unwrap();
    let pressed = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(
        (&pressed["data"]["custom_id"], &pressed["message"]["flags"]),
        (&json!("go"), &json!(LAYOUT | 64))
    );
    let callback = format!(
        "/interactions/{}/{}/callback",
        id(&pressed),
        pressed["token"].as_str().unwrap()
    );
    let back = w
        .post(&callback, json!({ "type": 7, "data": { "content": "x" } }))
        .await;
    assert_eq!(
        refused(&back, "data.content"),
        "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
    );
    let update = json!({ "type": 7, "data": { "components": [text("gone on")] } });
    assert_eq!(w.post(&callback, update).await.status, 204);
}
