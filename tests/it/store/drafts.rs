//! Tests drafts: written once, shown in one place, read back as they were.

use futures::FutureExt;
use greenlight::domain::draft::entity::{Draft, Place};
use greenlight::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, MessageId, RenderId};
use greenlight::domain::image::render::{Failure, State};
use greenlight::domain::stage::Stage;
use greenlight::store::{Error, drafts, ledger, renders};

use super::db::{TestDb, on_both};
use super::steps::{GUILD, SIZE, by_id, draft, explore, one_image, render_id};

const FOX: DraftId = DraftId::new(1);

async fn written(db: &TestDb, draft: Draft) -> Result<bool, Error> {
    db.write(move |tx| {
        async move {
            ledger::ensure(tx, draft.guild).await?;
            drafts::insert(tx, &draft, None).await
        }
        .boxed()
    })
    .await
}

async fn found(db: &TestDb, id: DraftId) -> Result<Option<Draft>, Error> {
    db.read(move |tx| drafts::find(tx, id).boxed()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_reads_back_as_it_was_written() {
    on_both(async |db| {
        assert_eq!(found(db, FOX).await?, None);
        let full = draft(GUILD, 1);
        assert!(written(db, full.clone()).await?);
        assert_eq!(found(db, FOX).await?, Some(full.clone()));
        let locked = db.write(|tx| drafts::lock(tx, FOX).boxed()).await?;
        assert_eq!(*locked, full);

        let bare = Draft {
            id: DraftId::new(i64::MAX as u64),
            keep: None,
            answer_token: None,
            images: 1,
            last_stage: Stage::Explore,
            ..full
        };
        assert!(written(db, bare.clone()).await?);
        assert_eq!(found(db, bare.id).await?, Some(bare));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_interaction_finds_the_first_draft() {
    on_both(async |db| {
        assert!(written(db, draft(GUILD, 1)).await?);
        let repeated = Draft {
            images: 2,
            ..draft(GUILD, 1)
        };
        assert!(!written(db, repeated).await?);
        assert_eq!(found(db, FOX).await?, Some(draft(GUILD, 1)));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_is_not_there_can_be_neither_locked_nor_counted_on() {
    on_both(async |db| {
        let missing = db.write(|tx| drafts::lock(tx, FOX).boxed()).await;
        assert!(matches!(missing, Err(Error::Inconsistent(_))), "{missing:?}");
        let missing = db.read(|tx| drafts::get(tx, FOX).boxed()).await;
        assert!(matches!(missing, Err(Error::Inconsistent(_))), "{missing:?}");
        written(db, draft(GUILD, 1)).await?;
        assert_eq!(db.read(|tx| drafts::get(tx, FOX).boxed()).await?, draft(GUILD, 1));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_place_reads_back_and_only_an_open_one_has_a_thread() {
    on_both(async |db| {
        written(db, draft(GUILD, 1)).await?;
        let (starter, thread) = (MessageId::new(77), ChannelId::new(78));
        for (place, in_thread) in [
            (Place::Opening(Some(starter)), None),
            (Place::Open { starter, thread }, Some(thread)),
            (Place::Abandoned(None), None),
            (Place::Opening(None), None),
        ] {
            db.write(move |tx| by_id::set_place(tx, FOX, place).boxed())
                .await?;
            let shown = found(db, FOX).await?.unwrap();
            assert_eq!((shown.place, shown.thread()), (place, in_thread));
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_cannot_be_is_not_acted_on() {
    on_both(async |db| {
        written(db, draft(GUILD, 1)).await?;
        for (plant, undo) in [
            ("thread_id = 78", "thread_id = NULL"),
            ("ratio = 'wide'", "ratio = '16:9'"),
            (
                "state = 'abandoned', starter_id = 5, thread_id = 78",
                "state = 'opening', starter_id = NULL, thread_id = NULL",
            ),
        ] {
            db.sql(&format!("UPDATE drafts SET {plant}")).await?;
            let read = found(db, FOX).await;
            assert!(matches!(read, Err(Error::Inconsistent(_))), "{plant}: {read:?}");
            db.sql(&format!("UPDATE drafts SET {undo}")).await?;
            assert_eq!(found(db, FOX).await?, Some(draft(GUILD, 1)));
        }
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_of_the_private_answer_is_forgotten() {
    on_both(async |db| {
        written(db, draft(GUILD, 1)).await?;
        written(db, draft(GUILD, 2)).await?;
        db.write(|tx| drafts::forget_token(tx, FOX).boxed()).await?;
        assert_eq!(found(db, FOX).await?.unwrap().answer_token, None);
        let other = found(db, DraftId::new(2)).await?.unwrap();
        assert_eq!(
            other.answer_token.as_ref().map(AnswerToken::expose),
            Some("token")
        );
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_open_while_something_of_it_is_queued_or_rendering() {
    on_both(async |db| {
        let open = async || db.read(|tx| drafts::open_count(tx, GUILD).boxed()).await;
        let becomes = async |id: RenderId, state: State| {
            db.write(move |tx| async move { by_id::set_state(tx, id, &state).await }.boxed())
                .await
        };
        assert_eq!(open().await?, 0);
        db.write(|tx| {
            async move {
                one_image(tx, 1, 1).await?;
                renders::insert(tx, &explore(&draft(GUILD, 1), 2, 2, 10)).await?;
                one_image(tx, 2, 3).await?;
                let elsewhere = draft(GuildId::new(7), 9);
                ledger::ensure(tx, elsewhere.guild).await?;
                drafts::insert(tx, &elsewhere, None).await?;
                renders::insert(tx, &explore(&elsewhere, 9, 1, 10)).await
            }
            .boxed()
        })
        .await?;
        assert_eq!(open().await?, 2, "two drafts with three images");

        becomes(render_id(1), State::Done(SIZE)).await?;
        assert_eq!(open().await?, 2);
        becomes(render_id(2), State::Rendering).await?;
        assert_eq!(open().await?, 2);
        becomes(render_id(2), State::Unknown).await?;
        assert_eq!(open().await?, 1, "what is unknown waits for a person, not for us");
        becomes(render_id(3), State::Failed(Failure::Refused)).await?;
        assert_eq!(open().await?, 0);
        Ok(())
    })
    .await;
}
