//! Keeps original pictures and references, by key, in a folder or in a bucket.
//!
//! A marker stands in the store. A folder or a bucket without it is not the store: its disk is not
//! mounted, its name is another's, or it was put back empty. "Not there" is said of a picture only
//! while the marker is there, so that no picture is given up because the store is away.

mod bucket;
mod fill;
mod look;
mod open;
mod picture;
mod put;
mod wire;

use std::error::Error as _;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use object_store::client::{HttpError, HttpErrorKind};
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};
use url::Url;

use self::bucket::Links;
pub use self::fill::Filled;
pub use self::look::prove_above;
pub use self::picture::{NoPicture, Picture};
use self::put::{Put, Way, create, replace};
use crate::domain::ids::{DraftId, RenderId};

/// The file that says that a folder or a bucket is the store.
const MARKER: &str = "greenlight-pictures";
/// The file that says that a store has only a part of the pictures.
const FILLING: &str = "greenlight-pictures-moving";
/// The age from which what nobody refers to is a dead process's.
const DEAD: Duration = Duration::from_hours(24);

/// Why a picture could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be made or read.
    #[error("the folder of the pictures cannot be used")]
    Folder(#[from] std::io::Error),
    /// The store failed to read or write.
    #[error("the store of the pictures failed")]
    Store(#[source] object_store::Error),
    /// The store refuses whoever asks.
    #[error(
        "the store of the pictures does not let the bot in: see that its user, or its keys \
         AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, may list, read, write and delete there"
    )]
    Refused(#[source] object_store::Error),
    /// The service of the bucket does not answer.
    #[error(
        "the service of the bucket cannot be reached: see that it runs, and that blobs.endpoint \
         (AWS_ENDPOINT_URL) is its address"
    )]
    Away(#[source] object_store::Error),
    /// There is no such bucket.
    #[error("there is no such bucket: make it, or name another")]
    NoBucket(#[source] object_store::Error),
    /// The folder or the bucket is there, or is not, and is not the store: its marker is missing.
    #[error("this is not the store of the pictures: its file {MARKER} is missing")]
    Lost,
    /// What was written is not what was read.
    #[error("the store of the pictures does not give back what was put into it")]
    Differs,
    /// The store is empty, though the database knows of pictures.
    #[error(
        "it has no pictures, but the database knows of some: mount or put back the folder that has them, or \
         name the bucket; if they are gone for good, make an empty file {MARKER} in it, and the bot goes on \
         without them"
    )]
    Emptied,
    /// The store has only a part of the pictures.
    #[error("`greenlight blobs move` has put only a part of the pictures there: run it again, to its end")]
    Half,
}

impl From<object_store::Error> for Error {
    fn from(error: object_store::Error) -> Self {
        use object_store::Error::{PermissionDenied, Unauthenticated};
        if matches!(error, PermissionDenied { .. } | Unauthenticated { .. }) {
            Self::Refused(error)
        } else if is_away(&error) {
            Self::Away(error)
        } else {
            Self::Store(error)
        }
    }
}

/// Returns whether no connection was had, or no answer came.
fn is_away(error: &object_store::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(http) = error.downcast_ref::<HttpError>() {
            return matches!(http.kind(), HttpErrorKind::Connect | HttpErrorKind::Timeout);
        }
        cause = error.source();
    }
    false
}

/// The store of original pictures and references. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs {
    files: Arc<dyn ObjectStore>,
    way: Way,
    /// Who signs links, if people can reach the store.
    links: Option<Links>,
}

impl Blobs {
    /// Stores the picture of a render: it was paid for. It is safe when this returns. One
    /// that is there already stays as it is, because people may have seen it.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be written; [`Error::Lost`], because a picture that is put
    /// where the store is not mounted would be hidden later.
    pub async fn put(&self, render: RenderId, picture: Vec<u8>) -> Result<(), Error> {
        let bytes = picture.len() as u64;
        match self.add(Picture::Render(render), picture).await? {
            Put::There(other) if other != bytes => {
                tracing::warn!(render.id = %render, "another picture of this image is stored already, and stays");
            }
            Put::New | Put::There(_) => {}
        }
        Ok(())
    }

    /// Reads the picture of a render, if it is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read; [`Error::Lost`] when nobody knows.
    pub async fn get(&self, render: RenderId) -> Result<Option<Vec<u8>>, Error> {
        self.read(Picture::Render(render)).await
    }

    /// Reads some bytes of the picture of a render, if it is there: those of the range that it has.
    ///
    /// # Errors
    /// [`Error::Store`] when they cannot be read, as when the range begins behind the end.
    pub async fn piece(&self, render: RenderId, range: Range<u64>) -> Result<Option<Vec<u8>>, Error> {
        let key = Picture::Render(render).key();
        let read = self.files.get_range(&key, range).await;
        self.if_there(read.map(Vec::from)).await
    }

    /// Returns how many bytes the picture of a render has, if it is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be looked up.
    pub async fn size(&self, render: RenderId) -> Result<Option<usize>, Error> {
        let found = self.files.head(&Picture::Render(render).key()).await;
        let found = self.if_there(found).await?;
        Ok(found.and_then(|found| usize::try_from(found.size).ok()))
    }

    /// Signs a link by which anybody can load the picture of a render from the store itself, for at
    /// most so long. A browser saves it under a name, of letters, digits, dots, hyphens and
    /// underscores. `None` where people cannot reach the store: of a folder, and of a bucket whose
    /// address is not safe to send them to. Whether the picture is there is not looked up.
    ///
    /// # Errors
    /// [`Error::Store`] when the keys of the bucket cannot be had.
    pub async fn link(
        &self,
        render: RenderId,
        valid_for: Duration,
        name: &str,
    ) -> Result<Option<Url>, Error> {
        let Some(links) = &self.links else {
            return Ok(None);
        };
        let key = Picture::Render(render).key();
        Ok(Some(links.sign(&key, valid_for, name).await?))
    }

    /// Stores a reference of a draft: a picture that the draft is based on. Positions count from 1.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be written.
    pub async fn put_reference(&self, draft: DraftId, position: u32, file: Vec<u8>) -> Result<(), Error> {
        self.is_there().await?;
        let key = Picture::Reference(draft, position).key();
        replace(self.files.as_ref(), self.way, &key, file.into()).await?;
        Ok(())
    }

    /// Reads a reference of a draft, if it is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub async fn reference(&self, draft: DraftId, position: u32) -> Result<Option<Vec<u8>>, Error> {
        self.read(Picture::Reference(draft, position)).await
    }

    /// Removes a reference of a draft, if it is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be removed.
    pub async fn remove_reference(&self, draft: DraftId, position: u32) -> Result<(), Error> {
        self.delete(Picture::Reference(draft, position)).await
    }

    /// Removes the picture of a render, if it is there. The database must say that it is gone.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be removed.
    pub async fn remove(&self, render: RenderId) -> Result<(), Error> {
        self.delete(Picture::Render(render)).await
    }

    async fn delete(&self, picture: Picture) -> Result<(), Error> {
        // A bucket is content to remove what is not there.
        self.is_there().await?;
        match self.files.delete(&picture.key()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads a file by its name, if it is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read; [`Error::Lost`] when nobody knows.
    pub async fn read(&self, picture: Picture) -> Result<Option<Vec<u8>>, Error> {
        let read = async { Ok(self.files.get(&picture.key()).await?.bytes().await?.to_vec()) };
        self.if_there(read.await).await
    }

    /// Stores a file of a backup. One that is there already stays as it is.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be written; [`Error::Lost`] when the store is not there.
    pub async fn put_back(&self, picture: Picture, file: Vec<u8>) -> Result<(), Error> {
        self.add(picture, file).await.map(drop)
    }

    async fn add(&self, picture: Picture, file: Vec<u8>) -> Result<Put, Error> {
        self.is_there().await?;
        Ok(create(self.files.as_ref(), self.way, &picture.key(), file).await?)
    }

    /// Turns what was not found into nothing, if the store itself is there.
    async fn if_there<T>(&self, found: object_store::Result<T>) -> Result<Option<T>, Error> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(object_store::Error::NotFound { .. }) => self.is_there().await.map(|()| None),
            Err(error) => Err(error.into()),
        }
    }

    /// Fails unless the store itself is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be reached; [`Error::Lost`] when its marker is missing.
    pub async fn is_there(&self) -> Result<(), Error> {
        match self.files.head(&Key::from(MARKER)).await {
            Ok(_) => Ok(()),
            Err(object_store::Error::NotFound { .. }) => Err(Error::Lost),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::time::UNIX_EPOCH;

    use super::picture::RENDERS;
    use super::*;
    use crate::domain::image::place::Place;

    fn at(folder: &Path) -> Place {
        Place::Folder(folder.to_owned())
    }

    async fn open(folder: &Path) -> Blobs {
        Blobs::open(&at(folder), false).await.unwrap()
    }

    #[tokio::test]
    async fn what_is_put_is_found_again_by_another_process() {
        let folder = tempfile::tempdir().unwrap();
        let (folder, render) = (folder.path().join("new"), RenderId::new(7));
        let blobs = open(&folder).await;
        assert_eq!(blobs.get(render).await.unwrap(), None);
        blobs.put(render, vec![1, 2, 3]).await.unwrap();
        blobs.put(render, vec![1, 2, 3]).await.unwrap();
        let other = Blobs::open(&at(&folder), true).await.unwrap();
        assert_eq!(other.get(render).await.unwrap(), Some(vec![1, 2, 3]));
    }

    #[tokio::test]
    async fn a_picture_and_a_reference_are_kept_until_they_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (blobs, draft) = (open(folder.path()).await, DraftId::new(7));
        let render = RenderId::new(7);
        blobs.put(render, vec![1]).await.unwrap();
        for _ in 0..2 {
            blobs.remove(render).await.unwrap();
        }
        assert_eq!(blobs.get(render).await.unwrap(), None);
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
            let (blobs, render, draft) = (open(&folder).await, RenderId::new(7), DraftId::new(7));
            blobs.put(render, vec![1]).await.unwrap();
            fs::rename(&folder, &away).unwrap();
            if leaves_folder {
                fs::create_dir(&folder).unwrap();
            }
            assert!(matches!(blobs.get(render).await, Err(Error::Lost)));
            assert!(matches!(blobs.size(render).await, Err(Error::Lost)));
            assert!(matches!(blobs.reference(draft, 1).await, Err(Error::Lost)));
            assert!(matches!(blobs.piece(render, 0..1).await, Err(Error::Lost)));
            assert!(matches!(blobs.remove_reference(draft, 1).await, Err(Error::Lost)));
            assert!(matches!(blobs.remove(render).await, Err(Error::Lost)));
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
            assert!(matches!(
                Blobs::open(&at(&folder), true).await,
                Err(Error::Emptied)
            ));
            assert!(!folder.join(MARKER).exists());
            open(&folder).await;
            Blobs::open(&at(&folder), true).await.unwrap();
        }
        let older = home.path().join("older");
        fs::create_dir_all(older.join(RENDERS)).unwrap();
        Blobs::open(&at(&older), true).await.unwrap();
    }

    /// People may have voted on it.
    #[tokio::test]
    async fn a_picture_that_is_stored_is_not_replaced_and_is_read_in_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let (blobs, render) = (open(folder.path()).await, RenderId::new(7));
        blobs.put(render, vec![1, 2, 3]).await.unwrap();
        blobs.put(render, vec![4]).await.unwrap();
        assert_eq!(blobs.get(render).await.unwrap(), Some(vec![1, 2, 3]));
        assert_eq!(blobs.piece(render, 1..9).await.unwrap(), Some(vec![2, 3]));
        assert_eq!(blobs.piece(RenderId::new(8), 0..1).await.unwrap(), None);
        let link = blobs.link(render, Duration::from_mins(5), "fox.png").await;
        assert_eq!(link.unwrap(), None, "a folder has no address");
    }

    /// A bot that started on it would take what is not there yet for gone.
    #[tokio::test]
    async fn a_place_that_has_a_part_of_the_pictures_is_no_store_until_it_has_all() {
        let home = tempfile::tempdir().unwrap();
        let (new, older) = (home.path().join("new"), home.path().join("older"));
        fs::create_dir_all(older.join(RENDERS)).unwrap();
        for folder in [new, older] {
            let place = at(&folder);
            for _ in 0..2 {
                let blobs = Blobs::to_be_filled(&place).await.unwrap();
                let filled = blobs.fill(Picture::Render(RenderId::new(7)), vec![1]).await;
                assert_eq!(filled.unwrap(), Filled::Copied);
                for has_pictures in [true, false] {
                    assert!(matches!(
                        Blobs::open(&place, has_pictures).await,
                        Err(Error::Half)
                    ));
                }
            }
            let blobs = Blobs::to_be_filled(&place).await.unwrap();
            let other = blobs.fill(Picture::Render(RenderId::new(7)), vec![2]).await;
            assert_eq!(other.unwrap(), Filled::Another);
            blobs.is_full().await.unwrap();
            let opened = Blobs::open(&place, true).await.unwrap();
            assert_eq!(opened.get(RenderId::new(7)).await.unwrap(), Some(vec![1]));
            assert_eq!(opened.all().await.unwrap().into_values().collect::<Vec<_>>(), [1]);
        }
    }

    #[tokio::test]
    async fn half_files_of_dead_processes_are_swept_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).await;
        for part in Picture::FOLDERS {
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
        let place = at(folder.path());
        let swept = async |time: Duration| {
            let now_ms = i64::try_from(time.as_millis()).unwrap();
            Blobs::sweep(&place, now_ms).await.unwrap()
        };
        assert_eq!(swept(written).await, 0, "somebody writes it");
        assert_eq!(swept(written + DEAD).await, 2);
        let left = fs::read_dir(folder.path().join(RENDERS)).unwrap();
        assert_eq!(
            left.map(|file| file.unwrap().file_name()).collect::<Vec<_>>(),
            ["7"]
        );
        assert!(folder.path().join(MARKER).exists());
    }
}
