//! The tree of settings, as files and the environment give it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use super::engines::{EngineConfig, EngineEntry};
use crate::domain::engine::prompt_template::Templates;
use crate::domain::geometry::Tier;
use crate::domain::guild::operator::Rules;
use crate::domain::image::crop::Crop;
use crate::domain::image::place::Place;
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
    /// Where the original pictures are kept.
    pub blobs: BlobsConfig,
    /// The engines, by name.
    pub engines: BTreeMap<String, EngineConfig>,
    /// Where health and metrics are told over HTTP, such as `127.0.0.1:9464`; empty: nowhere.
    pub watch: String,
    /// Where files are handed out by links.
    pub links: LinksConfig,
    /// What is logged.
    pub log: Log,
}

/// Where the original pictures are kept. Shown as the setting that says so.
#[derive(Clone, Debug)]
pub struct BlobsConfig {
    /// The key of that setting.
    pub key: &'static str,
    /// The folder or the bucket.
    pub place: Place,
}

impl fmt::Display for BlobsConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.key, self.place)
    }
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

impl DiscordConfig {
    /// Drops the white space around the token, which a file or a shell easily leaves there.
    pub(super) fn trimmed(mut self) -> Self {
        self.token = SecretString::from(self.token.expose_secret().trim());
        self
    }
}

/// Where files are handed out by links.
#[derive(Debug)]
pub struct LinksConfig {
    /// An address of this machine, such as `127.0.0.1:8080`; empty: nowhere.
    pub listen: String,
    /// How members reach it, without a slash at the end; empty: no links are made.
    pub public_url: String,
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
    #[serde(deserialize_with = "ids")]
    pub(super) operators: Vec<u64>,
    #[serde(deserialize_with = "ids")]
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
    pub(super) engines: BTreeMap<String, EngineEntry>,
    pub(super) approval: Approval,
    pub(super) admins: Admins,
    pub(super) limits: Limits,
    pub(super) watch: Watch,
    pub(super) links: Links,
    pub(super) retention: RetentionDays,
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
    pub(super) url: String,
    pub(super) region: String,
    pub(super) endpoint: String,
    pub(super) public_endpoint: String,
    pub(super) access_key_id: SecretString,
    pub(super) secret_access_key: SecretString,
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
pub(super) struct Watch {
    pub(super) listen: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Links {
    pub(super) listen: String,
    pub(super) public_url: String,
    pub(super) valid_hours: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "they are the names of the settings")]
pub(super) struct RetentionDays {
    pub(super) originals_days: i64,
    pub(super) references_days: i64,
    pub(super) prompts_days: i64,
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

/// Reads ids: one alone, several in brackets, or several with commas between them.
fn ids<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<u64>, D::Error> {
    struct Ids;

    impl<'de> serde::de::Visitor<'de> for Ids {
        type Value = Vec<u64>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an id of digits, or several in brackets: [1, 2]")
        }

        fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<Vec<u64>, E> {
            Ok(vec![id])
        }

        fn visit_i64<E: serde::de::Error>(self, id: i64) -> Result<Vec<u64>, E> {
            let wrong = || E::invalid_value(serde::de::Unexpected::Signed(id), &self);
            u64::try_from(id).map(|id| vec![id]).map_err(|_| wrong())
        }

        fn visit_str<E: serde::de::Error>(self, ids: &str) -> Result<Vec<u64>, E> {
            let parts = ids.split(',').map(str::trim).filter(|part| !part.is_empty());
            let read = parts.map(str::parse).collect::<Result<_, _>>();
            read.map_err(|_| E::invalid_value(serde::de::Unexpected::Str(ids), &self))
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Vec<u64>, A::Error> {
            let mut ids = Vec::new();
            while let Some(id) = list.next_element()? {
                ids.push(id);
            }
            Ok(ids)
        }
    }

    from.deserialize_any(Ids)
}
