//! Keeps original pictures and references, by key.

use std::path::Path;
use std::sync::Arc;

use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};

use crate::domain::ids::{DraftId, RenderId};

/// Why a picture could not be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be made or read.
    #[error("the blob folder cannot be used")]
    Folder(#[from] std::io::Error),
    /// The store failed to read or write.
    #[error("the blob store failed")]
    Store(#[from] object_store::Error),
}

/// The store of original pictures and references. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Blobs(Arc<dyn ObjectStore>);

impl Blobs {
    /// Opens a folder, and makes it if it is missing. A picture was paid for, so each put is on the
    /// disk when the call returns.
    ///
    /// # Errors
    /// [`Error::Folder`] when it cannot be made or read.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(folder)?;
        Ok(Self(Arc::new(
            LocalFileSystem::new_with_prefix(folder)?.with_fsync(true),
        )))
    }

    /// Stores the picture of a render. Storing the same one again changes nothing.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be written.
    pub async fn put(&self, render: RenderId, picture: Vec<u8>) -> Result<(), Error> {
        self.0.put(&key(render), PutPayload::from(picture)).await?;
        Ok(())
    }

    /// Reads the picture of a render, if it is there.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be read.
    pub async fn get(&self, render: RenderId) -> Result<Option<Vec<u8>>, Error> {
        self.read(&key(render)).await
    }

    async fn read(&self, key: &Key) -> Result<Option<Vec<u8>>, Error> {
        match self.0.get(key).await {
            Ok(found) => Ok(Some(found.bytes().await?.to_vec())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Stores a reference of a draft: a picture that the draft is based on. Positions count from 1.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be written.
    pub async fn put_reference(&self, draft: DraftId, position: u32, file: Vec<u8>) -> Result<(), Error> {
        let key = reference_key(draft, position);
        self.0.put(&key, PutPayload::from(file)).await?;
        Ok(())
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
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
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
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// Names a picture by its render alone, so that it is found again whoever stored it.
fn key(render: RenderId) -> Key {
    Key::from(format!("renders/{render}"))
}

fn reference_key(draft: DraftId, position: u32) -> Key {
    Key::from(format!("references/{draft}-{position}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_put_is_found_again_by_another_process() {
        let folder = tempfile::tempdir().unwrap();
        let render = RenderId::new(7);
        let blobs = Blobs::open(&folder.path().join("new")).unwrap();
        assert_eq!(blobs.get(render).await.unwrap(), None);
        blobs.put(render, vec![1, 2, 3]).await.unwrap();
        blobs.put(render, vec![1, 2, 3]).await.unwrap();
        let other = Blobs::open(&folder.path().join("new")).unwrap();
        assert_eq!(other.get(render).await.unwrap(), Some(vec![1, 2, 3]));
    }

    #[tokio::test]
    async fn a_reference_is_kept_until_it_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let (blobs, draft) = (Blobs::open(folder.path()).unwrap(), DraftId::new(7));
        blobs.put_reference(draft, 1, vec![1]).await.unwrap();
        blobs.put_reference(draft, 2, vec![2]).await.unwrap();
        for _ in 0..2 {
            blobs.remove_reference(draft, 1).await.unwrap();
        }
        assert_eq!(blobs.reference(draft, 1).await.unwrap(), None);
        assert_eq!(blobs.reference(draft, 2).await.unwrap(), Some(vec![2]));
    }
}
