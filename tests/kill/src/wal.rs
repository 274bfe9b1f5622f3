//! Counts the writes to the log of an SQLite database, as they happen.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use inotify::{Inotify, WatchMask};

use crate::snare::{Aim, Moment, Snare};
use crate::steps::WAL;

/// How long the watcher rests when there is nothing to read.
const REST: Duration = Duration::from_micros(200);
/// How the name of the log ends.
const LOG: &str = "-wal";

/// Watches until this is dropped.
#[derive(Debug)]
pub struct Watching(Arc<AtomicBool>);

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Aims at a write to the log.
pub fn write(skip: u32) -> Aim {
    Aim {
        step: WAL.to_owned(),
        moment: Moment::Before,
        skip,
    }
}

/// Takes the process in a snare by each write to the log of a database in a folder.
///
/// # Errors
/// When the system watches no more folders.
pub fn watch(folder: &Path, snare: Arc<Snare>) -> std::io::Result<Watching> {
    let mut inotify = Inotify::init()?;
    inotify.watches().add(folder, WatchMask::MODIFY)?;
    let over = Arc::new(AtomicBool::new(false));
    let seen = over.clone();
    thread::spawn(move || {
        let mut buffer = [0; 16 * 1024];
        while !seen.load(Ordering::Relaxed) {
            match inotify.read_events(&mut buffer) {
                Ok(events) => {
                    for event in events {
                        let is_log = event
                            .name
                            .is_some_and(|name| name.to_string_lossy().ends_with(LOG));
                        if is_log && snare.passes(WAL, Moment::Before) {
                            return;
                        }
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => thread::sleep(REST),
                Err(_) => return,
            }
        }
    });
    Ok(Watching(over))
}
