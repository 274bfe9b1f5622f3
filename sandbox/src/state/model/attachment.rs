//! Files: uploaded, listed on messages, and kept.

use std::path::PathBuf;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::snowflake::Id;

/// A file of a request.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    /// The `n` of `files[n]`, or the name of a command's option.
    pub(crate) key: String,
    pub(crate) filename: String,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// A file of a message.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) id: Id,
    pub(crate) filename: String,
    pub(crate) description: Option<String>,
    pub(crate) content_type: String,
    pub(crate) size: u64,
    pub(crate) width: Option<u64>,
    pub(crate) height: Option<u64>,
    /// Shown by an embed or a component (`attachment://name`), so not listed among the message's
    /// attachments.
    #[serde(alias = "in_embed")]
    pub(crate) placed: bool,
}

/// Where a file's bytes are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Blob {
    /// Not saved yet, or nothing is kept.
    #[serde(skip)]
    Memory(Bytes),
    /// In the data folder.
    Disk(PathBuf),
}

impl Blob {
    /// Returns the bytes. May read the disk, so never call it under the lock.
    pub(crate) fn read(&self) -> std::io::Result<Bytes> {
        match self {
            Self::Memory(bytes) => Ok(bytes.clone()),
            Self::Disk(path) => std::fs::read(path).map(Bytes::from),
        }
    }
}
