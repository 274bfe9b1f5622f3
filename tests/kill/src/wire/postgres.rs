//! Carries a connection to PostgreSQL, and knows each commit.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::commits::Sayings;
use super::gate::{Gate, Listening, listen};
use crate::snare::{Moment, Snare};
use crate::steps;

/// How many bytes are read at once.
const PIECE: usize = 64 * 1024;
/// What PostgreSQL says when a commit took place.
const COMMITTED: &[u8] = b"COMMIT\0";

/// A carrier of connections to a PostgreSQL server.
#[derive(Debug)]
pub struct DatabaseWire {
    /// Lets connections through.
    pub gate: Gate,
    listening: Listening,
}

impl DatabaseWire {
    /// Begins to carry connections of the process in a snare to a server at `host:port`.
    ///
    /// # Errors
    /// When there is no port.
    pub async fn start(server: String, snare: Arc<Snare>) -> io::Result<Self> {
        let gate = Gate::default();
        let listening = listen(gate.clone(), move |near| {
            let (server, snare) = (server.clone(), snare.clone());
            async move {
                // Either side may leave whenever it likes.
                let _ = carry(near, &server, &snare).await;
            }
        });
        let listening = listening.await?;
        Ok(Self { gate, listening })
    }

    /// Returns the port at which the process finds the database.
    pub fn port(&self) -> u16 {
        self.listening.port
    }
}

/// The commit that was sent and not answered yet.
type UnderWay = Mutex<Option<String>>;

async fn carry(near: TcpStream, server: &str, snare: &Snare) -> io::Result<()> {
    let far = TcpStream::connect(server).await?;
    far.set_nodelay(true)?;
    let ((from_near, to_near), (from_far, to_far)) = (near.into_split(), far.into_split());
    let under_way = UnderWay::default();
    tokio::select! {
        sent = send(from_near, to_far, snare, &under_way) => sent,
        heard = hear(from_far, to_near, snare, &under_way) => heard,
    }
}

async fn send(
    mut near: OwnedReadHalf,
    mut far: OwnedWriteHalf,
    snare: &Snare,
    under_way: &UnderWay,
) -> io::Result<()> {
    let mut sayings = Sayings::default();
    let mut piece = Vec::with_capacity(PIECE);
    while near.read_buf(&mut piece).await? > 0 {
        sayings.heard(&piece);
        piece.clear();
        while let Some(said) = sayings.next() {
            if let Some(tables) = &said.commit {
                let step = steps::of_commit(tables);
                if snare.passes(&step, Moment::Before) {
                    return Ok(());
                }
                *under_way.lock().unwrap_or_else(PoisonError::into_inner) = Some(step);
            }
            far.write_all(&said.bytes).await?;
        }
    }
    Ok(())
}

async fn hear(
    mut far: OwnedReadHalf,
    mut near: OwnedWriteHalf,
    snare: &Snare,
    under_way: &UnderWay,
) -> io::Result<()> {
    let mut piece = Vec::with_capacity(PIECE);
    // The end of the piece before, because the word may come in two.
    let mut end = Vec::new();
    while far.read_buf(&mut piece).await? > 0 {
        end.extend_from_slice(&piece);
        let committed = end.windows(COMMITTED.len()).any(|window| window == COMMITTED);
        let step = if committed {
            end.clear();
            under_way.lock().unwrap_or_else(PoisonError::into_inner).take()
        } else {
            let rest = end.len().saturating_sub(COMMITTED.len());
            end.drain(..rest);
            None
        };
        if let Some(step) = &step
            && snare.passes(step, Moment::Unheard)
        {
            return Ok(());
        }
        near.write_all(&piece).await?;
        if let Some(step) = &step
            && snare.passes(step, Moment::After)
        {
            return Ok(());
        }
        piece.clear();
    }
    Ok(())
}
