//! The guild's own emoji: who hears of them, and who reacts with them.

use discord_sandbox::{ActError, Options, Sandbox, permissions, world};
use serde_json::{Value, json};

use crate::support::{Gateway, Reply, World, id};

/// GUILDS | `GUILD_EXPRESSIONS` | `GUILD_MESSAGE_REACTIONS`.
const INTENTS: u64 = 1 | 1 << 3 | 1 << 10;

fn emojis() -> String {
    format!("/guilds/{}/emojis", world::NORTHLIGHT)
}

fn reactions(message: u64) -> String {
    format!("/channels/{}/messages/{message}/reactions", world::GENERAL)
}

/// An emoji as Discord shows it to those who may not make any.
fn shown(id: u64, name: &str) -> Value {
    json!({
        "id": id.to_string(), "name": name, "roles": [], "require_colons": true, "managed": false, "animated": false,
        "available": true,
    })
}

impl World {
    /// The reactions of a message, by the emoji and how many.
    async fn counted(&self, message: u64) -> Vec<(Value, u64)> {
        let path = format!("/channels/{}/messages/{message}", world::GENERAL);
        let message = self.get(&path).await.ok();
        let all = message["reactions"].as_array().into_iter().flatten();
        all.map(|one| (one["emoji"].clone(), one["count"].as_u64().unwrap()))
            .collect()
    }
}

#[tokio::test]
async fn the_bot_hears_of_the_guilds_emoji_and_reads_them() {
    let w = World::start().await;
    let fox = w.sandbox.create_emoji("fox").unwrap();
    let mut gateway = Gateway::connect(&w.sandbox).await;
    gateway.identify(json!({ "intents": INTENTS })).await;
    let guild = gateway.event("GUILD_CREATE").await;
    assert_eq!(guild["emojis"], json!([shown(fox, "fox")]));

    let owl = w.sandbox.create_emoji("Owl_2").unwrap();
    let both = json!([shown(fox, "fox"), shown(owl, "Owl_2")]);
    let updated = gateway.event("GUILD_EMOJIS_UPDATE").await;
    assert_eq!(
        updated,
        json!({ "guild_id": world::NORTHLIGHT.to_string(), "emojis": both })
    );
    assert_eq!(w.get(&emojis()).await.ok(), both);
    assert_eq!(
        w.get(&format!("/guilds/{}", world::NORTHLIGHT)).await.ok()["emojis"],
        both
    );
    let one = format!("{}/{owl}", emojis());
    assert_eq!(w.get(&one).await.ok(), shown(owl, "Owl_2"));

    w.sandbox.delete_emoji(owl).unwrap();
    let updated = gateway.event("GUILD_EMOJIS_UPDATE").await;
    assert_eq!(updated["emojis"], json!([shown(fox, "fox")]));
    let gone = w.get(&one).await;
    assert_eq!((gone.status, gone.code()), (404, 10014));
    assert_eq!(w.get("/guilds/42/emojis").await.code(), 10004);
}

#[tokio::test]
async fn who_made_an_emoji_is_told_to_those_who_may_make_some() {
    let w = World::start().await;
    let fox = w.sandbox.create_emoji("fox").unwrap();
    let allowed = permissions::MEMBER | permissions::CREATE_GUILD_EXPRESSIONS;
    w.sandbox.set_role_permissions(world::BOT_ROLE, allowed).unwrap();
    let listed = w.get(&emojis()).await.ok();
    assert_eq!(id(&listed[0]["user"]), world::DANA);
    let one = w.get(&format!("{}/{fox}", emojis())).await.ok();
    assert_eq!(one, listed[0]);
}

#[tokio::test]
async fn without_the_intent_the_bot_hears_nothing_of_new_ones() {
    let w = World::start().await;
    let mut gateway = Gateway::online(&w.sandbox, crate::support::INTENTS).await;
    let fox = w.sandbox.create_emoji("fox").unwrap();
    let message = w.posted("vote").await;
    w.put(&format!("{}/fox:{fox}/@me", reactions(message))).await.ok();
    gateway.event("MESSAGE_REACTION_ADD").await;
}

#[tokio::test]
async fn everybody_reacts_with_it_by_its_id() {
    let w = World::start().await;
    let fox = w.sandbox.create_emoji("fox").unwrap();
    let mut gateway = Gateway::online(&w.sandbox, INTENTS).await;
    let message = w.posted("vote").await;
    let emoji = json!({ "id": fox.to_string(), "name": "fox", "animated": false });

    assert_eq!(
        w.put(&format!("{}/fox:{fox}/@me", reactions(message)))
            .await
            .status,
        204
    );
    let added = gateway.event("MESSAGE_REACTION_ADD").await;
    assert_eq!(
        (&added["emoji"], &added["user_id"]),
        (&emoji, &json!(world::BOT.to_string()))
    );
    // Whatever somebody calls it, it is the guild's.
    let ana = w.sandbox.member(world::ANA);
    ana.react(world::GENERAL, message, &format!("vixen:{fox}"))
        .await
        .unwrap();
    let added = gateway.event("MESSAGE_REACTION_ADD").await;
    assert_eq!(
        (&added["emoji"], &added["user_id"]),
        (&emoji, &json!(world::ANA.to_string()))
    );
    assert_eq!(w.counted(message).await, [(emoji.clone(), 2)]);
    let who = w.get(&format!("{}/vixen:{fox}", reactions(message))).await.ok();
    assert_eq!([&who[0], &who[1]].map(id), [world::ANA, world::BOT]);

    ana.unreact(world::GENERAL, message, &format!("fox:{fox}"))
        .await
        .unwrap();
    let removed = gateway.event("MESSAGE_REACTION_REMOVE").await;
    assert_eq!(removed["emoji"], emoji);
    w.delete(&format!("{}/vixen:{fox}/@me", reactions(message)))
        .await
        .ok();
    assert_eq!(gateway.event("MESSAGE_REACTION_REMOVE").await["emoji"], emoji);
    assert_eq!(w.counted(message).await, []);
}

#[tokio::test]
async fn one_that_nobody_knows_is_refused_everywhere() {
    let w = World::start().await;
    w.sandbox.create_emoji("fox").unwrap();
    w.sandbox.grant_bot(world::GENERAL, permissions::MANAGE_MESSAGES);
    let message = w.posted("vote").await;
    for unknown in ["fox:1100000000000000099", "fox:nonsense", "fox:"] {
        let path = format!("{}/{unknown}", reactions(message));
        let replies: [Reply; 5] = [
            w.put(&format!("{path}/@me")).await,
            w.get(&path).await,
            w.delete(&path).await,
            w.delete(&format!("{path}/@me")).await,
            w.delete(&format!("{path}/{}", world::ANA)).await,
        ];
        let refused = replies.map(|reply| (reply.status, reply.code()));
        assert_eq!(refused, [(400, 10014); 5], "{unknown}");
        let ana = w.sandbox.member(world::ANA);
        let refused = ana.react(world::GENERAL, message, unknown).await;
        let why = ActError::Refused {
            code: 10014,
            message: "Unknown Emoji".to_owned(),
        };
        assert_eq!(refused, Err(why), "{unknown}");
    }
    assert_eq!(w.counted(message).await, []);
}

#[tokio::test]
async fn a_reaction_outlives_its_emoji() {
    let w = World::start().await;
    let fox = w.sandbox.create_emoji("fox").unwrap();
    let (old, new) = (w.posted("old").await, w.posted("new").await);
    let bo = w.sandbox.member(world::BO);
    let fox = format!("fox:{fox}");
    bo.react(world::GENERAL, old, &fox).await.unwrap();
    w.sandbox.delete_emoji(fox[4..].parse().unwrap()).unwrap();

    assert_eq!(
        w.put(&format!("{}/{fox}/@me", reactions(new))).await.code(),
        10014
    );
    assert_eq!(w.put(&format!("{}/{fox}/@me", reactions(old))).await.status, 204);
    assert_eq!(w.counted(old).await[0].1, 2);
    bo.unreact(world::GENERAL, old, &fox).await.unwrap();
    assert_eq!(w.counted(old).await[0].1, 1);
}

#[tokio::test]
async fn a_guild_has_as_many_as_its_boosts_allow() {
    let w = World::start().await;
    for n in 0..50 {
        w.sandbox.create_emoji(&format!("fox_{n}")).unwrap();
    }
    let full = ActError::Refused {
        code: 30008,
        message: "Maximum number of emojis reached (50)".to_owned(),
    };
    assert_eq!(w.sandbox.create_emoji("one_more"), Err(full));
    w.sandbox.set_premium_tier(1);
    w.sandbox.create_emoji("one_more").unwrap();
    assert_eq!(w.sandbox.emojis().len(), 51);
    let nameless = w.sandbox.create_emoji("a fox").unwrap_err();
    assert!(
        matches!(nameless, ActError::Refused { code: 50035, .. }),
        "{nameless}"
    );
}

#[tokio::test]
async fn the_control_api_makes_and_takes_them_and_the_page_hears_of_it() {
    let w = World::start().await;
    let mut heard = w.sandbox.subscribe();
    let made = w
        .page("POST", "/control/emojis", json!({ "name": "fox" }))
        .await
        .ok();
    let fox = id(&made);
    assert_eq!((&made["name"], id(&made["user"])), (&json!("fox"), world::DANA));
    let all = json!([shown(fox, "fox")]);
    assert_eq!(w.page("GET", "/control/emojis", Value::Null).await.ok(), all);
    assert_eq!(w.page("GET", "/state", Value::Null).await.ok()["emojis"], all);
    let told = heard.recv().await.unwrap().body;
    assert_eq!(*told, json!({ "t": "EMOJIS", "d": { "emojis": all } }));

    let message = w.posted("vote").await;
    let act = json!({
        "as": world::ANA.to_string(), "what": "react", "channel_id": world::GENERAL.to_string(),
        "message_id": message.to_string(), "emoji": format!("fox:{fox}"),
    });
    w.page("POST", "/control/act", act).await.ok();
    let path = format!(
        "/channels/{}/messages/{message}/reactions/fox:{fox}",
        world::GENERAL
    );
    let as_bo = format!("{path}?as={}", world::BO);
    assert_eq!(w.page("PUT", &as_bo, Value::Null).await.status, 204);
    assert_eq!(w.counted(message).await[0].1, 2);

    let one = format!("/control/emojis/{fox}");
    assert_eq!(w.page("DELETE", &one, Value::Null).await.status, 204);
    assert_eq!(w.page("DELETE", &one, Value::Null).await.code(), 10014);
    let bad = w.page("POST", "/control/emojis", json!({ "name": "x" })).await;
    assert_eq!(bad.code(), 50035);
}

/// As a bot may have a button with it that was made when the emoji was still there.
#[tokio::test]
async fn a_button_or_a_choice_has_an_emoji_that_there_is() {
    let w = World::start().await;
    let fox = w.sandbox.create_emoji("fox").unwrap();
    let rows = |emoji: Value| {
        let option = json!({ "label": "One", "value": "one", "emoji": emoji });
        json!([
            { "type": 1, "components": [
                { "type": 2, "style": 1, "custom_id": "plain", "label": "Plain" },
                { "type": 2, "style": 1, "custom_id": "go", "emoji": emoji },
            ] },
            { "type": 1, "components": [{ "type": 3, "custom_id": "pick", "options": [option] }] },
        ])
    };
    let path = format!("/channels/{}/messages", world::GENERAL);
    let message = w.posted("edited").await;
    let edit = format!("{path}/{message}");
    for (emoji, at) in [
        (json!({ "id": "1", "name": "fox" }), "id"),
        (json!({ "id": null, "name": "fox" }), "name"),
        (json!({ "name": "\u{202e}" }), "name"),
    ] {
        let body = json!({ "components": rows(emoji) });
        for refused in [
            w.post(&path, body.clone()).await,
            w.patch(&edit, body.clone()).await,
        ] {
            assert_eq!(refused.code(), 50035, "{refused:?}");
            for part in ["0/components/1", "1/components/0/options/0"] {
                let faults = &refused.body["errors"]["components"];
                let fault = faults.pointer(&format!("/{part}/emoji/{at}/_errors/0/code"));
                assert_eq!(fault, Some(&json!("BUTTON_COMPONENT_INVALID_EMOJI")), "{faults}");
            }
        }
    }
    let own = json!({ "id": fox.to_string(), "name": "whatever" });
    for emoji in [own.clone(), json!({ "name": "🦊" })] {
        let body = json!({ "components": rows(emoji) });
        w.post(&path, body.clone()).await.ok();
        w.patch(&edit, body).await.ok();
    }
    w.sandbox.delete_emoji(fox).unwrap();
    let body = json!({ "components": rows(own) });
    assert_eq!(w.post(&path, body).await.code(), 50035, "it is gone");
}

#[tokio::test]
async fn they_are_kept_across_runs() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options {
        data: Some(folder.path().to_owned()),
        ..Options::default()
    };
    let first = Sandbox::start(options()).await.unwrap();
    let fox = first.create_emoji("fox").unwrap();
    first.stop().await;
    let second = Sandbox::start(options()).await.unwrap();
    assert_eq!(second.emojis(), [shown(fox, "fox")]);
}
