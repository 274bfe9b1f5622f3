//! Puts files where none is.

use futures::{StreamExt, TryStreamExt, stream};
use object_store::path::Path as Key;
use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutMode, PutPayload};

/// The most bytes of a file that a bucket is sent whole. A larger one goes in parts.
const WHOLE_BYTES: usize = 16 << 20;
/// The bytes of a part. S3 wants 5 MiB at least.
const PART_BYTES: usize = 8 << 20;
/// How many parts are sent at the same time.
const PARTS_AT_ONCE: usize = 4;

/// How a store takes files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// One file after another, each whole.
    Folder,
    /// On a condition, and large ones in parts.
    Bucket,
}

/// What came of putting a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Put {
    /// It is there now.
    New,
    /// There is one of this name already, which stays as it is: of so many bytes.
    There(u64),
}

/// Puts a file under a key unless there is one already.
///
/// A bucket refuses a second file of this name by itself. Only of parts, and in a folder, it could be
/// that two are put at the same moment, and then one of them stays.
pub(super) async fn create(
    files: &dyn ObjectStore,
    way: Way,
    key: &Key,
    file: Vec<u8>,
) -> object_store::Result<Put> {
    let payload = PutPayload::from(file);
    let whole = payload.content_length() <= WHOLE_BYTES;
    if way == Way::Bucket && whole {
        return match files.put_opts(key, payload, PutMode::Create.into()).await {
            Ok(_) => Ok(Put::New),
            // A service that is busy with this name says the same, so it is looked up.
            Err(object_store::Error::AlreadyExists { .. }) => Ok(Put::There(files.head(key).await?.size)),
            Err(error) => Err(error),
        };
    }
    match files.head(key).await {
        Ok(there) => return Ok(Put::There(there.size)),
        Err(object_store::Error::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    replace(files, way, key, payload).await?;
    Ok(Put::New)
}

/// Puts a file under a key, over one that may be there.
pub(super) async fn replace(
    files: &dyn ObjectStore,
    way: Way,
    key: &Key,
    payload: PutPayload,
) -> object_store::Result<()> {
    if way == Way::Folder || payload.content_length() <= WHOLE_BYTES {
        return files.put(key, payload).await.map(drop);
    }
    let mut upload = files.put_multipart(key).await?;
    match in_parts(upload.as_mut(), &payload).await {
        Ok(()) => Ok(()),
        Err(error) => {
            // Parts that stay are paid for, and nobody sees them.
            if let Err(left) = upload.abort().await {
                tracing::warn!("parts of a file stay in the bucket: {left}");
            }
            Err(error)
        }
    }
}

async fn in_parts(upload: &mut dyn MultipartUpload, payload: &PutPayload) -> object_store::Result<()> {
    let mut parts = Vec::new();
    for bytes in payload {
        for begin in (0..bytes.len()).step_by(PART_BYTES) {
            let part = bytes.slice(begin..bytes.len().min(begin + PART_BYTES));
            parts.push(upload.put_part(part.into()));
        }
    }
    stream::iter(parts)
        .buffer_unordered(PARTS_AT_ONCE)
        .try_collect::<()>()
        .await?;
    upload.complete().await.map(drop)
}
