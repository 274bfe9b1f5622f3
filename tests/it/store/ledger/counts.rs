//! Tests what is counted and looked up in the books: all pools together, who decided, who is told.

use std::collections::BTreeSet;

use futures::FutureExt;
use greenlight::domain::credits::Credits;
use greenlight::domain::ids::{ChannelId, DraftId, GuildId, ProjectId, RenderId};
use greenlight::domain::image::render::{Failure, Ruling, State, Verdict};
use greenlight::domain::job::Job;
use greenlight::domain::money::project::{Buckets, Name, Project};
use greenlight::domain::stage::Stage;
use greenlight::store::ledger::{self, Correction, Extent};
use greenlight::store::{Error, drafts, guilds, jobs, projects, renders};

use super::super::db::{Kind, TestDb, on_both};
use super::super::steps::{
    ANA, Close, GUILD, NOW, authorized, by_id, close, credits, draft, explore, grant, hold_one, one_image,
    queue, render_id, sums,
};

const OTHER: GuildId = GuildId::new(107);

#[tokio::test(flavor = "multi_thread")]
async fn the_books_of_all_guilds_are_counted_and_added_up() {
    on_both(async |db| {
        let whole = async || {
            db.read(|tx| {
                async move {
                    let pools = ledger::all_pools(tx).await?;
                    let sums = [pools.granted, pools.available, pools.held, pools.settled].map(Credits::get);
                    Ok((ledger::extent(tx).await?, sums, ledger::last_entry(tx).await?))
                }
                .boxed()
            })
            .await
        };
        let extent = |pools, entries, renders| Extent {
            pools,
            entries,
            renders,
        };
        assert_eq!(whole().await?, (extent(0, 0, 0), [0; 4], 0));
        grant(db.store(), GUILD, 100).await?;
        grant(db.store(), OTHER, 50).await?;
        let kept = queue(db.store(), GUILD, 1, 10).await?.unwrap();
        let _open = queue(db.store(), OTHER, 2, 20).await?.unwrap();
        close(db.store(), kept, Close::Settle).await?;
        let last = db.number("SELECT MAX(id) FROM entries").await;
        assert_eq!(whole().await?, (extent(2, 5, 2), [150, 120, 20, 10], last));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_has_a_pool_from_the_first_time_on() {
    on_both(async |db| {
        let ensure = async || db.write(|tx| ledger::ensure(tx, GUILD).boxed()).await;
        let is_there = async |guild| db.read(move |tx| ledger::is_there(tx, guild).boxed()).await;
        let all = async |max| db.read(move |tx| ledger::guilds(tx, max).boxed()).await;
        assert!(!is_there(GUILD).await? && all(9).await?.is_empty());
        assert!(ensure().await?, "it is new");
        assert!(!ensure().await?, "it was there");
        grant(db.store(), OTHER, 1).await?;
        assert!(is_there(GUILD).await? && is_there(OTHER).await?);
        assert!(!is_there(GuildId::new(8)).await?);
        assert_eq!(all(9).await?, [GUILD, OTHER]);
        assert_eq!(all(1).await?, [GUILD]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_refuses_writes_is_found_out() {
    on_both(async |db| {
        let prove = async || db.write(|tx| ledger::prove_writable(tx).boxed()).await;
        prove().await?;
        grant(db.store(), GUILD, 1).await?;
        prove().await?;
        let stop = match db.kind() {
            Kind::Sqlite => {
                "CREATE TRIGGER stop BEFORE UPDATE ON pools BEGIN SELECT RAISE(ABORT, 'stop'); END"
            }
            Kind::Postgres => "ALTER TABLE pools ADD CONSTRAINT stop CHECK (held < 0) NOT VALID",
        };
        db.sql(stop).await.map_err(Error::from)?;
        let refused = prove().await;
        assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
        assert_eq!(sums(db.store(), GUILD).await?, [1, 1, 0, 0]);
        Ok(())
    })
    .await;
}

/// Closes a hold by a person's decision. There is no picture.
async fn decide(db: &TestDb, id: u64, decision: Ruling) -> Result<(), Error> {
    let held = queue(db.store(), GUILD, id, 10).await?.expect("credits enough");
    db.write(move |tx| {
        async move {
            ledger::decide(tx, held, &decision, NOW).await?;
            by_id::set_state(tx, render_id(id), &State::Failed(Failure::Broken)).await
        }
        .boxed()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persons_decision_about_held_credits_is_kept_with_who_and_why() {
    on_both(async |db| {
        let ruling = |verdict, reason: Option<&str>| Ruling {
            verdict,
            by: ANA,
            reason: reason.map(str::to_owned),
        };
        let (paid, unpaid) = (
            ruling(Verdict::Settle, Some("it is on the bill")),
            ruling(Verdict::Release, None),
        );
        grant(db.store(), GUILD, 100).await?;
        decide(db, 1, paid.clone()).await?;
        decide(db, 2, unpaid.clone()).await?;
        let drawn = queue(db.store(), GUILD, 3, 10).await?.unwrap();
        close(db.store(), drawn, Close::Settle).await?;
        assert_eq!(sums(db.store(), GUILD).await?, [100, 80, 0, 20]);

        let decision = async |id| {
            db.read(move |tx| ledger::decision(tx, render_id(id)).boxed())
                .await
        };
        assert_eq!(decision(1).await?, Some(paid));
        assert_eq!(decision(2).await?, Some(unpaid));
        assert_eq!(decision(3).await?, None, "nobody had to decide");
        let in_vain = async |draft| {
            let draft = DraftId::new(draft);
            db.read(move |tx| ledger::paid_in_vain(tx, draft).boxed()).await
        };
        assert_eq!(in_vain(1).await?, BTreeSet::from([render_id(1)]));
        assert_eq!(in_vain(2).await?, BTreeSet::new(), "it was not paid");
        assert_eq!(in_vain(3).await?, BTreeSet::new(), "it has a picture");
        db.assert_books_agree().await
    })
    .await;
}

/// Takes the jobs that tell a log channel away, and returns what they tell of.
async fn told(db: &TestDb) -> Result<Vec<Job>, Error> {
    let pending = db.read(|tx| jobs::pending(tx).boxed()).await?;
    db.sql("DELETE FROM jobs").await.map_err(Error::from)?;
    let jobs = pending.into_iter().map(|(job, _)| job);
    Ok(jobs
        .filter(|job| matches!(job, Job::LogGrant(_) | Job::LogSpend(_)))
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_channel_is_told_of_each_grant_correction_and_picture() {
    on_both(async |db| {
        let correct = async |name: &'static str| {
            let correction = Correction {
                actor: ANA,
                reason: "a mistake".to_owned(),
                once_key: name.to_owned(),
            };
            let taken = db.write(|tx| ledger::correct(tx, GUILD, credits(1), correction, NOW).boxed());
            taken.await.map(|taken| assert!(taken.is_ok(), "{taken:?}"))
        };
        let draw = async |id| {
            let held = queue(db.store(), GUILD, id, 10).await?.unwrap();
            close(db.store(), held, Close::Settle).await
        };
        grant(db.store(), GUILD, 100).await?;
        correct("first").await?;
        draw(1).await?;
        assert_eq!(told(db).await?, [], "there is no log channel");
        db.write(|tx| {
            async move {
                let row = guilds::lock(tx, GUILD).await?;
                let mut chosen = row.settings.clone();
                chosen.log = Some(ChannelId::new(10));
                guilds::write(tx, &row, &chosen).await
            }
            .boxed()
        })
        .await?;
        grant(db.store(), GUILD, 100).await?;
        assert!(matches!(told(db).await?.as_slice(), [Job::LogGrant(_)]));
        correct("second").await?;
        assert!(matches!(told(db).await?.as_slice(), [Job::LogGrant(_)]));
        draw(2).await?;
        assert_eq!(told(db).await?, [Job::LogSpend(RenderId::new(2))]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_authorized_before_the_pool_was_used_is_refused_under_its_lock() {
    on_both(async |db| {
        grant(db.store(), GUILD, 100).await?;
        let late = db.write(|tx| {
            async move {
                let one = one_image(tx, 1, 1).await?;
                let two = one_image(tx, 2, 2).await?;
                let mut pool = ledger::lock(tx, GUILD).await?;
                let both = [one, two].map(|image| authorized(&pool, Stage::Explore, 60, image.id));
                let [first, second] = both.map(|may| may.expect("60 of 100 are there"));
                let _held = hold_one(tx, &mut pool, first, NOW).await?;
                hold_one(tx, &mut pool, second, NOW).await.map(drop)
            }
            .boxed()
        });
        let late = late.await;
        assert!(matches!(late, Err(Error::Inconsistent(_))), "{late:?}");
        assert_eq!(sums(db.store(), GUILD).await?, [100, 100, 0, 0]);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_pays_its_last_credit_and_no_more_whatever_was_authorized() {
    on_both(async |db| {
        let spring = Project {
            id: ProjectId::new(7),
            guild: GUILD,
            name: Name::stored("Spring".to_owned()),
            budget: Buckets {
                explore: Some(credits(40)),
                ..Buckets::default()
            },
            created_by: ANA,
            created_ms: NOW,
            closed_ms: None,
        };
        grant(db.store(), GUILD, 100).await?;
        db.write(move |tx| async move { projects::insert(tx, &spring).await }.boxed())
            .await?;
        let hold = async |id, price| {
            db.write(move |tx| {
                async move {
                    let mut draft = draft(GUILD, id);
                    draft.project = Some(ProjectId::new(7));
                    let image = explore(&draft, id, 1, price);
                    drafts::insert(tx, &draft, None).await?;
                    renders::insert(tx, &image).await?;
                    let mut pool = ledger::lock(tx, GUILD).await?;
                    let may = authorized(&pool, Stage::Explore, price, image.id);
                    let may = may.expect("the pool has enough");
                    hold_one(tx, &mut pool, may, NOW).await.map(drop)
                }
                .boxed()
            })
            .await
        };
        let refused = hold(1, 41).await;
        assert!(matches!(refused, Err(Error::Inconsistent(_))), "{refused:?}");
        hold(2, 40).await?;
        let refused = hold(3, 1).await;
        assert!(matches!(refused, Err(Error::Inconsistent(_))), "{refused:?}");
        assert_eq!(sums(db.store(), GUILD).await?, [100, 60, 40, 0]);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_is_told_when_half_of_its_pool_is_used_and_once() {
    on_both(async |db| {
        let alerts = async || {
            let pending = db.read(|tx| jobs::pending(tx).boxed()).await?;
            db.sql("DELETE FROM jobs").await.map_err(Error::from)?;
            let alert = |(job, _): &(Job, i64)| *job == Job::Alert(GUILD);
            Ok::<_, Error>(pending.iter().filter(|job| alert(job)).count())
        };
        grant(db.store(), GUILD, 100).await?;
        for (id, price, told) in [(1, 49, 0), (2, 1, 1), (3, 29, 0)] {
            assert!(queue(db.store(), GUILD, id, price).await?.is_some());
            assert_eq!(alerts().await?, told, "after {price} more");
        }
        Ok(())
    })
    .await;
}
