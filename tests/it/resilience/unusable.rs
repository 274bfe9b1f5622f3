//! Tests what the program says when its database or its settings cannot be used: one sentence of our
//! own, with the setting, the value and a way on.

use std::fs;
use std::path::Path;

use greenlight::store::Store;
use sqlx::{AnyConnection, Connection, Executor};
use tempfile::TempDir;
use tokio::net::TcpListener;
use url::Url;

use crate::harness::process::Program;

/// What drivers and libraries say. None of it tells an operator what to do.
const FOREIGN: &[&str] = &[
    "error returned from database",
    "(code:",
    "os error",
    "sqlx",
    "relative URL",
    "pool timed out",
    "backtrace",
    "invalid port",
    "error communicating",
    "while executing migration",
    "TOML parse error",
];

/// A password that no output may have.
const PASSWORD: &str = "sesame-7";

/// Runs a command in a folder, and returns what it says before it ends with an error.
async fn refused(command: &str, folder: TempDir, variables: &[(&str, String)]) -> String {
    let mut all = vec![("DISCORD_TOKEN", "token".to_owned())];
    all.extend(variables.iter().cloned());
    let arguments: Vec<&str> = command.split(' ').collect();
    let (status, said) = Program::start_in(folder, &arguments, &all).ended().await;
    assert!(!status.success(), "{command} {variables:?}: {said}");
    said
}

/// Asserts that what a command said has all parts, in words of ours. `doctor` reports all that it
/// finds, and any other command ends with one sentence.
fn assert_said(command: &str, said: &str, about: &str, parts: &[&str]) {
    if command != "doctor" {
        return assert_told(said, about, parts);
    }
    for part in parts {
        assert!(said.contains(part), "{about}: “{part}” is not in {said}");
    }
    assert_ours(said, about);
}

/// Asserts that what was said ends with one sentence of ours with all parts.
fn assert_told(said: &str, about: &str, parts: &[&str]) {
    let told: Vec<&str> = said.lines().filter(|line| line.starts_with("Error: ")).collect();
    assert_eq!(
        (told.len(), said.lines().last()),
        (1, told.first().copied()),
        "{about}: {said}"
    );
    for part in parts {
        assert!(told[0].contains(part), "{about}: “{part}” is not in {}", told[0]);
    }
    assert_ours(said, about);
}

/// Asserts that nothing is in the words of a driver, or is secret.
fn assert_ours(said: &str, about: &str) {
    let foreign = FOREIGN.iter().find(|foreign| said.contains(**foreign));
    assert_eq!(foreign, None, "{about}: {said}");
    assert!(!said.contains(PASSWORD), "{about}: {said}");
}

/// A database that cannot be used: its URL, and what is said of it.
struct Broken {
    url: String,
    says: Vec<&'static str>,
}

fn broken(url: impl Into<String>, says: &[&'static str]) -> Broken {
    Broken {
        url: url.into(),
        says: says.to_vec(),
    }
}

/// Lays out files that are no databases.
fn files(folder: &Path) {
    fs::write(
        folder.join("text.db"),
        "this is no database, however long it is.\n".repeat(40),
    )
    .expect("a file");
    fs::write(folder.join("file"), "").expect("a file");
    fs::create_dir(folder.join("a-folder")).expect("a folder");
}

fn addresses() -> Vec<Broken> {
    vec![
        broken("mysql://bot@db/green", &["must begin with sqlite: or postgres:"]),
        broken("green.db", &["must begin with sqlite: or postgres:"]),
        broken("", &["database.url"]),
        broken(
            format!("postgres://bot:{PASSWORD}@db:port/green"),
            &["postgres://…", "it must be sqlite:PATH or"],
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_used_is_told_in_one_sentence_with_a_way_on() {
    for command in ["run", "doctor", "export --guild 1", "migrate"] {
        let looks = matches!(command, "doctor" | "export --guild 1");
        let mut all = addresses();
        all.push(broken(
            "sqlite:text.db",
            &["sqlite:text.db", "no SQLite database", "name another"],
        ));
        let missing: &[&'static str] = if looks {
            &["there is no database file", "greenlight migrate"]
        } else {
            &[
                "sqlite:nowhere/green.db",
                "cannot be opened",
                "its folder must be there",
            ]
        };
        all.push(broken("sqlite:nowhere/green.db", missing));
        let folder: &[&'static str] = if looks {
            &["there is no database file"]
        } else {
            &["cannot be opened"]
        };
        all.push(broken("sqlite:a-folder", folder));
        all.push(broken("sqlite:file/green.db", folder));
        for one in all {
            let folder = tempfile::tempdir().expect("a folder");
            files(folder.path());
            let said = refused(command, folder, &[("DATABASE_URL", one.url.clone())]).await;
            assert_said(command, &said, &format!("{command} {}", one.url), &one.says);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_be_used_is_told_in_one_sentence_with_a_way_on() {
    let good = std::env::var("TEST_POSTGRES_URL").expect("TEST_POSTGRES_URL");
    let good = Url::parse(&good).expect("a URL");
    let (host, port) = (good.host_str().expect("a host"), good.port().unwrap_or(5432));
    let place = format!("{host}:{port}");
    // Nobody listens where somebody did a moment ago.
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let gone_at = gone.local_addr().expect("its address");
    drop(gone);
    for command in ["run", "doctor", "export --guild 1", "migrate"] {
        let mut all = vec![
            broken(
                format!("postgres://bot:{PASSWORD}@{gone_at}/green"),
                &["nobody answers", "start PostgreSQL"],
            ),
            broken(
                format!("postgres://bot:{PASSWORD}@no-such-host.invalid/green"),
                &["no-such-host.invalid", "cannot be found"],
            ),
            broken(
                format!("postgres://nobody:{PASSWORD}@{place}/postgres"),
                &["refuses the user or the password"],
            ),
        ];
        let mut other = good.clone();
        other.set_path("/no_such_database");
        all.push(broken(other, &["/no_such_database", "create it"]));
        for one in all {
            let folder = tempfile::tempdir().expect("a folder");
            let said = refused(command, folder, &[("DATABASE_URL", one.url.clone())]).await;
            assert_said(
                command,
                &said,
                &format!("{command} {}", one.says.join(" ")),
                &one.says,
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_another_version_is_told_and_left_alone() {
    for (change, says) in [
        ("INSERT INTO _sqlx_migrations SELECT 9999, description, installed_on, success, checksum, execution_time
            FROM _sqlx_migrations LIMIT 1; UPDATE reach SET oldest = 9999", "a newer Greenlight has brought it up to date (9999)"),
        ("UPDATE _sqlx_migrations SET checksum = x'00'", "is not this program's"),
        ("UPDATE _sqlx_migrations SET success = 0", "ended half-way"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite:{}", folder.path().join("green.db").display());
        Store::open(&url).await.expect("a database").close().await;
        let mut other = AnyConnection::connect(&url).await.expect("a connection");
        other.execute(change).await.expect("another version");
        other.close().await.expect("closed");
        let said = refused("run", folder, &[("DATABASE_URL", url.clone())]).await;
        assert_told(&said, change, &[&url, says]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_folders_that_cannot_be_used_are_told_in_one_sentence() {
    for (variable, value, says) in [
        (
            "GREENLIGHT_POOL__FIRST_GRANT",
            "many",
            &["pool.first_grant", "many"][..],
        ),
        ("GREENLIGHT_NO_SUCH_KEY", "1", &["no_such_key"]),
        (
            "GREENLIGHT_STAGES__EXPLORE__ENGINE",
            "nobody",
            &["stages.explore.engine", "nobody"],
        ),
        ("GREENLIGHT_LOG__FILTER", "===", &["log.filter"]),
        (
            "GREENLIGHT_BLOBS__FOLDER",
            "text.db",
            &["blobs.folder = text.db", "is a file"],
        ),
        (
            "GREENLIGHT_BLOBS__FOLDER",
            "text.db/below",
            &["blobs.folder = text.db/below"],
        ),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        files(folder.path());
        let said = refused("run", folder, &[(variable, value.to_owned())]).await;
        assert_told(&said, &format!("{variable}={value}"), says);
    }
}
