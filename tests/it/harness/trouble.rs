//! Makes trouble: kills the bot, has several workers run the queue at once, and lets many people
//! act in the same instant.

use std::time::Duration;

use discord_sandbox::{Cut, Fault};
use futures::future::join_all;
use greenlight::app::{self, App, Transport};
use greenlight::discord;
use greenlight::domain::job::Job;
use greenlight::domain::role::Part;
use greenlight::gateway::{EventCounts, Timeouts};
use greenlight::providers::Engines;
use greenlight::store::bell::Lane;
use greenlight::store::jobs::Claim;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::runtime::{Builder, Runtime};

use super::{Image, PATIENCE, World};
use crate::harness::people::APPROVE;

/// A little more than the length of a lease, after which others can claim what a dead worker had
/// claimed.
pub const LEASE: Duration = Duration::from_secs(16);
/// How far ahead delayed jobs are looked for, in milliseconds. Votes close days later.
const SOON_MS: i64 = 60 * 60 * 1_000;
/// Far more rounds than the jobs need to end.
const ROUNDS: usize = 200;
/// Short, and still long enough for an answer on a busy machine, in milliseconds.
const HEARTBEAT_MS: u64 = 300;
/// How often a condition is checked that nothing announces.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How often a bot says that it lives, for others that start beside it.
const BEAT_EVERY: Duration = Duration::from_millis(250);

/// The threads on which the bot runs. They are its own, so that it can be killed.
pub(super) struct Home(Option<Runtime>);

impl Home {
    pub(super) fn new() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build();
        Self(Some(runtime.expect("threads for the bot")))
    }

    fn runtime(&self) -> &Runtime {
        self.0.as_ref().expect("the bot's threads")
    }
}

impl Drop for Home {
    /// Drops whatever still runs where it stands.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Loses the answer to the next post in a channel: it was done, and the bot cannot know.
pub fn lost_answer(channel: u64) -> Fault {
    Fault {
        method: Some("POST".to_owned()),
        path_contains: format!("/channels/{channel}/messages"),
        after_effect: true,
        hang_up: true,
        ..Fault::default()
    }
}

impl World {
    /// Starts the bot on threads of its own.
    pub(super) async fn launch(&mut self) -> App {
        let (config, engines) = (self.config(), self.engines());
        let (clock, works, transport, part) = (self.clock.clock(), self.works, self.transport(), self.part);
        let home = self.home.insert(Home::new()).runtime().handle().clone();
        // What is spawned on the way belongs to the bot's threads.
        let start = move || {
            home.block_on(async {
                let mut app = App::start_as(part, transport, config, engines, clock).await?;
                if works {
                    app.work();
                }
                Ok::<_, app::Error>(app)
            })
        };
        let started = tokio::task::spawn_blocking(start).await;
        let started = started.expect("the start does not panic");
        started.unwrap_or_else(|error| panic!("the bot does not start: {error:?}"))
    }

    /// Sets the bot up for the real Discord, at the real address, over TLS, from its next start on.
    /// Only its HTTP client knows that the address leads to the local Discord, and whose
    /// certificate to trust there.
    pub async fn in_earnest(&mut self) {
        let tls = self.discord().serve_tls(&["discord.com"]).await;
        self.tls = Some(tls.expect("TLS"));
        self.set("DISCORD__API_BASE", "");
    }

    fn transport(&self) -> Transport {
        Transport {
            client: self.client(),
            timeouts: self.timeouts,
            beat_every: BEAT_EVERY,
        }
    }

    /// Shortens the bot's timeouts with the gateway from its next start on, and the interval of
    /// heartbeats. What otherwise takes minutes then takes a second or two.
    pub fn hurry(&mut self) {
        self.discord()
            .gateway()
            .set_limits(|limits| limits.heartbeat_ms = HEARTBEAT_MS);
        self.timeouts = Timeouts {
            handshake: Duration::from_millis(500),
            ready: Duration::from_millis(800),
            // serenity checks whether a heartbeat is due when something arrives, or after half a
            // second.
            silence: Duration::from_secs(2),
            ..self.timeouts
        };
    }

    /// Cuts the bot off, does something meanwhile, and waits until the bot is back and has asked
    /// for a recount of the open votes.
    pub async fn cut_off(&self, cut: Cut, meanwhile: impl AsyncFnOnce(&Self)) {
        let before = self.counts();
        self.discord().cut_gateway(cut);
        meanwhile(self).await;
        self.again_after(before).await;
    }

    /// Returns the counts of the bot's handlers.
    pub fn counts(&self) -> EventCounts {
        *self.app().seen.follow().borrow()
    }

    /// Waits until a session has begun or was resumed since.
    pub async fn again_after(&self, before: EventCounts) {
        let back = |counts: &EventCounts| counts.sessions + counts.resumed > before.sessions + before.resumed;
        self.handled(back).await;
    }

    fn client(&self) -> reqwest::ClientBuilder {
        let Some(tls) = &self.tls else {
            return discord::client();
        };
        let authority = reqwest::Certificate::from_der(&tls.authority).expect("a certificate");
        discord::client()
            .tls_built_in_root_certs(false)
            .add_root_certificate(authority)
            .resolve("discord.com", tls.address)
    }

    fn engines(&self) -> Engines {
        self.engines
            .clone()
            .unwrap_or_else(|| app::engines(app::FaultInjection::Told, &self.config()).expect("engines"))
    }

    /// Starts another process of the bot on the same database and files. The story must stop it at
    /// its end.
    pub async fn second_bot(&mut self) -> App {
        self.second_as(Part::default()).await
    }

    /// Starts another process like [`World::second_bot`], which hears Discord and does that part of the
    /// bot's work.
    pub async fn second_as(&mut self, part: Part) -> App {
        let second = self.beside(part).await;
        let ready = second
            .seen
            .follow()
            .wait_for(|counts| counts.sessions >= 1)
            .await
            .map(drop);
        ready.expect("the second bot is running");
        self.bots = 2;
        second
    }

    /// Has the bot do a part of its work only, from its next start on.
    pub fn take_part(&mut self, part: Part) {
        self.part = part;
    }

    /// Starts another process of the bot that does a part of its work, on the same database and files.
    /// The story must stop it at its end.
    pub async fn beside(&self, part: Part) -> App {
        let transport = self.transport();
        let started = App::start_as(part, transport, self.config(), self.engines(), self.clock.clock()).await;
        started.unwrap_or_else(|error| panic!("the process does not start: {error:?}"))
    }

    /// Starts another process of the bot, which takes the place of this one in the story once it
    /// hears Discord. Returns the one before, which still works and is to be stopped.
    pub async fn take_over(&mut self) -> App {
        let mut next = self.second_bot().await;
        if self.works {
            next.work();
        }
        self.bots = 1;
        self.app.replace(next).expect("the bot is running")
    }

    /// Gives the bot other engines, from its next start on.
    pub fn set_engines(&mut self, engines: Engines) {
        self.engines = Some(engines);
    }

    /// Has the bot run its queue in the background, or leave it to the story, from its next start
    /// on.
    pub fn set_works(&mut self, works: bool) {
        self.works = works;
    }

    /// Ends the bot as a power cut would: it puts nothing back and waits for nothing.
    pub async fn kill(&mut self) {
        drop(self.app.take());
        if let Some(mut home) = self.home.take() {
            let runtime = home.0.take().expect("the bot's threads");
            // Returns when every thread has stopped, so that nothing of the old bot runs beside the
            // new one.
            let stopped = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(PATIENCE)).await;
            stopped.expect("the bot's threads stop");
        }
        self.sandbox.wait_offline().await;
    }

    /// Kills the bot, lets its leases end, and starts it again.
    pub async fn die_and_come_back(&mut self) {
        self.kill().await;
        self.advance(LEASE);
        self.start().await;
    }

    /// Claims the next job, as a worker does.
    pub async fn claim(&self) -> Option<Claim> {
        self.events().await;
        for lane in [Lane::Quick, Lane::Render] {
            if let Some(claim) = self.hands().claim(lane).await.expect("the queue") {
                return Some(claim);
            }
        }
        None
    }

    /// Runs one job to its end. Returns whether there was one.
    pub async fn run_one_job(&self) -> bool {
        let Some(claim) = self.claim().await else {
            return false;
        };
        self.hands().perform(claim).await;
        true
    }

    /// Runs jobs one after the other until a condition holds.
    pub async fn run_jobs_until(&self, done: impl Fn(&Self) -> bool) {
        while !done(self) {
            assert!(
                self.run_one_job().await,
                "there is no more work, and it has not come about"
            );
        }
    }

    /// Runs all jobs that are due with so many workers at once, on the bot's own threads.
    pub async fn run_jobs_with(&self, workers: usize) {
        self.events().await;
        let home = self.home.as_ref().expect("the bot is running");
        let all = (0..workers).map(|_| {
            let worker = self.hands();
            home.runtime().spawn(async move { worker.run_due().await })
        });
        for ran in join_all(all).await {
            ran.expect("a worker does not panic").expect("the queue");
        }
        // A worker that lost the race for one job has stopped early, and left others.
        self.run_jobs().await;
    }

    /// Starts to run the jobs that are due, on the bot's own threads, and does not wait.
    pub fn work_meanwhile(&self) -> tokio::task::JoinHandle<()> {
        let worker = self.hands();
        let home = self.home.as_ref().expect("the bot is running");
        home.runtime()
            .spawn(async move { worker.run_due().await.map(drop).expect("the queue") })
    }

    /// Runs jobs until none is left for the next hour but reminders and the ends of votes. Lets
    /// time pass as needed.
    pub async fn work_it_out(&self) {
        for _ in 0..ROUNDS {
            self.run_jobs().await;
            let now_ms = self.clock.now_ms();
            let open = self
                .jobs()
                .await
                .into_iter()
                .filter(|(job, _)| !matches!(job, Job::CloseVote(_) | Job::Remind(_) | Job::Digest(_)));
            let next = open
                .map(|(_, at_ms)| at_ms)
                .filter(|at_ms| *at_ms <= now_ms + SOON_MS)
                .min();
            match next {
                None => return,
                Some(at_ms) if at_ms > now_ms => {
                    self.advance(Duration::from_millis((at_ms - now_ms).unsigned_abs()));
                }
                // A dead worker holds its lease.
                Some(_) => self.advance(LEASE),
            }
        }
        panic!("the work does not come to an end: {:?}", self.jobs().await);
    }

    /// Waits until the background has run all jobs but reminders and the ends of votes. Lets time
    /// pass as needed.
    pub async fn work_it_out_behind(&self) {
        self.idle().await;
        let open = self.jobs().await.into_iter();
        let open =
            open.filter(|(job, _)| !matches!(job, Job::CloseVote(_) | Job::Remind(_) | Job::Digest(_)));
        if let Some(at_ms) = open.map(|(_, at_ms)| at_ms).max() {
            let wait_ms = at_ms - self.clock.now_ms();
            self.advance(Duration::from_millis(wait_ms.unsigned_abs()));
            self.idle().await;
        }
    }

    /// Lets time pass in steps of a minute, and runs the jobs that are due at each.
    pub async fn minutes(&self, minutes: u32) {
        for _ in 0..minutes {
            self.advance(Duration::from_mins(1));
            self.run_jobs().await;
        }
    }

    /// Waits until the background has run all jobs that are due.
    pub async fn idle(&self) {
        self.events().await;
        loop {
            self.eventually("nothing is due", async || {
                let now_ms = self.clock.now_ms();
                self.jobs().await.iter().all(|(_, at_ms)| *at_ms > now_ms)
            })
            .await;
            if !self.let_edits_gather().await {
                return;
            }
        }
    }

    /// Waits until a condition holds that nothing announces.
    pub async fn eventually(&self, what: &str, holds: impl AsyncFn() -> bool) {
        let waited = tokio::time::timeout(PATIENCE, async {
            let mut looks = tokio::time::interval(LOOK_EVERY);
            while !holds().await {
                looks.tick().await;
            }
        });
        waited.await.unwrap_or_else(|_| panic!("in vain: {what}"));
    }

    /// Has all of these people approve all of these images in the same instant, and waits for no
    /// handler.
    pub async fn all_approve(&self, people: &[u64], images: &[Image]) {
        let reactions = people
            .iter()
            .flat_map(|person| images.iter().map(move |image| (*person, image.clone())));
        let reactions = reactions.map(|(person, image)| {
            let member = self.discord().member(person);
            tokio::spawn(async move { member.react(image.thread, image.message, APPROVE).await })
        });
        for reacted in join_all(reactions).await {
            reacted.expect("nobody panics").expect("a reaction");
        }
    }

    /// Ends every connection to the story's Postgres database, as a server does that is restarted.
    pub async fn cut_database(&self) {
        let mut other = PgConnection::connect(self.database.url())
            .await
            .expect("a connection");
        let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND pid <> pg_backend_pid()";
        other.execute(cut).await.expect("the other connections to end");
        other.close().await.expect("the connection to end");
    }

    /// Gives a table of the story's database another name. Every statement on it then fails at
    /// once.
    pub async fn rename_table(&self, from: &str, to: &str) {
        let mut other = AnyConnection::connect(self.database.url())
            .await
            .expect("a connection");
        let rename = format!("ALTER TABLE {from} RENAME TO {to}");
        other.execute(AssertSqlSafe(rename)).await.expect("another name");
        other.close().await.expect("the connection to end");
    }

    /// Makes REST requests of the bot fail.
    pub fn fail(&self, fault: Fault) {
        self.discord().fail(fault);
    }

    /// Waits until the bot has asked for a recount of the open votes in so many new sessions, its
    /// first included.
    pub async fn sessions(&self, at_least: u64) {
        self.handled(|counts| counts.sessions >= at_least).await;
    }
}
