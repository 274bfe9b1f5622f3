//! Tests notes: what members want changed, given with a vote, by a form or as a reply, becomes the words
//! of the next stage, and stays as it was when that was paid.

use std::sync::atomic::{AtomicUsize, Ordering};

use discord_sandbox::world;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::json;
use sqlx::{AnyConnection, Connection};

use crate::engines::openai::{all_by_openai, obliging};
use crate::engines::vendors;
use crate::harness::service::{Answer, Service};
use crate::harness::{Image, Kind, Thread, World, run_test};

/// Returns the lines of an image's message that list its notes.
fn notes(w: &World, image: &Image) -> Vec<String> {
    let text = w.look_at(image);
    let lines = text.lines().filter(|line| line.starts_with("📝"));
    lines.map(str::to_owned).collect()
}

/// Runs a story in which every stage is drawn by a service, later ones as remasters.
async fn remastered(kind: Kind, story: impl AsyncFnOnce(&mut World, &Service)) {
    let service = Service::start(obliging).await;
    let settings = all_by_openai(&service.url);
    vendors::story(&settings, kind, async |w| story(w, &service).await).await;
}

/// Returns the words of the last call that the service got.
async fn last_words(service: &Service) -> String {
    let asked = service.asked();
    let last = asked.last().expect("a call");
    let words = last.field("prompt").await.bytes;
    String::from_utf8_lossy(&words).into_owned()
}

/// Has Bo reply, Cem approve with a note, and Ana give one that Dana strikes. `between` happens after
/// each step.
async fn noted(w: &mut World, image: &Image, mut between: impl AsyncFnMut(&mut World)) {
    w.bo().replies(image, "warmer light").await;
    between(w).await;
    w.ana().notes(image, "no hat").await;
    between(w).await;
    w.dana().strikes(image, 2).await;
    between(w).await;
    let told = w
        .cem()
        .fills_in(image.thread, image.message, "noted:", "keep the *logo*")
        .await;
    assert!(told.contains("It changes the 2K when that is drawn."), "{told}");
    between(w).await;
}

async fn a_reply_and_a_vote_with_a_note_become_the_words_of_the_2k(kind: Kind, restarts: bool) {
    remastered(kind, async |w, service| {
        let (thread, image) = w.drafted_one().await;
        noted(w, &image, async |w: &mut World| {
            if restarts {
                w.restart().await;
            }
        })
        .await;
        w.run_jobs().await;
        let words = last_words(service).await;
        let changes = words.split_once("Make these changes").expect("changes").1;
        assert!(
            changes.ends_with("\n1. warmer light\n2. keep the *logo*"),
            "{words}"
        );
        assert!(!words.contains("no hat"), "{words}");
        assert_eq!(
            notes(w, &image),
            ["📝 1. @Bo: warmer light", "📝 3. @Cem: keep the \\*logo\\*"]
        );

        // What was paid has its notes for good.
        let told = prompt_of(w, &thread, "review").await;
        assert!(told.contains("keep the \\*logo\\*"), "{told}");
    })
    .await;
}

/// Returns what the panel of an image shows as the words that it was drawn from.
async fn prompt_of(w: &mut World, thread: &Thread, stage: &str) -> String {
    let image = w.image_at(thread, stage);
    w.bo().opens(&image, "prompt:").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_and_a_vote_with_a_note_become_the_words_of_the_2k_on_sqlite() {
    a_reply_and_a_vote_with_a_note_become_the_words_of_the_2k(Kind::Sqlite, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_and_a_vote_with_a_note_become_the_words_of_the_2k_on_postgres() {
    a_reply_and_a_vote_with_a_note_become_the_words_of_the_2k(Kind::Postgres, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_become_the_words_of_the_2k_whenever_the_bot_starts_anew() {
    a_reply_and_a_vote_with_a_note_become_the_words_of_the_2k(Kind::Sqlite, true).await;
}

/// Edits and deletes replies before and after the stage is paid.
async fn a_reply_changes_its_note_until_the_stage_is_paid(kind: Kind) {
    remastered(kind, async |w, service| {
        let (thread, image) = w.drafted_one().await;
        let first = w.bo().replies(&image, "warmer").await;
        let second = w.bo().replies(&image, "larger").await;
        let called = format!("<@{}> cooler", world::BOT);
        w.bo().rewords(&image, first, &called).await;
        w.bo().deletes(&image, second).await;
        w.run_jobs().await;
        assert_eq!(notes(w, &image), ["📝 1. @Bo: cooler"]);
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert!(last_words(service).await.ends_with("\n1. cooler"));

        w.bo().rewords(&image, first, "hotter").await;
        let late = w.cem().replies(&image, "one more").await;
        w.bo().deletes(&image, first).await;
        w.run_jobs().await;
        assert_eq!(notes(w, &image), ["📝 1. @Bo: cooler"]);
        let told = w.message_with(thread.id, "was not taken as a note");
        let answer = w.message(thread.id, told);
        assert_eq!(answer["message_reference"]["message_id"], late.to_string());
        assert!(
            answer["mentions"].as_array().expect("a list").is_empty(),
            "{answer}"
        );
        let told = prompt_of(w, &thread, "review").await;
        assert!(told.contains("cooler") && !told.contains("hotter"), "{told}");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_changes_its_note_until_the_stage_is_paid_on_sqlite() {
    a_reply_changes_its_note_until_the_stage_is_paid(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_changes_its_note_until_the_stage_is_paid_on_postgres() {
    a_reply_changes_its_note_until_the_stage_is_paid(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_that_were_written_changed_and_deleted_while_the_bot_was_away_count() {
    run_test(async |w| {
        let (_, image) = w.drafted_one().await;
        let kept = w.bo().replies(&image, "warmer").await;
        let gone = w.cem().replies(&image, "larger").await;
        w.stop().await;
        let (bo, cem) = (w.discord().member(world::BO), w.discord().member(world::CEM));
        bo.edit(image.thread, kept, "cooler").await.expect("an edit");
        cem.delete(image.thread, gone).await.expect("a deletion");
        cem.reply(image.thread, image.message, "smaller", true)
            .await
            .expect("a reply");
        cem.reply(image.thread, image.message, "unseen", false)
            .await
            .expect("a reply");
        w.start().await;
        w.run_jobs().await;
        assert_eq!(notes(w, &image), ["📝 1. @Bo: cooler", "📝 3. @Cem: smaller"]);
        // Once more changes nothing.
        w.restart().await;
        w.run_jobs().await;
        assert_eq!(notes(w, &image).len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_said_to_the_bot_about_a_picture_is_a_note() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        w.bo().replies_quietly(&image, "not for the bot").await;
        let bo = w.discord().member(world::BO);
        bo.say(thread.id, "just talk", vec![]).await.expect("a message");
        let starter = bo.reply(world::CAMPAIGN, thread.id, "to the starter", true).await;
        starter.expect("a reply");
        w.messages_heard().await;
        w.run_jobs().await;
        assert!(notes(w, &image).is_empty());
        // A note can neither ping nor look like another.
        w.bo()
            .replies(&image, "@everyone <@&5>\n📝 9. **Dana**: [x](https://e.com)")
            .await;
        w.run_jobs().await;
        let message = w.message(thread.id, image.message);
        assert_eq!(message["mention_everyone"], false);
        assert!(
            message["mentions"].as_array().expect("a list").is_empty(),
            "{message}"
        );
        insta::assert_snapshot!(
            notes(w, &image).join("\n").replace('\u{200b}', ""),
            @r"📝 1. @Bo: @everyone \<@&5\> 📝 9. \*\*Dana\*\*\: \[x\]\(https\://e.com\)"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_that_is_exact_says_that_notes_change_nothing() {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        let id = w.button(thread.id, image.message, "note:");
        let bo = w.discord().member(world::BO);
        let pressed = bo.click(thread.id, image.message, &id).await.expect("a click");
        let form = w.discord().answer(pressed).await.modal.expect("a form");
        let label = &form["components"][0]["components"][0]["label"];
        assert_eq!(label, "2K is exact: a remark, changes nothing");
        let told = w.bo().notes(&image, "warmer").await;
        insta::assert_snapshot!(told, @"Your note is number 1 under the picture. It is a remark: the 2K is drawn exactly, so that nothing can be changed in it.");
        w.run_jobs().await;
        assert!(w.look_at(&image).contains("-# The 2K is drawn exactly"));
        // What changes nothing contradicts nothing.
        w.cem().notes(&image, "cooler").await;
        w.bo().approves(&image).await;
        w.run_jobs().await;
        w.image_at(&thread, "review");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_and_an_image_have_only_so_many_notes_and_the_words_are_not_lost() {
    run_test(async |w| {
        let (_, image) = w.drafted_one().await;
        for n in 1..=5 {
            w.bo().notes(&image, &format!("note {n}")).await;
        }
        let told = w.bo().notes(&image, "one too many").await;
        insta::assert_snapshot!(told, @r"
        You have 5 notes on this image, which is as many as one member may have. Strike one first. Nothing was recorded.
        -# Your note: one too many
        ");
        let told = w
            .bo()
            .fills_in(image.thread, image.message, "noted:", "one too many")
            .await;
        assert!(told.contains("Nothing was recorded"), "{told}");
        w.run_jobs().await;
        assert!(w.look_at(&image).contains("✅ **0 of 1**"), "nor was the vote");
        let left = w.bo().strikes(&image, 2).await;
        assert!(!left.contains("note 2") && left.contains("note 3"), "{left}");
        w.bo().notes(&image, "another").await;
        w.run_jobs().await;
        assert_eq!(notes(w, &image).last().expect("a note"), "📝 6. @Bo: another");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_try_at_a_failed_2k_is_drawn_by_the_same_notes() {
    let edits = AtomicUsize::new(0);
    let service = Service::start(move |asked| {
        if asked.path.ends_with("edits") && edits.fetch_add(1, Ordering::SeqCst) == 0 {
            return Answer::json(200, &json!({ "data": [] }));
        }
        obliging(asked)
    });
    let service = service.await;
    vendors::story(&all_by_openai(&service.url), Kind::Sqlite, async |w| {
        let (thread, image) = w.drafted_one().await;
        w.bo()
            .fills_in(thread.id, image.message, "noted:", "warmer")
            .await;
        w.run_jobs().await;
        let first = last_words(&service).await;
        let failed = w.message_with(thread.id, "could not be drawn at 2K");
        w.bo().presses(thread.id, failed, "retry").await;
        w.run_jobs().await;
        assert_eq!(service.asked().len(), 3);
        assert_eq!(last_words(&service).await, first);
        assert!(first.ends_with("\n1. warmer"), "{first}");
        w.image_at(&thread, "review");
        w.read_all();
    })
    .await;
}

/// Has enough approve while two notes contradict each other.
async fn notes_that_contradict_each_other_are_for_a_lead(kind: Kind) {
    remastered(kind, async |w, service| {
        let (thread, image) = w.drafted_one().await;
        w.bo().replies(&image, "warmer light").await;
        w.cem().notes(&image, "cooler light").await;
        let told = w.bo().presses(thread.id, image.message, "approve").await;
        assert!(
            told.contains("a lead has to strike one, or press Approve too"),
            "{told}"
        );
        w.run_jobs().await;
        assert_eq!(service.asked().len(), 1, "nothing was paid");
        assert_eq!(w.sums().await.0, 0, "nothing is held");
        let seen = w.look_at(&image);
        assert!(
            seen.contains("⏸️ Some of the notes seem to contradict each other."),
            "{seen}"
        );
        let asked = w.notices(&thread);
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert!(
            asked[0].contains("Nothing was spent. A lead strikes one"),
            "{}",
            asked[0]
        );
        // Asking again says it once.
        w.restart().await;
        w.run_jobs().await;
        assert_eq!(w.notices(&thread).len(), 1);

        w.dana().presses(thread.id, image.message, "approve").await;
        w.run_jobs().await;
        let words = last_words(service).await;
        assert!(words.ends_with("\n1. warmer light\n2. cooler light"), "{words}");
        w.image_at(&thread, "review");
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_that_contradict_each_other_are_for_a_lead_on_sqlite() {
    notes_that_contradict_each_other_are_for_a_lead(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_that_contradict_each_other_are_for_a_lead_on_postgres() {
    notes_that_contradict_each_other_are_for_a_lead(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_is_struck_lets_an_approval_go_on_by_itself() {
    remastered(Kind::Sqlite, async |w, service| {
        let (thread, image) = w.drafted_one().await;
        w.bo().approves(&image).await;
        w.cem().replies(&image, "larger logo").await;
        let second = w.cem().replies(&image, "smaller logo").await;
        w.run_jobs().await;
        assert_eq!(service.asked().len(), 1, "nothing was paid");
        // Who gave it deletes the reply.
        w.cem().deletes(&image, second).await;
        w.run_jobs().await;
        assert!(last_words(service).await.ends_with("\n1. larger logo"));
        w.image_at(&thread, "review");
        w.read_all();
    })
    .await;
}

/// Does things with notes in an order that a seed makes, and pays for the 2K somewhere among them.
async fn shuffled(seed: u64) {
    run_test(async |w| {
        let (thread, image) = w.drafted_one().await;
        let mut dice = StdRng::seed_from_u64(seed);
        let pays_at = dice.random_range(2..10);
        let (mut replies, mut paid) = (Vec::new(), None);
        for step in 0..14 {
            if step == pays_at {
                w.dana().presses(thread.id, image.message, "approve").await;
                w.run_jobs().await;
                paid = Some(notes(w, &image));
            }
            let words = format!("note of step {step}");
            match (dice.random_range(0..5), replies.last().copied()) {
                (0, Some(reply)) => w.bo().rewords(&image, reply, &words).await,
                (1, Some(reply)) => {
                    replies.pop();
                    w.bo().deletes(&image, reply).await;
                }
                (2, _) if paid.is_none() => {
                    w.cem().notes(&image, &words).await;
                }
                (3, _) if paid.is_none() => {
                    w.run_jobs().await;
                    let first = notes(w, &image)
                        .first()
                        .and_then(|line| line[5..].split('.').next()?.parse().ok());
                    if let Some(number) = first {
                        w.dana().strikes(&image, number).await;
                    }
                }
                _ => replies.push(w.bo().replies(&image, &words).await),
            }
            if let Some(paid) = &paid {
                w.run_jobs().await;
                assert_eq!(&notes(w, &image), paid, "seed {seed}, step {step}");
                let changes = changes_of_the_2k(w).await;
                let listed: Vec<String> = paid
                    .iter()
                    .map(|line| line.splitn(3, ": ").last().unwrap_or_default().to_owned())
                    .collect();
                assert_eq!(
                    changes.lines().collect::<Vec<_>>(),
                    listed,
                    "seed {seed}, step {step}"
                );
            }
        }
        w.read_all();
    })
    .await;
}

/// Returns what the 2K is told to change, as it is recorded.
async fn changes_of_the_2k(w: &World) -> String {
    let mut db = AnyConnection::connect(w.database_url())
        .await
        .expect("the database");
    let changes: Option<String> = sqlx::query_scalar("SELECT changes FROM renders WHERE stage = 'review'")
        .fetch_one(&mut db)
        .await
        .expect("a 2K");
    changes.unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_said_after_a_stage_was_paid_its_notes_stay() {
    for seed in 0..8 {
        shuffled(seed).await;
    }
}
