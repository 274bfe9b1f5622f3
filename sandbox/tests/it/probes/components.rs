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
