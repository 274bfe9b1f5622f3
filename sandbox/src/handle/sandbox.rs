//! The handle to a running sandbox.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, broadcast};
use tokio::task::JoinSet;

use crate::core::Core;
use crate::handle::answer::Answer;
use crate::handle::gateway::{Cut, GatewayControl};
use crate::handle::member::Member;
use crate::handle::options::{Options, StartError};
use crate::http::server;
use crate::openapi::checks::{Checked, Checks, Violation};
use crate::openapi::document;
use crate::state::fault::{Call, Fault};
use crate::state::model::ActError;
use crate::state::model::Stage;
use crate::state::rate_limits::{Limiter, RateLimits};
use crate::state::sessions::{Dispatched, PageEvent};
use crate::state::{State, persistence};

/// How long the waiting functions wait, in real time.
pub(super) const DEADLINE: Duration = Duration::from_secs(20);
/// How many calls and messages a failed wait shows.
const DUMPED: usize = 30;

/// A running local Discord. Clones are handles to the same one. When the last is dropped it ends at once;
/// [`Sandbox::stop`] also saves what is kept.
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
        // WebSockets run in tasks of their own and end when they hear this.
        self.core.stop();
    }
}

impl Sandbox {
    /// Starts a sandbox on a loopback port.
    ///
    /// # Errors
    /// If the port cannot be listened on, the kept data cannot be read, or `DISCORD_OPENAPI` names what is not
    /// Discord's document.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let Options {
            port,
            data,
            world,
            limits,
        } = options;
        let checks = Checks::new(document::official()?);
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
        state.limits = Limiter::new(limits);
        let core = Core::new(state, port, data, checks);
        let mut tasks = JoinSet::new();
        tasks.spawn(server::serve(listener, core.clone()));
        tasks.spawn(persistence::keep_time(core.clone()));
        let running = Arc::new(Running {
            core: core.clone(),
            tasks: Mutex::new(tasks),
        });
        Ok(Self { core, running })
    }

    /// Closes all connections, saves what is kept and frees the port.
    pub async fn stop(&self) {
        self.core.stop();
        let mut tasks = self.running.tasks.lock().await;
        while tasks.join_next().await.is_some() {}
        persistence::save_if_dirty(&self.core).await;
    }

    /// `http://127.0.0.1:PORT`: the page, and with `/api/v10` the REST API.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.core.port())
    }

    /// Serves the same over TLS, on another port and under these names. The gateway's URL stays as it is.
    ///
    /// # Errors
    /// If no port can be listened on, or a name fits in no certificate.
    #[cfg(feature = "tls")]
    pub async fn serve_tls(&self, names: &[&str]) -> Result<crate::Tls, crate::TlsError> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let (listener, acceptor, tls) = crate::tls::prepare(names).await?;
        let serving = server::serve_tls(listener, acceptor, self.core.clone());
        self.running.tasks.lock().await.spawn(serving);
        Ok(tls)
    }

    /// Acts as that person.
    #[must_use]
    pub fn member(&self, user: u64) -> Member {
        Member::new(self.core.clone(), user)
    }

    /// The bot loses these [`permissions`](crate::permissions) in a channel and its threads.
    pub fn deny_bot(&self, channel: u64, permissions: u64) {
        self.core
            .change(|state| state.set_bot_denied(channel, permissions, true));
    }

    /// Gives the bot back what [`Sandbox::deny_bot`] took.
    pub fn allow_bot(&self, channel: u64, permissions: u64) {
        self.core
            .change(|state| state.set_bot_denied(channel, permissions, false));
    }

    /// Gives the bot permissions in a channel that its role does not have.
    pub fn grant_bot(&self, channel: u64, permissions: u64) {
        self.core.change(|state| state.grant_bot(channel, permissions));
    }

    /// Deletes a message, as a moderator would.
    pub fn delete_message(&self, channel: u64, message: u64) {
        self.core.change(|state| state.remove_message(channel, message));
    }

    /// A new forum: it takes no messages, but posts (see [`Member::open_thread`]). Returns its id.
    #[must_use]
    pub fn add_forum(&self, name: &str) -> u64 {
        self.core.change(|state| state.add_forum(name))
    }

    /// Deletes a channel or thread, as a moderator would.
    ///
    /// # Errors
    /// If there is no such channel.
    pub fn delete_channel(&self, channel: u64) -> Result<(), ActError> {
        self.core
            .change(|state| state.delete_channel(state.guild.owner, channel).map(|_| ()))?;
        Ok(())
    }

    /// Edits a channel or thread with Discord's fields (`archived`, `locked`, `name`), as a moderator would.
    ///
    /// # Errors
    /// If there is no such channel or a field does not fit.
    #[expect(clippy::needless_pass_by_value, reason = "reads well with json!")]
    pub fn edit_channel(&self, channel: u64, fields: Value) -> Result<(), ActError> {
        self.core.change(|state| {
            state
                .edit_channel(state.guild.owner, channel, &fields)
                .map(|_| ())
        })?;
        Ok(())
    }

    /// Whether a bot is connected: it has got READY and its guilds.
    #[must_use]
    pub fn online(&self) -> bool {
        self.core.read(|state| state.hub.online())
    }

    /// Waits until a bot is connected.
    ///
    /// # Panics
    /// After 20 seconds, with the recent calls and messages.
    pub async fn wait_online(&self) {
        self.until(Self::online).await;
    }

    /// Waits until no bot is connected.
    ///
    /// # Panics
    /// After 20 seconds, with the recent calls and messages.
    pub async fn wait_offline(&self) {
        self.until(|sandbox| !sandbox.online()).await;
    }

    /// Waits until an interaction has a real answer, not merely a deferred one.
    ///
    /// # Panics
    /// If it failed, or after 20 seconds, with the recent calls and messages.
    pub async fn answer(&self, interaction: u64) -> Answer {
        let outcome = || {
            self.core.read(|state| {
                let found = state.interactions.get(&interaction)?;
                match found.stage {
                    Stage::Answered => Some(Some(Answer::of(state, found))),
                    Stage::Failed => Some(None),
                    Stage::Waiting | Stage::Deferred | Stage::DeferredUpdate => None,
                }
            })
        };
        let outcome = self.core.wait_for(DEADLINE, outcome).await;
        match outcome {
            Some(Some(answer)) => answer,
            Some(None) => panic!(
                "interaction {interaction} was not answered in time\n{}",
                self.dump()
            ),
            None => panic!("interaction {interaction} has no real answer\n{}", self.dump()),
        }
    }

    /// Whether the client told its user that the application did not respond.
    #[must_use]
    pub fn failed(&self, interaction: u64) -> bool {
        self.core.read(|state| {
            state
                .interactions
                .get(&interaction)
                .is_some_and(|found| found.stage == Stage::Failed)
        })
    }

    /// A channel or thread, in REST shape.
    #[must_use]
    pub fn channel(&self, id: u64) -> Option<Value> {
        self.core
            .read(|state| state.channels.get(&id).map(|channel| state.channel_json(channel)))
    }

    /// The channels without threads, in the order of the list, in REST shape.
    #[must_use]
    pub fn channels(&self) -> Vec<Value> {
        self.core.read(|state| {
            state
                .text_channels()
                .into_iter()
                .map(|channel| state.channel_json(channel))
                .collect()
        })
    }

    /// The threads of a channel, oldest first, archived ones included, in REST shape.
    #[must_use]
    pub fn threads(&self, parent: u64) -> Vec<Value> {
        self.core.read(|state| {
            let threads = state
                .channels
                .values()
                .filter(|channel| channel.parent == Some(parent));
            threads.map(|channel| state.channel_json(channel)).collect()
        })
    }

    /// The messages of a channel, oldest first, as the bot gets them from REST; no ephemeral ones.
    #[must_use]
    pub fn messages(&self, channel: u64) -> Vec<Value> {
        self.core.read(|state| {
            let all = state
                .messages
                .get(&channel)
                .into_iter()
                .flat_map(|all| all.values());
            let public = all.filter(|message| message.only_for.is_none());
            public
                .map(|message| state.message_json(message, state.guild.bot))
                .collect()
        })
    }

    /// The messages of a channel that only `user` sees, oldest first.
    #[must_use]
    pub fn ephemerals(&self, channel: u64, user: u64) -> Vec<Value> {
        self.core.read(|state| {
            let all = state
                .messages
                .get(&channel)
                .into_iter()
                .flat_map(|all| all.values());
            let private = all.filter(|message| message.only_for == Some(user));
            private.map(|message| state.message_json(message, user)).collect()
        })
    }

    /// The bytes behind an attachment's URL.
    #[must_use]
    pub fn file(&self, url: &str) -> Option<Vec<u8>> {
        let blob = self.core.read(|state| state.blob_at(url))?;
        blob.read().ok().map(|bytes| bytes.to_vec())
    }

    /// The registered commands, in REST shape.
    #[must_use]
    pub fn commands(&self) -> Vec<Value> {
        self.core.read(|state| state.commands.clone())
    }

    /// Every REST request of the bot so far, oldest first (the last 20,000).
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.core.read(|state| state.calls.iter().cloned().collect())
    }

    /// What was checked by Discord's own document so far, and what did not hold.
    #[must_use]
    pub fn checked(&self) -> Checked {
        self.core.checks().report()
    }

    /// What did not hold so far; it is forgotten. A test that does something wrong on purpose takes this.
    #[must_use]
    pub fn take_violations(&self) -> Vec<Violation> {
        self.core.checks().take_violations()
    }

    /// Lets REST requests of the bot fail.
    pub fn fail(&self, fault: Fault) {
        self.core.change(|state| state.faults.add(fault));
    }

    /// From now on these limits hold. What was counted is forgotten, and a ban is lifted.
    pub fn set_rate_limits(&self, limits: RateLimits) {
        self.core.change(|state| state.limits = Limiter::new(limits));
    }

    /// The limits that hold.
    #[must_use]
    pub fn rate_limits(&self) -> RateLimits {
        self.core.read(|state| state.limits.limits.clone())
    }

    /// Cuts all gateway connections.
    pub fn cut_gateway(&self, cut: Cut) {
        self.gateway().cut(None, cut);
    }

    /// Steers the gateway into its bad days.
    #[must_use]
    pub fn gateway(&self) -> GatewayControl {
        GatewayControl::new(self.core.clone())
    }

    /// How many events connected bots were sent.
    #[must_use]
    pub fn dispatched(&self) -> Dispatched {
        self.core.read(|state| state.hub.dispatched)
    }

    /// Pushes the sandbox's clock forward: real time plus all that was advanced. What is due then happens
    /// before this returns.
    pub fn advance(&self, by: Duration) {
        self.core.change(|state| state.advance(by));
    }

    /// The sandbox's clock, in milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.core.read(State::now)
    }

    /// Listens as the pages do.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<PageEvent> {
        self.core.read(|state| state.hub.subscribe())
    }

    /// Waits until a condition holds, looking again at each change.
    ///
    /// # Panics
    /// After 20 seconds, with the recent calls and messages.
    pub async fn until(&self, condition: impl Fn(&Self) -> bool) {
        let met = self
            .core
            .wait_for(DEADLINE, || condition(self).then_some(()))
            .await;
        assert!(
            met.is_some(),
            "the condition was not met within 20 seconds\n{}",
            self.dump()
        );
    }

    /// The recent calls and messages, for a failed test to show.
    #[must_use]
    pub fn dump(&self) -> String {
        self.core.read(|state| {
            let calls = state.calls.iter().rev().take(DUMPED).rev();
            let calls = calls.map(|call| format!("  {} {} -> {}", call.method, call.path, call.status));
            let mut messages: Vec<_> = state.messages.values().flat_map(|all| all.values()).collect();
            messages.sort_by_key(|message| message.id);
            let messages = messages.iter().rev().take(DUMPED).rev().map(|message| {
                let who = state
                    .users
                    .get(&message.author)
                    .map_or("?", |user| user.name.as_str());
                let private = if message.only_for.is_some() {
                    " (private)"
                } else {
                    ""
                };
                format!(
                    "  {}/{} {who}{private}: {:?}",
                    message.channel, message.id, message.content
                )
            });
            let listed = |lines: Vec<String>| lines.join("\n");
            format!(
                "bot online: {}\ncalls:\n{}\nmessages:\n{}",
                state.hub.online(),
                listed(calls.collect()),
                listed(messages.collect()),
            )
        })
    }
}
