//! Buttons, selects, menus and modals: what people do, and what the bot gets.

use std::collections::BTreeSet;
use std::time::Duration;

use discord_sandbox::{ActError, Member, world};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, Reply, World, id};

/// A bot with what people can use, and its gateway.
struct Scene {
    w: World,
    gateway: Gateway,
}

impl Scene {
    async fn start() -> Self {
        let w = World::start().await;
        let gateway = Gateway::online(&w.sandbox, INTENTS).await;
        w.register(json!([
            { "name": "form", "description": "Opens a form" },
            { "type": 2, "name": "Greet" },
            { "type": 3, "name": "Greenlight" },
        ]))
        .await;
        Self { w, gateway }
    }

    fn ana(&self) -> Member {
        self.w.sandbox.member(world::ANA)
    }

    /// The bot posts components in "general".
    async fn posted(&self, components: Value) -> u64 {
        let path = format!("/channels/{}/messages", world::GENERAL);
        let body = json!({ "content": "choose", "components": components });
        self.w.post(&path, body).await.id()
    }

    async fn heard(&mut self) -> Value {
        self.gateway.event("INTERACTION_CREATE").await
    }

    async fn answer(&self, interaction: &Value, body: Value) -> Reply {
        let token = interaction["token"].as_str().unwrap();
        let path = format!("/interactions/{}/{token}/callback", id(interaction));
        self.w.post(&path, body).await
    }

    /// Ana uses `/form`, and the bot answers with this modal. The interaction's id.
    async fn opened(&mut self, modal: Value) -> u64 {
        let used = self
            .ana()
            .command(world::GENERAL, "form", json!({}))
            .await
            .unwrap();
        let interaction = self.heard().await;
        self.answer(&interaction, json!({ "type": 9, "data": modal }))
            .await
            .ok();
        used
    }
}

fn row(component: &Value) -> Value {
    json!([{ "type": 1, "components": [component] }])
}

fn question() -> Value {
    json!({ "title": "Why?", "custom_id": "why", "components": [
        { "type": 1, "components": [{
            "type": 4, "custom_id": "reason", "label": "Reason", "style": 2, "min_length": 3, "max_length": 9,
        }] },
        { "type": 1, "components": [{
            "type": 4, "custom_id": "more", "label": "More", "style": 1, "required": false, "value": "as before",
        }] },
    ] })
}

#[tokio::test]
async fn selects_tell_what_was_picked_with_what_it_refers_to() {
    let mut s = Scene::start().await;
    for (kind, value, resolved) in [
        (5, world::BO, vec!["members", "users"]),
        (6, world::STUDIO_LEAD, vec!["roles"]),
        (7, world::STUDIO_LEAD, vec!["roles"]),
        (7, world::CEM, vec!["members", "users"]),
        (8, world::GALLERY, vec!["channels"]),
    ] {
        let message = s.posted(row(&json!({ "type": kind, "custom_id": "who" }))).await;
        let picks = [value.to_string()];
        s.ana()
            .select(world::GENERAL, message, "who", &picks)
            .await
            .unwrap();
        let data = s.heard().await["data"].take();
        assert_eq!(
            (&data["component_type"], &data["values"]),
            (&json!(kind), &json!(picks))
        );
        let told = data["resolved"].as_object().unwrap();
        // In which order depends on how serde_json was built.
        let kinds: BTreeSet<_> = told.keys().map(String::as_str).collect();
        assert_eq!(kinds, resolved.into_iter().collect(), "{kind}");
        assert!(told.values().all(|some| some[value.to_string()].is_object()));
    }
}

#[tokio::test]
async fn what_a_select_does_not_offer_is_not_sent() {
    let mut s = Scene::start().await;
    let option = |value: &str| json!({ "label": value, "value": value });
    let select = |more: Value| {
        let mut select = json!({ "type": 3, "custom_id": "s", "options": [option("a"), option("b")] });
        select
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        row(&select)
    };
    let one = s.posted(select(json!({}))).await;
    let two = s
        .posted(select(json!({ "min_values": 2, "max_values": 2 })))
        .await;
    let text = json!({ "type": 8, "custom_id": "s", "channel_types": [11] });
    let threads = s.posted(row(&text)).await;
    let (general, nobody) = (world::GENERAL.to_string(), "42".to_owned());
    for (message, values) in [
        (one, vec!["c".to_owned()]),
        (one, vec![]),
        (one, vec!["a".to_owned(), "b".to_owned()]),
        (two, vec!["a".to_owned()]),
        (two, vec!["a".to_owned(), "a".to_owned()]),
        (threads, vec![general]),
        (threads, vec![nobody]),
    ] {
        let refused = s.ana().select(world::GENERAL, message, "s", &values).await;
        assert!(matches!(refused, Err(ActError::Invalid(_))), "{values:?}");
    }
    let both = ["a".to_owned(), "b".to_owned()];
    s.ana().select(world::GENERAL, two, "s", &both).await.unwrap();
    assert_eq!(s.heard().await["data"]["values"], json!(both));
}

#[tokio::test]
async fn menus_tell_the_message_or_the_member_they_were_used_on() {
    let mut s = Scene::start().await;
    let message = s.w.posted("a picture").await;
    s.ana().menu(world::GENERAL, message, "Greenlight").await.unwrap();
    let used = s.heard().await;
    let data = &used["data"];
    assert_eq!(
        (&data["type"], &data["target_id"]),
        (&json!(3), &json!(message.to_string()))
    );
    let resolved = &data["resolved"]["messages"][message.to_string()];
    assert_eq!(resolved["content"], "a picture");
    s.answer(
        &used,
        json!({ "type": 4, "data": { "content": "a panel", "flags": 64 } }),
    )
    .await
    .ok();
    let panel = s.w.sandbox.answer(id(&used)).await;
    let about = &panel.message["interaction_metadata"];
    assert_eq!((&panel.message["type"], panel.ephemeral), (&json!(23), true));
    assert_eq!(
        (&about["command_type"], &about["target_message_id"]),
        (&json!(3), &json!(message.to_string()))
    );

    s.ana()
        .user_menu(world::GENERAL, world::BO, "Greet")
        .await
        .unwrap();
    let data = s.heard().await["data"].take();
    assert_eq!(
        (&data["type"], &data["target_id"]),
        (&json!(2), &json!(world::BO.to_string()))
    );
    let bo = world::BO.to_string();
    assert_eq!(data["resolved"]["users"][&bo]["global_name"], "Bo");
    assert!(data["resolved"]["members"][&bo]["permissions"].is_string());
    for unknown in [
        s.ana().user_menu(world::GENERAL, world::BO, "Greenlight").await,
        s.ana().user_menu(world::GENERAL, 42, "Greet").await,
        s.ana().menu(world::GENERAL, message, "Greet").await,
    ] {
        assert!(matches!(unknown, Err(ActError::Invalid(_))));
    }
}

#[tokio::test]
async fn a_modal_from_a_command_comes_back_with_what_was_written() {
    let mut s = Scene::start().await;
    let opener = s.opened(question()).await;
    assert_eq!(s.w.sandbox.answer(opener).await.modal.unwrap()["title"], "Why?");
    for (fields, why) in [
        (json!({}), "reason: this field is required"),
        (json!({ "reason": "no" }), "reason: must have 3 to 9 characters"),
        (
            json!({ "reason": "0123456789" }),
            "reason: must have 3 to 9 characters",
        ),
    ] {
        let refused = s.ana().submit_modal(opener, fields).await;
        assert_eq!(refused, Err(ActError::Invalid(why.to_owned())));
    }
    let bo = s.w.sandbox.member(world::BO);
    assert!(
        bo.submit_modal(opener, json!({ "reason": "mine" }))
            .await
            .is_err()
    );

    s.ana()
        .submit_modal(opener, json!({ "reason": "too dark" }))
        .await
        .unwrap();
    let sent = s.heard().await;
    assert_eq!(
        (&sent["type"], &sent["data"]["custom_id"]),
        (&json!(5), &json!("why"))
    );
    let written: Vec<&Value> = sent["data"]["components"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["components"][0]["value"])
        .collect();
    assert_eq!(written, [&json!("too dark"), &json!("as before")]);
    let again = s.ana().submit_modal(opener, json!({ "reason": "again" })).await;
    assert_eq!(
        again,
        Err(ActError::Invalid("This modal is being sent".to_owned()))
    );
    s.answer(
        &sent,
        json!({ "type": 4, "data": { "content": "noted", "flags": 64 } }),
    )
    .await
    .ok();
    let noted = s.w.sandbox.answer(id(&sent)).await.message;
    let trigger = &noted["interaction_metadata"]["triggering_interaction_metadata"];
    assert_eq!(
        (&trigger["id"], &trigger["name"]),
        (&json!(opener.to_string()), &json!("form"))
    );
    let closed = s.ana().submit_modal(opener, json!({ "reason": "again" })).await;
    assert_eq!(
        closed,
        Err(ActError::Invalid("This modal is not open".to_owned()))
    );
}

#[tokio::test]
async fn a_modal_that_the_bot_does_not_answer_can_be_sent_again() {
    let mut s = Scene::start().await;
    let opener = s.opened(question()).await;
    let first = s
        .ana()
        .submit_modal(opener, json!({ "reason": "too dark" }))
        .await
        .unwrap();
    s.heard().await;
    s.w.sandbox.advance(Duration::from_millis(3_001));
    assert!(s.w.sandbox.failed(first));
    s.ana()
        .submit_modal(opener, json!({ "reason": "too dark" }))
        .await
        .unwrap();
    let sent = s.heard().await;
    assert_eq!(s.answer(&sent, json!({ "type": 5 })).await.status, 204);
}

#[tokio::test]
async fn a_modal_from_a_button_can_update_the_message_it_came_from() {
    let mut s = Scene::start().await;
    let button = json!({ "type": 2, "style": 1, "label": "Why?", "custom_id": "ask" });
    let message = s.posted(row(&button)).await;
    let pressed = s.ana().click(world::GENERAL, message, "ask").await.unwrap();
    let interaction = s.heard().await;
    s.answer(&interaction, json!({ "type": 9, "data": question() }))
        .await
        .ok();
    s.ana()
        .submit_modal(pressed, json!({ "reason": "because" }))
        .await
        .unwrap();
    let sent = s.heard().await;
    assert_eq!(sent["message"]["id"], message.to_string());
    let modal = s.answer(&sent, json!({ "type": 9, "data": question() })).await;
    assert_eq!(modal.code(), 50035, "a form does not open a form");
    s.answer(
        &sent,
        json!({ "type": 7, "data": { "content": "because", "components": [] } }),
    )
    .await
    .ok();
    assert_eq!(s.w.sandbox.messages(world::GENERAL)[0]["content"], "because");
}

#[tokio::test]
async fn a_modal_with_labels_takes_texts_and_picks() {
    let mut s = Scene::start().await;
    let option = |value: &str| json!({ "label": value, "value": value });
    let modal = json!({ "title": "Again", "custom_id": "again", "components": [
        { "type": 10, "content": "What shall be different?" },
        { "type": 18, "label": "Prompt", "component": { "type": 4, "custom_id": "prompt", "style": 2 } },
        { "type": 18, "label": "Ratio", "component": {
            "type": 3, "custom_id": "ratio", "options": [option("16:9"), option("1:1")],
        } },
        { "type": 18, "label": "For", "component": { "type": 5, "custom_id": "who", "required": false } },
    ] });
    let opener = s.opened(modal).await;
    let fields = json!({ "prompt": "a fox", "ratio": ["2:1"] });
    assert!(s.ana().submit_modal(opener, fields).await.is_err(), "not offered");
    let fields = json!({ "prompt": "a fox", "ratio": ["1:1"], "who": [world::BO.to_string()] });
    s.ana().submit_modal(opener, fields).await.unwrap();
    let data = s.heard().await["data"].take();
    let part = |at: usize| &data["components"][at];
    assert_eq!(part(0)["type"], 10);
    assert_eq!(part(1)["component"]["value"], "a fox");
    assert_eq!(part(2)["component"]["values"], json!(["1:1"]));
    assert_eq!(part(3)["component"]["values"], json!([world::BO.to_string()]));
    assert_eq!(
        data["resolved"]["users"][world::BO.to_string()]["global_name"],
        "Bo"
    );
}

#[tokio::test]
async fn what_an_answer_says_wrong_is_told_under_its_data() {
    let mut s = Scene::start().await;
    s.ana().command(world::GENERAL, "form", json!({})).await.unwrap();
    let interaction = s.heard().await;
    for (body, at) in [
        (
            json!({ "type": 4, "data": { "content": "x".repeat(2_001) } }),
            "/data/content",
        ),
        (json!({ "type": 9, "data": { "title": "" } }), "/data/title"),
        (
            json!({ "type": 8, "data": { "choices": [{ "name": "a", "value": "x".repeat(101) }] } }),
            "/data/choices/0/value",
        ),
        (json!({ "type": 6 }), "/type"),
    ] {
        let refused = s.answer(&interaction, body).await;
        assert_eq!(refused.code(), 50035);
        let faults = refused.body["errors"].pointer(at);
        assert!(
            faults.is_some_and(|found| found["_errors"].is_array()),
            "{refused:?}"
        );
    }
    let unknown = s.answer(&interaction, json!({ "type": 42 })).await;
    assert_eq!(unknown.code(), 50035);
    // None of these was an answer.
    s.answer(&interaction, json!({ "type": 5 })).await.ok();
}
