//! The bots that are measured, each with a local Discord of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, anyhow};
use discord_sandbox::world;
use greenlight::random;
use greenlight::store::Store;
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, PgConnection, Row};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::sleep;
use url::Url;

use crate::discord::Discord;
use crate::install::{self, Program};
use crate::past::{self, Past};
use crate::process::{Process, cpu_ms};

/// How many people vote, besides those of the sandbox.
const VOTERS: usize = 24;
/// Approvals that a 4K needs, so that votes on a 2K are only counted and shown.
const NEVER: u32 = 100;
/// How long a bot is left alone before its memory is read.
const SETTLE: Duration = Duration::from_secs(5);

/// A bot, its Discord, and people who vote.
pub struct Contestant {
    pub name: String,
    pub discord: Discord,
    pub bot: Process,
    pub ana: String,
    pub bo: String,
    pub voters: Vec<String>,
    /// Its memory before anything happened, in KiB.
    pub idle_kib: u64,
    /// The database on a server that was made for it.
    database: Option<Url>,
    _folder: TempDir,
}

/// Where Greenlight keeps its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Database<'a> {
    Sqlite,
    /// A server on which databases may be created.
    Postgres(&'a str),
}

/// What a Greenlight is started with.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    pub program: &'a Path,
    pub engine: &'a str,
    pub database: Database<'a>,
    /// How many servers the bot is in besides the one.
    pub other_guilds: u32,
    /// How many members approve a 4K.
    pub final_quorum: u32,
    /// What its database holds before it starts.
    pub past: Option<Past>,
    /// More of its environment, as `NAME=VALUE`.
    pub env: &'a [String],
}

impl<'a> Setup<'a> {
    pub fn new(program: &'a Path, engine: &'a str, env: &'a [String]) -> Self {
        Self {
            program,
            engine,
            database: Database::Sqlite,
            other_guilds: 0,
            final_quorum: NEVER,
            past: None,
            env,
        }
    }
}

impl Contestant {
    pub async fn greenlight(setup: Setup<'_>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let discord = Discord::start(setup.other_guilds).await?;
        let (name, database) = match setup.database {
            Database::Sqlite => ("Greenlight, SQLite", None),
            Database::Postgres(server) => ("Greenlight, PostgreSQL", Some(fresh_database(server).await?)),
        };
        let file = format!("sqlite:{}", folder.path().join("greenlight.db").display());
        let url = database.as_ref().map_or(file.as_str(), Url::as_str);
        if let Some(past) = setup.past {
            let store = Store::open(url).await?;
            let mut other = AnyConnection::connect(url).await?;
            let written = past::write(&store, &mut other, past).await;
            written.map_err(|error| anyhow!(error))?;
            other.close().await?;
            store.close().await;
            // The bot starts on no empty folder beside a database with pictures, but for this.
            let pictures = folder.path().join("blobs");
            std::fs::create_dir(&pictures)?;
            std::fs::write(pictures.join("greenlight-pictures"), "")?;
        }
        let mut command = Command::new(setup.program);
        command
            .arg("run")
            .env_clear()
            .envs(variables(&discord.url, &setup, url))
            .envs(setup.env.iter().filter_map(|one| one.split_once('=')))
            .current_dir(folder.path());
        let mut started = Self::start(name.to_owned(), discord, command, folder).await?;
        started.database = database;
        Ok(started)
    }

    /// Returns the processor that the server's processes have used for the bot's connections, in
    /// milliseconds. Nothing on SQLite, or if the server runs elsewhere.
    pub async fn server_cpu_ms(&self) -> anyhow::Result<u64> {
        let Some(database) = &self.database else {
            return Ok(0);
        };
        let mut one = PgConnection::connect(database.as_str()).await?;
        let sql =
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let mut sum = 0;
        for row in one.fetch_all(sql).await? {
            let pid: i32 = row.get("pid");
            sum += cpu_ms(pid.unsigned_abs()).unwrap_or_default();
        }
        one.close().await?;
        Ok(sum)
    }

    /// Ends the bot, and drops the database that was made for it.
    pub async fn end(self) -> anyhow::Result<()> {
        drop(self.bot);
        let Some(mut server) = self.database else {
            return Ok(());
        };
        let name = server.path().trim_start_matches('/').to_owned();
        server.set_path("/postgres");
        let mut admin = PgConnection::connect(server.as_str()).await?;
        let drop = format!("DROP DATABASE {name} WITH (FORCE)");
        admin.execute(AssertSqlSafe(drop)).await?;
        Ok(())
    }

    pub async fn peer(program: &Program, engine: &str) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let discord = Discord::start(0).await?;
        let mut command = program.command();
        command.args([&discord.url, engine]);
        Self::start(program.name.to_owned(), discord, command, folder).await
    }

    async fn start(
        name: String,
        discord: Discord,
        command: Command,
        folder: TempDir,
    ) -> anyhow::Result<Self> {
        let log = folder.path().join("said.log");
        let mut bot = Process::start(command, &log)?;
        let registered = discord.registered(&mut bot).await;
        let said = || std::fs::read_to_string(&log).unwrap_or_default();
        registered.with_context(|| format!("{name} does not start: {}", said()))?;
        let mut voters = Vec::new();
        for number in 0..VOTERS {
            voters.push(discord.join(&format!("Voter {number}")).await?);
        }
        bot.rests().await?;
        sleep(SETTLE).await;
        let idle_kib = bot.rss_kib()?;
        Ok(Self {
            name,
            discord,
            bot,
            ana: world::ANA.to_string(),
            bo: world::BO.to_string(),
            voters,
            idle_kib,
            database: None,
            _folder: folder,
        })
    }
}

/// Returns the peers, installed by their own package managers.
pub async fn peers() -> [Program; 2] {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lists = root.join("sandbox/tests/clients");
    let script = |name| -> PathBuf { root.join("benches/peers").join(name) };
    // Node looks for a library beside the script, so this copy must not be called as the tests' is.
    let (js, py) = (script("peer.mjs"), script("peer.py"));
    tokio::join!(install::discord_js(&lists, &js), install::discord_py(&lists, &py)).into()
}

fn variables(discord: &str, setup: &Setup<'_>, database: &str) -> Vec<(String, String)> {
    let mut variables = vec![
        ("DISCORD_TOKEN".to_owned(), "a-token".to_owned()),
        ("DATABASE_URL".to_owned(), database.to_owned()),
        ("OPENAI_API_KEY".to_owned(), "a-key".to_owned()),
    ];
    let mut set = |key: &str, value: &str| {
        variables.push((format!("GREENLIGHT_{key}"), value.to_owned()));
    };
    set("DISCORD__API_BASE", discord);
    set("POOL__FIRST_GRANT", "1000000");
    set("ENGINES__OPENAI__BASE_URL", &format!("{}/v1", setup.engine));
    set("ENGINES__OPENAI__AT_ONCE", "16");
    set("ENGINES__OPENAI__A_MINUTE", "0");
    for stage in ["EXPLORE", "REVIEW", "FINAL"] {
        set(&format!("STAGES__{stage}__ENGINE"), "openai");
        set(&format!("STAGES__{stage}__MODEL"), "gpt-image-2");
        set(&format!("STAGES__{stage}__QUALITY"), "low");
    }
    set("STAGES__REVIEW__MODE", "remaster");
    set("STAGES__FINAL__MODE", "remaster");
    set("STAGES__FINAL__QUORUM", &setup.final_quorum.to_string());
    variables
}

async fn fresh_database(server: &str) -> anyhow::Result<Url> {
    let mut admin = PgConnection::connect(server).await?;
    let name = format!("greenlight_house_{}", random::bits::<u32>());
    admin
        .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
        .await?;
    let mut url = Url::parse(server)?;
    url.set_path(&name);
    Ok(url)
}
