//! The handle to a running sandbox.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Mutex, broadcast};
use tokio::task::JoinSet;

use crate::core::Core;
use crate::handle::member::Member;
use crate::handle::options::{Options, StartError};
use crate::handle::upkeep;
use crate::http::server;
use crate::openapi;
use crate::openapi::checks::Checks;
use crate::state::pages::PageEvent;
use crate::state::{State, persistence};
#[cfg(feature = "tls")]
use crate::tls::{self, Tls, TlsError};

/// A running local Discord. Clones are handles to the same one. It ends when the last is dropped;
/// [`Sandbox::stop`] also saves its data.
#[derive(Clone, Debug)]
pub struct Sandbox {
    pub(super) core: Core,
    running: Arc<Running>,
}

#[derive(Debug)]
struct Running {
    core: Core,
    tasks: Mutex<JoinSet<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // WebSockets run in tasks of their own, and end on this.
        self.core.stop();
    }
}

impl Sandbox {
    /// Starts a sandbox on a loopback port.
    ///
    /// # Errors
    /// If the port cannot be listened on, the saved data cannot be read, or `DISCORD_OPENAPI` names
    /// something other than Discord's document.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let Options {
            port,
            data,
            world,
            limits,
            guide,
        } = options;
        let checks = Checks::new(openapi::official()?);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(|source| StartError::Listen { port, source })?;
        let port = listener
            .local_addr()
            .map_err(|source| StartError::Listen { port, source })?
            .port();
        let kept = match &data {
            Some(data) => persistence::load(data).map_err(|source| StartError::Data {
                data: data.clone(),
                source,
            })?,
            None => None,
        };
        let mut state = kept.unwrap_or_else(|| State::new(world));
        state.set_rate_limits(limits);
        state.set_guide(guide);
        let core = Core::new(state, port, data, checks);
        let mut tasks = JoinSet::new();
        tasks.spawn(server::serve(listener, core.clone()));
        tasks.spawn(upkeep::keep_time(core.clone()));
        let running = Arc::new(Running {
            core: core.clone(),
            tasks: Mutex::new(tasks),
        });
        Ok(Self { core, running })
    }

    /// Closes all connections, saves the data and frees the port.
    pub async fn stop(&self) {
        self.core.stop();
        let mut tasks = self.running.tasks.lock().await;
        while tasks.join_next().await.is_some() {}
        upkeep::save_if_dirty(&self.core).await;
    }

    /// Returns `http://127.0.0.1:PORT`: the page, and with `/api/v10` the REST API.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.core.port())
    }

    /// Serves the same over TLS, on another port and under these names. The gateway's URL stays the
    /// same.
    ///
    /// # Errors
    /// If no port can be listened on, or a name fits in no certificate.
    #[cfg(feature = "tls")]
    pub async fn serve_tls(&self, names: &[&str]) -> Result<Tls, TlsError> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let (listener, acceptor, served) = tls::prepare(names).await?;
        let serving = server::serve_tls(listener, acceptor, self.core.clone());
        self.running.tasks.lock().await.spawn(serving);
        Ok(served)
    }

    /// Returns a handle that acts as this person.
    #[must_use]
    pub fn member(&self, user: u64) -> Member {
        Member::new(self.core.clone(), user)
    }

    /// Moves the sandbox's clock forward, and does what is due before it returns. The clock is real
    /// time plus all that was advanced.
    pub fn advance(&self, by: Duration) {
        self.core.change(|state| state.advance(by));
    }

    /// Returns the sandbox's time, in milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.core.read(State::now)
    }

    /// Subscribes to what the pages are told.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<PageEvent> {
        self.core.read(State::subscribe)
    }
}
