//! Fills a store with the pictures of another. It becomes the store when it has them all.

use std::collections::BTreeMap;

use futures::TryStreamExt;
use object_store::path::Path as Key;
use object_store::{ObjectStore, ObjectStoreExt};

use super::open::{make_file, on_disk};
use super::picture::{Picture, REFERENCES, RENDERS};
use super::put::{Put, create};
use super::{Blobs, Error, FILLING, MARKER};
use crate::domain::image::place::Place;

/// What came of copying a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filled {
    /// It was put, and what was read back is the same.
    Copied,
    /// Another file of this name is there, and stays as it is.
    Another,
}

impl Blobs {
    /// Opens a place that is to be filled with pictures. No bot starts on it before it is full, unless
    /// it is a store already.
    ///
    /// # Errors
    /// [`Error::Lost`] when there are files that are none of a store's; what opening says else.
    pub async fn to_be_filled(place: &Place) -> Result<Self, Error> {
        match Self::look(place).await {
            Ok(Some(there)) => {
                // A store of an older version has no marker yet.
                if !there.has(MARKER).await? {
                    there.mark(FILLING).await?;
                }
                return Ok(there);
            }
            Err(Error::Half) => return Self::at(place),
            Ok(None) => {}
            Err(error) => return Err(error),
        }
        if let Place::Folder(folder) = place {
            let folder = folder.clone();
            on_disk(move || Ok(make_file(&folder, FILLING)?)).await?;
        }
        let blobs = Self::at(place)?;
        blobs.mark(FILLING).await?;
        Ok(blobs)
    }

    /// Copies a picture to here, and reads it back.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be written or read; [`Error::Differs`] when other bytes came
    /// back than were put.
    pub async fn fill(&self, picture: Picture, file: Vec<u8>) -> Result<Filled, Error> {
        let key = picture.key();
        let put = create(self.files.as_ref(), self.way, &key, file.clone()).await?;
        let read = self.files.get(&key).await?.bytes().await?;
        Ok(match put {
            // Put by another run of the same command.
            Put::New | Put::There(_) if read == file => Filled::Copied,
            Put::There(_) => Filled::Another,
            Put::New => return Err(Error::Differs),
        })
    }

    /// Makes a place that has all pictures the store.
    ///
    /// # Errors
    /// [`Error::Store`] when it cannot be written.
    pub async fn is_full(&self) -> Result<(), Error> {
        self.mark(MARKER).await?;
        match self.files.delete(&Key::from(FILLING)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Returns every picture and reference that is there, with its bytes.
    ///
    /// # Errors
    /// [`Error::Store`] when the store cannot be listed.
    pub async fn all(&self) -> Result<BTreeMap<Picture, u64>, Error> {
        let mut all = BTreeMap::new();
        for folder in [RENDERS, REFERENCES] {
            let files = self.files.list(Some(&Key::from(folder)));
            let named = files.try_filter_map(async |file| {
                let name: Option<Picture> = file.location.as_ref().parse().ok();
                Ok(name.map(|name| (name, file.size)))
            });
            all.extend(named.try_collect::<Vec<_>>().await?);
        }
        Ok(all)
    }
}
