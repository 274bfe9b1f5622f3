//! The tree of settings, as files and the environment give it.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::domain::engine::prompt_template::Templates;
use crate::domain::geometry::Tier;
use crate::domain::guild::operator::Rules;
use crate::domain::image::crop::Crop;
use crate::domain::stage::{Mode, Quality};

/// All settings, checked.
#[derive(Debug)]
pub struct Config {
    /// What the product does.
    pub rules: Rules,
    /// How Discord is reached.
    pub discord: DiscordConfig,
    /// The database's URL, which may carry a password.
    pub database_url: SecretString,
    /// The folder of the original pictures.
    pub blobs_folder: PathBuf,
    /// How paid engines are reached.
    pub engines: EnginesConfig,
    /// What is logged.
    pub log: Log,
}

/// How Discord is reached.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscordConfig {
    /// The bot's token.
    pub token: SecretString,
    /// Where the API is; empty: Discord itself.
    pub api_base: String,
}

/// How engines are used, and the paid ones reached.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnginesConfig {
    /// The engine that draws on this machine.
    pub sketch: Here,
    /// The engine that enlarges on this machine.
    pub local: Here,
    /// OpenAI, or a gateway that speaks its protocol.
    pub openai: Access,
    /// Gemini, or a gateway that speaks its protocol.
    pub gemini: Access,
    /// fal's queue.
    pub fal: Access,
}

/// How an engine on this machine is used.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Here {
    /// Images that it draws at the same time.
    pub at_once: u32,
}

/// How a service is reached and used.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The key; empty: the engine is not used.
    pub key: SecretString,
    /// Where its API is, without a slash at the end.
    pub base_url: String,
    /// Images that one process has it draw at the same time.
    pub at_once: u32,
    /// Images that all processes together ask for within a minute; 0: no limit.
    pub a_minute: u32,
    /// Pictures that come of each draft before it is done, 0 to 3. Only `openai` has them.
    #[serde(default)]
    pub partials: u8,
}

impl Access {
    /// Returns whether there is a key.
    #[must_use]
    pub fn is_there(&self) -> bool {
        !self.key.expose_secret().trim().is_empty()
    }
}

/// What is logged.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// In the syntax of tracing's `EnvFilter`.
    pub filter: String,
    /// For whom.
    pub format: LogFormat,
}

/// For whom the log is written.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub(super) operators: Vec<u64>,
    pub(super) allowed_guilds: Vec<u64>,
    pub(super) models_file: String,
    pub(super) crops: Vec<Crop>,
    pub(super) discord: DiscordConfig,
    pub(super) database: Database,
    pub(super) blobs: Blobs,
    pub(super) pool: Pool,
    pub(super) stages: StageTable,
    pub(super) drift: Drift,
    pub(super) prompts: Templates,
    pub(super) references: References,
    pub(super) engines: EnginesConfig,
    pub(super) approval: Approval,
    pub(super) admins: Admins,
    pub(super) limits: Limits,
    pub(super) log: Log,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Database {
    pub(super) url: SecretString,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Blobs {
    pub(super) folder: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pool {
    pub(super) first_grant: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StageTable {
    pub(super) explore: First,
    pub(super) review: Later,
    pub(super) r#final: Later,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct First {
    pub(super) tier: Tier,
    pub(super) engine: String,
    pub(super) model: String,
    pub(super) quality: Option<Quality>,
    pub(super) price: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Later {
    pub(super) tier: Tier,
    pub(super) engine: String,
    pub(super) model: String,
    pub(super) quality: Option<Quality>,
    pub(super) mode: Mode,
    pub(super) price: i64,
    pub(super) quorum: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct References {
    pub(super) price: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Drift {
    pub(super) exact: f64,
    pub(super) remaster: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Approval {
    pub(super) own_vote: bool,
    pub(super) window_days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Admins {
    pub(super) set_prices: bool,
    pub(super) treasury: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) time_zone: String,
    pub(super) member_day: i64,
    pub(super) member_month: i64,
    pub(super) server_day: i64,
    pub(super) server_month: i64,
}
