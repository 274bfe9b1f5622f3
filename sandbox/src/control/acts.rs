//! Acts of people, made from outside the process.

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::act::{Act, perform};
use crate::http::id::Snowflake;
use crate::http::payload::{Payload, read};
use crate::snowflake::Id;
use crate::state::messages::form::MessageForm;
use crate::state::model::errors::ApiResult;

pub(super) fn routes() -> Router<Core> {
    Router::new().route("/sandbox/control/act", post(act))
}

/// An act of a person: `as`, `what`, and the act's own fields.
#[derive(Deserialize)]
struct ActForm {
    #[serde(rename = "as")]
    user: Snowflake,
    what: String,
    #[serde(flatten)]
    rest: serde_json::Map<String, Value>,
}

#[derive(Deserialize)]
struct ReactionForm {
    channel_id: Snowflake,
    message_id: Snowflake,
    emoji: String,
    #[serde(default)]
    burst: bool,
}

#[derive(Deserialize)]
struct SayForm {
    channel_id: Snowflake,
    content: String,
    /// The message that is replied to, whose author is pinged.
    reply_to: Option<Snowflake>,
}

#[derive(Deserialize)]
struct OwnForm {
    channel_id: Snowflake,
    message_id: Snowflake,
    #[serde(default)]
    content: String,
}

async fn act(State(core): State<Core>, body: Payload) -> ApiResult<Json<Value>> {
    let (form, files): (ActForm, _) = body.read_with_files()?;
    let (me, mut rest) = (form.user.0, form.rest);
    let id = match form.what.as_str() {
        "react" | "unreact" => {
            let on: ReactionForm = read(Value::Object(rest))?;
            core.change(|state| {
                state.enter_channel(on.channel_id.0);
                let (channel, message) = (on.channel_id.0, on.message_id.0);
                if form.what == "react" {
                    state.add_reaction(me, channel, message, &on.emoji, on.burst)
                } else {
                    state.remove_reaction(me, channel, message, &on.emoji)
                }
            })?;
            return Ok(Json(json!({})));
        }
        "give-role" | "take-role" | "kick" | "leave" => {
            act_on_members(&core, me, &form.what, Value::Object(rest))?;
            return Ok(Json(json!({})));
        }
        "say" => {
            let said: SayForm = read(Value::Object(rest))?;
            let mut message = json!({ "content": said.content });
            if let Some(to) = said.reply_to {
                message["message_reference"] = json!({ "message_id": to.0.to_string() });
            }
            let message = MessageForm::parse(&message, files)?;
            core.change(|state| {
                state.enter_channel(said.channel_id.0);
                state.say(me, said.channel_id.0, message)
            })?
        }
        "edit" | "delete" => {
            let own: OwnForm = read(Value::Object(rest))?;
            core.change(|state| {
                state.enter_channel(own.channel_id.0);
                let (channel, message) = (own.channel_id.0, own.message_id.0);
                if form.what == "edit" {
                    state.reword(me, channel, message, &own.content)
                } else {
                    state.erase(me, channel, message)
                }
            })?;
            return Ok(Json(json!({})));
        }
        what => {
            let kind = if what == "click" { "button" } else { what };
            rest.insert("kind".to_owned(), json!(kind));
            let act: Act = read(Value::Object(rest))?;
            core.change(|state| perform(state, me, &act, &files))?
        }
    };
    Ok(Json(json!({ "id": id.to_string() })))
}

#[derive(Deserialize)]
struct RoleActForm {
    user_id: Snowflake,
    role_id: Snowflake,
}

#[derive(Deserialize)]
struct KickForm {
    user_id: Snowflake,
}

/// Does `give-role`, `take-role`, `kick` or `leave` as a person.
fn act_on_members(core: &Core, me: Id, what: &str, fields: Value) -> ApiResult<()> {
    match what {
        "kick" => {
            let form: KickForm = read(fields)?;
            core.change(|state| state.part(me, form.user_id.0))?;
        }
        "leave" => core.change(|state| state.part(me, me))?,
        given => {
            let form: RoleActForm = read(fields)?;
            let has = given == "give-role";
            core.change(|state| state.set_role(me, form.user_id.0, form.role_id.0, has))?;
        }
    }
    Ok(())
}
