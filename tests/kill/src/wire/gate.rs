//! A switch that lets connections through, or ends all of them and takes no new one.

use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The switch. A copy is the same one.
#[derive(Clone, Debug)]
pub struct Gate(Arc<watch::Sender<bool>>);

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(true)))
    }
}

impl Gate {
    /// Ends every connection, and takes no new one.
    pub fn cut(&self) {
        self.0.send_replace(false);
    }

    /// Takes connections again.
    pub fn mend(&self) {
        self.0.send_replace(true);
    }

    /// Returns whether it is cut.
    pub fn is_cut(&self) -> bool {
        !*self.0.borrow()
    }

    /// Runs what is done on a connection until it ends or is cut.
    async fn through(&self, work: impl Future<Output = ()>) {
        let mut watched = self.0.subscribe();
        tokio::select! {
            () = work => {}
            _ = watched.wait_for(|open| !open) => {}
        }
    }
}

/// A listener that serves each connection in a task of its own. It stops when this is dropped.
#[derive(Debug)]
pub struct Listening {
    /// The port on loopback.
    pub port: u16,
    task: JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves connections on a free port, through a gate.
///
/// # Errors
/// When there is no port.
pub async fn listen<F: Future<Output = ()> + Send>(
    gate: Gate,
    serve: impl Fn(TcpStream) -> F + Send + Sync + 'static,
) -> std::io::Result<Listening> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let port = listener.local_addr()?.port();
    let serve = Arc::new(serve);
    let task = tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            // Many small messages go back and forth.
            let _ = connection.set_nodelay(true);
            let (gate, serve) = (gate.clone(), serve.clone());
            if !gate.is_cut() {
                tokio::spawn(async move { gate.through(serve(connection)).await });
            }
        }
    });
    Ok(Listening { port, task })
}
