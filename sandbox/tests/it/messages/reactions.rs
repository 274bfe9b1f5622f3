//! Reactions over REST and in events.

use discord_sandbox::{ActError, permissions, world};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, World};

fn reactions(message: u64) -> String {
    format!("/channels/{}/messages/{message}/reactions", world::GENERAL)
}

fn ids(users: &Value) -> Vec<u64> {
    users.as_array().unwrap().iter().map(crate::support::id).collect()
}

#[tokio::test]
async fn a_reaction_is_told_with_its_member_and_its_end_without() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let message = w.posted("vote").await;
    let dana = w.sandbox.member(world::DANA);
    dana.react(world::GENERAL, message, "✅").await.unwrap();
    let added = gateway.event("MESSAGE_REACTION_ADD").await;
    assert_eq!(added["member"]["roles"], json!([world::STUDIO_LEAD.to_string()]));
    assert_eq!(added["message_author_id"], world::BOT.to_string());
    assert_eq!((&added["burst"], &added["type"]), (&json!(false), &json!(0)));
    // Twice is once.
    dana.react(world::GENERAL, message, "✅").await.unwrap();
    dana.unreact(world::GENERAL, message, "✅").await.unwrap();
    let removed = gateway.event("MESSAGE_REACTION_REMOVE").await;
    assert!(removed.get("member").is_none());
    assert_eq!(w.sandbox.dispatched().reactions, 2);
}

#[tokio::test]
async fn who_reacted_is_listed_in_pages_by_user_and_super_reactions_apart() {
    let w = World::start().await;
    let message = w.posted("vote").await;
    let mut users: Vec<u64> = (0..5)
        .map(|n| w.sandbox.add_member(&format!("Member {n}")))
        .collect();
    // The order of reacting does not matter.
    for user in users.iter().rev() {
        w.sandbox
            .member(*user)
            .react(world::GENERAL, message, "✅")
            .await
            .unwrap();
    }
    w.sandbox
        .member(world::CEM)
        .burst_react(world::GENERAL, message, "✅")
        .await
        .unwrap();
    users.sort_unstable();
    let path = format!("{}/✅", reactions(message));
    assert_eq!(ids(&w.get(&format!("{path}?limit=2")).await.ok()), users[..2]);
    assert_eq!(
        ids(&w.get(&format!("{path}?limit=100&after={}", users[1])).await.ok()),
        users[2..]
    );
    assert_eq!(ids(&w.get(&format!("{path}?type=1")).await.ok()), [world::CEM]);
    assert_eq!(w.get(&format!("{path}?limit=101")).await.code(), 50035);
    let shown = w
        .get(&format!("/channels/{}/messages/{message}", world::GENERAL))
        .await
        .ok();
    assert_eq!(
        shown["reactions"][0]["count_details"],
        json!({ "normal": 5, "burst": 1 })
    );

    // Whoever left still shows.
    w.sandbox.remove_member(users[0]);
    assert_eq!(ids(&w.get(&path).await.ok()).len(), 5);
    let member = w
        .get(&format!("/guilds/{}/members/{}", world::NORTHLIGHT, users[0]))
        .await;
    assert_eq!((member.status, member.code()), (404, 10007));
}

#[tokio::test]
async fn a_message_has_at_most_twenty_emoji() {
    let w = World::start().await;
    let message = w.posted("vote").await;
    let emoji: Vec<char> = ('🍅'..).take(21).collect();
    for one in &emoji[..20] {
        assert_eq!(
            w.put(&format!("{}/{one}/@me", reactions(message))).await.status,
            204
        );
    }
    assert_eq!(
        w.put(&format!("{}/{}/@me", reactions(message), emoji[20]))
            .await
            .code(),
        30010
    );
    // One that is there already may still be joined.
    w.sandbox
        .member(world::BO)
        .react(world::GENERAL, message, &emoji[0].to_string())
        .await
        .unwrap();
    assert_eq!(
        w.put(&format!("{}/word/@me", reactions(message))).await.code(),
        10014
    );
}

/// How the bot's own reactions with these are answered, one after the other.
async fn reacts(w: &World, message: u64, emoji: &[String]) -> Vec<(u16, Option<u64>)> {
    let mut answers = vec![];
    for one in emoji {
        let reply = w.put(&format!("{}/{one}/@me", reactions(message))).await;
        answers.push((reply.status, reply.body["code"].as_u64()));
    }
    answers
}

#[tokio::test]
async fn unicode_and_custom_emoji_count_together_and_a_place_is_free_again() {
    let w = World::start().await;
    w.sandbox.grant_bot(world::GENERAL, permissions::MANAGE_MESSAGES);
    let message = w.posted("vote").await;
    let mut emoji: Vec<String> = ('🍅'..).take(10).map(String::from).collect();
    for n in 0..11 {
        let name = format!("fox_{n}");
        emoji.push(format!("{name}:{}", w.sandbox.create_emoji(&name).unwrap()));
    }
    assert_eq!(reacts(&w, message, &emoji[..20]).await, [(204, None); 20]);
    assert_eq!(reacts(&w, message, &emoji[20..]).await, [(400, Some(30010))]);
    let bo = w.sandbox.member(world::BO);
    for new in [&emoji[20], "🍑"] {
        let refused = bo.react(world::GENERAL, message, new).await;
        let why = ActError::Refused {
            code: 30010,
            message: "Maximum number of reactions reached (20)".to_owned(),
        };
        assert_eq!(refused, Err(why));
    }
    // What stands there may be joined, even by a person who may add nothing new.
    let everyone = permissions::MEMBER & !permissions::ADD_REACTIONS;
    w.sandbox
        .set_role_permissions(world::NORTHLIGHT, everyone)
        .unwrap();
    bo.react(world::GENERAL, message, &emoji[19]).await.unwrap();
    w.sandbox
        .set_role_permissions(world::NORTHLIGHT, permissions::MEMBER)
        .unwrap();

    // Who takes the last reaction with an emoji away makes room for another.
    w.delete(&format!("{}/{}/@me", reactions(message), emoji[19]))
        .await
        .ok();
    assert_eq!(reacts(&w, message, &emoji[20..]).await, [(400, Some(30010))]);
    bo.unreact(world::GENERAL, message, &emoji[19]).await.unwrap();
    assert_eq!(reacts(&w, message, &emoji[20..]).await, [(204, None)]);
    w.delete(&format!("{}/{}", reactions(message), emoji[0]))
        .await
        .ok();
    bo.react(world::GENERAL, message, "🍑").await.unwrap();
}

#[tokio::test]
async fn all_reactions_with_one_emoji_go_with_one_event() {
    let w = World::start().await;
    let fox = w.sandbox.create_emoji("fox").unwrap();
    w.sandbox.grant_bot(world::GENERAL, permissions::MANAGE_MESSAGES);
    let message = w.posted("vote").await;
    let custom = format!("fox:{fox}");
    for user in [world::ANA, world::BO] {
        let member = w.sandbox.member(user);
        for emoji in ["✅", &custom, "🚫"] {
            member.react(world::GENERAL, message, emoji).await.unwrap();
        }
    }
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let left = async || {
        let path = format!("/channels/{}/messages/{message}", world::GENERAL);
        let message = w.get(&path).await.ok();
        let all = message["reactions"].as_array().unwrap().iter();
        all.map(|one| one["emoji"]["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    for (emoji, told, rest) in [
        ("✅", json!({ "id": null, "name": "✅" }), vec!["fox", "🚫"]),
        (
            &custom,
            json!({ "id": fox.to_string(), "name": "fox", "animated": false }),
            vec!["🚫"],
        ),
    ] {
        assert_eq!(
            w.delete(&format!("{}/{emoji}", reactions(message))).await.status,
            204
        );
        assert_eq!(
            gateway.event("MESSAGE_REACTION_REMOVE_EMOJI").await,
            json!({
                "channel_id": world::GENERAL.to_string(), "message_id": message.to_string(),
                "guild_id": world::NORTHLIGHT.to_string(), "emoji": told,
            })
        );
        assert_eq!(left().await, rest);
    }
}

#[tokio::test]
async fn all_reactions_of_every_kind_go_with_one_event() {
    let w = World::start().await;
    let fox = w.sandbox.create_emoji("fox").unwrap();
    w.sandbox.grant_bot(world::GENERAL, permissions::MANAGE_MESSAGES);
    let message = w.posted("vote").await;
    let ana = w.sandbox.member(world::ANA);
    for emoji in ["✅", &format!("fox:{fox}")] {
        ana.react(world::GENERAL, message, emoji).await.unwrap();
    }
    ana.burst_react(world::GENERAL, message, "🔥").await.unwrap();
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    assert_eq!(w.delete(&reactions(message)).await.status, 204);
    assert_eq!(
        gateway.event("MESSAGE_REACTION_REMOVE_ALL").await,
        json!({
            "channel_id": world::GENERAL.to_string(), "message_id": message.to_string(),
            "guild_id": world::NORTHLIGHT.to_string(),
        })
    );
    let read = w
        .get(&format!("/channels/{}/messages/{message}", world::GENERAL))
        .await;
    assert!(read.ok().get("reactions").is_none());
    // They may all begin again.
    ana.react(world::GENERAL, message, &format!("fox:{fox}"))
        .await
        .unwrap();
    assert_eq!(
        gateway.event("MESSAGE_REACTION_ADD").await["emoji"]["id"],
        fox.to_string()
    );
}

#[tokio::test]
async fn only_moderators_clear_what_others_added() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let message = w.posted("vote").await;
    w.put(&format!("{}/✅/@me", reactions(message))).await.ok();
    gateway.event("MESSAGE_REACTION_ADD").await;
    w.sandbox
        .member(world::BO)
        .react(world::GENERAL, message, "🚫")
        .await
        .unwrap();
    gateway.event("MESSAGE_REACTION_ADD").await;
    assert_eq!(
        w.delete(&format!("{}/🚫/{}", reactions(message), world::BO))
            .await
            .code(),
        50013
    );
    assert_eq!(w.delete(&reactions(message)).await.code(), 50013);
    w.delete(&format!("{}/✅/@me", reactions(message))).await.ok();
    gateway.event("MESSAGE_REACTION_REMOVE").await;

    w.sandbox.grant_bot(world::GENERAL, permissions::MANAGE_MESSAGES);
    gateway.event("CHANNEL_UPDATE").await;
    w.delete(&format!("{}/🚫", reactions(message))).await.ok();
    assert_eq!(
        gateway.event("MESSAGE_REACTION_REMOVE_EMOJI").await["emoji"]["name"],
        "🚫"
    );
    w.delete(&reactions(message)).await.ok();
    gateway.event("MESSAGE_REACTION_REMOVE_ALL").await;
}
