//! Holds `compose.yaml` to the settings that there are, and to the bucket that the tests use.

use std::fs;

use greenlight::config::Config;
use greenlight::domain::image::place::Place;
use serde_json::Value;

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

#[test]
fn the_bot_of_the_compose_file_has_settings_that_are_right_and_a_bucket_that_was_tried() {
    let text = fs::read_to_string(here("compose.yaml")).expect("compose.yaml");
    let compose: Value = serde_saphyr::from_str(&text).expect("YAML");
    let services = compose["services"].as_object().expect("services");
    let bot = variables(&services["greenlight"]);
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
    for (name, service) in services {
        let waits = service["depends_on"].as_object();
        for other in waits.into_iter().flat_map(|others| others.keys()) {
            assert!(
                services[other]["healthcheck"].is_object(),
                "{name} waits for {other}"
            );
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
