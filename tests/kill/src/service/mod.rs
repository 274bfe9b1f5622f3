//! A paid service that speaks OpenAI's protocol, answers by a seed, and keeps a log of its own.

mod answers;
mod log;
pub mod picture;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

pub use self::answers::Way;
pub use self::log::{Call, Log};
use crate::database::Database;
use crate::wire::{Gate, Listening, Message, Reader, listen};

/// How long a call waits whose answer is to come too late, unless its caller dies before.
const LATE: Duration = Duration::from_secs(2);

/// The service.
#[derive(Debug)]
pub struct Service {
    shared: Arc<Shared>,
    listening: Listening,
}

#[derive(Debug)]
struct Shared {
    log: Arc<Log>,
    database: Database,
    /// Whether every call gets a picture at once.
    kind: AtomicBool,
    dice: std::sync::Mutex<StdRng>,
}

impl Service {
    /// Starts it. It looks into the bots' database whether a call is paid for.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start(seed: u64, database: Database) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared {
            log: Arc::default(),
            database,
            kind: AtomicBool::new(false),
            dice: std::sync::Mutex::new(StdRng::seed_from_u64(seed ^ 0x5e41)),
        });
        let serving = shared.clone();
        let listening = listen(Gate::default(), move |connection| {
            let shared = serving.clone();
            async move {
                // Callers die.
                let _ = shared.serve(connection).await;
            }
        });
        let listening = listening.await?;
        Ok(Self { shared, listening })
    }

    /// Returns its port on loopback.
    pub const fn port(&self) -> u16 {
        self.listening.port
    }

    /// Returns its log.
    pub fn log(&self) -> Arc<Log> {
        self.shared.log.clone()
    }

    /// Answers every call with a picture from now on, or as the seed says again.
    pub fn be_kind(&self, is_kind: bool) {
        self.shared.kind.store(is_kind, Ordering::Relaxed);
    }
}

impl Shared {
    async fn serve(&self, connection: TcpStream) -> std::io::Result<()> {
        let (from, mut to) = connection.into_split();
        let mut from = Reader::new(from);
        while let Some(request) = from.request().await? {
            if !request.first[1].contains("/images/") || request.cut {
                to.write_all(&answers::json(200, &[], &serde_json::json!({ "data": [] })))
                    .await?;
                continue;
            }
            let (way, pause) = self.way();
            let call = self.note(&request, way).await;
            let size = answers::size(request.body());
            let gone = if pause.is_zero() {
                false
            } else {
                tokio::select! {
                    () = tokio::time::sleep(pause) => false,
                    lasts = from.wait() => !lasts,
                }
            };
            let (answer, lasts) = answers::answer(way, call, size);
            self.log.over(call);
            if gone || answer.is_empty() {
                self.log.answered(call, false);
                return Ok(());
            }
            let sent = to.write_all(&answer).await.is_ok();
            self.log.answered(call, sent && lasts);
            if !lasts || !sent {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Chooses how a call is answered, and after which pause.
    fn way(&self) -> (Way, Duration) {
        if self.kind.load(Ordering::Relaxed) {
            return (Way::Picture, Duration::ZERO);
        }
        let mut dice = self
            .dice
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let way = Way::of(dice.random_range(0..100));
        let pause = match way {
            Way::Slow => dice.random_range(50..700),
            Way::Late => return (way, LATE),
            _ => dice.random_range(0..15),
        };
        (way, Duration::from_millis(pause))
    }

    /// Writes a call down, and whether it is paid for.
    async fn note(&self, request: &Message, way: Way) -> u64 {
        let (stage, prompt) = answers::words(request.body());
        let before = self.log.begun(&stage, &prompt);
        let held = self.database.held_for(&prompt, &stage).await;
        // Another call may have ended while the books were read, and its image with it.
        let under_way = before.min(self.log.under_way(&stage, &prompt));
        let drafts = self.database.drafts_of(&prompt).await;
        let paid = held.map(|held| held >= i64::try_from(under_way).unwrap_or(i64::MAX));
        self.log.write(Call {
            number: 0,
            stage,
            prompt,
            drafts: drafts.unwrap_or_default().into_iter().map(|(id,)| id).collect(),
            way,
            paid: paid.unwrap_or(true),
            answered: None,
        })
    }
}
