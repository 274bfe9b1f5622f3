//! Presses every button and sends every form, and holds the price that each showed against the
//! credits that it took.

use std::collections::BTreeSet;
use std::time::Duration;

use discord_sandbox::world;
use greenlight::domain::button::Button;
use serde_json::{Value, json};
use sqlx::{AnyConnection, Connection};

use super::deeds::{BUTTONS, number};
use crate::harness::{World, run_test_with};

/// Presses buttons one after another, each long after the one before.
struct Shopper<'w> {
    w: &'w mut World,
    pressed: BTreeSet<usize>,
}

impl Shopper<'_> {
    /// Presses the button under a message whose id begins with `begins`, and sends the form that it
    /// opens. What it showed last is what it takes, at once or once the jobs have run.
    async fn press(&mut self, who: u64, (channel, message): (u64, u64), begins: &str) -> i64 {
        self.w.advance(Duration::from_secs(11));
        let id = self.w.button(channel, message, begins);
        self.pressed
            .insert(number(id.parse::<Button>().expect("a button")));
        let label = label(self.w, channel, message, &id);
        let before = holds(self.w).await;
        let member = self.w.discord().member(who);
        let click = member.click(channel, message, &id).await.expect("a click");
        let answer = self.w.discord().answer(click).await;
        let shown = match answer.modal {
            None => price_in(&label),
            Some(form) => {
                let title = price_in(form["title"].as_str().expect("a title"));
                assert_eq!(title, price_in(&label), "the form says what its button said");
                let first_line = &form["components"][0]["components"][0]["label"];
                let first_line = price_in(first_line.as_str().expect("a label"));
                assert!([0, title].contains(&first_line), "its field says no other price");
                let words = json!({ "text": format!("a hare at {}", self.w.now_ms()) });
                let sent = self.w.discord().member(who).submit_modal(click, words).await;
                self.w.discord().answer(sent.expect("a form")).await;
                title
            }
        };
        self.w.run_jobs().await;
        let taken = holds(self.w).await - before;
        assert_eq!(taken, shown, "{label}");
        taken
    }

    /// Opens the panel of a picture. Returns the panel's message.
    async fn panel(&mut self, who: u64, (channel, message): (u64, u64)) -> (u64, u64) {
        let chosen = self
            .w
            .discord()
            .member(who)
            .menu(channel, message, "Greenlight")
            .await;
        let panel = self.w.discord().answer(chosen.expect("the menu")).await.message;
        (channel, id_of(&panel))
    }

    /// Has Ana type `/draft` for what was drawn before, and has it drawn once more.
    async fn asks_for_the_same(&mut self, prompt: &str, takes: i64) {
        let options = json!({ "prompt": prompt, "images": 2 });
        self.w.ana().command("draft", options).await;
        let offer = self.answered(world::ANA, world::CAMPAIGN);
        assert_eq!(self.press(world::ANA, offer, "repeat").await, takes);
    }

    /// Returns the id of the button under a message that ends so.
    fn ending(&self, (channel, message): (u64, u64), end: &str) -> String {
        let buttons = self.w.buttons_of(channel, message);
        let mut ids = buttons.iter().filter_map(|button| button["custom_id"].as_str());
        let found = ids.find(|id| id.ends_with(end));
        found.expect("a button").to_owned()
    }

    /// Returns the last private answer to a person in a channel.
    fn answered(&self, who: u64, channel: u64) -> (u64, u64) {
        let private = self.w.discord().ephemerals(channel, who);
        (channel, id_of(private.last().expect("an answer")))
    }
}

fn id_of(message: &Value) -> u64 {
    let id = message["id"].as_str().and_then(|id| id.parse().ok());
    id.expect("an id")
}

/// Returns the label of a button.
fn label(w: &World, channel: u64, message: u64, id: &str) -> String {
    let buttons = w.buttons_of(channel, message);
    let button = buttons.iter().find(|button| button["custom_id"] == id);
    // A list has no label, but says what it is for.
    let label = button.and_then(|button| button["label"].as_str().or(button["placeholder"].as_str()));
    label.expect("a label").to_owned()
}

/// Returns the credits that a text names: the number before that word, or 0.
fn price_in(text: &str) -> i64 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| word.starts_with("credit"));
    at.map_or(0, |at| words[at - 1].parse().expect("a number of credits"))
}

/// Returns all credits that were ever held.
async fn holds(w: &World) -> i64 {
    let mut other = AnyConnection::connect(w.database_url())
        .await
        .expect("a connection");
    let sum = "SELECT COALESCE(SUM(amount), 0) FROM entries WHERE kind = 'hold'";
    sqlx::query_scalar(sum)
        .fetch_one(&mut other)
        .await
        .expect("a sum")
}

/// The messages whose buttons are pressed, each by its channel and its id.
struct Shelf {
    open: (u64, u64),
    stopped: (u64, u64),
    closed: (u64, u64),
    waiting: (u64, u64),
    failed: (u64, u64),
    refused: (u64, u64),
}

impl Shelf {
    /// Makes images in every state that has buttons, at prices that are all different, so that none
    /// is right by chance.
    async fn stock(w: &mut World) -> Self {
        let prices = json!({ "explore_price": 7, "review_price": 23, "final_price": 41 });
        w.dana().command("settings stages", prices).await;
        let (closed, old) = w.drafted_one().await;
        w.advance(Duration::from_hours(24 * 8));
        w.run_jobs().await;
        let (thread, images) = w.drafted(2).await;
        w.dana().reacts(&images[1], "🚫").await;
        let project = json!({ "name": "Spring", "review": 0 });
        w.dana().command("project create", project).await;
        let options = json!({ "prompt": "a hare", "images": 1, "project": "Spring" });
        w.ana().asks(options).await;
        w.run_jobs().await;
        let spring = w.last_thread();
        let waiting = w.image_at(&spring, "explore");
        w.bo().presses(spring.id, waiting.message, "approve").await;
        let failed = w.ana().draft("a fox #sketch:broken", 1).await;
        let failed = (failed.id, w.message_with(failed.id, "Image 1"));
        let refused = w.ana().draft("a fox #sketch:refused", 3).await;
        Self {
            open: (thread.id, images[0].message),
            stopped: (thread.id, images[1].message),
            closed: (closed.id, old.message),
            waiting: (spring.id, waiting.message),
            failed,
            refused: (refused.id, w.message_with(refused.id, "Image 1")),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_pressed_or_sent_takes_the_price_that_it_showed() {
    let crops = r#"[{ name = "Tiny", size = "32x32" }]"#;
    run_test_with(&[("ADMINS__SET_PRICES", "true"), ("CROPS", crops)], async |w| {
        let (ana, bo, dana) = (world::ANA, world::BO, world::DANA);
        let shelf = Shelf::stock(w).await;
        let mut shop = Shopper {
            w,
            pressed: BTreeSet::new(),
        };
        for (who, message, button, takes) in [
            (bo, shelf.open, "approve", 23),
            (dana, shelf.stopped, "reason", 0),
            (dana, shelf.stopped, "lift", 0),
            (bo, shelf.stopped, "note:", 0),
            (bo, shelf.stopped, "version", 7),
            (bo, shelf.closed, "reopen", 0),
            (bo, shelf.waiting, "takeback", 0),
            (bo, shelf.stopped, "again", 14),
            (bo, shelf.stopped, "words", 14),
            (bo, shelf.refused, "words", 21),
            (ana, shelf.failed, "retry", 7),
        ] {
            assert_eq!(shop.press(who, message, button).await, takes, "{button}");
        }
        shop.asks_for_the_same("a hare", 14).await;
        let panel = shop.panel(bo, shelf.stopped).await;
        shop.press(bo, panel, "prompt").await;
        shop.press(bo, panel, "notes").await;
        let notes = shop.answered(bo, shelf.stopped.0);
        shop.press(bo, notes, "strike").await;
        assert_eq!(shop.press(bo, shelf.stopped, "noted").await, 23);
        let panel = shop.panel(bo, shelf.stopped).await;
        shop.press(bo, panel, "lineage").await;
        let lineage = shop.answered(bo, shelf.stopped.0);
        shop.press(bo, lineage, "compare").await;
        let panel = shop.panel(bo, shelf.open).await;
        for (button, takes) in [
            ("after", 14),
            ("again", 14),
            ("words", 14),
            ("original", 0),
            ("lineage", 0),
            ("crops", 0),
        ] {
            assert_eq!(shop.press(bo, panel, button).await, takes, "{button}");
        }
        let sizes = shop.answered(bo, shelf.open.0);
        let all = shop.ending(sizes, ":all");
        shop.press(bo, sizes, &all).await;
        let campaign = json!({ "drafts": 2, "reviews": 1, "finals": 0 });
        shop.w.dana().command("project estimate", campaign).await;
        let estimate = shop.answered(dana, world::CAMPAIGN);
        shop.press(dana, estimate, "keep").await;
        shop.w.bo().command("approvals", json!({})).await;
        let queue = shop.answered(bo, world::CAMPAIGN);
        shop.press(bo, queue, "queue:all").await;
        shop.w.bo().command("report", json!({})).await;
        let report = shop.answered(bo, world::CAMPAIGN);
        shop.press(bo, report, "report:").await;
        shop.w.dana().command("settings show", json!({})).await;
        let panel = shop.answered(dana, world::CAMPAIGN);
        shop.press(dana, panel, "panel:leads").await;
        shop.w.ana().asks(json!({ "prompt": "a crow" })).await;
        shop.w.run_quick_jobs().await;
        let starter = (world::CAMPAIGN, shop.w.last_thread().id);
        shop.press(ana, starter, "cancel").await;

        assert_eq!(shop.pressed, (0..BUTTONS).collect(), "every button was pressed");
        shop.w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_number_of_images_is_offered_at_the_price_that_is_then_taken() {
    run_test_with(&[("ADMINS__SET_PRICES", "true")], async |w| {
        w.dana()
            .command("settings stages", json!({ "explore_price": 7 }))
            .await;
        let ana = w.discord().member(world::ANA);
        let typed = ana
            .types(
                world::CAMPAIGN,
                "draft",
                "images",
                json!({ "prompt": "a fox", "images": "" }),
            )
            .await;
        let choices = w
            .discord()
            .choices(typed.expect("typing"))
            .await
            .expect("choices");
        let choices = choices.as_array().expect("a list").clone();
        let names: Vec<&str> = choices
            .iter()
            .filter_map(|choice| choice["name"].as_str())
            .collect();
        assert_eq!(
            names,
            [
                "1 · 7 credits",
                "2 · 14 credits",
                "3 · 21 credits",
                "4 · 28 credits"
            ]
        );
        for choice in choices {
            let before = holds(w).await;
            let options = json!({ "prompt": "a fox", "images": choice["value"] });
            w.ana().asks(options).await;
            assert_eq!(
                holds(w).await - before,
                price_in(choice["name"].as_str().expect("a name"))
            );
            w.run_jobs().await;
        }
        w.read_all();
    })
    .await;
}
