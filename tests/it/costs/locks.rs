//! Tests that every transaction locks in one order: drafts, then images, then pools, then jobs. Two that
//! lock in different orders wait for each other until PostgreSQL ends one of them.

use discord_sandbox::world;
use greenlight::domain::image::render::Verdict;
use greenlight::flow::money::unresolved::{Choice, unresolved};
use greenlight::providers::Answer;
use serde_json::json;

use super::counted::Counter;
use crate::harness::{Easel, Ending, Kind, World, actor, run_test_on};

/// The tables, in the order in which their rows are locked.
const ORDER: [&str; 4] = ["drafts", "renders", "pools", "jobs"];

/// Returns the tables of [`ORDER`] whose rows a statement locks, and those that it adds rows to. A row
/// that is added is nobody else's yet, but a job may be there already.
fn tables(statement: &str) -> (Vec<usize>, Vec<usize>) {
    let words: Vec<&str> = statement.split_whitespace().collect();
    let (mut locks, mut adds) = (Vec::new(), Vec::new());
    for pair in words.windows(2) {
        let Some(table) = ORDER.iter().position(|table| *table == pair[1]) else {
            continue;
        };
        match pair[0] {
            "INTO" if ORDER[table] != "jobs" => adds.push(table),
            "UPDATE" | "INTO" => locks.push(table),
            _ => {}
        }
    }
    (locks, adds)
}

/// Returns the transactions that lock out of order, each with its statements so far, and how many locked
/// anything.
fn out_of_order(lines: &[String]) -> (Vec<String>, usize) {
    let (mut wrong, mut locking) = (Vec::new(), 0);
    for transaction in lines.split(|line| line.starts_with("begin to ")) {
        let (mut locked, mut added): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
        for (at, line) in transaction.iter().enumerate() {
            let (locks, adds) = tables(line);
            added.extend(adds);
            for table in locks {
                let is_new = !locked.contains(&table) && !added.contains(&table);
                if is_new && locked.iter().any(|before| *before > table) {
                    wrong.push(transaction[..=at].join("\n"));
                }
                locked.push(table);
            }
        }
        locking += usize::from(!locked.is_empty());
    }
    (wrong, locking)
}

/// Does most of what locks: pays, cancels, fails, tries again, decides, grants, stops and forgets.
async fn story(w: &mut World) {
    let easel = Easel::new(false);
    w.set_engines(easel.engines());
    w.restart().await;
    let (thread, image) = w.drafted_one().await;
    w.approved_to_4k(&thread, &image).await;

    w.ana().asks(json!({ "prompt": "a hare", "images": 3 })).await;
    w.run_quick_jobs().await;
    w.draw_one().await;
    let hares = w.last_thread();
    w.ana().presses(world::CAMPAIGN, hares.id, "cancel").await;
    w.work_it_out().await;

    easel.next_ends(Ending::Answer(Answer::Broken("no".to_owned())));
    let foxes = w.ana().draft("a tired fox", 1).await;
    let notice = w.message_with(foxes.id, "Image 1");
    w.ana().presses(foxes.id, notice, "retry").await;
    w.work_it_out().await;

    easel.next_ends(Ending::Answer(Answer::Unknown));
    w.ana().draft("a lost fox", 1).await;
    let dana = w.treasurer(actor(world::DANA, true)).expect("the right");
    let choice = Choice {
        image: easel.calls().last().map(ToString::to_string),
        verdict: Some(Verdict::Release),
        reason: None,
    };
    unresolved(&w.app().services, &dana, choice)
        .await
        .expect("an answer");
    w.work_it_out().await;
    w.ana_is_forgotten().await;
    w.work_it_out().await;
    w.read_all();
}

#[tokio::test(flavor = "multi_thread")]
async fn every_transaction_locks_drafts_then_images_then_pools_then_jobs() {
    let counter = Counter::install();
    run_test_on(Kind::Sqlite, &[], async |w| {
        let _ = counter.take();
        story(w).await;
        let (wrong, locking) = out_of_order(&counter.take().order);
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
        assert!(locking > 50, "only {locking} transactions locked anything");
    })
    .await;
}

#[test]
fn a_turned_order_is_found_and_a_row_of_its_own_is_nobodys() {
    let lines = |statements: &[&str]| {
        let mut all = vec!["begin to write".to_owned()];
        all.extend(statements.iter().map(|line| format!("    {line}")));
        all
    };
    let image = "UPDATE renders SET state = state WHERE id = $1 RETURNING id";
    let pool = "UPDATE pools SET held = held WHERE guild_id = $1 RETURNING held";
    let job = "INSERT INTO jobs (kind, target) VALUES ($1, $2) ON CONFLICT DO UPDATE SET wanted = 2";
    let claim = "WITH due AS (SELECT kind FROM jobs FOR UPDATE SKIP LOCKED) UPDATE jobs SET fence = $2";
    let child = "INSERT INTO renders (id) VALUES ($1)";
    let right = lines(&[image, pool, child, image, job, pool, claim]);
    assert_eq!(out_of_order(&right), (Vec::new(), 1));
    for turned in [[pool, image], [job, pool], [claim, image]] {
        let (wrong, _) = out_of_order(&[right.clone(), lines(&turned)].concat());
        assert_eq!(wrong.len(), 1, "{turned:?}: {wrong:?}");
    }
}
