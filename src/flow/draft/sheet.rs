//! Draws the contact sheet of a draft.

use crate::discord::File;
use crate::domain::approval::vote::Image;
use crate::domain::draft::entity::Draft;
use crate::domain::geometry::Tier;
use crate::domain::image::mark::Contents;
use crate::domain::image::number::Number;
use crate::domain::image::render::State;
use crate::domain::stage::Stage;
use crate::flow::contact_sheet::{Tile, contact_sheet};
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::media::Medal;
use crate::wording::{self, OnSheet};

/// Draws the contact sheet of a draft: `first`, its images at the first stage, by position, with
/// the stages that they have earned. `all` are all of its images. Returns `None` if there is no
/// picture yet or an original is not kept any more, or if it does not fit into a message.
///
/// # Errors
/// [`Error::Retry`] when the blob store is away. A picture that is gone or broken is no error: its
/// tile says so.
pub(super) async fn sheet_of(
    services: &Services,
    draft: &Draft,
    first: &[&Image],
    all: &[Image],
) -> Result<Option<File>, Error> {
    let is_kept = first.iter().all(|image| image.original_removed_ms.is_none());
    if !is_kept || !first.iter().any(|image| matches!(image.state, State::Done(_))) {
        return Ok(None);
    }
    let tiles: Vec<Tile<'_>> = first.iter().map(|image| tile(services, image, all)).collect();
    let Some((sheet, shows)) = contact_sheet(services, draft.guild, &tiles).await? else {
        return Ok(None);
    };
    let told: Vec<(Number, OnSheet)> = first.iter().map(|image| image.number).zip(shows).collect();
    Ok(Some(File {
        name: wording::sheet_name(draft),
        contents: Contents::Marked(sheet),
        alt: wording::alt_of_sheet(draft, &told),
    }))
}

fn tile<'a>(services: &Services, image: &'a Image, all: &[Image]) -> Tile<'a> {
    Tile {
        image,
        mark: image.number.short(),
        earned: earned(services, all, image.number),
    }
}

/// Returns the highest later stage of which an image has a picture.
fn earned(services: &Services, all: &[Image], number: Number) -> Option<(Tier, Medal)> {
    let later = all.iter().filter(|image| {
        let is_drawn = matches!(image.state, State::Done(_));
        image.number == number && image.stage != Stage::Explore && is_drawn
    });
    let stage = later.map(|image| image.stage).max()?;
    let medal = if stage == Stage::Final {
        Medal::Gold
    } else {
        Medal::Green
    };
    Some((services.rules.spec(stage).tier, medal))
}
