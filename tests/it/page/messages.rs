//! Takes the pictures of `docs/messages`: every kind of message of the bot, on a desk and on a phone.

mod notes;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use discord_sandbox::{World as Guild, world};
use serde_json::{Value, json};

use self::notes::{compares, has_a_version, has_notes};
use super::machine::{Browser, Screen};
use super::tab::{Page, keep_screenshots};
use crate::harness::{Image, Kind, Thread, World, run_test_in};

/// The quality of the pictures, in percent.
const QUALITY: u8 = 80;
/// The widths of the page, in CSS pixels, with the theme of each.
const SCREENS: [(u32, &str); 2] = [(1_000, "dark"), (390, "light")];
/// The names under which the page knows the people.
const PEOPLE: [(u64, &str); 4] = [
    (world::ANA, "ana"),
    (world::BO, "bo"),
    (world::CEM, "cem"),
    (world::DANA, "dana"),
];
const HEAD: &str = "# Every kind of message

Made by `scripts/screenshots` from the bot's own messages on the local Discord: at desk width in the
dark theme, at phone width in the light one.
";

/// What the draft of most messages draws.
const PROMPT: &str = "a lighthouse on a cliff at dusk, warm light, waves below";

/// Collects the pictures, and the page that shows them.
struct Album {
    page: Page,
    folder: PathBuf,
    text: String,
}

impl Album {
    async fn keep(&mut self, w: &World, who: u64, place: (u64, u64), name: &str, what: &str) {
        let (channel, message) = place;
        let (_, person) = PEOPLE.into_iter().find(|(id, _)| *id == who).expect("a person");
        let url = format!("{}/#as={person}&in={channel}", w.discord().url());
        let _ = write!(self.text, "\n## {what}\n\n");
        for (width, theme) in SCREENS {
            self.page.shrinks_to(width, 1_800).await;
            self.page.prefers(theme).await;
            self.page.goto("about:blank").await;
            self.page.goto(&url).await;
            let found = self.page.sees(&format!("message-{message}")).await;
            self.page.shows(&found).await;
            let shot = self.page.webp_of(&found, QUALITY).await;
            let file = format!("{name}-{width}.webp");
            let bytes = STANDARD.decode(shot).expect("base64");
            std::fs::write(self.folder.join(&file), bytes).expect("a file that can be written");
            let _ = writeln!(self.text, "![{what}, {width} pixels wide](messages/{file})");
        }
    }

    /// Keeps the latest private answer of somebody.
    async fn keep_private(&mut self, w: &World, who: u64, channel: u64, name: &str, what: &str) {
        let all = w.discord().ephemerals(channel, who);
        let message = id(all.last().expect("a private answer"));
        self.keep(w, who, (channel, message), name, what).await;
    }

    /// Types a command and keeps the answer.
    async fn asks(&mut self, w: &mut World, who: u64, (command, options): (&str, Value), name: &str) {
        w.person(who).command(command, options).await;
        let what = format!("`/{command}`");
        self.keep_private(w, who, world::CAMPAIGN, name, &what).await;
    }
}

fn id(message: &Value) -> u64 {
    let id = message["id"].as_str().expect("an id");
    id.parse().expect("a number")
}

/// Returns the newest message of the bot in a channel that has some words.
fn newest(w: &World, channel: u64, words: &str) -> (u64, u64) {
    let all = w.discord().messages(channel);
    let says = |message: &&Value| {
        message["content"]
            .as_str()
            .is_some_and(|text| text.contains(words))
    };
    let found = all.iter().rev().find(says);
    let found = found.unwrap_or_else(|| panic!("no message says {words}: {all:#?}"));
    (channel, id(found))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "writes into docs; run it with scripts/screenshots"]
async fn every_kind_of_message_on_a_desk_and_on_a_phone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/messages");
    std::fs::create_dir_all(&folder).expect("a folder");
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/models.toml");
    let settings = [
        ("MODELS_FILE", models.to_str().expect("a path")),
        ("POOL__FIRST_GRANT", "600"),
    ];
    let guild = Guild {
        system_channel: Some(world::GENERAL),
        ..Guild::default()
    };
    run_test_in(Kind::Sqlite, guild, &settings, async |w| {
        let browser = Browser::start(keep_screenshots("messages"));
        let page = browser.open(Screen::Desk).await;
        let mut album = Album {
            page,
            folder,
            text: HEAD.to_owned(),
        };
        w.run_jobs().await;
        let hello = newest(w, world::GENERAL, "Hello");
        album
            .keep(w, world::DANA, hello, "hello", "A server is greeted, once")
            .await;
        let channels = json!({
            "log": world::GENERAL.to_string(), "gallery": world::GALLERY.to_string(),
        });
        w.dana().command("settings channels", channels).await;
        let thread = a_draft_to_its_final(w, &mut album).await;
        what_goes_wrong(w, &mut album).await;
        private_answers(w, &mut album, &thread).await;
        time_passes(w, &mut album, &thread).await;
        let Album { page, folder, text } = album;
        page.close().await;
        std::fs::write(folder.with_extension("md"), text).expect("a file that can be written");
        for channel in [world::GENERAL, world::GALLERY] {
            w.said_in(channel);
        }
        w.read_all();
    })
    .await;
}

async fn a_draft_to_its_final(w: &mut World, album: &mut Album) -> Thread {
    let (ana, bo) = (world::ANA, world::BO);
    w.ana().asks(json!({ "prompt": PROMPT, "images": 4 })).await;
    album
        .keep_private(
            w,
            ana,
            world::CAMPAIGN,
            "accepted",
            "A draft is accepted, privately",
        )
        .await;
    w.run_quick_jobs().await;
    let thread = w.last_thread();
    let starter = (world::CAMPAIGN, thread.id);
    album
        .keep(w, ana, starter, "drawing", "A draft while it is drawn")
        .await;
    w.run_jobs().await;
    let images = w.images(&thread, "explore");
    let first = (thread.id, images[0].message);
    album
        .keep(w, ana, first, "image", "An image, open for votes")
        .await;
    has_notes(w, album, &images[1]).await;
    has_a_version(w, album, &images[1]).await;
    w.bo().approves(&images[1]).await;
    w.run_jobs().await;
    let second = (thread.id, images[1].message);
    album
        .keep(w, ana, second, "approved", "An image that was approved")
        .await;
    let review = w.image_at(&thread, "review");
    w.bo().approves(&review).await;
    w.run_jobs().await;
    let place = (thread.id, review.message);
    album
        .keep(w, ana, place, "review", "A 2K with one of two votes")
        .await;
    w.person(world::CEM).approves(&review).await;
    w.run_jobs().await;
    let last = w.image_at(&thread, "final");
    album
        .keep(w, ana, (thread.id, last.message), "final", "A 4K final")
        .await;
    compares(w, album, &last).await;
    let shown = newest(w, world::GALLERY, "");
    album
        .keep(w, ana, shown, "gallery", "A final in the gallery")
        .await;
    is_stopped(w, album, &thread, &images[2]).await;
    w.bo().presses(thread.id, images[0].message, "approve").await;
    album
        .keep_private(w, bo, thread.id, "voted", "A vote by button, privately")
        .await;
    w.run_jobs().await;
    w.advance(Duration::from_secs(20));
    w.run_jobs().await;
    album
        .keep(
            w,
            ana,
            starter,
            "sheet",
            "A draft that is drawn, with its contact sheet",
        )
        .await;
    thread
}

async fn is_stopped(w: &mut World, album: &mut Album, thread: &Thread, image: &Image) {
    w.dana().reacts(image, "🚫").await;
    w.run_jobs().await;
    let stopped = (thread.id, image.message);
    w.dana()
        .fills_in(thread.id, image.message, "reason", "The horizon tilts")
        .await;
    w.run_jobs().await;
    album
        .keep(w, world::DANA, stopped, "stopped", "A vote that a lead stopped")
        .await;
    let told = newest(w, thread.id, "stopped");
    album
        .keep(w, world::ANA, told, "stop-told", "Who asked is told of a stop")
        .await;
}

async fn what_goes_wrong(w: &mut World, album: &mut Album) {
    let ana = world::ANA;
    for (ending, name, what) in [
        ("broken", "failed", "An image that failed"),
        ("refused", "refused", "A prompt that the image service refused"),
        ("unknown", "unknown", "A call of which nobody knows how it ended"),
    ] {
        let thread = w.ana().draft(&format!("a red fox #sketch:{ending}"), 1).await;
        let place = newest(w, thread.id, "Image 1");
        album.keep(w, ana, place, name, what).await;
    }
    let lost = newest(w, world::GENERAL, "nobody knows");
    album
        .keep(
            w,
            world::DANA,
            lost,
            "log-unknown",
            "The log: a call of unknown outcome",
        )
        .await;
    let spend = newest(w, world::GENERAL, "💳");
    album
        .keep(w, world::DANA, spend, "log-spend", "The log: a spend")
        .await;
    let project = json!({ "name": "Spring", "review": 0 });
    w.dana().command("project create", project).await;
    let options = json!({ "prompt": "a bowl of ramen", "images": 1, "project": "Spring" });
    w.ana().asks(options).await;
    w.run_jobs().await;
    let thread = w.last_thread();
    let image = w.image_at(&thread, "explore");
    w.bo().approves(&image).await;
    w.run_jobs().await;
    let place = (thread.id, image.message);
    album
        .keep(w, ana, place, "waiting", "An approval that waits for a budget")
        .await;
}

async fn private_answers(w: &mut World, album: &mut Album, thread: &Thread) {
    let (ana, bo, dana) = (world::ANA, world::BO, world::DANA);
    let same = json!({ "prompt": PROMPT, "images": 2 });
    w.bo().command("draft", same).await;
    let what = "`/draft` of what was drawn before";
    album
        .keep_private(w, bo, world::CAMPAIGN, "drawn-before", what)
        .await;
    for (who, command, options, name) in [
        (bo, "approvals", json!({}), "approvals"),
        (bo, "help", json!({}), "help"),
        (bo, "credits pool", json!({}), "pool"),
        (ana, "credits mine", json!({}), "mine"),
        (bo, "credits history", json!({}), "history"),
        (
            ana,
            "project estimate",
            json!({ "drafts": 20, "reviews": 5, "finals": 2 }),
            "estimate",
        ),
        (bo, "report", json!({}), "report"),
        (ana, "project show", json!({ "project": "Spring" }), "project"),
        (dana, "settings show", json!({}), "settings"),
        (
            dana,
            "settings limits",
            json!({ "credits": 60, "period": 0 }),
            "limits",
        ),
        (
            ana,
            "draft",
            json!({ "prompt": "an owl", "images": 4 }),
            "refusal",
        ),
        (dana, "treasury unresolved", json!({}), "unresolved"),
        (
            dana,
            "treasury grant",
            json!({ "credits": 100, "reason": "Spring" }),
            "grant",
        ),
        (ana, "privacy forget-me", json!({}), "forget-me"),
    ] {
        album.asks(w, who, (command, options), name).await;
    }
    w.run_jobs().await;
    let granted = newest(w, world::GENERAL, "💰");
    album
        .keep(w, dana, granted, "log-grant", "The log: credits that were added")
        .await;
    let last = w.message_with(thread.id, "4K final");
    for (command, name) in [("image lineage", "lineage"), ("image crops", "crops")] {
        w.ana().says_in(thread.id, command, json!({ "image": 2 })).await;
        let what = format!("`/{command}`");
        album.keep_private(w, ana, thread.id, name, &what).await;
    }
    let menu = w.discord().member(ana).menu(thread.id, last, "Greenlight").await;
    w.discord().answer(menu.expect("a menu")).await;
    album
        .keep_private(w, ana, thread.id, "menu", "The menu *Greenlight* on a message")
        .await;
    w.run_jobs().await;
}

async fn time_passes(w: &mut World, album: &mut Album, thread: &Thread) {
    let digest = json!({ "digest": world::GENERAL.to_string(), "hour": 9 });
    album
        .asks(w, world::DANA, ("settings notify", digest), "notify")
        .await;
    w.advance(Duration::from_hours(25));
    w.run_jobs().await;
    let digest = newest(w, world::GENERAL, "📋");
    album
        .keep(w, world::BO, digest, "digest", "The daily digest of what waits")
        .await;
    w.advance(Duration::from_hours(3 * 24));
    w.run_jobs().await;
    let told = newest(w, thread.id, "Half of the time");
    album
        .keep(w, world::ANA, told, "reminder", "The reminder, half-way")
        .await;
    w.advance(Duration::from_hours(4 * 24));
    w.run_jobs().await;
    let closed = newest(w, thread.id, "closed");
    album
        .keep(w, world::ANA, closed, "closed", "A vote that closed")
        .await;
}
