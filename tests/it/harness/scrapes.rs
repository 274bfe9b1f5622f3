//! Reads the bot's `/metrics` as Prometheus does, and has `promtool` say which of the rules of
//! `docs/alerts.yml` raise an alert.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use serde_json::{Value, json};

use super::World;
use crate::repo::here;

/// How often Prometheus asks, and how often it looks at the rules.
pub const EVERY: Duration = Duration::from_secs(15);
/// How long it waits for an answer, by default.
const SCRAPE_TIMEOUT: Duration = Duration::from_secs(10);
/// How many scrapes are of the time before the bad day. The last is the moment before it begins.
const BEFORE: usize = 5;
/// How many more there are in its first minute.
pub const MINUTE: usize = 4;
/// The labels that Prometheus adds to every series.
const TARGET: &str = r#"instance="bot:9464",job="greenlight""#;

/// What Prometheus has read: for each scrape, every series with its value.
pub struct Scrapes {
    /// Where the bot answers.
    pub address: SocketAddr,
    all: Vec<BTreeMap<String, String>>,
}

impl Scrapes {
    /// Begins with some scrapes of a bot that is well.
    pub async fn of_a_good_day(w: &World) -> Self {
        let address = w.app().watched_at().expect("it is watched");
        let mut scrapes = Self {
            address,
            all: Vec::new(),
        };
        w.run_jobs().await;
        scrapes.take().await;
        for _ in 1..BEFORE {
            w.advance(EVERY);
            w.run_jobs().await;
            scrapes.take().await;
        }
        scrapes
    }

    /// Asks the bot once. Who does not answer in time has no series.
    pub async fn take(&mut self) {
        let client = reqwest::Client::builder().timeout(SCRAPE_TIMEOUT).build();
        let asked = client
            .expect("a client")
            .get(format!("http://{}/metrics", self.address));
        let text = async { asked.send().await?.error_for_status()?.text().await };
        let text = text.await.unwrap_or_default();
        let samples = text.lines().filter(|line| !line.starts_with('#'));
        let samples = samples.filter_map(|line| line.rsplit_once(' '));
        let samples = samples.map(|(series, value)| (labelled(series), value.to_owned()));
        self.all.push(samples.collect());
    }

    /// Returns the series in promtool's words. One that is gone is stale, as Prometheus notes it.
    fn series(&self) -> Vec<Value> {
        let mut names: Vec<&String> = self.all.iter().flat_map(BTreeMap::keys).collect();
        names.sort();
        names.dedup();
        let values = |name: &String| {
            let mut there = false;
            let values = self.all.iter().map(|scrape| {
                let was_there = std::mem::replace(&mut there, scrape.contains_key(name));
                match scrape.get(name) {
                    Some(value) => value.as_str(),
                    None if was_there => "stale",
                    None => "_",
                }
            });
            values.collect::<Vec<_>>().join(" ")
        };
        names
            .into_iter()
            .map(|name| json!({ "series": name, "values": values(name) }))
            .collect()
    }

    /// Has promtool say that no alert is raised at the moment before the bad day, and this one at the
    /// last scrape. `None`: none at any.
    pub fn assert_raises(&self, expected: Option<(&str, &Value)>) {
        let last = self.all.len() - 1;
        let mut tests = Vec::new();
        for (name, annotations) in alerts() {
            let quiet = if expected.is_none() { last } else { BEFORE - 1 };
            for at in 0..=quiet {
                tests.push(json!({ "eval_time": seconds(at), "alertname": name, "exp_alerts": [] }));
            }
            if let Some((_, labels)) = expected.filter(|(alert, _)| *alert == name) {
                let raised = json!({ "exp_labels": labels, "exp_annotations": annotations });
                tests.push(json!({ "eval_time": seconds(last), "alertname": name, "exp_alerts": [raised] }));
            }
        }
        let interval = format!("{}s", EVERY.as_secs());
        let file = json!({
            "rule_files": [here("docs/alerts.yml")],
            "evaluation_interval": interval,
            "tests": [{ "interval": interval, "input_series": self.series(), "alert_rule_test": tests }],
        });
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("day.yml");
        fs::write(&path, file.to_string()).expect("a file");
        let ran = Command::new(promtool())
            .args(["test", "rules"])
            .arg(&path)
            .output();
        let ran = ran.expect("promtool runs");
        let said = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
        assert!(
            ran.status.success(),
            "{said}\n{:#}",
            file["tests"][0]["input_series"]
        );
    }
}

fn labelled(series: &str) -> String {
    match series.strip_suffix('}') {
        Some(with_labels) => format!("{with_labels},{TARGET}}}"),
        None => format!("{series}{{{TARGET}}}"),
    }
}

fn seconds(scrape: usize) -> String {
    format!("{}s", EVERY.as_secs() * u64::try_from(scrape).expect("a few"))
}

/// Returns every alert of the rules, with what it tells.
fn alerts() -> BTreeMap<String, Value> {
    let rules = fs::read_to_string(here("docs/alerts.yml")).expect("the rules");
    let rules: Value = serde_saphyr::from_str(&rules).expect("YAML");
    let all = rules["groups"][0]["rules"].as_array().expect("rules").iter();
    let all = all.map(|rule| {
        let name = rule["alert"].as_str().expect("a name").to_owned();
        (name, rule["annotations"].clone())
    });
    all.collect()
}

/// Returns Prometheus's tool, which `scripts/test` fetches where it is not installed.
pub fn promtool() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let fetched = here("target/tools/usr/bin");
    let folders = env::split_paths(&path).chain([fetched]);
    let mut tools = folders.map(|folder| folder.join("promtool"));
    let found = tools.find(|tool| tool.is_file());
    found.expect("there is no promtool: run scripts/test, which fetches it")
}
