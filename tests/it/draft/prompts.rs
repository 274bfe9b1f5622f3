//! Tests that whatever people write is shown as text, pings nobody, and fits where it is shown.

use discord_sandbox::world;
use greenlight::domain::limits;
use serde_json::{Value, json};

use crate::harness::{Thread, World, run_test};

/// Drafts one image with these options besides the prompt's, and runs all jobs.
async fn draft(w: &mut World, options: Value) -> Thread {
    let answer = w.ana().asks(options).await;
    assert!(
        answer.contains("opening the thread"),
        "the draft was refused: {answer}"
    );
    w.run_jobs().await;
    w.last_thread()
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_is_shown_as_text_and_pings_nobody() {
    run_test(async |w| {
        let bo = world::BO;
        let prompt = format!(
            "@everyone and <@{bo}> see **a fox** in `code` with [a link](https://example.com)\r\n# at\u{202e} dawn\u{7}\n-# @here"
        );
        let thread = draft(w, json!({ "prompt": prompt, "images": 1, "keep": "_this_ ||and||\n# @everyone" })).await;
        insta::assert_snapshot!(w.starter(&thread).replace('\u{200b}', ""), @r"
        **Draft** by @Ana · 1 image · 1K · 16:9
        > @everyone and \<@1100000000000000012\> see \*\*a fox\*\* in \`code\` with \[a link\]\(https\://example.com\)
        > \# at dawn
        > \-\# @here
        -# Keep: \_this\_ \|\|and\|\| \# @everyone
        -# 10 credits
        -# sketch knows no “code”; it draws the rest
        1 drawn
        React ✅ in the thread to bring an image to 2K · 20 credits each · needs 1 approval
        ");
        let starter = w.message(world::CAMPAIGN, thread.id);
        assert_eq!(starter["mentions"].as_array().map(Vec::len), Some(0), "the edit pings nobody again");
        assert_eq!(starter["mention_everyone"], false);
        assert!(!starter["content"].as_str().expect("a text").contains("@everyone"), "a zero-width space breaks it");
        insta::assert_snapshot!(thread.name.replace(&bo.to_string(), "BO"), @"@everyone and @member see **a fox** in `code` with [a link](https://example.com) # at dawn -# @here");
        w.image_at(&thread, "explore");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_starter_pings_who_asked_and_nobody_else() {
    run_test(async |w| {
        let prompt = format!("<@{}> <@&{}> @here", world::BO, world::STUDIO_LEAD);
        w.ana().asks(json!({ "prompt": prompt, "images": 1 })).await;
        w.discord().fail(discord_sandbox::Fault {
            path_contains: "/threads".to_owned(),
            ..Default::default()
        });
        w.run_jobs().await;
        // It is posted and not edited yet, as it first reached people.
        let starter = w.discord().messages(world::CAMPAIGN).remove(0);
        let pinged: Vec<_> = starter["mentions"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|user| &user["id"])
            .collect();
        assert_eq!(pinged, [&json!(world::ANA.to_string())]);
        assert_eq!(
            (&starter["mention_roles"], &starter["mention_everyone"]),
            (&json!([]), &json!(false))
        );
        w.advance(std::time::Duration::from_mins(1));
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.image_at(&thread, "explore");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_prompt_is_attached_and_stays_attached() {
    run_test(async |w| {
        let prompt = "@*<é> ".repeat(limits::PROMPT_CHARS)[..]
            .chars()
            .take(limits::PROMPT_CHARS - 1)
            .collect::<String>()
            + "!";
        let thread = draft(
            w,
            json!({ "prompt": prompt, "keep": "*".repeat(limits::KEEP_CHARS) }),
        )
        .await;
        let text = w.starter(&thread);
        assert!(
            text.ends_with(
                "4 drawn\nReact ✅ in the thread to bring an image to 2K · 20 credits each · needs 1 approval"
            ),
            "it was edited: {text}"
        );
        let starter = w.message(world::CAMPAIGN, thread.id);
        assert!(starter["content"].as_str().expect("a text").chars().count() <= limits::MESSAGE_CHARS);
        let file = &starter["attachments"][1];
        assert_eq!(
            (&file["filename"], starter["attachments"].as_array().map(Vec::len)),
            (&json!("prompt.txt"), Some(2)),
            "after the contact sheet"
        );
        let bytes = w
            .discord()
            .file(file["url"].as_str().expect("a URL"))
            .expect("the file");
        assert_eq!(String::from_utf8(bytes).expect("UTF-8"), prompt);
        assert!(
            thread.name.chars().count() <= limits::THREAD_NAME_CHARS && thread.name.ends_with('…'),
            "{}",
            thread.name
        );
        assert_eq!(w.images(&thread, "explore").len(), 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_of_many_short_lines_fits_a_message() {
    run_test(async |w| {
        // Each line gets a quote mark and each star a backslash: five characters for two.
        let prompt = "*\n".repeat(300);
        let options = json!({ "prompt": prompt, "keep": "*".repeat(limits::KEEP_CHARS) });
        let thread = draft(w, options).await;
        let text = w.starter(&thread);
        assert!(
            text.chars().count() <= limits::MESSAGE_CHARS,
            "{} characters",
            text.chars().count()
        );
        assert!(
            text.contains("4 drawn"),
            "what follows the prompt is not cut: {text}"
        );
        assert_eq!(
            w.message(world::CAMPAIGN, thread.id)["attachments"][1]["filename"],
            "prompt.txt"
        );
        assert_eq!(w.images(&thread, "explore").len(), 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_named_by_one_line_of_the_prompt() {
    run_test(async |w| {
        for (prompt, name) in [
            ("a\n\n\tfox".to_owned(), "a fox".to_owned()),
            ("é".repeat(100), "é".repeat(100)),
            ("é".repeat(101), "é".repeat(99) + "…"),
            (format!("{} end", "é".repeat(98)), "é".repeat(98) + "…"),
        ] {
            let thread = draft(w, json!({ "prompt": prompt, "images": 1 })).await;
            assert_eq!(thread.name, name);
            w.starter(&thread);
            w.image_at(&thread, "explore");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_members_first_vague_prompt_gets_one_hint_and_no_other_does() {
    run_test(async |w| {
        let hint = |w: &World, who: u64| {
            w.told(who)
                .last()
                .is_some_and(|told| told.contains("💡 A short prompt"))
        };
        for (who, prompt, hinted) in [
            (world::ANA, "a fox", true),
            (world::ANA, "a hare", false),
            (world::BO, "watercolour of a lighthouse in fog", false),
            (world::CEM, "a fox", true),
        ] {
            w.person(who).asks(json!({ "prompt": prompt, "images": 1 })).await;
            w.run_jobs().await;
            assert_eq!(hint(w, who), hinted, "{prompt}");
        }
        w.read_all();
    })
    .await;
}
