//! One WebSocket connection of a bot.

use std::ops::ControlFlow;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use crate::core::Core;
use crate::gateway::identify::{self, Refusal};
use crate::gateway::members;
use crate::gateway::packing::Packing;
use crate::state::sessions::close::{self, Close};
use crate::state::sessions::limits::Sends;
use crate::state::sessions::log::GatewayEvent;
use crate::state::sessions::session::{ConnectionHandle, Instruction};

/// The largest payload that a bot may send, in bytes.
const PAYLOAD_MAX: usize = 4_096;
/// How long a client may take to answer a close.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

pub(super) struct Connection {
    core: Core,
    socket: WebSocket,
    handle: ConnectionHandle,
    instructions: mpsc::UnboundedReceiver<Instruction>,
    packing: Packing,
    /// The session whose RESUME URL the client connected to.
    url_session: Option<String>,
    session: Option<String>,
    sent: Sends,
    /// How long the client may go without a heartbeat, and until when.
    heartbeat_timeout: Duration,
    heartbeat_due: Instant,
    /// Half-open: the gateway reads nothing and sends nothing.
    half_open: bool,
    sends_acks: bool,
}

/// Whether the connection goes on.
type Flow = ControlFlow<ConnectionEnd>;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ConnectionEnd {
    /// The session may be resumed.
    Lost,
    /// The session is over.
    Over,
}

impl Connection {
    pub(super) fn new(core: Core, socket: WebSocket, packing: Packing, url_session: Option<String>) -> Self {
        let (handle, instructions) = mpsc::unbounded_channel();
        let heartbeat_timeout =
            Duration::from_millis(core.read(|state| state.sessions().limits().unheard_ms));
        Self {
            core,
            socket,
            handle,
            instructions,
            packing,
            url_session,
            session: None,
            sent: Sends::default(),
            heartbeat_timeout,
            heartbeat_due: Instant::now() + heartbeat_timeout,
            half_open: false,
            sends_acks: true,
        }
    }

    /// Closes the connection at once. It has no session yet.
    pub(super) async fn refuse(mut self, close: Close) {
        let _ = self.close(close).await;
    }

    /// Never sends HELLO. Ends when the client gives up.
    pub(super) async fn stay_silent(mut self) {
        self.half_open = true;
        self.exchange().await;
    }

    pub(super) async fn run(mut self) {
        let interval = self.core.read(|state| state.sessions().limits().heartbeat_ms);
        let hello = json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": interval } });
        let end = match self.send(hello.to_string()).await {
            Flow::Break(end) => end,
            Flow::Continue(()) => self.exchange().await,
        };
        let Some(session) = self.session.take() else {
            return;
        };
        self.core.change(|state| {
            let now = state.now();
            state
                .sessions_mut()
                .detach(&session, &self.handle, end == ConnectionEnd::Over, now);
            state.tell_bot_presence();
        });
    }

    async fn exchange(&mut self) -> ConnectionEnd {
        let core = self.core.clone();
        let stopped = core.stopped();
        tokio::pin!(stopped);
        loop {
            let flow = tokio::select! {
                // In this order, so that queued payloads go out before a stop.
                biased;
                instruction = self.instructions.recv() => self.on_instruction(instruction).await,
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.on_message(message).await,
                    Some(Err(_)) | None => Flow::Break(ConnectionEnd::Lost),
                },
                () = sleep_until(self.heartbeat_due) => self.on_timeout().await,
                () = &mut stopped => Flow::Break(ConnectionEnd::Lost),
            };
            if let Flow::Break(end) = flow {
                return end;
            }
        }
    }

    async fn on_instruction(&mut self, instruction: Option<Instruction>) -> Flow {
        match instruction {
            Some(Instruction::Text(_)) if self.half_open => Flow::Continue(()),
            Some(Instruction::Text(text)) => self.send(text).await,
            Some(Instruction::Close(close)) => self.close(close).await,
            Some(Instruction::CloseBare) => self.close_bare().await,
            Some(Instruction::Invalid(resumable)) => {
                if !resumable {
                    self.session = None;
                }
                self.send_op(9, &json!(resumable)).await
            }
            Some(Instruction::Reconnect) => self.send_op(7, &Value::Null).await,
            Some(Instruction::Mute) => {
                self.half_open = true;
                Flow::Continue(())
            }
            Some(Instruction::WithholdAcks) => {
                self.sends_acks = false;
                Flow::Continue(())
            }
            Some(Instruction::Drop) | None => Flow::Break(ConnectionEnd::Lost),
        }
    }

    async fn on_message(&mut self, message: Message) -> Flow {
        match message {
            Message::Close(frame) => {
                if !self.half_open {
                    // Reading on sends the answer to the close. No message comes.
                    let _ = timeout(CLOSE_TIMEOUT, self.socket.recv()).await;
                }
                Flow::Break(end_of(frame.as_ref()))
            }
            _ if self.half_open => Flow::Continue(()),
            Message::Text(text) => self.on_payload(&text).await,
            Message::Binary(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) => self.on_payload(text).await,
                Err(_) => self.close(close::DECODE_ERROR).await,
            },
            Message::Ping(_) | Message::Pong(_) => Flow::Continue(()),
        }
    }

    async fn on_timeout(&mut self) -> Flow {
        if self.half_open {
            return Flow::Break(ConnectionEnd::Over);
        }
        self.close(close::TIMED_OUT).await
    }

    async fn on_payload(&mut self, text: &str) -> Flow {
        let now = self.core.read(crate::state::State::now);
        let sent = &mut self.sent;
        if !self.core.read(|state| sent.count(state.sessions().limits(), now)) {
            return self.close(close::RATE_LIMITED).await;
        }
        if text.len() > PAYLOAD_MAX {
            return self.close(close::DECODE_ERROR).await;
        }
        let payload: Value = serde_json::from_str(text).unwrap_or_default();
        let Some(op) = payload["op"].as_u64() else {
            return self.close(close::DECODE_ERROR).await;
        };
        let data = &payload["d"];
        match op {
            1 => self.on_heartbeat().await,
            2 | 6 if self.session.is_some() => self.close(close::ALREADY_AUTHENTICATED).await,
            2 => self.identify(data).await,
            6 => self.resume(data).await,
            3 | 4 | 8 | 31 if self.session.is_none() => self.close(close::NOT_AUTHENTICATED).await,
            8 => {
                if let Some(session) = &self.session {
                    self.core.change(|state| members::send(state, session, data));
                }
                Flow::Continue(())
            }
            // The sandbox has no presence, voice or sounds.
            3 | 4 | 31 => Flow::Continue(()),
            _ => self.close(close::UNKNOWN_OPCODE).await,
        }
    }

    async fn on_heartbeat(&mut self) -> Flow {
        self.heartbeat_due = Instant::now() + self.heartbeat_timeout;
        if self.sends_acks {
            self.send_op(11, &Value::Null).await
        } else {
            Flow::Continue(())
        }
    }

    async fn identify(&mut self, data: &Value) -> Flow {
        let wanted = match identify::parse(data) {
            Ok(wanted) => wanted,
            Err(close) => return self.close(close).await,
        };
        if wanted.compress {
            self.packing.payloads();
        }
        let handle = self.handle.clone();
        match self
            .core
            .change(|state| identify::identify(state, wanted, handle))
        {
            Ok(session) => {
                self.session = Some(session);
                Flow::Continue(())
            }
            Err(refusal) => self.refuse_session(refusal).await,
        }
    }

    async fn resume(&mut self, data: &Value) -> Flow {
        let (url_session, handle) = (self.url_session.clone(), self.handle.clone());
        let resumed = self
            .core
            .change(|state| identify::resume(state, data, url_session.as_deref(), handle));
        match resumed {
            Ok((session, compress)) => {
                self.session = Some(session);
                if compress {
                    self.packing.payloads();
                }
                Flow::Continue(())
            }
            Err(refusal) => self.refuse_session(refusal).await,
        }
    }

    async fn refuse_session(&mut self, refusal: Refusal) -> Flow {
        match refusal {
            Refusal::Close(close) => self.close(close).await,
            Refusal::Invalid => self.send_op(9, &json!(false)).await,
        }
    }

    async fn send_op(&mut self, op: u8, data: &Value) -> Flow {
        self.send(json!({ "op": op, "s": null, "t": null, "d": data }).to_string())
            .await
    }

    async fn send(&mut self, text: String) -> Flow {
        let message = self.packing.pack(text);
        match self.socket.send(message).await {
            Ok(()) => Flow::Continue(()),
            Err(_) => Flow::Break(ConnectionEnd::Lost),
        }
    }

    async fn close(&mut self, close: Close) -> Flow {
        let frame = CloseFrame {
            code: close.code,
            reason: close.reason.into(),
        };
        self.note_close(Some(close.code));
        // The client may be gone already.
        let _ = self.socket.send(Message::Close(Some(frame))).await;
        Flow::Break(if close.ends_session() {
            ConnectionEnd::Over
        } else {
            ConnectionEnd::Lost
        })
    }

    async fn close_bare(&mut self) -> Flow {
        self.note_close(None);
        let _ = self.socket.send(Message::Close(None)).await;
        Flow::Break(ConnectionEnd::Lost)
    }

    fn note_close(&self, code: Option<u16>) {
        self.core
            .change(|state| state.sessions_mut().note(GatewayEvent::Closed { code }));
    }
}

/// Decides by the client's close: 1000 and 1001 end the session, any other leaves it to be resumed.
fn end_of(frame: Option<&CloseFrame>) -> ConnectionEnd {
    if frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001)) {
        ConnectionEnd::Over
    } else {
        ConnectionEnd::Lost
    }
}
