//! Paths, methods, bodies and tokens that are wrong: every answer is JSON with a code.

use discord_sandbox::world;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::Expected::{self, At, Done, Refused};
use crate::support::{Reply, World};

const CODES: &str = "topics/opcodes-and-status-codes#json";
const ERRORS: &str = "reference#error-messages";
const TOKEN: &str = "reference#authentication";

/// Sends a request as it is written here. Returns the reply, and whether it says that it is JSON.
async fn raw(w: &World, method: &str, path: &str, kind: Option<&str>, body: &str) -> (Reply, bool) {
    let url = format!("{}{path}", w.sandbox.url());
    let mut request = w
        .http
        .request(method.parse().unwrap(), url)
        .header("authorization", "Bot a-token")
        .body(body.to_owned());
    if let Some(kind) = kind {
        request = request.header(CONTENT_TYPE, kind);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let json = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.to_str().unwrap().starts_with("application/json"));
    let text = response.text().await.unwrap();
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    (Reply { status, body }, json)
}

#[tokio::test]
async fn a_path_that_leads_nowhere_is_refused_in_json() {
    let w = World::start().await;
    let message = w.posted("a message").await;
    let ids = [
        ("{general}", world::GENERAL.to_string()),
        ("{guild}", world::NORTHLIGHT.to_string()),
        ("{bot}", world::BOT.to_string()),
        ("{message}", message.to_string()),
        ("{huge}", "9".repeat(30)),
    ];
    let (mut section, mut faults) = ("", Vec::new());
    let lines = include_str!("http.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(heading) = line.strip_prefix("== ") {
            section = heading;
            continue;
        }
        let [method, path, expected] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let with_ids = |path: String, (name, id): &(&str, String)| path.replace(name, id);
        let path = ids.iter().fold(path.to_owned(), with_ids);
        let expected = read(expected);
        let (reply, json) = raw(&w, method, &path, None, "").await;
        if let Some(fault) = expected.fault(&reply) {
            faults.push(format!("{section}: {line}: {fault}"));
        }
        if !json && expected != Done(204) {
            faults.push(format!("{section}: {line} is not answered in JSON"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Reads `204`, `404/10003` or the name of a field.
fn read(expected: &'static str) -> Expected {
    match expected.split_once('/') {
        Some((status, code)) => Refused(status.parse().unwrap(), code.parse().unwrap()),
        None => expected.parse().map_or(At(expected), Done),
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused_in_json() {
    let w = World::start().await;
    let path = format!("/api/v10/channels/{}/messages", world::GENERAL);
    let json = Some("application/json");
    let rows: Vec<(&str, Option<&str>, &str, Expected)> = vec![
        (CODES, json, "{", Refused(400, 50109)),
        (CODES, json, "content=x", Refused(400, 50109)),
        (CODES, json, "{\"content\": \"x\"} and more", Refused(400, 50109)),
        (CODES, json, "[]", At("")),
        (CODES, json, "\"x\"", At("")),
        (CODES, json, "5", At("")),
        (CODES, Some("text/plain"), "{\"content\": \"x\"}", At("")),
        (
            CODES,
            Some("application/x-www-form-urlencoded"),
            "content=x",
            At(""),
        ),
        (CODES, None, "{\"content\": \"x\"}", At("")),
        (
            CODES,
            Some("application/json; charset=utf-8"),
            "{\"content\": \"x\"}",
            Done(200),
        ),
        (ERRORS, json, "{\"content\": [1]}", At("content")),
        (CODES, json, "", Refused(400, 50006)),
    ];
    let mut faults = Vec::new();
    for (section, kind, body, expected) in rows {
        let (reply, is_json) = raw(&w, "POST", &path, kind, body).await;
        if let Some(fault) = expected
            .fault(&reply)
            .or((!is_json).then(|| "no JSON".to_owned()))
        {
            faults.push(format!("{section}: {kind:?} {body}: {fault}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn without_a_token_nothing_is_told() {
    let w = World::start().await;
    let url = format!("{}/api/v10/users/@me", w.sandbox.url());
    for token in ["", "Bot", "Bot ", "Bot      "] {
        let response = w
            .http
            .get(&url)
            .header("authorization", token)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 401, "{TOKEN}: {token:?}");
        let body: Value = response.json().await.unwrap();
        assert_eq!(
            body,
            json!({ "message": "401: Unauthorized", "code": 0 }),
            "{TOKEN}"
        );
    }
}

#[tokio::test]
async fn a_person_posts_files_of_several_megabytes_by_the_act_request() {
    // Not of Discord's: the control API takes what the person may upload.
    let w = World::start().await;
    let url = format!("{}/sandbox/control/act", w.sandbox.url());
    for (megabytes, status) in [(3, 200), (9, 200), (11, 403)] {
        let act = json!({
            "as": world::ANA.to_string(), "what": "say",
            "channel_id": world::GENERAL.to_string(), "content": "a file",
        });
        let bytes = vec![7; megabytes << 20];
        let part = reqwest::multipart::Part::bytes(bytes).file_name("large.bin");
        let form = reqwest::multipart::Form::new()
            .text("payload_json", act.to_string())
            .part("files[0]", part);
        let answer = w.http.post(&url).multipart(form).send().await.unwrap();
        assert_eq!(answer.status(), status, "{megabytes} MB");
    }
    let sizes: Vec<Value> = w
        .sandbox
        .messages(world::GENERAL)
        .iter()
        .map(|message| message["attachments"][0]["size"].clone())
        .collect();
    assert_eq!(sizes, [json!(3 << 20), json!(9 << 20)]);
}
