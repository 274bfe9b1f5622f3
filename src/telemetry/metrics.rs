//! Counts and measures what this process does, for Prometheus. `docs/metrics.md` lists every metric.
//!
//! Names begin with `greenlight_`, units are base units, and no label carries an id, a name that
//! people chose, or anything of which there can be many.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

/// What Prometheus is told that the text is.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the classes of an engine's call, in seconds. A draft takes seconds, a final minutes.
const CALL_SECONDS: [f64; 9] = [0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 180.0, 600.0];
/// Upper ends of the classes of a heartbeat, in seconds.
const HEARTBEAT_SECONDS: [f64; 7] = [0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

const NO_ANSWER: &str = "none";
const RATE_LIMITED: &str = "rate_limited";
const SUCCESS: &str = "success";
const CLIENT_ERROR: &str = "client_error";
const SERVER_ERROR: &str = "server_error";
const ANSWERS: [&str; 5] = [NO_ANSWER, RATE_LIMITED, SUCCESS, CLIENT_ERROR, SERVER_ERROR];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Kind {
    kind: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Change {
    kind: &'static str,
    change: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    stage: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Engine {
    engine: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    answer: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Version {
    version: &'static str,
}

/// Everything that this process counts. Cheap to clone; a copy counts into the same sums.
#[derive(Clone)]
pub struct Metrics(Arc<Inside>);

struct Inside {
    registry: Registry,
    interactions: Family<Kind, Counter>,
    votes: Family<Change, Counter>,
    attempts: Family<Ended, Counter>,
    calls: Family<Engine, Histogram, fn() -> Histogram>,
    spend: Family<Engine, Counter<f64, std::sync::atomic::AtomicU64>>,
    answers: Family<Answer, Counter>,
    refusals: Family<Kind, Counter>,
    heartbeats: Histogram,
    connected: Gauge,
    /// Whether each shard has a session now.
    shards: Mutex<BTreeMap<u32, bool>>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("greenlight");
        let build = Family::<Version, Gauge>::default();
        let version = env!("CARGO_PKG_VERSION");
        build.get_or_create(&Version { version }).set(1);
        registry.register("build_info", "The version that runs", build);
        let mut inside = Inside {
            interactions: Family::default(),
            votes: Family::default(),
            attempts: Family::default(),
            calls: Family::new_with_constructor(|| Histogram::new(CALL_SECONDS)),
            spend: Family::default(),
            answers: Family::default(),
            refusals: Family::default(),
            heartbeats: Histogram::new(HEARTBEAT_SECONDS),
            connected: Gauge::default(),
            shards: Mutex::default(),
            registry,
        };
        inside.register();
        // An alert compares with a figure from before, so the first refusal must not be the first
        // figure.
        for kind in ["global", "shared", "invalid", "banned"] {
            drop(inside.refusals.get_or_create(&Kind { kind }));
        }
        for answer in ANSWERS {
            drop(inside.answers.get_or_create(&Answer { answer }));
        }
        Self(Arc::new(inside))
    }
}

impl Inside {
    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register(
            "interactions",
            "What members sent: commands, buttons, forms, words to complete",
            self.interactions.clone(),
        );
        registry.register(
            "votes",
            "Votes that were given and taken back",
            self.votes.clone(),
        );
        registry.register(
            "render_attempts",
            "Attempts to draw an image, by how they ended",
            self.attempts.clone(),
        );
        registry.register_with_unit(
            "engine_call",
            "How long an engine's calls took",
            Unit::Seconds,
            self.calls.clone(),
        );
        registry.register(
            "engine_spend_usd",
            "What paid calls cost the operator, as far as the engine says",
            self.spend.clone(),
        );
        registry.register(
            "discord_answers",
            "How Discord answered requests",
            self.answers.clone(),
        );
        registry.register(
            "discord_refusals",
            "Answers of Discord that slow the bot down or count towards a ban",
            self.refusals.clone(),
        );
        registry.register_with_unit(
            "gateway_heartbeat",
            "How long Discord's gateway took to answer a heartbeat",
            Unit::Seconds,
            self.heartbeats.clone(),
        );
        registry.register(
            "gateway_sessions",
            "Shards that have a session with Discord's gateway",
            self.connected.clone(),
        );
    }
}

impl Metrics {
    /// Counts an interaction of a kind: `command`, `autocomplete`, `button` or `form`.
    pub fn interaction(&self, kind: &'static str) {
        self.0.interactions.get_or_create(&Kind { kind }).inc();
    }

    /// Counts a vote of a kind that was given or taken back.
    pub fn vote(&self, kind: &'static str, change: &'static str) {
        self.0.votes.get_or_create(&Change { kind, change }).inc();
    }

    /// Has attempts of a stage that end so be told as 0 before there is one. An alert that compares
    /// with a figure from before would else miss the first.
    pub fn expect_attempts(&self, stage: &'static str, outcome: &'static str) {
        drop(self.0.attempts.get_or_create(&Ended { stage, outcome }));
    }

    /// Counts an attempt to draw an image of a stage, by how it ended.
    pub fn attempt(&self, stage: &'static str, outcome: &'static str) {
        self.0.attempts.get_or_create(&Ended { stage, outcome }).inc();
    }

    /// Notes how long a call of an engine took, by the engine's name in the settings.
    pub fn call(&self, engine: &str, took: Duration) {
        let engine = engine.to_owned();
        let calls = self.0.calls.get_or_create(&Engine { engine });
        calls.observe(took.as_secs_f64());
    }

    /// Adds what a paid call cost, in millionths of a dollar.
    pub fn spend(&self, engine: &str, micros: u64) {
        let engine = engine.to_owned();
        let spend = self.0.spend.get_or_create(&Engine { engine });
        spend.inc_by(Duration::from_micros(micros).as_secs_f64());
    }

    /// Counts an answer of Discord's, by its status; `None`: there was no answer.
    pub fn discord_answered(&self, status: Option<u16>) {
        let answer = match status {
            None => NO_ANSWER,
            Some(429) => RATE_LIMITED,
            Some(200..=399) => SUCCESS,
            Some(400..=499) => CLIENT_ERROR,
            Some(_) => SERVER_ERROR,
        };
        self.0.answers.get_or_create(&Answer { answer }).inc();
    }

    /// Counts a refusal of Discord's, by its kind.
    pub fn discord_refused(&self, kind: &'static str) {
        self.0.refusals.get_or_create(&Kind { kind }).inc();
    }

    /// Notes how long the gateway took to answer a heartbeat.
    pub fn heartbeat(&self, latency: Duration) {
        self.0.heartbeats.observe(latency.as_secs_f64());
    }

    /// Notes whether a shard has a session now.
    pub fn session(&self, shard: u32, connected: bool) {
        let mut shards = self.0.shards.lock().unwrap_or_else(PoisonError::into_inner);
        shards.insert(shard, connected);
        let connected = shards.values().filter(|connected| **connected).count();
        self.0.connected.set(i64::try_from(connected).unwrap_or(i64::MAX));
    }

    /// Returns whether every shard that was begun has a session. False before the first.
    #[must_use]
    pub fn all_connected(&self) -> bool {
        let shards = self.0.shards.lock().unwrap_or_else(PoisonError::into_inner);
        !shards.is_empty() && shards.values().all(|connected| *connected)
    }

    /// Writes every count in the text format of `OpenMetrics`, and `others` before its end.
    ///
    /// # Errors
    /// [`fmt::Error`], which writing to memory never meets.
    pub fn text(&self, others: &Readings) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        let end = text.strip_suffix("# EOF\n").map_or(text.len(), str::len);
        text.truncate(end);
        others.write(&mut text)?;
        text.write_str("# EOF\n")?;
        Ok(text)
    }
}

/// Figures that are read when somebody asks, because they are the database's and not one process's.
#[derive(Debug, Default)]
pub struct Readings(Vec<Reading>);

#[derive(Debug)]
struct Reading {
    name: &'static str,
    help: &'static str,
    label: Option<(&'static str, &'static str)>,
    value: i64,
}

impl Readings {
    /// Adds a figure. Those of one name follow each other.
    pub fn add(
        &mut self,
        name: &'static str,
        help: &'static str,
        label: Option<(&'static str, &'static str)>,
        value: i64,
    ) {
        self.0.push(Reading {
            name,
            help,
            label,
            value,
        });
    }

    fn write(&self, text: &mut String) -> fmt::Result {
        let mut before = "";
        for reading in &self.0 {
            let name = reading.name;
            if name != before {
                writeln!(text, "# HELP greenlight_{name} {}.", reading.help)?;
                writeln!(text, "# TYPE greenlight_{name} gauge")?;
                before = name;
            }
            let label = reading
                .label
                .map_or_else(String::new, |(label, of)| format!("{{{label}=\"{of}\"}}"));
            writeln!(text, "greenlight_{name}{label} {}", reading.value)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_readings_are_one_text_with_one_end() {
        let metrics = Metrics::default();
        metrics.attempt("explore", "drawn");
        metrics.spend("openai", 41_000);
        metrics.call("openai", Duration::from_secs(3));
        metrics.discord_answered(Some(429));
        let mut others = Readings::default();
        others.add("jobs", "Jobs of the queue", Some(("state", "due")), 3);
        others.add("jobs", "Jobs of the queue", Some(("state", "later")), 1);
        let text = metrics.text(&others).unwrap();
        for line in [
            r#"greenlight_render_attempts_total{stage="explore",outcome="drawn"} 1"#,
            r#"greenlight_engine_spend_usd_total{engine="openai"} 0.041"#,
            r#"greenlight_engine_call_seconds_count{engine="openai"} 1"#,
            r#"greenlight_discord_answers_total{answer="rate_limited"} 1"#,
            "# HELP greenlight_jobs Jobs of the queue.",
            r#"greenlight_jobs{state="due"} 3"#,
        ] {
            assert!(text.lines().any(|there| there == line), "{line} in:\n{text}");
        }
        assert_eq!(text.matches("# EOF").count(), 1);
        assert!(text.ends_with("# EOF\n"));
        assert_eq!(text.matches("TYPE greenlight_jobs ").count(), 1);
    }

    #[test]
    fn the_gateway_is_there_when_every_shard_is() {
        let metrics = Metrics::default();
        assert!(!metrics.all_connected());
        metrics.session(0, true);
        assert!(metrics.all_connected());
        metrics.session(1, false);
        assert!(!metrics.all_connected());
        metrics.session(1, true);
        assert!(metrics.all_connected());
    }
}
