//! Replies of people, and what of messages a bot reads that has not the intent for content.

use discord_sandbox::world;
use serde_json::{Value, json};

use crate::support::{World, id};

#[tokio::test]
async fn a_bot_reads_only_what_mentions_it_unless_it_may_read_all() {
    let w = World::start().await;
    let ours = w.posted("hello").await;
    let bo = w.sandbox.member(world::BO);
    let pinged = bo.reply(world::GENERAL, ours, "warmer", true).await.unwrap();
    let quiet = bo.reply(world::GENERAL, ours, "colder", false).await.unwrap();
    let list = format!("/channels/{}/messages", world::GENERAL);
    let read = async |message: u64| {
        let one = w.get(&format!("{list}/{message}")).await.ok();
        let listed = w.get(&list).await.ok();
        let found = listed
            .as_array()
            .unwrap()
            .iter()
            .find(|one| id(one) == message)
            .cloned();
        assert_eq!(found, Some(one.clone()), "one by one as in a list");
        one
    };
    let (heard, withheld) = (read(pinged).await, read(quiet).await);
    assert_eq!(
        (&heard["content"], &heard["type"]),
        (&json!("warmer"), &json!(19))
    );
    assert_eq!(heard["message_reference"]["message_id"], ours.to_string());
    assert_eq!(withheld["content"], "");
    assert_eq!(withheld["mentions"], json!([]));

    // An edit keeps the ping, and so the text can be read.
    bo.edit(world::GENERAL, pinged, "much warmer").await.unwrap();
    let edited = read(pinged).await;
    assert_eq!(edited["content"], "much warmer");
    assert_eq!(edited["mentions"].as_array().unwrap().len(), 1);

    bo.delete(world::GENERAL, pinged).await.unwrap();
    let gone = w.get(&format!("{list}/{pinged}")).await;
    assert_eq!(gone.code(), 10008);
}

#[tokio::test]
async fn people_edit_and_delete_only_their_own() {
    let w = World::start().await;
    let (bo, cem) = (w.sandbox.member(world::BO), w.sandbox.member(world::CEM));
    let said = bo.say(world::GENERAL, "mine", vec![]).await.unwrap();
    assert!(cem.edit(world::GENERAL, said, "not yours").await.is_err());
    assert!(cem.delete(world::GENERAL, said).await.is_err());
    for act in [
        json!({ "as": world::BO.to_string(), "what": "edit", "channel_id": world::GENERAL.to_string(),
            "message_id": said.to_string(), "content": "mine still" }),
        json!({ "as": world::BO.to_string(), "what": "delete", "channel_id": world::GENERAL.to_string(),
            "message_id": said.to_string() }),
    ] {
        w.page("POST", "/control/act", act).await.ok();
    }
    let reply = json!({ "as": world::BO.to_string(), "what": "say", "channel_id": world::GENERAL.to_string(),
        "content": "an answer", "reply_to": w.posted("hello").await.to_string() });
    let replied = id(&w.page("POST", "/control/act", reply).await.ok());
    let all = w.sandbox.messages(world::GENERAL);
    assert!(all.iter().all(|one| id(one) != said), "it is deleted");
    let answer: Vec<&Value> = all.iter().filter(|one| id(one) == replied).collect();
    assert_eq!(answer[0]["type"], 19);
}
