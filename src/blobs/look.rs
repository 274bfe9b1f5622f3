//! Looks at a store of pictures without making one, and proves that it takes files.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use futures::TryStreamExt;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use super::{Blobs, DEAD, Error, MARKER, REFERENCES, RENDERS};
use crate::domain::ids::{DraftId, RenderId};

impl Blobs {
    /// Opens the store that is in a folder. Returns `None` where there is none yet: the folder is
    /// missing or empty.
    ///
    /// # Errors
    /// [`Error::Folder`] when it cannot be read; [`Error::Lost`] when it has other files than those
    /// of a store.
    pub fn look(folder: &Path) -> Result<Option<Self>, Error> {
        if !folder.try_exists()? || folder.read_dir()?.next().is_none() {
            return Ok(None);
        }
        // Stores of older versions have pictures and no marker.
        if !folder.join(MARKER).try_exists()? && !folder.join(RENDERS).try_exists()? {
            return Err(Error::Lost);
        }
        let files = LocalFileSystem::new_with_prefix(folder)?;
        Ok(Some(Self(Arc::new(files))))
    }

    /// Writes a small file, reads it and removes it. `name` makes its name one of its own.
    ///
    /// # Errors
    /// [`Error::Store`] for the step that failed; [`Error::Differs`] when other bytes were read.
    pub async fn prove(&self, name: u64) -> Result<(), Error> {
        prove(self.0.as_ref(), name).await
    }

    /// Returns the renders whose pictures are there.
    ///
    /// # Errors
    /// [`Error::Store`] when the store cannot be listed.
    pub async fn pictures(&self) -> Result<BTreeSet<RenderId>, Error> {
        let files = self.0.list(Some(&Key::from(RENDERS)));
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
        let files = self.0.list(Some(&Key::from(REFERENCES)));
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

/// Proves that a store could be made in a folder that is missing: the nearest folder above it takes
/// a file.
///
/// # Errors
/// [`Error::Folder`] or [`Error::Store`] when it does not.
pub async fn prove_above(folder: &Path, name: u64) -> Result<(), Error> {
    let whole = std::path::absolute(folder)?;
    let there = whole.ancestors().find(|above| above.is_dir());
    let files = LocalFileSystem::new_with_prefix(there.unwrap_or(&whole))?;
    prove(&files, name).await
}

async fn prove(files: &dyn ObjectStore, name: u64) -> Result<(), Error> {
    let (key, wrote) = (
        Key::from(format!("probe-{name:016x}")),
        name.to_be_bytes().to_vec(),
    );
    files.put(&key, PutPayload::from(wrote.clone())).await?;
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
        assert!(Blobs::look(&folder).unwrap().is_none());
        prove_above(&folder, 1).await.unwrap();
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);

        let blobs = Blobs::open(&folder, false).unwrap();
        blobs.put(RenderId::new(7), vec![1]).await.unwrap();
        let looked = Blobs::look(&folder).unwrap().unwrap();
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

    #[test]
    fn a_folder_of_somebody_elses_is_no_store() {
        let home = tempfile::tempdir().unwrap();
        assert!(Blobs::look(home.path()).unwrap().is_none(), "an empty one");
        fs::write(home.path().join("letter.txt"), "dear").unwrap();
        assert!(matches!(Blobs::look(home.path()), Err(Error::Lost)));
    }
}
