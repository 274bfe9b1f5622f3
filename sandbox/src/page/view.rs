//! What the page shows.

use axum::Json;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::guide::Guide;
use crate::http::path::Path;
use crate::page::viewer::Viewer;
use crate::snowflake::Id;
use crate::state::State as World;
use crate::state::messages::timeline::MessagePage;
use crate::state::model::errors::ApiResult;

/// Returns everything that the page shows at first (`GET /sandbox/state`).
pub(super) async fn state(State(core): State<Core>, Query(viewer): Query<Viewer>) -> ApiResult<Json<Value>> {
    core.read(|state| Ok(Json(state_json(state, viewer.member(state)?))))
}

/// Returns what a newcomer is told, or `null` (`GET /sandbox/guide`).
pub(super) async fn guide(State(core): State<Core>) -> Json<Option<Guide>> {
    Json(core.read(|state| state.guide().cloned()))
}

fn state_json(state: &World, me: Id) -> Value {
    let personas = state
        .people()
        .users()
        .filter(|user| user.persona && state.people().is_member(user.id));
    let threads = state.channels().all().filter(|channel| channel.thread.is_some());
    let seen = state
        .text_channels()
        .into_iter()
        .chain(threads)
        .filter(|channel| state.sees(me, channel.id));
    let guilds = state.guilds().into_iter();
    let guilds = guilds.map(|guild| json!({ "id": guild.id.to_string(), "name": guild.name }));
    json!({
        "guilds": guilds.collect::<Vec<_>>(),
        "me": me.to_string(),
        "guild": { "id": state.guild().id.to_string(), "name": state.guild().name },
        "users": state.page_users_json(),
        "roles": state.roles_json(),
        "emojis": state.emojis_json(),
        "personas": personas.map(|user| user.id.to_string()).collect::<Vec<_>>(),
        "channels": seen.map(|channel| state.channel_json(channel)).collect::<Vec<_>>(),
        "commands": state.interactions().commands(),
        "bot_online": state.sessions().online(),
        "now_ms": state.now(),
    })
}

#[derive(Deserialize)]
pub(super) struct MessagesQuery {
    #[serde(rename = "as")]
    viewer: Option<Id>,
    before: Option<Id>,
    limit: Option<usize>,
}

/// Returns messages of a channel as the viewer sees them
/// (`GET /sandbox/channels/{channel}/messages`).
pub(super) async fn messages(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    Query(query): Query<MessagesQuery>,
) -> ApiResult<Json<Vec<Value>>> {
    core.read(|state| {
        let me = Viewer { id: query.viewer }.member(state)?;
        state.visible(me, channel)?;
        let limit = query.limit.unwrap_or(50).clamp(1, 100);
        let page = MessagePage {
            before: query.before,
            limit,
            ..MessagePage::default()
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
