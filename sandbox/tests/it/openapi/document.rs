//! Requests by Discord's own document: what is refused, in which words, and what is let through.

use std::process::{Command, Output};

use discord_sandbox::{Options, Sandbox, Side, world};
use serde_json::{Value, json};

use crate::support::{World, reply};

const VARIABLE: &str = "DISCORD_OPENAPI";

/// Whether these tests have the document. Without it they say so, and prove nothing.
fn checked() -> bool {
    let set = std::env::var_os(VARIABLE).is_some();
    if !set {
        eprintln!("not checked by Discord's own document: {VARIABLE} is not set");
    }
    set
}

fn general() -> String {
    format!("/channels/{}/messages", world::GENERAL)
}

/// The tree of a refusal.
async fn tree(w: &World, method: &str, path: &str, body: Value) -> Value {
    let refused = w.call(method, path, body).await;
    assert_eq!((refused.status, refused.code()), (400, 50035), "{refused:?}");
    assert_eq!(refused.body["message"], "Invalid Form Body");
    refused.body["errors"].clone()
}

fn only(code: &str, message: &str) -> Value {
    json!({ "_errors": [{ "code": code, "message": message }] })
}

#[tokio::test]
async fn what_is_wrong_is_told_field_by_field() {
    if !checked() {
        return;
    }
    let w = World::start().await;
    let button = json!({ "type": 2, "style": 1, "custom_id": "go", "label": "x".repeat(81) });
    let body = json!({
        "embeds": [{ "title": "t".repeat(257), "color": "red", "fields": [{ "name": "n" }] }],
        "components": [{ "type": 1, "components": [button, { "type": 99 }] }],
        "tts": "loudly",
        "allowed_mentions": { "parse": ["aliens"] },
    });
    let tree = tree(&w, "POST", &general(), body).await;
    let embed = &tree["embeds"]["0"];
    assert_eq!(
        embed["title"],
        only("BASE_TYPE_MAX_LENGTH", "Must be 256 or fewer in length.")
    );
    assert_eq!(
        embed["color"],
        only("NUMBER_TYPE_COERCE", "Value \"red\" is not int.")
    );
    assert_eq!(
        embed["fields"]["0"]["value"],
        only("BASE_TYPE_REQUIRED", "This field is required")
    );
    let row = &tree["components"]["0"]["components"];
    assert_eq!(
        row["0"]["label"],
        only("BASE_TYPE_MAX_LENGTH", "Must be 80 or fewer in length.")
    );
    assert_eq!(row["1"]["_errors"][0]["code"], "UNION_TYPE_CHOICES");
    assert_eq!(
        tree["tts"],
        only("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
    );
    assert_eq!(
        tree["allowed_mentions"]["parse"]["0"]["_errors"][0]["code"],
        "BASE_TYPE_CHOICES"
    );
    assert_eq!(w.sandbox.messages(world::GENERAL).len(), 0);

    let listed = w.sandbox.take_violations();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].side, listed[0].name.as_str()),
        (Side::Request, "create_message")
    );
    assert_eq!(listed[0].flaws.len(), 7, "{listed:#?}");
}

#[tokio::test]
async fn paths_and_queries_are_checked_too() {
    if !checked() {
        return;
    }
    let w = World::start().await;
    let no_id = tree(&w, "GET", "/channels/general/messages", Value::Null).await;
    assert_eq!(
        no_id["channel_id"],
        only("NUMBER_TYPE_COERCE", "Value \"general\" is not snowflake.")
    );
    for (limit, code) in [
        ("0", "NUMBER_TYPE_MIN"),
        ("101", "NUMBER_TYPE_MAX"),
        ("few", "NUMBER_TYPE_COERCE"),
    ] {
        let tree = tree(&w, "GET", &format!("{}?limit={limit}", general()), Value::Null).await;
        assert_eq!(tree["limit"]["_errors"][0]["code"], code);
    }
    assert_eq!(
        w.get(&format!("{}?&limit=100&unknown=x", general())).await.status,
        200
    );
}

#[tokio::test]
async fn numbers_in_writing_ids_as_numbers_and_unknown_fields_are_let_through() {
    if !checked() {
        return;
    }
    let w = World::start().await;
    let body = json!({
        "content": "hello", "nonce": "123", "flags": "4", "nobody_knows": { "this": [1] },
        "embeds": [{ "description": "x", "color": "255" }],
        "allowed_mentions": { "parse": [], "users": [world::ANA] },
        "components": [{ "type": "1", "components": [{ "type": 2, "style": "1", "custom_id": "go", "label": "Go" }] }],
    });
    w.post(&general(), body).await.ok();
    let command = json!({ "name": "ping", "description": "x", "default_member_permissions": "32" });
    w.register(json!([command])).await;
    assert!(w.sandbox.take_violations().is_empty());
}

#[tokio::test]
async fn the_form_beside_files_is_checked() {
    if !checked() {
        return;
    }
    let w = World::start().await;
    let files: &[(&str, &[u8])] = &[("a.txt", b"text")];
    let refused = w.upload("POST", &general(), json!({ "embeds": 7 }), files).await;
    assert_eq!(refused.code(), 50035);
    assert_eq!(
        refused.body["errors"]["embeds"]["_errors"][0]["code"],
        "LIST_TYPE_CONVERT"
    );
    let sent = w
        .upload("POST", &general(), json!({ "attachments": [{ "id": 0 }] }), files)
        .await;
    assert_eq!(sent.status, 200);
}

#[tokio::test]
async fn a_thread_is_edited_only_with_what_some_kind_of_channel_takes() {
    if !checked() {
        return;
    }
    let w = World::start().await;
    let path = format!("/channels/{}", w.thread().await);
    let tree = tree(&w, "PATCH", &path, json!({ "archived": "soon" })).await;
    assert_eq!(tree["archived"]["_errors"][0]["code"], "BOOLEAN_TYPE_CONVERT");
    assert_eq!(w.patch(&path, json!({ "archived": true })).await.status, 200);
}

#[tokio::test]
async fn a_request_without_a_token_is_not_looked_at() {
    let w = World::start().await;
    let url = format!("{}/api/v10{}", w.sandbox.url(), general());
    let refused = reply(w.http.post(url).json(&json!({ "embeds": 7 }))).await;
    assert_eq!((refused.status, refused.code()), (401, 0));
    assert!(w.sandbox.take_violations().is_empty());
}

#[tokio::test]
async fn the_control_route_says_whether_there_is_a_document_and_what_did_not_hold() {
    let w = World::start().await;
    w.get("/users/@me").await.ok();
    w.get("/voice/regions").await;
    let told = w.page("GET", "/control/checks", Value::Null).await.ok();
    let set = std::env::var_os(VARIABLE).is_some();
    assert_eq!(told["by_document"], set);
    assert_eq!(
        told["operations"]["get_my_user"]["answers"],
        if set { json!(1) } else { Value::Null }
    );
    let violations = w.sandbox.take_violations();
    assert_eq!(told["violations"], json!(violations));
    assert_eq!(violations[0].side, Side::NotServed);
}

/// Runs one of these tests once more in a process of its own, where the document is elsewhere.
fn again(test: &str, document: Option<&str>) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env_remove(VARIABLE);
    if let Some(path) = document {
        command.env(VARIABLE, path);
    }
    command.output().unwrap()
}

#[test]
fn without_a_document_the_sandbox_works_and_says_that_nothing_is_checked() {
    let own = "openapi::document::the_control_route_says_whether_there_is_a_document_and_what_did_not_hold";
    let essentials = "messages::posting::what_is_too_long_or_empty_is_refused_with_a_tree";
    for test in [own, essentials] {
        let ended = again(test, None);
        assert!(ended.status.success(), "{ended:?}");
        assert!(
            String::from_utf8_lossy(&ended.stdout).contains("1 passed"),
            "{ended:?}"
        );
    }
}

#[tokio::test]
async fn a_sandbox_starts_only_with_a_document_that_is_one() {
    let name = "openapi::document::a_sandbox_starts_only_with_a_document_that_is_one";
    let wrong = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    if std::env::var(VARIABLE).is_ok_and(|path| path == wrong) {
        let error = Sandbox::start(Options::default()).await.unwrap_err().to_string();
        assert!(
            error.contains(VARIABLE) && error.contains("Cargo.toml"),
            "{error}"
        );
        return;
    }
    let ended = again(name, Some(wrong));
    assert!(ended.status.success(), "{ended:?}");
    assert!(
        String::from_utf8_lossy(&ended.stdout).contains("1 passed"),
        "{ended:?}"
    );
}
