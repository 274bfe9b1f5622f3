//! Keeps original pictures and references, by key.
//!
//! A marker stands in the folder. A folder without it is not the store: its disk is not mounted, or
//! was put back empty. "Not there" is said of a picture only while the marker is there, so that no
//! picture is given up because a folder is away.

mod look;

use std::fs::{self, DirEntry, File};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

pub use self::look::prove_above;
use crate::domain::ids::{DraftId, RenderId};

/// The file that says that a folder is the store.
const MARKER: &str = "greenlight-pictures";
const RENDERS: &str = "renders";
const REFERENCES: &str = "references";
/// What the names of half-written files contain, and no key does.
const HALF: char = '#';
/// The age from which a half-written file is a dead process's.
const DEAD: Duration = Duration::from_hours(24);

/// Why a picture could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be made or read.
    #[error("the blob folder cannot be used")]
    Folder(#[from] std::io::Error),
    /// The store failed to read or write.
    #[error("the blob store failed")]
    Store(#[from] object_store::Error),
    /// The folder is there, or is not, and is not the store: its marker is missing.
    #[error("the blob folder is not the store of the pictures: its file {MARKER} is missing")]
    Lost,
    /// What was written is not what was read.
    #[error("the blob store does not give back what was put into it")]
    Differs,
    /// The folder is empty, though the database knows of pictures.
    #[error(
        "it has no pictures, but the database knows of some: mount or put back the folder that has them; \
         if they are gone for good, make an empty file {MARKER} in it, and the bot goes on without them"
    )]
    Emptied,
}

/// The store of original pictures and references. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs(Arc<dyn ObjectStore>);

impl Blobs {
    /// Opens a folder. Makes a new store of it if it is missing or empty, unless `has_pictures`
    /// says that the database knows of pictures already. A picture was paid for, so each put is on
    /// the disk when the call returns.
    ///
    /// # Errors
    /// [`Error::Folder`] when it cannot be made or read; [`Error::Emptied`] when its pictures are
    /// gone.
    pub fn open(folder: &Path, has_pictures: bool) -> Result<Self, Error> {
        let marker = folder.join(MARKER);
        if !marker.try_exists()? {
            // Stores of older versions have pictures and no marker.
            if has_pictures && !folder.join(RENDERS).try_exists()? {
                return Err(Error::Emptied);
            }
            fs::create_dir_all(folder)?;
            File::create(marker)?.sync_all()?;
        }
        Ok(Self(Arc::new(
            LocalFileSystem::new_with_prefix(folder)?.with_fsync(true),
        )))
    }

    /// Removes the files that processes which died had half written, more than a day before
    /// `now_ms`. Returns how many there were.
    ///
    /// # Errors
    /// [`Error::Folder`] when the folder cannot be read or a file cannot be removed.
    pub fn sweep(folder: &Path, now_ms: i64) -> Result<usize, Error> {
        let mut swept = 0;
        for part in [RENDERS, REFERENCES] {
            let files = match fs::read_dir(folder.join(part)) {
                Ok(files) => files,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
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

    /// Stores the picture of a render. Storing the same one again changes nothing.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be written; [`Error::Lost`], because a picture that is put
    /// where the store is not mounted would be hidden later.
    pub async fn put(&self, render: RenderId, picture: Vec<u8>) -> Result<(), Error> {
        self.write(&key(render), picture).await
    }

    /// Reads the picture of a render, if it is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read; [`Error::Lost`] when nobody knows.
    pub async fn get(&self, render: RenderId) -> Result<Option<Vec<u8>>, Error> {
        self.read(&key(render)).await
    }

    async fn write(&self, key: &Key, file: Vec<u8>) -> Result<(), Error> {
        self.is_there().await?;
        self.0.put(key, PutPayload::from(file)).await?;
        Ok(())
    }

    async fn read(&self, key: &Key) -> Result<Option<Vec<u8>>, Error> {
        match self.0.get(key).await {
            Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => self.is_there().await.map(|()| None),
            Err(error) => Err(error.into()),
        }
    }

    /// Fails unless the store itself is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be reached; [`Error::Lost`] when its marker is missing.
    pub async fn is_there(&self) -> Result<(), Error> {
        match self.0.head(&Key::from(MARKER)).await {
            Ok(_) => Ok(()),
            Err(object_store::Error::NotFound { .. }) => Err(Error::Lost),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores a reference of a draft: a picture that the draft is based on. Positions count from 1.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be written.
    pub async fn put_reference(&self, draft: DraftId, position: u32, file: Vec<u8>) -> Result<(), Error> {
        self.write(&reference_key(draft, position), file).await
    }

    /// Reads a reference of a draft, if it is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub async fn reference(&self, draft: DraftId, position: u32) -> Result<Option<Vec<u8>>, Error> {
        self.read(&reference_key(draft, position)).await
    }

    /// Removes a reference of a draft, if it is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be removed.
    pub async fn remove_reference(&self, draft: DraftId, position: u32) -> Result<(), Error> {
        match self.0.delete(&reference_key(draft, position)).await {
            Ok(()) => Ok(()),
            Err(object_store::Error::NotFound { .. }) => self.is_there().await,
            Err(error) => Err(error.into()),
        }
    }

    /// Returns how many bytes the picture of a render has, if it is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be looked up.
    pub async fn size(&self, render: RenderId) -> Result<Option<usize>, Error> {
        match self.0.head(&key(render)).await {
            Ok(found) => Ok(usize::try_from(found.size).ok()),
            Err(object_store::Error::NotFound { .. }) => self.is_there().await.map(|()| None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Returns whether a file was last written more than [`DEAD`] before `now_ms`.
fn is_dead(file: &DirEntry, now_ms: i64) -> io::Result<bool> {
    let written = file.metadata()?.modified()?.duration_since(UNIX_EPOCH);
    let now = Duration::from_millis(u64::try_from(now_ms).unwrap_or_default());
    Ok(written.unwrap_or_default() + DEAD < now)
}

/// Names a picture by its render alone, so that it is found again whoever stored it.
fn key(render: RenderId) -> Key {
    Key::from(format!("{RENDERS}/{render}"))
}

fn reference_key(draft: DraftId, position: u32) -> Key {
    Key::from(format!("{REFERENCES}/{draft}-{position}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &Path) -> Blobs {
        Blobs::open(folder, false).unwrap()
    }

    #[tokio::test]
    async fn what_is_put_is_found_again_by_another_process() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, render) = (folder.path().join("new"), RenderId::new(7));
        let blobs = open(&folder);
        assert_eq!(blobs.get(render).await.unwrap(), None);
        blobs.put(render, vec![1, 2, 3]).await.unwrap();
        blobs.put(render, vec![1, 2, 3]).await.unwrap();
        let other = Blobs::open(&folder, true).unwrap();
        assert_eq!(other.get(render).await.unwrap(), Some(vec![1, 2, 3]));
    }

    #[tokio::test]
    async fn a_reference_is_kept_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (blobs, draft) = (open(folder.path()), DraftId::new(7));
        blobs.put_reference(draft, 1, vec![1]).await.unwrap();
        blobs.put_reference(draft, 2, vec![2]).await.unwrap();
        for _ in 0..2 {
            blobs.remove_reference(draft, 1).await.unwrap();
        }
        assert_eq!(blobs.reference(draft, 1).await.unwrap(), None);
        assert_eq!(blobs.reference(draft, 2).await.unwrap(), Some(vec![2]));
    }

    /// A mount that is gone leaves an empty folder, or none.
    #[tokio::test]
    async fn a_store_that_is_gone_is_no_store_without_pictures_and_takes_none() {
        for leaves_folder in [true, false] {
            let home = tempfile::tempdir().unwrap();
            let (folder, away) = (home.path().join("store"), home.path().join("away"));
            let (blobs, render, draft) = (open(&folder), RenderId::new(7), DraftId::new(7));
            blobs.put(render, vec![1]).await.unwrap();
            fs::rename(&folder, &away).unwrap();
            if leaves_folder {
                fs::create_dir(&folder).unwrap();
            }
            assert!(matches!(blobs.get(render).await, Err(Error::Lost)));
            assert!(matches!(blobs.size(render).await, Err(Error::Lost)));
            assert!(matches!(blobs.reference(draft, 1).await, Err(Error::Lost)));
            assert!(matches!(blobs.remove_reference(draft, 1).await, Err(Error::Lost)));
            assert!(matches!(blobs.put(render, vec![2]).await, Err(Error::Lost)));
            if leaves_folder {
                fs::remove_dir(&folder).unwrap();
            }
            fs::rename(&away, &folder).unwrap();
            assert_eq!(blobs.get(render).await.unwrap(), Some(vec![1]));
        }
    }

    #[tokio::test]
    async fn an_empty_folder_is_a_new_store_only_if_nobody_knows_of_pictures() {
        let home = tempfile::tempdir().unwrap();
        for folder in ["missing", "empty"].map(|name| home.path().join(name)) {
            if folder.ends_with("empty") {
                fs::create_dir(&folder).unwrap();
            }
            assert!(matches!(Blobs::open(&folder, true), Err(Error::Emptied)));
            assert!(!folder.join(MARKER).exists());
            open(&folder);
            Blobs::open(&folder, true).unwrap();
        }
        let older = home.path().join("older");
        fs::create_dir_all(older.join(RENDERS)).unwrap();
        Blobs::open(&older, true).unwrap();
    }

    #[test]
    fn half_files_of_dead_processes_are_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path());
        for part in [RENDERS, REFERENCES] {
            fs::create_dir(folder.path().join(part)).unwrap();
            for name in ["7", "7#1"] {
                fs::write(folder.path().join(part).join(name), "x").unwrap();
            }
        }
        let written = fs::metadata(folder.path().join("renders/7#1"))
            .unwrap()
            .modified()
            .unwrap();
        let written = written.duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(1);
        let at = |time: Duration| i64::try_from(time.as_millis()).unwrap();
        assert_eq!(
            Blobs::sweep(folder.path(), at(written)).unwrap(),
            0,
            "somebody writes it"
        );
        assert_eq!(Blobs::sweep(folder.path(), at(written + DEAD)).unwrap(), 2);
        let left = fs::read_dir(folder.path().join(RENDERS)).unwrap();
        assert_eq!(
            left.map(|file| file.unwrap().file_name()).collect::<Vec<_>>(),
            ["7"]
        );
        assert!(folder.path().join(MARKER).exists());
    }
}
