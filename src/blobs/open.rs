//! Opens a store, and makes one where none is.

use std::fs::{self, DirEntry, File};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStoreExt, PutMode, PutPayload};

use super::bucket::{Links, files};
use super::picture::{Picture, RENDERS};
use super::put::Way;
use super::{Blobs, DEAD, Error, FILLING, MARKER};
use crate::domain::image::place::Place;

/// What the names of half-written files contain, and no key does.
const HALF: char = '#';

impl Blobs {
    /// Opens the store at a place. Makes a new one if there is nothing, unless `has_pictures` says
    /// that the database knows of pictures already.
    ///
    /// # Errors
    /// [`Error::Folder`] or [`Error::Store`] when it cannot be made or reached; [`Error::NoBucket`];
    /// [`Error::Emptied`] when its pictures are gone; [`Error::Half`] when it has a part of them.
    pub async fn open(place: &Place, has_pictures: bool) -> Result<Self, Error> {
        if let Place::Folder(folder) = place {
            let folder = folder.clone();
            on_disk(move || make(&folder, has_pictures)).await?;
        }
        let blobs = Self::at(place)?;
        if blobs.way == Way::Bucket {
            blobs.make_bucket(has_pictures).await?;
        }
        Ok(blobs)
    }

    /// Speaks with the store at a place, whether there is one or not. A folder must be there.
    pub(super) fn at(place: &Place) -> Result<Self, Error> {
        Ok(match place {
            Place::Folder(folder) => Self {
                // A picture was paid for, so each is on the disk when it is put.
                files: Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_fsync(true)),
                way: Way::Folder,
                links: None,
            },
            Place::Bucket(bucket) => Self {
                files: Arc::new(files(bucket)?),
                way: Way::Bucket,
                links: Links::of(bucket)?,
            },
        })
    }

    async fn make_bucket(&self, has_pictures: bool) -> Result<(), Error> {
        match self.is_there().await {
            Err(Error::Lost) => {}
            there => return there,
        }
        if self.has(FILLING).await? {
            return Err(Error::Half);
        }
        if has_pictures {
            return Err(Error::Emptied);
        }
        self.mark(MARKER).await
    }

    /// Returns whether a file is there that is no picture.
    pub(super) async fn has(&self, name: &str) -> Result<bool, Error> {
        match self.files.head(&Key::from(name)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts an empty file, if it is not there.
    pub(super) async fn mark(&self, name: &str) -> Result<(), Error> {
        let mode = match self.way {
            Way::Folder => PutMode::Overwrite,
            Way::Bucket => PutMode::Create,
        };
        let key = Key::from(name);
        let put = self.files.put_opts(&key, PutPayload::default(), mode.into());
        match put.await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => Ok(()),
            Err(error @ object_store::Error::NotFound { .. }) => Err(Error::NoBucket(error)),
            Err(error) => Err(error.into()),
        }
    }

    /// Removes the files that processes which died had half written into a folder, more than a day
    /// before `now_ms`. Returns how many there were. A bucket shows no half-written files: parts that
    /// were sent to it are removed by a rule of its own.
    ///
    /// # Errors
    /// [`Error::Folder`] when the folder cannot be read or a file cannot be removed.
    pub async fn sweep(place: &Place, now_ms: i64) -> Result<usize, Error> {
        match place {
            Place::Folder(folder) => {
                let folder = folder.clone();
                on_disk(move || Ok(sweep(&folder, now_ms)?)).await
            }
            Place::Bucket(_) => Ok(0),
        }
    }
}

/// Runs what may wait long for a disk where it keeps nobody waiting.
pub(super) async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|ended| io::Error::other(ended.to_string()))?
}

/// Makes a store of a folder that is missing or empty.
fn make(folder: &Path, has_pictures: bool) -> Result<(), Error> {
    let marker = folder.join(MARKER);
    if marker.try_exists()? {
        return Ok(());
    }
    if folder.join(FILLING).try_exists()? {
        return Err(Error::Half);
    }
    // Stores of older versions have pictures and no marker.
    if has_pictures && !folder.join(RENDERS).try_exists()? {
        return Err(Error::Emptied);
    }
    make_file(folder, MARKER)?;
    Ok(())
}

/// Makes a folder with an empty file.
pub(super) fn make_file(folder: &Path, name: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    File::create(folder.join(name))?.sync_all()
}

fn sweep(folder: &Path, now_ms: i64) -> io::Result<usize> {
    let mut swept = 0;
    for part in Picture::FOLDERS {
        let files = match fs::read_dir(folder.join(part)) {
            Ok(files) => files,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error),
        };
        for file in files {
            let file = file?;
            if file.file_name().to_string_lossy().contains(HALF) && is_dead(&file, now_ms)? {
                fs::remove_file(file.path())?;
                swept += 1;
            }
        }
    }
    Ok(swept)
}

/// Returns whether a file was last written more than [`DEAD`] before `now_ms`.
fn is_dead(file: &DirEntry, now_ms: i64) -> io::Result<bool> {
    let written = file.metadata()?.modified()?.duration_since(UNIX_EPOCH);
    let now = Duration::from_millis(u64::try_from(now_ms).unwrap_or_default());
    Ok(written.unwrap_or_default() + DEAD < now)
}
