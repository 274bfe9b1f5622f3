//! Members come and go, and are given roles, by those who may.

use discord_sandbox::{permissions, world};
use serde_json::{Value, json};

use crate::support::{Gateway, INTENTS, World};

/// GUILDS | `GUILD_MEMBERS`.
const WITH_MEMBERS: u64 = 0b11;

fn guild(path: &str) -> String {
    format!("/guilds/{}{path}", world::NORTHLIGHT)
}

#[tokio::test]
async fn who_comes_and_goes_is_told_only_to_those_who_asked_for_members() {
    let w = World::start().await;
    let portal = w.sandbox.gateway();
    portal.set_limits(|limits| limits.privileged_intents = WITH_MEMBERS & !1);
    let mut told = Gateway::online(&w.sandbox, WITH_MEMBERS).await;
    let mut untold = Gateway::online(&w.sandbox, INTENTS).await;
    let eve = w.sandbox.add_member("Eve");
    assert_eq!(
        told.event("GUILD_MEMBER_ADD").await["user"]["id"],
        eve.to_string()
    );
    let message = w.posted("vote").await;
    let member = w.sandbox.member(eve);
    member.react(world::GENERAL, message, "✅").await.unwrap();
    member.leave().await.unwrap();
    let left = told.event("GUILD_MEMBER_REMOVE").await;
    assert_eq!(left["user"]["id"], eve.to_string());
    untold.event("MESSAGE_REACTION_ADD").await;

    let path = guild(&format!("/members/{eve}"));
    assert_eq!(w.get(&path).await.code(), 10007);
    assert_eq!(w.get(&guild("/members/42")).await.code(), 10013);
    let reactions = format!("/channels/{}/messages/{message}/reactions/✅", world::GENERAL);
    assert_eq!(w.get(&reactions).await.ok()[0]["id"], eve.to_string(), "it stays");
    assert!(
        member.react(world::GENERAL, message, "🦊").await.is_err(),
        "they are gone"
    );

    w.sandbox.rejoin_member(eve).unwrap();
    told.event("GUILD_MEMBER_ADD").await;
    assert_eq!(w.get(&path).await.ok()["roles"], json!([]));
    let dana = w.sandbox.member(world::DANA);
    assert!(dana.leave().await.is_err(), "the owner stays");
    assert_eq!(
        w.sandbox
            .member(world::BO)
            .kick(eve)
            .await
            .unwrap_err()
            .to_string(),
        "Missing Permissions (code 50013)"
    );
    dana.kick(eve).await.unwrap();
    told.event("GUILD_MEMBER_REMOVE").await;
    assert_eq!(w.get(&path).await.code(), 10007);
}

#[tokio::test]
async fn a_guild_of_fifty_is_listed_in_pages_and_counted() {
    let w = World::start().await;
    w.sandbox
        .gateway()
        .set_limits(|limits| limits.privileged_intents = 1 << 1);
    let crowd = w.sandbox.add_members(46);
    let mut gateway = Gateway::connect(&w.sandbox).await;
    gateway
        .send(json!({ "op": 2, "d": { "token": "Bot a-token", "intents": 1, "properties": {} } }))
        .await;
    gateway.event("READY").await;
    // Four people, the bot, and the crowd.
    assert_eq!(gateway.event("GUILD_CREATE").await["member_count"], 51);
    let mut listed = Vec::new();
    let mut after = 0;
    loop {
        let page = w
            .get(&guild(&format!("/members?limit=20&after={after}")))
            .await
            .ok();
        let Some(last) = page.as_array().and_then(|page| page.last()) else {
            break;
        };
        after = crate::support::id(&last["user"]);
        listed.extend(page.as_array().unwrap().clone());
    }
    assert_eq!(listed.len(), 51);
    let message = w.posted("vote").await;
    for user in &crowd {
        w.sandbox
            .member(*user)
            .react(world::GENERAL, message, "✅")
            .await
            .unwrap();
    }
    let path = format!("/channels/{}/messages/{message}/reactions/✅", world::GENERAL);
    let count = async |query: &str| {
        let page = w.get(&format!("{path}{query}")).await.ok();
        page.as_array().unwrap().len()
    };
    assert_eq!((count("").await, count("?limit=100").await), (25, 46));
    assert_eq!(count(&format!("?limit=100&after={}", crowd[40])).await, 5);
}

#[tokio::test]
async fn roles_are_given_below_ones_own_and_by_those_who_manage_them() {
    let w = World::start().await;
    let portal = w.sandbox.gateway();
    portal.set_limits(|limits| limits.privileged_intents = WITH_MEMBERS & !1);
    let mut gateway = Gateway::online(&w.sandbox, WITH_MEMBERS).await;
    let approver = w.sandbox.create_role("Approver", 0).unwrap();
    assert_eq!(
        gateway.event("GUILD_ROLE_CREATE").await["role"]["name"],
        "Approver"
    );
    let (bo, dana) = (w.sandbox.member(world::BO), w.sandbox.member(world::DANA));
    assert!(
        bo.give_role(world::CEM, approver).await.is_err(),
        "not his to give"
    );
    dana.give_role(world::CEM, approver).await.unwrap();
    // Twice is once.
    dana.give_role(world::CEM, approver).await.unwrap();
    let updated = gateway.event("GUILD_MEMBER_UPDATE").await;
    assert_eq!(updated["roles"], json!([approver.to_string()]));
    dana.take_role(world::CEM, approver).await.unwrap();
    assert_eq!(gateway.event("GUILD_MEMBER_UPDATE").await["roles"], json!([]));
    assert!(
        dana.give_role(world::CEM, world::BOT_ROLE).await.is_err(),
        "it is the bot's own"
    );
    the_bot_gives_what_is_below_its_own(&w, approver).await;
}

/// The bot may give no role until it manages roles, and then only those below its own.
async fn the_bot_gives_what_is_below_its_own(w: &World, approver: u64) {
    let path = guild(&format!("/members/{}/roles/{approver}", world::CEM));
    assert_eq!(w.put(&path).await.code(), 50013);
    w.sandbox
        .set_role_permissions(world::BOT_ROLE, permissions::MEMBER | permissions::MANAGE_ROLES)
        .unwrap();
    assert_eq!(w.put(&path).await.code(), 50013, "it stands above the bot's");
    let own = w
        .post(&guild("/roles"), json!({ "name": "Guests", "permissions": "0" }))
        .await
        .id();
    let give = guild(&format!("/members/{}/roles/{own}", world::CEM));
    assert_eq!(w.put(&give).await.status, 204);
    assert_eq!(
        w.get(&guild(&format!("/members/{}", world::CEM))).await.ok()["roles"],
        json!([own.to_string()])
    );
    assert_eq!(
        w.get(&guild("/roles/member-counts")).await.ok()[own.to_string()],
        1
    );
    assert_eq!(
        w.put(&guild(&format!("/members/{}/roles/42", world::CEM)))
            .await
            .code(),
        10011
    );
    assert_eq!(
        w.post(
            &guild("/roles"),
            json!({ "name": "Gods", "permissions": permissions::ADMINISTRATOR.to_string() })
        )
        .await
        .code(),
        50013,
        "nobody gives what they have not"
    );
    let renamed = w
        .patch(&guild(&format!("/roles/{own}")), json!({ "name": "Visitors" }))
        .await;
    assert_eq!(renamed.ok()["name"], "Visitors");
    w.delete(&guild(&format!("/roles/{own}"))).await.ok();
    assert_eq!(
        w.get(&guild(&format!("/members/{}", world::CEM))).await.ok()["roles"],
        json!([])
    );
}

#[tokio::test]
async fn who_is_under_a_timeout_only_looks_until_it_is_over() {
    let w = World::start().await;
    let message = w.posted("vote").await;
    let path = guild(&format!("/members/{}", world::BO));
    let until = |minutes: u64| {
        let seconds = w.sandbox.now_ms() / 1_000 + minutes * 60;
        let at = time::OffsetDateTime::from_unix_timestamp(seconds.cast_signed()).unwrap();
        let at = at.format(&time::format_description::well_known::Rfc3339);
        json!({ "communication_disabled_until": at.unwrap() })
    };
    assert_eq!(w.patch(&path, until(10)).await.code(), 50013);
    w.sandbox
        .set_role_permissions(
            world::BOT_ROLE,
            permissions::MEMBER | permissions::MODERATE_MEMBERS,
        )
        .unwrap();
    assert_eq!(w.patch(&path, until(29 * 24 * 60)).await.code(), 50035);
    let silenced = w.patch(&path, until(10)).await.ok();
    assert!(silenced["communication_disabled_until"].is_string());
    let bo = w.sandbox.member(world::BO);
    assert!(bo.react(world::GENERAL, message, "✅").await.is_err());
    assert!(bo.say(world::GENERAL, "hm", vec![]).await.is_err());
    w.sandbox.advance(std::time::Duration::from_mins(11));
    bo.react(world::GENERAL, message, "✅").await.unwrap();
    assert_eq!(
        w.get(&path).await.ok()["communication_disabled_until"],
        Value::Null
    );
}

#[tokio::test]
async fn the_page_gives_roles_and_lets_people_leave_and_come_back() {
    let w = World::start().await;
    let page = async |method: &str, path: String, body: Value| w.page(method, &path, body).await;
    let as_dana = format!("?as={}", world::DANA);
    let role = page("POST", format!("/roles{as_dana}"), json!({ "name": "Approver" }))
        .await
        .id();
    let give = |me: u64| format!("/members/{}/roles/{role}?as={me}", world::BO);
    assert_eq!(page("PUT", give(world::ANA), Value::Null).await.code(), 50013);
    assert_eq!(page("PUT", give(world::DANA), Value::Null).await.status, 204);
    let users = async || page("GET", "/state".into(), Value::Null).await.ok()["users"].clone();
    let find = |users: &Value, id: u64| {
        let mut all = users.as_array().unwrap().iter();
        all.find(|user| user["id"] == *id.to_string()).unwrap().clone()
    };
    assert_eq!(find(&users().await, world::BO)["roles"], json!(["Approver"]));

    let bo = format!("/members/{}?as={}", world::BO, world::BO);
    assert_eq!(page("DELETE", bo, Value::Null).await.status, 204);
    assert_eq!(find(&users().await, world::BO)["member"], false);
    let back = format!("/members/{}", world::BO);
    assert_eq!(page("PUT", back, Value::Null).await.status, 204);
    let bo = find(&users().await, world::BO);
    assert_eq!((&bo["member"], &bo["roles"]), (&json!(true), &json!([])));
    let new = page("POST", "/members".into(), json!({ "name": "<b>Eve</b>" }))
        .await
        .id();
    assert_eq!(find(&users().await, new)["name"], "<b>Eve</b>");
}

#[tokio::test]
async fn from_outside_members_and_roles_are_steered_as_well() {
    let w = World::start().await;
    let control =
        async |method: &str, path: &str, body: Value| w.page(method, &format!("/control{path}"), body).await;
    let role = control("POST", "/roles", json!({ "name": "Approver" }))
        .await
        .id();
    let eve = control("POST", "/members", json!({ "name": "Eve" })).await.id();
    let act = |what: &str| json!({ "as": world::DANA.to_string(), "what": what, "user_id": eve.to_string(), "role_id": role.to_string() });
    control("POST", "/act", act("give-role")).await.ok();
    let roles = async || w.get(&guild(&format!("/members/{eve}"))).await.ok()["roles"].clone();
    assert_eq!(roles().await, json!([role.to_string()]));
    control("PUT", &format!("/members/{eve}/roles"), json!({ "roles": [] }))
        .await
        .ok();
    assert_eq!(roles().await, json!([]));
    control("POST", "/act", act("kick")).await.ok();
    assert_eq!(w.get(&guild(&format!("/members/{eve}"))).await.code(), 10007);
    control("POST", "/members", json!({ "user_id": eve.to_string() }))
        .await
        .ok();
    let overwrite = json!({
        "channel_id": world::GENERAL.to_string(), "subject_id": world::NORTHLIGHT.to_string(),
        "allow": "0", "deny": permissions::SEND_MESSAGES.to_string(),
    });
    control("PUT", "/overwrites", overwrite).await.ok();
    assert!(
        w.sandbox
            .member(eve)
            .say(world::GENERAL, "hm", vec![])
            .await
            .is_err()
    );
}
