//! Files that are given as options of a command.

use std::time::Duration;

use discord_sandbox::{ActError, Options, Sandbox, world};
use reqwest::header::CONTENT_TYPE;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, PNG, Reply, World, reply};

type Files<'a> = &'a [(&'a str, &'a str, &'a [u8])];

/// A command with a text, and with files of which one may be left out.
fn compare() -> Value {
    json!([{ "name": "compare", "description": "Compares", "options": [
        { "type": 11, "name": "left", "description": "A picture", "required": true },
        { "type": 3, "name": "prompt", "description": "What" },
        { "type": 11, "name": "right", "description": "Another one" },
    ] }])
}

fn owned(files: Files<'_>) -> Vec<(String, String, Vec<u8>)> {
    let owned = |(option, name, bytes): &(&str, &str, &[u8])| {
        ((*option).to_owned(), (*name).to_owned(), bytes.to_vec())
    };
    files.iter().map(owned).collect()
}

async fn sends(sandbox: &Sandbox, options: Value, files: Files<'_>) -> Result<u64, ActError> {
    let ana = sandbox.member(world::ANA);
    ana.command_with_files(world::GENERAL, "compare", options, owned(files))
        .await
}

/// `POST /sandbox/control/act` as a multipart form: each file is called as its option.
async fn acts(w: &World, files: Files<'_>) -> Reply {
    let act = json!({
        "as": world::ANA.to_string(), "what": "command", "channel_id": world::GENERAL.to_string(),
        "name": "compare", "options": { "prompt": "which one" },
    });
    let mut form = Form::new().text("payload_json", act.to_string());
    for (option, name, bytes) in files {
        let part = Part::bytes(bytes.to_vec()).file_name((*name).to_owned());
        form = form.part((*option).to_owned(), part);
    }
    let url = format!("{}/sandbox/control/act", w.sandbox.url());
    reply(w.http.post(url).multipart(form)).await
}

#[tokio::test]
async fn a_file_is_an_id_with_all_that_is_known_of_it_and_a_signed_url() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(compare()).await;
    let given = json!({ "prompt": "which one" });
    sends(&w.sandbox, given, &[("left", "a fox.png", PNG)])
        .await
        .unwrap();

    let data = gateway.event("INTERACTION_CREATE").await["data"].take();
    let option = &data["options"][0];
    assert_eq!((&option["name"], &option["type"]), (&json!("left"), &json!(11)));
    // An option that was left out is not there at all.
    assert_eq!(data["options"].as_array().unwrap().len(), 2);
    let mut file = data["resolved"]["attachments"][option["value"].as_str().unwrap()].clone();
    let url = file["url"].take();
    assert_eq!(
        file,
        json!({
            "id": option["value"], "filename": "a_fox.png", "size": PNG.len(), "content_type": "image/png",
            "url": null, "proxy_url": url, "width": 3840, "height": 2160, "ephemeral": true,
        })
    );

    let url = url.as_str().unwrap();
    let fetched = w.http.get(url).send().await.unwrap();
    assert_eq!(
        (fetched.status().as_u16(), &fetched.headers()[CONTENT_TYPE]),
        (200, &"image/png".parse().unwrap())
    );
    assert_eq!(fetched.bytes().await.unwrap(), PNG);
    let (bare, _) = url.split_once('?').unwrap();
    assert_eq!(w.http.get(bare).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn what_is_no_picture_has_no_measures() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(compare()).await;
    let files: Files<'_> = &[("right", "b.txt", b"right"), ("left", "a.txt", b"left")];
    sends(&w.sandbox, json!({}), files).await.unwrap();
    let data = gateway.event("INTERACTION_CREATE").await["data"].take();
    // The order is that of the command.
    let options = data["options"].as_array().unwrap();
    let names = options.iter().map(|option| option["name"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["left", "right"]);
    for (option, text) in options.iter().zip([&b"left"[..], b"right"]) {
        let file = &data["resolved"]["attachments"][option["value"].as_str().unwrap()];
        assert!(file.get("width").is_none() && file.get("height").is_none());
        assert_eq!(w.sandbox.file(file["url"].as_str().unwrap()).unwrap(), text);
    }
}

#[tokio::test]
async fn the_control_api_takes_files_called_as_their_options() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(compare()).await;
    acts(&w, &[("left", "fox.png", PNG)]).await.ok();
    let data = gateway.event("INTERACTION_CREATE").await["data"].take();
    let id = data["options"][0]["value"].as_str().unwrap();
    assert_eq!(data["resolved"]["attachments"][id]["filename"], "fox.png");
    let refused = acts(&w, &[]).await;
    assert_eq!(
        (refused.status, &refused.body["message"]),
        (400, &json!("left: this option is required"))
    );
}

#[tokio::test]
async fn files_that_do_not_fit_are_not_sent() {
    let w = World::start().await;
    let _gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(compare()).await;
    let left = ("left", "left.png", PNG);
    let refusals: [(Value, Files<'_>, &str); 6] = [
        (json!({}), &[], "left: this option is required"),
        (json!({ "left": "left.png" }), &[], "left: must be a file"),
        (
            json!({}),
            &[left, ("prompt", "text.txt", b"text")],
            "prompt: this option takes no file",
        ),
        (
            json!({}),
            &[left, ("middle", "c.png", PNG)],
            "/compare has no option middle",
        ),
        (json!({}), &[left, left], "left: this option takes one file"),
        (
            json!({ "right": "1100000000000000099" }),
            &[left],
            "right: must be a file",
        ),
    ];
    for (options, files, why) in refusals {
        let refused = sends(&w.sandbox, options, files).await;
        assert_eq!(refused, Err(ActError::Invalid(why.to_owned())));
    }
    assert_eq!(w.sandbox.dispatched().interactions, 0);
}

#[tokio::test]
async fn a_file_is_kept_only_if_it_was_sent_and_as_long_as_its_interaction() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(Options {
        data: Some(folder.path().to_owned()),
        ..Options::default()
    })
    .await
    .unwrap();
    let w = World {
        sandbox,
        http: reqwest::Client::new(),
    };
    w.register(compare()).await;
    let left: Files<'_> = &[("left", "left.png", PNG)];
    let unanswered = sends(&w.sandbox, json!({}), left).await;
    assert!(matches!(unanswered, Err(ActError::NoAnswer(_))), "{unanswered:?}");
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let wrong = sends(&w.sandbox, json!({ "prompt": 5 }), left).await;
    assert_eq!(wrong, Err(ActError::Invalid("prompt: must be a text".to_owned())));
    sends(&w.sandbox, json!({}), left).await.unwrap();
    let data = gateway.event("INTERACTION_CREATE").await["data"].take();
    let id = data["options"][0]["value"].as_str().unwrap();
    let url = data["resolved"]["attachments"][id]["url"].as_str().unwrap();
    assert!(w.sandbox.file(url).is_some());

    w.sandbox.advance(Duration::from_hours(25));
    assert!(w.sandbox.file(url).is_none());
    w.sandbox.stop().await;
    assert_eq!(std::fs::read_dir(folder.path().join("files")).unwrap().count(), 0);
}
