//! Tests a deploy: a new process hears Discord before the old one stops, again and again, while
//! people draft and approve. Nobody is left without an answer.

use discord_sandbox::world;
use futures::FutureExt;
use futures::future::join_all;
use greenlight::store::renders;
use serde_json::json;

use crate::harness::{Image, Kind, World, run_test_on};

/// How often the bot is replaced.
const TIMES: usize = 10;
/// How many drafts are asked for at each.
const DRAFTS: usize = 3;

/// Has Ana ask for drafts, and Bo approve images, without waiting for the bot. Returns the commands.
pub async fn act(w: &World, round: usize, images: Vec<Image>) -> Vec<u64> {
    let (ana, bo) = (w.discord().member(world::ANA), w.discord().member(world::BO));
    let mut asked = Vec::new();
    for n in 0..DRAFTS {
        let options = json!({ "prompt": format!("fox {round} of {n}"), "images": 1 });
        let command = ana.command(world::CAMPAIGN, "draft", options).await;
        asked.push(command.expect("a command"));
    }
    let reactions = images
        .iter()
        .map(|image| bo.react(image.thread, image.message, "✅"));
    for reacted in join_all(reactions).await {
        reacted.expect("a reaction");
    }
    asked
}

/// Reads the first images of all threads that Bo has not approved yet.
pub fn fresh(w: &mut World, known: &mut Vec<Image>) -> Vec<Image> {
    let mut all = Vec::new();
    for thread in w.threads() {
        all.extend(w.images(&thread, "explore"));
    }
    all.retain(|image| !known.iter().any(|seen| seen.message == image.message));
    known.extend(all.iter().cloned());
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_deploys_while_people_work_leave_no_command_unanswered_and_lose_nothing() {
    for kind in [Kind::Postgres, Kind::Sqlite] {
        run_test_on(kind, &[("POOL__FIRST_GRANT", "100000")], async |w| {
            w.set_works(true);
            w.restart().await;
            let (mut asked, mut approved) = (Vec::new(), Vec::new());
            for round in 0..TIMES {
                let old = w.take_over().await;
                let images = fresh(w, &mut approved);
                // What people do reaches both, the one only, or the other only.
                let (during, ()) = tokio::join!(act(w, round, images), old.stop());
                asked.extend(during);
                for id in &asked {
                    let answer = w.discord().answer(*id).await;
                    let text = answer.message["content"].as_str().unwrap_or_default().to_owned();
                    assert!(text.contains("10 credits"), "on {kind:?}: {text}");
                }
            }
            w.set_works(false);
            w.restart().await;
            w.work_it_out().await;
            assert_eq!(w.threads().len(), asked.len(), "one thread a draft");
            let last = fresh(w, &mut approved);
            assert_eq!(approved.len(), asked.len(), "one image a draft");
            let bought = approved.len() - last.len();
            let mut reviews = 0;
            for thread in w.threads() {
                reviews += w.images(&thread, "review").len();
            }
            assert_eq!(reviews, bought, "no approval is lost, and none is spent twice");
            assert!(bought > 0, "people approved meanwhile");
            let counts = w
                .app()
                .services
                .store
                .read(|tx| renders::counts(tx).boxed())
                .await;
            let counts = counts.expect("the renders");
            assert_eq!((counts.pending, counts.unknown), (0, 0));
            let paid = i64::try_from(10 * asked.len() + 20 * bought).expect("a few");
            assert_eq!(w.sums().await, (0, paid, 100_000 - paid));
            w.read_all();
        })
        .await;
    }
}
