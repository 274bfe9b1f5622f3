//! Tests credits, votes and children, with many tasks at once.

mod jobs;
mod trays;

use std::collections::BTreeSet;

use futures::FutureExt;
use greenlight::domain::approval::ballot::{Kind, VoteSource};
use greenlight::domain::ids::{DraftId, RenderId, UserId};
use greenlight::domain::image::number::Number;
use greenlight::domain::image::render::State;
use greenlight::domain::stage::Stage;
use greenlight::store::ledger::{self, Grant};
use greenlight::store::{Error, Tx, renders, votes};

use super::db::on_both;
use super::processes::{Processes, winners};
use super::steps::{
    Close, GUILD, NOW, SIZE, by_id, child, close, credits, grant, one_image, open_hold, queue, read,
    render_id, sums, terms, write,
};

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_tasks_at_a_pool_for_ten_make_ten_holds_every_time() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        for round in 0..6 {
            grant(db.store(), GUILD, 100).await?;
            let ids = round * 64 + 1..=round * 64 + 64;
            let held = processes.all(ids, async |store, id| queue(&store, GUILD, id, 10).await);
            assert_eq!(held.await?.iter().flatten().count(), 10, "round {round}");
            let taken = 100 * (i64::try_from(round).unwrap() + 1);
            assert_eq!(sums(db.store(), GUILD).await?, [taken, 0, taken, 0]);
            db.assert_books_agree().await?;
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_settle_and_a_release_of_one_hold_exactly_one_wins() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        grant(db.store(), GUILD, 1_000).await?;
        // Other credits stay held, so that the sums alone would allow all of them.
        let _other = queue(db.store(), GUILD, 999, 500).await?.unwrap();
        for id in 1..=20 {
            let _held = queue(db.store(), GUILD, id, 10).await?.unwrap();
            let mut rivals = Vec::new();
            for how in [Close::Settle, Close::Release, Close::Release, Close::Settle] {
                rivals.push((open_hold(db.store(), id).await?.unwrap(), how));
            }
            let closed = processes.race(rivals, async |store, (held, how)| close(&store, held, how).await);
            assert_eq!(winners(&closed.await), 1, "of four at the hold of render {id}");
            db.assert_books_agree().await?;
        }
        let [granted, available, held, settled] = sums(db.store(), GUILD).await?;
        assert_eq!((granted, held, available + settled), (1_000, 500, 500));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_grant_that_is_made_by_all_at_once_happens_once() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        let given = processes.all(0..32, async |store, _| {
            let once = Grant {
                once_key: Some("first".to_owned()),
                ..Grant::default()
            };
            write(&store, |tx| {
                ledger::grant(tx, GUILD, credits(5), once, NOW).boxed()
            })
            .await
        });
        assert_eq!(given.await?.iter().flatten().count(), 1);
        assert_eq!(sums(db.store(), GUILD).await?, [5, 5, 0, 0]);
        db.assert_books_agree().await
    })
    .await;
}

/// Does what a reaction does: locks the render, records the vote, and counts. Returns how many
/// votes it saw. It counts before it writes anything else to the render, because such a write would
/// take the lock too, and too late.
async fn vote_and_count(tx: &mut Tx, image: RenderId, user: u64) -> Result<usize, Error> {
    renders::lock(tx, image).await?;
    by_id::cast(
        tx,
        image,
        UserId::new(user),
        Kind::Approve,
        VoteSource::Reaction,
        NOW,
    )
    .await?;
    let seen = votes::ballot(tx, image).await?.approvals.len();
    by_id::bump_vote(tx, image).await?;
    Ok(seen)
}

async fn open_vote(tx: &mut Tx, id: u64) -> Result<RenderId, Error> {
    let image = one_image(tx, id, id).await?.id;
    by_id::set_state(tx, image, &State::Done(SIZE)).await?;
    by_id::open_vote(tx, image, &terms(), 3).await?;
    Ok(image)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_votes_at_once_the_later_sees_both() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        for round in 1..=40 {
            let image = db.write(move |tx| open_vote(tx, round).boxed()).await?;
            let seen = processes.all(0..2, |store, user| async move {
                write(&store, move |tx| vote_and_count(tx, image, user).boxed()).await
            });
            let seen = BTreeSet::from_iter(seen.await?);
            assert_eq!(
                seen,
                BTreeSet::from([1, 2]),
                "round {round}: no quorum of two is missed"
            );
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_votes_at_once_are_each_counted_and_one_of_them_is_the_second() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        let image = db.write(|tx| open_vote(tx, 1).boxed()).await?;
        let seen = processes.all(0..50, |store, user| async move {
            write(&store, move |tx| vote_and_count(tx, image, user).boxed()).await
        });
        assert_eq!(BTreeSet::from_iter(seen.await?), (1..=50).collect());
        let render = db.read(move |tx| renders::find(tx, image).boxed()).await?;
        assert_eq!(render.unwrap().vote_version, 50);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_quorum_makes_one_child_however_many_saw_it() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        let parent = db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        let children = (10..42).map(|id| child(&parent, id));
        let made = processes.all(children, async |store, child| {
            write(&store, move |tx| {
                async move { renders::insert(tx, &child).await }.boxed()
            })
            .await
        });
        assert_eq!(made.await?.into_iter().filter(|new| *new).count(), 1);
        let live = db.read(|tx| renders::live(tx, DraftId::new(1), Number::first(1), Stage::Review).boxed());
        assert_eq!(live.await?.unwrap().parent, Some(render_id(1)));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_books_agree_whenever_they_are_read_while_money_moves() {
    on_both(async |db| {
        let processes = Processes::start(db).await?;
        grant(db.store(), GUILD, 500).await?;
        let found = processes.all(1..=24, async |store, id| {
            let mut wrong = Vec::new();
            for step in 0..6 {
                if id % 4 == 0 {
                    wrong.extend(read(&store, |tx| ledger::audit(tx).boxed()).await?);
                } else if let Some(held) = queue(&store, GUILD, id * 100 + step, 30).await? {
                    let how = if id % 2 == 0 {
                        Close::Settle
                    } else {
                        Close::Release
                    };
                    close(&store, held, how).await?;
                }
            }
            Ok(wrong)
        });
        assert_eq!(found.await?.concat(), Vec::<String>::new());
        db.assert_books_agree().await
    })
    .await;
}
