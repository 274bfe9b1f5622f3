//! A proxy between the bot and its Postgres server, or the service of its bucket, which can be down or
//! silent for a while.

use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use url::Url;

use super::{PATIENCE, World};

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
        _ = copy_bidirectional(&mut caller, &mut server) => {}
    }
    let _ = state.wait_for(|state| *state != State::Silent).await;
}
