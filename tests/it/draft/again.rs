//! Tests what people can do with one image: see its card, get its original, trace its origin, and
//! draft again like it.

use std::time::Duration;

use discord_sandbox::{EventFault, Mishap, world};
use serde_json::{Value, json};

use crate::harness::{Image, Thread, World, run_test};

/// Drafts one image, and reads its starter.
async fn drafted(w: &mut World, prompt: &str) -> (Thread, Image) {
    let options = json!({ "prompt": prompt, "images": 1, "ratio": "1:1", "keep": "the tail" });
    w.ana().asks(options).await;
    w.run_jobs().await;
    let thread = w.last_thread();
    w.starter(&thread);
    let image = w.image_at(&thread, "explore");
    (thread, image)
}

/// Returns the last private answer to a person in a channel, as Discord has it.
pub fn private(w: &World, channel: u64, person: u64) -> Value {
    let private = w.discord().ephemerals(channel, person);
    private.last().expect("an answer").clone()
}

/// Opens the menu of a message and waits for the private answer. Returns its text and the labels of
/// its buttons.
async fn menu(w: &mut World, person: u64, channel: u64, message: u64) -> (String, Vec<String>) {
    let chosen = w
        .discord()
        .member(person)
        .menu(channel, message, "Greenlight")
        .await;
    let answer = w.discord().answer(chosen.expect("the menu")).await;
    assert!(answer.ephemeral, "everybody can see {}", answer.message);
    let text = w.readable(answer.message["content"].as_str().unwrap_or_default());
    let id = answer.message["id"].as_str().and_then(|id| id.parse().ok());
    (text, w.buttons(channel, id.expect("an id")))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_is_drafted_again_with_one_press_by_the_rules_of_any_draft() {
    run_test(async |w| {
        w.dana()
            .command("project create", json!({ "name": "Spring", "exploration": 20 }))
            .await;
        let options = json!({ "prompt": "a fox", "images": 1, "ratio": "1:1", "keep": "the tail", "project": "Spring" });
        w.ana().asks(options).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        let first = w.starter(&thread);
        let image = w.image_at(&thread, "explore");
        w.restart().await;
        let told = w.bo().presses(thread.id, image.message, "again").await;
        assert!(told.contains("1 image for 10 credits"), "{told}");
        w.run_jobs().await;
        let second = w.last_thread();
        assert_ne!(second.id, thread.id);
        assert_eq!(
            w.starter(&second).replace("@Bo", "@Ana"),
            first,
            "the same, but for who asked"
        );
        let other = w.image_at(&second, "explore");
        assert_eq!(other.size, image.size);

        w.advance(Duration::from_secs(11));
        let told = w.bo().presses(thread.id, image.message, "again").await;
        assert!(told.contains("budget of **Spring**"), "{told}");
        assert_eq!(w.available().await, 980);
        w.dana()
            .command("settings channels", json!({ "requesters": world::STUDIO_LEAD.to_string() }))
            .await;
        let told = w.bo().presses(thread.id, image.message, "again").await;
        assert!(told.contains("Studio lead") || told.contains("<@&"), "{told}");
        assert_eq!(w.available().await, 980);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_words_are_written_over_the_old_ones() {
    run_test(async |w| {
        let (thread, image) = drafted(w, "a *fox*\nat dawn").await;
        w.restart().await;
        let id = w.button(thread.id, image.message, "words");
        let pressed = w
            .discord()
            .member(world::BO)
            .click(thread.id, image.message, &id)
            .await;
        let form = w.discord().answer(pressed.expect("a click")).await.modal;
        let form = form.expect("a form");
        assert_eq!(
            form["components"][0]["components"][0]["value"],
            "a *fox*\nat dawn"
        );
        let told = w
            .bo()
            .fills_in(thread.id, image.message, "words", "a *hare*\nat dusk")
            .await;
        assert!(told.contains("1 image for 10 credits"), "{told}");
        w.run_jobs().await;
        let second = w.last_thread();
        let starter = w.starter(&second);
        assert!(
            starter.contains(r"> a \*hare\*") && starter.contains("the tail"),
            "{starter}"
        );
        w.image_at(&second, "explore");
        let told = w
            .bo()
            .fills_in(thread.id, image.message, "words", "\u{200b}")
            .await;
        assert!(told.contains("prompt"), "{told}");
        assert_eq!(w.available().await, 980);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_that_was_refused_can_be_changed_where_that_is_said() {
    run_test(async |w| {
        let thread = w.ana().draft("a fox #sketch:refused", 1).await;
        w.starter(&thread);
        assert_eq!(w.notices(&thread).len(), 1);
        let notice = w.message_with(thread.id, "Image 1");
        assert_eq!(w.buttons(thread.id, notice), ["New prompt · 10 credits"]);
        let told = w.ana().fills_in(thread.id, notice, "words", "a fox").await;
        assert!(told.contains("1 image for 10 credits"), "{told}");
        w.run_jobs().await;
        let second = w.last_thread();
        w.starter(&second);
        w.image_at(&second, "explore");
        assert_eq!(w.available().await, 990);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_whose_answer_is_lost_drafts_once() {
    run_test(async |w| {
        let (thread, image) = drafted(w, "a fox").await;
        // The bot gets the same press twice, as after a reconnection.
        w.discord()
            .gateway()
            .mishap(EventFault::next("INTERACTION_CREATE", Mishap::Twice));
        w.bo().presses(thread.id, image.message, "again").await;
        w.run_jobs().await;
        assert_eq!(w.threads().len(), 2);
        let second = w.last_thread();
        w.starter(&second);
        w.image_at(&second, "explore");
        assert_eq!(w.available().await, 980);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_panel_of_a_picture_hands_out_the_original_and_tells_where_it_comes_from() {
    run_test(async |w| {
        let (thread, image) = drafted(w, "a fox").await;
        w.bo().approves(&image).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        w.restart().await;
        let (text, buttons) = menu(w, world::CEM, thread.id, review.message).await;
        insta::assert_snapshot!(text, @"**Image 1** · 2K review · a fox");
        assert_eq!(
            buttons,
            [
                "Original",
                "Crops",
                "Lineage",
                "Notes",
                "Compare",
                "Prompt",
                "Again · 10 credits",
                "New prompt · 10 credits",
                "Draft after this · 10 credits"
            ]
        );
        let panel = private(w, thread.id, world::CEM)["id"]
            .as_str()
            .and_then(|id| id.parse().ok());
        let panel = panel.expect("an id");
        let told = w.cem().presses(thread.id, panel, "original").await;
        insta::assert_snapshot!(told, @"The original of **Image 1** · 2K review · 128×128");
        let file = private(w, thread.id, world::CEM)["attachments"][0].clone();
        assert_eq!(
            (file["width"].as_u64(), file["height"].as_u64()),
            (Some(u64::from(review.size.0)), Some(u64::from(review.size.1)))
        );
        let told = w.cem().presses(thread.id, panel, "lineage").await;
        // The measured likeness is another number each time.
        let at = told.find("likeness ").expect("it was measured") + "likeness ".len();
        let told = told.replacen(&told[at..at + 4], "<number>", 1);
        insta::assert_snapshot!(linkless(&told), @r"
        **Image 1** of a fox · asked for by @Ana
        1K draft · 64×64 · 10 credits · <link>
        2K review · 128×128 · 20 credits · likeness <number> · approved by @Bo · <link>
        -# 30 credits for this picture
        ");
        let told = w.cem().presses(thread.id, panel, "again").await;
        assert!(told.contains("1 image for 10 credits"), "{told}");
        w.run_jobs().await;
        let second = w.last_thread();
        w.starter(&second);
        w.image_at(&second, "explore");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_over_the_limit_and_one_that_is_gone_are_told_of() {
    run_test(async |w| {
        let (thread, image) = drafted(w, "a fox").await;
        let file = picture(w, &image);
        std::fs::write(&file, vec![0; (10 << 20) + 1]).expect("a file");
        let told = w.bo().says_in(thread.id, "image original", json!({})).await;
        assert!(told.contains("I may attach 10 MiB here"), "{told}");
        std::fs::remove_file(file).expect("the file was there");
        let told = w.bo().says_in(thread.id, "image original", json!({})).await;
        assert!(told.contains("not stored any more"), "{told}");
    })
    .await;
}

/// Returns the file of an image's original.
fn picture(w: &World, image: &Image) -> std::path::PathBuf {
    w.blobs().join("renders").join(image.render().to_string())
}

/// Removes the links to messages from a text.
fn linkless(text: &str) -> String {
    let words = text
        .split(' ')
        .map(|word| match word.split_once("https://discord.com/channels/") {
            Some((before, link)) => {
                let rest = link.find('\n').map_or("", |end| &link[end..]);
                format!("{before}<link>{rest}")
            }
            None => word.to_owned(),
        });
    words.collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_without_a_picture_has_no_panel_and_says_so() {
    run_test(async |w| {
        let (thread, _) = drafted(w, "a fox").await;
        let (text, buttons) = menu(w, world::BO, world::CAMPAIGN, thread.id).await;
        insta::assert_snapshot!(text, @"This message shows no picture of mine. Choose one that I posted, in a draft's thread or in the gallery.");
        assert!(buttons.is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_in_the_gallery_has_the_same_panel() {
    run_test(async |w| {
        let gallery = json!({ "gallery": world::GALLERY.to_string() });
        w.dana().command("settings channels", gallery).await;
        let (thread, image) = drafted(w, "a fox").await;
        w.approved_to_4k(&thread, &image).await;
        let shown = w.discord().messages(world::GALLERY);
        let shown = shown
            .last()
            .and_then(|message| message["id"].as_str()?.parse().ok());
        let (text, buttons) = menu(w, world::BO, world::GALLERY, shown.expect("a final")).await;
        assert!(text.contains("4K final"), "{text}");
        assert_eq!(
            buttons,
            ["Original", "Crops", "Lineage", "Notes", "Compare", "Prompt"],
            "another draft is asked for where it was drafted"
        );
        w.said_in(world::GALLERY);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_finds_the_newest_picture_of_its_thread_and_none_elsewhere() {
    run_test(async |w| {
        let options = json!({ "prompt": "a fox", "images": 2 });
        w.ana().asks(options).await;
        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        let images = w.images(&thread, "explore");
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
        for (options, told) in [
            (json!({}), "**Image 1** · 2K review"),
            (json!({ "image": 2 }), "**Image 2** · 1K draft"),
            (json!({ "image": 3 }), "no such picture here"),
        ] {
            let answer = w.bo().says_in(thread.id, "image original", options.clone()).await;
            assert!(answer.contains(told), "{options}: {answer}");
        }
        let answer = w.bo().says_in(thread.id, "image lineage", json!({})).await;
        assert!(
            answer.contains("1K draft") && answer.contains("approved by @Bo"),
            "{answer}"
        );
        let elsewhere = w.bo().command("image original", json!({})).await;
        assert!(elsewhere.contains("no such picture here"), "{elsewhere}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_drawn_from_a_draft_that_was_forgotten() {
    run_test(async |w| {
        let (thread, image) = drafted(w, "a fox").await;
        let [again, words] = ["again", "words"].map(|act| w.button(thread.id, image.message, act));
        w.ana()
            .command("privacy forget-me", json!({ "sure": true }))
            .await;
        w.run_jobs().await;
        w.starter(&thread);
        w.look_at(&image);
        for button in [again, words] {
            let pressed = w.bo().presses_old(thread.id, image.message, &button).await;
            if let Ok(pressed) = pressed {
                let answer = w.discord().answer(pressed).await;
                let text = answer.message["content"].as_str().unwrap_or_default().to_owned();
                assert!(text.contains("asked to be forgotten"), "{text}");
            }
        }
        let (text, buttons) = menu(w, world::BO, thread.id, image.message).await;
        assert_eq!(buttons, ["Original", "Crops", "Lineage", "Notes"], "{text}");
        assert_eq!(w.threads().len(), 1);
    })
    .await;
}
