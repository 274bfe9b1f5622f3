//! The table of operations against the document, against what is answered, and each served one both ways.

use std::collections::BTreeMap;

use discord_sandbox::{Side, Tally, permissions, world};
use serde_json::{Value, json};

use crate::support::{Gateway, Reply, World, id};

/// `(state, operation, method, path)` of each row of `OPERATIONS.md`.
fn table() -> Vec<(&'static str, &'static str, &'static str, &'static str)> {
    let rows = include_str!("../../../OPERATIONS.md").lines().filter_map(|line| {
        let cells: Vec<&str> = line
            .strip_prefix("| ")?
            .strip_suffix(" |")?
            .split(" | ")
            .collect();
        let [state, operation, request] = cells[..] else {
            return None;
        };
        let (method, path) = request.strip_prefix('`')?.strip_suffix('`')?.split_once(' ')?;
        Some((state, operation, method, path))
    });
    rows.collect()
}

fn served() -> Vec<(&'static str, &'static str, &'static str)> {
    let all = table().into_iter();
    all.filter(|(state, ..)| *state == "served")
        .map(|(_, operation, method, path)| (operation, method, path))
        .collect()
}

/// The document, if these tests are given one.
fn document() -> Option<Value> {
    let Some(path) = std::env::var_os("DISCORD_OPENAPI") else {
        eprintln!("not checked by Discord's own document: DISCORD_OPENAPI is not set");
        return None;
    };
    Some(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
}

/// A legal body of each operation that has one, and an illegal one.
fn bodies(operation: &str, w: &Scene) -> Option<(Value, Value)> {
    let command = json!({ "name": "ping", "description": "says pong", "type": 1 });
    let text = json!({ "content": "hello" });
    let no_embeds = json!({ "content": "hello", "embeds": "none" });
    let both = match operation {
        "bulk_set_application_commands" | "bulk_set_guild_application_commands" => {
            (json!([command]), json!([{ "description": "nameless" }]))
        }
        "create_application_command" | "create_guild_application_command" => {
            (command, json!({ "name": "x".repeat(33), "description": "long" }))
        }
        "update_application_command" | "update_guild_application_command" => {
            (json!({ "description": "says pang" }), json!({ "description": 5 }))
        }
        "create_interaction_response" => (json!({ "type": 5 }), json!({ "type": 99 })),
        "create_message"
        | "update_message"
        | "execute_webhook"
        | "update_webhook_message"
        | "update_original_webhook_message" => (text, no_embeds),
        "bulk_delete_messages" => (
            json!({ "messages": w.both_messages() }),
            json!({ "messages": "all" }),
        ),
        "create_thread" => (json!({ "name": "sketches", "type": 11 }), json!({ "type": 11 })),
        "create_thread_from_message" => (json!({ "name": "sketches" }), json!({ "name": "x".repeat(101) })),
        "set_channel_permission_overwrite" => (
            json!({ "type": 0, "allow": "0", "deny": "0" }),
            json!({ "type": "role" }),
        ),
        "create_guild_role" | "update_guild_role" => {
            (json!({ "name": "Night shift" }), json!({ "name": 5.5 }))
        }
        "update_guild_member" => (json!({ "nick": "Ana B." }), json!({ "roles": "all" })),
        "update_channel" => (json!({ "name": "renamed" }), json!({ "topic": ["no", "text"] })),
        _ => return None,
    };
    Some(both)
}

/// What a bot may that runs a guild for its people.
const MANAGES: u64 = permissions::MANAGE_ROLES | permissions::MANAGE_NICKNAMES | permissions::KICK_MEMBERS;

/// A world in which there is one of everything that a path may name.
struct Scene {
    world: World,
    /// What stands for each parameter.
    values: BTreeMap<&'static str, String>,
    other_message: u64,
    _gateway: Gateway,
}

impl Scene {
    /// Sets the scene for an operation. Threads are channels too, and commands are global or the guild's.
    async fn of(operation: &str, path: &str) -> Self {
        let world = World::start().await;
        let gateway = Gateway::online(&world.sandbox, 1).await;
        world.sandbox.grant_bot(
            world::GENERAL,
            permissions::MANAGE_MESSAGES | permissions::MANAGE_CHANNELS | permissions::MANAGE_THREADS,
        );
        // Lists of members need the privileged intent.
        let gates = world.sandbox.gateway();
        gates.set_limits(|limits| limits.privileged_intents = 1 << 1);
        world
            .sandbox
            .set_role_permissions(world::BOT_ROLE, MANAGES)
            .unwrap();
        let roles = format!("/guilds/{}/roles", world::NORTHLIGHT);
        let role = world
            .post(&roles, json!({ "name": "Approver", "permissions": "0" }))
            .await
            .id();
        world
            .sandbox
            .overwrite(world::GENERAL, role, permissions::ADD_REACTIONS, 0)
            .unwrap();
        let (message, other_message) = (world.posted("a fox").await, world.posted("another").await);
        let ana = world.sandbox.member(world::ANA);
        ana.react(world::GENERAL, message, "✅").await.unwrap();
        let reaction = format!("/channels/{}/messages/{message}/reactions/✅/@me", world::GENERAL);
        world.put(&reaction).await;
        let guilds = world
            .register(json!([{ "name": "ask", "description": "asks" }]))
            .await;
        let global = format!("/applications/{}/commands", world::BOT);
        let global = world
            .post(&global, json!({ "name": "all", "description": "all" }))
            .await;
        let command = if path.contains("/guilds/") {
            id(&guilds[0])
        } else {
            global.id()
        };
        let channel = if path.contains("/thread-members") {
            let thread = world.thread().await;
            ana.say(thread, "I am in it", vec![]).await.unwrap();
            thread
        } else {
            world::GENERAL
        };
        let mut values: BTreeMap<&'static str, String> = [
            ("application_id", world::BOT),
            ("webhook_id", world::BOT),
            ("guild_id", world::NORTHLIGHT),
            ("user_id", world::ANA),
            ("channel_id", channel),
            ("message_id", message),
            ("command_id", command),
            ("role_id", role),
            ("overwrite_id", role),
            ("emoji_id", world.sandbox.create_emoji("fox").unwrap()),
        ]
        .map(|(name, id)| (name, id.to_string()))
        .into();
        values.insert("emoji_name", "✅".to_owned());
        let mut scene = Self {
            world,
            values,
            other_message,
            _gateway: gateway,
        };
        scene.ask(operation, path).await;
        scene
    }

    /// Ana uses the command; the bot has answered and said more, where an operation is about that.
    async fn ask(&mut self, operation: &str, path: &str) {
        if !path.contains("_token}") {
            return;
        }
        let ana = self.world.sandbox.member(world::ANA);
        let asked = ana.command(world::GENERAL, "ask", json!({})).await.unwrap();
        let token = format!("interaction-{asked}");
        self.values.insert("interaction_id", asked.to_string());
        if operation != "create_interaction_response" {
            let callback = format!("/interactions/{asked}/{token}/callback");
            let answer = json!({ "type": 4, "data": { "content": "here" } });
            assert_eq!(self.world.post(&callback, answer).await.status, 204);
            let more = format!("/webhooks/{}/{token}", world::BOT);
            let more = self.world.post(&more, json!({ "content": "more" })).await.id();
            self.values.insert("message_id", more.to_string());
        }
        self.values.insert("interaction_token", token.clone());
        self.values.insert("webhook_token", token);
    }

    fn both_messages(&self) -> [String; 2] {
        [self.values["message_id"].clone(), self.other_message.to_string()]
    }

    /// A path with its parameters filled in; those in `wrong` are no ids.
    fn path(&self, template: &str, wrong: Option<&str>) -> String {
        let parts = template.split('/').map(|part| {
            let Some(name) = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
                return part.to_owned();
            };
            if wrong == Some(name) {
                return "nonsense".to_owned();
            }
            let value = self.values.get(name);
            value
                .unwrap_or_else(|| panic!("tell the scene what {{{name}}} may be"))
                .clone()
        });
        parts.collect::<Vec<_>>().join("/")
    }

    /// Sends what Discord would refuse: it is refused, and listed.
    async fn refuses(&self, operation: &str, method: &str, path: &str, body: Value) {
        let refused = self.world.call(method, path, body.clone()).await;
        let what = format!("{operation} with {path} and {body}: {refused:?}");
        assert_eq!((refused.status, refused.code()), (400, 50035), "{what}");
        assert!(refused.body["errors"].to_string().contains("_errors"), "{what}");
        let listed = self.world.sandbox.take_violations();
        let fits = |side: Side, name: &str| side == Side::Request && name == operation;
        assert!(listed.iter().all(|v| fits(v.side, &v.name)), "{what}: {listed:?}");
        assert_eq!(listed.len(), 1, "{what}: {listed:?}");
    }
}

#[test]
fn the_table_is_the_documents_list() {
    let Some(document) = document() else { return };
    let mut described: Vec<(String, String, String)> = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if let Some(id) = operation["operationId"].as_str() {
                described.push((id.to_owned(), method.to_uppercase(), path.clone()));
            }
        }
    }
    let own = table().into_iter();
    let mut own: Vec<_> = own
        .map(|(_, operation, method, path)| (operation.to_owned(), method.to_owned(), path.to_owned()))
        .collect();
    described.sort();
    own.sort();
    assert_eq!(own, described);
    assert_eq!(own.len(), 242);
}

#[tokio::test]
async fn what_is_not_served_is_refused_by_name_and_listed() {
    let w = World::start().await;
    for (state, operation, method, path) in table() {
        if state == "served" {
            continue;
        }
        let path: Vec<&str> = path
            .split('/')
            .map(|part| if part.starts_with('{') { "1" } else { part })
            .collect();
        let refused = w.call(method, &path.join("/"), Value::Null).await;
        assert_eq!(
            (refused.status, refused.code()),
            (501, 0),
            "{operation}: {refused:?}"
        );
        let message = refused.body["message"].as_str().unwrap();
        assert!(message.contains(operation), "{message}");
        let listed = w.sandbox.take_violations();
        let listed: Vec<_> = listed.iter().map(|v| (v.side, v.name.as_str())).collect();
        assert_eq!(listed, [(Side::NotServed, operation)]);
    }
    let nothing: [Reply; 2] = [
        w.get("/nonsense").await,
        w.call(
            "PUT",
            &format!("/channels/{}/messages", world::GENERAL),
            json!({}),
        )
        .await,
    ];
    assert_eq!(nothing.map(|reply| reply.status), [404, 405]);
}

/// One request as it should be, and those that Discord would refuse: an id that is none, a query and a body that do not
/// fit. What there is to refuse is read from the document.
#[tokio::test]
async fn every_served_operation_is_valid_both_ways() {
    let document = document();
    for (operation, method, path) in served() {
        let scene = Scene::of(operation, path).await;
        let (legal, illegal) = bodies(operation, &scene).unwrap_or_default();
        let filled = scene.path(path, None);
        if let Some(document) = &document {
            let described = &document["paths"][path][method.to_lowercase()];
            let has_body = described.get("requestBody").is_some();
            assert_eq!(
                has_body,
                legal != illegal,
                "{operation}: add a legal and an illegal body above"
            );
            for (place, name) in numbers(document, path, described) {
                let path = match place {
                    "query" => format!("{filled}?{name}=nonsense"),
                    _ => scene.path(path, Some(&name)),
                };
                scene.refuses(operation, method, &path, legal.clone()).await;
            }
            if has_body {
                scene.refuses(operation, method, &filled, illegal).await;
            }
        }
        let before = tally(&scene, operation);
        let answered = scene.world.call(method, &filled, legal.clone()).await;
        assert!(answered.status < 300, "{operation}: {answered:?}");
        if document.is_some() {
            let after = tally(&scene, operation);
            let bodies = u64::from(!legal.is_null());
            let more = (
                after.requests - before.requests,
                after.bodies - before.bodies,
                after.answers - before.answers,
            );
            assert_eq!(more, (1, bodies, 1), "{operation}: it was not checked both ways");
        }
        let violations = scene.world.sandbox.take_violations();
        assert!(violations.is_empty(), "{operation}: {violations:#?}");
    }
}

/// The parameters of an operation that are ids or other numbers.
fn numbers<'a>(document: &'a Value, path: &str, described: &'a Value) -> Vec<(&'a str, String)> {
    let of_path = document["paths"][path]["parameters"]
        .as_array()
        .into_iter()
        .flatten();
    let all = of_path.chain(described["parameters"].as_array().into_iter().flatten());
    let numbers = all.filter(|parameter| {
        let schema = &parameter["schema"];
        schema["type"] == "integer" || schema["$ref"] == "#/components/schemas/SnowflakeType"
    });
    numbers
        .map(|parameter| {
            let name = parameter["name"].as_str().unwrap_or_default();
            (parameter["in"].as_str().unwrap_or_default(), name.to_owned())
        })
        .collect()
}

fn tally(scene: &Scene, operation: &str) -> Tally {
    let checked = scene.world.sandbox.checked();
    checked.operations.get(operation).copied().unwrap_or_default()
}
