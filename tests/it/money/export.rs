//! Tests the exported books: a private file for operators, and a file of any length from the
//! command line.

use std::process::Command;

use discord_sandbox::world;
use serde_json::{Value, json};

use crate::harness::{World, run_test, run_test_with};

/// Takes an image to its final: three images are paid, and two votes count.
async fn a_final(w: &mut World) {
    let thread = w.ana().draft("a fox", 1).await;
    let image = w.image_at(&thread, "explore");
    w.bo().approves(&image).await;
    w.run_jobs().await;
    w.image_at(&thread, "review");
    w.starter(&thread);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_is_handed_the_books_as_a_private_file() {
    run_test(async |w| {
        a_final(w).await;
        let (answer, name, csv) = w.dana().handed("treasury export", json!({})).await;
        assert_eq!(answer, "5 entries. Times are UTC; ids are Discord's.");
        assert_eq!(name, format!("greenlight-entries-{}.csv", world::NORTHLIGHT));
        assert!(
            csv.starts_with("entry,at,kind,credits,image,closes,actor,reason\n"),
            "{csv}"
        );
        assert_eq!(csv.lines().count(), 6);

        let options = json!({ "book": 1, "format": 1 });
        let (answer, _, file) = w.dana().handed("treasury export", options).await;
        assert_eq!(answer, "2 images. Times are UTC; ids are Discord's.");
        let rows: Value = serde_json::from_str(&file).expect("JSON");
        let of = |stage: &str| {
            let rows = rows.as_array().expect("rows");
            rows.iter()
                .find(|row| row["stage"] == stage)
                .expect("an image")
                .clone()
        };
        let (explore, review) = (of("explore"), of("review"));
        assert_eq!(explore["voters"], json!([world::BO.to_string()]));
        assert_eq!(review["parent"], explore["image"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_the_server_and_does_not_run_the_bot_is_told_who_has_the_books() {
    run_test_with(&[("OPERATORS", "[1]")], async |w| {
        let refused = w.dana().command("treasury export", json!({})).await;
        assert_eq!(refused, "Only the bot's operators can do this: <@1>.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_writes_the_same_books_and_doctor_finds_them_whole() {
    run_test(async |w| {
        a_final(w).await;
        let greenlight = |arguments: &[&str]| {
            let ran = Command::new(env!("CARGO_BIN_EXE_greenlight"))
                .args(arguments)
                .env("DATABASE_URL", w.database_url())
                .env("DISCORD_TOKEN", "test")
                .env("GREENLIGHT_DISCORD__API_BASE", w.discord().url())
                .env("GREENLIGHT_BLOBS__FOLDER", w.blobs())
                .output()
                .expect("the program runs");
            assert!(ran.status.success(), "{ran:?}");
            String::from_utf8(ran.stdout).expect("text")
        };
        let guild = world::NORTHLIGHT.to_string();
        let csv = greenlight(&["export", "--guild", &guild]);
        assert_eq!(csv.lines().count(), 6, "{csv}");
        let json = greenlight(&[
            "export", "--guild", &guild, "--book", "lineage", "--format", "json",
        ]);
        let rows: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(rows.as_array().expect("rows").len(), 2);
        assert!(greenlight(&["doctor"]).contains("every sum agrees"));
        let mistyped = Command::new(env!("CARGO_BIN_EXE_greenlight"))
            .args(["export", "--guild", "5"])
            .env("DATABASE_URL", w.database_url())
            .output()
            .expect("the program runs");
        let told = String::from_utf8(mistyped.stderr).expect("text");
        assert!(
            !mistyped.status.success() && told.contains(&format!("there are: {guild}")),
            "{told}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_see_what_they_spent_and_what_happened_to_the_pool() {
    run_test(async |w| {
        let nothing = w.cem().command("credits mine", json!({})).await;
        assert_eq!(
            nothing,
            "You have spent nothing here yet: `/draft` is how it begins."
        );
        let options = json!({ "credits": 50, "reason": "*more* foxes" });
        w.dana().command("treasury grant", options).await;
        a_final(w).await;
        w.bo().asks(json!({ "prompt": "a hare", "images": 1 })).await;

        let mine = w.ana().command("credits mine", json!({})).await;
        let lines: Vec<&str> = mine.lines().collect();
        assert_eq!(
            lines[0],
            "**30 credits spent by your drafts** · 0 held for what is being drawn"
        );
        assert!(
            lines[1].starts_with("<time> **−20** [a fox](<link>) · image 1 → 2K · @Ana ← @Bo"),
            "{mine}"
        );
        assert!(
            lines[2].starts_with("<time> **−10** [a fox](<link>) · 1 draft · @Ana"),
            "{mine}"
        );
        assert_eq!(lines.len(), 3, "nobody else's: {mine}");

        let history = w.cem().command("credits history", json!({})).await;
        let lines: Vec<&str> = history.lines().collect();
        assert_eq!(
            lines[0], "<time> **−10** a hare · 1 draft · @Bo · 10 held",
            "{history}"
        );
        assert!(lines[1].ends_with(" · image 1 → 2K · @Ana ← @Bo"), "{history}");
        assert!(
            lines[3].ends_with("**+50** granted by @Dana · \\*more\\* foxes"),
            "{history}"
        );
        assert!(
            lines[4].ends_with("**+1,000** granted by the bot's settings"),
            "{history}"
        );
        assert_eq!(lines.len(), 5, "{history}");
        w.run_jobs().await;
        let thread = w.last_thread();
        w.images(&thread, "explore");
        w.starter(&thread);
    })
    .await;
}

/// Runs `greenlight treasury`. Returns whether it succeeded, and what it said.
fn treasury(w: &World, operators: &str, arguments: &str) -> (bool, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_greenlight"))
        .arg("treasury")
        .args(arguments.split(' '))
        .env("DATABASE_URL", w.database_url())
        .env("GREENLIGHT_OPERATORS", operators)
        .output()
        .expect("the program runs");
    let told = if ran.status.success() {
        ran.stdout
    } else {
        ran.stderr
    };
    let told = String::from_utf8(told).expect("text");
    (ran.status.success(), told.trim().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_grants_and_takes_back_by_the_hand_of_an_operator() {
    run_test(async |w| {
        let guild = world::NORTHLIGHT;
        let (done, told) = treasury(w, "[5]", &format!("grant --guild {guild} --credits 50"));
        assert!(done, "{told}");
        assert_eq!(told, "Granted 50 credits. The pool has 1,050 credits available.");
        let arguments = format!("correct --guild {guild} --credits 1000 --reason slip --by 6");
        let (done, told) = treasury(w, "[5, 6]", &arguments);
        assert!(done, "{told}");
        assert_eq!(
            told,
            "Took back 1,000 credits. The pool has 50 credits available."
        );
        let history = w.bo().command("credits history", json!({})).await;
        let lines: Vec<&str> = history.lines().collect();
        assert_eq!(lines[0], "<time> **−1,000** taken back by <@6> · slip");
        assert_eq!(lines[1], "<time> **+50** granted by <@5>");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_command_line_may_not_do_to_a_pool_is_said_and_not_done() {
    run_test(async |w| {
        let here = format!("--guild {}", world::NORTHLIGHT);
        for (operators, arguments, told) in [
            (
                "[5]",
                format!("correct {here} --credits 1"),
                "A correction needs a `reason`",
            ),
            (
                "[5]",
                format!("correct {here} --credits 1001 --reason x"),
                "1,001 credits cannot be taken back: 1,000 are left",
            ),
            ("[5]", format!("grant {here} --credits 0"), "A grant is 1 to"),
            ("[]", format!("grant {here} --credits 1"), "there is no operator"),
            (
                "[5, 6]",
                format!("grant {here} --credits 1"),
                "say with --by who does it",
            ),
            (
                "[5, 6]",
                format!("grant {here} --credits 1 --by 7"),
                "7 is none of the operators",
            ),
            (
                "[5]",
                "grant --guild 4711 --credits 1".to_owned(),
                "the bot has seen no server with the id 4711",
            ),
        ] {
            let (done, refused) = treasury(w, operators, &arguments);
            assert!(!done && refused.contains(told), "{arguments}: {refused}");
        }
        assert_eq!(w.available().await, 1000);
    })
    .await;
}
