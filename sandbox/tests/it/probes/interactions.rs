//! Answers to interactions: which kind takes which, and what is told of rate limits.

use discord_sandbox::{RateLimits, world};
use serde_json::{Value, json};

use super::Expected::{At, Done, Refused};
use super::table;
use crate::support::{Gateway, INTENTS, World};

const CALLBACK: &str =
    "interactions/receiving-and-responding#interaction-response-object-interaction-callback-type";
/// A bot that is heard of every interaction, and a message with a button.
struct Scene {
    w: World,
    gateway: Gateway,
    message: u64,
}

impl Scene {
    async fn open() -> Self {
        let w = World::start().await;
        let gateway = Gateway::online(&w.sandbox, INTENTS).await;
        let typed = |kind: u64, name: &str| json!({ "type": kind, "name": name, "description": "x", "autocomplete": true });
        let options = json!([typed(3, "text"), typed(4, "count"), typed(10, "size")]);
        w.register(json!([{ "name": "it", "description": "does it", "options": options }]))
            .await;
        let button = json!({ "type": 2, "style": 1, "label": "Go", "custom_id": "go" });
        let rows = json!([{ "type": 1, "components": [button] }]);
        let path = format!("/channels/{}/messages", world::GENERAL);
        let body = json!({ "content": "press", "components": rows });
        let message = w.post(&path, body).await.id();
        Self { w, gateway, message }
    }

    /// Makes an interaction of a kind. Returns where it is answered.
    async fn interact(&mut self, kind: &str) -> String {
        let ana = self.w.sandbox.member(world::ANA);
        match kind {
            "command" => drop(ana.command(world::GENERAL, "it", json!({})).await.unwrap()),
            "component" => drop(ana.click(world::GENERAL, self.message, "go").await.unwrap()),
            "modal" => {
                let opened = ana.click(world::GENERAL, self.message, "go").await.unwrap();
                let path = self.callback().await;
                let body = json!({ "type": 9, "data": modal(json!({})) });
                assert_eq!(self.w.post(&path, body).await.status, 204);
                ana.submit_modal(opened, json!({ "a": "text" })).await.unwrap();
            }
            option => drop(ana.types(world::GENERAL, "it", option, json!({})).await.unwrap()),
        }
        self.callback().await
    }

    async fn callback(&mut self) -> String {
        let event = self.gateway.event("INTERACTION_CREATE").await;
        let part = |name: &str| event[name].as_str().unwrap().to_owned();
        format!("/interactions/{}/{}/callback", part("id"), part("token"))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "reads well with json!")]
fn modal(fields: Value) -> Value {
    let input = json!({ "type": 4, "custom_id": "a", "style": 1 });
    let label = json!({ "type": 18, "label": "A", "component": input });
    let mut modal = json!({ "custom_id": "m", "title": "M", "components": [label] });
    for (name, value) in fields.as_object().unwrap() {
        modal[name] = value.clone();
    }
    modal
}

#[tokio::test]
async fn each_kind_of_interaction_takes_the_answers_that_are_for_it() {
    let mut scene = Scene::open().await;
    let message = json!({ "content": "x" });
    let bodies = [
        (1, json!({})),
        (4, message.clone()),
        (5, json!({})),
        (6, json!({})),
        (7, message),
        (8, json!({ "choices": [] })),
        (9, modal(json!({}))),
    ];
    // Which of the kinds above are taken.
    let table: [(&str, [bool; 7]); 4] = [
        ("command", [false, true, true, false, false, false, true]),
        ("component", [false, true, true, true, true, false, true]),
        ("modal", [false, true, true, true, true, false, false]),
        ("text", [false, false, false, false, false, true, false]),
    ];
    let mut faults = Vec::new();
    for (kind, taken) in table {
        for ((number, data), taken) in bodies.iter().zip(taken) {
            let path = scene.interact(kind).await;
            let body = json!({ "type": number, "data": data });
            let reply = scene.w.post(&path, body).await;
            let expected = if taken { Done(204) } else { At("type") };
            // An answer of type 4, 5 or 7 is told as a message.
            while scene.w.sandbox.gateway().sessions()[0].seq > scene.gateway.seq {
                scene.gateway.payload().await;
            }
            if let Some(fault) = expected.fault(&reply) {
                faults.push(format!("{CALLBACK}: {number} to {kind}: {fault}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn modals_and_choices_are_held_to_their_limits() {
    let mut scene = Scene::open().await;
    // An input of a modal, which is a choice as well.
    let many = |count: usize| -> Value {
        let input = |n: usize| json!({ "type": 4, "custom_id": n.to_string(), "style": 1 });
        let each =
            |n: usize| json!({ "type": 18, "label": "A", "component": input(n), "name": "c", "value": "v" });
        (0..count).map(each).collect()
    };
    let mut faults = Vec::new();
    for (section, body, expected) in table(include_str!("answers.txt"), "data", 204, &many) {
        let path = scene.interact(body["to"].as_str().unwrap()).await;
        let reply = scene.w.post(&path, body.clone()).await;
        if let Some(fault) = expected.fault(&reply) {
            faults.push(format!("{section}: {body}: {fault}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn an_answer_to_an_interaction_tells_nothing_of_rate_limits() {
    // interactions/receiving-and-responding#endpoints
    let mut scene = Scene::open().await;
    scene.w.sandbox.set_rate_limits(RateLimits::discord());
    for n in 0..30 {
        let path = scene.interact("command").await;
        let body = json!({ "type": 5 });
        let answer = scene.w.request("POST", &path).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 204, "{n}");
        let told = answer.headers().keys();
        assert!(told.into_iter().all(|name| !name.as_str().contains("ratelimit")));
        while scene.w.sandbox.gateway().sessions()[0].seq > scene.gateway.seq {
            scene.gateway.payload().await;
        }
    }
}

#[tokio::test]
async fn a_token_is_known_to_nobody_else() {
    // interactions/receiving-and-responding#interaction-callback
    let mut scene = Scene::open().await;
    let path = scene.interact("command").await;
    let id = path.split('/').nth(2).unwrap();
    let body = json!({ "type": 5 });
    for (path, expected) in [
        (
            format!("/interactions/{id}/another/callback"),
            Refused(404, 10062),
        ),
        ("/interactions/1/another/callback".to_owned(), Refused(404, 10062)),
        (path.clone(), Done(204)),
        (path, Refused(400, 40060)),
    ] {
        let reply = scene.w.post(&path, body.clone()).await;
        assert_eq!(expected.fault(&reply), None, "{path}");
    }
}
