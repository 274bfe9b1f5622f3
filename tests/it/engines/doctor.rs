//! Tests `greenlight doctor --online`: it asks a service over a real connection which models it
//! offers, and reports on them.
//!
//! With `OPENAI_OPENAPI` set, the answers here are checked against the schema of `OpenAI`'s own
//! document.

use std::process::Command;
use std::time::Duration;

use discord_sandbox::Sandbox;
use greenlight::clock::Clock;
use greenlight::domain::engine::availability::{Day, OfferedModel};
use greenlight::providers::gemini::{self, Gemini};
use greenlight::providers::openai::{OpenAi, Prices};
use greenlight::providers::{Provider, Unasked};
use secrecy::SecretString;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::process::{Program, sandbox};
use crate::harness::service::{Answer, Service};

const KEY: &str = "sk-doctor-0123456789";

/// Returns one model of a list, as documented.
fn model(id: &str, shutdown: &Value) -> Value {
    json!({ "id": id, "object": "model", "created": 1_776_700_000, "owned_by": "system", "shutdown_date": shutdown })
}

fn list(models: &[Value]) -> Answer {
    let list = json!({ "object": "list", "data": models });
    assert_documented(&list);
    Answer::json(200, &list)
}

fn assert_documented(list: &Value) {
    let Some(path) = std::env::var_os("OPENAI_OPENAPI").filter(|path| !path.is_empty()) else {
        eprintln!("OPENAI_OPENAPI does not name OpenAI's document: the list was not held to it");
        return;
    };
    let text = std::fs::read_to_string(path).expect("OPENAI_OPENAPI names a file");
    let document: Value = serde_saphyr::from_str(&text).expect("a document in YAML");
    let schema =
        json!({ "$ref": "#/components/schemas/ListModelsResponse", "components": document["components"] });
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    assert!(validator.is_valid(list), "{list}");
    assert!(
        !validator.is_valid(&json!({ "data": 1 })),
        "the schema refuses something"
    );
}

async fn models(url: &str) -> Result<Option<Vec<OfferedModel>>, Unasked> {
    let openai = OpenAi::new(
        SecretString::from(KEY),
        url.to_owned(),
        Prices::new(),
        Duration::from_mins(1),
    );
    openai.expect("a client").models().await
}

#[tokio::test(flavor = "multi_thread")]
async fn gemini_lists_its_models_too_and_a_list_that_is_cut_short_is_none() {
    let ask = async |answer: Answer| {
        let service = Service::that_says(answer).await;
        let silence = Duration::from_mins(1);
        let key = SecretString::from(KEY);
        let gemini = Gemini::new(key, service.url.clone(), gemini::Prices::new(), silence);
        let models = gemini.expect("a client").models().await;
        (models, service.asked().remove(0))
    };
    let named = json!({ "models": [{ "name": "models/gemini-3-pro-image", "version": "001" }] });
    let (models, asked) = ask(Answer::json(200, &named)).await;
    let offered = OfferedModel {
        model: "gemini-3-pro-image".to_owned(),
        until: None,
    };
    assert_eq!(models, Ok(Some(vec![offered])));
    assert_eq!(
        (asked.method.as_str(), asked.path.as_str()),
        ("GET", "/models?pageSize=1000")
    );
    assert_eq!(asked.headers["x-goog-api-key"], KEY);
    let cut = json!({ "models": [], "nextPageToken": "2" });
    for (answer, told) in [
        (Answer::json(200, &cut), "its list is longer than is read"),
        (
            Answer::json(400, &json!({ "error": { "message": KEY } })),
            "set engines.gemini.key (GEMINI_API_KEY)",
        ),
        (Answer::json(403, &json!({})), "this key may not list them"),
        (Answer::HangUp, "it cannot be reached at engines.gemini.base_url"),
    ] {
        let (models, _) = ask(answer).await;
        let error = models.expect_err(told).to_string();
        assert!(error.contains(told) && !error.contains(KEY), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_read_with_the_days_on_which_models_end() {
    let service = Service::that_says(list(&[
        model("gpt-image-2", &Value::Null),
        model("gpt-image-1.5", &json!("2026-12-01")),
        json!({ "id": "old", "object": "model", "created": 1, "owned_by": "x" }),
    ]))
    .await;
    let offered = models(&service.url).await.expect("a list").expect("a service");
    let told: Vec<String> = offered
        .iter()
        .map(|offered| {
            let until = offered.until.map_or("-".to_owned(), |day| day.to_string());
            format!("{} {until}", offered.model)
        })
        .collect();
    assert_eq!(told, ["gpt-image-2 -", "gpt-image-1.5 2026-12-01", "old -"]);
    let asked = &service.asked()[0];
    assert_eq!((asked.method.as_str(), asked.path.as_str()), ("GET", "/models"));
    assert_eq!(asked.headers["authorization"], format!("Bearer {KEY}"));

    // A date that cannot be read must not keep the rest from being read.
    let odd = json!({ "data": [{ "id": "m", "shutdown_date": "soon" }] });
    let service = Service::that_says(Answer::json(200, &odd)).await;
    let offered = models(&service.url).await.expect("a list").expect("a service");
    assert_eq!(offered[0].until, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_from_asking_is_said_in_our_words_alone() {
    let rude = json!({ "error": { "message": format!("bad key {KEY}") } });
    let (turned_away, away) = (true, false);
    for (answer, refused, told) in [
        (
            Answer::json(401, &rude),
            turned_away,
            "answered 401 when it was asked for its models: set engines.openai.key (OPENAI_API_KEY)",
        ),
        (
            Answer::json(403, &rude),
            away,
            "answered 403 when it was asked for its models: this key may not list them",
        ),
        (
            Answer::json(404, &rude),
            away,
            "answered 404 when it was asked for its models: there is no list",
        ),
        (
            Answer::json(500, &rude),
            away,
            "answered 500 when it was asked for its models: try again later",
        ),
        (
            Answer::Whole(302, vec![("location", "http://127.0.0.1:1/".to_owned())], vec![]),
            away,
            "answered 302",
        ),
        (Answer::json(200, &rude), away, "the answer is not as documented"),
        (
            Answer::Whole(200, vec![], vec![b' '; 9 << 20]),
            away,
            "the answer is over 8388608 bytes",
        ),
        (
            Answer::Cut(rude.to_string().into_bytes(), 10),
            away,
            "the answer was cut",
        ),
        (
            Answer::HangUp,
            away,
            "it cannot be reached at engines.openai.base_url",
        ),
    ] {
        let service = Service::that_says(answer.clone()).await;
        let why = models(&service.url).await.expect_err("no list");
        let (said, is_refused) = match &why {
            Unasked::TurnedAway(said) => (said, true),
            Unasked::Away(said) | Unasked::Unlisted(said) => (said, false),
        };
        assert!(said.starts_with("openai ") && said.contains(told), "{said}");
        assert_eq!(is_refused, refused, "{said}");
        assert!(!said.contains(KEY), "{said}");
        assert_eq!(service.asked().len(), 1, "{said}");
    }
}

/// Returns a folder with a new database, where the default settings look for it.
fn migrated() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let ran = Command::new(env!("CARGO_BIN_EXE_greenlight"))
        .arg("migrate")
        .env_clear()
        .current_dir(folder.path())
        .output()
        .expect("the program runs");
    assert!(ran.status.success(), "{ran:?}");
    folder
}

/// Runs `doctor --online` where explore and review are drawn by the service. Returns its status,
/// and what it says.
async fn doctor(discord: &Sandbox, url: &str, key: &str) -> (Option<i32>, String) {
    let api_base = discord.url();
    let settings = [
        ("DISCORD_TOKEN", "test"),
        ("GREENLIGHT_DISCORD__API_BASE", &api_base),
        ("OPENAI_API_KEY", key),
        ("GREENLIGHT_ENGINES__OPENAI__BASE_URL", url),
        ("GREENLIGHT_STAGES__EXPLORE__ENGINE", "openai"),
        ("GREENLIGHT_STAGES__EXPLORE__MODEL", "gpt-image-2"),
        ("GREENLIGHT_STAGES__EXPLORE__QUALITY", "low"),
        ("GREENLIGHT_STAGES__REVIEW__ENGINE", "openai"),
        ("GREENLIGHT_STAGES__REVIEW__MODEL", "gpt-image-2.5-flare"),
        ("GREENLIGHT_STAGES__REVIEW__QUALITY", "max"),
        ("GREENLIGHT_STAGES__REVIEW__MODE", "remaster"),
    ];
    let program = Program::start_in(migrated(), &["doctor", "--online"], &settings);
    let (status, said) = program.ended().await;
    assert!(!said.contains(KEY), "{said}");
    (status.code(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_is_warned_of_a_model_that_ends_and_stopped_by_one_that_is_gone() {
    let (explore, review) = ("gpt-image-2", "gpt-image-2.5-flare");
    let soon = Day::at(Clock::system().now_ms() + 5 * 24 * 60 * 60_000).to_string();
    let discord = sandbox().await;
    let unauthorized = Answer::json(401, &json!({ "error": { "message": KEY } }));
    for (answer, code, told) in [
        (
            list(&[model(explore, &Value::Null), model(review, &Value::Null)]),
            0,
            "openai offers every model that the stages ask of it.".to_owned(),
        ),
        (
            list(&[model(explore, &Value::Null), model(review, &json!(soon))]),
            0,
            "stages.review.model = gpt-image-2.5-flare: openai shuts it down ".to_owned(),
        ),
        (
            list(&[model(review, &Value::Null), model("gpt-image-3", &Value::Null)]),
            1,
            "stages.explore.model = gpt-image-2: openai does not offer it to this key; choose another"
                .to_owned(),
        ),
        (
            unauthorized,
            1,
            "set engines.openai.key (OPENAI_API_KEY) to a key that is good".to_owned(),
        ),
        (
            Answer::json(403, &json!({})),
            0,
            "this key may not list them".to_owned(),
        ),
        (
            Answer::HangUp,
            3,
            "openai could not be asked for its models".to_owned(),
        ),
        (
            Answer::json(503, &json!({})),
            3,
            "openai answered 503 when it was asked for its models".to_owned(),
        ),
    ] {
        let service = Service::that_says(answer).await;
        let (ended, said) = doctor(&discord, &service.url, KEY).await;
        assert!(said.contains(&told), "{said}");
        assert!(said.contains("every sum agrees with its ledger"), "{said}");
        assert_eq!(ended, Some(code), "{said}");
    }
    let (ended, said) = doctor(&discord, "http://127.0.0.1:1", "").await;
    assert_eq!(ended, Some(1), "{said}");
    assert!(
        said.contains("stages.explore.engine = openai: set OPENAI_API_KEY"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_only_looks_makes_no_database_and_changes_none() {
    let none: [(&str, &str); 0] = [];
    for command in [&["doctor"][..], &["export", "--guild", "1"]] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("data").join("greenlight.db");
        let url = format!("sqlite:{}", path.display());
        let ran = look(folder.path(), command, &url);
        let told = ran.matches("there is no database file").count();
        assert_eq!(told, 1, "{ran}");
        assert!(!ran.contains("backtrace"), "{ran}");
        assert!(!path.exists());
        let program = Program::start_in(migrated(), command, &none);
        let (_, said) = program.ended().await;
        assert!(!said.contains("cannot be used"), "{said}");
    }
    let folder = migrated();
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, b"").expect("a file");
    let told = look(folder.path(), &["doctor"], &format!("sqlite:{}", empty.display()));
    assert!(
        told.contains("`greenlight migrate` brings it up to date"),
        "{told}"
    );
    assert_eq!(
        std::fs::read(&empty).expect("the file").len(),
        0,
        "it is as it was"
    );
}

/// Runs a command that only looks, on a database. Returns what it says, where a backtrace is asked
/// for.
fn look(folder: &std::path::Path, command: &[&str], url: &str) -> String {
    let ran = Command::new(env!("CARGO_BIN_EXE_greenlight"))
        .args(command)
        .env_clear()
        .env("DATABASE_URL", url)
        .env("RUST_BACKTRACE", "1")
        .current_dir(folder)
        .output()
        .expect("the program runs");
    assert!(!ran.status.success(), "{ran:?}");
    String::from_utf8([ran.stdout, ran.stderr].concat()).expect("text")
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_where_nothing_is_paid_or_nobody_said_online() {
    let service = Service::that_says(Answer::HangUp).await;
    let discord = sandbox().await;
    let api_base = discord.url();
    let with_key = [
        ("OPENAI_API_KEY", KEY),
        ("DISCORD_TOKEN", "test"),
        ("GREENLIGHT_DISCORD__API_BASE", api_base.as_str()),
        ("GREENLIGHT_ENGINES__OPENAI__BASE_URL", service.url.as_str()),
    ];
    let (status, said) = Program::start_in(migrated(), &["doctor"], &with_key)
        .ended()
        .await;
    assert!(status.success() && service.asked().is_empty(), "{said}");
    let (status, said) = Program::start_in(migrated(), &["doctor", "--online"], &with_key[1..])
        .ended()
        .await;
    assert!(status.success() && service.asked().is_empty(), "{said}");
    assert!(said.contains("nobody had to be asked"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_without_a_list_is_asked_whether_it_is_there() {
    let discord = sandbox().await;
    let api_base = discord.url();
    for (answer, code, told) in [
        (
            Answer::json(404, &json!({ "detail": "no such request" })),
            0,
            "fal is there. It has no list",
        ),
        (
            Answer::json(401, &json!({ "detail": KEY })),
            1,
            "set engines.fal.key (FAL_KEY)",
        ),
        (Answer::HangUp, 3, "it cannot be reached at engines.fal.base_url"),
    ] {
        let service = Service::that_says(answer).await;
        let settings = [
            ("FAL_KEY", KEY),
            ("DISCORD_TOKEN", "test"),
            ("GREENLIGHT_DISCORD__API_BASE", api_base.as_str()),
            ("GREENLIGHT_ENGINES__FAL__BASE_URL", service.url.as_str()),
        ];
        let asking = Program::start_in(migrated(), &["doctor", "--online"], &settings);
        let (status, said) = asking.ended().await;
        assert!(said.contains(told) && !said.contains(KEY), "{said}");
        assert_eq!(status.code(), Some(code), "{said}");
        assert_eq!(service.asked()[0].headers["authorization"], format!("Key {KEY}"));
    }
}
