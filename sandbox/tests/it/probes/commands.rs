//! What a command may look like, and how many there may be.

use std::time::Duration;

use discord_sandbox::world;
use serde_json::{Value, json};

use super::Expected::{At, Done, Refused};
use super::{Probe, send_all, table};
use crate::support::World;

const SIZE: &str = "interactions/application-commands#slash-commands";
const REGISTERING: &str = "interactions/application-commands#registering-a-command";
fn x(count: usize) -> String {
    "x".repeat(count)
}

fn named(name: &str) -> Value {
    json!({ "name": name, "description": "does it" })
}

/// A command of so many characters, between 7,925 and 8,022.
fn sized(characters: usize) -> Value {
    let described = |at: usize, description: usize, count: usize| {
        json!({
            "type": 3, "name": format!("{at:02}"), "description": x(description),
            "choices": vec![json!({ "name": "c", "value": x(99) }); count],
        })
    };
    // "it" and "does it" have 9 characters, the next three options 2,503 each, and the fourth 402.
    let rest = characters - 9 - 3 * (2 + 1 + 25 * 100) - 402 - 2;
    let mut options: Vec<Value> = (0..3).map(|at| described(at, 1, 25)).collect();
    options.push(described(3, 100, 3));
    options.push(described(4, rest, 0));
    json!({ "name": "it", "description": "does it", "options": options })
}

/// The same, whose description is longest in another language.
fn translated(characters: usize) -> Value {
    let mut command = sized(characters);
    command["description"] = json!("d");
    command["description_localizations"] = json!({ "de": "tut es!", "fr": "fait" });
    command
}

#[tokio::test]
async fn a_command_is_held_to_what_the_documents_say_of_it() {
    let w = World::start().await;
    // Each row makes a command that the next one replaces.
    let path = format!("/applications/{}/commands", world::BOT);
    let many = |count: usize| -> Value {
        let each = |n: usize| json!({ "type": 3, "name": format!("n{n}"), "description": "d", "value": "v" });
        (0..count).map(each).collect()
    };
    let mut rows = table(include_str!("commands.txt"), "", 201, &many);
    for (characters, expected) in [(8_000, Done(201)), (8_001, At(""))] {
        rows.push((SIZE, sized(characters), expected));
        rows.push((SIZE, translated(characters), expected));
    }
    for (section, body, expected) in rows {
        w.call("PUT", &path, json!([])).await.ok();
        let probe = Probe {
            section,
            method: "POST",
            path: path.clone(),
            body,
            expected,
        };
        send_all(&w, vec![probe]).await;
    }
}

#[tokio::test]
async fn there_are_a_hundred_commands_of_a_scope_and_fifteen_menus_of_each_kind() {
    let w = World::start().await;
    let global = format!("/applications/{}/commands", world::BOT);
    let guild = format!(
        "/applications/{}/guilds/{}/commands",
        world::BOT,
        world::NORTHLIGHT
    );
    let many = |kind: u64, count: usize| -> Vec<Value> {
        let chat = |n: usize| named(&format!("c{n}"));
        let menu = |n: usize| json!({ "type": kind, "name": format!("Menu {n}") });
        let make = |n: usize| if kind == 1 { chat(n) } else { menu(n) };
        (0..count).map(make).collect()
    };
    let all = [many(1, 100), many(2, 15), many(3, 15)].concat();
    let probe = |method, path: &str, body, expected| Probe {
        section: REGISTERING,
        method,
        path: path.to_owned(),
        body,
        expected,
    };
    let full = Refused(400, 30032);
    let menu = |kind: u64| json!({ "type": kind, "name": "Another" });
    let probes = vec![
        probe("PUT", &global, json!(many(1, 101)), full),
        probe("PUT", &global, json!(many(2, 16)), full),
        probe("PUT", &global, json!(many(3, 16)), full),
        probe("PUT", &global, json!(all), Done(200)),
        probe("POST", &global, named("another"), full),
        probe("POST", &global, menu(2), full),
        probe("POST", &global, menu(3), full),
        // A known name is replaced.
        probe("POST", &global, named("c7"), Done(200)),
        // Each guild has its own.
        probe("PUT", &guild, json!(all), Done(200)),
    ];
    send_all(&w, probes).await;
}

#[tokio::test]
async fn names_are_unique_in_a_scope_and_for_a_type() {
    let w = World::start().await;
    let path = format!("/applications/{}/commands", world::BOT);
    let first = w.post(&path, named("first")).await.id();
    let second = w.post(&path, named("second")).await.id();
    let menu = w.post(&path, json!({ "type": 2, "name": "first" })).await;
    assert_eq!(menu.status, 201, "{REGISTERING}: another type");
    let probe = |method, path: String, body, expected| Probe {
        section: REGISTERING,
        method,
        path,
        body,
        expected,
    };
    let probes = vec![
        probe(
            "PATCH",
            format!("{path}/{second}"),
            json!({ "name": "first" }),
            Refused(400, 40041),
        ),
        probe(
            "PATCH",
            format!("{path}/{first}"),
            json!({ "name": "first" }),
            Done(200),
        ),
        probe(
            "PATCH",
            format!("{path}/{second}"),
            json!({ "name": "third" }),
            Done(200),
        ),
        probe("PUT", path, json!([named("a"), named("a")]), At("1")),
    ];
    send_all(&w, probes).await;
}

#[tokio::test]
async fn two_hundred_commands_are_created_in_a_day_and_known_ones_do_not_count() {
    let w = World::start().await;
    let path = format!("/applications/{}/commands", world::BOT);
    let batch = |from: usize| -> Value { (from..from + 100).map(|n| named(&format!("c{n}"))).collect() };
    for from in [0, 0, 100, 100] {
        w.call("PUT", &path, batch(from)).await.ok();
    }
    let one_more = w.call("PUT", &path, json!([named("one-more")])).await;
    assert_eq!(Refused(429, 30034).fault(&one_more), None, "{REGISTERING}");
    assert!(one_more.body["retry_after"].as_f64().unwrap() > 86_000.0);
    w.call("PUT", &path, batch(100)).await.ok();
    w.sandbox.advance(Duration::from_hours(24));
    w.call("PUT", &path, json!([named("one-more")])).await.ok();
}
