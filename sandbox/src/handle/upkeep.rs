//! What runs beside a sandbox: the passing of time, and saving.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::core::Core;
use crate::snowflake::Id;
use crate::state::State;
use crate::state::persistence::path_of;

/// How often due events are looked for (failed interactions, archived threads), and changes are
/// saved.
const TICK: Duration = Duration::from_millis(250);

/// Does what is due, and saves changes, until the sandbox stops.
pub(super) async fn keep_time(core: Core) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = core.stopped() => return,
        }
        if core.touch(State::tick) {
            core.change(|_| ());
        }
        save_if_dirty(&core).await;
    }
}

/// Saves the state if it changed, off the async threads. Logs a failure, after which the sandbox
/// goes on.
pub(super) async fn save_if_dirty(core: &Core) {
    let Some(data) = core.data().cloned() else { return };
    if !core.take_dirty() {
        return;
    }
    let core = core.clone();
    let saved = tokio::task::spawn_blocking(move || save(&core, &data)).await;
    if let Ok(Err(error)) = saved {
        tracing::error!(%error, "the sandbox's data could not be saved");
    }
}

/// Saves the state. Writes files first, so that `state.json` never names one that is missing.
fn save(core: &Core, data: &Path) -> io::Result<()> {
    let files = data.join("files");
    fs::create_dir_all(&files)?;
    loop {
        let fresh = core.read(State::unsaved_files);
        for (id, bytes) in &fresh {
            fs::write(path_of(&files, *id), bytes)?;
        }
        // Files that were posted meanwhile take another round.
        let snapshot = core.touch(|state| {
            state.note_saved(fresh.iter().map(|(id, _)| *id), &files);
            state.unsaved_files().is_empty().then(|| state.to_json())
        });
        if let Some(snapshot) = snapshot {
            let written = data.join("state.json.new");
            fs::write(&written, snapshot?)?;
            fs::rename(written, data.join("state.json"))?;
            return sweep(core, &files);
        }
    }
}

/// Removes the files of attachments that no longer exist.
fn sweep(core: &Core, files: &Path) -> io::Result<()> {
    for entry in fs::read_dir(files)? {
        let path = entry?.path();
        let id = path
            .file_name()
            .and_then(|name| name.to_str()?.parse::<Id>().ok());
        if id.is_some_and(|id| core.read(|state| state.messages().file(id).is_none())) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
