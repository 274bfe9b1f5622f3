//! Tests an SQLite database of whose write-ahead log the end is lost or spoilt, as after a power cut: what
//! was committed before is there, what came after is not there at all, and the books agree.
//!
//! The usual run cuts each frame of the log at one place, at another from frame to frame. `TEST_LONG=1`
//! cuts each at every place, and spoils each too.

use std::fs;
use std::path::Path;

use futures::FutureExt;
use greenlight::store::{Error, Store, ledger};

use crate::harness::long;
use crate::store::db::{Kind, fresh};
use crate::store::steps::{Close, GUILD, close, grant, open_hold, queue, read, sums};

/// The head of a log, of one of its frames, and a whole frame, in bytes.
const LOG_HEAD: usize = 32;
const FRAME_HEAD: usize = 24;
const FRAME: usize = FRAME_HEAD + 4096;
/// The places at which a frame is cut.
const CUTS: [usize; 5] = [0, 1, FRAME_HEAD, FRAME / 2, FRAME - 1];
/// How many images are asked for.
const IMAGES: u64 = 6;

/// What there was after a commit: the length of the log, and the sums of the pool.
type Moment = (usize, [i64; 4]);

/// A database in the middle of its life, as files.
struct Lived {
    database: Vec<u8>,
    log: Vec<u8>,
    /// What there was after each commit, the oldest first.
    moments: Vec<Moment>,
}

/// Grants, holds, settles and releases.
async fn live() -> Result<Lived, Error> {
    let db = fresh(Kind::Sqlite).await;
    let file = db.url().strip_prefix("sqlite:").expect("a file").to_owned();
    let log = format!("{file}-wal");
    let store = db.store();
    let now = async || {
        let bytes = fs::metadata(&log).map_or(0, |log| log.len());
        let bytes = usize::try_from(bytes).expect("a short log");
        Ok::<_, Error>((bytes, sums(store, GUILD).await?))
    };
    let mut moments = vec![now().await?];
    grant(store, GUILD, 100).await?;
    moments.push(now().await?);
    for image in 1..=IMAGES {
        drop(queue(store, GUILD, image, 10).await?.expect("credits enough"));
        moments.push(now().await?);
        let held = open_hold(store, image).await?.expect("a hold");
        let how = if image.is_multiple_of(2) {
            Close::Settle
        } else {
            Close::Release
        };
        close(store, held, how).await?;
        moments.push(now().await?);
    }
    Ok(Lived {
        database: fs::read(&file).expect("the database"),
        log: fs::read(&log).expect("its log"),
        moments,
    })
}

impl Lived {
    /// Returns what there was after the last commit that ends at or before a byte of the log.
    fn before(&self, byte: usize) -> [i64; 4] {
        let ended = self.moments.iter().rfind(|(end, _)| *end <= byte);
        ended.unwrap_or(&self.moments[0]).1
    }

    /// Opens the database with another log, and asserts that it is as it was at a moment, and of use.
    async fn assert_is(&self, log: &[u8], then: [i64; 4], about: &str) -> Result<(), Error> {
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.expect("a folder");
        let file = folder.path().join("greenlight.db");
        fs::write(&file, &self.database).expect("the database");
        fs::write(log_of(&file), log).expect("its log");
        let store = Store::open(&format!("sqlite:{}", file.display())).await?;
        let wrong = read(&store, |tx| ledger::audit(tx).boxed()).await?;
        assert_eq!(wrong, Vec::<String>::new(), "{about}");
        assert_eq!(sums(&store, GUILD).await?, then, "{about}");
        grant(&store, GUILD, 1).await?;
        assert_eq!(sums(&store, GUILD).await?[0], then[0] + 1, "{about}");
        store.close().await;
        Ok(())
    }
}

fn log_of(database: &Path) -> std::path::PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_is_cut_or_spoilt_anywhere_keeps_what_was_committed_before() -> Result<(), Error> {
    let lived = live().await?;
    assert!(lived.log.len() > LOG_HEAD + 20 * FRAME, "a log of some length");
    lived
        .assert_is(&lived.log, lived.before(lived.log.len()), "whole")
        .await?;
    for (nth, start) in (LOG_HEAD..lived.log.len()).step_by(FRAME).enumerate() {
        for (place, cut) in CUTS.into_iter().enumerate() {
            if !long() && nth % CUTS.len() != place {
                continue;
            }
            let byte = start + cut;
            let about = format!("frame {nth} from byte {byte} on");
            lived
                .assert_is(&lived.log[..byte], lived.before(byte), &about)
                .await?;
            if long() || nth.is_multiple_of(7) {
                // What is behind it is whole, and is not taken.
                let mut log = lived.log.clone();
                log[byte] ^= 0x10;
                let (then, about) = (lived.before(start), format!("{about} spoilt"));
                lived.assert_is(&log, then, &about).await?;
            }
        }
    }
    Ok(())
}
