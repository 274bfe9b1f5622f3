//! Commands: registered over REST, checked before they are sent.

use discord_sandbox::{ActError, Nitro, world};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, World, id};

fn commands() -> Value {
    json!([
        {
            "name": "draft", "description": "Draws", "options": [
                { "type": 3, "name": "prompt", "description": "What", "required": true, "min_length": 2, "max_length": 5 },
                { "type": 3, "name": "ratio", "description": "Shape", "choices": [{ "name": "wide", "value": "16:9" }] },
                { "type": 4, "name": "images", "description": "How many", "min_value": 1, "max_value": 4 },
                { "type": 6, "name": "who", "description": "For whom" },
                { "type": 11, "name": "like", "description": "A reference" },
            ],
        },
        { "name": "credits", "description": "Credits", "options": [{ "type": 1, "name": "pool", "description": "Left" }] },
        { "name": "grant", "description": "Gives", "default_member_permissions": "32" },
    ])
}

#[tokio::test]
async fn registering_again_keeps_ids_and_changes_versions_only_with_content() {
    let w = World::start().await;
    let first = w.register(commands()).await;
    assert_eq!(first[0]["guild_id"], world::NORTHLIGHT.to_string());
    let mut changed = commands();
    changed[1]["description"] = json!("All credits");
    let second = w.register(changed).await;
    assert_eq!(
        (id(&first[0]), &first[0]["version"]),
        (id(&second[0]), &second[0]["version"])
    );
    assert_eq!(id(&first[1]), id(&second[1]));
    assert_ne!(first[1]["version"], second[1]["version"]);

    let path = format!(
        "/applications/{}/guilds/{}/commands",
        world::BOT,
        world::NORTHLIGHT
    );
    assert_eq!(w.get(&path).await.ok(), second);
    let one = format!("{path}/{}", id(&first[2]));
    assert_eq!(
        w.patch(&one, json!({ "description": "Gives more" })).await.ok()["description"],
        "Gives more"
    );
    assert_eq!(w.get(&one).await.id(), id(&first[2]));
    assert_eq!(w.delete(&one).await.status, 204);
    assert_eq!(w.get(&one).await.code(), 10063);
    // Global ones are apart.
    assert_eq!(
        w.get(&format!("/applications/{}/commands", world::BOT))
            .await
            .ok(),
        json!([])
    );
}

#[tokio::test]
async fn bad_commands_are_refused() {
    let w = World::start().await;
    let path = format!("/applications/{}/commands", world::BOT);
    let fine = json!({ "name": "ping", "description": "Ping" });
    for bad in [
        json!([{ "name": "Ping", "description": "x" }]),
        json!([{ "name": "ping", "description": "" }]),
        json!([fine, fine]),
    ] {
        assert_eq!(w.call("PUT", &path, bad).await.code(), 50035);
    }
    assert_eq!(w.post(&path, fine.clone()).await.status, 201);
    assert_eq!(w.post(&path, fine).await.status, 200);
    assert_eq!(w.get("/applications/42/commands").await.code(), 20012);
}

#[tokio::test]
async fn options_arrive_typed_resolved_and_nested() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(commands()).await;
    let ana = w.sandbox.member(world::ANA);
    let given = json!({ "prompt": "fox", "ratio": "16:9", "images": 4, "who": world::BO.to_string() });
    let file = ("like".to_owned(), "like.txt".to_owned(), b"text".to_vec());
    ana.command_with_files(world::CAMPAIGN, "draft", given, vec![file])
        .await
        .unwrap();
    let data = gateway.event("INTERACTION_CREATE").await["data"].take();
    let values: Vec<&Value> = data["options"]
        .as_array()
        .unwrap()
        .iter()
        .map(|option| &option["value"])
        .collect();
    assert_eq!(
        values[..4],
        [
            &json!("fox"),
            &json!("16:9"),
            &json!(4),
            &json!(world::BO.to_string())
        ]
    );
    assert_eq!(
        data["resolved"]["users"][world::BO.to_string()]["global_name"],
        "Bo"
    );
    let reference = &data["resolved"]["attachments"][values[4].as_str().unwrap()];
    assert_eq!(
        w.sandbox.file(reference["url"].as_str().unwrap()).unwrap(),
        b"text"
    );

    ana.command(world::CAMPAIGN, "credits pool", json!({}))
        .await
        .unwrap();
    let data = gateway.event("INTERACTION_CREATE").await["data"].take();
    assert_eq!(
        (&data["name"], &data["options"][0]["name"]),
        (&json!("credits"), &json!("pool"))
    );
}

#[tokio::test]
async fn what_does_not_fit_is_not_sent() {
    let w = World::start().await;
    let _gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(commands()).await;
    let ana = w.sandbox.member(world::ANA);
    for (name, options, why) in [
        ("paint", json!({}), "There is no command /paint"),
        ("credits", json!({}), "/credits needs one of: pool"),
        ("draft", json!({}), "prompt: this option is required"),
        (
            "draft",
            json!({ "prompt": "x" }),
            "prompt: must have 2 to 5 characters",
        ),
        (
            "draft",
            json!({ "prompt": "foxes!" }),
            "prompt: must have 2 to 5 characters",
        ),
        ("draft", json!({ "prompt": 42 }), "prompt: must be a text"),
        (
            "draft",
            json!({ "prompt": "fox", "ratio": "2:1" }),
            "ratio: must be one of: wide",
        ),
        (
            "draft",
            json!({ "prompt": "fox", "images": 0 }),
            "images: must be at least 1",
        ),
        (
            "draft",
            json!({ "prompt": "fox", "images": 5 }),
            "images: must be at most 4",
        ),
        (
            "draft",
            json!({ "prompt": "fox", "images": 1.5 }),
            "images: must be a whole number",
        ),
        (
            "draft",
            json!({ "prompt": "fox", "who": "42" }),
            "who: there is no such thing",
        ),
        (
            "draft",
            json!({ "prompt": "fox", "seed": 1 }),
            "/draft has no option seed",
        ),
        (
            "grant",
            json!({}),
            "You do not have permission to use this command",
        ),
    ] {
        let refused = ana.command(world::CAMPAIGN, name, options).await;
        assert_eq!(refused, Err(ActError::Invalid(why.to_owned())));
    }
    assert!(
        w.sandbox
            .member(world::DANA)
            .command(world::CAMPAIGN, "grant", json!({}))
            .await
            .is_ok()
    );
    assert_eq!(w.sandbox.dispatched().interactions, 1);
}

#[tokio::test]
async fn with_no_bot_there_is_no_answer() {
    let w = World::start().await;
    w.register(commands()).await;
    let refused = w
        .sandbox
        .member(world::ANA)
        .command(world::CAMPAIGN, "credits pool", json!({}))
        .await;
    assert_eq!(
        refused,
        Err(ActError::NoAnswer("The application did not respond".to_owned()))
    );
}

#[tokio::test]
async fn a_file_option_is_as_large_as_who_sends_it_may_upload() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    w.register(json!([{ "name": "draft", "description": "Draws", "options": [
        { "type": 11, "name": "like", "description": "A reference", "required": true },
        { "type": 7, "name": "where", "description": "A thread", "channel_types": [11, 12] },
    ] }]))
    .await;
    let ana = w.sandbox.member(world::ANA);
    let large = || vec![("like".to_owned(), "large.png".to_owned(), vec![0; (10 << 20) + 1])];
    let refused = ana
        .command_with_files(world::CAMPAIGN, "draft", json!({}), large())
        .await;
    assert_eq!(
        refused,
        Err(ActError::Invalid(
            "like: the file is larger than 10 MB".to_owned()
        ))
    );
    w.sandbox.set_nitro(world::ANA, Nitro::Basic).unwrap();
    ana.command_with_files(world::CAMPAIGN, "draft", json!({}), large())
        .await
        .unwrap();
    let sent = gateway.event("INTERACTION_CREATE").await;
    assert_eq!(sent["attachment_size_limit"], 50 << 20);
    let resolved = sent["data"]["resolved"]["attachments"].as_object().unwrap();
    let file = resolved.values().next().unwrap();
    assert_eq!(
        (&file["size"], &file["ephemeral"]),
        (&json!((10 << 20) + 1), &json!(true))
    );
    let elsewhere = json!({ "where": world::GENERAL.to_string() });
    let refused = ana
        .command_with_files(world::CAMPAIGN, "draft", elsewhere, large())
        .await;
    let why = "where: must be another kind of channel";
    assert_eq!(refused, Err(ActError::Invalid(why.to_owned())));
}
