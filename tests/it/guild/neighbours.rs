//! Tests that two servers of one bot, with the same people, keep their own pool, votes and settings.

use discord_sandbox::{World as Guilds, world};
use futures::FutureExt;
use greenlight::domain::ids::GuildId;
use greenlight::store::ledger;
use serde_json::{Value, json};

use crate::harness::{Kind, World, run_test_in};

/// Sends a command in the second server as somebody who may. Returns the answer.
async fn says(w: &World, user: u64, command: &str, options: Value) -> String {
    let member = w.discord().member(user).in_guild(world::HARBOUR);
    let sent = member.command(world::HARBOUR_COVERS, command, options).await;
    let answer = w.discord().answer(sent.expect("a command")).await;
    answer.message["content"].as_str().unwrap_or_default().to_owned()
}

/// Returns what is left in the pool of the first server, and in that of the second.
async fn left(w: &World) -> [i64; 2] {
    let read = async |guild: u64| {
        let guild = GuildId::new(guild);
        let store = &w.app().services.store;
        let pool = store.read(move |tx| ledger::read(tx, guild).boxed()).await;
        pool.expect("a pool").available.get()
    };
    [read(world::NORTHLIGHT).await, read(world::HARBOUR).await]
}

/// Returns the messages with a picture in the only thread of the second server.
fn pictures(w: &World) -> Vec<Value> {
    let threads = w.discord().threads(world::HARBOUR_COVERS);
    assert_eq!(threads.len(), 1, "{threads:#?}");
    let mut messages = w.discord().messages(id(&threads[0]));
    messages.retain(|message| !message["attachments"][0].is_null());
    messages
}

fn id(thing: &Value) -> u64 {
    thing["id"]
        .as_str()
        .and_then(|id| id.parse().ok())
        .expect("an id")
}

fn text(message: &Value) -> &str {
    message["content"].as_str().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_with_the_same_people_share_neither_pool_nor_votes_nor_settings() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let guilds = Guilds {
            neighbours: vec![world::harbour()],
            ..Guilds::default()
        };
        run_test_in(kind, guilds, &[], story).await;
    }
}

async fn story(w: &mut World) {
    w.handled(|counts| counts.guilds >= 2).await;
    assert_eq!(left(w).await, [1_000, 1_000]);
    each_server_is_set_by_its_own(w).await;
    let thread = w.ana().draft("a red fox", 1).await;
    w.starter(&thread);
    let image = w.image_at(&thread, "explore");
    assert!(image.text.contains("**0 of 1** for 2K"), "{}", image.text);
    assert_eq!(left(w).await, [990, 1_000], "a draft of the first server");

    says(
        w,
        world::ANA,
        "draft",
        json!({ "prompt": "a blue hare", "images": 1 }),
    )
    .await;
    w.run_jobs().await;
    let covers = pictures(w);
    assert_eq!(covers.len(), 1, "{covers:#?}");
    let cover = &covers[0];
    assert!(text(cover).contains("**0 of 2** for 2K"), "{}", text(cover));
    assert_eq!(left(w).await, [990, 990], "a draft of the second");

    w.bo().approves(&image).await;
    w.run_jobs().await;
    w.image_at(&thread, "review");
    assert_eq!(left(w).await, [970, 990], "a 2K of the first");
    let untouched = pictures(w);
    assert_eq!(untouched.len(), 1);
    assert!(
        text(&untouched[0]).contains("**0 of 2** for 2K"),
        "{}",
        text(&untouched[0])
    );
    votes_count_where_they_are_given(w, cover).await;
    w.look_at(&image);
    let pool = says(w, world::ANA, "credits pool", json!({})).await;
    assert!(pool.contains("970 credits"), "{pool}");
}

/// Dana owns the first server and is a guest in the second, Bo the other way round.
async fn each_server_is_set_by_its_own(w: &World) {
    let quorum = json!({ "review_quorum": 2 });
    let answer = says(w, world::BO, "settings approvals", quorum.clone()).await;
    assert!(answer.contains("1 person → **2 people**"), "{answer}");
    let guest = w.discord().member(world::DANA).in_guild(world::HARBOUR);
    let refused = guest.command(world::HARBOUR_COVERS, "settings approvals", quorum.clone());
    assert!(refused.await.is_err(), "Dana may not, where she is a guest");
    let elsewhere = w.discord().member(world::BO);
    let refused = elsewhere.command(world::CAMPAIGN, "settings approvals", quorum);
    assert!(refused.await.is_err(), "Bo may not, where he is one of many");
}

/// Cem is no member of the second server.
async fn votes_count_where_they_are_given(w: &World, cover: &Value) {
    let thread = id(&w.discord().threads(world::HARBOUR_COVERS)[0]);
    let votes = async |user: u64| {
        let member = w.discord().member(user).in_guild(world::HARBOUR);
        member.react(thread, id(cover), "✅").await
    };
    assert!(votes(world::CEM).await.is_err(), "Cem is not there");
    votes(world::BO).await.expect("a vote");
    w.run_jobs().await;
    assert!(text(&pictures(w)[0]).contains("**1 of 2** for 2K"));
    votes(world::DANA).await.expect("a vote");
    w.run_jobs().await;
    assert_eq!(pictures(w).len(), 2, "two of two make the 2K");
    assert_eq!(left(w).await, [970, 970]);
}
