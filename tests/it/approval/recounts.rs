//! Tests that a recount reads little: counts by the page, and in full only what can matter.

use std::time::{Duration, Instant};

use discord_sandbox::world;
use futures::FutureExt;
use greenlight::domain::approval::ballot::{Kind, VoteSource};
use greenlight::domain::approval::terms::Terms;
use greenlight::domain::approval::vote::VoteState;
use greenlight::domain::credits::Credits;
use greenlight::domain::draft::entity::{Draft, Place};
use greenlight::domain::draft::prompt::Prompt;
use greenlight::domain::emoji::Emoji;
use greenlight::domain::geometry::Pixels;
use greenlight::domain::ids::{ChannelId, DraftId, GuildId, MessageId, RenderId, UserId};
use greenlight::domain::image::number::Number;
use greenlight::domain::image::render::{Origin, Render, State};
use greenlight::domain::stage::Stage;
use greenlight::flow::approval::recount;
use greenlight::store::{Error, Store, Tx, drafts, ledger, renders};
use serde_json::{Value, json};

use crate::harness::{World, long, run_test, run_test_with};
use crate::store::steps::{authorized, by_id, hold_one};

/// The images in each thread of the crowd: five drafts of four.
const EACH: usize = 20;
/// One in so many images reached its quorum while the bot was away.
const EARNED: usize = 500;
/// Discord counts an interaction as failed after so long.
const IN_TIME: Duration = Duration::from_secs(3);

const fn northlight() -> GuildId {
    GuildId::new(world::NORTHLIGHT)
}

fn credits(n: i64) -> Credits {
    Credits::new(n).expect("a sum of credits")
}

/// Opens a thread of the campaign channel, from a message of Ana's. Returns the ids of both.
async fn thread(w: &World, http: &reqwest::Client) -> (u64, u64) {
    let ana = w.discord().member(world::ANA);
    let starter = ana.say(world::CAMPAIGN, "look", Vec::new()).await;
    let starter = starter.expect("a message");
    let (base, channel) = (w.discord().url(), world::CAMPAIGN);
    let url = format!("{base}/api/v10/channels/{channel}/messages/{starter}/threads");
    let opened = http
        .post(url)
        .header("authorization", "Bot test")
        .json(&json!({ "name": "many", "auto_archive_duration": 10_080 }))
        .send()
        .await
        .expect("the local Discord");
    let opened: Value = opened.json().await.expect("a thread");
    let id = opened["id"].as_str().and_then(|id| id.parse().ok());
    (starter, id.expect("the thread's id"))
}

/// An image of the crowd: where it is, and whether Cem's vote for it is recorded.
#[derive(Clone, Copy, Debug)]
struct One {
    starter: u64,
    thread: u64,
    message: u64,
    voted: bool,
}

/// Posts images in threads before the bot starts. Cem has voted for every third. Dana has voted for
/// some of these too, and the bot was not told. Returns the images, and how many Dana voted for.
async fn crowd(w: &World, threads: usize) -> (Vec<One>, usize) {
    let (http, mut all, mut earned) = (reqwest::Client::new(), Vec::new(), 0);
    let [bo, cem, dana] = [world::BO, world::CEM, world::DANA].map(|id| w.discord().member(id));
    for _ in 0..threads {
        let (starter, thread) = thread(w, &http).await;
        for _ in 0..EACH {
            let message = bo.say(thread, "an image", Vec::new()).await.expect("a message");
            let earns = all.len() % EARNED == 0;
            let voted = all.len() % 3 == 0 || earns;
            if voted {
                cem.react(thread, message, "✅").await.expect("a reaction");
            }
            if earns {
                dana.react(thread, message, "✅").await.expect("a reaction");
                earned += 1;
            }
            all.push(One {
                starter,
                thread,
                message,
                voted,
            });
        }
    }
    (all, earned)
}

/// Writes the images to the database as the bot would: each is paid for, and its vote is open for a
/// quorum of two.
async fn write_down(w: &World, all: Vec<One>) {
    let store = Store::open(w.database_url()).await.expect("the database");
    let closes_ms = w.discord().now_ms().cast_signed() + 7 * 24 * 3_600_000;
    let terms = Terms {
        price: credits(20),
        quorum: 2,
        own_vote: false,
        lead_decides: false,
        approve: Emoji::approve(),
        veto: Emoji::veto(),
        approvers: [].into(),
        leads: [].into(),
        closes_ms,
    };
    let written = store.write(move |tx| {
        async move {
            ledger::ensure(tx, northlight()).await?;
            for (one, n) in all.iter().zip(0_u32..) {
                image(tx, *one, n, &terms).await?;
            }
            Ok::<_, Error>(())
        }
        .boxed()
    });
    written.await.expect("the images");
    store.close().await;
}

async fn image(tx: &mut Tx, one: One, n: u32, terms: &Terms) -> Result<(), Error> {
    let (draft, id) = (
        DraftId::new(1 + u64::from(n / 4)),
        RenderId::new(1 + u64::from(n)),
    );
    if n.is_multiple_of(4) {
        drafts::insert(tx, &draft_of(draft, terms.closes_ms), None).await?;
        let (starter, thread) = (MessageId::new(one.starter), ChannelId::new(one.thread));
        by_id::set_place(tx, draft, Place::Open { starter, thread }).await?;
    }
    let size = Pixels {
        width: 1280,
        height: 720,
    };
    let origin = Origin {
        draft,
        guild: northlight(),
        parent: None,
        after: None,
        number: Number::first(n % 4 + 1),
    };
    let render = Render::queued(id, origin, Stage::Explore, credits(10), size, 0);
    renders::insert(tx, &render).await?;
    let mut pool = ledger::lock(tx, northlight()).await?;
    let authorization = authorized(&pool, Stage::Explore, 10, id).expect("enough in the pool");
    let held = hold_one(tx, &mut pool, authorization, 0).await?;
    ledger::settle(tx, held, 0).await?;
    by_id::set_state(tx, id, &State::Done(size)).await?;
    by_id::set_message(tx, id, MessageId::new(one.message)).await?;
    by_id::open_vote(tx, id, terms, terms.closes_ms).await?;
    if one.voted {
        by_id::cast(
            tx,
            id,
            UserId::new(world::CEM),
            Kind::Approve,
            VoteSource::Reaction,
            0,
        )
        .await?;
    }
    Ok(())
}

fn draft_of(id: DraftId, created_ms: i64) -> Draft {
    Draft {
        id,
        guild: northlight(),
        channel: ChannelId::new(world::CAMPAIGN),
        parent: None,
        project: None,
        requester: UserId::new(world::ANA),
        prompt: Prompt::parse("a red fox").expect("a prompt"),
        keep: None,
        ratio: "16:9".parse().expect("a ratio"),
        images: 4,
        references: 0,
        last_stage: Stage::Final,
        place: Place::Opening(None),
        answer_token: None,
        forgotten: false,
        references_removed_ms: None,
        prompt_removed_ms: None,
        created_ms,
    }
}

/// Counts the threads that must still be recounted and the votes that must still be read.
async fn to_be_counted(w: &World) -> usize {
    let jobs = w.jobs().await;
    jobs.iter()
        .filter(|(job, _)| matches!(job.kind(), "recount" | "confirm"))
        .count()
}

async fn waiting(w: &World) -> usize {
    let store = &w.app().services.store;
    let waiting = store.read(|tx| renders::waiting(tx, northlight()).boxed());
    waiting.await.expect("the votes").len()
}

/// 10,000 open images in 500 threads, or a tenth of them without `TEST_LONG`.
#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_open_images_take_a_request_a_thread_and_few_more_and_commands_are_answered_meanwhile() {
    let threads = if long() { 500 } else { 50 };
    // The pool has nothing left for approvals, so that the bot only reads. One image can still be
    // drafted.
    let granted = (threads * EACH * 10 + 10).to_string();
    run_test_with(&[("POOL__FIRST_GRANT", &granted)], async |w| {
        w.stop().await;
        let (all, earned) = crowd(w, threads).await;
        write_down(w, all).await;
        let before = w.calls("GET", "/");
        w.start().await;
        assert_eq!(to_be_counted(w).await, threads);

        let (mut slowest, mut drafted) = (Duration::ZERO, None);
        while to_be_counted(w).await > 0 {
            let working = w.work_meanwhile();
            let asked = Instant::now();
            if drafted.is_none() {
                w.ana().asks(json!({ "prompt": "a hare", "images": 1 })).await;
                drafted = Some(to_be_counted(w).await);
            } else {
                assert!(w.bo().command("credits pool", json!({})).await.contains("held"));
            }
            slowest = slowest.max(asked.elapsed());
            working.await.expect("the worker");
            w.advance(Duration::from_millis(500));
        }
        let asked = w.calls("GET", "/") - before;
        println!(
            "{} images in {threads} threads: {asked} requests, the slowest answer after {slowest:?}",
            threads * EACH
        );
        assert!(asked <= threads * 7 / 5, "{asked} requests for {threads} threads");
        assert!(slowest < IN_TIME, "a command was answered after {slowest:?}");
        assert!(drafted > Some(0), "the draft came amid it");
        assert_eq!(waiting(w).await, earned, "what was earned while the bot was away");

        w.run_jobs().await;
        let thread = w.last_thread();
        w.starter(&thread);
        w.image_at(&thread, "explore");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recount_that_finds_nothing_new_reads_nobody_and_one_among_much_talk_finds_what_is() {
    run_test(async |w| {
        w.dana()
            .command("settings approvals", json!({ "review_quorum": 2 }))
            .await;
        let thread = w.ana().draft("a red fox", 2).await;
        w.starter(&thread);
        let images = w.images(&thread, "explore");
        w.cem().approves(&images[0]).await;
        w.run_jobs().await;
        let (pages, readers) = (w.calls("GET", "/messages?"), w.calls("GET", "/reactions/"));
        recount::missed_votes(&w.app().services).await.expect("a sweep");
        w.run_jobs().await;
        assert_eq!(
            (
                w.calls("GET", "/messages?") - pages,
                w.calls("GET", "/reactions/") - readers
            ),
            (1, 0),
            "one vote of two, as it was"
        );

        w.stop().await;
        let bo = w.discord().member(world::BO);
        for n in 0..101 {
            bo.say(thread.id, &format!("remark {n}"), Vec::new())
                .await
                .expect("a message");
        }
        w.start().await;
        w.run_jobs().await;
        assert_eq!(
            w.calls("GET", "/messages?") - pages,
            2,
            "what follows the last image is not asked for"
        );

        w.stop().await;
        w.discord().delete_message(thread.id, images[1].message);
        bo.react(thread.id, images[0].message, "✅")
            .await
            .expect("a reaction");
        w.start().await;
        w.run_jobs().await;
        assert_eq!(w.images(&thread, "review").len(), 1, "the second vote was found");
        let gone = images[1].render();
        let store = &w.app().services.store;
        let gone = store
            .read(move |tx| renders::find(tx, gone).boxed())
            .await
            .expect("the image");
        assert_eq!(
            gone.map(|image| image.vote.state()),
            Some(VoteState::Closed),
            "its message is gone"
        );
    })
    .await;
}

/// Two votes are taken back and two others given while the bot is away. The count is the same, and
/// too low to be read in full.
#[tokio::test(flavor = "multi_thread")]
async fn one_members_vote_that_stood_for_anothers_is_found_when_it_counts() {
    run_test(async |w| {
        w.dana()
            .command("settings approvals", json!({ "review_quorum": 3 }))
            .await;
        let thread = w.ana().draft("a red fox", 1).await;
        w.starter(&thread);
        let image = w.image_at(&thread, "explore");
        w.bo().approves(&image).await;
        w.ana().approves(&image).await;
        w.run_jobs().await;
        w.stop().await;
        let [ana, bo, cem, dana] =
            [world::ANA, world::BO, world::CEM, world::DANA].map(|id| w.discord().member(id));
        for gone in [&ana, &bo] {
            gone.unreact(thread.id, image.message, "✅")
                .await
                .expect("to take it back");
        }
        for came in [&cem, &dana] {
            came.react(thread.id, image.message, "✅")
                .await
                .expect("a reaction");
        }
        w.start().await;
        w.run_jobs().await;
        w.bo().approves(&image).await;
        w.run_jobs().await;
        assert!(w.image_at(&thread, "review").text.contains("@Bo, @Cem, @Dana"));
    })
    .await;
}
