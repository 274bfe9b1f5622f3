//! Tests who knows which outside crate, and who uses real time.

use std::collections::BTreeSet;
use std::fs;

use super::code::{Crate, Target};
use super::{greenlight, here};

/// Which layers may name an outside crate.
const OWNED: [(&str, &[&str]); 40] = [
    ("axum", &["links", "providers", "watch"]),
    ("http_range_header", &["links"]),
    ("prometheus_client", &["telemetry"]),
    ("serenity", &["discord", "gateway", "telemetry"]),
    ("poise", &["gateway"]),
    ("reqwest", &["providers", "blobs", "discord", "app", "telemetry"]),
    ("http_body_util", &["blobs"]),
    ("opentelemetry", &["telemetry"]),
    ("opentelemetry_http", &["telemetry"]),
    ("opentelemetry_otlp", &["telemetry"]),
    ("opentelemetry_sdk", &["telemetry"]),
    ("tracing_opentelemetry", &["telemetry"]),
    ("sqlx", &["store"]),
    ("object_store", &["blobs"]),
    ("image", &["media"]),
    ("fast_image_resize", &["media"]),
    ("img_parts", &["media"]),
    ("moxcms", &["media"]),
    ("png", &["media"]),
    ("zune_jpeg", &["media"]),
    ("sse_stream", &["providers"]),
    ("httpdate", &["providers"]),
    ("greenlight_sketch", &["providers"]),
    ("emojis", &["domain"]),
    ("unicode_normalization", &["domain"]),
    ("jiff", &["domain"]),
    ("strsim", &["domain"]),
    ("hmac", &["domain"]),
    ("sha2", &["cli", "domain", "store"]),
    ("csv", &["flow"]),
    ("zip", &["flow"]),
    ("figment", &["config"]),
    ("clap", &["cli", "main"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("rpassword", &["cli"]),
    ("sd_notify", &["cli"]),
    ("anyhow", &["cli", "main"]),
    ("discord_sandbox", &["cli"]),
    ("rand", &["random"]),
];

/// The files that wait, measure or ask for the time by the machine's clock. All others are told the
/// time.
const REAL_TIME: [&str; 27] = [
    "app.rs",
    "app/hearing.rs",
    "app/sharing.rs",
    "cli/demo/example.rs",
    "cli/service.rs",
    "clock.rs",
    "discord/budget.rs",
    "discord/connect.rs",
    "discord/rate_limiter.rs",
    "discord/rest.rs",
    "flow/image/insist.rs",
    "flow/image/preview.rs",
    "flow/processes.rs",
    "gateway/events.rs",
    "gateway/inbound.rs",
    "gateway/reply.rs",
    "gateway/session/connection.rs",
    "gateway/session/shards.rs",
    "providers/fal.rs",
    "providers/openai.rs",
    "providers/openai/stream.rs",
    "providers/sketch.rs",
    "store/ending.rs",
    "store/tx/connections.rs",
    "watch/health.rs",
    "worker/lane.rs",
    "worker/run.rs",
];

/// Returns everything of other crates that files name, and whether only tests do.
fn outside(code: &Crate) -> BTreeSet<(&str, bool, Vec<String>)> {
    let named = code
        .mentions()
        .into_iter()
        .filter_map(|mention| match mention.target {
            Target::Outside(path) => Some((code.files[mention.file].path.as_str(), mention.test, path)),
            Target::Item(..) | Target::Module(_) => None,
        });
    named.collect()
}

/// Returns the top-level module of a file.
fn layer(path: &str) -> &str {
    path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

fn not_owned(code: &Crate) -> BTreeSet<String> {
    let mut wrong = BTreeSet::new();
    for (file, _, path) in outside(code) {
        let path: Vec<&str> = path
            .iter()
            .map(String::as_str)
            .filter(|name| !name.is_empty())
            .collect();
        for (name, owners) in OWNED {
            // A name alone is a local's, or the crate itself in a `use`.
            if path.first() == Some(&name) && path.len() > 1 && !owners.contains(&layer(file)) {
                wrong.insert(format!("{file} names {name}"));
            }
        }
    }
    wrong
}

/// Returns the files outside of tests that use the machine's clock.
fn by_real_time(code: &Crate) -> BTreeSet<&str> {
    let real = |path: &[String]| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        matches!(
            path[..],
            ["tokio", "time", ..]
                | ["std", "time", "Instant" | "SystemTime", ..]
                | ["std", "thread", "sleep"]
                | ["jiff", .., "now"]
        )
    };
    let all = outside(code).into_iter();
    all.filter(|(_, test, path)| !test && real(path))
        .map(|(file, ..)| file)
        .collect()
}

#[test]
fn outside_crates_are_named_only_by_their_owners() {
    let main = fs::read_to_string(here("src/main.rs")).expect("the program");
    let main = Crate::of(&[("main.rs", main.as_str())]);
    let wrong = &not_owned(&greenlight()) | &not_owned(&main);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn real_time_is_used_only_where_the_list_says() {
    let code = greenlight();
    assert_eq!(by_real_time(&code), BTreeSet::from(REAL_TIME));
}

#[test]
fn an_outside_crate_is_found_however_it_is_named() {
    let found = |text: &str| {
        let files = [("flow.rs", text), ("flow/sqlx.rs", "pub fn query() {}")];
        !not_owned(&Crate::of(&files)).is_empty()
    };
    assert!(found("use image::DynamicImage;"));
    assert!(found("fn f() { use image as i; i::open(); }"));
    assert!(found("fn f() -> ::serenity::Error { panic!() }"));
    assert!(found("#[derive(poise::ChoiceParameter)] enum E {}"));
    assert!(found("fn f() { assert_eq!(image::open(), 1) }"));
    assert!(!found("mod sqlx; fn f() { sqlx::query(); }"));
    assert!(!found("fn f() { let image = 1; drop(image) } // image::open"));
}

#[test]
fn real_time_is_found_however_it_is_named() {
    let found = |text: &str| !by_real_time(&Crate::of(&[("worker.rs", text)])).is_empty();
    assert!(found("use tokio::time::{Duration, sleep};"));
    assert!(found("use std::time; fn f() { time::Instant::now(); }"));
    assert!(found(
        "fn f() { tokio::select! { () = tokio::time::sleep(d) => {} } }"
    ));
    assert!(!found("use std::time::Duration;"));
    assert!(!found("#[cfg(test)] mod tests { use tokio::time::sleep; }"));
}
