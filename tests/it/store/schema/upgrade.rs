//! Tests that a database of any earlier schema, in which a bot has lived, is brought up to date with
//! everything in it.

use std::path::Path;

use futures::FutureExt;
use greenlight::domain::approval::ballot::{Kind as VoteKind, VoterRole};
use greenlight::domain::approval::vote::VoteState;
use greenlight::domain::ids::{DraftId, RenderId, UserId};
use greenlight::domain::image::render::State;
use greenlight::domain::job::Job;
use greenlight::store::{Error, Store, drafts, jobs, ledger, renders, votes};
use sqlx::migrate::{Migration, Migrator};
use sqlx::{AnyConnection, Connection, Executor};

use crate::harness::run_test_on;
use crate::store::db::{Kind, Somewhere};
use crate::store::steps::{GUILD, SIZE, sums};

/// What a bot of the first schema has written, and any later one keeps: images in every state that
/// has a rule of its own, their holds, votes and work. It names its columns, so that it fits every
/// schema since.
pub const LIVED_IN: &str = "
INSERT INTO pools (guild_id, granted, held, settled) VALUES (100, 1000, 20, 20);
INSERT INTO drafts (id, guild_id, channel_id, requester_id, prompt, ratio, images, last_stage, state,
    starter_id, thread_id, created_ms) VALUES
    (7, 100, 500, 1, 'a red fox', '16:9', 4, 'final', 'open', 70, 71, 1000),
    (8, 100, 500, 1, 'a hare', '1:1', 1, 'final', 'open', 80, 81, 2000);
INSERT INTO renders (id, draft_id, guild_id, position, stage, price, want_width, want_height, state, width,
    height, queued_ms, message_id, vote_state, vote_price, vote_quorum, vote_own, vote_closes_ms, waiting_since_ms)
    VALUES
    (1, 7, 100, 1, 'explore', 10, 1280, 720, 'done', 1280, 720, 1000, 701, 'open', 20, 1, 0, 9000, NULL),
    (2, 7, 100, 2, 'explore', 10, 1280, 720, 'queued', NULL, NULL, 1000, NULL, 'none', NULL, NULL, NULL, NULL, NULL),
    (3, 7, 100, 3, 'explore', 10, 1280, 720, 'unknown', NULL, NULL, 1000, 703, 'none', NULL, NULL, NULL, NULL, NULL),
    (4, 7, 100, 4, 'explore', 10, 1280, 720, 'cancelled', NULL, NULL, 1000, NULL, 'none', NULL, NULL, NULL, NULL, NULL),
    (5, 8, 100, 1, 'explore', 10, 1280, 720, 'done', 1280, 720, 2000, 801, 'waiting', 20, 1, 0, 9000, 3000);
INSERT INTO entries (guild_id, kind, amount, once_key, at_ms) VALUES (100, 'grant', 1000, 'first-grant:100', 500);
INSERT INTO entries (guild_id, kind, amount, render_id, at_ms)
    SELECT 100, 'hold', 10, id, queued_ms FROM renders ORDER BY id;
INSERT INTO entries (guild_id, kind, amount, render_id, closes, at_ms)
    SELECT 100, 'settle', 10, render_id, id, 1500 FROM entries WHERE kind = 'hold' AND render_id IN (1, 5);
INSERT INTO entries (guild_id, kind, amount, render_id, closes, at_ms)
    SELECT 100, 'release', 10, render_id, id, 1500 FROM entries WHERE kind = 'hold' AND render_id = 4;
INSERT INTO votes (render_id, user_id, source, at_ms) VALUES
    (1, 2, 'reaction', 1600), (1, 2, 'button', 1600), (5, 3, 'button', 2600);
INSERT INTO jobs (kind, target, run_at_ms) VALUES ('render', 2, 1000), ('close_vote', 1, 9000);
";

/// Returns the migrations of a kind of database, in their order.
async fn migrations(kind: Kind) -> Vec<Migration> {
    let folder = match kind {
        Kind::Sqlite => "sqlite",
        Kind::Postgres => "postgres",
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(folder);
    let all = Migrator::new(folder.as_path()).await.expect("migrations");
    all.iter().cloned().collect()
}

/// Makes a database of the schema that the first migrations make, with what a bot has written there.
async fn lived_in(kind: Kind, first: &[Migration]) -> Somewhere {
    sqlx::any::install_default_drivers();
    let place = Somewhere::new(kind).await;
    let url = match kind {
        Kind::Sqlite => format!("{}?mode=rwc", place.url()),
        Kind::Postgres => place.url().to_owned(),
    };
    let mut connection = AnyConnection::connect(&url).await.expect("a database");
    let migrator = Migrator::with_migrations(first.to_vec());
    migrator
        .run_direct(None, &mut connection, false)
        .await
        .expect("the schema");
    connection
        .execute(sqlx::raw_sql(LIVED_IN))
        .await
        .expect("what a bot has written");
    connection.close().await.expect("no more to say");
    place
}

/// Fails unless everything is there that [`LIVED_IN`] has.
async fn assert_all_is_there(store: &Store) -> Result<(), Error> {
    assert_eq!(sums(store, GUILD).await?, [1000, 960, 20, 20]);
    let read = store.read(|tx| {
        async move {
            assert_eq!(ledger::audit(tx).await?, Vec::<String>::new());
            let prompt = drafts::get(tx, DraftId::new(7)).await?.prompt;
            assert_eq!(prompt.as_str(), "a red fox");
            let states = [
                (1, State::Done(SIZE), VoteState::Open),
                (2, State::Queued, VoteState::None),
                (3, State::Unknown, VoteState::None),
                (4, State::Cancelled, VoteState::None),
                (5, State::Done(SIZE), VoteState::Waiting),
            ];
            for (id, state, vote) in states {
                let image = renders::find(tx, RenderId::new(id)).await?.expect("an image");
                assert_eq!((&image.state, image.vote.state()), (&state, vote), "{id}");
                assert_eq!(image.for_lead, None, "{id}");
            }
            let ballot = votes::ballot(tx, RenderId::new(1)).await?;
            let approvals: Vec<_> = ballot.approvals.into_iter().collect();
            assert_eq!(approvals, [(UserId::new(2), VoterRole::Unknown)]);
            let vetoes = votes::voters(
                tx,
                RenderId::new(1),
                VoteKind::Veto,
                greenlight::domain::approval::ballot::VoteSource::Reaction,
            );
            assert!(vetoes.await?.is_empty());
            let waiting = renders::waiting(tx, GUILD).await?;
            assert_eq!(
                waiting.iter().map(|one| one.render.get()).collect::<Vec<_>>(),
                [5]
            );
            let mut pending = jobs::pending(tx).await?;
            pending.sort_by_key(|(_, at_ms)| *at_ms);
            let expected = [
                (Job::Render(RenderId::new(2)), 1000),
                (Job::CloseVote(RenderId::new(1)), 9000),
            ];
            assert_eq!(pending, expected);
            Ok::<_, Error>(())
        }
        .boxed()
    });
    read.await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_every_earlier_schema_keeps_all_that_a_bot_wrote_there() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let all = migrations(kind).await;
        for applied in 1..all.len() {
            let first = &all[..applied];
            let place = lived_in(kind, first).await;
            // Twice: a second process finds it up to date.
            for _ in 0..2 {
                let store = Store::open(place.url()).await;
                let store =
                    store.unwrap_or_else(|error| panic!("{kind:?} after {applied}: {error}: {error:?}"));
                assert_all_is_there(&store)
                    .await
                    .unwrap_or_else(|error| panic!("{kind:?} after {applied}: {error:?}"));
                store.close().await;
            }
        }
    }
}

/// What a later release may do to a database that this one works on: it adds, and takes nothing away.
const EXPANDS: &str = "
ALTER TABLE drafts ADD COLUMN later TEXT;
ALTER TABLE renders ADD COLUMN later INTEGER NOT NULL DEFAULT 7;
CREATE TABLE later (id INTEGER NOT NULL);
INSERT INTO _sqlx_migrations SELECT 9999, description, installed_on, success, checksum, execution_time
    FROM _sqlx_migrations WHERE version = 1;
";

async fn expands(url: &str, more: &str) {
    let mut other = AnyConnection::connect(url).await.expect("a connection");
    let done = other.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("{EXPANDS}{more}"))));
    done.await.expect("a later schema");
    other.close().await.expect("no more to say");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_goes_on_with_a_database_that_the_next_one_has_brought_up_to_date() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            let (thread, image) = w.drafted_one().await;
            // While it runs, as in a deploy, and after a start, as when the deploy is taken back.
            expands(w.database_url(), "").await;
            w.bo().approves(&image).await;
            w.run_jobs().await;
            let review = w.image_at(&thread, "review");
            w.restart().await;
            w.run_jobs().await;
            w.bo().approves(&review).await;
            w.cem().approves(&review).await;
            w.run_jobs().await;
            w.image_at(&thread, "final");
            assert_eq!(w.sums().await, (0, 70, 930), "{kind:?}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_refuses_a_database_from_which_a_later_one_has_taken_what_it_uses() {
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let place = Somewhere::new(kind).await;
        let first = Store::open(place.url()).await.expect("a database");
        first.close().await;
        expands(place.url(), "UPDATE reach SET oldest = 9998;").await;
        let refused = Store::open(place.url()).await;
        let error = refused.err().unwrap_or_else(|| panic!("{kind:?}: it opens"));
        assert!(matches!(error, Error::Migrate(_)), "{kind:?}: {error:?}");
    }
}
