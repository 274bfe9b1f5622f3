//! Holds `compose.yaml` and what is in `packaging/several` to the settings that there are, and to the bucket
//! that the tests use.

use std::fs;
use std::process::Command;

use greenlight::config::Config;
use greenlight::domain::image::place::Place;
use greenlight::domain::role::ShardRange;
use serde_json::{Map, Value};

use super::alone;
use crate::harness::scrapes::promtool;
use crate::repo::here;

/// Returns the variables of a service, with a word in place of each that `.env` gives.
fn variables(service: &Value) -> Vec<(String, String)> {
    let all = service["environment"].as_object().expect("variables");
    let given = |value: &str| match value.split_once("${") {
        // `:-` is one that may be left out.
        Some((before, rest)) => {
            let (name, after) = rest.split_once('}').expect("its end");
            let word = if name.ends_with(":-") { "" } else { "word" };
            format!("{before}{word}{after}")
        }
        None => value.to_owned(),
    };
    all.iter()
        .map(|(name, value)| (name.clone(), given(value.as_str().expect("a text"))))
        .collect()
}

/// Returns the services of a compose file.
fn services(path: &str) -> Map<String, Value> {
    let text = fs::read_to_string(here(path)).expect(path);
    let mut compose: Value = serde_saphyr::from_str(&text).expect("YAML");
    match compose["services"].take() {
        Value::Object(services) => services,
        other => panic!("{path} has {other}"),
    }
}

/// Checks a bot's settings, and the bucket and the database that it names.
fn assert_is_right(services: &Map<String, Value>, bot: &str) {
    let bot = variables(&services[bot]);
    let config = Config::load(None, bot.clone()).expect("settings that are right");
    config.require_token().expect("a token");
    let Place::Bucket(bucket) = config.blobs.place else {
        panic!("{} is no bucket", config.blobs.place);
    };
    assert!(
        services.contains_key(
            bucket
                .access
                .endpoint
                .trim_start_matches("http://")
                .trim_end_matches(":8333")
        )
    );
    let keys = |variables: &[(String, String)]| {
        let mut keys = variables.to_vec();
        keys.retain(|(name, _)| name.contains("ACCESS_KEY"));
        keys.sort();
        keys
    };
    assert_eq!(keys(&bot), keys(&variables(&services["bucket"])));
}

/// Checks that what is waited for can be waited for, and that the bucket is the one of the tests.
fn assert_fits_together(services: &Map<String, Value>) {
    for (name, service) in services {
        let waits = service["depends_on"].as_object();
        for (other, how) in waits.into_iter().flatten() {
            let healthy = services[other]["healthcheck"].is_object();
            let ends = services[other]["restart"] == "no";
            let is_there = match how["condition"].as_str() {
                Some("service_completed_successfully") => ends,
                _ => healthy,
            };
            assert!(is_there, "{name} waits for {other}");
        }
    }
    let script = fs::read_to_string(here("scripts/bucket")).expect("scripts/bucket");
    let version = script.lines().find_map(|line| line.strip_prefix("version="));
    let image = format!("chrislusf/seaweedfs:{}", version.expect("a version"));
    assert_eq!(services["bucket"]["image"], image.as_str());
    let started = services["bucket"]["command"].as_str().expect("a command");
    assert!(
        started.contains("-master.telemetry=false"),
        "nobody is told of it"
    );
}

#[test]
fn the_bot_of_the_compose_file_has_settings_that_are_right_and_a_bucket_that_was_tried() {
    let services = services("compose.yaml");
    assert_is_right(&services, "greenlight");
    assert_fits_together(&services);
}

#[tokio::test]
async fn the_processes_of_several_hear_every_shard_and_are_all_watched() {
    let services = services("packaging/several/compose.yaml");
    assert_fits_together(&services);
    let mut heard = Vec::new();
    for (name, service) in &services {
        let Some(command) = service["command"]
            .as_str()
            .filter(|_| service["build"].is_string())
        else {
            continue;
        };
        assert_is_right(&services, name);
        let arguments: Vec<&str> = command.split(' ').collect();
        // It is read to its end: what is missing here is the token.
        let said = alone(&arguments).await;
        assert_ne!(said.code, 2, "{name}: {}", said.err);
        if let Some(shards) = command.split("--shards ").nth(1) {
            let shards: ShardRange = shards.parse().expect(name);
            heard.extend(shards.ids().map(|id| (id, shards.of(), name.as_str())));
        }
    }
    heard.sort_unstable();
    assert_eq!(heard, [(0, 2, "gateway-0"), (1, 2, "gateway-1")]);

    let scrapes = fs::read_to_string(here("packaging/several/prometheus.yml")).expect("the scrapes");
    for watched in ["gateway-0:9464", "gateway-1:9464", "names: [worker]"] {
        assert!(scrapes.contains(watched), "{watched}");
    }
    for rules in ["docs/alerts.yml", "packaging/several/alerts.yml"] {
        let ran = Command::new(promtool())
            .args(["check", "rules"])
            .arg(here(rules))
            .output();
        let ran = ran.expect("promtool runs");
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    }
    let ran = Command::new(promtool())
        .args(["check", "config", "--syntax-only"])
        .arg(here("packaging/several/prometheus.yml"))
        .output();
    let ran = ran.expect("promtool runs");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn a_unit_of_several_is_as_strict_as_the_unit_of_one() {
    let read = |path: &str| fs::read_to_string(here(path)).expect(path);
    let (one, several) = (
        read("packaging/greenlight.service"),
        read("packaging/several/greenlight@.service"),
    );
    let set = |line: &&str| line.contains('=') && !line.starts_with('#');
    let lacks: Vec<&str> = one
        .lines()
        .filter(set)
        .filter(|line| !several.lines().any(|other| other == *line))
        .collect();
    let own = [
        "Description=Greenlight, a Discord bot for teams that make pictures",
        "ExecStart=/usr/bin/greenlight run --config %d/greenlight.toml",
    ];
    assert_eq!(lacks, own);
}
