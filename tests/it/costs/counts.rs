//! Tests that a draft, a vote and an approval cost no more statements, transactions and requests
//! than they did.

use std::collections::BTreeMap;
use std::fmt::Write;

use discord_sandbox::world;
use serde_json::json;

use super::counted::{Counter, Counts};
use crate::harness::hands::Lanes;
use crate::harness::{Kind, World, run_test_on};

/// Runs a deed and returns a table of what it cost.
async fn cost(w: &mut World, counter: &Counter, deed: impl AsyncFnOnce(&mut World, &mut Lanes)) -> String {
    let seen = w.discord().calls().len();
    let mut lanes = w.hands().lanes();
    let _ = counter.take();
    deed(w, &mut lanes).await;
    let counts = counter.take();
    let mut routes: BTreeMap<String, usize> = BTreeMap::new();
    for call in w.discord().calls().into_iter().skip(seen) {
        *routes.entry(route(&call.method, &call.path)).or_default() += 1;
    }
    table(&counts, &routes)
}

/// Runs the queue as the worker does. The time passes for which edits are gathered.
async fn work(w: &mut World, lanes: &mut Lanes) {
    w.events().await;
    loop {
        w.hands().run_as_the_worker(lanes).await;
        if !w.let_edits_gather().await {
            return;
        }
        w.hands().look_at_the_queue(lanes).await;
    }
}

fn table(counts: &Counts, routes: &BTreeMap<String, usize>) -> String {
    let mut table = format!(
        "{} statements in {} writing and {} reading transactions\n",
        counts.sent(),
        counts.writes,
        counts.reads
    );
    let bots = |(route, n): (&String, &usize)| {
        if route.contains("webhooks") || route.contains("callback") {
            0
        } else {
            *n
        }
    };
    let _ = writeln!(
        table,
        "{} requests with the bot's token",
        routes.iter().map(bots).sum::<usize>()
    );
    for (route, n) in routes {
        let _ = writeln!(table, "{n:>3} {route}");
    }
    // A failing test so says which statement was added.
    let mut each: Vec<_> = counts.statements.iter().collect();
    each.sort_by_key(|(_, n)| std::cmp::Reverse(**n));
    eprintln!("{table}");
    for line in &counts.order {
        eprintln!("{line}");
    }
    for (text, n) in each {
        eprintln!("{n:>4} {text}");
    }
    table
}

/// Returns a request without the ids in its path.
fn route(method: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let parts = path.split('/').map(|part| {
        if part.chars().all(|c| c.is_ascii_digit()) && !part.is_empty() {
            "ID"
        } else if part.starts_with("interaction-") {
            "TOKEN"
        } else {
            part
        }
    });
    format!("{method} {}", parts.collect::<Vec<_>>().join("/"))
}

async fn main_job(kind: Kind, counter: &Counter) -> String {
    let mut all = String::new();
    run_test_on(kind, &[], async |w| {
        // The first draft of a server makes its pool, and the first requests fill caches.
        let warm = w.ana().draft("a red fox", 1).await;
        w.starter(&warm);
        let _ = w.image_at(&warm, "explore");
        let mut drafted = None;
        let table = cost(w, counter, async |w, lanes| {
            let options = json!({ "prompt": "a red fox on a hill at dawn", "images": 4 });
            w.ana().command("draft", options).await;
            work(w, lanes).await;
            drafted = Some(w.last_thread());
        })
        .await;
        let _ = write!(all, "# A draft of four\n{table}");
        let thread = drafted.expect("a draft");
        w.starter(&thread);
        let images = w.images(&thread, "explore");
        let table = cost(w, counter, async |w, lanes| {
            w.ana().approves(&images[0]).await;
            work(w, lanes).await;
        })
        .await;
        let _ = write!(all, "\n# A vote that does not count\n{table}");
        let table = cost(w, counter, async |w, lanes| {
            w.bo().approves(&images[1]).await;
            work(w, lanes).await;
        })
        .await;
        let _ = write!(all, "\n# An approval and its 2K\n{table}");
        let _ = w.image_at(&thread, "review");
    })
    .await;
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_costs_as_many_statements_however_much_it_tells() {
    let counter = Counter::install();
    for kind in [Kind::Sqlite, Kind::Postgres] {
        run_test_on(kind, &[], async |w| {
            for person in [world::ANA, world::BO, world::CEM] {
                w.person(person).draft("a red fox", 1).await;
                let table = cost(w, &counter, async |w, _| {
                    w.bo().command("report", json!({ "period": 3 })).await;
                })
                .await;
                let counted = table.lines().next();
                assert_eq!(
                    counted,
                    Some("7 statements in 0 writing and 1 reading transactions")
                );
            }
            w.read_all();
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_costs_no_more_than_it_did() {
    let counter = Counter::install();
    insta::assert_snapshot!("sqlite", main_job(Kind::Sqlite, &counter).await);
    insta::assert_snapshot!("postgres", main_job(Kind::Postgres, &counter).await);
}
