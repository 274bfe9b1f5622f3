//! Tests a bucket that cannot be reached for a while.

use crate::harness::painting::ended;
use crate::harness::{Bucket, IMAGES, Painting, World, run_test_on};
use crate::store::db::Somewhere;

use super::{BOTH, pairs};

const NOT_STORED: &str = "the picture cannot be stored yet";

#[tokio::test(flavor = "multi_thread")]
async fn a_paid_picture_is_kept_until_its_bucket_can_be_reached_again() {
    for kind in BOTH {
        let (database, mut bucket) = (Somewhere::new(kind).await, Bucket::new());
        let line = bucket.through_a_line().await;
        let mut painting = Painting::new(database.url()).await;
        painting.keep_in(&bucket);
        painting.set("GREENLIGHT_LOG__FILTER", "trace");
        let mut bot = painting.drawing().await;
        line.down();
        painting.answer();
        bot.says(NOT_STORED, IMAGES).await;
        assert_eq!(painting.sums().await, (40, 0), "on {kind:?}: nothing is settled");
        line.up();
        painting.all_posted().await;
        let (said, secret) = (ended(bot).await, bucket.secret());
        assert!(said.contains("TRACE"), "the log is at its most talkative");
        assert!(!said.contains(&secret), "the secret of the bucket is in the log");
        assert_eq!(
            (painting.asked(), painting.sums().await),
            (IMAGES, (0, 40)),
            "{kind:?}"
        );
        let blobs = bucket.open(true).await.expect("the bucket");
        assert_eq!(blobs.pictures().await.expect("a list").len(), IMAGES);
    }
}

/// Asks the bot whether it can work. Returns the status and the text.
async fn ready(w: &World) -> (u16, String) {
    let address = w.app().watched_at().expect("it is watched");
    let answer = reqwest::get(format!("http://{address}/readyz")).await;
    let answer = answer.expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("a text"))
}

/// An image whose parent cannot be read waits. It is not broken.
#[tokio::test(flavor = "multi_thread")]
async fn work_waits_while_the_bucket_is_away_and_readiness_says_so() {
    for kind in BOTH {
        let mut bucket = Bucket::new();
        let line = bucket.through_a_line().await;
        let mut settings = bucket.settings();
        settings.push(("WATCH__LISTEN", "127.0.0.1:0".to_owned()));
        run_test_on(kind, &pairs(&settings), async |w| {
            let (thread, image) = w.drafted_one().await;
            assert_eq!(ready(w).await.0, 200);
            line.down();
            let (status, text) = ready(w).await;
            assert_eq!(status, 503);
            assert!(text.contains("the store of the pictures is not there"), "{text}");
            w.bo().approves(&image).await;
            w.minutes(1).await;
            line.missed().await;
            assert_eq!(w.sums().await, (20, 10, 970), "it waits");
            assert_eq!(w.notices(&thread), Vec::<String>::new());

            line.up();
            assert_eq!(ready(w).await.0, 200);
            w.work_it_out().await;
            w.image_at(&thread, "review");
            assert_eq!(w.sums().await, (0, 30, 970));
        })
        .await;
    }
}
