//! What is kept in the `data` folder: `state.json` and a file for each attachment.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::core::Core;
use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::Blob;

/// How often what happens by itself is looked for: failed interactions, archived threads, saving.
const TICK: Duration = Duration::from_millis(250);

/// The kept state, if there is one.
pub(crate) fn load(data: &Path) -> io::Result<Option<State>> {
    match fs::read(data.join("state.json")) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Saves the state. Files are written first, so that `state.json` never names one that is missing.
pub(crate) fn save(core: &Core, data: &Path) -> io::Result<()> {
    let files = data.join("files");
    fs::create_dir_all(&files)?;
    loop {
        let fresh = core.read(unsaved);
        for (id, bytes) in &fresh {
            fs::write(path_of(&files, *id), bytes)?;
        }
        // What was posted meanwhile goes round once more.
        let snapshot = core.touch(|state| {
            for (id, _) in &fresh {
                state
                    .blobs
                    .entry(*id)
                    .and_modify(|blob| *blob = Blob::Disk(path_of(&files, *id)));
            }
            unsaved(state).is_empty().then(|| serde_json::to_vec(state))
        });
        if let Some(snapshot) = snapshot {
            let written = data.join("state.json.new");
            fs::write(&written, snapshot?)?;
            fs::rename(written, data.join("state.json"))?;
            return sweep(core, &files);
        }
    }
}

/// Removes the files of attachments that are gone.
fn sweep(core: &Core, files: &Path) -> io::Result<()> {
    for entry in fs::read_dir(files)? {
        let path = entry?.path();
        let id = path
            .file_name()
            .and_then(|name| name.to_str()?.parse::<Id>().ok());
        if id.is_some_and(|id| core.read(|state| !state.blobs.contains_key(&id))) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn unsaved(state: &State) -> Vec<(Id, axum::body::Bytes)> {
    let in_memory = |(id, blob): (&Id, &Blob)| match blob {
        Blob::Memory(bytes) => Some((*id, bytes.clone())),
        Blob::Disk(_) => None,
    };
    state.blobs.iter().filter_map(in_memory).collect()
}

fn path_of(files: &Path, id: Id) -> PathBuf {
    files.join(id.to_string())
}

/// Saves if anything changed, away from the async threads. A failure is logged: the sandbox goes on.
pub(crate) async fn save_if_dirty(core: &Core) {
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

/// Lets time pass until the sandbox stops.
pub(crate) async fn keep_time(core: Core) {
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
