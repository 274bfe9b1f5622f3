//! Checks the settings. Refuses whatever cannot be right, with the key, the value and the fix.

use std::borrow::Cow;
use std::net::SocketAddr;

use secrecy::SecretString;
use serde::de::DeserializeOwned;

use super::address::{check_api_base, check_base_url, shown};
use super::engines;
use super::error::Error;
use super::range::range;
use super::tree::{Config, Drift, Later, Limits, Links, LinksConfig, RetentionDays, Settings, StageTable};
use crate::domain::credits::Credits;
use crate::domain::engine::catalog::Catalog;
use crate::domain::guild::operator::Rules;
use crate::domain::guild::retention::Retention;
use crate::domain::ids::{GuildId, UserId};
use crate::domain::image::crop::{self, Crop};
use crate::domain::image::drift::{Likeness, Thresholds};
use crate::domain::limits;
use crate::domain::money::period::{BadZone, Period, Zone};
use crate::domain::money::spend_limit::{LimitScope, SpendLimits, Spenders};
use crate::domain::stage::{Mode, StageSpec, Stages};

const MODELS: &str = include_str!("../../config/models.toml");
const HINTS: &str = include_str!("../../config/hints.toml");
const OPPOSITES: &str = include_str!("../../config/opposites.toml");

impl Settings {
    /// Checks all settings. `amazon` are variables of Amazon's tools, for a bucket.
    pub(super) fn check(self, amazon: Vec<(String, SecretString)>) -> Result<Config, Error> {
        let stages = self.stages.check()?;
        let engines = engines::check(self.engines)?;
        let mut catalog = catalog(&self.models_file)?;
        for (name, engine) in &engines {
            catalog.instance(name, engine.kind.name());
        }
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
        range("links.valid_hours", self.links.valid_hours, 1, limits::LINK_HOURS)?;
        check_crops(&self.crops)?;
        check_api_base(&self.discord.api_base)?;
        self.prompts.check().map_err(|no| Error::Value {
            key: no.key.into(),
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
            shares: engines
                .iter()
                .map(|(name, engine)| (name.clone(), engine.quota))
                .collect(),
            reference_price: credits("references.price", self.references.price)?,
            templates: self.prompts,
            hints: shipped("config/hints.toml", HINTS)?,
            opposites: shipped("config/opposites.toml", OPPOSITES)?,
            retention: self.retention.check()?,
            link_hours: u32::try_from(self.links.valid_hours).unwrap_or(1),
            own_vote: self.approval.own_vote,
            vote_window_days: u32::try_from(days).unwrap_or(1),
            guild_prices: self.admins.set_prices,
            admins_treasury: self.admins.treasury,
            spend_limits: self.limits.spend_limits()?,
            zone: self.limits.zone()?,
        };
        Ok(Config {
            rules,
            discord: self.discord.trimmed(),
            database_url: self.database.url,
            blobs: self.blobs.check(amazon)?,
            engines,
            links: self.links.check(&self.watch.listen)?,
            watch: listen("watch.listen", self.watch.listen)?,
            log: self.log,
        })
    }
}

impl Links {
    /// Checks where files are handed out by links. `watch` is where health and metrics are told.
    fn check(self, watch: &str) -> Result<LinksConfig, Error> {
        let refused = |key: &'static str, value: &str, fix: &str| {
            Err(Error::Value {
                key: key.into(),
                value: value.to_owned(),
                fix: fix.to_owned(),
            })
        };
        let (listen, public_url) = (listen("links.listen", self.listen)?, self.public_url);
        match (listen.is_empty(), public_url.is_empty()) {
            (true, true) => {}
            (false, true) => {
                let fix =
                    "set links.public_url to how members reach it, such as https://pictures.example.com";
                return refused("links.listen", &listen, fix);
            }
            (true, false) => {
                let fix = "set links.listen to the address here that it leads to, such as 127.0.0.1:8080";
                return refused("links.public_url", &shown(&public_url), fix);
            }
            (false, false) => check_base_url("links.public_url".to_owned(), &public_url)?,
        }
        let is_one_port = listen
            .parse::<SocketAddr>()
            .is_ok_and(|address| address.port() != 0);
        if is_one_port && listen == watch {
            let fix = "health and metrics are told there (watch.listen): name another port";
            return refused("links.listen", &listen, fix);
        }
        Ok(LinksConfig { listen, public_url })
    }
}

impl RetentionDays {
    /// Checks for how long what belongs to drafts that are over is kept.
    fn check(&self) -> Result<Retention, Error> {
        let days = |key: &'static str, given: i64| {
            if given == 0 {
                return Ok(None);
            }
            let is_right = (limits::RETENTION_DAYS_MIN..=limits::RETENTION_DAYS_MAX).contains(&given);
            let days = u32::try_from(given).ok().filter(|_| is_right);
            days.map(Some).ok_or_else(|| Error::Value {
                key: key.into(),
                value: given.to_string(),
                fix: format!(
                    "it may be {} to {} days, or 0: for ever",
                    limits::RETENTION_DAYS_MIN,
                    limits::RETENTION_DAYS_MAX
                ),
            })
        };
        let checked = Retention {
            originals: days("retention.originals_days", self.originals_days)?,
            references: days("retention.references_days", self.references_days)?,
            prompts: days("retention.prompts_days", self.prompts_days)?,
        };
        match (checked.prompts, checked.originals) {
            (Some(prompts), Some(originals)) if prompts > originals => Err(Error::Value {
                key: "retention.prompts_days".into(),
                value: prompts.to_string(),
                fix: format!(
                    "it may be no more than retention.originals_days = {originals}: files of posted pictures are \
                     named after prompts, and can be posted under other names only while the originals are kept"
                ),
            }),
            _ => Ok(checked),
        }
    }
}

impl Drift {
    fn check(&self) -> Result<Thresholds, Error> {
        let likeness = |key, value: f64| {
            if (0.0..=1.0).contains(&value) {
                return Ok(Likeness::of_score(value));
            }
            Err(Error::Value {
                key: Cow::Borrowed(key),
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
            key: "limits.time_zone".into(),
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

fn check_crops(crops: &[Crop]) -> Result<(), Error> {
    crop::fault(crops).map_or(Ok(()), |fix| {
        let (key, value) = ("crops".into(), format!("{} sizes", crops.len()));
        Err(Error::Value { key, value, fix })
    })
}

/// Reads an address of this machine. Empty: none.
fn listen(key: &'static str, address: String) -> Result<String, Error> {
    if address.is_empty() || address.parse::<SocketAddr>().is_ok() {
        return Ok(address);
    }
    Err(Error::Value {
        key: key.into(),
        value: address,
        fix: "an address and a port, such as 127.0.0.1:9464, or nothing".to_owned(),
    })
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

/// Reads rules that are compiled in.
fn shipped<T: DeserializeOwned>(path: &str, text: &str) -> Result<T, Error> {
    toml::from_str(text).map_err(|why| Error::Models {
        path: path.to_owned(),
        why: why.to_string(),
    })
}

fn credits(key: &'static str, value: i64) -> Result<Credits, Error> {
    Credits::new(value).map_err(|why| Error::Value {
        key: key.into(),
        value: value.to_string(),
        fix: why.to_string(),
    })
}
