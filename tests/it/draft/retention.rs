//! Tests what is removed because it was kept for as many days as the operator wants, what is never
//! removed, and what people are told then.

mod at_once;
mod words;

use std::time::Duration;

use discord_sandbox::world;
use futures::FutureExt;
use greenlight::domain::button::{Button, Offer};
use greenlight::domain::ids::{AnswerToken, DraftId, GuildId, UserId};
use greenlight::domain::image::link::{Handout, Link};
use greenlight::flow::draft::again::{DraftFrom, again};
use greenlight::flow::draft::retention::{self, Removed};
use greenlight::flow::draft::start::Started;
use greenlight::flow::image::lineage;
use greenlight::store::{Error, drafts, renders};
use serde_json::json;

use super::references::{drafts_after, kept, one};
use crate::engines::openai::{all_by_openai, obliging};
use crate::engines::vendors;
use crate::harness::service::Service;
use crate::harness::{Image, Kind, World, flat, run_test_on};
use crate::image::originals::told_privately;
use crate::operator::greenlight;

const DAY: Duration = Duration::from_hours(24);
const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];
const ORIGINALS: (&str, &str) = ("RETENTION__ORIGINALS_DAYS", "30");
/// What is said of an original that is gone.
const GONE: &str = "This bot keeps originals for 30 days. That of this picture was removed on";

/// Removes what was kept long enough.
async fn run(w: &World) -> Removed {
    retention::run(&w.app().services, || false).await.expect("a run")
}

/// Lets so many days pass, and does what is due then. People open the threads again to look.
async fn after(w: &World, days: u32) {
    w.advance(DAY * days);
    w.run_jobs().await;
    // Edits of old messages are gathered.
    soon(w).await;
    for thread in w.threads() {
        let opened = w.discord().edit_channel(thread.id, json!({ "archived": false }));
        opened.expect("a thread");
    }
}

/// Does what is due within a minute.
async fn soon(w: &World) {
    w.advance(Duration::from_mins(1));
    w.run_jobs().await;
}

/// Returns how many originals are stored.
fn stored(w: &World) -> usize {
    std::fs::read_dir(w.blobs().join("renders")).map_or(0, Iterator::count)
}

fn originals(drafts: usize, originals: u64) -> Removed {
    Removed {
        drafts,
        originals,
        ..Removed::default()
    }
}

/// Asks for a draft like another by a button of an image that nobody sees any more. Returns the refusal.
async fn asked_like(w: &World, image: &Image, pressed: fn(Offer) -> Button) -> String {
    let services = &w.app().services;
    let render = image.render();
    let read = services.store.read(move |tx| {
        async move {
            let image = renders::find(tx, render).await?.expect("an image");
            drafts::get(tx, image.draft).await
        }
        .boxed()
    });
    let pattern: Result<_, Error> = read.await;
    let like = DraftFrom {
        id: DraftId::new(world::NORTHLIGHT + 1),
        requester: UserId::new(world::BO),
        roles: [].into(),
        token: AnswerToken::new("token".to_owned()),
        words: None,
        pressed: pressed(Offer {
            image: render,
            price: None,
        }),
    };
    match again(services, pattern.expect("a draft"), like)
        .await
        .expect("an answer")
    {
        Started::Refused(why) => why,
        Started::Accepted { .. } | Started::Offered { .. } => panic!("it is asked for"),
    }
}

/// Returns the answers of all that is made of the original of an image.
async fn all_that_need_it(w: &mut World, image: &Image) -> Vec<String> {
    let mut said = Vec::new();
    for command in ["image original", "image crops", "image pack"] {
        let which = json!({ "image": image.position });
        said.push(told_privately(w, image.thread, command, which).await.0);
    }
    let services = &w.app().services;
    let guild = GuildId::new(world::NORTHLIGHT);
    let compared = lineage::compare(services, guild, image.render()).await;
    said.push(compared.expect("an answer").content);
    said.push(asked_like(w, image, Button::After).await);
    said
}

async fn an_original_goes_and_everything_says_so(kind: Kind) {
    let served = [
        ORIGINALS,
        ("LINKS__LISTEN", "127.0.0.1:0"),
        ("LINKS__PUBLIC_URL", "https://pictures.example.com"),
    ];
    run_test_on(kind, &served, async |w| {
        let (thread, images) = w.drafted(2).await;
        w.bo().approves(&images[0]).await;
        w.run_jobs().await;
        let review = w.image_at(&thread, "review");
        let sums = w.sums().await;
        // Both votes that are left close after seven days. From then on it counts.
        after(w, 20).await;
        assert_eq!((run(w).await, stored(w)), (Removed::default(), 3));
        after(w, 16).await;
        assert_eq!((run(w).await, stored(w)), (Removed::default(), 3));
        after(w, 2).await;
        assert_eq!(run(w).await, originals(1, 3));
        assert_eq!(run(w).await, Removed::default(), "once");
        for files_are_there in [true, false] {
            assert_eq!(stored(w) == 3, files_are_there);
            // What is recorded counts, whether its file is there or not.
            for said in all_that_need_it(w, &review).await {
                assert!(said.starts_with(GONE), "{said}");
            }
            let (lineage, strip) = told_privately(w, thread.id, "image lineage", json!({})).await;
            assert!(
                lineage.contains("Those that are not here were removed on"),
                "{lineage}"
            );
            assert!(strip.is_some(), "the strip is drawn with empty places");
            let told = w.bo().presses(thread.id, images[1].message, "reopen").await;
            assert!(told.starts_with("This bot keeps originals for 30 days"), "{told}");
            for what in [Handout::Original, Handout::Pack] {
                assert_eq!(status(w, &review, what).await, 410);
            }
            w.run_jobs().await;
        }
        assert_eq!(stored(w), 0);
        assert_eq!(w.sums().await, sums, "the books stay as they are");
        let said = greenlight(w, &["doctor"], &[]).await;
        assert!(said.out.contains("looked for: 0, found: 0."), "{}", said.out);
        let home = tempfile::tempdir().expect("a folder");
        let copy = home.path().join("copy").display().to_string();
        let said = greenlight(w, &["backup", &copy], &[]).await;
        assert_eq!(said.code, 0, "it misses nothing: {}", said.err);
        // The words are there, so the same can be drawn anew.
        let told = w.bo().presses(thread.id, images[0].message, "again").await;
        assert!(told.contains("2 images"), "{told}");
        w.run_jobs().await;
        assert_eq!(stored(w), 2);
        w.read_all();
    })
    .await;
}

/// Returns the status with which a link to a file of an image is answered.
async fn status(w: &World, image: &Image, what: Handout) -> u16 {
    let links = w.app().services.links.as_ref().expect("links");
    let url = links.url(&Link {
        what,
        guild: GuildId::new(world::NORTHLIGHT),
        render: image.render(),
        expires_s: w.now_ms() / 1_000 + 600,
        name: "fox.png".to_owned(),
    });
    let path = url
        .strip_prefix("https://pictures.example.com")
        .expect("the address");
    let address = w.app().links_at().expect("links are served");
    let answer = reqwest::get(format!("http://{address}{path}")).await;
    answer.expect("an answer").status().as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_is_removed_after_its_days_and_everything_says_so_on_sqlite() {
    an_original_goes_and_everything_says_so(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_original_is_removed_after_its_days_and_everything_says_so_on_postgres() {
    an_original_goes_and_everything_says_so(Kind::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_a_vote_an_approval_that_stands_or_a_place_in_the_gallery_stays() {
    for kind in BOTH {
        run_test_on(kind, &[ORIGINALS], async |w| {
            let gallery = json!({ "gallery": world::GALLERY.to_string() });
            w.dana().command("settings channels", gallery).await;
            let (shown, image) = w.drafted_one().await;
            w.approved_to_4k(&shown, &image).await;
            let failed = w.ana().draft("a hare #sketch:broken@2K*1", 1).await;
            let hare = w.image_at(&failed, "explore");
            w.bo().approves(&hare).await;
            w.run_jobs().await;
            let (reopened, owl) = w.drafted_one().await;
            after(w, 40).await;
            let told = w.bo().presses(reopened.id, owl.message, "reopen").await;
            assert!(told.contains("open again"), "{told}");
            w.run_jobs().await;
            assert_eq!((run(w).await, stored(w)), (Removed::default(), 5));

            // The approval that stands is spent, so it has what it needs.
            let notice = w.message_with(failed.id, "could not be drawn at 2K");
            let told = w.cem().presses(failed.id, notice, "retry").await;
            assert_eq!(told, "Queued again for 20 credits.");
            assert_eq!((run(w).await, stored(w)), (Removed::default(), 5));
            w.run_jobs().await;
            w.image_at(&failed, "review");
            after(w, 60).await;
            assert_eq!(run(w).await, originals(2, 3), "but for what the gallery shows");
            soon(w).await;
            assert_eq!(stored(w), 3);
            w.said_in(world::GALLERY);
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_removed_without_the_setting() {
    run_test_on(Kind::Sqlite, &[], async |w| {
        w.drafted_one().await;
        after(w, 4_000).await;
        assert_eq!((run(w).await, stored(w)), (Removed::default(), 1));
        w.read_all();
    })
    .await;
}

async fn references_go(kind: Kind) {
    run_test_on(kind, &[("RETENTION__REFERENCES_DAYS", "10")], async |w| {
        let told = drafts_after(w, one(), &[("red.png", flat(96, 64, 7))]).await;
        assert!(told.contains("1 image"), "{told}");
        w.run_jobs().await;
        let thread = w.last_thread();
        let image = w.image_at(&thread, "explore");
        after(w, 16).await;
        assert_eq!((run(w).await, kept(w).len()), (Removed::default(), 1));
        after(w, 2).await;
        let removed = run(w).await;
        assert_eq!((removed.drafts, removed.references), (1, 1));
        let said = asked_like(w, &image, Button::Again).await;
        assert!(
            said.starts_with("This bot keeps the pictures that drafts are based on for 10 days"),
            "{said}"
        );
        w.run_jobs().await;
        assert_eq!(
            (run(w).await, kept(w).len(), stored(w)),
            (Removed::default(), 0, 1)
        );
        let told = w.bo().presses(thread.id, image.message, "again").await;
        assert!(told.contains("attach them anew"), "{told}");
        assert_eq!(w.pool().await.held.get(), 0);
        let home = tempfile::tempdir().expect("a folder");
        let copy = home.path().join("copy").display().to_string();
        let said = greenlight(w, &["backup", &copy], &[]).await;
        assert_eq!(said.code, 0, "it misses nothing: {}", said.err);
        w.read_all();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn references_are_removed_after_their_days_on_sqlite() {
    references_go(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn references_are_removed_after_their_days_on_postgres() {
    references_go(Kind::Postgres).await;
}

/// Nothing is held for what cannot be drawn, and no service is asked.
#[tokio::test(flavor = "multi_thread")]
async fn no_version_is_paid_whose_picture_is_gone() {
    for kind in BOTH {
        let service = Service::start(obliging).await;
        let mut settings = all_by_openai(&service.url);
        settings.push((ORIGINALS.0, ORIGINALS.1.to_owned()));
        vendors::story(&settings, kind, async |w| {
            let (_, image) = w.drafted_one().await;
            w.bo().notes(&image, "warmer light").await;
            w.run_jobs().await;
            after(w, 40).await;
            assert_eq!(run(w).await, originals(1, 1));
            let (asked, sums) = (service.asked().len(), w.sums().await);
            let told = w.bo().presses(image.thread, image.message, "version:").await;
            assert!(told.starts_with(GONE), "{told}");
            soon(w).await;
            assert_eq!((service.asked().len(), w.sums().await), (asked, sums));
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_that_failed_is_not_paid_again_once_its_references_are_gone() {
    run_test_on(
        Kind::Postgres,
        &[("RETENTION__REFERENCES_DAYS", "10")],
        async |w| {
            let options = json!({ "prompt": "a fox #sketch:broken*1", "images": 1, "ratio": "3:2" });
            drafts_after(w, options, &[("red.png", flat(96, 64, 7))]).await;
            w.run_jobs().await;
            let thread = w.last_thread();
            let notice = w.message_with(thread.id, "could not be drawn");
            after(w, 12).await;
            assert_eq!(run(w).await.references, 1);
            let told = w.ana().presses(thread.id, notice, "retry").await;
            assert!(told.contains("attach them anew"), "{told}");
            assert_eq!(w.sums().await, (0, 0, 1000));
            soon(w).await;
            assert_eq!(kept(w).len(), 0);
            w.read_all();
        },
    )
    .await;
}
