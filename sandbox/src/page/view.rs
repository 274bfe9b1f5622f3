//! What the page shows.

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Viewer;
use crate::core::Core;
use crate::errors::ApiResult;
use crate::snowflake::Id;
use crate::state::State as World;
use crate::state::form::id_of;
use crate::state::messages::Page;

/// `GET /sandbox/state`.
pub(super) async fn state(State(core): State<Core>, Query(viewer): Query<Viewer>) -> ApiResult<Json<Value>> {
    core.read(|state| Ok(Json(state_json(state, viewer.member(state)?))))
}

fn state_json(state: &World, me: Id) -> Value {
    let roles = state.roles_json();
    let users = state.users.values().map(|user| {
        let mut json = state.user_json(user.id);
        let mine = state
            .members
            .get(&user.id)
            .map(|member| &member.roles[..])
            .unwrap_or_default();
        let is_mine = |role: &Value| id_of(&role["id"]).is_some_and(|id| mine.contains(&id));
        let named = roles.iter().filter(|role| is_mine(role));
        json["name"] = json!(user.name);
        json["color"] = json!(user.color);
        json["hint"] = json!(user.hint);
        json["member"] = json!(state.members.contains_key(&user.id));
        json["roles"] = named.map(|role| role["name"].clone()).collect();
        json
    });
    let personas = state
        .users
        .values()
        .filter(|user| user.persona && state.members.contains_key(&user.id));
    let threads = state.channels.values().filter(|channel| channel.thread.is_some());
    let seen = state
        .text_channels()
        .into_iter()
        .chain(threads)
        .filter(|channel| state.sees(me, channel.id));
    json!({
        "me": me.to_string(),
        "guild": { "id": state.guild.id.to_string(), "name": state.guild.name },
        "users": users.collect::<Vec<_>>(),
        "personas": personas.map(|user| user.id.to_string()).collect::<Vec<_>>(),
        "channels": seen.map(|channel| state.channel_json(channel)).collect::<Vec<_>>(),
        "commands": state.commands,
        "bot_online": state.hub.online(),
    })
}

#[derive(Deserialize)]
pub(super) struct MessagesQuery {
    #[serde(rename = "as")]
    viewer: Option<Id>,
    before: Option<Id>,
    limit: Option<usize>,
}

/// `GET /sandbox/channels/{channel}/messages`.
pub(super) async fn messages(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    Query(query): Query<MessagesQuery>,
) -> ApiResult<Json<Vec<Value>>> {
    core.read(|state| {
        let me = Viewer { id: query.viewer }.member(state)?;
        state.visible(me, channel)?;
        let limit = query.limit.unwrap_or(50).clamp(1, 100);
        let page = Page {
            before: query.before,
            limit,
            ..Page::default()
        };
        let found = state.list(channel, page, |message| {
            message.only_for.is_none_or(|only| only == me)
        });
        Ok(Json(
            found
                .into_iter()
                .map(|message| state.page_message_json(message, me))
                .collect(),
        ))
    })
}
