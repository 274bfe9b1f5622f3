//! Tests a first start: a settings file that `init` writes, the migration that `run` begins with, and
//! the list of servers.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use discord_sandbox::world;
use futures::future::join_all;
use serde_json::json;
use sqlx::{AnyConnection, Connection};

use super::{alone, greenlight};
use crate::harness::{Kind, World, run_test, run_test_on};
use crate::store::db::Somewhere;

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];
/// How many processes start at once.
const AT_ONCE: usize = 5;

#[tokio::test(flavor = "multi_thread")]
async fn init_writes_a_file_for_its_owner_alone_that_works_and_overwrites_none() {
    run_test(async |w| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("bot.toml");
        let (path, pictures) = (
            file.display().to_string(),
            folder.path().join("p").display().to_string(),
        );
        let init = ["init", "--yes", "--out", &path, "--pictures", &pictures];
        let said = greenlight(w, &init, &[]).await;
        assert_eq!(said.code, 0, "{}", said.err);
        let invited = format!(
            "client_id={}&scope=bot%20applications.commands&permissions=309237746752",
            world::BOT
        );
        assert!(said.out.contains(&invited), "{}", said.out);
        let mode = fs::metadata(&file).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let written = fs::read_to_string(&file).expect("a text");
        assert!(
            written.contains("token = \"test\"") && !said.out.contains("\"test\""),
            "{written}"
        );
        let owner = format!("operators = [{}]", world::DANA);
        assert!(written.contains(&owner), "the application's owner: {written}");

        // What is written is what is used: nothing else says where anything is.
        let doctor = alone(&["doctor", "--config", &path]).await;
        assert_eq!(doctor.code, 0, "{}{}", doctor.out, doctor.err);

        let again = greenlight(w, &init, &[]).await;
        assert_eq!(again.code, 1);
        assert!(
            again.err.contains("is there already, and is not overwritten"),
            "{}",
            again.err
        );
        assert_eq!(fs::read_to_string(&file).expect("a text"), written);

        let other = folder.path().join("other.toml").display().to_string();
        let wrong = ["init", "--yes", "--out", &other, "--watch", "nowhere"];
        let said = greenlight(w, &wrong, &[]).await;
        assert!(
            said.code == 1 && said.err.contains("watch.listen = nowhere"),
            "{}",
            said.err
        );
        assert!(
            !fs::exists(&other).expect("a look"),
            "no file that cannot be used is left"
        );
        let said = greenlight(w, &["init", "--yes", "--out", &other], &[("DISCORD_TOKEN", "")]).await;
        assert!(
            said.code == 1 && said.err.contains("set DISCORD_TOKEN"),
            "{}",
            said.err
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_at_once_migrate_one_after_another() {
    for kind in BOTH {
        run_test(async |w| {
            let empty = Somewhere::new(kind).await;
            let there = [("DATABASE_URL", empty.url())];
            let check = async || greenlight(w, &["migrate", "--check"], &there).await;
            let before = check().await;
            assert_eq!(before.code, 4, "{}", before.err);
            assert!(before.out.starts_with("0001 main job\n"), "{}", before.out);
            let listed = before.out.lines().count();

            let all = join_all((0..AT_ONCE).map(|_| greenlight(w, &["migrate"], &there))).await;
            for said in all {
                assert_eq!(said.code, 0, "{}", said.err);
            }
            sqlx::any::install_default_drivers();
            let mut other = AnyConnection::connect(empty.url()).await.expect("a database");
            let count = sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM _sqlx_migrations");
            let applied = count.fetch_one(&mut other).await.expect("a count");
            assert_eq!(usize::try_from(applied), Ok(listed));
            let after = check().await;
            assert_eq!((after.code, after.out.lines().count()), (0, 1), "{}", after.out);
        })
        .await;
    }
}

/// Returns the line about the story's server, with single spaces.
async fn listed(w: &World, variables: &[(&str, &str)]) -> String {
    let said = greenlight(w, &["guilds"], variables).await;
    assert_eq!(said.code, 0, "{}", said.err);
    let id = world::NORTHLIGHT.to_string();
    let line = said.out.lines().find(|line| line.contains(&id));
    let words: Vec<&str> = line.expect("a line").split_whitespace().collect();
    words.join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_are_listed_with_their_names_credits_and_the_version_of_their_settings() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            w.drafted_one().await;
            let id = world::NORTHLIGHT;
            assert_eq!(
                listed(w, &[]).await,
                format!("{id} 990 0 10 default Northlight Studio")
            );
            for (quorum, settings) in [(3, "own.1"), (2, "own.2")] {
                let options = json!({ "review_quorum": quorum });
                w.dana().command("settings approvals", options).await;
                let line = listed(w, &[]).await;
                assert!(line.contains(&format!(" {settings} ")), "{line}");
            }
            // The books are there without Discord.
            assert_eq!(
                listed(w, &[("DISCORD_TOKEN", "")]).await,
                format!("{id} 990 0 10 own.2 ?")
            );
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bot_that_has_seen_no_server_says_what_to_do() {
    run_test(async |w| {
        let empty = Somewhere::new(Kind::Sqlite).await;
        let there = [("DATABASE_URL", empty.url()), ("DISCORD_TOKEN", "")];
        assert_eq!(greenlight(w, &["migrate"], &there).await.code, 0);
        let said = greenlight(w, &["guilds"], &there).await;
        assert!(
            said.code == 0 && said.out.contains("invite it, and start it"),
            "{}",
            said.out
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn completions_and_man_pages_are_written_for_every_command() {
    run_test(async |w| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().display().to_string();
        assert_eq!(greenlight(w, &["pages", &path], &[]).await.code, 0);
        for name in [
            "greenlight.bash",
            "_greenlight",
            "greenlight.1",
            "greenlight-doctor.1",
            "greenlight-init.1",
        ] {
            assert!(
                fs::metadata(folder.path().join(name)).is_ok_and(|file| file.len() > 0),
                "{name}"
            );
        }
    })
    .await;
}
