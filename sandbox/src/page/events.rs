//! What the page is told as it happens.

use axum::extract::ws::{Message, WebSocket};
use axum::extract::{Query, State, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::core::{Core, within};
use crate::page::viewer::Viewer;
use crate::snowflake::Id;
use crate::state::State as World;
use crate::state::model::wire::id_of;
use crate::state::pages::PageEvent;

/// Opens the WebSocket that tells the page what happens (`GET /sandbox/events`).
pub(super) async fn events(
    State(core): State<Core>,
    Query(viewer): Query<Viewer>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let listening = core.read(|state| {
        viewer
            .member(state)
            .map(|me| (me, state.guild().id, state.subscribe()))
    });
    match listening {
        Ok((me, guild, events)) => {
            let told = move |socket| within(Some(guild), tell(core, socket, me, guild, events));
            upgrade.on_upgrade(told)
        }
        Err(error) => error.into_response(),
    }
}

async fn tell(
    core: Core,
    mut socket: WebSocket,
    me: Id,
    guild: Id,
    mut events: broadcast::Receiver<PageEvent>,
) {
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            heard = socket.recv() => match heard {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
            () = core.stopped() => return,
        };
        let text = match event {
            Ok(event) if is_for(&event, me, guild) => {
                let Some(body) = core.read(|state| seen_by(state, &event.body, me)) else {
                    continue;
                };
                for_viewer(&body, me).to_string()
            }
            Ok(_) => continue,
            // The page was too slow. Closing makes it reconnect and reload.
            Err(RecvError::Lagged(_) | RecvError::Closed) => return,
        };
        if socket.send(Message::Text(text.into())).await.is_err() {
            return;
        }
    }
}

/// Returns whether an event is for a viewer in a guild. Those of channels are sorted out by who sees
/// the channel.
fn is_for(event: &PageEvent, me: Id, guild: Id) -> bool {
    let of_all = !matches!(event.body["t"].as_str(), Some("USERS" | "EMOJIS"));
    event.only_for.is_none_or(|only| only == me) && (of_all || event.guild == guild)
}

/// Returns the event if the viewer may see it. A channel that they no longer see is told as
/// deleted.
fn seen_by(state: &World, body: &Value, me: Id) -> Option<Value> {
    let kind = body["t"].as_str().unwrap_or_default();
    let itself = kind.starts_with("CHANNEL_") || kind.starts_with("THREAD_");
    let key = if itself { "id" } else { "channel_id" };
    let channel = id_of(&body["d"][key]).filter(|channel| state.channels().contains(*channel));
    if channel.is_none_or(|channel| state.sees(me, channel)) {
        return Some(body.clone());
    }
    let gone = || json!({ "t": "CHANNEL_DELETE", "d": { "id": body["d"]["id"] } });
    (kind == "CHANNEL_UPDATE").then(gone)
}

/// Sets `me` of each reaction for the viewer.
fn for_viewer(body: &Value, me: Id) -> Value {
    let mut body = body.clone();
    let me = json!(me.to_string());
    for reaction in body["d"]["reactions"].as_array_mut().into_iter().flatten() {
        let mine = reaction["users"]
            .as_array()
            .is_some_and(|users| users.contains(&me));
        reaction["me"] = json!(mine);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_viewer_sees_their_own_reactions() {
        let event = json!({ "t": "REACTIONS", "d": { "reactions": [{ "users": ["7"], "me": false }] } });
        assert_eq!(for_viewer(&event, 7)["d"]["reactions"][0]["me"], true);
        assert_eq!(for_viewer(&event, 8)["d"]["reactions"][0]["me"], false);
    }
}
