//! What is limited about messages and files: how large, for how long, how often.

use std::time::Duration;

use discord_sandbox::{MessageLimits, OldEdits, world};
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, PNG, World, id};

fn general() -> String {
    format!("/channels/{}/messages", world::GENERAL)
}

impl World {
    /// The status of a GET without a token.
    async fn status(&self, url: &str) -> u16 {
        self.http.get(url).send().await.unwrap().status().as_u16()
    }

    /// Posts a picture, and gives its message and its URL.
    async fn picture(&self) -> (String, String) {
        let sent = self
            .upload("POST", &general(), json!({}), &[("a.png", PNG)])
            .await;
        let sent = sent.ok();
        let path = format!("{}/{}", general(), id(&sent));
        (path, url_of(&sent))
    }

    async fn control(&self, method: &str, path: &str, body: Value) -> u16 {
        self.page(method, &format!("/control{path}"), body).await.status
    }
}

fn url_of(message: &Value) -> String {
    message["attachments"][0]["url"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_url_of_a_file_ends_after_a_day_and_is_read_anew() {
    let w = World::start().await;
    let (path, url) = w.picture().await;
    let fetched = w.http.get(&url).send().await.unwrap();
    assert_eq!(
        (fetched.status().as_u16(), &fetched.headers()[CONTENT_TYPE]),
        (200, &"image/png".parse().unwrap())
    );
    let (bare, query) = url.split_once('?').unwrap();
    assert!(query.starts_with("ex=") && query.contains("&is=") && query.contains("&hm="));
    assert_eq!(w.status(bare).await, 404);
    let forged = url.replace("ex=", "ex=f");
    assert_eq!(w.status(&forged).await, 404);

    w.sandbox.advance(Duration::from_hours(25));
    assert_eq!(w.status(&url).await, 404);
    let fresh = url_of(&w.get(&path).await.ok());
    assert_eq!(w.status(&fresh).await, 200);
}

#[tokio::test]
async fn a_picture_in_an_embed_keeps_a_url_that_works_through_edits() {
    let w = World::start().await;
    let payload = json!({ "embeds": [{ "image": { "url": "attachment://fox.png" } }] });
    let sent = w
        .upload("POST", &general(), payload, &[("fox.png", PNG)])
        .await
        .ok();
    let path = format!("{}/{}", general(), id(&sent));
    w.sandbox.advance(Duration::from_hours(25));
    // A client sends the embed back as it read it.
    let mut embed = w.get(&path).await.ok()["embeds"][0].take();
    embed["title"] = json!("a fox");
    let edited = w.patch(&path, json!({ "embeds": [embed] })).await.ok();
    w.sandbox.advance(Duration::from_hours(25));
    let read = w.get(&path).await.ok();
    let image = &read["embeds"][0]["image"];
    assert_eq!((&image["width"], &image["height"]), (&json!(3840), &json!(2160)));
    assert_ne!(image["url"], edited["embeds"][0]["image"]["url"]);
    assert_eq!(w.status(image["url"].as_str().unwrap()).await, 200);
}

#[tokio::test]
async fn a_message_keeps_ten_files_at_most_through_edits() {
    let w = World::start().await;
    let files: Vec<(String, Vec<u8>)> = (0..9).map(|n| (format!("{n}.txt"), vec![b'x'])).collect();
    let files: Vec<(&str, &[u8])> = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), &bytes[..]))
        .collect();
    let sent = w.upload("POST", &general(), json!({}), &files).await.ok();
    let path = format!("{}/{}", general(), id(&sent));
    let over = w.upload("PATCH", &path, json!({}), &files[..2]).await;
    assert_eq!(over.code(), 30015);
    let kept = json!({ "attachments": [{ "id": sent["attachments"][0]["id"] }] });
    let edited = w.upload("PATCH", &path, kept, &files[..2]).await.ok();
    assert_eq!(edited["attachments"].as_array().unwrap().len(), 3);
    let bare = w
        .patch(&path, json!({ "content": "bare", "attachments": [] }))
        .await
        .ok();
    assert_eq!(bare["attachments"], json!([]));
    // Nothing would be left.
    assert_eq!(w.patch(&path, json!({ "content": "" })).await.code(), 50006);
}

#[tokio::test]
async fn how_large_a_file_may_be_follows_the_boosts() {
    let w = World::start().await;
    let mut bot = Gateway::online(&w.sandbox, INTENTS).await;
    let eleven = vec![0; 11 << 20];
    let post = async || {
        w.upload("POST", &general(), json!({}), &[("a.bin", &eleven)])
            .await
    };
    let refused = post().await;
    assert_eq!((refused.status, refused.code()), (413, 40005));
    for (tier, status) in [(1, 413), (2, 200)] {
        w.sandbox.set_premium_tier(tier);
        let updated = bot.event("GUILD_UPDATE").await;
        assert_eq!(updated["premium_tier"], tier);
        assert_eq!(post().await.status, status);
    }
    assert_eq!(
        w.control("POST", "/guild", json!({ "premium_tier": 0 })).await,
        204
    );
    assert_eq!(post().await.code(), 40005);
    assert_eq!(
        w.control("POST", "/guild", json!({ "premium_tier": 4 })).await,
        400
    );
}

#[tokio::test]
async fn a_request_is_limited_besides_its_files() {
    let w = World::start().await;
    let limits = MessageLimits {
        file_bytes: Some(100),
        request_bytes: Some(250),
        ..MessageLimits::default()
    };
    w.sandbox.set_message_limits(limits);
    let post = async |files: &[(&str, &[u8])]| w.upload("POST", &general(), json!({}), files).await;
    let (fits, over) = ([0; 100], [0; 101]);
    assert_eq!(post(&[("1", &over)]).await.code(), 40005);
    assert_eq!(post(&[("1", &fits), ("2", &fits)]).await.status, 200);
    let three: [(&str, &[u8]); 3] = [("1", &fits), ("2", &fits), ("3", &fits)];
    let refused = post(&three).await;
    assert_eq!((refused.status, refused.code()), (413, 40005));
    assert_eq!(w.sandbox.messages(world::GENERAL).len(), 1);
}

#[tokio::test]
async fn edits_of_messages_older_than_an_hour_are_limited_when_asked_for() {
    let w = World::start().await;
    let path = format!("{}/{}", general(), w.posted("old").await);
    let edit = async |path: &str| w.patch(path, json!({ "content": "edited" })).await;
    w.sandbox.advance(Duration::from_hours(2));
    for _ in 0..5 {
        edit(&path).await.ok();
    }
    let limits = json!({ "old_edits": OldEdits::discord() });
    assert_eq!(w.control("PUT", "/messages", limits).await, 204);
    for _ in 0..3 {
        edit(&path).await.ok();
    }
    let refused = edit(&path).await;
    assert_eq!((refused.status, refused.code()), (429, 30046));
    let after = refused.body["retry_after"].as_f64().unwrap();
    assert!(after > 0.0 && after <= 20.0, "{after}");
    // A young message is none of it.
    let young = format!("{}/{}", general(), w.posted("young").await);
    edit(&young).await.ok();
    w.sandbox.advance(Duration::from_secs(20));
    edit(&path).await.ok();
    assert_eq!(w.control("PUT", "/messages", json!({ "no": 1 })).await, 400);
}

#[tokio::test]
async fn a_nonce_stands_for_a_message_even_when_that_is_deleted() {
    let w = World::start().await;
    let body = json!({ "content": "once", "nonce": "n-1", "enforce_nonce": true });
    let first = w.post(&general(), body.clone()).await.id();
    w.sandbox.delete_message(world::GENERAL, first);
    let again = w.post(&general(), body.clone()).await;
    assert_eq!((again.status, again.code()), (404, 10008));

    let limits = MessageLimits {
        nonce_ms: 1_000,
        ..MessageLimits::default()
    };
    w.sandbox.set_message_limits(limits);
    w.sandbox.advance(Duration::from_secs(2));
    assert_ne!(w.post(&general(), body).await.id(), first);
    assert_eq!(w.sandbox.messages(world::GENERAL).len(), 1);
}

#[tokio::test]
async fn messages_are_deleted_together_within_two_weeks() {
    let w = World::start().await;
    let mut bot = Gateway::online(&w.sandbox, INTENTS | 1 << 9).await;
    let delete = async |ids: [u64; 2]| {
        let ids = ids.map(|id| id.to_string());
        let path = format!("{}/bulk-delete", general());
        w.post(&path, json!({ "messages": ids })).await
    };
    let old = w.posted("old").await;
    w.sandbox.advance(Duration::from_hours(24 * 15));
    let young = [w.posted("one").await, w.posted("two").await];
    w.sandbox
        .grant_bot(world::GENERAL, discord_sandbox::permissions::MANAGE_MESSAGES);
    assert_eq!(delete([old, young[0]]).await.code(), 50034);
    assert_eq!(w.sandbox.messages(world::GENERAL).len(), 3);
    assert_eq!(delete(young).await.status, 204);
    for _ in 0..3 {
        bot.event("MESSAGE_CREATE").await;
    }
    bot.event("CHANNEL_UPDATE").await;
    let gone = bot.event("MESSAGE_DELETE_BULK").await;
    assert_eq!(gone["ids"].as_array().unwrap().len(), 2);
    assert_eq!(w.sandbox.messages(world::GENERAL).len(), 1);
}
