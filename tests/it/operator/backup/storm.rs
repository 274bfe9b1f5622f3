//! Tests copies that are taken while people draft and approve and the bot is killed: each is of one
//! moment, and a bot that goes on with one pays for nothing that was paid after it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use discord_sandbox::world;
use sqlx::{AnyConnection, Connection};
use tokio::task::JoinHandle;

use super::{Elsewhere, pairs, recounted};
use crate::engines::openai::{all_by_openai, obliging};
use crate::engines::vendors;
use crate::harness::service::{Answer, Service};
use crate::harness::{Kind, LEASE, World, long};
use crate::operator::{Said, greenlight, program, said};
use crate::resilience::rolling::{act, fresh};
use crate::store::db::Somewhere;

/// How often the bot is killed while a copy is taken.
const KILLS: usize = 3;
const MANY_KILLS: usize = 20;
/// Of so many paid calls one is never answered.
const SILENT: usize = 5;

/// What a copy was restored to.
struct Restored {
    database: String,
    pictures: String,
    _server: Option<Somewhere>,
}

/// Runs a program to its end.
async fn ran(mut command: Command) {
    let ran = tokio::task::spawn_blocking(move || command.output()).await;
    let ran = ran.expect("no panic").expect("the program is there");
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

/// Begins to copy the database and its pictures, as `docs/operators.md` says, and does not wait.
fn copying(w: &World, kind: Kind, place: &Elsewhere, name: &str) -> JoinHandle<Said> {
    let mut backup = program(&["backup", &place.shown(name)]);
    backup
        .env("DATABASE_URL", w.database_url())
        .env("DISCORD_TOKEN", "test")
        .env("GREENLIGHT_BLOBS__FOLDER", w.blobs());
    let dump = dump_of(w.database_url(), &place.path(&format!("{name}.dump")));
    tokio::spawn(async move {
        if kind == Kind::Postgres {
            ran(dump).await;
        }
        said(backup).await
    })
}

fn dump_of(url: &str, file: &Path) -> Command {
    let mut dump = Command::new("pg_dump");
    dump.arg("--format=custom").arg("--file").arg(file).arg(url);
    dump
}

/// Restores a copy where nothing is.
async fn restored(w: &World, kind: Kind, place: &Elsewhere, name: &str) -> Restored {
    let server = match kind {
        Kind::Sqlite => None,
        Kind::Postgres => Some(Somewhere::new(Kind::Postgres).await),
    };
    let sqlite = format!("sqlite:{}", place.shown(&format!("{name}-new/greenlight.db")));
    let database = server.as_ref().map_or(sqlite, |server| server.url().to_owned());
    if server.is_some() {
        let mut restore = Command::new("pg_restore");
        restore.args(["--no-owner", "--dbname", &database]);
        restore.arg(place.path(&format!("{name}.dump")));
        ran(restore).await;
    }
    let pictures = place.shown(&format!("{name}-pictures"));
    let there = [
        ("DATABASE_URL", database.clone()),
        ("GREENLIGHT_BLOBS__FOLDER", pictures.clone()),
    ];
    let said = greenlight(w, &["restore", &place.shown(name)], &pairs(&there)).await;
    assert_eq!(said.code, 0, "{name}: {}{}", said.out, said.err);
    let doctor = greenlight(w, &["doctor"], &pairs(&there)).await;
    assert_eq!(doctor.code, 0, "{name}: {}{}", doctor.out, doctor.err);
    assert!(doctor.out.contains("every sum agrees"), "{}", doctor.out);
    Restored {
        database,
        pictures,
        _server: server,
    }
}

async fn last_entry(url: &str) -> i64 {
    let mut other = AnyConnection::connect(url).await.expect("a database");
    let last = sqlx::query_scalar("SELECT MAX(id) FROM entries");
    last.fetch_one(&mut other).await.expect("an entry")
}

/// Returns the names of all files in all threads. Each image has one of its own.
fn files(w: &World) -> Vec<String> {
    let mut all = Vec::new();
    for thread in w.discord().threads(world::CAMPAIGN) {
        let id = thread["id"].as_str().and_then(|id| id.parse().ok());
        for message in w.discord().messages(id.expect("an id")) {
            let files = message["attachments"].as_array().into_iter().flatten();
            all.extend(files.map(|file| file["filename"].as_str().expect("a name").to_owned()));
        }
    }
    all
}

/// A service of which some calls are never answered, so that a kill finds them on the way.
async fn service() -> Service {
    let calls = AtomicUsize::new(0);
    Service::start(move |asked| {
        if calls.fetch_add(1, Ordering::SeqCst) % SILENT == SILENT - 1 {
            Answer::Silence
        } else {
            obliging(asked)
        }
    })
    .await
}

/// Has people work, copies meanwhile and kills the bot, as often as it is said. Ends with it dead.
async fn killed(w: &mut World, kind: Kind, service: &Service, place: &Elsewhere, kills: usize) {
    w.set_works(true);
    w.restart().await;
    let mut approved = Vec::new();
    for round in 0..kills {
        let (images, asked) = (fresh(w, &mut approved), service.asked().len());
        act(w, round, images).await;
        let copying = copying(w, kind, place, &round.to_string());
        w.eventually("the service is asked", async || service.asked().len() > asked)
            .await;
        w.kill().await;
        let said = copying.await.expect("no panic");
        assert_eq!(said.code, 0, "{round}: {}{}", said.out, said.err);
        let drawn = files(w).len();
        w.advance(LEASE);
        w.start().await;
        // Of what was asked for before, all calls may have been under way.
        act(w, kills + round, Vec::new()).await;
        w.eventually("work goes on", async || files(w).len() > drawn)
            .await;
    }
    w.kill().await;
    assert!(!approved.is_empty(), "people approved meanwhile");
}

async fn copies_in_a_storm(kind: Kind) {
    let service = service().await;
    let mut settings = all_by_openai(&service.url);
    settings.push(("POOL__FIRST_GRANT", "1000000".to_owned()));
    settings.push(("ENGINES__OPENAI__A_MINUTE", "0".to_owned()));
    let (place, kills) = (Elsewhere::new(), if long() { MANY_KILLS } else { KILLS });
    // They are there until the story was looked through.
    let mut copies = Vec::new();
    vendors::story(&settings, kind, async |w| {
        killed(w, kind, &service, &place, kills).await;
        for round in 0..kills {
            let copy = restored(w, kind, &place, &round.to_string()).await;
            let last = last_entry(&copy.database).await;
            let then = recounted(w.database_url(), last).await;
            assert_eq!(recounted(&copy.database, last).await, then, "copy {round}");
            copies.push(copy);
        }
        let (copy, later) = (&copies[kills / 2], last_entry(w.database_url()).await);
        assert!(last_entry(&copy.database).await < later, "much came after it");

        let asked = service.asked().len();
        let [_, _, settled] = recounted(&copy.database, i64::MAX).await;
        w.set_works(false);
        w.set("DATABASE__URL", &copy.database);
        w.set("BLOBS__FOLDER", &copy.pictures);
        w.start().await;
        w.work_it_out().await;
        assert_eq!(service.asked().len(), asked, "nothing is asked for again");
        assert_eq!(w.sums().await.1, settled, "nothing is paid");
        let files = files(w);
        let each: BTreeSet<&String> = files.iter().collect();
        assert_eq!(each.len(), files.len(), "a picture was posted twice: {files:#?}");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_taken_in_a_storm_of_kills_is_of_one_moment_and_pays_nothing_twice_on_sqlite() {
    copies_in_a_storm(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_taken_in_a_storm_of_kills_is_of_one_moment_and_pays_nothing_twice_on_postgres() {
    copies_in_a_storm(Kind::Postgres).await;
}
