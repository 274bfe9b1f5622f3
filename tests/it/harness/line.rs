//! A proxy between the bot and its Postgres server, which can be down for a while.

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

struct Inside {
    server: String,
    up: watch::Sender<bool>,
    /// How many connections were refused since the line went down.
    refused: watch::Sender<usize>,
}

impl World {
    /// Puts a line between the bot and its database. The bot uses it from its next start on.
    pub async fn line(&mut self) -> Line {
        let mut url = Url::parse(self.database.url()).expect("the URL of a Postgres database");
        let host = url.host_str().expect("its host").to_owned();
        let server = format!("{host}:{}", url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port for the line");
        let port = listener.local_addr().expect("the line's address").port();
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(port)).expect("a port");
        self.settings.push(("DATABASE__URL".to_owned(), url.to_string()));
        let (up, refused) = (watch::Sender::new(true), watch::Sender::new(0));
        let inside = Arc::new(Inside { server, up, refused });
        tokio::spawn(exchange(listener, inside.clone()));
        Line { inside }
    }
}

impl Line {
    /// Cuts every connection, and refuses new ones.
    pub fn down(&self) {
        self.inside.refused.send_replace(0);
        self.inside.up.send_replace(false);
    }

    /// Waits until the bot has found the line down.
    pub async fn missed(&self) {
        let mut refused = self.inside.refused.subscribe();
        let waited = tokio::time::timeout(PATIENCE, refused.wait_for(|refused| *refused > 0)).await;
        waited
            .expect("the bot needs its database")
            .expect("the line is there");
    }

    /// Lets connections through again.
    pub fn up(&self) {
        self.inside.up.send_replace(true);
    }
}

async fn exchange(listener: TcpListener, inside: Arc<Inside>) {
    loop {
        let (caller, _) = listener.accept().await.expect("a caller");
        if *inside.up.borrow() {
            tokio::spawn(connect(caller, inside.clone()));
        } else {
            inside.refused.send_modify(|refused| *refused += 1);
        }
    }
}

async fn connect(mut caller: TcpStream, inside: Arc<Inside>) {
    let mut server = TcpStream::connect(&inside.server).await.expect("the server");
    let mut up = inside.up.subscribe();
    tokio::select! {
        _ = copy_bidirectional(&mut caller, &mut server) => {}
        _ = up.wait_for(|up| !*up) => {}
    }
}
