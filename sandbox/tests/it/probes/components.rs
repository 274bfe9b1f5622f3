//! Buttons and selects: which fields each kind must have, may have and must not have.

use discord_sandbox::world;
use serde_json::{Value, json};

use super::Expected::{self, At, Done};
use super::{Probe, send_all, table};
use crate::support::World;

const ROW: &str = "components/reference#action-row";
const IDS: &str = "components/reference#custom-id";
const DONE: Expected = Done(200);

fn button(custom_id: &str) -> Value {
    json!({ "type": 2, "style": 1, "label": "Go", "custom_id": custom_id })
}

/// Whole lists of rows.
fn rows() -> Vec<(&'static str, Value, Expected)> {
    let row = |children: Value| json!({ "type": 1, "components": children });
    let numbered = |count: usize| -> Value { (0..count).map(|n| button(&n.to_string())).collect() };
    let five = |count: usize| -> Value {
        let each = |n: usize| row(json!([button(&n.to_string())]));
        (0..count).map(each).collect()
    };
    let select = json!({ "type": 5, "custom_id": "s" });
    vec![
        (ROW, json!([row(numbered(5))]), DONE),
        (ROW, json!([row(numbered(6))]), At("components.0.components")),
        (ROW, json!([row(json!([]))]), At("components.0.components")),
        (ROW, five(5), DONE),
        (ROW, five(6), At("components")),
        (
            ROW,
            json!([row(json!([select, button("go")]))]),
            At("components.0.components.1"),
        ),
        (
            IDS,
            json!([row(json!([button("go")])), row(json!([button("go")]))]),
            At("components.1.components.0.custom_id"),
        ),
    ]
}

#[tokio::test]
async fn components_have_the_fields_of_their_kind_and_no_others() {
    let w = World::start().await;
    let options = |count: usize| -> Value {
        let all = (0..count).map(|n| json!({ "label": "A", "value": n.to_string() }));
        all.collect()
    };
    let alone = table(
        include_str!("components.txt"),
        "components.0.components.0",
        200,
        &options,
    );
    let single = alone.into_iter().map(|(section, component, expected)| {
        let rows = json!([{ "type": 1, "components": [component] }]);
        (section, rows, expected)
    });
    let probes = single.chain(rows()).map(|(section, rows, expected)| Probe {
        section,
        method: "POST",
        path: format!("/channels/{}/messages", world::GENERAL),
        body: json!({ "content": "x", "components": rows }),
        expected,
    });
    send_all(&w, probes.collect()).await;
}

const SECTION: &str = "components/reference#section";
const CONTAINER: &str = "components/reference#container";
const GALLERY: &str = "components/reference#media-gallery";

fn text(length: usize) -> Value {
    json!({ "type": 10, "content": "x".repeat(length) })
}

fn texts(count: usize) -> Value {
    (0..count).map(|_| text(1)).collect()
}

#[expect(clippy::needless_pass_by_value, reason = "reads well with json!")]
fn inside(parts: Value) -> Value {
    json!({ "type": 17, "components": parts })
}

fn gallery(count: usize) -> Value {
    let item = json!({ "media": { "url": "https://example.com/a.png" } });
    let items: Value = (0..count).map(|_| item.clone()).collect();
    json!({ "type": 12, "items": items })
}

/// Whole layouts: how much they may have.
fn layouts() -> Vec<(&'static str, Value, Expected)> {
    let displays = "components/reference#text-display";
    let all = "components/reference#component-object";
    let script = json!({ "type": 12, "items": [{ "media": { "url": "javascript:alert(1)" } }] });
    vec![
        (displays, json!([text(4_000)]), DONE),
        (displays, json!([text(4_001)]), At("components.0.content")),
        (
            displays,
            json!([text(2_000), inside(json!([text(2_001)]))]),
            At("components"),
        ),
        (all, texts(40), DONE),
        (all, texts(41), At("components")),
        (
            all,
            json!([inside(texts(38)), gallery(1), text(1)]),
            At("components"),
        ),
        (CONTAINER, json!([inside(texts(1)), inside(texts(1))]), DONE),
        (
            CONTAINER,
            json!([inside(json!([]))]),
            At("components.0.components"),
        ),
        (
            CONTAINER,
            json!([inside(json!([inside(texts(1))]))]),
            At("components.0.components.0"),
        ),
        (GALLERY, json!([gallery(10)]), DONE),
        (GALLERY, json!([gallery(11)]), At("components.0.items")),
        (GALLERY, json!([gallery(0)]), At("components.0.items")),
        (GALLERY, json!([script]), At("components.0.items.0.media.url")),
    ]
}

/// Sections: their texts, and what stands beside them.
fn sections() -> Vec<(&'static str, Value, Expected)> {
    let thumb = json!({ "type": 11, "media": { "url": "https://example.com/a.png" } });
    let beside =
        |texts: Value, accessory: &Value| json!({ "type": 9, "components": texts, "accessory": accessory });
    vec![
        (SECTION, json!([beside(texts(3), &thumb)]), DONE),
        (SECTION, json!([beside(texts(1), &button("go"))]), DONE),
        (
            SECTION,
            json!([beside(texts(4), &thumb)]),
            At("components.0.components"),
        ),
        (
            SECTION,
            json!([beside(json!([]), &thumb)]),
            At("components.0.components"),
        ),
        (
            SECTION,
            json!([beside(texts(1), &Value::Null)]),
            At("components.0.accessory"),
        ),
        (
            SECTION,
            json!([beside(texts(1), &text(1))]),
            At("components.0.accessory"),
        ),
        (
            SECTION,
            json!([beside(json!([gallery(1)]), &thumb)]),
            At("components.0.components.0.type"),
        ),
        (
            IDS,
            json!([beside(texts(1), &button("go")), { "type": 1, "components": [button("go")] }]),
            At("components.1.components.0.custom_id"),
        ),
        (CONTAINER, json!([thumb]), At("components.0")),
    ]
}

#[tokio::test]
async fn a_layout_has_the_parts_of_its_kind_and_no_others() {
    let w = World::start().await;
    let probes = layouts()
        .into_iter()
        .chain(sections())
        .map(|(section, parts, expected)| Probe {
            section,
            method: "POST",
            path: format!("/channels/{}/messages", world::GENERAL),
            body: json!({ "flags": 1 << 15, "components": parts }),
            expected,
        });
    send_all(&w, probes.collect()).await;
}
