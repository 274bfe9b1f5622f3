//! Tests whose image an engine draws next, and how many it may draw.

use std::collections::BTreeMap;

use futures::FutureExt;
use greenlight::domain::engine::quota::{EngineQuota, Quota};
use greenlight::domain::ids::{DraftId, GuildId, RenderId};
use greenlight::domain::job::Job;
use greenlight::domain::stage::Stage;
use greenlight::store::fair_queue;
use greenlight::store::jobs::{self, At, Claim, Taken};
use greenlight::store::{Error, Store, Tx, drafts, ledger, renders};

use super::db::{TestDb, on_both};
use super::processes::Processes;
use super::steps::{NOW, draft, explore, one_image, render_id, write};

const LEASE: i64 = 1_000;

fn engine(a_minute: u32) -> EngineQuota {
    EngineQuota {
        name: "openai".to_owned(),
        stages: vec![Stage::Explore, Stage::Final],
        quota: Quota { at_once: 4, a_minute },
    }
}

/// Claims a render at a time. The fence is any number.
async fn claim(store: &Store, engine: &EngineQuota, at: i64, fence: i64) -> Result<Option<Claim>, Error> {
    let engine = engine.clone();
    let at = At {
        now_ms: NOW + at,
        lease_until_ms: NOW + at + LEASE,
        fence,
    };
    let taken = write(store, move |tx| {
        async move { fair_queue::claim(tx, &engine, at, 1).await }.boxed()
    });
    Ok(taken.await?.claims.into_iter().next())
}

/// Stores a draft of a guild whose images wait to be drawn. Its renders are numbered from a hundred
/// times its own number.
async fn waiting(tx: &mut Tx, guild: u64, id: u64, images: u32, at: i64) -> Result<(), Error> {
    let draft = draft(GuildId::new(guild), id);
    ledger::ensure(tx, draft.guild).await?;
    drafts::insert(tx, &draft, None).await?;
    for position in 1..=images {
        let image = explore(&draft, id * 100 + u64::from(position), position, 10);
        renders::insert(tx, &image).await?;
        jobs::enqueue(tx, Job::Render(image.id), NOW + at).await?;
    }
    Ok(())
}

async fn wait(db: &TestDb, guild: u64, id: u64, images: u32, at: i64) -> Result<(), Error> {
    db.write(move |tx| waiting(tx, guild, id, images, at).boxed())
        .await
}

/// Returns the guild of a claimed render of [`waiting`], if each guild's drafts are numbered from
/// ten times its number.
fn guild_of(claim: &Claim) -> u64 {
    claim.job.target() / 100 / 10
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_forty_images_keeps_twenty_others_waiting_for_one_each() {
    on_both(async |db| {
        for part in 0..10 {
            wait(db, 1, 10 + part, 4, 0).await?;
        }
        for guild in 2..=20 {
            wait(db, guild, guild * 10, 2, 1).await?;
        }
        let mut order = Vec::new();
        for fence in 1.. {
            match claim(db.store(), &engine(0), 2, fence).await? {
                Some(claim) => order.push(guild_of(&claim)),
                None => break,
            }
        }
        assert_eq!(order.len(), 40 + 19 * 2, "all are drawn");
        let round: Vec<u64> = (1..=20).collect();
        assert_eq!(order[..20], round, "the first round");
        assert_eq!(order[20..40], round, "the second");
        assert!(order[40..].iter().all(|guild| *guild == 1), "the rest");

        // A guild that comes when the others have had their turns is next, whatever waits.
        wait(db, 1, 99, 4, 3).await?;
        wait(db, 21, 210, 1, 4).await?;
        let next = claim(db.store(), &engine(0), 5, 1_000).await?.expect("an image");
        assert_eq!(guild_of(&next), 21);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_claim_at_once_take_turns_too_and_draw_nothing_twice() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        for part in 0..4 {
            wait(db, 1, 10 + part, 4, 0).await?;
        }
        for guild in 2..=5 {
            wait(db, guild, guild * 10, 2, 0).await?;
        }
        let claimed = processes.all(1..=4, async |store, worker| {
            let mut mine = Vec::new();
            let mut fence = worker * 1_000;
            loop {
                fence += 1;
                if let Some(claim) = claim(&store, &engine(0), 1, fence).await? {
                    mine.push(claim);
                } else {
                    return Ok::<_, Error>(mine);
                }
            }
        });
        let claimed = claimed.await?.concat();
        let mut images: BTreeMap<u64, usize> = BTreeMap::new();
        for claim in &claimed {
            *images.entry(claim.job.target()).or_default() += 1;
        }
        assert_eq!(images.len(), 16 + 4 * 2);
        assert!(images.values().all(|times| *times == 1), "{images:?}");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_is_asked_for_as_many_images_a_minute_as_it_allows_by_all_processes_together() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        for guild in 1..=3 {
            wait(db, guild, guild * 10, 4, 0).await?;
        }
        let all = async |at: i64| -> Result<i64, Error> {
            let mut claimed = 0;
            while claim(db.store(), &engine(5), at, at * 100 + 1 + claimed)
                .await?
                .is_some()
            {
                claimed += 1;
            }
            Ok(claimed)
        };
        assert_eq!(all(0).await?, 5);
        let elsewhere = processes.all(1..=2, async |store, worker| {
            claim(&store, &engine(5), 59_999, worker).await
        });
        assert_eq!(elsewhere.await?, [None, None]);
        assert_eq!(all(60_000).await?, 5, "the minute is over");
        assert_eq!(all(90_000).await?, 0);

        // Another engine has a minute of its own.
        let other = EngineQuota {
            name: "fal".to_owned(),
            ..engine(5)
        };
        assert!(claim(db.store(), &other, 90_000, 7).await?.is_some());
        Ok(())
    })
    .await;
}

/// However many are claimed at once, the images come in the order of turns, and so do the turns
/// after them.
#[tokio::test(flavor = "multi_thread")]
async fn claims_of_several_images_take_the_same_turns_as_claims_of_one() {
    on_both(async |db| {
        for (guild, images) in [(1, 4), (2, 1), (3, 3), (4, 2)] {
            wait(db, guild, guild * 10, images, i64::try_from(guild).unwrap()).await?;
        }
        let mut order = Vec::new();
        for (fence, most, left) in [(1, 1, true), (2, 4, true), (3, 3, true), (4, 2, false)] {
            let at = At {
                now_ms: NOW + 10,
                lease_until_ms: NOW + 10 + LEASE,
                fence,
            };
            let engine = engine(0);
            let taken =
                db.write(move |tx| async move { fair_queue::claim(tx, &engine, at, most).await }.boxed());
            let taken = taken.await?;
            assert_eq!(taken.full, left, "whether more wait");
            let mut guilds: Vec<u64> = taken
                .claims
                .iter()
                .map(|claim| claim.job.target() / 1_000)
                .collect();
            guilds.sort_unstable();
            order.push(guilds);
        }
        // One by one: 1, 2 3 4 1, 3 4 1, 3 1.
        assert_eq!(order, [vec![1], vec![1, 2, 3, 4], vec![1, 3, 4], vec![1, 3]]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_gets_the_stages_that_are_its() {
    on_both(async |db| {
        wait(db, 1, 10, 1, 0).await?;
        let reviews = EngineQuota {
            stages: vec![Stage::Review],
            ..engine(0)
        };
        assert_eq!(claim(db.store(), &reviews, 0, 1).await?, None);
        assert!(claim(db.store(), &engine(0), 0, 2).await?.is_some());
        assert_eq!(claim(db.store(), &engine(0), 0, 3).await?, None, "it is leased");
        assert!(
            claim(db.store(), &engine(0), LEASE, 4).await?.is_some(),
            "the lease has ended"
        );
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_call_is_no_quick_job() {
    on_both(async |db| {
        db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        let paid = Job::Render(RenderId::new(1));
        db.write(move |tx| jobs::enqueue(tx, paid, NOW).boxed()).await?;
        let at = At {
            now_ms: NOW,
            lease_until_ms: NOW + LEASE,
            fence: 1,
        };
        let quick = db.write(move |tx| jobs::claim(tx, at, 8).boxed());
        assert_eq!(quick.await?, Taken::default());
        let claimed = claim(db.store(), &engine(0), 0, 2).await?;
        assert_eq!(claimed.expect("an image").job, Job::Render(render_id(1)));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_knows_how_many_images_of_others_come_before_its_next() {
    on_both(async |db| {
        wait(db, 1, 10, 4, 0).await?;
        wait(db, 1, 11, 4, 1).await?;
        wait(db, 2, 20, 4, 2).await?;
        let ahead = async |draft: u64| {
            let (engine, draft) = (engine(0), DraftId::new(draft));
            let read = db
                .read(move |tx| async move { fair_queue::ahead(tx, &engine, draft, NOW + 3).await }.boxed());
            read.await
        };
        assert_eq!(ahead(10).await?, Some(0));
        assert_eq!(
            ahead(20).await?,
            Some(1),
            "its first comes after the other server's first"
        );
        assert_eq!(
            ahead(11).await?,
            Some(4 + 4),
            "its own server's first four, and a turn of the other for each"
        );
        assert_eq!(ahead(30).await?, None);
        claim(db.store(), &engine(0), 3, 1).await?;
        assert_eq!(ahead(20).await?, Some(0), "the other server has had its turn");
        Ok(())
    })
    .await;
}
