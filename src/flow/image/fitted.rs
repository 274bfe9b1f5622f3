//! Posts a picture in the best form that fits, and says which that is.

use super::view::View;
use crate::discord::{self, Attached, Post};
use crate::domain::ids::{ChannelId, MessageId, RenderId};
use crate::domain::image::reduced::{FileForm, Forms, Reduced};
use crate::domain::limits;
use crate::flow::error::Error;
use crate::flow::marks;
use crate::flow::posting::lasting;
use crate::flow::services::{Services, heavy};
use crate::media::{self, Fitted};

/// How often a file is posted at most, each time smaller than the one that was refused.
const POSTS: u32 = 4;

/// A message that was posted.
pub(in crate::flow) struct Posted {
    pub(in crate::flow) message: MessageId,
    /// Says so if the message carries a smaller form of the picture.
    pub(in crate::flow) reduced: Option<Reduced>,
    /// Whether an earlier run posted the message, perhaps under other terms.
    pub(in crate::flow) found: bool,
}

/// The posted message, or why Discord never takes it there.
pub(in crate::flow) type Delivery = Result<Posted, discord::Error>;

/// Returns what a file of a message that was posted before is a smaller form of, if it is one.
pub(super) async fn found_form(
    services: &Services,
    id: RenderId,
    file: Option<Attached>,
) -> Result<Option<Reduced>, Error> {
    let (Some(file), Some(bytes)) = (file, services.blobs.size(id).await?) else {
        return Ok(None);
    };
    let original = FileForm {
        extension: extension_of(services, id).await?,
        bytes: bytes as u64,
    };
    let posted = FileForm {
        extension: file.filename.rsplit('.').next().unwrap_or_default().to_owned(),
        bytes: file.size,
    };
    if posted.bytes == original.bytes {
        return Ok(None);
    }
    let whole = services.blobs.get(id).await?;
    let forms = Forms {
        posted,
        original,
        lost_credentials: whole.is_some_and(|whole| media::has_credentials(&whole)),
    };
    Ok(Some(Reduced { forms: Some(forms) }))
}

/// Returns the extension of a stored original, by its first bytes. Empty if it has none that is known.
pub(super) async fn extension_of(services: &Services, id: RenderId) -> Result<String, Error> {
    let first = services.blobs.piece(id, 0..limits::FORMAT_BYTES).await?;
    let extension = first.and_then(|first| media::extension(&first));
    Ok(extension.unwrap_or_default().to_owned())
}

/// Posts a picture in a channel, in the best form that fits.
pub(in crate::flow) async fn post_fitted(
    services: &Services,
    view: &View,
    channel: ChannelId,
    post: impl Fn(Fitted, Option<&Reduced>) -> Post,
) -> Result<Delivery, Error> {
    let (id, guild) = (view.image.id, view.image.guild);
    let mark = marks::of_image(services, &view.rules, &view.draft, &view.image);
    let mut limit = services.discord.upload_limit(guild);
    for _ in 0..POSTS {
        // It is read again for each try, so that no second copy of a large file waits in memory.
        let bytes = services.blobs.get(id).await?;
        let bytes =
            bytes.ok_or_else(|| Error::broken(format!("the picture of render {id} is not stored")))?;
        let original = FileForm {
            extension: media::extension(&bytes).unwrap_or_default().to_owned(),
            bytes: bytes.len() as u64,
        };
        let (load, own) = (media::load_of_fit(&bytes, limit), mark.clone());
        let fitted = heavy(load, move || media::fit(bytes, limit, &own)).await?;
        let fitted = fitted
            .map_err(|error| Error::Broken("the picture cannot be read".to_owned(), Some(error.into())))?;
        let size = fitted.contents.len();
        let reduced = fitted.reduced.then(|| reduced(&fitted, original));
        match lasting(
            services
                .discord
                .post(channel, post(fitted, reduced.as_ref()))
                .await,
        )? {
            Ok(message) => {
                return Ok(Ok(Posted {
                    message,
                    reduced,
                    found: false,
                }));
            }
            // Whatever the limit really is, the next try is smaller than what was refused, and so are
            // those of the pictures after this one.
            Err(discord::Error::TooLarge) => limit = services.discord.note_too_large(guild, size),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Err(discord::Error::TooLarge))
}

/// Returns what a file is a smaller form of.
fn reduced(fitted: &Fitted, original: FileForm) -> Reduced {
    let posted = FileForm {
        extension: fitted.extension.to_owned(),
        bytes: fitted.contents.len() as u64,
    };
    Reduced {
        forms: Some(Forms {
            posted,
            original,
            lost_credentials: fitted.lost_credentials,
        }),
    }
}
