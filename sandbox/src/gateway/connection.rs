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
use crate::state::sessions::session::{Instruction, Link};

/// Bytes of a payload that a bot may send.
const PAYLOAD_MAX: usize = 4_096;
/// How long an answer to a close may take.
const PARTING: Duration = Duration::from_secs(1);

pub(super) struct Connection {
    core: Core,
    socket: WebSocket,
    link: Link,
    instructions: mpsc::UnboundedReceiver<Instruction>,
    packing: Packing,
    /// The session whose URL for a RESUME it came to.
    told: Option<String>,
    session: Option<String>,
    sends: Sends,
    /// How long it may go without a heartbeat, and until when.
    unheard: Duration,
    patience: Instant,
    /// Half-open: it hears nothing and says nothing.
    mute: bool,
    acks: bool,
}

/// Whether the connection goes on.
type Flow = ControlFlow<End>;

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The session may be resumed.
    Lost,
    /// The session is over.
    Over,
}

impl Connection {
    pub(super) fn new(core: Core, socket: WebSocket, packing: Packing, told: Option<String>) -> Self {
        let (link, instructions) = mpsc::unbounded_channel();
        let unheard = Duration::from_millis(core.read(|state| state.sessions().limits().unheard_ms));
        Self {
            core,
            socket,
            link,
            instructions,
            packing,
            told,
            session: None,
            sends: Sends::default(),
            unheard,
            patience: Instant::now() + unheard,
            mute: false,
            acks: true,
        }
    }

    /// Closes at once. Refused connections have no session that could end.
    pub(super) async fn refuse(mut self, close: Close) {
        let _ = self.close(close).await;
    }

    /// Never says HELLO. Ends when the client has had enough.
    pub(super) async fn ignore(mut self) {
        self.mute = true;
        self.talk().await;
    }

    pub(super) async fn run(mut self) {
        let interval = self.core.read(|state| state.sessions().limits().heartbeat_ms);
        let hello = json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": interval } });
        let end = match self.send(hello.to_string()).await {
            Flow::Break(end) => end,
            Flow::Continue(()) => self.talk().await,
        };
        let Some(session) = self.session.take() else {
            return;
        };
        self.core.change(|state| {
            let now = state.now();
            state
                .sessions_mut()
                .detach(&session, &self.link, end == End::Over, now);
            state.tell_bot_presence();
        });
    }

    async fn talk(&mut self) -> End {
        let core = self.core.clone();
        let stopped = core.stopped();
        tokio::pin!(stopped);
        loop {
            let flow = tokio::select! {
                // In this order: what was told to go out goes out before a stop.
                biased;
                instruction = self.instructions.recv() => self.pass_on(instruction).await,
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.take(message).await,
                    Some(Err(_)) | None => Flow::Break(End::Lost),
                },
                () = sleep_until(self.patience) => self.time_out().await,
                () = &mut stopped => Flow::Break(End::Lost),
            };
            if let Flow::Break(end) = flow {
                return end;
            }
        }
    }

    async fn pass_on(&mut self, instruction: Option<Instruction>) -> Flow {
        match instruction {
            Some(Instruction::Text(_)) if self.mute => Flow::Continue(()),
            Some(Instruction::Text(text)) => self.send(text).await,
            Some(Instruction::Close(close)) => self.close(close).await,
            Some(Instruction::CloseBare) => self.close_bare().await,
            Some(Instruction::Invalid(resumable)) => {
                if !resumable {
                    self.session = None;
                }
                self.say(9, &json!(resumable)).await
            }
            Some(Instruction::Reconnect) => self.say(7, &Value::Null).await,
            Some(Instruction::Mute) => {
                self.mute = true;
                Flow::Continue(())
            }
            Some(Instruction::WithholdAcks) => {
                self.acks = false;
                Flow::Continue(())
            }
            Some(Instruction::Drop) | None => Flow::Break(End::Lost),
        }
    }

    async fn take(&mut self, message: Message) -> Flow {
        match message {
            Message::Close(frame) => {
                if !self.mute {
                    // Looking for more sends the answer to it. Nothing comes.
                    let _ = timeout(PARTING, self.socket.recv()).await;
                }
                Flow::Break(end_of(frame.as_ref()))
            }
            _ if self.mute => Flow::Continue(()),
            Message::Text(text) => self.hear(&text).await,
            Message::Binary(bytes) => match std::str::from_utf8(&bytes) {
                Ok(text) => self.hear(text).await,
                Err(_) => self.close(close::DECODE_ERROR).await,
            },
            Message::Ping(_) | Message::Pong(_) => Flow::Continue(()),
        }
    }

    async fn time_out(&mut self) -> Flow {
        if self.mute {
            return Flow::Break(End::Over);
        }
        self.close(close::TIMED_OUT).await
    }

    async fn hear(&mut self, text: &str) -> Flow {
        let now = self.core.read(crate::state::State::now);
        let sends = &mut self.sends;
        if !self
            .core
            .read(|state| sends.count(state.sessions().limits(), now))
        {
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
            1 => self.beat().await,
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
            // Presence, voice and sounds are nothing to us.
            3 | 4 | 31 => Flow::Continue(()),
            _ => self.close(close::UNKNOWN_OPCODE).await,
        }
    }

    async fn beat(&mut self) -> Flow {
        self.patience = Instant::now() + self.unheard;
        if self.acks {
            self.say(11, &Value::Null).await
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
        let link = self.link.clone();
        match self.core.change(|state| identify::identify(state, wanted, link)) {
            Ok(session) => {
                self.session = Some(session);
                Flow::Continue(())
            }
            Err(refusal) => self.turn_away(refusal).await,
        }
    }

    async fn resume(&mut self, data: &Value) -> Flow {
        let (told, link) = (self.told.clone(), self.link.clone());
        let resumed = self
            .core
            .change(|state| identify::resume(state, data, told.as_deref(), link));
        match resumed {
            Ok((session, compress)) => {
                self.session = Some(session);
                if compress {
                    self.packing.payloads();
                }
                Flow::Continue(())
            }
            Err(refusal) => self.turn_away(refusal).await,
        }
    }

    async fn turn_away(&mut self, refusal: Refusal) -> Flow {
        match refusal {
            Refusal::Close(close) => self.close(close).await,
            Refusal::Invalid => self.say(9, &json!(false)).await,
        }
    }

    async fn say(&mut self, op: u8, data: &Value) -> Flow {
        self.send(json!({ "op": op, "s": null, "t": null, "d": data }).to_string())
            .await
    }

    async fn send(&mut self, text: String) -> Flow {
        let message = self.packing.pack(text);
        match self.socket.send(message).await {
            Ok(()) => Flow::Continue(()),
            Err(_) => Flow::Break(End::Lost),
        }
    }

    async fn close(&mut self, close: Close) -> Flow {
        let frame = CloseFrame {
            code: close.code,
            reason: close.reason.into(),
        };
        self.note_close(Some(close.code));
        // The other side may be gone already.
        let _ = self.socket.send(Message::Close(Some(frame))).await;
        Flow::Break(if close.ends_session() {
            End::Over
        } else {
            End::Lost
        })
    }

    async fn close_bare(&mut self) -> Flow {
        self.note_close(None);
        let _ = self.socket.send(Message::Close(None)).await;
        Flow::Break(End::Lost)
    }

    fn note_close(&self, code: Option<u16>) {
        self.core
            .change(|state| state.sessions_mut().note(GatewayEvent::Closed { code }));
    }
}

/// A close by the bot with 1000 or 1001 ends the session, any other leaves it to be resumed.
fn end_of(frame: Option<&CloseFrame>) -> End {
    if frame.is_some_and(|frame| matches!(frame.code, 1000 | 1001)) {
        End::Over
    } else {
        End::Lost
    }
}
