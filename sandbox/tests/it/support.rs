//! A sandbox, a plain HTTP client and a bot made of nothing but a WebSocket.

use std::io::Read;
use std::time::Duration;

use discord_sandbox::{Options, Sandbox, Side, Violation, world};
use flate2::read::ZlibDecoder;
use flate2::{Decompress, FlushDecompress};
use futures::{SinkExt, StreamExt};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// GUILDS | `GUILD_MESSAGE_REACTIONS`.
pub const INTENTS: u64 = 1025;
/// The start of a PNG of 3840 × 2160: enough for its size to be read.
pub const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0x0f, 0, 0, 0,
    0x08, 0x70, 8, 2, 0, 0, 0, 0, 0, 0, 0,
];
const PATIENCE: Duration = Duration::from_secs(20);

/// A sandbox and the REST client of its bot.
pub struct World {
    pub sandbox: Sandbox,
    pub http: reqwest::Client,
}

/// An answer: its status and its body.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub body: Value,
}

impl Reply {
    /// Discord's error code.
    pub fn code(&self) -> u64 {
        self.body["code"]
            .as_u64()
            .unwrap_or_else(|| panic!("no code in {self:?}"))
    }

    /// The body of a request that went well.
    pub fn ok(self) -> Value {
        assert!(self.status < 300, "{self:?}");
        self.body
    }

    /// The `id` of what was made.
    pub fn id(self) -> u64 {
        id(&self.ok())
    }
}

/// The id of a thing.
pub fn id(thing: &Value) -> u64 {
    thing["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id in {thing}"))
        .parse()
        .unwrap()
}

impl Drop for World {
    /// A request that is refused shows in its own reply; what the sandbox itself does wrong would show nowhere.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let violations = self.sandbox.checked().violations;
        let own: Vec<Violation> = violations
            .into_iter()
            .filter(|violation| violation.side != Side::Request)
            .collect();
        assert!(own.is_empty(), "against Discord's own document: {own:#?}");
    }
}

impl World {
    pub async fn start() -> Self {
        let world = Self::strict().await;
        // Most stories have several bots come in the same second.
        world
            .sandbox
            .gateway()
            .set_limits(|limits| limits.identify_every_ms = 0);
        world
    }

    /// As strict with IDENTIFYs as Discord.
    pub async fn strict() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.unwrap();
        Self {
            sandbox,
            http: reqwest::Client::new(),
        }
    }

    /// A request of the bot, with its token.
    pub async fn call(&self, method: &str, path: &str, body: Value) -> Reply {
        let mut request = self.request(method, path);
        if !body.is_null() {
            request = request.json(&body);
        }
        reply(request).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.call("POST", path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.call("PATCH", path, body).await
    }

    pub async fn put(&self, path: &str) -> Reply {
        self.call("PUT", path, Value::Null).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.call("DELETE", path, Value::Null).await
    }

    /// A multipart request with `payload_json` and files.
    pub async fn upload(&self, method: &str, path: &str, body: Value, files: &[(&str, &[u8])]) -> Reply {
        let mut form = Form::new().text("payload_json", body.to_string());
        for ((name, bytes), at) in files.iter().zip(0..) {
            form = form.part(
                format!("files[{at}]"),
                Part::bytes(bytes.to_vec()).file_name((*name).to_owned()),
            );
        }
        reply(self.request(method, path).multipart(form)).await
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v10{path}", self.sandbox.url());
        self.http
            .request(method.parse().unwrap(), url)
            .header("authorization", "Bot a-token")
    }

    /// A request of the page.
    pub async fn page(&self, method: &str, path: &str, body: Value) -> Reply {
        let url = format!("{}/sandbox{path}", self.sandbox.url());
        let mut request = self.http.request(method.parse().unwrap(), url);
        if !body.is_null() {
            request = request.json(&body);
        }
        reply(request).await
    }

    /// The bot posts a text in "general".
    pub async fn posted(&self, text: &str) -> u64 {
        self.post(
            &format!("/channels/{}/messages", world::GENERAL),
            json!({ "content": text }),
        )
        .await
        .id()
    }

    /// The bot opens a thread in "general".
    pub async fn thread(&self) -> u64 {
        let message = self.posted("a starter").await;
        let path = format!("/channels/{}/messages/{message}/threads", world::GENERAL);
        self.post(&path, json!({ "name": "a thread", "auto_archive_duration": 60 }))
            .await
            .id()
    }

    /// Registers commands of the guild.
    pub async fn register(&self, commands: Value) -> Value {
        let path = format!(
            "/applications/{}/guilds/{}/commands",
            world::BOT,
            world::NORTHLIGHT
        );
        self.call("PUT", &path, commands).await.ok()
    }
}

pub async fn reply(request: reqwest::RequestBuilder) -> Reply {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    Reply {
        status,
        body: serde_json::from_str(&text).unwrap_or(Value::String(text)),
    }
}

/// A gateway connection.
pub struct Gateway {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// For a connection that is packed as a whole.
    unpacker: Option<Decompress>,
    /// The last sequence number heard.
    pub seq: u64,
    pub session: String,
    /// Where READY said to resume.
    pub resume_url: String,
    /// How many payloads came packed.
    pub packed: usize,
}

/// The gateway's address.
pub fn address(sandbox: &Sandbox) -> String {
    format!("{}/gateway", sandbox.url().replacen("http", "ws", 1))
}

/// An IDENTIFY, with these fields besides the usual ones.
#[expect(clippy::needless_pass_by_value, reason = "reads well with json!")]
pub fn identify(fields: Value) -> Value {
    let mut data = json!({ "token": "Bot a-token", "intents": INTENTS, "properties": {} });
    for (name, value) in fields.as_object().unwrap() {
        data[name] = value.clone();
    }
    json!({ "op": 2, "d": data })
}

/// What a gateway says.
#[derive(Debug)]
pub enum Heard {
    Payload(Value),
    Closed(u16),
    /// The connection ended without a close.
    Cut,
}

impl Gateway {
    /// Connects and takes the HELLO.
    pub async fn connect(sandbox: &Sandbox) -> Self {
        Self::connect_to(&format!("{}?v=10&encoding=json", address(sandbox))).await
    }

    /// Connects to this URL and takes the HELLO.
    pub async fn connect_to(url: &str) -> Self {
        let mut gateway = Self::open(url).await;
        let hello = gateway.payload().await;
        assert_eq!(hello["op"], 10);
        assert!(hello["d"]["heartbeat_interval"].as_u64().unwrap() > 0);
        gateway
    }

    /// Connects to this URL, whatever comes then.
    pub async fn open(url: &str) -> Self {
        let (socket, _) = connect_async(url).await.unwrap();
        let unpacker = url
            .contains("compress=zlib-stream")
            .then(|| Decompress::new(true));
        Self {
            socket,
            unpacker,
            seq: 0,
            session: String::new(),
            resume_url: String::new(),
            packed: 0,
        }
    }

    /// Connects, identifies, and takes READY and the guild.
    pub async fn online(sandbox: &Sandbox, intents: u64) -> Self {
        let mut gateway = Self::connect(sandbox).await;
        gateway.identify(json!({ "intents": intents })).await;
        gateway.event("GUILD_CREATE").await;
        gateway
    }

    /// Identifies, with these fields besides the usual ones, and takes READY.
    pub async fn identify(&mut self, fields: Value) {
        self.send(identify(fields)).await;
        let ready = self.event("READY").await;
        let named = |field: &str| ready[field].as_str().unwrap().to_owned();
        (self.session, self.resume_url) = (named("session_id"), named("resume_gateway_url"));
    }

    /// Asks to resume another connection's session.
    pub async fn resume(&mut self, session: &str, seq: u64) {
        self.send(json!({ "op": 6, "d": { "token": "Bot a-token", "session_id": session, "seq": seq } }))
            .await;
    }

    pub async fn send(&mut self, payload: Value) {
        self.socket
            .send(Message::text(payload.to_string()))
            .await
            .unwrap();
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text.to_owned())).await.unwrap();
    }

    pub async fn hear(&mut self) -> Heard {
        let next = tokio::time::timeout(PATIENCE, self.socket.next())
            .await
            .expect("the gateway is silent");
        match next {
            Some(Ok(Message::Text(text))) => self.heard(&text),
            Some(Ok(Message::Binary(bytes))) => {
                self.packed += 1;
                let text = self.unpack(&bytes);
                self.heard(&text)
            }
            Some(Ok(Message::Close(frame))) => Heard::Closed(frame.map_or(1005, |frame| frame.code.into())),
            Some(Ok(other)) => panic!("unexpected {other:?}"),
            Some(Err(_)) | None => Heard::Cut,
        }
    }

    fn heard(&mut self, text: &str) -> Heard {
        let payload: Value = serde_json::from_str(text).unwrap();
        self.seq = payload["s"].as_u64().unwrap_or(self.seq);
        Heard::Payload(payload)
    }

    fn unpack(&mut self, bytes: &[u8]) -> String {
        let mut text = Vec::with_capacity(1024 * 1024);
        match &mut self.unpacker {
            Some(stream) => drop(
                stream
                    .decompress_vec(bytes, &mut text, FlushDecompress::Sync)
                    .unwrap(),
            ),
            None => drop(ZlibDecoder::new(bytes).read_to_end(&mut text).unwrap()),
        }
        String::from_utf8(text).unwrap()
    }

    /// The code with which the gateway closes next.
    pub async fn closed(&mut self) -> u16 {
        match self.hear().await {
            Heard::Closed(code) => code,
            other => panic!("expected a close, got {other:?}"),
        }
    }

    /// Whether nothing is said for a moment.
    pub async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(100), self.socket.next())
            .await
            .is_err()
    }

    pub async fn payload(&mut self) -> Value {
        match self.hear().await {
            Heard::Payload(payload) => payload,
            other => panic!("expected a payload, got {other:?}"),
        }
    }

    /// The next event, which must have this name.
    pub async fn event(&mut self, name: &str) -> Value {
        let mut payload = self.payload().await;
        assert_eq!(payload["t"], name, "{payload}");
        payload["d"].take()
    }

    pub async fn close(&mut self, code: u16) {
        use tokio_tungstenite::tungstenite::protocol::CloseFrame;
        let frame = CloseFrame {
            code: code.into(),
            reason: "".into(),
        };
        self.socket.close(Some(frame)).await.unwrap();
    }
}
