//! Compares the requests of the engines with those of each vendor's own client library. Both ask the
//! same recorder for the same pictures. `docs/engines.md` has the table of what differs, and why.
//!
//! pip installs the pinned versions into `target/` at the first run, which needs the network.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use greenlight::domain::stage::Quality;
use greenlight::providers::fal::{Fal, PollTimes};
use greenlight::providers::gemini::Gemini;
use greenlight::providers::openai::OpenAi;
use greenlight::providers::{ImageRequest, PaidRender, Provider};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::process::Command;

use super::vendors::{PATIENCE, a_red_fox, models};
use crate::harness::service::{Answer, Asked, Notepad, Service, picture};
use crate::store::a_hold;

/// What the libraries send that the engines do not, and the other way round. Names of headers that
/// only describe the machine are left out: `x-stainless-…`.
const DIFFER: &[&str] = &[
    // The bot reads whole answers as they come, and pictures do not get smaller.
    "library accept-encoding",
    "library connection",
    // The library names itself there a second time.
    "library x-goog-api-client",
];

fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/engines/clients")
        .join(name)
}

async fn run(command: &mut Command) -> String {
    let ran = command.kill_on_drop(true).output().await.expect("it can be run");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    assert!(ran.status.success(), "{command:?}: {said}");
    said
}

/// Returns a Python that has the libraries.
async fn python() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vendors");
    let (stamp, list) = (folder.join("installed"), beside("requirements.txt"));
    let wanted = std::fs::read_to_string(&list).expect("a list");
    if std::fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return folder.join("venv/bin/python");
    }
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let venv = folder.join("venv");
    run(Command::new("python3").args(["-m", "venv"]).arg(&venv)).await;
    let mut pip = Command::new(venv.join("bin/pip"));
    run(pip.args(["install", "--quiet", "--requirement"]).arg(&list)).await;
    std::fs::write(stamp, wanted).expect("a stamp");
    venv.join("bin/python")
}

/// Answers so that a call to fal goes on until it is called off.
fn record(asked: &Asked) -> Answer {
    let host = &asked.headers["host"];
    let at = |path: &str| format!("http://{host}/fal/at/1{path}");
    Answer::json(
        200,
        &json!({
            "data": [], "candidates": [], "status": "IN_QUEUE", "queue_position": 1, "request_id": "1",
            "status_url": at("/status"), "response_url": at(""), "cancel_url": at("/cancel"),
        }),
    )
}

/// Asks for the same pictures as the script.
async fn ask(url: &str) {
    let (key, held, parent) = (SecretString::from("key"), a_hold().await, picture("80x45"));
    let wanted = |model: &str, quality, parent: Option<&[u8]>| ImageRequest {
        quality,
        ..a_red_fox(model, parent)
    };
    let openai = OpenAi::new(
        key.clone(),
        format!("{url}/openai"),
        models().models("openai"),
        PATIENCE,
    );
    let gemini = Gemini::new(
        key.clone(),
        format!("{url}/gemini/v1"),
        models().models("gemini"),
        PATIENCE,
    );
    let times = PollTimes {
        queue: std::time::Duration::ZERO,
        away: std::time::Duration::ZERO,
        ..PollTimes::default()
    };
    let fal = Fal::new(key, format!("{url}/fal"), models().models("fal"), times);
    let (openai, gemini, fal) = (
        openai.expect("a client"),
        gemini.expect("a client"),
        fal.expect("a client"),
    );
    let medium = Some(Quality::Medium);
    let engines: [(&dyn Provider, &str, Option<Quality>); 2] = [
        (&openai, "gpt-image-2", medium),
        (&gemini, "gemini-3-pro-image", None),
    ];
    for (engine, model, quality) in engines {
        for parent in [None, Some(parent.as_slice())] {
            let paid = PaidRender::new(&held, wanted(model, quality, parent));
            engine.draw(&paid, &Notepad::default()).await;
        }
    }
    for parent in [None, Some(parent.as_slice())] {
        let paid = PaidRender::new(&held, wanted("gpt-image-2", medium, parent));
        let calling = tokio::time::timeout(std::time::Duration::from_millis(300), async {
            fal.draw(&paid, &Notepad::default()).await
        });
        // It waits for the end of the call, which never comes.
        let _ = calling.await;
    }
}

/// Returns a body in a form that can be compared: the fields of a form by their names, and JSON with
/// one spelling of each name.
async fn body(asked: &Asked) -> Value {
    let kind = asked.headers.get("content-type").map_or("", String::as_str);
    if kind.starts_with("multipart/") {
        let mut fields: Vec<(String, String)> = Vec::new();
        for field in asked.form().await {
            let value = match field.file {
                Some(name) => format!("{name} {:?} {} bytes", field.mime, field.bytes.len()),
                None => String::from_utf8(field.bytes).expect("text"),
            };
            fields.push((field.name, value));
        }
        fields.sort();
        return json!(fields);
    }
    if asked.body.is_empty() {
        return Value::Null;
    }
    // Google's service takes both spellings; its library mixes them.
    let text = asked.json().to_string().replace("mime_type", "mimeType");
    serde_json::from_str(&text).expect("JSON")
}

fn headers(asked: &Asked) -> BTreeSet<String> {
    let names = asked
        .headers
        .keys()
        .filter(|name| !name.starts_with("x-stainless-"));
    let ours = ["host", "content-length", "accept", "content-type"];
    names
        .filter(|name| !ours.contains(&name.as_str()))
        .cloned()
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_engines_ask_as_the_vendors_own_libraries_do() {
    let python = python().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("picture.png");
    std::fs::write(&file, picture("80x45")).expect("a picture");
    let (theirs, ours) = (Service::start(record).await, Service::start(record).await);
    let said = run(Command::new(python)
        .arg(beside("ask.py"))
        .arg(&theirs.url)
        .arg(&file))
    .await;
    ask(&ours.url).await;
    let path = |asked: &Asked| asked.path.split('?').next().unwrap_or_default().to_owned();
    // How often somebody asks how far a call is does not matter, and a client asks before it cancels.
    let calls = |service: &Service| {
        let mut all = service.asked();
        all.dedup_by_key(|asked| (asked.method.clone(), path(asked)));
        all.retain(|asked| asked.method != "GET");
        all
    };
    let (theirs, ours) = (calls(&theirs), calls(&ours));
    let names = |all: &[Asked]| -> Vec<String> {
        all.iter()
            .map(|asked| format!("{} {}", asked.method, path(asked)))
            .collect()
    };
    assert_eq!(names(&theirs), names(&ours), "{said}");
    let mut differ = BTreeSet::new();
    for (their, our) in theirs.iter().zip(&ours) {
        assert_eq!(body(their).await, body(our).await, "{}", path(our));
        for key in ["authorization", "x-goog-api-key", "x-fal-no-retry"] {
            let (theirs, ours) = (their.headers.get(key), our.headers.get(key));
            assert!(
                theirs == ours || their.method == "PUT",
                "{key}: {theirs:?} {ours:?}"
            );
        }
        let (theirs, ours) = (headers(their), headers(our));
        differ.extend(theirs.difference(&ours).map(|name| format!("library {name}")));
        differ.extend(ours.difference(&theirs).map(|name| format!("engine {name}")));
    }
    let differ: Vec<&str> = differ.iter().map(String::as_str).collect();
    assert_eq!(differ, DIFFER);
}
