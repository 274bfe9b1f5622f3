//! Limits how much is computed on pictures at once in the whole process: by cores, and by the
//! memory that decoded pictures take.

use std::sync::LazyLock;

use tokio::sync::Semaphore;
use tokio::task::JoinError;

use super::outline::outline;
use crate::domain::geometry::Pixels;
use crate::domain::limits;

const MIB: u64 = 1024 * 1024;

/// All that may be decoded at once, in MiB.
#[expect(clippy::cast_possible_truncation, reason = "it is some hundred")]
const MOST: u32 = (limits::DECODED_AT_ONCE_BYTES / MIB) as u32;

/// What may be decoded at once.
static MEMORY: Semaphore = Semaphore::const_new(MOST as usize);

/// The cores that may be kept busy.
static CORES: LazyLock<Semaphore> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Semaphore::new(cores)
});

/// How much memory a piece of work takes, in MiB: at least 1, and at most all that there is. What
/// would take more has all of it, and so is alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load(u32);

/// Returns the load of work that decodes these files. Each counts with the picture that is made of
/// it, of four bytes a pixel where it may have three. What cannot be read takes nothing.
#[must_use]
pub fn load(files: &[&[u8]]) -> Load {
    let bytes: u64 = files
        .iter()
        .map(|file| outline(file).map_or(0, |outline| outline.memory.saturating_mul(7) / 3))
        .fold(0, u64::saturating_add);
    let mib = u32::try_from(bytes / MIB).unwrap_or(MOST);
    Load(mib.saturating_add(1).min(MOST))
}

/// Returns the load of making a picture of another size.
#[must_use]
pub fn load_of_resizing(file: &[u8], to: Pixels) -> Load {
    let Load(decoded) = load(&[file]);
    // The new picture, and the file that is written of it.
    let mib = u32::try_from(to.count().saturating_mul(8) / MIB).unwrap_or(MOST);
    Load(decoded.saturating_add(mib).min(MOST))
}

/// Returns the load of fitting a file under a limit: nothing if it fits.
#[must_use]
pub fn load_of_fit(file: &[u8], limit_bytes: usize) -> Load {
    if file.len() <= limit_bytes {
        return Load(1);
    }
    load(&[file])
}

/// Does work that keeps a core busy on a thread of its own, once there are a core and the memory.
///
/// # Errors
/// [`JoinError`] when the work panics.
pub async fn work<T: Send + 'static>(
    load: Load,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    // They are never closed, so there is a place for everybody in the end.
    let memory = MEMORY.acquire_many(load.0).await;
    let core = CORES.acquire().await;
    // The places are kept until the work is done, also if whoever waits for it goes away.
    tokio::task::spawn_blocking(move || {
        let done = work();
        drop((memory, core));
        done
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use futures::future::join_all;

    use super::*;
    use crate::media::tests::noise;

    #[test]
    fn a_picture_weighs_what_it_takes_to_decode_it_and_never_more_than_there_is() {
        assert_eq!(load(&[b"no picture"]), Load(1));
        let picture = noise(1024, 1024);
        assert_eq!(load(&[&picture]), Load(8), "3 MiB, 4 MiB, and one more");
        assert_eq!(load(&[&picture, &picture]), Load(15));
        assert_eq!(load(&vec![picture.as_slice(); 100]), Load(MOST));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_takes_all_memory_is_done_one_after_the_other() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let all = (0..8).map(|_| {
            let (now, most) = (now.clone(), most.clone());
            work(Load(MOST), move || {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::yield_now();
                now.fetch_sub(1, Ordering::SeqCst);
            })
        });
        join_all(all).await;
        assert_eq!(most.load(Ordering::SeqCst), 1);
    }
}
