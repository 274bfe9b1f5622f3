//! Looks at a store of pictures without making one, and proves that it takes files.

use std::collections::BTreeSet;
use std::path::Path;

use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};

use super::open::on_disk;
use super::picture::{Picture, REFERENCES, RENDERS};
use super::put::{Way, create};
use super::{Blobs, DEAD, Error, FILLING, MARKER};
use crate::domain::ids::{DraftId, RenderId};
use crate::domain::image::place::Place;

impl Blobs {
    /// Opens the store that is at a place. Returns `None` where there is none yet: a folder is missing
    /// or empty, a bucket has no pictures.
    ///
    /// # Errors
    /// [`Error::Folder`] or [`Error::Store`] when it cannot be read; [`Error::Lost`] when it has other
    /// files than those of a store; [`Error::Half`] when it has a part of the pictures.
    pub async fn look(place: &Place) -> Result<Option<Self>, Error> {
        if let Place::Folder(folder) = place {
            let folder = folder.clone();
            if !on_disk(move || is_store(&folder)).await? {
                return Ok(None);
            }
        }
        let blobs = Self::at(place)?;
        if blobs.way == Way::Bucket && !blobs.is_bucket_of_pictures().await? {
            return Ok(None);
        }
        Ok(Some(blobs))
    }

    async fn is_bucket_of_pictures(&self) -> Result<bool, Error> {
        if self.has(MARKER).await? {
            return Ok(true);
        }
        if self.has(FILLING).await? {
            return Err(Error::Half);
        }
        for folder in Picture::FOLDERS {
            if self
                .files
                .list(Some(&Key::from(folder)))
                .try_next()
                .await?
                .is_some()
            {
                return Err(Error::Lost);
            }
        }
        Ok(false)
    }

    /// Fails unless the store can do its work. A folder takes a small file, because its disk may be
    /// full. A bucket is asked for its marker: it keeps, and bills, every file that was ever written.
    ///
    /// # Errors
    /// As [`Blobs::prove`] and [`Blobs::is_there`].
    pub async fn works(&self, name: u64) -> Result<(), Error> {
        match self.way {
            Way::Folder => self.prove(name).await,
            Way::Bucket => self.is_there().await,
        }
    }

    /// Writes a small file, reads it and removes it. `name` makes its name one of its own.
    ///
    /// # Errors
    /// [`Error::Store`] for the step that failed; [`Error::Differs`] when other bytes were read.
    pub async fn prove(&self, name: u64) -> Result<(), Error> {
        prove(self.files.as_ref(), self.way, name).await
    }

    /// Returns the renders whose pictures are there.
    ///
    /// # Errors
    /// [`Error::Store`] when the store cannot be listed.
    pub async fn pictures(&self) -> Result<BTreeSet<RenderId>, Error> {
        let files = self.files.list(Some(&Key::from(RENDERS)));
        let renders = files.try_filter_map(async |file| {
            let name = file.location.filename().unwrap_or_default();
            Ok(name.parse::<RenderId>().ok())
        });
        Ok(renders.try_collect().await?)
    }

    /// Returns the references that were stored more than a day before `now_ms`: each by the draft
    /// that it was stored for, and its position.
    ///
    /// # Errors
    /// [`Error::Store`] when the store cannot be listed.
    pub async fn old_references(&self, now_ms: i64) -> Result<Vec<(DraftId, u32)>, Error> {
        let day_ms = i64::try_from(DEAD.as_millis()).unwrap_or(i64::MAX);
        let files = self.files.list(Some(&Key::from(REFERENCES)));
        let old = files.try_filter_map(async |file| {
            let is_old = file.last_modified.timestamp_millis() < now_ms - day_ms;
            let name = file.location.filename().unwrap_or_default();
            let parts = name.split_once('-').filter(|_| is_old);
            Ok(parts.and_then(|(draft, position)| {
                Some((DraftId::new(draft.parse().ok()?), position.parse().ok()?))
            }))
        });
        Ok(old.try_collect().await?)
    }
}

/// Returns whether there is a store in a folder.
fn is_store(folder: &Path) -> Result<bool, Error> {
    if !folder.try_exists()? || folder.read_dir()?.next().is_none() {
        return Ok(false);
    }
    if folder.join(MARKER).try_exists()? {
        Ok(true)
    } else if folder.join(FILLING).try_exists()? {
        Err(Error::Half)
    } else if folder.join(RENDERS).try_exists()? {
        // Stores of older versions have pictures and no marker.
        Ok(true)
    } else {
        Err(Error::Lost)
    }
}

/// Proves that a store could be made where none is: the bucket, or the nearest folder above one that
/// is missing, takes a file.
///
/// # Errors
/// [`Error::Folder`] or [`Error::Store`] when it does not.
pub async fn prove_above(place: &Place, name: u64) -> Result<(), Error> {
    match place {
        Place::Folder(folder) => {
            let whole = std::path::absolute(folder)?;
            let there = whole.ancestors().find(|above| above.is_dir());
            let files = LocalFileSystem::new_with_prefix(there.unwrap_or(&whole))?;
            prove(&files, Way::Folder, name).await
        }
        Place::Bucket(_) => Blobs::at(place)?.prove(name).await,
    }
}

async fn prove(files: &dyn ObjectStore, way: Way, name: u64) -> Result<(), Error> {
    let (key, wrote) = (
        Key::from(format!("probe-{name:016x}")),
        name.to_be_bytes().to_vec(),
    );
    // As pictures are put.
    match create(files, way, &key, wrote.clone()).await {
        Err(error @ object_store::Error::NotFound { .. }) => return Err(Error::NoBucket(error)),
        put => put?,
    };
    let read = async { files.get(&key).await?.bytes().await };
    let read = read.await;
    // Removed before anything is said of what was read, so that nothing is left.
    files.delete(&key).await?;
    if read?.as_ref() == wrote {
        Ok(())
    } else {
        Err(Error::Differs)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[tokio::test]
    async fn who_looks_makes_no_store_and_leaves_nothing_in_one() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("a").join("store");
        let place = Place::Folder(folder.clone());
        assert!(Blobs::look(&place).await.unwrap().is_none());
        prove_above(&place, 1).await.unwrap();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);

        let blobs = Blobs::open(&place, false).await.unwrap();
        blobs.put(RenderId::new(7), vec![1]).await.unwrap();
        let looked = Blobs::look(&place).await.unwrap().unwrap();
        looked.prove(1).await.unwrap();
        assert_eq!(
            looked.pictures().await.unwrap(),
            BTreeSet::from([RenderId::new(7)])
        );
        assert_eq!(
            fs::read_dir(&folder).unwrap().count(),
            2,
            "the marker and the pictures"
        );
    }

    #[tokio::test]
    async fn a_folder_of_somebody_elses_is_no_store() {
        let home = tempfile::tempdir().unwrap();
        let place = Place::Folder(home.path().to_owned());
        assert!(Blobs::look(&place).await.unwrap().is_none(), "an empty one");
        fs::write(home.path().join("letter.txt"), "dear").unwrap();
        assert!(matches!(Blobs::look(&place).await, Err(Error::Lost)));
    }
}
