//! Tests that every place where a prompt or a name is kept or shown is known, and what becomes of it
//! when its member asks to be forgotten.

use std::collections::BTreeSet;

use discord_sandbox::world;
use serde_json::{Value, json};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Row};

use super::digest::chosen;
use crate::harness::{Kind, World, run_test_on};

/// What Ana draws, and what is to be kept in it.
const WORD: &str = "zebra";

/// What becomes of what a column has of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It is replaced or removed.
    Goes,
    /// It stays, for the reason that stands beside it.
    Stays,
    /// It never holds a prompt or a name.
    Neither,
}
use Fate::{Goes, Neither, Stays};

/// Every column of the database that can hold a text or a user.
const KEPT: &[(&str, Fate)] = &[
    ("alerts.subject", Neither),
    ("calls.engine", Neither),
    // A spending limit that admins set on a member, who would be without one by asking.
    ("caps.scope", Stays),
    ("caps.stage", Neither),
    ("caps.period", Neither),
    // What a size of the server is called.
    ("crops.name", Stays),
    ("drafts.answer_token", Goes),
    ("drafts.keep", Goes),
    ("drafts.last_stage", Neither),
    // Which button of which image was pressed.
    ("drafts.pressed", Neither),
    ("drafts.prompt", Goes),
    ("drafts.ratio", Neither),
    ("drafts.requester_id", Goes),
    ("drafts.state", Neither),
    ("entries.actor_id", Goes),
    ("entries.kind", Neither),
    ("entries.once_key", Neither),
    // Why an operator granted or took back credits: the books of the server.
    ("entries.reason", Stays),
    // The wish itself, until nothing is left.
    ("forgetting.user_id", Goes),
    ("guild_lists.list", Neither),
    ("guilds.approve_emoji", Neither),
    ("guilds.time_zone", Neither),
    ("guilds.veto_emoji", Neither),
    ("jobs.kind", Neither),
    ("jobs.target", Goes),
    ("notes.struck_by", Goes),
    ("notes.text", Goes),
    ("notes.user_id", Goes),
    // What has turns that processes share.
    ("pace.what", Neither),
    // What a project of the server is called.
    ("projects.name", Stays),
    ("projects.name_key", Stays),
    ("projects.created_by", Goes),
    ("renders.asked_engine", Neither),
    ("renders.asked_mode", Neither),
    ("renders.asked_model", Neither),
    ("renders.asked_quality", Neither),
    ("renders.capped_by", Neither),
    ("renders.changes", Goes),
    ("renders.reduced_from", Neither),
    ("renders.refused_picture", Neither),
    ("renders.request_id", Neither),
    // Where a service is asked again for an answer, by a number of its own.
    ("renders.request_url", Neither),
    ("renders.sent_words", Goes),
    ("renders.stage", Neither),
    ("renders.state", Neither),
    ("renders.stop_reason", Goes),
    ("renders.stopped_by", Goes),
    ("renders.vote_approve", Neither),
    ("renders.vote_approvers", Neither),
    ("renders.vote_leads", Neither),
    ("renders.vote_state", Neither),
    ("renders.vote_veto", Neither),
    ("secrets.name", Neither),
    ("secrets.value", Neither),
    ("votes.kind", Neither),
    ("votes.source", Neither),
    ("votes.standing", Neither),
    ("votes.user_id", Goes),
];

/// Every place of Discord's where the bot shows a prompt or a name, and whether it is taken away.
const SHOWN: &[(&str, Fate)] = &[
    ("the starter", Goes),
    ("the title of its thread", Goes),
    ("the gallery", Goes),
    // The messages of the images, with the names and descriptions of their files.
    ("the thread", Goes),
    ("the digest", Goes),
    // The server's record of its spends.
    ("the log channel", Stays),
];

/// Returns the columns that can hold a text or a user, and those that hold one of the needles now.
pub async fn columns(w: &World, needles: &[String]) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut db = AnyConnection::connect(w.database_url())
        .await
        .expect("the database");
    let all = if w.database_url().starts_with("sqlite:") {
        "SELECT m.name || '.' || c.name AS col, c.type AS kind FROM sqlite_master m, pragma_table_info(m.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE '!_sqlx%' ESCAPE '!' AND m.name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    } else {
        "SELECT table_name || '.' || column_name AS col, upper(CAST(data_type AS TEXT)) AS kind
            FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '!_sqlx%' ESCAPE '!'"
    };
    let rows = sqlx::query(all).fetch_all(&mut db).await.expect("the columns");
    let (mut known, mut found) = (BTreeSet::new(), BTreeSet::new());
    for row in rows {
        let (column, kind): (String, String) = (row.get("col"), row.get("kind"));
        let users = ["user_id", "actor_id", "requester_id", "_by", "target"];
        if kind != "TEXT" && !users.iter().any(|user| column.ends_with(user)) {
            continue;
        }
        let (table, name) = column.split_once('.').expect("a column");
        for needle in needles {
            let count = format!("SELECT COUNT(*) FROM {table} WHERE CAST({name} AS TEXT) LIKE '%{needle}%'");
            let count: i64 = sqlx::query_scalar(AssertSqlSafe(count))
                .fetch_one(&mut db)
                .await
                .expect("a count");
            if count > 0 {
                found.insert(column.clone());
            }
        }
        known.insert(column);
    }
    (known, found)
}

/// Returns the places of Discord's that show one of the needles.
fn shown(w: &World, needles: &[String]) -> BTreeSet<&'static str> {
    let thread = w.threads().remove(0);
    let has = |text: &str| needles.iter().any(|needle| text.contains(needle.as_str()));
    let is_digest = |message: &Value| {
        message["content"]
            .as_str()
            .is_some_and(|text| text.starts_with('📋'))
    };
    let says_in = |channel: u64, digest: bool| {
        let mut messages = w.discord().messages(channel);
        messages.retain(|message| is_digest(message) == digest);
        let by_bot = messages.iter().filter(|message| {
            message["author"]["id"]
                .as_str()
                .is_some_and(|id| id.parse() == Ok(world::BOT))
        });
        let texts = by_bot.map(|message| format!("{} {}", message["content"], message["attachments"]));
        texts.into_iter().any(|text| has(&text))
    };
    let says = |channel| says_in(channel, false);
    let places = [
        ("the digest", says_in(world::GENERAL, true)),
        ("the starter", says(world::CAMPAIGN)),
        ("the title of its thread", has(&thread.name)),
        ("the gallery", says(world::GALLERY)),
        ("the thread", says(thread.id)),
        ("the log channel", says(world::GENERAL)),
    ];
    places
        .into_iter()
        .filter(|(_, shows)| *shows)
        .map(|(place, _)| place)
        .collect()
}

/// Fills every place with Ana's name or words.
async fn everywhere(w: &mut World) {
    let options = json!({ "gallery": world::GALLERY.to_string(), "log": world::GENERAL.to_string() });
    w.dana().command("settings channels", options).await;
    let limit = json!({ "credits": 900, "period": 0, "member": world::ANA.to_string() });
    w.dana().command("settings limits", limit).await;
    w.ana()
        .command("project create", json!({ "name": "Stripes" }))
        .await;
    let options = json!({ "prompt": format!("a {WORD}"), "images": 3, "keep": WORD, "project": "Stripes" });
    w.ana().asks(options).await;
    w.run_jobs().await;
    let thread = w.last_thread();
    let images = w.images(&thread, "explore");
    w.ana().notes(&images[0], &format!("a larger {WORD}")).await;
    w.approved_to_4k(&thread, &images[0]).await;
    // A note on a vote that goes on, one that somebody else struck, and one that Ana struck.
    let bos = w.bo().draft("a fox", 1).await;
    let fox = w.image_at(&bos, "explore");
    w.ana().notes(&fox, &format!("a {WORD} instead")).await;
    w.ana().notes(&fox, &format!("two of {WORD}")).await;
    w.bo().strikes(&fox, 2).await;
    w.bo().notes(&fox, "no stripes").await;
    w.ana().notes(&fox, &format!("a {WORD} after all")).await;
    w.bo().strikes(&fox, 4).await;
    w.run_jobs().await;
    w.dana().reacts(&images[1], "🚫").await;
    let soon = chosen(w).await;
    w.advance(soon);
    w.run_jobs().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_place_that_has_a_prompt_or_a_name_is_known_and_forgets_it_or_says_why_not_on_sqlite() {
    every_place_is_known_and_forgets(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_place_that_has_a_prompt_or_a_name_is_known_and_forgets_it_or_says_why_not_on_postgres() {
    every_place_is_known_and_forgets(Kind::Postgres).await;
}

async fn every_place_is_known_and_forgets(kind: Kind) {
    run_test_on(kind, &[], async |w| {
        everywhere(w).await;
        let needles = [WORD.to_owned(), world::ANA.to_string()];
        let (known, _) = columns(w, &needles).await;
        let listed: BTreeSet<String> = KEPT.iter().map(|(column, _)| (*column).to_owned()).collect();
        assert_eq!(known, listed, "a column is not in the list");
        let all: BTreeSet<&str> = SHOWN.iter().map(|(place, _)| *place).collect();
        assert_eq!(
            shown(w, &needles),
            all,
            "a place that shows nothing tests nothing"
        );

        w.ana_is_forgotten().await;
        let (_, left) = columns(w, &needles).await;
        let stays = |list: &[(&'static str, Fate)]| -> BTreeSet<&str> {
            list.iter()
                .filter(|(_, fate)| *fate == Stays)
                .map(|(place, _)| *place)
                .collect()
        };
        let kept = stays(KEPT);
        assert!(
            left.iter().all(|column| kept.contains(column.as_str())),
            "{left:?}"
        );
        assert_eq!(shown(w, &needles), stays(SHOWN));
        for channel in [world::CAMPAIGN, world::GALLERY, world::GENERAL, w.threads()[0].id] {
            w.said_in(channel);
        }
    })
    .await;
}
