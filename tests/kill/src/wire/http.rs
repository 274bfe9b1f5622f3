//! Carries HTTP, and what follows an upgrade of it.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::gate::{Gate, Listening, listen};
use super::message::{Message, Reader};
use crate::snare::{Moment, Snare};
use crate::steps::{self, Outside};

/// How many bytes of an upgraded connection are read at once.
const PIECE: usize = 64 * 1024;

/// Told of answers that the process never got, because it was killed first.
type Lost = dyn Fn(&Message) + Send + Sync;

/// A carrier of requests to one port on loopback.
#[derive(Debug)]
pub struct Wire {
    /// Lets connections through.
    pub gate: Gate,
    listening: Listening,
}

/// What each connection works with.
struct Carrier {
    outside: Outside,
    to: u16,
    snare: Arc<Snare>,
    lost: Box<Lost>,
}

impl Wire {
    /// Begins to carry requests of the process in a snare.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start(
        outside: Outside,
        to: u16,
        snare: Arc<Snare>,
        lost: impl Fn(&Message) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let lost = Box::new(lost);
        let carrier = Arc::new(Carrier {
            outside,
            to,
            snare,
            lost,
        });
        let gate = Gate::default();
        let listening = listen(gate.clone(), move |connection| {
            let carrier = carrier.clone();
            async move {
                // Either side may leave whenever it likes.
                let _ = carrier.carry(connection).await;
            }
        });
        let listening = listening.await?;
        Ok(Self { gate, listening })
    }

    /// Returns the port at which the process finds the outside.
    pub fn port(&self) -> u16 {
        self.listening.port
    }
}

/// One side of an upgraded connection.
type Side = (Reader<OwnedReadHalf>, OwnedWriteHalf);

impl Carrier {
    async fn carry(&self, near: TcpStream) -> io::Result<()> {
        let near_port = near.local_addr()?.port();
        let (from, mut to_near) = near.into_split();
        let mut near = Reader::new(from);
        let far = TcpStream::connect(("127.0.0.1", self.to)).await?;
        far.set_nodelay(true)?;
        let (from, mut to_far) = far.into_split();
        let mut far = Reader::new(from);
        while let Some(request) = near.request().await? {
            let [method, path] = &request.first;
            let step = steps::of_request(self.outside, method, path);
            if self.snare.passes(&step, Moment::Before) {
                return Ok(());
            }
            to_far.write_all(&request.bytes).await?;
            // A process that died does not wait for its answer any more.
            let answer = tokio::select! {
                answer = far.answer(method) => answer?,
                false = near.wait() => return Ok(()),
            };
            let Some(mut answer) = answer else { return Ok(()) };
            if self.snare.passes(&step, Moment::Unheard) {
                (self.lost)(&answer);
                return Ok(());
            }
            if self.outside == Outside::Discord && path.contains("/gateway") && !answer.upgraded {
                lead_back(&mut answer.bytes, self.to, near_port);
            }
            if to_near.write_all(&answer.bytes).await.is_err() {
                (self.lost)(&answer);
                return Ok(());
            }
            if self.snare.passes(&step, Moment::After) || answer.cut {
                return Ok(());
            }
            if answer.upgraded {
                return self.both_ways((near, to_near), (far, to_far)).await;
            }
        }
        Ok(())
    }
}

/// Writes this wire's port where the outside named its own. Both have five digits, as all that the
/// kernel hands out.
fn lead_back(bytes: &mut [u8], to: u16, near: u16) {
    let (to, near) = (format!("127.0.0.1:{to}"), format!("127.0.0.1:{near}"));
    if to.len() != near.len() {
        return;
    }
    let found = bytes.windows(to.len()).position(|window| window == to.as_bytes());
    if let Some(at) = found {
        bytes[at..at + near.len()].copy_from_slice(near.as_bytes());
    }
}

impl Carrier {
    /// Carries bytes both ways until either side ends. What the outside says is a step a piece.
    async fn both_ways(&self, near: Side, far: Side) -> io::Result<()> {
        let ((near, mut to_near), (far, mut to_far)) = (near, far);
        let ((mut near, from_near), (mut far, from_far)) = (near.into_parts(), far.into_parts());
        to_far.write_all(&from_near).await?;
        to_near.write_all(&from_far).await?;
        let said = async {
            let mut piece = Vec::with_capacity(PIECE);
            while far.read_buf(&mut piece).await? > 0 {
                let step = steps::of_event(&piece);
                if self.snare.passes(&step, Moment::Before) {
                    return Ok(());
                }
                to_near.write_all(&piece).await?;
                if self.snare.passes(&step, Moment::After) {
                    return Ok(());
                }
                piece.clear();
            }
            Ok(())
        };
        tokio::select! {
            sent = tokio::io::copy(&mut near, &mut to_far) => sent.map(drop),
            heard = said => heard,
        }
    }
}
