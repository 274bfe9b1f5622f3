//! One run: a world of its own with Discord, the service, a database and bots that die.

mod soak;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use discord_sandbox::{MessageLimits, Options as Discord, Sandbox};
use futures::future::join_all;
use rand::Rng;
use tokio::sync::Mutex;

use crate::bot::Bot;
use crate::checks::{self, Evidence, Findings};
use crate::database::{Database, Kind, NOBODY_LIVES_MS, NOBODY_RENEWS_MS, Place};
use crate::faults;
use crate::people::{Pace, People};
use crate::plan::{Death, Plan};
use crate::service::Service;
use crate::tally::Tally;
use crate::wal;

/// How long a bot may live whose step does not come: one that was chosen, and one that is its turn.
const LONGEST_LIFE: Duration = Duration::from_millis(2_200);
const LONGEST_TURN: Duration = Duration::from_millis(2_500);
/// How long a bot may take to stop that was asked to.
const STOP_WITHIN: Duration = Duration::from_secs(40);
/// How long everything may take to come to rest in the end.
const REST_WITHIN: Duration = Duration::from_mins(2);
/// How often a condition is looked at that nothing announces.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long a moment is in which nothing was to be done.
const QUIET: Duration = Duration::from_millis(500);

/// What a run is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What repeats it.
    pub seed: u64,
    /// How many deaths there are.
    pub kills: u64,
    /// How many drafts members ask for at most.
    pub drafts: u64,
    /// The database.
    pub database: Kind,
    /// How many bots there are.
    pub bots: u32,
    /// Whether every named step is taken in turn first.
    pub steps: bool,
    /// The bot.
    pub program: PathBuf,
    /// The URL of a PostgreSQL where databases may be made.
    pub server: Option<String>,
}

/// Everything of a run.
pub struct World {
    settings: Settings,
    folder: PathBuf,
    discord: Sandbox,
    place: Place,
    database: Database,
    service: Service,
    bots: Vec<Bot>,
    people: Arc<People>,
    /// The deaths so far.
    deaths: AtomicU64,
    tally: Mutex<Tally>,
}

impl World {
    /// Sets everything up in a folder, and starts no bot.
    ///
    /// # Errors
    /// When the machine does not allow it.
    pub async fn new(settings: Settings, folder: &Path) -> anyhow::Result<Self> {
        let discord = Sandbox::start(Discord::default()).await?;
        discord.gateway().set_limits(|limits| {
            limits.identify_every_ms = 0;
            limits.starts_a_day = u64::from(u32::MAX);
        });
        let name = format!("kill_{}_{}_{}", std::process::id(), settings.seed, settings.bots);
        let server = settings.server.as_deref();
        let place = Place::new(settings.database, folder, server, &name).await?;
        // The first bot makes the database before anybody looks into it.
        let port = discord
            .url()
            .rsplit(':')
            .next()
            .and_then(|port| port.parse().ok());
        let port = port.context("the port of the local Discord")?;
        let made = Bot::migrate(&settings.program, folder, &place).await?;
        if !made.0.success() {
            bail!("the database could not be made: {}", made.1);
        }
        let database = Database::open(&place).await?;
        let service = Service::start(settings.seed, database.clone()).await?;
        let mut bots = Vec::new();
        for number in 0..settings.bots {
            bots.push(Bot::new(number, &settings.program, folder, &place, port, &service).await?);
        }
        let people = People::new(discord.clone(), database.clone(), settings.drafts);
        Ok(Self {
            settings,
            folder: folder.to_owned(),
            discord,
            place,
            database,
            service,
            bots,
            people,
            deaths: AtomicU64::new(0),
            tally: Mutex::default(),
        })
    }

    /// Runs it to its end. Returns what was counted, and what was found.
    ///
    /// # Errors
    /// When the machine fails, not a bot.
    pub async fn run(&self) -> anyhow::Result<(Tally, Findings)> {
        if !self.settings.steps {
            self.be_known().await?;
        }
        let acting = tokio::spawn(self.people.clone().act(self.settings.seed, Pace::Hasty));
        let lives = self
            .bots
            .iter()
            .zip(0..)
            .map(|(bot, number)| self.lives(bot, number));
        let mut failed = None;
        for life in join_all(lives).await {
            failed = life.err().or(failed);
        }
        acting.abort();
        if let Some(error) = failed {
            return Err(error);
        }
        let mut findings = Findings::default();
        self.start_all().await?;
        self.come_to_rest(&mut findings).await?;
        self.compare(findings).await
    }

    /// Stops all bots, and compares what everybody has. Returns what was counted, and what was found.
    async fn compare(&self, mut findings: Findings) -> anyhow::Result<(Tally, Findings)> {
        self.stop_all(&mut findings).await;
        self.listen(&mut findings);
        let record = std::mem::take(&mut *self.people.record());
        let evidence = Evidence {
            database: &self.database,
            discord: &self.discord,
            calls: self.service.log().calls(),
            record: &record,
            pictures: self.folder.join("blobs"),
        };
        checks::all(&evidence, &mut findings).await?;
        let mut tally = std::mem::take(&mut *self.tally.lock().await);
        for bot in &self.bots {
            tally.passed(bot.snare.passed());
        }
        tally.told(&record, &evidence.calls);
        Ok((tally, findings))
    }

    /// Has a bot live until members have its commands, because they cannot act without.
    async fn be_known(&self) -> anyhow::Result<()> {
        self.bots[0].start()?;
        let known = self.is_known().await;
        self.bots[0].snare.kill();
        known
    }

    /// Waits until members have the commands of a bot.
    async fn is_known(&self) -> anyhow::Result<()> {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        let known = tokio::time::timeout(REST_WITHIN, async {
            while self.discord.commands().is_empty() {
                looks.tick().await;
            }
        });
        known.await.with_context(|| self.bots[0].said())
    }

    /// Returns the name of the database.
    pub fn database(&self) -> String {
        match &self.place {
            Place::File(path) => path.display().to_string(),
            Place::Server(_, _, name) => name.clone(),
        }
    }

    /// Ends everything. `keeps`: the database stays on its server, for somebody to look at.
    pub async fn close(&self, keeps: bool) {
        for bot in &self.bots {
            bot.snare.kill();
        }
        self.database.close().await;
        if !keeps {
            self.place.remove(self.settings.server.as_deref()).await;
        }
        self.discord.stop().await;
    }

    /// Returns the time, in milliseconds since 1970: the local Discord's clock is the machine's.
    fn now_ms(&self) -> i64 {
        i64::try_from(self.discord.now_ms()).unwrap_or(i64::MAX)
    }

    /// Has a bot live and die until there were enough deaths.
    async fn lives(&self, bot: &Bot, number: u32) -> anyhow::Result<()> {
        let Settings {
            seed,
            database,
            steps,
            ..
        } = self.settings;
        let mut plan = Plan::new(seed, number, database, steps);
        while self.deaths.fetch_add(1, Ordering::Relaxed) < self.settings.kills || plan.has_turns() {
            self.life(bot, &mut plan).await?;
            let dice = plan.dice();
            let rest = Duration::from_millis(dice.random_range(0..60));
            // What the dead process had in hand is free seconds later.
            let lease_ms = if self.bots.len() == 1 {
                NOBODY_LIVES_MS
            } else {
                NOBODY_RENEWS_MS
            };
            self.database.let_time_pass(self.now_ms(), lease_ms).await?;
            tokio::time::sleep(rest).await;
        }
        Ok(())
    }

    /// Has a bot live once.
    async fn life(&self, bot: &Bot, plan: &mut Plan) -> anyhow::Result<()> {
        let in_turn = plan.has_turns();
        let death = plan.next();
        let has_fault = plan.dice().random_bool(0.45);
        let watching = match death {
            Death::AtWrite(_) => Some(wal::watch(&self.folder, bot.snare.clone())?),
            _ => None,
        };
        bot.start()?;
        let (longest, asked) = match &death {
            Death::At(aim) => {
                bot.snare.aim(aim.clone());
                (if in_turn { LONGEST_TURN } else { LONGEST_LIFE }, false)
            }
            Death::AtWrite(skip) => {
                bot.snare.aim(wal::write(*skip));
                (LONGEST_LIFE, false)
            }
            Death::After(time) => (*time, false),
            Death::Asked(time) => (*time, true),
        };
        let mut counts = faults::Counts::default();
        let ending = async {
            let _ = tokio::time::timeout(longest, bot.snare.caught()).await;
        };
        let bad_day = async {
            if has_fault {
                let pause = Duration::from_millis(plan.dice().random_range(50..500));
                tokio::time::sleep(pause).await;
                faults::make(&self.discord, &self.database, bot, plan.dice(), &mut counts).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = ending => {}
            () = bad_day => {}
            // It may end by itself, if the database is away when it starts.
            _ = bot.ended_within(LONGEST_TURN * 2) => {}
        }
        let stopped = asked && bot.snare.ended().is_none() && bot.ask_to_stop();
        let ended = if stopped {
            bot.ended_within(STOP_WITHIN).await
        } else {
            None
        };
        let (before, caught) = bot.snare.kill();
        drop(watching);
        if in_turn && caught.is_none() {
            plan.missed(&death);
        }
        bot.mend();
        let mut tally = self.tally.lock().await;
        tally.faults(counts);
        if stopped {
            tally.stopped(ended);
        } else {
            tally.killed(&death, caught, before);
        }
        Ok(())
    }

    /// Has all bots up again after the last death.
    async fn start_all(&self) -> anyhow::Result<()> {
        if self.settings.seed.is_multiple_of(2) {
            // As after a long outage: what was posted must be searched for.
            self.discord.set_message_limits(MessageLimits {
                nonce_ms: 0,
                ..MessageLimits::default()
            });
            let forgotten = ("nonces forgotten by Discord".to_owned(), 1);
            self.tally.lock().await.faults([forgotten].into());
        }
        self.database
            .let_time_pass(self.now_ms(), NOBODY_LIVES_MS)
            .await?;
        for bot in &self.bots {
            bot.mend();
            bot.start()?;
        }
        Ok(())
    }

    /// Has nobody act and nothing fail, until nothing is to be done.
    async fn come_to_rest(&self, findings: &mut Findings) -> anyhow::Result<()> {
        self.service.be_kind(true);
        faults::take_back(&self.discord).await?;
        let deadline = tokio::time::Instant::now() + REST_WITHIN;
        let mut generous = false;
        // Work may follow from work that was not due, such as forgetting.
        let (mut rounds, mut quiet_since) = (0, None);
        let mut left = Vec::new();
        while rounds < 3 {
            tokio::time::sleep(LOOK_EVERY).await;
            if tokio::time::Instant::now() > deadline {
                break;
            }
            generous = generous || (self.discord.online() && self.people.be_generous().await);
            left = self.database.left_to_do(self.now_ms()).await?;
            if !left.is_empty() || !generous {
                quiet_since = None;
                self.database.let_time_pass_but_to_forget(self.now_ms()).await?;
                continue;
            }
            let since = *quiet_since.get_or_insert_with(tokio::time::Instant::now);
            if since.elapsed() > QUIET {
                rounds += 1;
                quiet_since = None;
                self.database.let_time_pass(self.now_ms(), 0).await?;
            }
        }
        findings.check("work comes to its end", rounds == 3, || {
            let (round, seconds) = (rounds + 1, REST_WITHIN.as_secs());
            format!("after {seconds} s, in round {round}, with credits {generous}, there is still {left:?}")
        });
        let (status, told) = self.bots[0].runs("doctor --json").await?;
        let books = told.contains("every sum agrees with its ledger");
        findings.check("the doctor finds the books whole", books, || {
            format!("{status}: {told}")
        });
        Ok(())
    }

    /// Stops all bots as a service manager does.
    async fn stop_all(&self, findings: &mut Findings) {
        for bot in &self.bots {
            let asked = bot.ask_to_stop();
            let ended = bot.ended_within(STOP_WITHIN).await;
            let well = asked && ended.is_some_and(|status| status.success());
            findings.check("a bot that is asked to stop stops", well, || format!("{ended:?}"));
            bot.snare.kill();
        }
    }

    /// Reads what the bots said in all their lives.
    fn listen(&self, findings: &mut Findings) {
        for bot in &self.bots {
            let said = bot.said();
            let panics: Vec<&str> = said.lines().filter(|line| line.contains("panicked at")).collect();
            findings.check("a bot never panics", panics.is_empty(), || panics.join("\n"));
        }
    }
}
