//! Tests the usage of a spending limit, and when there is room again.

use futures::FutureExt;
use futures::future::join_all;
use greenlight::domain::draft::entity::Place;
use greenlight::domain::guild::pseudonym::PseudonymKey;
use greenlight::domain::guild::settings::ChosenSpendLimits;
use greenlight::domain::ids::{GuildId, UserId};
use greenlight::domain::image::render::Render;
use greenlight::domain::money::period::Period;
use greenlight::domain::money::spend_limit::{LimitScope, SpendLimit, Spenders, Usage, fits};
use greenlight::domain::stage::Stage;
use greenlight::store::privacy::{Forgetting, forget, pseudonym_key};
use greenlight::store::{Error, Store, guilds, ledger, renders, spend_limits};

use super::db::on_both;
use super::steps::{
    ANA, BO, Close, GUILD, NOW, Refused, authorized, by_id, child, close, credits, draft, explore, grant,
    hold_under_limits, read, render_id, utc, write,
};

const HOUR_MS: i64 = 60 * 60_000;

fn limit(scope: Spenders, stage: Option<Stage>, period: Period, max: i64) -> SpendLimit {
    let on = LimitScope { scope, stage, period };
    let max = credits(max);
    SpendLimit { on, max }
}

/// Holds the price of an image for a member. Returns false if a spending limit is reached or the
/// pool is short.
async fn hold(store: &Store, member: UserId, id: u64, price: i64, now_ms: i64) -> Result<bool, Error> {
    let held = store.write(move |tx| hold_under_limits(tx, GUILD, member, id, price, now_ms).boxed());
    match held.await {
        Ok(_) => Ok(true),
        Err(Refused::Capped | Refused::InsufficientCredits) => Ok(false),
        Err(Refused::Store(error)) => Err(error),
    }
}

async fn usage(store: &Store, limit: SpendLimit, member: UserId, now_ms: i64) -> Result<Usage, Error> {
    let usages = write(store, move |tx| {
        async move {
            let locked = ledger::lock(tx, GUILD).await?;
            spend_limits::usages(tx, &locked, vec![limit], member, &utc(), now_ms).await
        }
        .boxed()
    });
    Ok(usages.await?.remove(0))
}

async fn spent(store: &Store, limit: SpendLimit, member: UserId, now_ms: i64) -> Result<i64, Error> {
    Ok(usage(store, limit, member, now_ms).await?.spent.get())
}

/// Returns when a limit has room for `need` credits, in hours from now.
async fn frees(store: &Store, limit: SpendLimit, need: i64, now_ms: i64) -> Result<Option<i64>, Error> {
    let usage = usage(store, limit, ANA, now_ms).await?;
    let full = fits(&[usage], credits(need)).expect_err("it is too much");
    let frees_ms = read(store, move |tx| {
        async move { spend_limits::frees(tx, GUILD, &full, ANA).await }.boxed()
    })
    .await?;
    Ok(frees_ms.map(|frees_ms| (frees_ms - now_ms) / HOUR_MS))
}

async fn choose(store: &Store, chosen: ChosenSpendLimits) -> Result<(), Error> {
    write(store, move |tx| {
        async move {
            let row = guilds::lock(tx, GUILD).await?;
            let mut settings = row.settings.clone();
            settings.spend_limits = chosen;
            guilds::write(tx, &row, &settings).await
        }
        .boxed()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sixty_four_tasks_at_a_members_cap_for_ten_exactly_ten_hold_every_time() {
    on_both(async |db| {
        grant(db.store(), GUILD, 100_000).await?;
        let each = limit(Spenders::Each, None, Period::Hours(1), 100);
        choose(db.store(), [(each.on, Some(each.max))].into()).await?;
        for round in 0..5_u64 {
            let now_ms = NOW + i64::try_from(round).expect("few rounds") * HOUR_MS;
            let ids = round * 64 + 1..=round * 64 + 64;
            let tasks = ids.map(|id| {
                let store = db.store().clone();
                tokio::spawn(async move { hold(&store, ANA, id, 10, now_ms).await })
            });
            let mut held = 0;
            for done in join_all(tasks).await {
                held += u32::from(done.expect("no panic")?);
            }
            assert_eq!(held, 10, "round {round} on {:?}", db.kind());
            assert!(
                hold(db.store(), BO, 1_000 + round, 100, now_ms).await?,
                "Bo has his own"
            );
        }
        db.assert_books_agree().await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_counts_is_held_or_spent_in_the_window_by_whom_and_on_what() {
    on_both(async |db| {
        let store = db.store();
        grant(store, GUILD, 1_000).await?;
        grant(store, GuildId::new(7), 1_000).await?;
        for (id, member, price, hours_ago) in [
            (1, ANA, 1, 5),
            (2, ANA, 2, 4),
            (3, ANA, 4, 0),
            (4, BO, 8, 0),
            (5, ANA, 16, 0),
        ] {
            assert!(hold(store, member, id, price, NOW - hours_ago * HOUR_MS).await?);
        }
        let open = super::steps::open_hold(store, 3).await?.expect("a hold");
        close(store, open, Close::Settle).await?;
        let open = super::steps::open_hold(store, 5).await?.expect("a hold");
        close(store, open, Close::Release).await?;
        review(store, 3, 6).await?;
        let hours = |scope, stage, hours| limit(scope, stage, Period::Hours(hours), 9);
        for (limit, member, counted) in [
            (hours(Spenders::Each, None, 6), ANA, 1 + 2 + 4 + 20),
            (hours(Spenders::Each, None, 5), ANA, 2 + 4 + 20),
            (hours(Spenders::Each, None, 4), ANA, 4 + 20),
            (
                hours(Spenders::Member(ANA), Some(Stage::Explore), 6),
                ANA,
                1 + 2 + 4,
            ),
            (hours(Spenders::Each, Some(Stage::Review), 6), ANA, 20),
            (hours(Spenders::Each, Some(Stage::Final), 6), ANA, 0),
            (hours(Spenders::Each, None, 6), BO, 8),
            (hours(Spenders::Server, None, 6), BO, 1 + 2 + 4 + 8 + 20),
            (
                limit(Spenders::Server, None, Period::Month, 9),
                ANA,
                1 + 2 + 4 + 8 + 20,
            ),
        ] {
            let found = spent(store, limit, member, NOW).await?;
            assert_eq!(found, counted, "{limit} of {member} on {:?}", db.kind());
        }
        Ok(())
    })
    .await;
}

/// Holds the price of an image's review, 20 credits.
async fn review(store: &Store, parent: u64, id: u64) -> Result<(), Error> {
    write(store, move |tx| {
        async move {
            let parent = renders::lock(tx, render_id(parent)).await?;
            let next: Render = child(&parent, id);
            renders::insert(tx, &next).await?;
            let mut pool = ledger::lock(tx, GUILD).await?;
            let authorization = authorized(&pool, next.stage, next.price.get(), next.id);
            let authorization = authorization.expect("the pool can pay");
            ledger::hold(tx, &mut pool, authorization, NOW).await.map(drop)
        }
        .boxed()
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_room_again_once_enough_has_left() {
    on_both(async |db| {
        let store = db.store();
        grant(store, GUILD, 1_000).await?;
        for (id, price, hours_ago) in [(1, 10, 9), (2, 20, 7), (3, 30, 5), (4, 5, 1)] {
            assert!(hold(store, ANA, id, price, NOW - hours_ago * HOUR_MS).await?);
        }
        let max = |max| limit(Spenders::Each, None, Period::Hours(10), max);
        for (max, need, hours) in [
            (max(65), 10, Some(1)),
            (max(65), 11, Some(3)),
            (max(65), 30, Some(3)),
            (max(65), 31, Some(5)),
            (max(65), 65, Some(9)),
            (max(20), 20, Some(9)),
            (max(65), 66, None),
        ] {
            assert_eq!(frees(store, max, need, NOW).await?, hours, "{need} of {max}");
        }
        let day = limit(Spenders::Each, None, Period::Day, 65);
        let frees_ms = usage(store, day, ANA, NOW).await?.window.until_ms;
        assert!(frees_ms.is_some_and(|ms| ms > NOW), "a day ends");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_forgotten_has_still_spent_what_they_spent() {
    on_both(async |db| {
        let store = db.store();
        grant(store, GUILD, 1_000).await?;
        let each = limit(Spenders::Each, None, Period::Day, 100);
        let old = explore(&draft(GUILD, 1), 1, 1, 30);
        assert!(hold(store, ANA, old.id.get(), 30, NOW).await?);
        let held = super::steps::open_hold(store, 1).await?.expect("a hold");
        close(store, held, Close::Settle).await?;
        write(store, move |tx| {
            async move {
                by_id::set_place(tx, old.draft, Place::Abandoned(None)).await?;
                let pseudonym = pseudonym_key(tx, PseudonymKey::new([7; 32]))
                    .await?
                    .pseudonym(GUILD, ANA);
                let who = Forgetting {
                    user: ANA,
                    asked_ms: NOW,
                };
                assert_eq!(forget(tx, GUILD, who, pseudonym).await?.0.len(), 1);
                Ok(())
            }
            .boxed()
        })
        .await?;
        assert!(hold(store, ANA, 2, 5, NOW).await?);
        assert_eq!(spent(store, each, ANA, NOW).await?, 35);
        assert_eq!(spent(store, each, BO, NOW).await?, 0);
        Ok(())
    })
    .await;
}
