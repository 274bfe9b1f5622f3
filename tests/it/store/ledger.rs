//! Tests the moves of the ledger, one after the other.

mod counts;

use futures::FutureExt;
use greenlight::domain::credits::{Credits, InsufficientCredits};
use greenlight::domain::ids::GuildId;
use greenlight::domain::job::Job;
use greenlight::domain::money::authorization::Shortage;
use greenlight::domain::stage::Stage;
use greenlight::store::ledger::{self, Grant};
use greenlight::store::{Error, drafts, jobs, renders};
use sqlx::error::ErrorKind;

use super::db::on_both;
use super::steps::{
    ANA, Close, GUILD, NOW, authorized, authorized_for, by_id, close, credits, draft, explore, grant,
    one_image, open_hold, queue, render_id, rule, sums,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_guild_without_a_pool_has_nothing_and_gets_one_by_its_first_grant() {
    on_both(async |db| {
        assert_eq!(sums(db.store(), GUILD).await?, [0, 0, 0, 0]);
        let lock = db.write(|tx| ledger::lock(tx, GUILD).boxed()).await;
        assert!(matches!(lock, Err(Error::Inconsistent(_))), "{lock:?}");

        let pool = grant(db.store(), GUILD, 100).await?.unwrap();
        assert_eq!((pool.granted, pool.available), (credits(100), credits(100)));
        db.write(|tx| ledger::ensure(tx, GUILD).boxed()).await?;
        assert_eq!(sums(db.store(), GUILD).await?, [100, 100, 0, 0]);
        assert_eq!(sums(db.store(), GuildId::new(7)).await?, [0, 0, 0, 0]);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_grant_happens_once_and_remembers_who_gave_it_and_why() {
    on_both(async |db| {
        let first = Grant {
            actor: Some(ANA),
            reason: Some("it’s a start".to_owned()),
            once_key: Some("first:100".to_owned()),
        };
        let again = first.clone();
        let given = db.write(|tx| ledger::grant(tx, GUILD, credits(50), first, NOW).boxed()).await?;
        assert!(given.is_some());
        let given = db.write(|tx| ledger::grant(tx, GUILD, credits(50), again, NOW + 1).boxed()).await?;
        assert_eq!(given, None, "the same name a second time");
        grant(db.store(), GUILD, 1).await?;
        grant(db.store(), GUILD, 1).await?;

        assert_eq!(sums(db.store(), GUILD).await?, [52, 52, 0, 0]);
        let noted = "SELECT COUNT(*) FROM entries WHERE actor_id = 1 AND reason = 'it’s a start' AND at_ms = 1800000000000";
        assert_eq!(db.number(noted).await, 1);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_of_nothing_or_of_too_much_is_refused() {
    on_both(async |db| {
        assert_eq!(rule(grant(db.store(), GUILD, 0).await), ErrorKind::CheckViolation);
        grant(db.store(), GUILD, Credits::MAX.get()).await?;
        let over = grant(db.store(), GUILD, 1).await;
        assert!(matches!(over, Err(Error::Inconsistent(_))), "{over:?}");
        let all = Credits::MAX.get();
        assert_eq!(sums(db.store(), GUILD).await?, [all, all, 0, 0]);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn held_credits_are_kept_or_come_back() {
    on_both(async |db| {
        grant(db.store(), GUILD, 100).await?;
        let kept = queue(db.store(), GUILD, 1, 10).await?.unwrap();
        let back = queue(db.store(), GUILD, 2, 20).await?.unwrap();
        assert_eq!((kept.render(), kept.amount()), (render_id(1), credits(10)));
        assert_eq!(sums(db.store(), GUILD).await?, [100, 70, 30, 0]);
        db.assert_books_agree().await?;

        close(db.store(), kept, Close::Settle).await?;
        assert_eq!(sums(db.store(), GUILD).await?, [100, 70, 20, 10]);
        close(db.store(), back, Close::Release).await?;
        assert_eq!(sums(db.store(), GUILD).await?, [100, 90, 0, 10]);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_credit_can_be_held_and_one_more_cannot() {
    on_both(async |db| {
        grant(db.store(), GUILD, 25).await?;
        assert!(queue(db.store(), GUILD, 1, 10).await?.is_some());
        assert!(queue(db.store(), GUILD, 2, 16).await?.is_none(), "15 are left");
        assert!(queue(db.store(), GUILD, 3, 15).await?.is_some());
        assert!(queue(db.store(), GUILD, 4, 1).await?.is_none());
        assert_eq!(sums(db.store(), GUILD).await?, [25, 0, 25, 0]);
        assert_eq!(
            db.number("SELECT COUNT(*) FROM renders").await,
            2,
            "what was short left nothing"
        );
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_short_pool_says_what_is_missing_and_writes_nothing() {
    on_both(async |db| {
        grant(db.store(), GUILD, 15).await?;
        let outcome = db.write(|tx| {
            async move {
                let image = one_image(tx, 1, 1).await?;
                let mut pool = ledger::lock(tx, GUILD).await?;
                let short = authorized(&pool, Stage::Explore, 16, image.id).map(drop);
                pool = ledger::lock(tx, GUILD).await?;
                Ok((short, pool.sums.available))
            }
            .boxed()
        });
        let short = Shortage::Pool(InsufficientCredits {
            need: credits(16),
            available: credits(15),
        });
        assert_eq!(outcome.await?, (Err(short), credits(15)));
        assert_eq!(sums(db.store(), GUILD).await?, [15, 15, 0, 0]);
        assert_eq!(
            db.number("SELECT COUNT(*) FROM entries WHERE kind = 'hold'")
                .await,
            0
        );
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_locked_sums_follow_what_the_transaction_holds() {
    on_both(async |db| {
        grant(db.store(), GUILD, 35).await?;
        let seen = db.write(|tx| {
            async move {
                let draft = draft(GUILD, 1);
                let mut pool = ledger::lock(tx, GUILD).await?;
                drafts::insert(tx, &draft, None).await?;
                let mut seen = Vec::new();
                for position in 1..=4_u32 {
                    let image = explore(&draft, u64::from(position), position, 10);
                    renders::insert(tx, &image).await?;
                    let authorization = authorized(&pool, Stage::Explore, 10, image.id);
                    let paid = authorization.is_ok();
                    if let Ok(authorization) = authorization {
                        ledger::hold(tx, &mut pool, authorization, NOW).await?;
                    }
                    seen.push((paid, pool.sums.available.get()));
                }
                Ok(seen)
            }
            .boxed()
        });
        assert_eq!(seen.await?, [(true, 25), (true, 15), (true, 5), (false, 5)]);
        assert_eq!(sums(db.store(), GUILD).await?, [35, 5, 30, 0]);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_warrant_of_one_guild_does_not_open_the_pool_of_another() {
    on_both(async |db| {
        let other = GuildId::new(7);
        grant(db.store(), GUILD, 100).await?;
        grant(db.store(), other, 100).await?;
        let outcome = db.write(move |tx| {
            async move {
                let image = one_image(tx, 1, 1).await?;
                let mut pool = ledger::lock(tx, other).await?;
                let authorization = authorized_for(GUILD, &pool, Stage::Explore, 10, image.id);
                let authorization = authorization.expect("the other pool has enough");
                ledger::hold(tx, &mut pool, authorization, NOW).await.map(drop)
            }
            .boxed()
        });
        let outcome = outcome.await;
        assert!(matches!(outcome, Err(Error::Inconsistent(_))), "{outcome:?}");
        assert_eq!(sums(db.store(), other).await?, [100, 100, 0, 0]);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_of_nothing_and_a_second_hold_of_one_render_are_refused() {
    on_both(async |db| {
        grant(db.store(), GUILD, 100).await?;
        let _held = queue(db.store(), GUILD, 1, 10).await?.unwrap();
        let hold_again = |price| {
            db.write(move |tx| {
                async move {
                    let mut pool = ledger::lock(tx, GUILD).await?;
                    let authorization = authorized(&pool, Stage::Explore, price, render_id(1));
                    let authorization = authorization.expect("the pool has enough");
                    ledger::hold(tx, &mut pool, authorization, NOW).await.map(drop)
                }
                .boxed()
            })
        };
        assert_eq!(rule(hold_again(10).await), ErrorKind::UniqueViolation);
        assert_eq!(rule(hold_again(0).await), ErrorKind::CheckViolation);
        assert_eq!(sums(db.store(), GUILD).await?, [100, 90, 10, 0]);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_hold_is_found_until_it_is_closed() {
    on_both(async |db| {
        grant(db.store(), GUILD, 100).await?;
        let undone: Result<(), Error> = db
            .write(|tx| {
                async move {
                    let image = one_image(tx, 1, 1).await?;
                    assert!(by_id::open_hold(tx, image.id).await?.is_none(), "before the hold");
                    Err(Error::LeaseLost)
                }
                .boxed()
            })
            .await;
        assert!(matches!(undone, Err(Error::LeaseLost)), "{undone:?}");
        let _held = queue(db.store(), GUILD, 1, 10).await?.unwrap();
        let found = open_hold(db.store(), 1).await?.unwrap();
        assert_eq!((found.render(), found.amount()), (render_id(1), credits(10)));
        close(db.store(), found, Close::Settle).await?;
        assert!(open_hold(db.store(), 1).await?.is_none());
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_is_closed_once_whichever_way_comes_second() {
    use Close::{Release, Settle};
    on_both(async |db| {
        grant(db.store(), GUILD, 100).await?;
        // Other credits stay held, so that the sums alone would allow a second closing.
        let _other = queue(db.store(), GUILD, 99, 50).await?.unwrap();
        let pairs = [
            (Settle, Settle),
            (Settle, Release),
            (Release, Settle),
            (Release, Release),
        ];
        for (id, (first, second)) in (1..).zip(pairs) {
            let one = queue(db.store(), GUILD, id, 10).await?.unwrap();
            let same = open_hold(db.store(), id).await?.unwrap();
            close(db.store(), one, first).await?;
            let before = sums(db.store(), GUILD).await?;
            let refused = rule(close(db.store(), same, second).await);
            assert_eq!(refused, ErrorKind::UniqueViolation, "{second:?} after {first:?}");
            assert_eq!(
                sums(db.store(), GUILD).await?,
                before,
                "{second:?} after {first:?}"
            );
        }
        assert_eq!(sums(db.store(), GUILD).await?, [100, 30, 50, 20]);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_raises_the_available_credits_wakes_the_waiting_approvals() {
    let waiting = Job::ResumeWaiting(GUILD);
    on_both(async |db| {
        grant(db.store(), GUILD, 100).await?;
        let woken = async || {
            let pending = db.read(|tx| jobs::pending(tx).boxed()).await?;
            let told = |(job, _): &(Job, i64)| matches!(job, Job::LogSpend(_) | Job::Alert(_));
            Ok::<_, Error>(pending.into_iter().filter(|job| !told(job)).collect::<Vec<_>>())
        };
        assert_eq!(woken().await?, [(waiting, NOW)], "by a grant");

        db.sql("DELETE FROM jobs").await.map_err(Error::from)?;
        let kept = queue(db.store(), GUILD, 1, 10).await?.unwrap();
        let back = queue(db.store(), GUILD, 2, 10).await?.unwrap();
        close(db.store(), kept, Close::Settle).await?;
        assert_eq!(woken().await?, [], "a settled hold gives nothing back");
        close(db.store(), back, Close::Release).await?;
        assert_eq!(woken().await?, [(waiting, NOW)], "by a release");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_transaction_leaves_nothing_of_itself() {
    on_both(async |db| {
        grant(db.store(), GUILD, 100).await?;
        let half = db.write(|tx| {
            async move {
                ledger::grant(tx, GUILD, credits(5), Grant::default(), NOW).await?;
                Err::<(), _>(Error::LeaseLost)
            }
            .boxed()
        });
        assert!(matches!(half.await, Err(Error::LeaseLost)));
        assert_eq!(sums(db.store(), GUILD).await?, [100, 100, 0, 0]);
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_finds_every_planted_mismatch() {
    on_both(async |db| {
        let clean = async || db.read(|tx| ledger::audit(tx).boxed()).await;
        grant(db.store(), GUILD, 100).await?;
        grant(db.store(), GuildId::new(7), 1).await?;
        let held = queue(db.store(), GUILD, 1, 10).await?.unwrap();
        let _open = queue(db.store(), GUILD, 2, 10).await?.unwrap();
        close(db.store(), held, Close::Settle).await?;
        assert_eq!(clean().await?, Vec::<String>::new());

        let plants = [
            (
                "UPDATE pools SET granted = granted + 1 WHERE guild_id = 100",
                "guild 100: granted is 101, its entries make 100",
            ),
            (
                "UPDATE pools SET held = held + 1 WHERE guild_id = 100",
                "guild 100: held is 11, its entries make 10",
            ),
            (
                "UPDATE pools SET settled = settled - 1 WHERE guild_id = 100",
                "guild 100: settled is 9, its entries make 10",
            ),
            (
                "UPDATE renders SET state = 'queued', width = NULL, height = NULL WHERE id = 1",
                "render 0000000000000001 is queued and has 0 open holds",
            ),
            (
                "UPDATE renders SET price = 11 WHERE id = 1",
                "render 0000000000000001 costs guild 100 11, and 10 of guild 100 are held for it",
            ),
            (
                "UPDATE renders SET guild_id = 7 WHERE id = 1",
                "render 0000000000000001 costs guild 7 10, and 10 of guild 100 are held for it",
            ),
            (
                "UPDATE renders SET state = 'broken' WHERE id = 2",
                "render 0000000000000002 is broken and has 1 open holds",
            ),
            (
                "UPDATE renders SET state = 'broken', width = NULL, height = NULL WHERE id = 1",
                "render 0000000000000001 is broken, and its hold was closed by a settle",
            ),
        ];
        let undo = [
            "UPDATE pools SET granted = 100, held = 10, settled = 10 WHERE guild_id = 100",
            "UPDATE renders SET state = 'done', width = 1, height = 1, price = 10, guild_id = 100 WHERE id = 1",
            "UPDATE renders SET state = 'queued' WHERE id = 2",
        ];
        for (plant, found) in plants {
            db.sql(plant).await.map_err(Error::from)?;
            assert_eq!(clean().await?, [found], "after {plant}");
            for statement in undo {
                db.sql(statement).await.map_err(Error::from)?;
            }
            assert_eq!(clean().await?, Vec::<String>::new());
        }
        db.write(|tx| one_image(tx, 3, 3).boxed()).await?;
        assert_eq!(
            clean().await?,
            ["render 0000000000000003 is queued and has 0 open holds"]
        );
        Ok(())
    })
    .await;
}
