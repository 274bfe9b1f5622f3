//! Fetches the references of a draft, scales them down, keeps them, and hands them to the engine.

use crate::domain::ids::{DraftId, RenderId};
use crate::domain::image::reference::{BadReference, OfferedReference};
use crate::domain::limits;
use crate::flow::error::Error;
use crate::flow::services::{Services, heavy};
use crate::providers::InputPicture;
use crate::{discord, media, wording};

/// The pictures that a draft is based on.
#[derive(Clone, Debug, Default)]
pub enum References {
    /// No picture: the draft is based on its prompt alone.
    #[default]
    None,
    /// Files that were given with the command.
    Offered(Vec<OfferedReference>),
    /// The references of another draft, and their number.
    Of(DraftId, u32),
    /// The picture of a render.
    Picture(RenderId),
}

impl References {
    /// Returns how many references there are.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Offered(files) => files.len(),
            Self::Of(_, n) => *n as usize,
            Self::Picture(_) => 1,
        }
    }
}

/// Fetches the references of a draft, scales them down, and keeps them, before any credit is held
/// for the draft.
///
/// # Errors
/// [`Error::Retry`] when Discord or the blob store is away.
pub(in crate::flow) async fn keep(
    services: &Services,
    draft: DraftId,
    references: &References,
) -> Result<Result<(), BadReference>, Error> {
    let files = match references {
        References::None => Vec::new(),
        References::Offered(files) => {
            let mut fetched = Vec::new();
            for file in files {
                match fetch(services, file).await? {
                    Ok(file) => fetched.push(file),
                    Err(bad) => return Ok(Err(bad)),
                }
            }
            fetched
        }
        References::Of(other, n) => match stored(services, *other, *n).await? {
            Some(files) => files.into_iter().map(|file| file.bytes.to_vec()).collect(),
            None => return Ok(Err(gone())),
        },
        References::Picture(picture) => match services.blobs.get(*picture).await? {
            Some(file) => match small(file).await? {
                Some(file) => vec![file],
                None => return Err(Error::broken("a stored picture cannot be read")),
            },
            None => return Ok(Err(gone())),
        },
    };
    for (position, file) in (1..).zip(files) {
        services.blobs.put_reference(draft, position, file).await?;
    }
    Ok(Ok(()))
}

fn gone() -> BadReference {
    BadReference::Gone {
        name: wording::THE_PICTURE.to_owned(),
    }
}

/// Fetches a given file, as a picture small enough to be sent to any engine and to be shown.
async fn fetch(services: &Services, file: &OfferedReference) -> Result<Result<Vec<u8>, BadReference>, Error> {
    let name = || file.name.clone();
    let bytes = match services
        .discord
        .attachment(&file.url, limits::REFERENCE_BYTES)
        .await
    {
        Ok(bytes) => bytes,
        Err(discord::Error::Busy(after_ms)) => {
            return Err(Error::Retry {
                what: "Discord is busy or away",
                after_ms,
                source: None,
            });
        }
        Err(discord::Error::TooLarge) => return Ok(Err(BadReference::TooLarge { name: name() })),
        Err(error) => {
            tracing::info!("a reference cannot be fetched: {error}");
            return Ok(Err(BadReference::Gone { name: name() }));
        }
    };
    Ok(small(bytes)
        .await?
        .ok_or_else(|| BadReference::NotAPicture { name: name() }))
}

/// Returns a picture as PNG or JPEG of limited size, or nothing if it cannot be read.
async fn small(bytes: Vec<u8>) -> Result<Option<Vec<u8>>, Error> {
    let made = heavy(move || {
        let small = media::shrink(bytes, limits::REFERENCE_EDGE, usize::MAX).ok()?;
        // A format that not every engine takes becomes one that does.
        let small = match media::mime(&small) {
            Some(_) => small,
            None => media::enlarge(&small, media::probe(&small).ok()?.pixels).ok()?,
        };
        Some(media::fit(small, limits::REFERENCE_KEPT_BYTES).ok()?.bytes)
    });
    made.await
}

/// Returns the references of a draft, in their order, or nothing if one is not stored any more.
///
/// # Errors
/// [`Error::Retry`] when the blob store is away.
pub(in crate::flow) async fn stored(
    services: &Services,
    draft: DraftId,
    n: u32,
) -> Result<Option<Vec<InputPicture>>, Error> {
    let mut all = Vec::new();
    for position in 1..=n {
        let Some(bytes) = services.blobs.reference(draft, position).await? else {
            return Ok(None);
        };
        let mime = media::mime(&bytes).ok_or_else(|| Error::broken("a stored reference is no picture"))?;
        all.push(InputPicture {
            bytes: bytes.into(),
            mime,
        });
    }
    Ok(Some(all))
}

/// Removes the references of a draft that was not accepted, or whose requester asked to be
/// forgotten.
///
/// # Errors
/// [`Error::Retry`] when the blob store is away.
pub(in crate::flow) async fn remove(services: &Services, draft: DraftId, n: usize) -> Result<(), Error> {
    for position in (1..).take(n) {
        services.blobs.remove_reference(draft, position).await?;
    }
    Ok(())
}
