//! Draws the contact sheet of a draft from its stored pictures, one after the other.

use crate::discord::File;
use crate::domain::approval::vote::Image;
use crate::domain::draft::entity::Draft;
use crate::domain::geometry::Tier;
use crate::domain::image::render::State;
use crate::domain::image::sheet::layout;
use crate::domain::stage::Stage;
use crate::flow::error::Error;
use crate::flow::services::{Services, heavy};
use crate::media::{self, Medal, Sheet};
use crate::wording::{self, OnSheet};

/// Draws the contact sheet of a draft: `first`, its images at the first stage, by position, with
/// the stages that they have earned. `all` are all of its images. Returns `None` if there is no
/// picture yet, or none that fits into a message.
///
/// # Errors
/// [`Error::Retry`] when the blob store is away. A picture that is gone or broken is no error: its
/// tile says so.
pub(super) async fn contact_sheet(
    services: &Services,
    draft: &Draft,
    first: &[&Image],
    all: &[Image],
) -> Result<Option<File>, Error> {
    let is_done = |image: &&&Image| matches!(image.state, State::Done(_));
    let Some(one) = first.iter().find(is_done) else {
        return Ok(None);
    };
    let count = u32::try_from(first.len()).unwrap_or(u32::MAX);
    let (mut sheet, mut told) = (Sheet::new(&layout(one.want, count)), Vec::new());
    for (nth, image) in first.iter().enumerate() {
        let earned = earned(services, all, image.position);
        let shows;
        (sheet, shows) = draw(services, sheet, nth, image, earned).await?;
        told.push((image.position, shows));
    }
    let bytes = sheet.into_jpeg();
    let bytes = bytes
        .map_err(|error| Error::Broken("a contact sheet cannot be written".to_owned(), Some(error.into())))?;
    if bytes.len() > services.discord.upload_limit(draft.guild) {
        return Ok(None);
    }
    Ok(Some(File {
        name: wording::sheet_name(draft),
        bytes,
        alt: wording::alt_of_sheet(draft, &told),
    }))
}

/// Draws one tile. The picture is in memory for no longer than that.
async fn draw(
    services: &Services,
    mut sheet: Sheet,
    nth: usize,
    image: &Image,
    earned: Option<(Tier, Medal)>,
) -> Result<(Sheet, OnSheet), Error> {
    let mut shows = match image.state {
        State::Done(_) => OnSheet::Drawn(earned.map(|(tier, _)| tier)),
        State::Failed(_) => OnSheet::Failed,
        State::Cancelled => OnSheet::Cancelled,
        State::Unknown | State::Queued | State::Rendering => OnSheet::Unknown,
    };
    let mut file = None;
    if matches!(shows, OnSheet::Drawn(_)) {
        file = services.blobs.get(image.id).await?;
    }
    let load = file
        .as_ref()
        .map_or_else(|| media::load(&[]), |file| media::load(&[file]));
    let (number, id) = (image.position, image.id);
    let work = move || {
        let drawn = file.map(|file| sheet.picture(nth, &file));
        if let Some(Err(error)) = &drawn {
            tracing::warn!(render.id = %id, "a picture cannot be put on a contact sheet: {error}");
        }
        if !matches!(drawn, Some(Ok(()))) {
            if matches!(shows, OnSheet::Drawn(_)) {
                shows = OnSheet::Lost;
            }
            sheet.empty(nth, wording::empty_tile(shows));
        }
        if let Some((tier, medal)) = earned {
            sheet.earned(nth, &wording::earned_label(tier), medal);
        }
        sheet.number(nth, number);
        (sheet, shows)
    };
    heavy(load, work).await
}

/// Returns the highest later stage of which a position has a picture.
fn earned(services: &Services, all: &[Image], position: u32) -> Option<(Tier, Medal)> {
    let later = all.iter().filter(|image| {
        let is_drawn = matches!(image.state, State::Done(_));
        image.position == position && image.stage != Stage::Explore && is_drawn
    });
    let stage = later.map(|image| image.stage).max()?;
    let medal = if stage == Stage::Final {
        Medal::Gold
    } else {
        Medal::Green
    };
    Some((services.rules.spec(stage).tier, medal))
}
