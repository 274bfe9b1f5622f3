//! More guilds than one: each with its own channels, members, roles and emoji.

use discord_sandbox::{Options, Sandbox, world};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, World, id};

/// Starts a local Discord with two guilds.
async fn two() -> World {
    let world = discord_sandbox::World {
        neighbours: vec![world::harbour()],
        ..Default::default()
    };
    let options = Options {
        world,
        ..Options::default()
    };
    World {
        sandbox: Sandbox::start(options).await.unwrap(),
        http: reqwest::Client::new(),
    }
}

fn ids(list: &Value) -> Vec<u64> {
    list.as_array().unwrap().iter().map(id).collect()
}

#[tokio::test]
async fn a_bot_is_told_of_both_guilds_and_what_happens_in_which() {
    let w = two().await;
    let mut gateway = Gateway::connect(&w.sandbox).await;
    gateway.identify(json!({ "intents": INTENTS | 512 })).await;
    let home = gateway.event("GUILD_CREATE").await;
    let other = gateway.event("GUILD_CREATE").await;
    assert_eq!((id(&home), id(&other)), (world::NORTHLIGHT, world::HARBOUR));
    assert_eq!(ids(&other["channels"]), [world::HARBOUR_COVERS]);
    assert!(!ids(&home["channels"]).contains(&world::HARBOUR_COVERS));
    assert_eq!(other["owner_id"], world::ANA.to_string());
    assert_eq!(other["member_count"], 4);
    let mine = w.get("/users/@me/guilds").await.ok();
    assert_eq!(ids(&mine), [world::NORTHLIGHT, world::HARBOUR]);

    let bo = w.sandbox.member(world::BO).in_guild(world::HARBOUR);
    bo.say(world::HARBOUR_COVERS, "hello", vec![]).await.unwrap();
    let said = gateway.event("MESSAGE_CREATE").await;
    assert_eq!(said["guild_id"], world::HARBOUR.to_string());
    assert_eq!(
        said["member"]["roles"],
        json!([world::HARBOUR_EDITOR.to_string()])
    );
    let channel = w.get(&format!("/channels/{}", world::HARBOUR_COVERS)).await.ok();
    assert_eq!(channel["guild_id"], world::HARBOUR.to_string());
}

#[tokio::test]
async fn members_roles_and_emoji_of_one_guild_mean_nothing_in_the_other() {
    let w = two().await;
    let cem = w.sandbox.member(world::CEM);
    assert!(
        cem.clone()
            .in_guild(world::HARBOUR)
            .say(world::HARBOUR_COVERS, "x", vec![])
            .await
            .is_err()
    );
    assert!(cem.say(world::HARBOUR_COVERS, "x", vec![]).await.is_err());
    let path = |guild: u64, rest: &str| format!("/guilds/{guild}/{rest}");
    let member = |guild| path(guild, &format!("members/{}", world::CEM));
    w.get(&member(world::NORTHLIGHT)).await.ok();
    assert_eq!(w.get(&member(world::HARBOUR)).await.code(), 10007);
    let roles = w.get(&path(world::HARBOUR, "roles")).await.ok();
    let expected = [world::HARBOUR, world::HARBOUR_BOT_ROLE, world::HARBOUR_EDITOR];
    assert_eq!(ids(&roles), expected);
    let fox = w.sandbox.create_emoji("fox").unwrap();
    assert_eq!(ids(&w.get(&path(world::NORTHLIGHT, "emojis")).await.ok()), [fox]);
    assert!(ids(&w.get(&path(world::HARBOUR, "emojis")).await.ok()).is_empty());
    assert_eq!(w.get("/guilds/42").await.code(), 10004);
}

#[tokio::test]
async fn the_page_shows_the_guild_that_it_asks_for() {
    let w = two().await;
    let home = w.page("GET", "/state", Value::Null).await.ok();
    assert_eq!(ids(&home["guilds"]), [world::NORTHLIGHT, world::HARBOUR]);
    let path = format!("/state?guild={}", world::HARBOUR);
    let other = w.page("GET", &path, Value::Null).await.ok();
    assert_eq!(other["guild"]["name"], "Harbour Press");
    assert_eq!(ids(&other["channels"]), [world::HARBOUR_COVERS]);
    let people = other["users"].as_array().unwrap();
    let cem = people.iter().find(|user| user["name"] == "Cem").unwrap();
    assert_eq!(cem["member"], false);
    // A person who is not there sees nothing of it.
    let as_cem = format!("/state?guild={}&as={}", world::HARBOUR, world::CEM);
    assert_eq!(w.page("GET", &as_cem, Value::Null).await.code(), 10007);
}
