//! Messages and files over REST.

use std::time::Duration;

use discord_sandbox::{permissions, world};
use serde_json::json;

use crate::support::{PNG, World, id, reply};

fn general() -> String {
    format!("/channels/{}/messages", world::GENERAL)
}

#[tokio::test]
async fn a_message_is_posted_read_edited_and_deleted() {
    let w = World::start().await;
    let path = format!("{}/{}", general(), w.posted("hello").await);
    let message = w.get(&path).await.ok();
    assert_eq!(
        (&message["content"], &message["author"]["bot"]),
        (&json!("hello"), &json!(true))
    );
    assert!(message["edited_timestamp"].is_null());

    let edited = w.patch(&path, json!({ "content": "hello again" })).await.ok();
    assert_eq!(edited["content"], "hello again");
    assert!(edited["edited_timestamp"].is_string());

    assert_eq!(w.delete(&path).await.status, 204);
    let gone = w.get(&path).await;
    assert_eq!((gone.status, gone.code()), (404, 10008));
}

#[tokio::test]
async fn what_is_too_long_or_empty_is_refused_with_a_tree() {
    let w = World::start().await;
    let long = w.post(&general(), json!({ "content": "x".repeat(2_001) })).await;
    assert_eq!((long.status, long.code()), (400, 50035));
    assert_eq!(
        long.body["errors"]["content"]["_errors"][0]["code"],
        "BASE_TYPE_MAX_LENGTH"
    );
    assert_eq!(
        w.post(&general(), json!({ "content": "x".repeat(2_000) }))
            .await
            .status,
        200
    );
    assert_eq!(w.post(&general(), json!({ "content": "  " })).await.code(), 50006);
    assert_eq!(
        w.post(&general(), json!({ "embeds": [{ "title": "t".repeat(257) }] }))
            .await
            .code(),
        50035
    );
    let broken = reply(
        w.request("POST", &general())
            .header("content-type", "application/json")
            .body("{"),
    )
    .await;
    assert_eq!((broken.status, broken.code()), (400, 50109));
}

#[tokio::test]
async fn files_are_kept_with_their_size_and_described() {
    let w = World::start().await;
    let payload = json!({
        "content": "two files",
        "attachments": [{ "id": 0, "description": "a large picture" }, { "id": "1", "filename": "renamed.txt" }],
    });
    let sent = w
        .upload(
            "POST",
            &general(),
            payload,
            &[("a pic.png", PNG), ("b.txt", b"text")],
        )
        .await
        .ok();
    let [picture, text] = &sent["attachments"].as_array().unwrap()[..] else {
        panic!("{sent}")
    };
    assert_eq!(
        (&picture["width"], &picture["height"]),
        (&json!(3840), &json!(2160))
    );
    assert_eq!(
        (&picture["filename"], &picture["content_type"]),
        (&json!("a_pic.png"), &json!("image/png"))
    );
    assert_eq!(picture["description"], "a large picture");
    assert_eq!(
        (&text["filename"], &text["size"]),
        (&json!("renamed.txt"), &json!(4))
    );

    let fetched = w.http.get(picture["url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(
        fetched.headers()["content-security-policy"],
        "sandbox; default-src 'none'"
    );
    assert_eq!(fetched.bytes().await.unwrap(), PNG);

    // An edit names what stays; the rest goes, and new files are added.
    let path = format!("{}/{}", general(), id(&sent));
    let kept = json!({ "attachments": [{ "id": text["id"] }] });
    let edited = w.upload("PATCH", &path, kept, &[("c.png", PNG)]).await.ok();
    let names: Vec<&str> = edited["attachments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["filename"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["renamed.txt", "c.png"]);
    assert_eq!(
        w.http
            .get(picture["url"].as_str().unwrap())
            .send()
            .await
            .unwrap()
            .status(),
        404
    );
    // Without `attachments` everything stays.
    let untouched = w.patch(&path, json!({ "content": "only text" })).await.ok();
    assert_eq!(untouched["attachments"].as_array().unwrap().len(), 2);
    let unknown = w.patch(&path, json!({ "attachments": [{ "id": "42" }] })).await;
    assert_eq!(unknown.code(), 50035);
}

#[tokio::test]
async fn a_file_over_ten_mebibytes_is_too_large() {
    let w = World::start().await;
    let limit = 10 * 1024 * 1024;
    let fits = vec![0; limit];
    let over = vec![0; limit + 1];
    assert_eq!(
        w.upload("POST", &general(), json!({}), &[("fits.bin", &fits)])
            .await
            .status,
        200
    );
    let refused = w
        .upload("POST", &general(), json!({}), &[("over.bin", &over)])
        .await;
    assert_eq!((refused.status, refused.code()), (413, 40005));
}

#[tokio::test]
async fn an_embed_may_show_an_attached_file() {
    let w = World::start().await;
    let payload = json!({ "embeds": [{ "title": "t", "image": { "url": "attachment://fox.png" } }] });
    let sent = w
        .upload("POST", &general(), payload, &[("fox.png", PNG)])
        .await
        .ok();
    assert_eq!(sent["attachments"], json!([]));
    let image = &sent["embeds"][0]["image"];
    assert_eq!(image["width"], 3840);
    assert_eq!(w.sandbox.file(image["url"].as_str().unwrap()).unwrap(), PNG);
}

#[tokio::test]
async fn an_enforced_nonce_stands_for_the_first_message_for_some_minutes() {
    let w = World::start().await;
    let body = json!({ "content": "once", "nonce": "n-1", "enforce_nonce": true });
    let first = w.post(&general(), body.clone()).await.ok();
    assert_eq!(first["nonce"], "n-1");
    assert_eq!(w.post(&general(), body.clone()).await.id(), id(&first));
    assert_eq!(w.sandbox.messages(world::GENERAL).len(), 1);
    // Another author's nonce is another one; without enforcing it does not matter.
    w.post(&general(), json!({ "content": "twice", "nonce": "n-1" }))
        .await
        .ok();
    assert_eq!(w.sandbox.messages(world::GENERAL).len(), 2);

    w.sandbox.advance(Duration::from_mins(6));
    assert_ne!(w.post(&general(), body).await.id(), id(&first));
}

#[tokio::test]
async fn mentions_count_only_as_far_as_allowed() {
    let w = World::start().await;
    let content = format!(
        "<@{}> <@{}> <@&{}> @everyone",
        world::ANA,
        world::BO,
        world::STUDIO_LEAD
    );
    let sent = w.post(&general(), json!({ "content": content })).await.ok();
    assert_eq!(sent["mentions"].as_array().unwrap().len(), 2);
    assert_eq!(sent["mention_roles"], json!([world::STUDIO_LEAD.to_string()]));
    // The bot may not shout.
    assert_eq!(sent["mention_everyone"], false);

    // Nobody may mention a role that its admins have not opened for that.
    w.sandbox
        .set_mentionable(world::STUDIO_LEAD, false)
        .expect("a role");
    let closed = w.post(&general(), json!({ "content": content })).await.ok();
    assert_eq!(closed["mention_roles"], json!([]));
    w.sandbox
        .set_mentionable(world::STUDIO_LEAD, true)
        .expect("a role");

    let none = w
        .post(
            &general(),
            json!({ "content": content, "allowed_mentions": { "parse": [] } }),
        )
        .await
        .ok();
    assert_eq!(
        (&none["mentions"], &none["mention_roles"]),
        (&json!([]), &json!([]))
    );
    let only = json!({ "parse": [], "users": [world::BO.to_string()] });
    let one = w
        .post(
            &general(),
            json!({ "content": content, "allowed_mentions": only }),
        )
        .await
        .ok();
    assert_eq!(one["mentions"][0]["id"], world::BO.to_string());
    assert_eq!(one["mentions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_reply_shows_what_it_answers() {
    let w = World::start().await;
    let first = w
        .sandbox
        .member(world::ANA)
        .say(world::GENERAL, "a question", vec![])
        .await
        .unwrap();
    let to = |message: u64| json!({ "content": "an answer", "message_reference": { "message_id": message.to_string() } });
    let sent = w.post(&general(), to(first)).await.ok();
    assert_eq!(
        (&sent["type"], &sent["referenced_message"]["content"]),
        (&json!(19), &json!("a question"))
    );
    assert_eq!(sent["mentions"][0]["id"], world::ANA.to_string());
    assert_eq!(w.post(&general(), to(42)).await.code(), 50035);
    let mut optional = to(42);
    optional["message_reference"]["fail_if_not_exists"] = json!(false);
    assert_eq!(w.post(&general(), optional).await.ok()["type"], 0);

    w.sandbox
        .deny_bot(world::GENERAL, permissions::READ_MESSAGE_HISTORY);
    assert_eq!(w.post(&general(), to(first)).await.code(), 160_002);
}

#[tokio::test]
async fn messages_are_listed_in_pages_newest_first() {
    let w = World::start().await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(w.posted(&format!("message {n}")).await);
    }
    let list = async |query: String| -> Vec<u64> {
        let listed = w.get(&format!("{}?{query}", general())).await.ok();
        listed.as_array().unwrap().iter().map(id).collect()
    };
    // serenity writes an empty first parameter.
    assert_eq!(list("&limit=2".to_owned()).await, [ids[4], ids[3]]);
    assert_eq!(list(format!("before={}&limit=2", ids[3])).await, [ids[2], ids[1]]);
    assert_eq!(list(format!("after={}&limit=2", ids[0])).await, [ids[2], ids[1]]);
    assert_eq!(
        list(format!("around={}&limit=3", ids[2])).await,
        [ids[3], ids[2], ids[1]]
    );
    assert_eq!(w.get(&format!("{}?limit=101", general())).await.code(), 50035);
}

#[tokio::test]
async fn nobody_edits_what_another_wrote() {
    let w = World::start().await;
    let message = w
        .sandbox
        .member(world::ANA)
        .say(world::GENERAL, "mine", vec![])
        .await
        .unwrap();
    let path = format!("{}/{message}", general());
    assert_eq!(w.patch(&path, json!({ "content": "yours" })).await.code(), 50005);
    assert_eq!(w.delete(&path).await.code(), 50013);
}

#[tokio::test]
async fn unknown_things_have_discords_codes() {
    let w = World::start().await;
    assert_eq!(w.get("/channels/42/messages").await.code(), 10003);
    assert_eq!(w.get(&format!("{}/42", general())).await.code(), 10008);
    let nowhere = w.get("/no/such/route").await;
    assert_eq!(
        (nowhere.status, nowhere.body),
        (404, json!({ "message": "404: Not Found", "code": 0 }))
    );
    assert_eq!(w.delete("/gateway").await.status, 405);
    let url = format!("{}/api/v10/users/@me", w.sandbox.url());
    assert_eq!(reply(w.http.get(url)).await.status, 401);
    let calls = w.sandbox.calls();
    assert_eq!(
        calls.iter().map(|call| call.status).collect::<Vec<_>>(),
        [404, 404, 404, 405, 401]
    );
    assert_eq!(
        (calls[0].method.as_str(), calls[0].path.as_str()),
        ("GET", "/api/v10/channels/42/messages")
    );
}
