//! Sets up a world for a story: a local Discord, the real bot on real HTTP and WebSocket, and a
//! database of its own.
//!
//! Time stands still until [`World::advance`], and jobs wait until [`World::run_jobs`], so that
//! nothing happens behind a story's back. Leftovers fail the story: a message that it did not read,
//! a job that is due, books that do not add up.

mod acts;
mod bucket;
mod door;
mod easel;
pub mod hands;
mod laid;
mod left;
mod line;
pub mod painting;
mod people;
pub mod process;
pub mod scrapes;
pub mod service;
pub mod small_disk;
mod stepped;
mod thread;
mod trouble;
mod whole;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::PathBuf;
use std::time::Duration;

use discord_sandbox::{Options, Sandbox, Tls, World as Guild, world};
use futures::FutureExt;
use greenlight::app::App;
use greenlight::config::Config;
use greenlight::domain::actor::{Actor, Membership};
use greenlight::domain::credits::Pool;
use greenlight::domain::guild::access::Right;
use greenlight::domain::ids::{GuildId, UserId};
use greenlight::domain::job::Job;
use greenlight::domain::limits;
use greenlight::domain::pauses::Pauses;
use greenlight::domain::role::Part;
use greenlight::flow::access::Caller;
use greenlight::flow::money::treasury::{self, GrantRequest};
use greenlight::gateway::EventCounts;
use greenlight::gateway::Timeouts;
use greenlight::providers::Engines;
use greenlight::random;
use greenlight::store::{jobs, ledger};
use tempfile::TempDir;

pub use self::bucket::Bucket;
pub use self::door::{Door, Hold, Side};
pub use self::easel::{Easel, Ending, data, flat, noise};
pub use self::hands::Hands;
pub use self::laid::{files_of, words_of};
pub use self::line::Losses;
pub use self::painting::{IMAGES, Painting};
use self::stepped::Stepped;
pub use self::thread::{Image, Thread};
use self::trouble::Home;
pub use self::trouble::{LEASE, lost_answer};
pub use self::whole::{each_step, long};
pub use crate::store::db::Kind;
use crate::store::db::Somewhere;

/// The longest real time that a story waits for something; far more than it ever takes.
const PATIENCE: Duration = Duration::from_mins(1);
/// What the bot tries again, it tries again at once.
const AGAIN: Pauses = Pauses {
    first: Duration::from_millis(5),
    longest: Duration::from_millis(100),
};
/// Stages with sides a sixteenth as long as the product's, so that a story draws in a moment. The
/// shapes are the same.
const SMALL_MODELS: &str = include_str!("small_models.toml");

/// What a story acts on: a local Discord and a bot.
pub struct World {
    sandbox: Sandbox,
    app: Option<App>,
    /// The threads that the bot runs on.
    home: Option<Home>,
    /// The engines, if they are not the bot's own.
    engines: Option<Engines>,
    /// Whether the bot works its queue in the background.
    works: bool,
    /// What the bot does of its work.
    part: Part,
    /// How many bots the local Discord tells of each event.
    bots: u64,
    clock: Stepped,
    database: Somewhere,
    folder: TempDir,
    /// The TLS server that the bot takes for the real Discord.
    tls: Option<Tls>,
    /// The bot's timeouts with the gateway.
    timeouts: Timeouts,
    settings: Vec<(String, String)>,
    /// The ids of the messages that the story has read.
    read: BTreeSet<String>,
    /// The counts of events that the local Discord had sent before this bot started.
    sent_before: discord_sandbox::Dispatched,
}

/// Runs a story on SQLite.
pub async fn run_test(story: impl AsyncFnOnce(&mut World)) {
    run_test_on(Kind::Sqlite, &[], story).await;
}

/// Runs a story on SQLite with settings of its own, such as `("POOL__FIRST_GRANT", "30")`.
pub async fn run_test_with(settings: &[(&str, &str)], story: impl AsyncFnOnce(&mut World)) {
    run_test_on(Kind::Sqlite, settings, story).await;
}

/// Runs a story on a database of a kind, with settings of its own.
pub async fn run_test_on(kind: Kind, settings: &[(&str, &str)], story: impl AsyncFnOnce(&mut World)) {
    run_test_in(kind, Guild::default(), settings, story).await;
}

/// Runs such a story in servers of its own.
pub async fn run_test_in(
    kind: Kind,
    guild: Guild,
    settings: &[(&str, &str)],
    story: impl AsyncFnOnce(&mut World),
) {
    let mut world = World::new(kind, guild, settings).await;
    world.advance(stepped::until_noon(world.clock.now_ms()));
    play(kind, &mut world, story).await;
}

/// Runs a story on a database of a kind that begins now, by the machine's clock, because it runs a program
/// that knows no other.
pub async fn run_test_now(kind: Kind, story: impl AsyncFnOnce(&mut World)) {
    let mut world = World::new(kind, Guild::default(), &[]).await;
    play(kind, &mut world, story).await;
}

async fn play(kind: Kind, world: &mut World, story: impl AsyncFnOnce(&mut World)) {
    world.start().await;
    let told = AssertUnwindSafe(async {
        story(world).await;
        world.assert_nothing_is_left().await;
    });
    let told = told.catch_unwind().await;
    if told.is_err() {
        eprintln!(
            "the story failed on {kind:?}; the local Discord had seen:\n{}",
            world.sandbox.dump()
        );
    }
    world.stop().await;
    world.sandbox.stop().await;
    if let Err(panic) = told {
        resume_unwind(panic);
    }
}

/// Returns a user without roles who acts on the flows directly, without a client that would refuse.
pub fn actor(user: u64, manages: bool) -> Actor {
    Actor {
        user: UserId::new(user),
        member: Membership {
            manages,
            ..Membership::default()
        },
    }
}

impl World {
    async fn new(kind: Kind, guild: Guild, settings: &[(&str, &str)]) -> Self {
        let options = Options {
            port: 0,
            data: None,
            world: guild,
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).await.expect("a local Discord");
        // Stories restart the bot in the same second.
        sandbox
            .gateway()
            .set_limits(|limits| limits.identify_every_ms = 0);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let clock = Stepped::at(sandbox.now_ms().cast_signed());
        let sent_before = sandbox.dispatched();
        let settings = settings
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect();
        let database = Somewhere::migrated(kind).await;
        Self {
            sandbox,
            app: None,
            home: None,
            engines: None,
            works: false,
            part: Part::default(),
            bots: 1,
            clock,
            database,
            folder,
            tls: None,
            // New sessions follow each other at once.
            timeouts: Timeouts {
                apart: Duration::ZERO,
                again: AGAIN,
                ..Timeouts::default()
            },
            settings,
            read: BTreeSet::new(),
            sent_before,
        }
    }

    fn config(&self) -> Config {
        let models = self.path("models.toml");
        std::fs::write(&models, SMALL_MODELS).expect("a models file");
        let own = [
            ("DISCORD__API_BASE", self.sandbox.url()),
            ("DISCORD__TOKEN", "test".to_owned()),
            ("DATABASE__URL", self.database.url().to_owned()),
            ("BLOBS__FOLDER", self.blobs().display().to_string()),
            ("MODELS_FILE", models.display().to_string()),
            ("POOL__FIRST_GRANT", "1000".to_owned()),
            // Pictures this small have too little detail to be alike.
            ("DRIFT__EXACT", "0".to_owned()),
            ("DRIFT__REMASTER", "0".to_owned()),
            ("OPERATORS", format!("[{}]", world::DANA)),
        ];
        let own = own.map(|(key, value)| (key.to_owned(), value));
        let all = own.into_iter().chain(self.settings.clone());
        let all = all.map(|(key, value)| (format!("GREENLIGHT_{key}"), value));
        Config::load(None, all).unwrap_or_else(|error| panic!("the story's settings: {error}"))
    }

    /// Returns the URL of the bot's database.
    pub fn database_url(&self) -> &str {
        self.database.url()
    }

    /// Returns the folder of the bot's pictures.
    pub fn blobs(&self) -> PathBuf {
        self.path("blobs")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts the bot and waits until it is online and has asked for a recount of the open votes.
    pub async fn start(&mut self) {
        self.come_online().await;
        self.handled(|counts| counts.guilds >= 1).await;
    }

    /// Starts the bot and waits until it is online, whether it is in a guild or not.
    pub async fn come_online(&mut self) {
        self.sent_before = self.sandbox.dispatched();
        self.app = Some(self.launch().await);
        self.sandbox.wait_online().await;
        self.handled(|counts| counts.sessions >= 1).await;
    }

    /// Stops the bot as an operator would.
    pub async fn stop(&mut self) {
        if let Some(app) = self.app.take() {
            app.stop().await;
            self.home = None;
            self.sandbox.wait_offline().await;
        }
    }

    /// Stops the bot, which waits at most so long for each thing that it has to record.
    pub async fn stop_within(&mut self, last_tries: Duration) {
        let app = self.app.take().expect("the bot is running");
        let stopped = tokio::time::timeout(PATIENCE, app.stop_within(last_tries)).await;
        stopped.expect("the bot ends, whatever does not answer");
        self.home = None;
        self.sandbox.wait_offline().await;
    }

    /// Stops the bot and starts it again, on the same database and files.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start().await;
    }

    /// Returns the bot.
    pub fn app(&self) -> &App {
        self.app.as_ref().expect("the bot is running")
    }

    /// Returns the hands that run the bot's queue.
    pub fn hands(&self) -> Hands {
        Hands::of(self.app())
    }

    /// Returns the local Discord.
    pub fn discord(&self) -> &Sandbox {
        &self.sandbox
    }

    /// Runs all jobs that are due, and what follows from them, until none is due. Returns how many
    /// ran. Edits that wait to be gathered are made too: the time for which they wait passes.
    pub async fn run_jobs(&self) -> usize {
        self.events().await;
        let mut ran = 0;
        loop {
            ran += self.hands().run_due().await.expect("the queue");
            if !self.let_edits_gather().await {
                return ran;
            }
        }
    }

    /// Lets the time pass for which a gathered edit waits. Returns whether one did.
    pub async fn let_edits_gather(&self) -> bool {
        let (now_ms, jobs) = (self.clock.now_ms(), self.jobs().await);
        // A line about a draft waits until it is drawn, and that is not for time to do.
        let drawing = jobs.iter().any(|(job, _)| matches!(job, Job::Render(_)));
        let waits = |(job, at_ms): &(Job, i64)| {
            let longest_ms = match job {
                Job::ShowTally(_) => limits::GATHER_OLD_MS,
                Job::ShowProgress(_) | Job::LookUp(_) => limits::GATHER_MS,
                Job::LogSpend(_) if !drawing => limits::LOG_GATHER_MS,
                _ => 0,
            };
            (now_ms + 1..=now_ms + longest_ms).contains(at_ms)
        };
        let next = jobs.into_iter().find(waits);
        if let Some((_, at_ms)) = next {
            self.advance(Duration::from_millis((at_ms - now_ms).unsigned_abs()));
        }
        next.is_some()
    }

    /// Waits until the bot has handled every reaction that it was told of.
    pub async fn events(&self) {
        let sent = (self.sandbox.dispatched().reactions - self.sent_before.reactions) / self.bots;
        self.handled(|counts| counts.reactions >= sent).await;
    }

    /// Waits until the bot has heard every message that was written, changed or deleted so far.
    pub async fn messages_heard(&self) {
        let sent = (self.sandbox.dispatched().messages - self.sent_before.messages) / self.bots;
        self.handled(|counts| counts.messages >= sent).await;
    }

    /// Waits until the counts of the bot's handlers are enough.
    pub async fn handled(&self, enough: impl FnMut(&EventCounts) -> bool) {
        let mut counts = self.app().seen.follow();
        let waited = tokio::time::timeout(PATIENCE, counts.wait_for(enough)).await;
        waited
            .expect("the bot handles what it is told in time")
            .expect("the bot is running");
    }

    /// Lets time pass, for the bot and for Discord.
    pub fn advance(&self, by: Duration) {
        self.sandbox.advance(by);
        self.clock
            .advance(i64::try_from(by.as_millis()).expect("a sensible time"));
    }

    /// Sets the bot's clock forward, or back, while Discord's goes right.
    pub fn set_clock(&self, by_ms: i64) {
        self.clock.advance(by_ms);
    }

    /// Reads the guild's pool.
    pub async fn pool(&self) -> Pool {
        let guild = GuildId::new(world::NORTHLIGHT);
        let read = self
            .app()
            .services
            .store
            .read(move |tx| ledger::read(tx, guild).boxed());
        read.await.expect("the pool")
    }

    /// Returns the credits that are available in the guild's pool.
    pub async fn available(&self) -> i64 {
        self.pool().await.available.get()
    }

    /// Grants credits as the operator's command line does, without a message.
    pub async fn grant(&self, credits: i64) {
        let dana = self.treasurer(actor(world::DANA, true)).expect("the right");
        let order = GrantRequest {
            actor: dana.by().user,
            amount: credits,
            reason: None,
            once: format!("story:{}", random::bits::<u64>()),
        };
        treasury::grant(&self.app().services, &dana, order)
            .await
            .expect("a grant");
    }

    /// Lets somebody in who uses the treasury, or returns the private answer that they get.
    pub fn treasurer(&self, by: Actor) -> Result<Caller, String> {
        let (rules, guild) = (&self.app().services.rules, GuildId::new(world::NORTHLIGHT));
        Caller::enter(rules, Right::Treasury, Some(guild), by)
    }

    /// Returns the pending jobs, and when each is due, in milliseconds since 1970.
    pub async fn jobs(&self) -> Vec<(Job, i64)> {
        self.app()
            .services
            .store
            .read(|tx| jobs::pending(tx).boxed())
            .await
            .expect("the queue")
    }

    /// Returns how many REST requests succeeded that have this method and a path that contains
    /// `path`.
    pub fn calls(&self, method: &str, path: &str) -> usize {
        let calls = self.sandbox.calls();
        calls
            .iter()
            .filter(|call| call.method == method && call.path.contains(path) && call.status < 300)
            .count()
    }

    async fn assert_nothing_is_left(&self) {
        self.run_jobs().await;
        let now_ms = self.clock.now_ms();
        let due: Vec<_> = self
            .jobs()
            .await
            .into_iter()
            .filter(|(_, at_ms)| *at_ms <= now_ms)
            .collect();
        assert!(due.is_empty(), "jobs are left over: {due:?}");
        let wrong = self
            .app()
            .services
            .store
            .read(|tx| ledger::audit(tx).boxed())
            .await
            .expect("an audit");
        assert!(wrong.is_empty(), "the books do not add up: {wrong:?}");
        let silent = self.silent_files();
        assert!(silent.is_empty(), "files without alt text: {silent:#?}");
        let unread = self.unread();
        assert!(unread.is_empty(), "nobody read: {unread:#?}");
        let checked = self.sandbox.checked();
        if !checked.by_document {
            eprintln!("not checked by Discord's own document: DISCORD_OPENAPI is not set");
        }
        let violations = checked.violations;
        assert!(
            violations.is_empty(),
            "against Discord's own document: {violations:#?}"
        );
    }
}
