//! The real bot as a process, with a wire to each part of the outside.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use crate::database::Place;
use crate::service::Service;
use crate::snare::Snare;
use crate::steps::Outside;
use crate::wire::{DatabaseWire, Wire};

/// The id of the operator: Dana, who owns the server.
pub const OPERATOR: u64 = discord_sandbox::world::DANA;
/// What the pool has at first.
const FIRST_GRANT: i64 = 1_500;
/// The models of the tests, whose pictures are a sixteenth as large.
const MODELS: &str = include_str!("../../it/harness/small_models.toml");

/// A bot that is started, killed and started again.
#[derive(Debug)]
pub struct Bot {
    /// Kills it.
    pub snare: Arc<Snare>,
    /// Between it and the paid service.
    pub service: Wire,
    /// Between it and PostgreSQL.
    pub database: Option<DatabaseWire>,
    program: PathBuf,
    folder: PathBuf,
    said: PathBuf,
    variables: Vec<(String, String)>,
    _discord: Wire,
}

impl Bot {
    /// Makes the wires of a bot, and does not start it.
    ///
    /// # Errors
    /// When there are no ports, or the folder cannot be written.
    pub async fn new(
        number: u32,
        program: &Path,
        folder: &Path,
        place: &Place,
        discord: u16,
        service: &Service,
    ) -> anyhow::Result<Self> {
        let snare = Arc::new(Snare::default());
        let to_discord = Wire::start(Outside::Discord, discord, snare.clone(), |_| ()).await?;
        let log = service.log();
        let lost = move |answer: &_| log.lost(answer);
        let to_service = Wire::start(Outside::Service, service.port(), snare.clone(), lost).await?;
        let database = match place.server() {
            None => None,
            Some(server) => Some(DatabaseWire::start(server, snare.clone()).await?),
        };
        let models = folder.join("models.toml");
        fs::write(&models, MODELS).context("the models file")?;
        let port = database.as_ref().map_or(0, DatabaseWire::port);
        let variables = variables(
            &place.url_through(port),
            to_discord.port(),
            to_service.port(),
            folder,
            &models,
        );
        Ok(Self {
            snare,
            service: to_service,
            database,
            program: program.to_owned(),
            folder: folder.to_owned(),
            said: folder.join(format!("bot-{number}.log")),
            variables,
            _discord: to_discord,
        })
    }

    /// Has the program make the database. Returns how it ended, and what it said.
    ///
    /// # Errors
    /// When the program cannot be run.
    pub async fn migrate(
        program: &Path,
        folder: &Path,
        place: &Place,
    ) -> anyhow::Result<(ExitStatus, String)> {
        let output = tokio::process::Command::new(program)
            .arg("migrate")
            .env_clear()
            .env("DATABASE_URL", place.url())
            .current_dir(folder)
            .output();
        let output = output.await.context("the program cannot be run")?;
        Ok((
            output.status,
            String::from_utf8_lossy(&output.stderr).into_owned(),
        ))
    }

    /// Mends what was cut of its wires.
    pub fn mend(&self) {
        self.service.gate.mend();
        if let Some(database) = &self.database {
            database.gate.mend();
        }
    }

    /// Starts it. It is in the snare from its first moment on.
    ///
    /// # Errors
    /// When the program cannot be run.
    pub fn start(&self) -> anyhow::Result<()> {
        let said = OpenOptions::new().create(true).append(true).open(&self.said)?;
        let child = self.command("run").stdout(said.try_clone()?).stderr(said).spawn();
        self.snare.hold(child.context("the bot cannot be started")?);
        Ok(())
    }

    /// Runs the program with other arguments to its end. Returns how it ended, and what it said.
    ///
    /// # Errors
    /// When the program cannot be run.
    pub async fn runs(&self, arguments: &str) -> anyhow::Result<(ExitStatus, String)> {
        // Its wires are served by this process, which must not stand still meanwhile.
        let output = tokio::process::Command::from(self.command(arguments))
            .output()
            .await;
        let output = output.context("the program cannot be run")?;
        let said = [output.stdout, output.stderr].concat();
        Ok((output.status, String::from_utf8_lossy(&said).into_owned()))
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(arguments.split_whitespace())
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        command
    }

    /// Asks it to stop, as a service manager does. Returns whether it could be asked.
    pub fn ask_to_stop(&self) -> bool {
        let Some(id) = self.snare.id() else { return false };
        let asked = Command::new("kill").args(["-TERM", &id.to_string()]).status();
        asked.is_ok_and(|status| status.success())
    }

    /// Waits until it has ended by itself. Returns how, or nothing if it does not.
    pub async fn ended_within(&self, patience: Duration) -> Option<ExitStatus> {
        let mut looks = tokio::time::interval(Duration::from_millis(5));
        let waited = tokio::time::timeout(patience, async {
            loop {
                if let Some(status) = self.snare.ended() {
                    return status;
                }
                looks.tick().await;
            }
        });
        waited.await.ok()
    }

    /// Returns everything that it said in all its lives.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&fs::read(&self.said).unwrap_or_default()).into_owned()
    }
}

/// Returns the environment of a bot: all stages are drawn by the paid service, without a limit of
/// calls a minute.
fn variables(
    database: &str,
    discord: u16,
    service: u16,
    folder: &Path,
    models: &Path,
) -> Vec<(String, String)> {
    let mut all = vec![
        ("DISCORD_TOKEN", "kill-test".to_owned()),
        (
            "GREENLIGHT_DISCORD__API_BASE",
            format!("http://127.0.0.1:{discord}"),
        ),
        ("DATABASE_URL", database.to_owned()),
        (
            "GREENLIGHT_BLOBS__FOLDER",
            folder.join("blobs").display().to_string(),
        ),
        ("GREENLIGHT_MODELS_FILE", models.display().to_string()),
        ("GREENLIGHT_OPERATORS", format!("[{OPERATOR}]")),
        ("GREENLIGHT_POOL__FIRST_GRANT", FIRST_GRANT.to_string()),
        ("OPENAI_API_KEY", "sk-kill-test".to_owned()),
        (
            "GREENLIGHT_ENGINES__OPENAI__BASE_URL",
            format!("http://127.0.0.1:{service}/v1"),
        ),
        ("GREENLIGHT_ENGINES__OPENAI__A_MINUTE", "0".to_owned()),
        ("GREENLIGHT_WATCH__LISTEN", "127.0.0.1:0".to_owned()),
    ];
    // The words by which the service knows what a call is for.
    let said = |stage: &str| format!("{stage}|{{prompt}}|");
    all.extend([
        ("GREENLIGHT_PROMPTS__DRAW", said("explore")),
        ("GREENLIGHT_PROMPTS__REVIEW", said("review")),
        ("GREENLIGHT_PROMPTS__FINAL", said("final")),
        ("GREENLIGHT_PROMPTS__VERSION", said("version")),
    ]);
    let mut all: Vec<(String, String)> = all
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    for stage in ["EXPLORE", "REVIEW", "FINAL"] {
        for (key, value) in [("ENGINE", "openai"), ("MODEL", "gpt-image-2"), ("QUALITY", "low")] {
            all.push((format!("GREENLIGHT_STAGES__{stage}__{key}"), value.to_owned()));
        }
    }
    for stage in ["REVIEW", "FINAL"] {
        all.push((format!("GREENLIGHT_STAGES__{stage}__MODE"), "remaster".to_owned()));
    }
    all
}
