//! Tests a backup and what is made of it: it is of one moment, whatever the bot does meanwhile, and
//! nothing in it is paid a second time.

mod storm;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use discord_sandbox::world;
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection};
use tempfile::TempDir;

use super::{Said, greenlight};
use crate::harness::{Kind, World, run_test, run_test_on, run_test_with};

/// The sums of a pool, recounted from the entries up to one of them.
const RECOUNT: &str = "SELECT
    CAST(COALESCE(SUM(CASE WHEN kind = 'grant' THEN amount WHEN kind = 'correction' THEN -amount
        WHEN kind = 'hold' THEN -amount WHEN kind = 'release' THEN amount ELSE 0 END), 0) AS BIGINT),
    CAST(COALESCE(SUM(CASE WHEN kind = 'hold' THEN amount WHEN kind IN ('settle', 'release') THEN -amount ELSE 0 END), 0)
        AS BIGINT),
    CAST(COALESCE(SUM(CASE WHEN kind = 'settle' THEN amount ELSE 0 END), 0) AS BIGINT)
    FROM entries WHERE id <= $1";

/// A place in which nothing is yet, for a backup and for what is made of it.
struct Elsewhere {
    folder: TempDir,
}

impl Elsewhere {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// Returns the address of a database that is not there yet.
    fn database(&self) -> String {
        format!("sqlite:{}", self.shown("new/greenlight.db"))
    }

    /// Backs a story up. Returns the manifest.
    async fn back_up(&self, w: &World, name: &str) -> Value {
        let said = greenlight(w, &["backup", &self.shown(name)], &[]).await;
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        self.manifest(name)
    }

    fn manifest(&self, name: &str) -> Value {
        let text = fs::read(self.path(name).join("manifest.json")).expect("a manifest");
        serde_json::from_slice(&text).expect("JSON")
    }

    /// Puts a backup where nothing is.
    async fn restore(&self, w: &World, name: &str) -> Said {
        let there = self.there();
        greenlight(w, &["restore", &self.shown(name)], &pairs(&there)).await
    }

    /// Returns the settings of a bot on what was restored.
    fn there(&self) -> [(&'static str, String); 2] {
        [
            ("DATABASE_URL", self.database()),
            ("GREENLIGHT_BLOBS__FOLDER", self.shown("pictures")),
        ]
    }

    /// Stops a story's bot, restores a backup, and goes on with the bot there.
    async fn go_on(&self, w: &mut World, name: &str) {
        w.stop().await;
        let said = self.restore(w, name).await;
        assert_eq!(said.code, 0, "{}{}", said.out, said.err);
        w.set("DATABASE__URL", &self.database());
        w.set("BLOBS__FOLDER", &self.shown("pictures"));
        w.start().await;
        w.run_jobs().await;
    }
}

fn pairs<'a>(all: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    all.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// Returns what is available, held and spent by a manifest's only pool.
fn pool(manifest: &Value) -> [i64; 3] {
    let pools = manifest["pools"].as_array().expect("pools");
    assert_eq!(pools.len(), 1);
    ["available", "held", "spent"].map(|sum| pools[0][sum].as_i64().expect("a number"))
}

async fn recounted(url: &str, up_to: i64) -> [i64; 3] {
    sqlx::any::install_default_drivers();
    let mut other = AnyConnection::connect(url).await.expect("a database");
    let sums: (i64, i64, i64) = sqlx::query_as(RECOUNT)
        .bind(up_to)
        .fetch_one(&mut other)
        .await
        .expect("sums");
    sums.into()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// Changes one byte of a file.
fn tamper(path: &Path) {
    let mut bytes = fs::read(path).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(path, bytes).expect("a file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_bot_at_work_is_of_the_moment_that_it_names_and_is_whole_elsewhere() {
    run_test_with(&[("POOL__FIRST_GRANT", "1000000")], async |w| {
        w.set_works(true);
        w.restart().await;
        let (place, enough) = (Elsewhere::new(), AtomicBool::new(false));
        {
            let w = &*w;
            let load = async {
                for number in 1.. {
                    if enough.load(Ordering::Relaxed) {
                        return;
                    }
                    let ana = w.discord().member(world::ANA);
                    let options = json!({ "prompt": format!("red fox {number}"), "images": 4 });
                    let asked = ana.command(world::CAMPAIGN, "draft", options).await;
                    w.discord().answer(asked.expect("a command")).await;
                }
            };
            let back_up = async {
                for name in ["first", "second", "third"] {
                    let before = w.pool().await;
                    w.eventually("somebody drafts", async || w.pool().await != before)
                        .await;
                    place.back_up(w, name).await;
                }
                enough.store(true, Ordering::Relaxed);
            };
            tokio::join!(load, back_up);
        }
        w.idle().await;
        w.set_works(false);
        w.restart().await;
        w.run_jobs().await;
        w.read_all();

        for name in ["first", "second", "third"] {
            let manifest = place.manifest(name);
            let last = manifest["last_entry"].as_i64().expect("a number");
            assert_eq!(pool(&manifest), recounted(w.database_url(), last).await, "{name}");
            assert_eq!(manifest["missing"], json!([]));
        }
        let manifest = place.manifest("third");
        assert_ne!(
            pool(&manifest),
            pool(&place.manifest("first")),
            "it worked meanwhile"
        );
        for (path, expected) in [("", 0o700), ("manifest.json", 0o600), ("greenlight.db", 0o600)] {
            assert_eq!(mode(&place.path("third").join(path)), expected, "{path}");
        }
        let restored = place.restore(w, "third").await;
        assert_eq!(restored.code, 0, "{}{}", restored.out, restored.err);
        assert_eq!(
            recounted(&place.database(), i64::MAX).await,
            pool(&manifest),
            "the books of that moment"
        );
        let doctor = greenlight(w, &["doctor"], &pairs(&place.there())).await;
        assert_eq!(doctor.code, 0, "{}{}", doctor.out, doctor.err);
        assert!(doctor.out.contains("every sum agrees"), "{}", doctor.out);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approval_that_was_spent_after_the_backup_is_not_paid_again_but_by_a_lead() {
    run_test(async |w| {
        let log = json!({ "log": world::GENERAL.to_string() });
        w.dana().command("settings channels", log).await;
        let (place, (thread, image)) = (Elsewhere::new(), w.drafted_one().await);
        place.back_up(w, "backup").await;
        w.bo().approves(&image).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!(w.sums().await, (0, 30, 970));
        w.read_all();

        place.go_on(w, "backup").await;
        assert_eq!(w.sums().await, (0, 10, 990), "the books of the backup");
        assert_eq!(w.images(&thread, "review").len(), 1, "nothing is drawn again");
        let shown = w.look_at(&image);
        assert!(shown.contains("a lead presses *Approve*"), "{shown}");
        let told = w.notices(&thread);
        assert!(
            told.iter()
                .any(|told| told.contains("**Image 1** has enough approvals")),
            "{told:?}"
        );
        let logged = w.said_in(world::GENERAL);
        assert!(
            logged
                .iter()
                .any(|told| told.contains("**Image 1** has enough approvals")),
            "{logged:?}"
        );
        let doctor = greenlight(w, &["doctor"], &pairs(&place.there())).await;
        assert_eq!(doctor.code, 0, "{}", doctor.out);
        assert!(
            doctor.out.contains("come from a copy which was put back: 1"),
            "{}",
            doctor.out
        );

        let said = w.discord().messages(thread.id).len();
        w.restart().await;
        w.run_jobs().await;
        assert_eq!(w.discord().messages(thread.id).len(), said, "it is said once");
        let answer = w.cem().presses(thread.id, image.message, "approve").await;
        assert!(answer.contains("a lead has to press"), "{answer}");
        w.run_jobs().await;
        assert_eq!(w.sums().await, (0, 10, 990));

        let answer = w.dana().presses(thread.id, image.message, "approve").await;
        assert!(answer.contains("That is enough"), "{answer}");
        w.run_jobs().await;
        assert_eq!(w.sums().await, (0, 30, 970));
        assert_eq!(w.images(&thread, "review").len(), 2, "a lead wanted it again");
        w.read_all();
        w.said_in(world::GENERAL);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_whose_own_vote_does_not_count_lets_the_others_be_spent() {
    run_test(async |w| {
        let answer = w.dana().asks(json!({ "prompt": "a red fox", "images": 1 })).await;
        assert!(answer.contains("opening the thread"), "{answer}");
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        let (place, image) = (Elsewhere::new(), w.image_at(&thread, "explore"));
        place.back_up(w, "backup").await;
        w.bo().approves(&image).await;
        place.go_on(w, "backup").await;
        assert_eq!(w.sums().await, (0, 10, 990));
        let answer = w.dana().presses(thread.id, image.message, "approve").await;
        assert!(answer.contains("count again"), "{answer}");
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!(w.sums().await, (0, 30, 970));
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_being_drawn_at_the_backup_is_asked_of_nobody_and_decided_by_a_person() {
    run_test(async |w| {
        w.ana().asks(json!({ "prompt": "a red fox", "images": 2 })).await;
        w.run_quick_jobs().await;
        let (place, thread) = (Elsewhere::new(), w.last_thread());
        let manifest = place.back_up(w, "backup").await;
        assert_eq!(pool(&manifest), [980, 20, 0]);
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "explore").len(), 2);
        assert_eq!(w.sums().await, (0, 20, 980));
        w.read_all();

        place.go_on(w, "backup").await;
        assert_eq!(
            w.sums().await,
            (20, 0, 980),
            "held, and neither paid nor given back"
        );
        assert_eq!(w.images(&thread, "explore").len(), 2, "nothing is drawn again");
        let list = w.dana().command("treasury unresolved", json!({})).await;
        assert_eq!(list.matches("**10 credits**").count(), 2, "{list}");
        let first = list.split('`').nth(1).expect("an image").to_owned();
        let decide = |decision: i64| json!({ "image": first, "decision": decision, "reason": "billed" });
        let said = w.dana().command("treasury unresolved", decide(0)).await;
        assert!(said.contains("10 credits"), "{said}");
        w.run_jobs().await;
        assert_eq!(w.sums().await, (10, 10, 980));
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_its_server_has_put_back_waits_for_people_too() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let (thread, image) = w.drafted_one().await;
        w.ana().asks(json!({ "prompt": "a hare", "images": 1 })).await;
        w.run_quick_jobs().await;
        let place = Elsewhere::new();
        let said = greenlight(w, &["backup", &place.shown("backup")], &[]).await;
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains("pg_dump"), "{}", said.out);
        assert!(!place.path("backup/greenlight.db").exists());
        assert_eq!(
            place.manifest("backup")["files"].as_array().map(Vec::len),
            Some(1)
        );

        let pictures = place.shown("pictures");
        let elsewhere = [("GREENLIGHT_BLOBS__FOLDER", pictures.as_str())];
        let restore = ["restore", &place.shown("backup")];
        let said = greenlight(w, &restore, &elsewhere).await;
        assert_eq!(said.code, 1, "{}", said.out);
        assert!(said.err.contains("stop every bot first"), "{}", said.err);

        w.stop().await;
        let member = w.discord().member(world::BO);
        member
            .react(image.thread, image.message, "✅")
            .await
            .expect("a reaction");
        let said = greenlight(w, &restore, &elsewhere).await;
        assert_eq!(said.code, 0, "{}", said.err);
        w.set("BLOBS__FOLDER", &pictures);
        w.start().await;
        w.run_jobs().await;
        assert_eq!(w.sums().await, (10, 10, 980));
        assert_eq!(w.images(&thread, "review").len(), 0);
        w.dana().presses(thread.id, image.message, "approve").await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        assert_eq!(w.sums().await, (10, 30, 960));
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_restored_over_what_is_there_nor_from_what_was_tampered_with() {
    run_test(async |w| {
        let (_, image) = w.drafted_one().await;
        let place = Elsewhere::new();
        place.back_up(w, "backup").await;
        let again = greenlight(w, &["backup", &place.shown("backup")], &[]).await;
        assert!(
            again.code == 1 && again.err.contains("is there already"),
            "{}",
            again.err
        );

        let there = place.there();
        let [database, pictures] = [&there[0], &there[1]].map(|(name, value)| (*name, value.as_str()));
        let restore = ["restore", &place.shown("backup")];
        let used = greenlight(w, &restore, &[pictures]).await;
        assert!(
            used.code == 1 && used.err.contains("is not overwritten"),
            "{}",
            used.err
        );
        let used = greenlight(w, &restore, &[database]).await;
        assert!(
            used.code == 1 && used.err.contains("it is not empty"),
            "{}",
            used.err
        );

        let picture = format!("renders/{}", image.render());
        for file in [picture.as_str(), "greenlight.db"] {
            let file = place.path("backup").join(file);
            tamper(&file);
            let said = place.restore(w, "backup").await;
            assert!(
                said.code == 1 && said.err.contains("is not what was written"),
                "{}",
                said.err
            );
            tamper(&file);
        }
        let manifest = place.path("backup/manifest.json");
        let text = fs::read_to_string(&manifest).expect("a manifest");
        let newer = text.replace("\"migration\": ", "\"migration\": 9");
        fs::write(&manifest, newer).expect("a manifest");
        let said = place.restore(w, "backup").await;
        assert!(
            said.code == 1 && said.err.contains("newer than this one"),
            "{}",
            said.err
        );
        // Sums that are another moment's.
        let other = text.replace("\"spent\": 10", "\"spent\": 11");
        fs::write(&manifest, other).expect("a manifest");
        let said = place.restore(w, "backup").await;
        assert!(
            said.code == 1 && said.err.contains("is not as the manifest says"),
            "{}",
            said.err
        );
        let nothing = || !place.path("new/greenlight.db").exists() && !place.path("pictures").exists();
        assert!(nothing(), "what is refused leaves nothing");
        fs::write(&manifest, text).expect("a manifest");
        assert_eq!(place.restore(w, "backup").await.code, 0, "it was put right again");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_not_stored_any_more_is_named_and_the_rest_is_kept() {
    run_test(async |w| {
        let (_, image) = w.drafted_one().await;
        let picture = format!("renders/{}", image.render());
        let stored = w.blobs().join(&picture);
        let away = w.blobs().join("away");
        fs::rename(&stored, &away).expect("a picture");
        let place = Elsewhere::new();
        let said = greenlight(w, &["backup", &place.shown("backup")], &[]).await;
        assert_eq!(said.code, 4, "{}", said.out);
        assert!(said.err.contains(&picture), "{}", said.err);
        assert_eq!(place.manifest("backup")["missing"], json!([picture]));
        fs::rename(&away, &stored).expect("a picture");
    })
    .await;
}
