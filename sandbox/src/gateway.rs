//! The gateway: one WebSocket connection of a bot.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::extract::{Query, State, WebSocketUpgrade};
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::core::Core;
use crate::state::State as World;
use crate::state::hub::{Frame, Link};

/// What HELLO asks for, in milliseconds.
const HEARTBEAT_MS: u64 = 41_250;
/// How long a connection may stay without a heartbeat.
const PATIENCE: Duration = Duration::from_millis(HEARTBEAT_MS * 3 / 2);
/// Bytes of a payload that a bot may send.
const PAYLOAD_MAX: usize = 4_096;

mod close {
    pub(super) const UNKNOWN_OPCODE: u16 = 4001;
    pub(super) const DECODE_ERROR: u16 = 4002;
    pub(super) const NOT_AUTHENTICATED: u16 = 4003;
    pub(super) const AUTHENTICATION_FAILED: u16 = 4004;
    pub(super) const ALREADY_AUTHENTICATED: u16 = 4005;
    pub(super) const TIMED_OUT: u16 = 4009;
    pub(super) const INVALID_SHARD: u16 = 4010;
    pub(super) const INVALID_VERSION: u16 = 4012;
    pub(super) const INVALID_INTENTS: u16 = 4013;
}

#[derive(Debug, Deserialize)]
pub(crate) struct ConnectQuery {
    v: Option<String>,
    encoding: Option<String>,
}

/// `GET /gateway`.
pub(crate) async fn connect(
    State(core): State<Core>,
    Query(query): Query<ConnectQuery>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let versions = query.v.as_deref().is_none_or(|v| matches!(v, "9" | "10"));
    // A client that asks for compression takes plain text as well.
    let plain = query
        .encoding
        .as_deref()
        .is_none_or(|encoding| encoding == "json");
    upgrade.on_upgrade(async move |socket| {
        let connection = Connection::new(core, socket);
        if versions && plain {
            connection.run().await;
        } else {
            connection
                .refuse(close::INVALID_VERSION, "Only v10 in JSON is served here.")
                .await;
        }
    })
}

struct Connection {
    core: Core,
    socket: WebSocket,
    link: Link,
    frames: mpsc::UnboundedReceiver<Frame>,
    session: Option<String>,
}

/// Whether the connection goes on.
type Flow = std::ops::ControlFlow<End>;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The session may be resumed.
    Lost,
    /// The bot said goodbye: the session is over.
    Goodbye,
}

impl Connection {
    fn new(core: Core, socket: WebSocket) -> Self {
        let (link, frames) = mpsc::unbounded_channel();
        Self {
            core,
            socket,
            link,
            frames,
            session: None,
        }
    }

    async fn refuse(mut self, code: u16, reason: &'static str) {
        // Refused connections have no session that could end.
        let _ = self.close(code, reason).await;
    }

    async fn run(mut self) {
        let hello = json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": HEARTBEAT_MS } });
        let end = if self.send(hello.to_string()).await.is_break() {
            End::Lost
        } else {
            self.talk().await
        };
        let Some(session) = self.session.take() else {
            return;
        };
        self.core.change(|state| {
            let now = state.now();
            state.hub.detach(&session, &self.link, end == End::Goodbye, now);
            state.tell_bot_presence();
        });
    }

    async fn talk(&mut self) -> End {
        let mut patience = Instant::now() + PATIENCE;
        let core = self.core.clone();
        let stopped = core.stopped();
        tokio::pin!(stopped);
        loop {
            let flow = tokio::select! {
                // In this order: what was told to go out goes out before a stop.
                biased;
                frame = self.frames.recv() => self.pass_on(frame).await,
                message = self.socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => self.hear(&text, &mut patience).await,
                    Some(Ok(Message::Binary(bytes))) => match std::str::from_utf8(&bytes) {
                        Ok(text) => self.hear(text, &mut patience).await,
                        Err(_) => self.close(close::DECODE_ERROR, "Error while decoding payload.").await,
                    },
                    Some(Ok(Message::Close(frame))) => Flow::Break(end_of(frame.as_ref())),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Flow::Continue(()),
                    Some(Err(_)) | None => Flow::Break(End::Lost),
                },
                () = sleep_until(patience) => self.close(close::TIMED_OUT, "Session timed out.").await,
                () = &mut stopped => Flow::Break(End::Lost),
            };
            if let Flow::Break(end) = flow {
                return end;
            }
        }
    }

    async fn pass_on(&mut self, frame: Option<Frame>) -> Flow {
        match frame {
            Some(Frame::Text(text)) => self.send(text).await,
            Some(Frame::Close(code, reason)) => self.close(code, reason).await,
            Some(Frame::Invalid) => {
                self.session = None;
                self.send(json!({ "op": 9, "s": null, "t": null, "d": false }).to_string())
                    .await
            }
            Some(Frame::Drop) | None => Flow::Break(End::Lost),
        }
    }

    async fn hear(&mut self, text: &str, patience: &mut Instant) -> Flow {
        if text.len() > PAYLOAD_MAX {
            return self.close(close::DECODE_ERROR, "Payload too large.").await;
        }
        let Ok(payload) = serde_json::from_str::<Value>(text) else {
            return self
                .close(close::DECODE_ERROR, "Error while decoding payload.")
                .await;
        };
        let data = &payload["d"];
        match payload["op"].as_u64() {
            Some(1) => {
                *patience = Instant::now() + PATIENCE;
                self.send(json!({ "op": 11, "s": null, "t": null, "d": null }).to_string())
                    .await
            }
            Some(2 | 6) if self.session.is_some() => {
                self.close(close::ALREADY_AUTHENTICATED, "Already authenticated.")
                    .await
            }
            Some(2) => self.identify(data).await,
            Some(6) => self.resume(data).await,
            Some(3 | 4 | 8 | 31) if self.session.is_none() => {
                self.close(close::NOT_AUTHENTICATED, "Not authenticated.").await
            }
            Some(8) => {
                self.core.change(|state| self.send_members(state, data));
                Flow::Continue(())
            }
            // Presence and voice are nothing to us.
            Some(3 | 4 | 31) => Flow::Continue(()),
            _ => self.close(close::UNKNOWN_OPCODE, "Unknown opcode.").await,
        }
    }

    async fn identify(&mut self, data: &Value) -> Flow {
        if data["token"].as_str().is_none_or(str::is_empty) {
            return self
                .close(close::AUTHENTICATION_FAILED, "Authentication failed.")
                .await;
        }
        let Some(intents) = data["intents"].as_u64() else {
            return self.close(close::INVALID_INTENTS, "Invalid intent(s).").await;
        };
        let Some(shard) = shard_of(&data["shard"]) else {
            return self.close(close::INVALID_SHARD, "Invalid shard.").await;
        };
        let link = self.link.clone();
        self.session = Some(
            self.core
                .change(|state| open_session(state, intents, shard, link)),
        );
        Flow::Continue(())
    }

    async fn resume(&mut self, data: &Value) -> Flow {
        let id = data["session_id"].as_str().unwrap_or_default().to_owned();
        let seq = data["seq"].as_u64().unwrap_or(0);
        let link = self.link.clone();
        let resumed = self.core.change(|state| {
            let resumed = state.hub.resume(&id, seq, link);
            if resumed {
                state.hub.send_to(&id, "RESUMED", &json!({ "_trace": [] }));
                state.tell_bot_presence();
            }
            resumed
        });
        if resumed {
            self.session = Some(id);
            return Flow::Continue(());
        }
        self.send(json!({ "op": 9, "s": null, "t": null, "d": false }).to_string())
            .await
    }

    /// Answers "request guild members".
    fn send_members(&self, state: &mut World, data: &Value) {
        let Some(session) = &self.session else { return };
        let query = data["query"].as_str().unwrap_or_default().to_lowercase();
        let asked: Option<Vec<&str>> = data["user_ids"]
            .as_array()
            .map(|ids| ids.iter().filter_map(Value::as_str).collect());
        let wanted = |member: &Value| match &asked {
            Some(ids) => ids.iter().any(|id| member["user"]["id"] == *id),
            None => member["user"]["username"]
                .as_str()
                .unwrap_or_default()
                .starts_with(&query),
        };
        let all = state.members.keys().filter_map(|user| state.member_json(*user));
        let members: Vec<Value> = all.filter(wanted).collect();
        let chunk = json!({
            "guild_id": state.guild.id.to_string(), "members": members,
            "chunk_index": 0, "chunk_count": 1, "not_found": [], "nonce": data["nonce"],
        });
        state.hub.send_to(session, "GUILD_MEMBERS_CHUNK", &chunk);
    }

    async fn send(&mut self, text: String) -> Flow {
        match self.socket.send(Message::Text(text.into())).await {
            Ok(()) => Flow::Continue(()),
            Err(_) => Flow::Break(End::Lost),
        }
    }

    async fn close(&mut self, code: u16, reason: &'static str) -> Flow {
        let frame = CloseFrame {
            code,
            reason: reason.into(),
        };
        // The other side may be gone already.
        let _ = self.socket.send(Message::Close(Some(frame))).await;
        Flow::Break(End::Lost)
    }
}

/// A close with 1000 or 1001 ends the session, any other leaves it to be resumed.
fn end_of(frame: Option<&CloseFrame>) -> End {
    if frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001)) {
        End::Goodbye
    } else {
        End::Lost
    }
}

/// `[0, 1]` when absent; `None` if it makes no sense.
fn shard_of(value: &Value) -> Option<(u64, u64)> {
    if value.is_null() {
        return Some((0, 1));
    }
    let (shard, of) = (value[0].as_u64()?, value[1].as_u64()?);
    (shard < of).then_some((shard, of))
}

/// Opens a session and sends it READY and its guild.
fn open_session(state: &mut World, intents: u64, shard: (u64, u64), link: Link) -> String {
    let id = format!("{:032x}", state.next_id());
    state.hub.open(id.clone(), intents, shard, link);
    let guild = state.guild.id;
    let serves = (guild >> 22) % shard.1 == shard.0;
    let guilds = if serves {
        json!([{ "id": guild.to_string(), "unavailable": true }])
    } else {
        json!([])
    };
    let url = state.origin.replacen("http", "ws", 1);
    let ready = json!({
        "v": 10,
        "user": state.me_json(),
        "guilds": guilds,
        "private_channels": [],
        "relationships": [],
        "presences": [],
        "user_settings": {},
        "session_id": id,
        "session_type": "normal",
        "resume_gateway_url": format!("{url}/gateway"),
        "shard": [shard.0, shard.1],
        "application": { "id": state.guild.bot.to_string(), "flags": 0 },
        "_trace": [],
    });
    state.hub.send_to(&id, "READY", &ready);
    if serves && intents & crate::state::hub::intent::GUILDS != 0 {
        let guild = state.guild_create_json();
        state.hub.send_to(&id, "GUILD_CREATE", &guild);
    }
    state.tell_bot_presence();
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_must_be_below_the_count() {
        assert_eq!(shard_of(&Value::Null), Some((0, 1)));
        assert_eq!(shard_of(&json!([1, 2])), Some((1, 2)));
        assert_eq!(shard_of(&json!([2, 2])), None);
        assert_eq!(shard_of(&json!("x")), None);
    }
}
