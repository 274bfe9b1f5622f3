//! The control API against its own document.

use std::sync::LazyLock;

use discord_sandbox::world;
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, Reply, World, id};

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../control.openapi.json")).unwrap());

/// A schema of the document, with what it refers to.
fn validator(schema: &Value) -> Validator {
    let mut whole = schema.clone();
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("components".to_owned(), DOCUMENT["components"].clone());
    }
    jsonschema::validator_for(&whole).unwrap()
}

/// Fills in the parameters of a path with things that exist.
async fn filled(w: &World, path: &str) -> String {
    let role = json!({ "name": "a role" });
    let made = match path {
        _ if path.contains("{role}") => w.page("POST", "/control/roles", role).await.id(),
        _ if path.contains("{emoji}") => w.sandbox.create_emoji("fox").unwrap(),
        _ => world::BO,
    };
    let fill = |path: String, name: &str| path.replace(name, &made.to_string());
    ["{role}", "{emoji}", "{user}"]
        .into_iter()
        .fold(path.to_owned(), fill)
}

/// Says what of a reply is not as the document says.
fn fault(operation: &Value, reply: &Reply) -> Option<String> {
    let described = &operation["responses"][reply.status.to_string()];
    if described.is_null() {
        return Some(format!("{} is not described: {}", reply.status, reply.body));
    }
    let schema = &described["content"]["application/json"]["schema"];
    if schema.is_null() {
        return (reply.body != "").then(|| format!("there should be no body: {}", reply.body));
    }
    let wrong = validator(schema).validate(&reply.body).err();
    wrong.map(|wrong| format!("{wrong} in {}", reply.body))
}

#[tokio::test]
async fn each_request_of_its_document_is_answered_as_that_says() {
    let mut faults = Vec::new();
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let w = World::start().await;
            let _gateway = Gateway::online(&w.sandbox, INTENTS).await;
            let body = &operation["requestBody"]["content"]["application/json"];
            let example = body["example"].clone();
            if !body.is_null() && !validator(&body["schema"]).is_valid(&example) {
                faults.push(format!("{method} {path}: its example does not fit"));
            }
            let filled = filled(&w, path).await;
            let reply = w
                .page(&method.to_uppercase(), &format!("/control{filled}"), example)
                .await;
            if let Some(fault) = fault(operation, &reply) {
                faults.push(format!("{method} {path}: {fault}"));
            }
            // A body that is no form is refused.
            if !body.is_null() && path != "/roles" {
                let path = format!("/control{filled}");
                let wrong = w.page(&method.to_uppercase(), &path, json!(7)).await;
                if wrong.status != 400 || wrong.body["message"].is_null() {
                    faults.push(format!("{method} {path} takes 7: {wrong:?}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn its_document_is_served_and_its_acts_are_those_of_people() {
    let w = World::start().await;
    let _gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let served = w.page("GET", "/control/openapi.json", Value::Null).await.ok();
    assert_eq!(served, *DOCUMENT);
    let acts = &served["paths"]["/act"]["post"]["requestBody"]["content"]["application/json"];
    let known = acts["schema"]["properties"]["what"]["enum"].as_array().unwrap();
    let example = acts["example"].clone();
    let said = w.page("POST", "/control/act", example).await.ok();
    assert_eq!(id(&w.sandbox.messages(world::GENERAL)[0]), id(&said));
    for what in known.iter().chain([&json!("nonsense")]) {
        let act = json!({ "as": world::ANA.to_string(), "what": what });
        let reply = w.page("POST", "/control/act", act).await;
        let told = reply.body["message"].as_str().unwrap_or_default();
        let unknown = told.contains("unknown variant");
        assert_eq!(unknown, what == "nonsense", "{what}: {reply:?}");
    }
}

#[tokio::test]
async fn traffic_tells_requests_and_events_and_what_is_not_valid() {
    let w = World::start().await;
    let _gateway = Gateway::online(&w.sandbox, INTENTS | 512).await;
    let path = format!("/channels/{}/messages", world::GENERAL);
    w.post(&path, json!({ "content": "hello" })).await.ok();
    let refused = w.post(&path, json!({ "content": "x".repeat(2_001) })).await;
    assert_eq!(refused.status, 400);
    let traffic = w.page("GET", "/control/traffic", Value::Null).await.ok();
    let all: Vec<&Value> = traffic.as_array().unwrap().iter().collect();
    let with = |name: &str, field: &str, value: Value| {
        let mut found = all
            .iter()
            .filter(|one| one["name"] == name && one[field] == value);
        found.next().map(|one| (*one).clone()).unwrap_or_default()
    };
    let posted = with("create_message", "status", json!(200));
    assert_eq!(posted["sent"]["content"], "hello");
    assert_eq!(posted["answer"]["content"], "hello");
    assert_ne!(posted["validity"], "invalid");
    let told = with("MESSAGE_CREATE", "kind", json!("event"));
    assert_eq!(told["sent"]["id"], posted["answer"]["id"]);
    assert_eq!(
        with("create_message", "status", json!(400))["validity"],
        "invalid"
    );
    let after = format!("/control/traffic?after={}", posted["id"]);
    let newer = w.page("GET", &after, Value::Null).await.ok();
    let last = |list: &Value| list.as_array().and_then(|list| list.last().cloned());
    assert_eq!(last(&newer), last(&traffic));
    assert!(newer.as_array().unwrap().len() < all.len());
}

#[tokio::test]
async fn what_waits_is_told_and_taken_back() {
    let w = World::start().await;
    let gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let armed = [
        ("/control/fail", json!({ "status": 503, "times": 2 })),
        (
            "/control/gateway/events",
            json!({ "event": "MESSAGE", "what": { "kind": "drop" } }),
        ),
        ("/control/gateway/greet", json!({ "greeting": "silent" })),
    ];
    for (path, body) in armed {
        assert_eq!(w.page("POST", path, body).await.status, 204);
    }
    let waits = w.page("GET", "/control/faults", Value::Null).await.ok();
    assert_eq!(waits["requests"][0]["times"], 2);
    assert_eq!(waits["events"][0]["what"]["kind"], "drop");
    assert_eq!(waits["greetings"], json!(["silent"]));
    assert_eq!(w.page("DELETE", "/control/faults", Value::Null).await.status, 204);
    let waits = w.page("GET", "/control/faults", Value::Null).await.ok();
    assert_eq!(waits, json!({ "requests": [], "events": [], "greetings": [] }));
    let path = format!("/channels/{}/messages", world::GENERAL);
    w.post(&path, json!({ "content": "hello" })).await.ok();
    drop(gateway);
}

/// Values that no field is made for.
fn odd() -> Vec<Value> {
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    vec![
        Value::Null,
        json!(true),
        json!(-1),
        json!(u64::MAX),
        json!(1.0e300),
        json!(""),
        json!("x".repeat(5_000)),
        json!("99999999999999999999"),
        json!("\u{202e}\0<@&1>"),
        json!([]),
        json!({}),
        deep,
    ]
}

/// Each field of each request, with values of every kind.
#[tokio::test]
async fn whatever_a_field_holds_no_request_breaks_the_local_discord() {
    let mut faults = Vec::new();
    for (path, methods) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let example = &operation["requestBody"]["content"]["application/json"]["example"];
            let Some(fields) = example.as_object() else {
                continue;
            };
            let w = World::start().await;
            let filled = filled(&w, path).await;
            let (method, path) = (method.to_uppercase(), format!("/control{filled}"));
            for (field, value) in fields
                .keys()
                .flat_map(|field| odd().into_iter().map(move |odd| (field, odd)))
            {
                let mut body = example.clone();
                body[field] = value.clone();
                let reply = w.page(&method, &path, body).await;
                if reply.status >= 500 {
                    faults.push(format!("{method} {path} with {field} = {value}: {reply:?}"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
