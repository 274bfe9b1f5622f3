//! Fetches the references of a draft, cleans them, keeps them, and hands them to the engine.

use futures::FutureExt;
use tokio::sync::Semaphore;

use crate::domain::draft::fingerprint::ReferenceSum;
use crate::domain::ids::{DraftId, RenderId};
use crate::domain::image::reference::{BadFile, BadReference, OfferedReference};
use crate::domain::limits;
use crate::flow::error::{Error, chain};
use crate::flow::services::{Services, heavy};
use crate::media::{CleanPicture, NotAPicture, Unfit};
use crate::providers::InputPicture;
use crate::store::drafts;
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

/// References that were cleaned and stored.
#[derive(Clone, Debug, Default)]
pub(super) struct Cleaned {
    /// The names of animations, of which only the first frame is kept.
    pub(super) first_frames: Vec<String>,
    /// The sums of what is stored, in the order of the references.
    pub(super) sums: Vec<ReferenceSum>,
}

/// Limits the drafts whose references are looked at at once, in the whole process: each holds a
/// whole file in memory. A large file takes all seats.
static SEATS: Semaphore = Semaphore::const_new(2);

/// A file of more bytes than this takes all seats.
const LARGE_BYTES: u64 = limits::REFERENCE_BYTES as u64 / 2;

/// Returns how many seats the references of a draft take.
fn seats(references: &References) -> u32 {
    let large = match references {
        References::Offered(files) => files.iter().any(|file| file.bytes > LARGE_BYTES),
        // An engine's picture may be large.
        References::Picture(_) => true,
        References::None | References::Of(..) => false,
    };
    if large { 2 } else { 1 }
}

/// Fetches the references of a draft, cleans them, and keeps them, before any credit is held for
/// the draft.
///
/// # Errors
/// [`Error::Retry`] when Discord or the blob store is away.
pub(super) async fn keep(
    services: &Services,
    draft: DraftId,
    references: &References,
) -> Result<Result<Cleaned, BadReference>, Error> {
    let seats = SEATS.acquire_many(seats(references)).await;
    let _seats = seats.map_err(|_| Error::broken("the seats are closed"))?;
    let (mut told, mut kept) = (Cleaned::default(), Vec::new());
    for (name, fetched) in files(services, references).await? {
        let file = match fetched {
            File::Here(bytes) => Ok(bytes),
            File::At(url) => fetch(services, &url).await?,
            File::Gone => Err(BadFile::Gone),
        };
        let shortest = match references {
            References::Offered(_) => limits::REFERENCE_SHORTEST,
            References::None | References::Of(..) | References::Picture(_) => 1,
        };
        let cleaned = match file {
            Ok(bytes) => cleaned(bytes, shortest).await?,
            Err(why) => Err(why),
        };
        match cleaned {
            Ok(CleanPicture { bytes, first_frame }) => {
                told.sums.push(ReferenceSum::of(&bytes));
                told.first_frames.extend(first_frame.then_some(name));
                kept.push(bytes);
            }
            Err(why) => return Ok(Err(BadReference::File { name, why })),
        }
    }
    for (position, file) in (1..).zip(kept) {
        services.blobs.put_reference(draft, position, file).await?;
    }
    Ok(Ok(told))
}

/// Removes the references that were stored more than a day ago for drafts that were never written,
/// because the process died or the database failed in between. Returns how many files there were.
///
/// A draft is written seconds after its references are stored, so none of a day ago can still come.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away. Some may have been removed.
pub async fn sweep(services: &Services) -> Result<usize, Error> {
    let old = services.blobs.old_references(services.clock.now_ms()).await?;
    let mut swept = 0;
    for some in old.chunks(drafts::ASKED_AT_ONCE) {
        let ids: Vec<DraftId> = some.iter().map(|(draft, _)| *draft).collect();
        let read = services
            .store
            .read(move |tx| async move { drafts::never_written(tx, &ids).await }.boxed());
        let orphans: Vec<DraftId> = read.await?;
        for (draft, position) in some.iter().filter(|(draft, _)| orphans.contains(draft)) {
            services.blobs.remove_reference(*draft, *position).await?;
            swept += 1;
        }
    }
    if swept > 0 {
        tracing::info!(swept, "references of drafts that were never written are removed");
    }
    Ok(swept)
}

/// The file of a reference that is not cleaned yet.
enum File {
    /// Its bytes.
    Here(Vec<u8>),
    /// Its address at Discord. It is fetched when its turn comes.
    At(String),
    /// It is not stored any more.
    Gone,
}

/// Returns the files of references with their names, in their order.
async fn files(services: &Services, references: &References) -> Result<Vec<(String, File)>, Error> {
    let ours = |file: Option<Vec<u8>>| {
        (
            wording::THE_PICTURE.to_owned(),
            file.map_or(File::Gone, File::Here),
        )
    };
    Ok(match references {
        References::None => Vec::new(),
        References::Offered(files) => {
            let at = |file: &OfferedReference| (file.name.clone(), File::At(file.url.clone()));
            files.iter().map(at).collect()
        }
        References::Of(other, n) => match stored(services, *other, *n).await? {
            Some(files) => files
                .into_iter()
                .map(|file| ours(Some(file.bytes.to_vec())))
                .collect(),
            None => vec![ours(None)],
        },
        References::Picture(picture) => vec![ours(services.blobs.get(*picture).await?)],
    })
}

/// Fetches a file from Discord.
async fn fetch(services: &Services, url: &str) -> Result<Result<Vec<u8>, BadFile>, Error> {
    match services.discord.attachment(url, limits::REFERENCE_BYTES).await {
        Ok(bytes) => Ok(Ok(bytes)),
        Err(discord::Error::Busy(after_ms)) => Err(Error::Retry {
            what: "Discord is busy or away",
            after_ms,
            source: None,
        }),
        Err(discord::Error::TooLarge) => Ok(Err(BadFile::TooLarge)),
        Err(error) => {
            tracing::info!("a reference cannot be fetched: {error}");
            Ok(Err(BadFile::Gone))
        }
    }
}

/// Cleans a file, or says why it cannot be a reference.
async fn cleaned(bytes: Vec<u8>, shortest: u32) -> Result<Result<CleanPicture, BadFile>, Error> {
    let load = media::load(&[&bytes]);
    let cleaned = heavy(load, move || media::clean(bytes, shortest)).await?;
    Ok(cleaned.map_err(|unfit| {
        tracing::info!("a reference cannot be used: {}", chain(&unfit));
        match unfit {
            Unfit::TooSmall(pixels) => BadFile::TooSmall(pixels),
            Unfit::NotAPicture(NotAPicture::TooManyPixels(pixels)) => BadFile::TooManyPixels(pixels),
            Unfit::NotAPicture(NotAPicture::Format(Some(format))) => BadFile::Format(format),
            Unfit::NotAPicture(NotAPicture::Cut) => BadFile::Cut,
            Unfit::NotAPicture(NotAPicture::Overloaded) => BadFile::Overloaded,
            Unfit::NotAPicture(NotAPicture::TooLarge(_)) => BadFile::TooLarge,
            Unfit::NotAPicture(
                NotAPicture::Format(None) | NotAPicture::Broken(_) | NotAPicture::Unwritten(_),
            ) => BadFile::NotAPicture,
        }
    }))
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
