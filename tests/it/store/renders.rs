//! Tests renders and the votes that they carry.

use futures::FutureExt;
use greenlight::domain::approval::terms::Terms;
use greenlight::domain::approval::vote::{Image, Stop, Vote, VoteState};
use greenlight::domain::credits::Credits;
use greenlight::domain::draft::entity::Place;
use greenlight::domain::engine::cost::Usd;
use greenlight::domain::ids::{ChannelId, DraftId, GuildId, MessageId, RenderId};
use greenlight::domain::image::drift::Likeness;
use greenlight::domain::image::number::Number;
use greenlight::domain::image::render::{Asked, Bill, Failure, Render, State};
use greenlight::domain::money::spend_limit::Capped;
use greenlight::domain::stage::{Mode, Quality, Stage};
use greenlight::store::{Error, Tx, drafts, export, ledger, renders};
use sqlx::error::ErrorKind;

use super::db::{TestDb, on_both};
use super::steps::{
    BO, CEM, GUILD, NOW, SIZE, broken_rule, by_id, child, credits, draft, explore, one_image, render_id,
    rule, terms,
};

const DEAD: [State; 5] = [
    State::Cancelled,
    State::Failed(Failure::Refused),
    State::Failed(Failure::Operator),
    State::Failed(Failure::Broken),
    State::Failed(Failure::Exhausted),
];

async fn found(db: &TestDb, id: RenderId) -> Result<Option<Image>, Error> {
    db.read(move |tx| renders::find(tx, id).boxed()).await
}

async fn inserted(db: &TestDb, new: Render) -> Result<bool, Error> {
    db.write(move |tx| async move { renders::insert(tx, &new).await }.boxed())
        .await
}

async fn becomes(db: &TestDb, id: RenderId, state: State) -> Result<(), Error> {
    db.write(move |tx| async move { by_id::set_state(tx, id, &state).await }.boxed())
        .await
}

/// Returns an image whose vote was never opened.
fn fresh(render: Render) -> Image {
    Image {
        render,
        vote: Vote::None,
        vote_version: 0,
        remind_ms: None,
        notice: None,
        for_lead: None,
        notes: 0,
    }
}

/// Returns a vote of a state, on the terms of the stories. One that waits does so since a time.
fn vote_that_is(state: VoteState, since_ms: i64) -> Vote {
    let terms = terms();
    match state {
        VoteState::None | VoteState::Stopped | VoteState::Capped => panic!("a vote that is {}", state.name()),
        VoteState::Open => Vote::Open(terms),
        VoteState::Waiting => Vote::Waiting { terms, since_ms },
        VoteState::Spent => Vote::Spent(terms),
        VoteState::Closed => Vote::Closed { terms, stop: None },
    }
}

async fn moves(db: &TestDb, id: RenderId, vote: Vote) -> Result<(), Error> {
    db.write(move |tx| async move { by_id::set_vote(tx, id, &vote).await }.boxed())
        .await
}

/// Stores a done image of a draft of its own, with an open vote.
async fn open_vote(tx: &mut Tx, id: u64, terms: Terms) -> Result<RenderId, Error> {
    let image = one_image(tx, id, id).await?;
    by_id::set_state(tx, image.id, &State::Done(SIZE)).await?;
    by_id::open_vote(tx, image.id, &terms, 3).await?;
    Ok(image.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_render_reads_back_as_it_was_written() {
    on_both(async |db| {
        assert_eq!(found(db, render_id(1)).await?, None);
        let image = db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        assert_eq!(found(db, image.id).await?, Some(fresh(image.clone())));
        let locked = db.write(|tx| renders::lock(tx, render_id(1)).boxed()).await?;
        assert_eq!(locked.render, image);

        let enlarged = child(&image, i64::MAX as u64);
        assert!(inserted(db, enlarged.clone()).await?);
        assert_eq!(found(db, enlarged.id).await?, Some(fresh(enlarged.clone())));
        assert_eq!(enlarged.origin().parent, Some(image.id));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_render_that_is_not_there_cannot_be_locked() {
    on_both(async |db| {
        let missing = db.write(|tx| renders::lock(tx, render_id(1)).boxed()).await;
        assert!(matches!(missing, Err(Error::Inconsistent(_))), "{missing:?}");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_counts_only_in_the_transaction_that_locked() {
    on_both(async |db| {
        let image = db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        let kept = db.write(|tx| renders::lock(tx, render_id(1)).boxed()).await?;
        let late =
            db.write(move |tx| async move { renders::set_state(tx, &kept, &State::Cancelled).await }.boxed());
        let late = late.await;
        assert!(matches!(late, Err(Error::Inconsistent(_))), "{late:?}");
        assert_eq!(found(db, image.id).await?.unwrap().state, State::Queued);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_reads_back_and_attempts_are_counted() {
    on_both(async |db| {
        let image = db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        let others = [State::Rendering, State::Unknown, State::Done(SIZE), State::Queued];
        for state in others.into_iter().chain(DEAD) {
            becomes(db, image.id, state.clone()).await?;
            assert_eq!(found(db, image.id).await?.unwrap().state, state);
        }
        for attempts in 1..=3 {
            let asked = (attempts < 3).then(|| Asked {
                engine: "rack".to_owned(),
                model: format!("model-{attempts}"),
                quality: (attempts == 2).then_some(Quality::Xhigh),
                mode: Mode::Remaster,
            });
            let fresh = asked.clone();
            db.write(|tx| by_id::begin(tx, render_id(1), fresh).boxed())
                .await?;
            let found = found(db, image.id).await?.unwrap();
            assert_eq!(found.attempts, attempts);
            if asked.is_some() {
                assert_eq!(found.asked, asked, "it is known who was asked");
            } else {
                let who = found.asked.clone().unwrap();
                assert_eq!(who.model, "model-2", "asking again asks nobody else");
            }
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_has_one_live_render_a_stage_and_a_dead_one_may_be_followed() {
    on_both(async |db| {
        let first = db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        let live = async || {
            let live =
                db.read(|tx| renders::live(tx, DraftId::new(1), Number::first(1), Stage::Explore).boxed());
            Ok::<_, Error>(live.await?.map(|render| render.id.get()))
        };
        let rival = explore(&draft(GUILD, 1), 2, 1, 10);
        for state in [State::Queued, State::Rendering, State::Unknown, State::Done(SIZE)] {
            becomes(db, first.id, state.clone()).await?;
            assert!(
                !inserted(db, rival.clone()).await?,
                "beside one that is {}",
                state.name()
            );
            assert_eq!(live().await?, Some(1), "{}", state.name());
        }
        for (id, state) in (2..).zip(DEAD) {
            becomes(db, render_id(id - 1), state.clone()).await?;
            assert_eq!(live().await?, None, "{} is dead", state.name());
            let next = explore(&draft(GUILD, 1), id, 1, 10);
            assert!(inserted(db, next).await?, "after one that is {}", state.name());
            assert_eq!(live().await?, Some(id));
        }
        let revived = becomes(db, first.id, State::Queued).await;
        assert_eq!(
            rule(revived),
            ErrorKind::UniqueViolation,
            "a dead one cannot come back beside it"
        );
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_places_are_no_rivals() {
    on_both(async |db| {
        let image = db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        db.write(|tx| one_image(tx, 2, 5).boxed()).await?;
        assert!(
            inserted(db, explore(&draft(GUILD, 1), 2, 2, 10)).await?,
            "another position"
        );
        assert!(inserted(db, child(&image, 3)).await?, "another stage");
        assert!(
            !inserted(db, explore(&draft(GUILD, 1), 1, 3, 10)).await?,
            "the same id"
        );
        let nothing =
            db.read(|tx| renders::live(tx, DraftId::new(2), Number::first(1), Stage::Review).boxed());
        assert_eq!(nothing.await?, None);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_renders_of_a_draft_come_by_position_stage_and_age() {
    on_both(async |db| {
        let first = db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        db.write(|tx| one_image(tx, 2, 99).boxed()).await?;
        let second = explore(&draft(GUILD, 1), 2, 2, 10);
        inserted(db, second.clone()).await?;
        let failed = child(&first, 3);
        inserted(db, failed).await?;
        becomes(db, render_id(3), State::Failed(Failure::Broken)).await?;
        let review = child(&first, 4);
        inserted(db, review.clone()).await?;
        // Its id is smaller than its parent's: the stage decides, not the id's time.
        inserted(db, child(&review, 0)).await?;
        inserted(db, child(&second, 5)).await?;

        let all = db
            .read(|tx| renders::of_draft(tx, DraftId::new(1)).boxed())
            .await?;
        let order: Vec<_> = all
            .iter()
            .map(|r| (r.number.position, r.stage, r.id.get()))
            .collect();
        let wanted = [
            (1, Stage::Explore, 1),
            (1, Stage::Review, 3),
            (1, Stage::Review, 4),
            (1, Stage::Final, 0),
            (2, Stage::Explore, 2),
            (2, Stage::Review, 5),
        ];
        assert_eq!(order, wanted);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_shows_one_render() {
    on_both(async |db| {
        let message = MessageId::new(900);
        db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        db.write(|tx| one_image(tx, 2, 2).boxed()).await?;
        let shown = async || {
            let image = db
                .read(move |tx| renders::in_message(tx, message).boxed())
                .await?;
            Ok::<_, Error>(image.map(|image| image.id))
        };
        assert_eq!(shown().await?, None);
        for _ in 0..2 {
            db.write(move |tx| by_id::set_message(tx, render_id(1), message).boxed())
                .await?;
            assert_eq!(shown().await?, Some(render_id(1)));
        }
        assert_eq!(found(db, render_id(1)).await?.unwrap().message, Some(message));
        let taken = db.write(move |tx| by_id::set_message(tx, render_id(2), message).boxed());
        assert_eq!(rule(taken.await), ErrorKind::UniqueViolation);

        db.write(|tx| by_id::forget_message(tx, render_id(1)).boxed())
            .await?;
        assert_eq!(shown().await?, None);
        db.write(move |tx| by_id::set_message(tx, render_id(2), message).boxed())
            .await?;
        assert_eq!(shown().await?, Some(render_id(2)));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_engine_says_of_a_call_is_kept() {
    on_both(async |db| {
        db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        assert_eq!(found(db, render_id(1)).await?.unwrap().bill, Bill::default());
        let bill = Bill {
            usd: Some(Usd::micros(28_410)),
            request: Some("req_1".to_owned()),
        };
        let kept = bill.clone();
        db.write(move |tx| async move { by_id::set_bill(tx, render_id(1), &kept).await }.boxed())
            .await?;
        assert_eq!(found(db, render_id(1)).await?.unwrap().bill, bill);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_drift_that_was_measured_first_is_kept_and_none_out_of_range_is_taken() {
    on_both(async |db| {
        let first = db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        inserted(db, child(&first, 2)).await?;
        let kept = async || Ok::<_, Error>(found(db, render_id(2)).await?.unwrap().likeness);
        assert_eq!(kept().await?, None);
        for score in [0.71, 0.3] {
            let likeness = Likeness::of_score(score);
            db.write(move |tx| renders::set_likeness(tx, render_id(2), likeness).boxed())
                .await?;
            assert_eq!(kept().await?, Some(Likeness::of_score(0.71)));
        }
        assert_eq!(found(db, render_id(1)).await?.unwrap().likeness, None);
        let rows = db.read(|tx| export::images(tx, GUILD, None, 10).boxed()).await?;
        let likenesses: Vec<_> = rows.iter().map(|image| image.likeness).collect();
        assert_eq!(likenesses, [None, Some(Likeness::of_score(0.71))]);
        for permille in [-1, 1_001] {
            let written = db
                .sql(&format!("UPDATE renders SET likeness_permille = {permille}"))
                .await;
            assert_eq!(broken_rule(&written.unwrap_err()), ErrorKind::CheckViolation);
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_with_a_smaller_form_of_the_picture_is_known() {
    on_both(async |db| {
        db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        db.write(|tx| one_image(tx, 2, 2).boxed()).await?;
        for _ in 0..2 {
            db.write(|tx| by_id::set_reduced_message(tx, render_id(2), MessageId::new(900)).boxed())
                .await?;
        }
        let reduced = async |id| Ok::<_, Error>(found(db, render_id(id)).await?.unwrap().reduced.is_some());
        assert_eq!((reduced(1).await?, reduced(2).await?), (false, true));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_keeps_its_terms_from_opening_to_end() {
    on_both(async |db| {
        let id = db.write(|tx| open_vote(tx, 1, terms()).boxed()).await?;
        let opened = found(db, id).await?.unwrap();
        assert_eq!((opened.vote_version, opened.remind_ms), (0, Some(3)));
        assert_eq!(opened.vote, Vote::Open(terms()));
        let capped = Capped {
            by: "server 0 any day 100".parse().expect("a spending limit"),
            until_ms: Some(NOW + 7),
        };
        let by_limit = |since_ms| Vote::Capped {
            terms: terms(),
            since_ms,
            capped,
        };
        for vote in [
            vote_that_is(VoteState::Waiting, NOW),
            vote_that_is(VoteState::Open, 0),
            by_limit(NOW),
            vote_that_is(VoteState::Waiting, NOW + 1),
            vote_that_is(VoteState::Spent, 0),
            vote_that_is(VoteState::Closed, 0),
        ] {
            moves(db, id, vote.clone()).await?;
            let moved = found(db, id).await?.unwrap();
            assert_eq!((moved.vote, moved.remind_ms), (vote, Some(3)));
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_is_stopped_until_it_moves_on_and_closes_with_its_stop() {
    on_both(async |db| {
        let id = db.write(|tx| open_vote(tx, 1, terms()).boxed()).await?;
        let by = |by, reason: Option<&str>| Stop {
            by,
            reason: reason.map(str::to_owned),
        };
        let stopped = |stop| Vote::Stopped { terms: terms(), stop };
        for vote in [
            vote_that_is(VoteState::Waiting, NOW),
            stopped(by(BO, None)),
            stopped(by(BO, Some("the logo"))),
            stopped(by(CEM, None)),
            vote_that_is(VoteState::Open, 0),
            stopped(by(CEM, None)),
        ] {
            moves(db, id, vote.clone()).await?;
            assert_eq!(found(db, id).await?.unwrap().vote, vote);
        }
        let closed = stopped(by(CEM, None)).closed();
        assert_eq!(closed.stop(), Some(&by(CEM, None)), "the stop stays on record");
        moves(db, id, closed.clone()).await?;
        assert_eq!(found(db, id).await?.unwrap().vote, closed);
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_are_found_by_the_thread_that_they_are_in_and_by_its_channel() {
    on_both(async |db| {
        let thread = ChannelId::new(600);
        for id in [1, 2] {
            db.write(move |tx| open_vote(tx, id, terms()).boxed()).await?;
        }
        let place = Place::Open {
            starter: MessageId::new(600),
            thread,
        };
        db.write(move |tx| by_id::set_place(tx, DraftId::new(1), place).boxed())
            .await?;
        let voting = async |channel| db.read(move |tx| renders::voting_in(tx, channel).boxed()).await;
        assert_eq!(voting(thread).await?, [render_id(1)]);
        assert_eq!(voting(ChannelId::new(500)).await?, [render_id(1), render_id(2)]);
        assert_eq!(voting(ChannelId::new(4711)).await?, []);
        moves(db, render_id(1), vote_that_is(VoteState::Closed, 0)).await?;
        assert_eq!(voting(thread).await?, []);
        Ok(())
    })
    .await;
}

/// Columns that are no state of a vote are refused by the database or, where it has no rule, by
/// whoever reads them.
#[tokio::test(flavor = "multi_thread")]
async fn a_vote_that_was_never_opened_cannot_move_and_none_waits_since_never() {
    on_both(async |db| {
        db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
        db.write(|tx| open_vote(tx, 2, terms()).boxed()).await?;
        for (id, columns) in [
            (1, "vote_state = 'open'"),
            (1, "vote_state = 'spent'"),
            (1, "vote_state = 'closed'"),
            (1, "stopped_by = 5"),
            (1, "waiting_since_ms = 5"),
            (2, "vote_state = 'waiting'"),
            (2, "vote_state = 'none'"),
            (2, "vote_state = 'stopped'"),
            (2, "waiting_since_ms = 5"),
            (2, "capped_by = 'server 0 any day 100'"),
            (2, "vote_state = 'waiting', waiting_since_ms = 5, stopped_by = 5"),
            (
                2,
                "vote_state = 'waiting', waiting_since_ms = 5, capped_by = 'nobody'",
            ),
            (2, "vote_state = 'spent', stopped_by = 5"),
            (2, "vote_state = 'spent', waiting_since_ms = 5"),
            (2, "vote_state = 'closed', waiting_since_ms = 5"),
        ] {
            let before = found(db, render_id(id)).await?;
            let wrong = format!("UPDATE renders SET {columns} WHERE id = {id}");
            if let Err(error) = db.sql(&wrong).await {
                assert_eq!(broken_rule(&error), ErrorKind::CheckViolation, "{columns}");
            } else {
                let read = found(db, render_id(id)).await;
                assert!(matches!(read, Err(Error::Inconsistent(_))), "{columns}: {read:?}");
                let back = "waiting_since_ms = NULL, capped_by = NULL, stopped_by = NULL";
                let state = if id == 1 { "none" } else { "open" };
                let back = format!("UPDATE renders SET vote_state = '{state}', {back} WHERE id = {id}");
                db.sql(&back).await.expect("the row as it was");
            }
            assert_eq!(found(db, render_id(id)).await?, before, "{columns}");
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_vote_raises_the_version() {
    on_both(async |db| {
        db.write(|tx| open_vote(tx, 1, terms()).boxed()).await?;
        for version in 1..=3 {
            db.write(|tx| by_id::bump_vote(tx, render_id(1)).boxed()).await?;
            assert_eq!(found(db, render_id(1)).await?.unwrap().vote_version, version);
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recount_visits_every_thread_with_a_vote_that_can_still_change_something() {
    on_both(async |db| {
        let states = [
            VoteState::Open,
            VoteState::Waiting,
            VoteState::Spent,
            VoteState::Closed,
        ];
        for (id, state) in (1..).zip(states) {
            db.write(move |tx| {
                async move {
                    let place = Place::Open {
                        starter: MessageId::new(600 + id),
                        thread: ChannelId::new(600 + id),
                    };
                    let image = open_vote(tx, id, terms()).await?;
                    by_id::set_place(tx, DraftId::new(id), place).await?;
                    by_id::set_vote(tx, image, &vote_that_is(state, NOW)).await
                }
                .boxed()
            })
            .await?;
        }
        db.write(|tx| one_image(tx, 9, 9).boxed()).await?;
        let threads = db.read(|tx| renders::voting_threads(tx).boxed()).await?;
        assert_eq!(threads, [601, 602].map(ChannelId::new));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn approvals_wait_for_credits_strictly_oldest_first_in_their_guild() {
    on_both(async |db| {
        let line = async || -> Result<Vec<(RenderId, Credits)>, Error> {
            let waiting = db.read(|tx| renders::waiting(tx, GUILD).boxed()).await?;
            Ok(waiting.iter().map(|one| (one.render, one.price)).collect())
        };
        assert_eq!(line().await?, []);

        for (id, price, since) in [(1, 20, NOW + 5), (4, 40, NOW), (3, 20, NOW), (2, 7, NOW + 1)] {
            db.write(move |tx| {
                async move {
                    let terms = Terms {
                        price: credits(price),
                        ..terms()
                    };
                    let id = open_vote(tx, id, terms.clone()).await?;
                    let since_ms = since;
                    by_id::set_vote(tx, id, &Vote::Waiting { terms, since_ms }).await
                }
                .boxed()
            })
            .await?;
        }
        elsewhere_waits(db).await?;
        let by_age = [(3, 20), (4, 40), (2, 7), (1, 20)].map(|(id, price)| (render_id(id), credits(price)));
        for paid in 0..by_age.len() {
            assert_eq!(line().await?, by_age[paid..]);
            let (next, _) = by_age[paid];
            moves(db, next, vote_that_is(VoteState::Spent, 0)).await?;
        }
        assert_eq!(line().await?, []);
        Ok(())
    })
    .await;
}

/// Stores an approval of another guild that has waited longer than any here.
async fn elsewhere_waits(db: &TestDb) -> Result<(), Error> {
    db.write(|tx| {
        async move {
            let draft = draft(GuildId::new(7), 70);
            ledger::ensure(tx, draft.guild).await?;
            drafts::insert(tx, &draft, None).await?;
            renders::insert(tx, &explore(&draft, 70, 1, 10)).await?;
            by_id::open_vote(tx, render_id(70), &terms(), 3).await?;
            by_id::set_vote(tx, render_id(70), &vote_that_is(VoteState::Waiting, 1)).await
        }
        .boxed()
    })
    .await
}
