//! Settings: `config/default.toml`, then a file, then the environment. Whatever cannot be right refuses the start.

mod environment;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::Kind;
use figment::providers::{Format, Toml};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use self::environment::Environment;
pub use self::environment::{key_variable, of_engine};
use crate::domain::credits::Credits;
use crate::domain::engine::catalog::{BadCatalog, Catalog};
use crate::domain::engine::prompt_template::Templates;
use crate::domain::engine::quota::Quota;
use crate::domain::geometry::Tier;
use crate::domain::guild::operator::Rules;
use crate::domain::ids::{GuildId, UserId};
use crate::domain::image::crop::{self, Crop};
use crate::domain::image::drift::{Likeness, Thresholds};
use crate::domain::limits;
use crate::domain::money::period::{BadZone, Period, Zone};
use crate::domain::money::spend_limit::{LimitScope, SpendLimits, Spenders};
use crate::domain::stage::{Mode, Quality, StageSpec, Stages};

const DEFAULT: &str = include_str!("../config/default.toml");
const MODELS: &str = include_str!("../config/models.toml");

/// Why the start is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A key is unknown, or its value is of the wrong kind.
    #[error("{0}")]
    Settings(Box<figment::Error>),
    /// The same of a key that holds a secret, or of a section that does.
    #[error("{0}: this is not what it may be; a secret is a text, in quotes in a file. It is not shown here")]
    Secret(String),
    /// A value is out of range.
    #[error("{key} = {value}: {fix}")]
    Value {
        /// The key, dotted.
        key: &'static str,
        /// What it was set to.
        value: String,
        /// What it may be.
        fix: String,
    },
    /// The models file cannot be read.
    #[error("models_file = {path}: {why}")]
    Models {
        /// The file.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// The data in the models file, or a stage's use of it, cannot be right.
    #[error(transparent)]
    Catalog(#[from] BadCatalog),
}

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
    /// The one that draws on this machine.
    pub sketch: Here,
    /// The one that enlarges on this machine.
    pub local: Here,
    /// OpenAI, or a gateway that speaks its protocol.
    pub openai: Access,
    /// Gemini, or a gateway that speaks its protocol.
    pub gemini: Access,
    /// fal's queue.
    pub fal: Access,
}

/// How one that works on this machine is used.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Here {
    /// Images that it draws at the same time.
    pub at_once: u32,
}

/// How one is reached and used.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The key; empty: the engine is not used.
    pub key: SecretString,
    /// Where its API is, without a slash at the end.
    pub base_url: String,
    /// Images that one process has it draw at the same time.
    pub at_once: u32,
    /// Images that all processes ask it for within a minute; 0: as many as they like.
    pub a_minute: u32,
    /// Pictures that come of each draft before it is done, 0 to 3. Only `openai` has them.
    #[serde(default)]
    pub partials: u8,
}

impl EnginesConfig {
    /// How much of each may be used, by its name.
    fn shares(&self) -> Result<BTreeMap<String, Quota>, Error> {
        let here = |here: Here| (here.at_once, 0);
        let there = |access: &Access| (access.at_once, access.a_minute);
        let all = [
            ("sketch", "engines.sketch.at_once", here(self.sketch)),
            ("local", "engines.local.at_once", here(self.local)),
            ("openai", "engines.openai.at_once", there(&self.openai)),
            ("gemini", "engines.gemini.at_once", there(&self.gemini)),
            ("fal", "engines.fal.at_once", there(&self.fal)),
        ];
        let mut shares = BTreeMap::new();
        for (name, key, (at_once, a_minute)) in all {
            range(key, i64::from(at_once), 1, 64)?;
            shares.insert(name.to_owned(), Quota { at_once, a_minute });
        }
        Ok(shares)
    }

    fn check_partials(&self) -> Result<(), Error> {
        let max = i64::from(limits::PARTIALS);
        range("engines.openai.partials", i64::from(self.openai.partials), 0, max)?;
        let others = [
            ("engines.gemini.partials", self.gemini.partials),
            ("engines.fal.partials", self.fal.partials),
        ];
        match others.into_iter().find(|(_, partials)| *partials > 0) {
            None => Ok(()),
            Some((key, partials)) => Err(Error::Value {
                key,
                value: partials.to_string(),
                fix: "only engines.openai shows pictures before they are done".to_owned(),
            }),
        }
    }
}

impl Access {
    /// Whether there is a key.
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
struct Settings {
    operators: Vec<u64>,
    allowed_guilds: Vec<u64>,
    models_file: String,
    crops: Vec<Crop>,
    discord: DiscordConfig,
    database: Database,
    blobs: Blobs,
    pool: Pool,
    stages: StageTable,
    drift: Drift,
    prompts: Templates,
    references: References,
    engines: EnginesConfig,
    approval: Approval,
    admins: Admins,
    limits: Limits,
    log: Log,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Database {
    url: SecretString,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Blobs {
    folder: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pool {
    first_grant: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageTable {
    explore: First,
    review: Later,
    r#final: Later,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct First {
    tier: Tier,
    engine: String,
    model: String,
    quality: Option<Quality>,
    price: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Later {
    tier: Tier,
    engine: String,
    model: String,
    quality: Option<Quality>,
    mode: Mode,
    price: i64,
    quorum: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct References {
    price: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Drift {
    exact: f64,
    remaster: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval {
    own_vote: bool,
    window_days: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Admins {
    set_prices: bool,
    treasury: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    time_zone: String,
    member_day: i64,
    member_month: i64,
    server_day: i64,
    server_month: i64,
}

impl Config {
    /// Reads the settings. `environment` is the process's, or a test's.
    ///
    /// # Errors
    /// [`Error`], with the key, the value and what it may be.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut layers = Figment::new().merge(Toml::string(DEFAULT));
        if let Some(file) = file {
            layers = layers.merge(Toml::file_exact(file));
        }
        let settings: Settings = layers
            .merge(Environment::new(environment))
            .extract()
            .map_err(without_secrets)?;
        settings.check()
    }

    /// Checks what only talking to Discord needs: a token.
    ///
    /// # Errors
    /// [`Error::Value`] when there is none.
    pub fn require_token(&self) -> Result<(), Error> {
        if !self.discord.token.expose_secret().trim().is_empty() {
            return Ok(());
        }
        let fix = "set DISCORD_TOKEN to the bot's token, or try everything without one: greenlight demo";
        Err(Error::Value {
            key: "discord.token",
            value: "(empty)".to_owned(),
            fix: fix.to_owned(),
        })
    }
}

/// What is wrong, without the value of a secret and without the lines of a file, which may hold one.
fn without_secrets(mut error: figment::Error) -> Error {
    let key = error.path.join(".");
    if !key.is_empty() && environment::is_secret(&key) && !matches!(error.kind, Kind::UnknownField(..)) {
        return Error::Secret(key);
    }
    if let Kind::Message(text) = &mut error.kind {
        let harmless = text.lines().filter(|line| !line.contains('|'));
        *text = harmless.collect::<Vec<_>>().join(": ");
    }
    Error::Settings(Box::new(error))
}

impl Settings {
    fn check(self) -> Result<Config, Error> {
        let stages = self.stages.check()?;
        let catalog = catalog(&self.models_file)?;
        catalog.check(&stages)?;
        let days = self.approval.window_days;
        range(
            "approval.window_days",
            days,
            1,
            i64::from(limits::VOTE_WINDOW_DAYS),
        )?;
        range(
            "pool.first_grant",
            self.pool.first_grant,
            0,
            limits::GRANT_CREDITS,
        )?;
        range(
            "references.price",
            self.references.price,
            0,
            limits::PRICE_CREDITS,
        )?;
        if let Some(fix) = crop::fault(&self.crops) {
            let (key, value) = ("crops", format!("{} sizes", self.crops.len()));
            return Err(Error::Value { key, value, fix });
        }
        check_api_base(&self.discord.api_base)?;
        check_base_url("engines.openai.base_url", &self.engines.openai.base_url)?;
        check_base_url("engines.gemini.base_url", &self.engines.gemini.base_url)?;
        check_base_url("engines.fal.base_url", &self.engines.fal.base_url)?;
        self.engines.check_partials()?;
        self.prompts.check().map_err(|no| Error::Value {
            key: no.key,
            value: "(as it is)".to_owned(),
            fix: no.to_string(),
        })?;
        let rules = Rules {
            operators: self.operators.into_iter().map(UserId::new).collect(),
            allowed_guilds: self.allowed_guilds.into_iter().map(GuildId::new).collect(),
            first_grant: credits("pool.first_grant", self.pool.first_grant)?,
            catalog,
            crops: self.crops,
            drift: self.drift.check()?,
            stages,
            shares: self.engines.shares()?,
            reference_price: credits("references.price", self.references.price)?,
            templates: self.prompts,
            own_vote: self.approval.own_vote,
            vote_window_days: u32::try_from(days).unwrap_or(1),
            guild_prices: self.admins.set_prices,
            admins_treasury: self.admins.treasury,
            spend_limits: self.limits.spend_limits()?,
            zone: self.limits.zone()?,
        };
        Ok(Config {
            rules,
            discord: self.discord,
            database_url: self.database.url,
            blobs_folder: self.blobs.folder,
            engines: self.engines,
            log: self.log,
        })
    }
}

impl Drift {
    fn check(&self) -> Result<Thresholds, Error> {
        let likeness = |key, value: f64| {
            if (0.0..=1.0).contains(&value) {
                return Ok(Likeness::of_score(value));
            }
            Err(Error::Value {
                key,
                value: value.to_string(),
                fix: "it may be 0 to 1".to_owned(),
            })
        };
        Ok(Thresholds {
            exact: likeness("drift.exact", self.exact)?,
            remaster: likeness("drift.remaster", self.remaster)?,
        })
    }
}

impl Limits {
    fn spend_limits(&self) -> Result<SpendLimits, Error> {
        let all = [
            ("limits.member_day", self.member_day, Spenders::Each, Period::Day),
            (
                "limits.member_month",
                self.member_month,
                Spenders::Each,
                Period::Month,
            ),
            (
                "limits.server_day",
                self.server_day,
                Spenders::Server,
                Period::Day,
            ),
            (
                "limits.server_month",
                self.server_month,
                Spenders::Server,
                Period::Month,
            ),
        ];
        let mut spend_limits = SpendLimits::new();
        for (key, max, scope, period) in all {
            range(key, max, 0, limits::GRANT_CREDITS)?;
            if max > 0 {
                let (stage, max) = (None, credits(key, max)?);
                spend_limits.insert(LimitScope { scope, stage, period }, max);
            }
        }
        Ok(spend_limits)
    }

    fn zone(&self) -> Result<Zone, Error> {
        self.time_zone.parse().map_err(|bad: BadZone| Error::Value {
            key: "limits.time_zone",
            value: bad.given.clone(),
            fix: bad.to_string(),
        })
    }
}

impl StageTable {
    fn check(self) -> Result<Stages, Error> {
        let first = self.explore;
        let explore = Later {
            tier: first.tier,
            engine: first.engine,
            model: first.model,
            quality: first.quality,
            mode: Mode::Draw,
            price: first.price,
            quorum: 1,
        };
        Ok(Stages {
            explore: explore.check("stages.explore.price", "stages.explore.quorum")?,
            review: self.review.check("stages.review.price", "stages.review.quorum")?,
            r#final: self.r#final.check("stages.final.price", "stages.final.quorum")?,
        })
    }
}

impl Later {
    fn check(self, price_key: &'static str, quorum_key: &'static str) -> Result<StageSpec, Error> {
        range(price_key, self.price, 1, limits::PRICE_CREDITS)?;
        range(quorum_key, i64::from(self.quorum), 1, i64::from(limits::QUORUM))?;
        let price = credits(price_key, self.price)?;
        Ok(StageSpec {
            tier: self.tier,
            engine: self.engine,
            model: self.model,
            quality: self.quality,
            mode: self.mode,
            price,
            quorum: self.quorum,
        })
    }
}

fn catalog(path: &str) -> Result<Catalog, Error> {
    let bad = |why: String| Error::Models {
        path: path.to_owned(),
        why,
    };
    let text = match path {
        "" => MODELS.to_owned(),
        path => std::fs::read_to_string(path).map_err(|why| bad(why.to_string()))?,
    };
    toml::from_str(&text).map_err(|why| bad(why.to_string()))
}

fn range(key: &'static str, value: i64, min: i64, max: i64) -> Result<(), Error> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Error::Value {
        key,
        value: value.to_string(),
        fix: format!("it may be {min} to {max}"),
    })
}

fn credits(key: &'static str, value: i64) -> Result<Credits, Error> {
    Credits::new(value).map_err(|why| Error::Value {
        key,
        value: value.to_string(),
        fix: why.to_string(),
    })
}

fn check_api_base(base: &str) -> Result<(), Error> {
    if base.is_empty() {
        return Ok(());
    }
    if http_url(base).is_some_and(|url| url.path() == "/") {
        return Ok(());
    }
    let fix = "it may be empty or http://host:port, without a path".to_owned();
    Err(Error::Value {
        key: "discord.api_base",
        value: shown(base),
        fix,
    })
}

/// An address that is no good, unless it may hold a password.
fn shown(address: &str) -> String {
    if address.contains('@') {
        "(not shown)".to_owned()
    } else {
        address.to_owned()
    }
}

/// The address of an API, if it is one. A name and a password have no place in it: they would be printed with it.
fn http_url(base: &str) -> Option<url::Url> {
    let parsed = url::Url::parse(base).ok()?;
    let good = matches!(parsed.scheme(), "http" | "https") && parsed.has_host() && parsed.query().is_none();
    let good = good && parsed.username().is_empty() && parsed.password().is_none();
    good.then_some(parsed)
}

fn check_base_url(key: &'static str, base: &str) -> Result<(), Error> {
    if http_url(base).is_some() && !base.ends_with('/') {
        return Ok(());
    }
    Err(Error::Value {
        key,
        value: shown(base),
        fix: "it may be http://… or https://…, without a name, a password or a slash at the end".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Config::load(None, variables).map_err(|error| error.to_string())
    }

    #[test]
    fn the_defaults_are_those_of_the_design() {
        let config = with(&[]).unwrap();
        let terms = |spec: &StageSpec| (spec.tier.to_string(), spec.price.get(), spec.quorum);
        assert_eq!(terms(&config.rules.stages.explore), ("1K".to_owned(), 10, 1));
        assert_eq!(terms(&config.rules.stages.review), ("2K".to_owned(), 20, 1));
        assert_eq!(terms(&config.rules.stages.r#final), ("4K".to_owned(), 40, 2));
        assert!(!config.rules.own_vote);
        assert_eq!(config.rules.vote_window_days, 7);
        assert_eq!(config.rules.first_grant, Credits::ZERO);
        let drift = [config.rules.drift.exact, config.rules.drift.remaster];
        assert_eq!(drift.map(Likeness::permille), [950, 800]);
        assert!(config.require_token().is_err());
    }

    #[test]
    fn the_environment_wins_and_its_long_names_win_over_the_short() {
        let config = with(&[
            ("GREENLIGHT_DATABASE__URL", "postgres://long"),
            ("DATABASE_URL", "postgres://short"),
            ("DISCORD_TOKEN", "12345"),
            ("GREENLIGHT_OPERATORS", "[7, 8]"),
            ("GREENLIGHT_STAGES__FINAL__QUORUM", "3"),
            ("PATH", "/bin"),
        ]);
        let config = config.unwrap();
        assert_eq!(config.database_url.expose_secret(), "postgres://long");
        assert_eq!(config.discord.token.expose_secret(), "12345");
        assert_eq!(config.rules.operators, [UserId::new(7), UserId::new(8)]);
        assert_eq!(config.rules.stages.r#final.quorum, 3);
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn what_cannot_be_right_names_the_key_the_value_and_the_fix() {
        let refused = [
            ("GREENLIGHT_POOL__SIZE", "5", "size"),
            (
                "GREENLIGHT_POOL__FIRST_GRANT",
                "-1",
                "pool.first_grant = -1: it may be 0 to 10000000",
            ),
            (
                "GREENLIGHT_STAGES__REVIEW__QUORUM",
                "0",
                "stages.review.quorum = 0: it may be 1 to 100",
            ),
            (
                "GREENLIGHT_STAGES__REVIEW__ENGINE",
                "oil",
                "there is no engine “oil”; there are: fal, gemini, local, openai, sketch",
            ),
            (
                "GREENLIGHT_STAGES__FINAL__MODEL",
                "x",
                "sketch has no model “x”; it has: sketch-1",
            ),
            (
                "GREENLIGHT_STAGES__FINAL__TIER",
                "2K",
                "stages.final.tier: each stage must be larger",
            ),
            (
                "GREENLIGHT_APPROVAL__WINDOW_DAYS",
                "8",
                "approval.window_days = 8: it may be 1 to 7",
            ),
            (
                "GREENLIGHT_LIMITS__MEMBER_DAY",
                "10000001",
                "limits.member_day = 10000001: it may be 0 to 10000000",
            ),
            (
                "GREENLIGHT_LIMITS__TIME_ZONE",
                "Europe/Berln",
                "limits.time_zone = Europe/Berln: not a time zone: did you mean Europe/Berlin, ",
            ),
            (
                "GREENLIGHT_DISCORD__API_BASE",
                "localhost",
                "discord.api_base = localhost: it may be empty or http://",
            ),
            (
                "GREENLIGHT_ENGINES__OPENAI__BASE_URL",
                "https://gateway/v1/",
                "engines.openai.base_url = https://gateway/v1/: it may be http://",
            ),
            (
                "GREENLIGHT_ENGINES__GEMINI__BASE_URL",
                "generativelanguage.googleapis.com",
                "engines.gemini.base_url = generativelanguage.googleapis.com: it may be http://",
            ),
            (
                "GREENLIGHT_PROMPTS__FINAL",
                "sharper",
                "prompts.final = (as it is): it needs {prompt}, once",
            ),
            (
                "GREENLIGHT_STAGES__REVIEW__MODE",
                "draw",
                "stages.review.mode: sketch-1 cannot draw there; it can: exact",
            ),
            (
                "GREENLIGHT_STAGES__EXPLORE__QUALITY",
                "low",
                "stages.explore.quality: sketch-1 has none to choose from",
            ),
            (
                "GREENLIGHT_DRIFT__EXACT",
                "1.01",
                "drift.exact = 1.01: it may be 0 to 1",
            ),
            (
                "GREENLIGHT_DRIFT__REMASTER",
                "-0.1",
                "drift.remaster = -0.1: it may be 0 to 1",
            ),
            ("GREENLIGHT_MODELS_FILE", "/nowhere", "models_file = /nowhere: "),
            (
                "GREENLIGHT_ENGINES__SKETCH__AT_ONCE",
                "many",
                "expected u32 for key \"GREENLIGHT_ENGINES__SKETCH__AT_ONCE\"",
            ),
            (
                "GREENLIGHT_ENGINES__OPENAI__AT_ONCE",
                "0",
                "engines.openai.at_once = 0: it may be 1 to 64",
            ),
            (
                "GREENLIGHT_ENGINES__OPENAI__PARTIALS",
                "4",
                "engines.openai.partials = 4: it may be 0 to 3",
            ),
            (
                "GREENLIGHT_ENGINES__FAL__PARTIALS",
                "1",
                "engines.fal.partials = 1: only engines.openai shows",
            ),
        ];
        for (name, value, told) in refused {
            let error = with(&[(name, value)]).expect_err(name);
            assert!(error.contains(told), "{name}={value} told: {error}");
        }
    }

    #[test]
    fn a_secret_is_not_printed() {
        let config = with(&[
            ("DISCORD_TOKEN", "very-secret"),
            ("DATABASE_URL", "postgres://u:very-secret@h/d"),
            ("OPENAI_API_KEY", "very-secret"),
            ("GEMINI_API_KEY", "very-secret"),
        ]);
        assert!(!format!("{:?}", config.unwrap()).contains("very-secret"));
    }
}
