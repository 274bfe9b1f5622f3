//! The page and what it asks for.

use discord_sandbox::world;
use futures::StreamExt;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;

use crate::support::{Gateway, INTENTS, PNG, World, id, reply};

fn as_ana(path: &str) -> String {
    format!("{path}?as={}", world::ANA)
}

#[tokio::test]
async fn the_page_and_its_scripts_are_served() {
    let w = World::start().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/page/style.css", "text/css"),
        ("/page/app.js", "text/javascript"),
    ] {
        let response = w
            .http
            .get(format!("{}{path}", w.sandbox.url()))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{path}");
        assert!(
            response.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with(kind)
        );
        assert!(
            response.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("default-src 'self'")
        );
    }
    let missing = w
        .http
        .get(format!("{}/page/..%2fsrc%2flib.rs", w.sandbox.url()))
        .send()
        .await
        .unwrap();
    assert_eq!(missing.status(), 404);
    // Every script that a page file asks for is there.
    let app = w
        .http
        .get(format!("{}/page/app.js", w.sandbox.url()))
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    for name in app.split('"').filter_map(|part| part.strip_prefix("./")) {
        let url = format!("{}/page/{name}", w.sandbox.url());
        assert_eq!(w.http.get(url).send().await.unwrap().status(), 200, "{name}");
    }
}

#[tokio::test]
async fn foreign_pages_and_names_are_kept_out() {
    let w = World::start().await;
    let port = w.sandbox.url().rsplit_once(':').unwrap().1.to_owned();
    for path in ["/", "/page/app.js", "/sandbox/state", "/sandbox/control/calls"] {
        let url = format!("{}{path}", w.sandbox.url());
        let status = async |name: &str, value: String| {
            w.http
                .get(&url)
                .header(name, value)
                .send()
                .await
                .unwrap()
                .status()
                .as_u16()
        };
        assert_eq!(
            status("host", format!("evil.example:{port}")).await,
            403,
            "{path}"
        );
        assert_eq!(
            status("origin", "http://evil.example".into()).await,
            403,
            "{path}"
        );
        assert_eq!(status("origin", "null".into()).await, 403, "{path}");
        assert_eq!(status("origin", w.sandbox.url()).await, 200, "{path}");
        assert_eq!(status("host", format!("localhost:{port}")).await, 200, "{path}");
    }
    for path in ["/gateway", "/api/v10/gateway"] {
        let url = format!("{}{path}", w.sandbox.url());
        let response = w
            .http
            .get(url)
            .header("origin", "http://evil.example")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 403, "{path}");
    }
}

#[tokio::test]
async fn the_state_tells_who_is_there_and_what_there_is() {
    let w = World::start().await;
    w.register(json!([{ "name": "ping", "description": "Ping" }]))
        .await;
    let state = w.page("GET", &as_ana("/state"), Value::Null).await.ok();
    assert_eq!(state["me"], world::ANA.to_string());
    assert_eq!(
        state["guild"],
        json!({ "id": world::NORTHLIGHT.to_string(), "name": "Northlight Studio" })
    );
    assert_eq!(state["personas"].as_array().unwrap().len(), 4);
    assert_eq!(state["channels"][0]["name"], "general");
    assert_eq!(state["commands"][0]["name"], "ping");
    assert_eq!(state["bot_online"], false);
    let dana = state["users"]
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["name"] == "Dana")
        .unwrap();
    assert_eq!(dana["roles"], json!(["Studio lead"]));
    let bot = w
        .page("GET", &format!("/state?as={}", world::BOT), Value::Null)
        .await;
    assert_eq!(bot.status, 404);
    // Without a name it is the first persona's.
    assert_eq!(
        w.page("GET", "/state", Value::Null).await.ok()["me"],
        world::ANA.to_string()
    );
}

#[tokio::test]
async fn a_person_posts_files_reacts_and_takes_it_back() {
    let w = World::start().await;
    let part = |name: &str| Part::bytes(PNG.to_vec()).file_name(name.to_owned());
    let form = Form::new()
        .text("content", "look")
        .part("files[]", part("a.png"))
        .part("files[]", part("b.png"));
    let path = as_ana(&format!("/channels/{}/messages", world::GENERAL));
    let sent = reply(
        w.http
            .post(format!("{}/sandbox{path}", w.sandbox.url()))
            .multipart(form),
    )
    .await
    .ok();
    assert_eq!(sent["attachments"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&sent["content"], &sent["author"]["global_name"]),
        (&json!("look"), &json!("Ana"))
    );

    let reaction = as_ana(&format!(
        "/channels/{}/messages/{}/reactions/✅",
        world::GENERAL,
        id(&sent)
    ));
    assert_eq!(w.page("PUT", &reaction, Value::Null).await.status, 204);
    let listed = w.page("GET", &path, Value::Null).await.ok();
    assert_eq!(
        listed[0]["reactions"],
        json!([{ "emoji": { "id": null, "name": "✅" }, "count": 1, "me": true, "users": [world::ANA.to_string()] }])
    );
    assert_eq!(w.page("DELETE", &reaction, Value::Null).await.status, 204);
    assert_eq!(
        w.page("GET", &path, Value::Null).await.ok()[0]["reactions"],
        json!([])
    );
}

#[tokio::test]
async fn a_private_answer_is_shown_to_one_and_can_be_dismissed() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(json!([{ "name": "ping", "description": "Ping" }]))
        .await;
    let url = format!(
        "{}/sandbox/events?as={}",
        w.sandbox.url().replacen("http", "ws", 1),
        world::ANA
    );
    let (mut events, _) = connect_async(url).await.unwrap();
    let mut next = async || -> Value {
        let text = events.next().await.unwrap().unwrap().into_text().unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let command =
        json!({ "kind": "command", "channel_id": world::GENERAL.to_string(), "name": "ping", "options": {} });
    let sent = w.page("POST", &as_ana("/interactions"), command).await.ok();
    let pending = next().await;
    assert_eq!(
        (&pending["t"], &pending["d"]["id"]),
        (&json!("INTERACTION_PENDING"), &sent["id"])
    );

    let interaction = gateway.event("INTERACTION_CREATE").await;
    let callback = format!(
        "/interactions/{}/{}/callback",
        id(&interaction),
        interaction["token"].as_str().unwrap()
    );
    w.post(&callback, json!({ "type": 5, "data": { "flags": 64 } }))
        .await
        .ok();
    let thinking = next().await;
    assert_eq!(
        (&thinking["t"], &thinking["d"]["flags"]),
        (&json!("MESSAGE_CREATE"), &json!(192))
    );
    assert_eq!(thinking["d"]["interaction_metadata"]["name"], "ping");
    assert_eq!(next().await["t"], "INTERACTION_ANSWERED");
    let original = format!(
        "/webhooks/{}/{}/messages/@original",
        world::BOT,
        interaction["token"].as_str().unwrap()
    );
    w.patch(&original, json!({ "content": "only for Ana" }))
        .await
        .ok();
    assert_eq!(next().await["d"]["content"], "only for Ana");

    let list = |who: u64| format!("/channels/{}/messages?as={who}", world::GENERAL);
    let seen = w.page("GET", &list(world::ANA), Value::Null).await.ok();
    assert_eq!(seen[0]["content"], "only for Ana");
    assert_eq!(w.page("GET", &list(world::BO), Value::Null).await.ok(), json!([]));
    let dismiss = |who: u64| format!("/ephemeral/{}?as={who}", id(&seen[0]));
    assert_eq!(
        w.page("DELETE", &dismiss(world::BO), Value::Null).await.status,
        404
    );
    assert_eq!(
        w.page("DELETE", &dismiss(world::ANA), Value::Null).await.status,
        204
    );
    assert_eq!(next().await["t"], "MESSAGE_DELETE");
}

#[tokio::test]
async fn a_command_with_a_file_comes_as_multipart() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(json!([{ "name": "draft", "description": "Draws", "options": [
        { "type": 11, "name": "like", "description": "A reference", "required": true },
    ] }]))
    .await;
    let payload = json!({ "kind": "command", "channel_id": world::GENERAL.to_string(), "name": "draft" });
    let form = Form::new()
        .text("payload", payload.to_string())
        .part("like", Part::bytes(PNG.to_vec()).file_name("like.png"));
    let url = format!("{}/sandbox{}", w.sandbox.url(), as_ana("/interactions"));
    reply(w.http.post(&url).multipart(form)).await.ok();
    let data = gateway.event("INTERACTION_CREATE").await["data"].take();
    let file = data["options"][0]["value"].as_str().unwrap();
    assert_eq!(data["resolved"]["attachments"][file]["width"], 3840);
    // A refusal says why in words.
    let refused = w.page("POST", &as_ana("/interactions"), payload).await;
    assert_eq!(
        (refused.status, &refused.body["message"]),
        (400, &json!("like: this option is required"))
    );
}

#[tokio::test]
async fn completion_asks_the_bot() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(json!([{ "name": "find", "description": "Finds", "options": [
        { "type": 3, "name": "word", "description": "Word", "required": true, "autocomplete": true },
    ] }]))
    .await;
    let typing = json!({
        "kind": "autocomplete", "channel_id": world::GENERAL.to_string(),
        "name": "find", "focused": "word", "options": { "word": "fo" },
    });
    let asking = async { w.page("POST", &as_ana("/interactions"), typing).await.ok() };
    let answering = async {
        let interaction = gateway.event("INTERACTION_CREATE").await;
        assert_eq!(interaction["type"], 4);
        assert_eq!(interaction["data"]["options"][0]["focused"], true);
        let path = format!(
            "/interactions/{}/{}/callback",
            id(&interaction),
            interaction["token"].as_str().unwrap()
        );
        let choices = json!([{ "name": "fox", "value": "fox" }]);
        w.post(&path, json!({ "type": 8, "data": { "choices": choices } }))
            .await
            .ok();
    };
    let (answer, ()) = tokio::join!(asking, answering);
    assert_eq!(answer["choices"], json!([{ "name": "fox", "value": "fox" }]));
}
