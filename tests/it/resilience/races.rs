//! Tests many people in the same instant and many workers: one quorum is one render, and the pool
//! pays no more than it has.
//!
//! Each story runs on both databases, because SQLite hides what Postgres shows.
//! `GREENLIGHT_TEST_ROUNDS` asks for more rounds.

use std::time::Duration;

use discord_sandbox::world;
use futures::future::join_all;
use serde_json::json;

use crate::harness::{Image, Kind, World, run_test_on};

const BOTH: [Kind; 2] = [Kind::Sqlite, Kind::Postgres];
const CROWD: u64 = 50;
const WORKERS: usize = 6;

/// Returns how often a race is run.
fn rounds(usual: usize) -> usize {
    std::env::var("GREENLIGHT_TEST_ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(usual)
}

fn crowd(w: &World) -> Vec<u64> {
    (0..CROWD)
        .map(|n| w.discord().add_member(&format!("Member {n}")))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_members_who_react_at_once_buy_one_review_and_then_one_final() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let people = crowd(w);
            for _ in 0..rounds(2) {
                let before = w.pool().await;
                let (thread, images) = w.drafted(1).await;
                w.all_approve(&people, &images).await;
                w.run_jobs_with(WORKERS).await;
                let review = w.image_at(&thread, "review");
                w.all_approve(&people, std::slice::from_ref(&review)).await;
                w.run_jobs_with(WORKERS).await;
                w.image_at(&thread, "final");
                let pool = w.pool().await;
                assert_eq!(pool.settled.get() - before.settled.get(), 10 + 20 + 40);
                assert_eq!(pool.held.get(), 0);
            }
        })
        .await;
    }
}

/// The workers run while the crowd still comes in. Every vote is a job that another worker may
/// hold.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_comes_in_while_a_busy_bot_works_buys_one_of_each() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let people = crowd(w);
            w.set_works(true);
            w.restart().await;
            for round in 1..=rounds(2) {
                let answer = w
                    .ana()
                    .asks(json!({ "prompt": "a red fox in the snow", "images": 1 }))
                    .await;
                assert!(answer.contains("10 credits"), "{answer}");
                w.idle().await;
                let thread = w.last_thread();
                w.starter(&thread);
                let first = w.image_at(&thread, "explore");
                w.all_approve(&people, std::slice::from_ref(&first)).await;
                w.idle().await;
                let review = w.image_at(&thread, "review");
                w.all_approve(&people, std::slice::from_ref(&review)).await;
                w.idle().await;
                w.image_at(&thread, "final");
                let pool = w.pool().await;
                assert_eq!(
                    (pool.settled.get(), pool.held.get()),
                    (70 * i64::try_from(round).unwrap(), 0)
                );
            }
            w.set_works(false);
            w.restart().await;
        })
        .await;
    }
}

/// Half of the crowd presses the button, half reacts, some do both, and some take it back at once.
#[tokio::test(flavor = "multi_thread")]
async fn buttons_and_reactions_of_the_same_instant_buy_one_review() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            let people = crowd(w);
            for _ in 0..rounds(2) {
                let (thread, images) = w.drafted(1).await;
                let before = w.available().await;
                let image = &images[0];
                let working = w.work_meanwhile();
                let interactions = press_and_react(w, &people, image).await;
                join_all(interactions.iter().map(|id| w.discord().answer(*id))).await;
                working.await.expect("the worker");
                w.run_jobs_with(WORKERS).await;
                w.image_at(&thread, "review");
                assert_eq!(w.available().await, before - 20);
            }
        })
        .await;
    }
}

/// Has the first 30 of 50 people press and the last 30 react. Every tenth of those who react takes
/// it back.
async fn press_and_react(w: &World, people: &[u64], image: &Image) -> Vec<u64> {
    let button = w.button(image.thread, image.message, "approve");
    let presses = people[..30].iter().map(|person| {
        let (member, button, image) = (w.discord().member(*person), button.clone(), image.clone());
        tokio::spawn(async move {
            member
                .click(image.thread, image.message, &button)
                .await
                .expect("a click")
        })
    });
    let reactions = people[20..].iter().map(|person| {
        let (member, image, fickle) = (w.discord().member(*person), image.clone(), person % 10 == 0);
        tokio::spawn(async move {
            member
                .react(image.thread, image.message, "✅")
                .await
                .expect("a reaction");
            if fickle {
                member
                    .unreact(image.thread, image.message, "✅")
                    .await
                    .expect("to take it back");
            }
        })
    });
    let (pressed, reacted) = tokio::join!(join_all(presses), join_all(reactions));
    for reaction in reacted {
        reaction.expect("nobody panics");
    }
    pressed
        .into_iter()
        .map(|pressed| pressed.expect("nobody panics"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_quorums_at_once_a_pool_of_thirty_pays_one_and_a_grant_the_other() {
    for kind in BOTH {
        for _ in 0..rounds(3) {
            run_test_on(kind, &[("POOL__FIRST_GRANT", "50")], async |w| {
                let (thread, images) = w.drafted(2).await;
                assert_eq!(w.available().await, 30);
                w.all_approve(&[world::BO, world::CEM], &images).await;
                w.run_jobs_with(WORKERS).await;
                let first = w.image_at(&thread, "review");
                let pool = w.pool().await;
                assert_eq!(
                    (pool.available.get(), pool.held.get(), pool.settled.get()),
                    (10, 0, 40)
                );

                w.grant(10).await;
                w.run_jobs_with(WORKERS).await;
                let reviews = w.images(&thread, "review");
                assert_eq!(
                    reviews.iter().map(|image| image.position).collect::<Vec<_>>(),
                    [1, 2]
                );
                assert!(reviews.iter().any(|image| image.message == first.message));
                assert_eq!(w.available().await, 0);
            })
            .await;
        }
    }
}

/// Four approvals wait, and credits come from several sides in the same instant. None is paid
/// twice, and none is forgotten.
#[tokio::test(flavor = "multi_thread")]
async fn grants_of_the_same_instant_start_as_many_as_they_pay() {
    for kind in BOTH {
        run_test_on(kind, &[("POOL__FIRST_GRANT", "40")], async |w| {
            let (thread, images) = w.drafted(4).await;
            w.all_approve(&[world::BO], &images).await;
            w.run_jobs_with(WORKERS).await;
            assert!(
                w.images(&thread, "review").is_empty(),
                "there is nothing to pay with"
            );
            let working = w.work_meanwhile();
            join_all((0..6).map(|_| w.grant(10))).await;
            working.await.expect("the worker");
            w.run_jobs_with(WORKERS).await;
            assert_eq!(w.images(&thread, "review").len(), 3);
            assert_eq!(w.available().await, 0);
            w.grant(20).await;
            w.run_jobs_with(WORKERS).await;
            assert_eq!(w.images(&thread, "review").len(), 4);
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_drafts_at_once_the_pool_pays_the_one_that_it_can() {
    for kind in BOTH {
        for _ in 0..rounds(3) {
            run_test_on(kind, &[("POOL__FIRST_GRANT", "70")], async |w| {
                let (ana, bo) = (w.discord().member(world::ANA), w.discord().member(world::BO));
                let options = json!({ "prompt": "a red fox", "images": 4 });
                let (first, second) = tokio::join!(
                    ana.command(world::CAMPAIGN, "draft", options.clone()),
                    bo.command(world::CAMPAIGN, "draft", options)
                );
                let (first, second) = (first.expect("a command"), second.expect("a command"));
                let answers = tokio::join!(w.discord().answer(first), w.discord().answer(second));
                let texts = [answers.0, answers.1].map(|answer| answer.message["content"].to_string());
                let accepted = texts
                    .iter()
                    .filter(|text| text.contains("opening the thread"))
                    .count();
                assert_eq!(accepted, 1, "{texts:?}");
                assert!(
                    texts.iter().any(|text| text.contains("30 are left")),
                    "what is missing is said: {texts:?}"
                );
                w.run_jobs_with(WORKERS).await;
                assert_eq!(w.discord().threads(world::CAMPAIGN).len(), 1);
                let thread = w.last_thread();
                assert_eq!(w.images(&thread, "explore").len(), 4);
                w.starter(&thread);
                assert_eq!(w.available().await, 30);
            })
            .await;
        }
    }
}

/// Cancel releases what is queued, while workers begin and settle images of the same draft.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_in_the_middle_of_the_work_gives_back_exactly_what_is_not_drawn() {
    for kind in BOTH {
        run_test_on(kind, &[], async |w| {
            for round in 0..rounds(4) {
                let before = w.pool().await;
                w.ana()
                    .asks(json!({ "prompt": "a red fox in the snow", "images": 4 }))
                    .await;
                // The thread is opened and nothing is drawn.
                w.run_jobs_until(|w| w.discord().threads(world::CAMPAIGN).len() > round)
                    .await;
                let thread = w.last_thread();
                let cancel = w.button(world::CAMPAIGN, thread.id, "cancel");
                let working: Vec<_> = (0..4).map(|_| w.work_meanwhile()).collect();
                let presses = [world::ANA, world::DANA].map(|person| {
                    let member = w.discord().member(person);
                    let cancel = cancel.clone();
                    async move { member.click(world::CAMPAIGN, thread.id, &cancel).await }
                });
                // When all is drawn, the button is gone.
                let pressed: Vec<u64> = join_all(presses).await.into_iter().flatten().collect();
                join_all(pressed.iter().map(|id| w.discord().answer(*id))).await;
                join_all(working).await;
                w.run_jobs_with(WORKERS).await;
                // An image waits for an earlier one that was cancelled, 15 seconds at most.
                w.advance(Duration::from_secs(16));
                w.run_jobs_with(WORKERS).await;
                w.starter(&thread);
                let drawn = i64::try_from(w.images(&thread, "explore").len()).unwrap();
                let pool = w.pool().await;
                assert_eq!(
                    (pool.settled.get() - before.settled.get(), pool.held.get()),
                    (10 * drawn, 0)
                );
            }
        })
        .await;
    }
}

/// Discord sends one press to each session. Two processes that overlap in a deploy must not undo
/// each other's work.
#[tokio::test(flavor = "multi_thread")]
async fn two_bots_on_one_database_do_the_work_of_one() {
    run_test_on(Kind::Postgres, &[], async |w| {
        let second = w.second_bot().await;
        let (thread, images) = w.drafted(2).await;
        assert_eq!(w.discord().threads(world::CAMPAIGN).len(), 1);
        let told = w.bo().presses(thread.id, images[0].message, "approve").await;
        assert!(told.contains("counts"), "{told}");
        w.cem().approves(&images[1]).await;
        second
            .seen
            .follow()
            .wait_for(|counts| counts.reactions >= 1)
            .await
            .map(drop)
            .expect("the second bot is running");
        w.run_jobs_with(WORKERS).await;
        assert_eq!(
            w.images(&thread, "review").len(),
            2,
            "a press is a vote, however many bots hear of it"
        );
        assert_eq!(w.available().await, 1000 - 20 - 40);
        second.stop().await;
    })
    .await;
}
