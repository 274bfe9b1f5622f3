//! A proxy between the bot and its Postgres server, or the service of its bucket, which can be down or
//! silent for a while, and lose commits.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

use super::{PATIENCE, Side, World};

/// The words with which a transaction that may write is committed.
const COMMIT: &[u8] = b"SELECT 1; COMMIT";
/// The words with which the server says that it has committed.
const COMMITTED: &[u8] = b"COMMIT\0";

/// The proxy. It lives until the end of the test, because the harness looks for leftovers through
/// it.
pub struct Line {
    inside: Arc<Inside>,
}

/// What the line does with connections.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Carries them.
    Up,
    /// Cuts them, and refuses new ones.
    Down,
    /// Holds them, and passes nothing on.
    Silent,
}

struct Inside {
    server: String,
    state: watch::Sender<State>,
    /// How many connections were refused since the line went down.
    refused: watch::Sender<usize>,
    /// Which commits are lost.
    losses: Mutex<Option<Losses>>,
    /// How many commits came by while some were to be lost, and how many of them were.
    commits: AtomicUsize,
    lost: AtomicUsize,
}

/// Says which commits of transactions that may write are lost, with their connections.
#[derive(Clone, Copy, Debug)]
pub struct Losses {
    /// One of so many is lost.
    pub every: usize,
    /// Which one of them, from 0.
    pub at: usize,
    /// Whether the server has committed by then.
    pub side: Side,
}

impl World {
    /// Puts a line between the bot and its database. The bot uses it from its next start on.
    pub async fn line(&mut self) -> Line {
        let mut url = Url::parse(self.database.url()).expect("the URL of a Postgres database");
        let host = url.host_str().expect("its host").to_owned();
        let (line, port) = Line::to(format!("{host}:{}", url.port().unwrap_or(5432))).await;
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(port)).expect("a port");
        self.settings.push(("DATABASE__URL".to_owned(), url.to_string()));
        line
    }
}

impl Line {
    /// Puts a line before a server. Returns its port on this machine too.
    pub async fn to(server: String) -> (Self, u16) {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port for the line");
        let port = listener.local_addr().expect("the line's address").port();
        let (state, refused) = (watch::Sender::new(State::Up), watch::Sender::new(0));
        let inside = Arc::new(Inside {
            server,
            state,
            refused,
            losses: Mutex::default(),
            commits: AtomicUsize::default(),
            lost: AtomicUsize::default(),
        });
        tokio::spawn(exchange(listener, inside.clone()));
        (Self { inside }, port)
    }

    /// Cuts every connection, and refuses new ones.
    pub fn down(&self) {
        self.inside.refused.send_replace(0);
        self.inside.state.send_replace(State::Down);
    }

    /// Holds every connection, old and new, and passes nothing on: the server is there, and says
    /// nothing. The line cuts them when it is up again.
    pub fn silence(&self) {
        self.inside.state.send_replace(State::Silent);
    }

    /// Waits until the bot has found the line down.
    pub async fn missed(&self) {
        let mut refused = self.inside.refused.subscribe();
        let waited = tokio::time::timeout(PATIENCE, refused.wait_for(|refused| *refused > 0)).await;
        waited
            .expect("the bot needs what is behind the line")
            .expect("the line is there");
    }

    /// Loses commits from now on, or none.
    pub fn lose(&self, losses: Option<Losses>) {
        *self.inside.losses.lock().unwrap_or_else(PoisonError::into_inner) = losses;
    }

    /// Returns how many commits were lost so far.
    pub fn lost(&self) -> usize {
        self.inside.lost.load(Ordering::SeqCst)
    }

    /// Lets connections through again.
    pub fn up(&self) {
        self.inside.state.send_replace(State::Up);
    }
}

async fn exchange(listener: TcpListener, inside: Arc<Inside>) {
    loop {
        let (caller, _) = listener.accept().await.expect("a caller");
        if *inside.state.borrow() == State::Down {
            inside.refused.send_modify(|refused| *refused += 1);
        } else {
            tokio::spawn(connect(caller, inside.clone()));
        }
    }
}

async fn connect(mut caller: TcpStream, inside: Arc<Inside>) {
    let mut state = inside.state.subscribe();
    let mut server = TcpStream::connect(&inside.server).await.expect("the server");
    tokio::select! {
        biased;
        _ = state.wait_for(|state| *state != State::Up) => {}
        _ = carry(&mut caller, &mut server, &inside) => {}
    }
    let _ = state.wait_for(|state| *state != State::Silent).await;
}

/// Carries everything between both, until one of them ends or a commit is to be lost.
async fn carry(caller: &mut TcpStream, server: &mut TcpStream, inside: &Inside) -> io::Result<()> {
    let ((from_caller, to_caller), (from_server, to_server)) = (caller.split(), server.split());
    let committing = AtomicBool::default();
    tokio::select! {
        ended = ask(from_caller, to_server, inside, &committing) => ended,
        ended = answer(from_server, to_caller, &committing) => ended,
    }
}

/// Passes on what the bot asks, until it asks for a commit of which the server is not to hear.
async fn ask(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    inside: &Inside,
    committing: &AtomicBool,
) -> io::Result<()> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        let read = from.read(&mut bytes).await?;
        let asked = &bytes[..read];
        match inside.loses(asked) {
            Some(Side::Before) => return Ok(()),
            Some(Side::After) => committing.store(true, Ordering::SeqCst),
            None if read == 0 => return Ok(()),
            None => {}
        }
        to.write_all(asked).await?;
    }
}

/// Passes on what the server answers, but not that it has made the commit that is to be lost.
async fn answer(mut from: ReadHalf<'_>, mut to: WriteHalf<'_>, committing: &AtomicBool) -> io::Result<()> {
    let mut bytes = vec![0; 1 << 16];
    loop {
        let read = from.read(&mut bytes).await?;
        let answered = &bytes[..read];
        if read == 0 || committing.load(Ordering::SeqCst) && has(answered, COMMITTED) {
            return Ok(());
        }
        to.write_all(answered).await?;
    }
}

fn has(bytes: &[u8], words: &[u8]) -> bool {
    bytes.windows(words.len()).any(|window| window == words)
}

impl Inside {
    /// Returns on which side what is asked is lost, if it is a commit to be lost.
    fn loses(&self, asked: &[u8]) -> Option<Side> {
        let losses = *self.losses.lock().unwrap_or_else(PoisonError::into_inner);
        let losses = losses.filter(|_| has(asked, COMMIT))?;
        let nth = self.commits.fetch_add(1, Ordering::SeqCst);
        if nth % losses.every != losses.at {
            return None;
        }
        self.lost.fetch_add(1, Ordering::SeqCst);
        Some(losses.side)
    }
}
