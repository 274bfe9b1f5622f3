//! Tests messages and files: nonces that stand for nothing, files that are too large, URLs that
//! expire, and too many edits.

use std::time::Duration;

use discord_sandbox::{Fault, MessageLimits, OldEdits, world};
use greenlight::domain::ids::GuildId;
use serde_json::json;

use super::answered;
use crate::harness::{Image, Thread, World, run_test};

const MIB: usize = 1024 * 1024;

/// Returns the one attachment of an image's message.
fn attachment(w: &World, image: &Image) -> serde_json::Value {
    let message = w.message(image.thread, image.message);
    assert_eq!(message["attachments"].as_array().map(Vec::len), Some(1));
    message["attachments"][0].clone()
}

fn bytes(w: &World, image: &Image) -> u64 {
    attachment(w, image)["size"].as_u64().expect("a size")
}

/// Has the bot post a message without learning of it, and a moderator delete it. The nonce still
/// stands for it (10008).
async fn deleted_before_the_bot_knew(w: &mut World, skip: u32) {
    w.fail(Fault {
        method: Some("POST".to_owned()),
        path_contains: "/messages".to_owned(),
        skip,
        after_effect: true,
        hang_up: true,
        ..Fault::default()
    });
    w.ana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
    w.run_jobs().await;
    let channel = if skip == 0 {
        world::CAMPAIGN
    } else {
        w.last_thread().id
    };
    let last = w.discord().messages(channel).pop().expect("what was posted");
    let id = last["id"].as_str().and_then(|id| id.parse().ok());
    w.discord().delete_message(channel, id.expect("an id"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_deleted_before_the_bot_knew_of_it_is_posted_again() {
    // Between the two the thread is opened, by a path that contains the same.
    for (skip, what) in [(0, "the starter"), (2, "the picture")] {
        run_test(async |w| {
            deleted_before_the_bot_knew(w, skip).await;
            w.work_it_out().await;
            assert!(answered(w, "POST", "/messages", 404) > 0, "{what}: no 10008");
            let thread = w.last_thread();
            w.starter(&thread);
            let image = w.image_at(&thread, "explore");
            assert_eq!(w.said_in(world::CAMPAIGN).len(), 1, "{what}: nothing is amiss");
            w.bo().approves(&image).await;
            w.work_it_out().await;
            w.image_at(&thread, "review");
            assert_eq!(w.sums().await, (0, 30, 970), "{what}");
        })
        .await;
    }
}

/// Has a review drawn that is larger than may be posted, by the limit of a file or of a request.
async fn too_large(w: &mut World, limit: impl Fn(u64) -> MessageLimits) -> (Thread, Image) {
    let (thread, images) = w.drafted(1).await;
    w.discord().set_message_limits(limit(bytes(w, &images[0])));
    w.bo().approves(&images[0]).await;
    w.work_it_out().await;
    let review = w.image_at(&thread, "review");
    assert!(answered(w, "POST", "/messages", 413) > 0, "it was small enough");
    assert!(review.text.contains("Posted as JPEG"), "{}", review.text);
    assert_eq!(w.sums().await, (0, 30, 970), "drawn and paid once");
    (thread, review)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_over_the_limit_of_a_file_or_a_request_is_posted_smaller() {
    run_test(async |w| {
        let limit = |bytes| MessageLimits {
            file_bytes: Some(bytes),
            ..MessageLimits::default()
        };
        let (_, review) = too_large(w, limit).await;
        let original = w.app().services.blobs.size(review.render()).await;
        let original = original.expect("the blobs").expect("the original") as u64;
        assert!(bytes(w, &review) < original, "the original is kept");
    })
    .await;
    run_test(async |w| {
        let limit = |bytes| MessageLimits {
            request_bytes: Some(bytes),
            ..MessageLimits::default()
        };
        too_large(w, limit).await;
    })
    .await;
}

/// The guild loses its boosts, and no event tells the bot. It takes the file for small enough, Discord
/// refuses it, and the bot keeps to that until it is told of another tier.
#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_files_follows_the_boosts_and_is_found_out_where_nobody_tells() {
    run_test(async |w| {
        let limit = |w: &World| {
            let discord = &w.app().services.discord;
            discord.upload_limit(GuildId::new(world::NORTHLIGHT)) / MIB
        };
        for (tier, mebibytes) in [(1, 10), (2, 50), (3, 100)] {
            let told = w.counts().guilds;
            w.discord().set_premium_tier(tier);
            w.handled(|counts| counts.guilds > told).await;
            assert_eq!(limit(w), mebibytes, "tier {tier}");
        }
        let small = |bytes| MessageLimits {
            file_bytes: Some(bytes),
            ..MessageLimits::default()
        };
        too_large(w, small).await;
        assert_eq!(limit(w), 0, "what was refused is not offered again");
        let told = w.counts().guilds;
        w.discord().set_premium_tier(2);
        w.handled(|counts| counts.guilds > told).await;
        assert_eq!(limit(w), 50, "another tier is believed");
    })
    .await;
}

/// The bot keeps the picture itself. The posted file has a URL for a day, and a new one when it is
/// read again.
#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_on_when_the_url_that_it_was_posted_at_has_ended() {
    run_test(async |w| {
        let (thread, images) = w.drafted(1).await;
        let url = |w: &World| attachment(w, &images[0])["url"].as_str().map(str::to_owned);
        let status = async |url: Option<String>| {
            let answer = reqwest::get(url.expect("a URL")).await;
            answer.expect("the local Discord").status().as_u16()
        };
        let old = url(w);
        assert_eq!(status(old.clone()).await, 200);
        w.advance(Duration::from_hours(49));
        w.run_jobs().await;
        assert_eq!(status(old).await, 404, "it has ended");
        w.restart().await;
        w.bo().approves(&images[0]).await;
        w.work_it_out().await;
        let review = w.image_at(&thread, "review");
        assert_eq!(
            status(url(w)).await,
            200,
            "the message was edited, and has its file"
        );
        let shown = attachment(w, &review);
        assert_eq!(
            (shown["width"].as_u64(), shown["height"].as_u64()),
            (Some(u64::from(review.size.0)), Some(u64::from(review.size.1)))
        );
        assert_eq!(w.sums().await, (0, 30, 970));
    })
    .await;
}

/// 30046: Discord allows three edits of old messages every twenty seconds in a channel, and four
/// messages must change.
#[tokio::test(flavor = "multi_thread")]
async fn old_messages_are_edited_as_often_as_discord_allows_and_all_tell_the_truth() {
    run_test(async |w| {
        let quorum = json!({ "review_quorum": 100 });
        w.dana().command("settings approvals", quorum).await;
        let (_, images) = w.drafted(4).await;
        w.advance(Duration::from_hours(2));
        w.discord().set_message_limits(MessageLimits {
            old_edits: Some(OldEdits::discord()),
            ..MessageLimits::default()
        });
        for image in &images {
            w.bo().approves(image).await;
            w.cem().approves(image).await;
        }
        w.work_it_out().await;
        assert!(answered(w, "PATCH", "/messages/", 429) > 0, "all went at once");
        for image in &images {
            let said = w.look_at(image);
            assert!(said.contains("**2 of 100**"), "{said}");
        }
        assert_eq!(w.sums().await, (0, 40, 960));
    })
    .await;
}
