//! Tests votes: they are a set, and a repeat changes nothing.

use std::collections::BTreeSet;

use futures::FutureExt;
use greenlight::domain::approval::ballot::{Kind, Veto, VoteSource, VoterRole};
use greenlight::domain::ids::{RenderId, UserId};
use greenlight::store::{Error, votes};

use super::db::{TestDb, on_both};
use super::steps::{ANA, BO, CEM, NOW, by_id, one_image, render_id};

const FOX: RenderId = RenderId::new(1);
const HARE: RenderId = RenderId::new(2);

async fn two_images(db: &TestDb) -> Result<(), Error> {
    db.write(|tx| one_image(tx, 1, 1).boxed()).await?;
    db.write(|tx| one_image(tx, 2, 2).boxed()).await?;
    Ok(())
}

async fn casts(db: &TestDb, image: RenderId, user: UserId, source: VoteSource) -> Result<bool, Error> {
    db.write(move |tx| by_id::cast(tx, image, user, Kind::Approve, source, NOW).boxed())
        .await
}

async fn withdraws(db: &TestDb, user: UserId, source: VoteSource) -> Result<bool, Error> {
    db.write(move |tx| by_id::withdraw(tx, FOX, user, Kind::Approve, source).boxed())
        .await
}

/// Reads who approves.
async fn ballot(db: &TestDb, image: RenderId) -> Result<BTreeSet<UserId>, Error> {
    let ballot = db.read(move |tx| votes::ballot(tx, image).boxed()).await?;
    Ok(ballot.approvals.into_keys().collect())
}

fn members<const N: usize>(users: [UserId; N]) -> BTreeSet<UserId> {
    BTreeSet::from(users)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vote_counts_once_and_can_be_taken_back_once() {
    on_both(async |db| {
        two_images(db).await?;
        assert_eq!(ballot(db, FOX).await?, members([]));
        assert!(casts(db, FOX, BO, VoteSource::Reaction).await?);
        assert!(!casts(db, FOX, BO, VoteSource::Reaction).await?, "a repeat");
        assert!(casts(db, FOX, CEM, VoteSource::Reaction).await?);
        assert!(casts(db, HARE, ANA, VoteSource::Reaction).await?, "another image");
        assert_eq!(ballot(db, FOX).await?, members([BO, CEM]));
        assert_eq!(ballot(db, HARE).await?, members([ANA]));

        assert!(withdraws(db, BO, VoteSource::Reaction).await?);
        assert!(!withdraws(db, BO, VoteSource::Reaction).await?, "a repeat");
        assert_eq!(ballot(db, FOX).await?, members([CEM]));
        assert_eq!(ballot(db, HARE).await?, members([ANA]));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_with_two_sources_is_one_voter_until_both_are_gone() {
    on_both(async |db| {
        two_images(db).await?;
        assert!(casts(db, FOX, BO, VoteSource::Reaction).await?);
        assert!(casts(db, FOX, BO, VoteSource::Button).await?);
        assert!(casts(db, FOX, CEM, VoteSource::Button).await?);
        assert_eq!(ballot(db, FOX).await?, members([BO, CEM]));
        let by = async |source| {
            db.read(move |tx| votes::voters(tx, FOX, Kind::Approve, source).boxed())
                .await
        };
        assert_eq!(by(VoteSource::Reaction).await?, members([BO]));
        assert_eq!(by(VoteSource::Button).await?, members([BO, CEM]));

        assert!(withdraws(db, BO, VoteSource::Reaction).await?);
        assert_eq!(
            ballot(db, FOX).await?,
            members([BO, CEM]),
            "the button still says yes"
        );
        assert!(withdraws(db, BO, VoteSource::Button).await?);
        assert_eq!(ballot(db, FOX).await?, members([CEM]));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recount_makes_the_reactions_those_of_discord_and_leaves_the_buttons() {
    on_both(async |db| {
        two_images(db).await?;
        casts(db, FOX, ANA, VoteSource::Reaction).await?;
        casts(db, FOX, BO, VoteSource::Reaction).await?;
        casts(db, FOX, ANA, VoteSource::Button).await?;
        casts(db, HARE, CEM, VoteSource::Reaction).await?;
        let recount = async |users: BTreeSet<UserId>| {
            db.write(move |tx| {
                async move { by_id::replace_reactions(tx, FOX, Kind::Approve, &users, NOW + 9).await }.boxed()
            })
            .await
        };
        for seen in [
            members([BO, CEM]),
            members([BO, CEM]),
            members([ANA, BO, CEM]),
            members([]),
        ] {
            recount(seen.clone()).await?;
            let reactions = db.read(|tx| votes::voters(tx, FOX, Kind::Approve, VoteSource::Reaction).boxed());
            assert_eq!(reactions.await?, seen);
            assert_eq!(
                ballot(db, FOX).await?,
                seen.union(&members([ANA])).copied().collect()
            );
        }
        assert_eq!(ballot(db, HARE).await?, members([CEM]), "another image");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recount_keeps_the_time_of_a_vote_that_it_finds_again() {
    on_both(async |db| {
        two_images(db).await?;
        casts(db, FOX, BO, VoteSource::Reaction).await?;
        let seen = members([BO, CEM]);
        db.write(move |tx| {
            async move { by_id::replace_reactions(tx, FOX, Kind::Approve, &seen, NOW + 9).await }.boxed()
        })
        .await?;
        let at = async |user: u64| {
            db.number(&format!("SELECT at_ms FROM votes WHERE user_id = {user}"))
                .await
        };
        assert_eq!((at(BO.get()).await, at(CEM.get()).await), (NOW, NOW + 9));
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_votes_on_an_image_that_is_not_there() {
    on_both(async |db| {
        let vote = casts(db, render_id(4711), BO, VoteSource::Button).await;
        assert!(matches!(vote, Err(Error::Inconsistent(_))), "{vote:?}");
        Ok(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_veto_is_no_approval_and_is_lifted_until_it_is_given_anew() {
    on_both(async |db| {
        two_images(db).await?;
        let vetoes = async |users: BTreeSet<UserId>| {
            db.write(move |tx| {
                async move { by_id::replace_reactions(tx, FOX, Kind::Veto, &users, NOW).await }.boxed()
            })
            .await
        };
        let read = async || db.read(|tx| votes::ballot(tx, FOX).boxed()).await;
        casts(db, FOX, BO, VoteSource::Reaction).await?;
        assert!(vetoes(members([BO, CEM])).await?);
        let both = read().await?;
        assert_eq!((both.approvals.len(), both.vetoes.len()), (1, 2));
        assert!(
            db.write(|tx| by_id::note(tx, FOX, BO, VoterRole::Lead).boxed())
                .await?
        );
        assert!(
            !db.write(|tx| by_id::note(tx, FOX, BO, VoterRole::Lead).boxed())
                .await?,
            "no news"
        );
        db.write(|tx| by_id::lift(tx, FOX).boxed()).await?;
        assert!(
            !vetoes(members([BO, CEM])).await?,
            "found again, and still lifted"
        );
        let lifted = read().await?;
        assert_eq!(lifted.approvals[&BO], VoterRole::Lead, "of all their votes");
        let veto = |role, lifted| Veto { role, lifted };
        assert_eq!(lifted.vetoes[&BO], veto(VoterRole::Lead, true));
        assert_eq!(lifted.vetoes[&CEM], veto(VoterRole::Unknown, true));
        vetoes(members([CEM])).await?;
        vetoes(members([BO, CEM])).await?;
        assert_eq!(
            read().await?.vetoes[&BO],
            veto(VoterRole::Unknown, false),
            "taken back and given anew"
        );
        Ok(())
    })
    .await;
}
