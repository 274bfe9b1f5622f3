//! Draws contact sheets from stored pictures, one picture after the other.

use crate::domain::approval::vote::Image;
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::ids::GuildId;
use crate::domain::image::mark::{Mark, Marked};
use crate::domain::image::render::State;
use crate::domain::image::sheet::layout;
use crate::flow::error::Error;
use crate::flow::marks;
use crate::flow::services::{Services, heavy};
use crate::media::{self, Medal, Sheet};
use crate::wording::{self, OnSheet};

/// What a tile of a sheet shows.
#[derive(Clone, Debug)]
pub(in crate::flow) struct Tile<'a> {
    /// The image.
    pub image: &'a Image,
    /// What stands in its corner: letters of ASCII.
    pub mark: String,
    /// The later stage that it has, with the colour of that.
    pub earned: Option<(Tier, Medal)>,
}

impl<'a> Tile<'a> {
    /// Makes the tile of an image in a list whose drafts have letters.
    pub(in crate::flow) fn lettered(letter: char, image: &'a Image) -> Self {
        Self {
            image,
            mark: format!("{letter}{}", image.number.short()),
            earned: None,
        }
    }
}

/// Draws a contact sheet as a JPEG file. Returns it with what each tile shows, or `None` if it does not
/// fit into a message of the guild.
///
/// # Errors
/// [`Error::Retry`] when the blob store is away. A picture that is gone or broken is no error: its
/// tile says so.
pub(in crate::flow) async fn contact_sheet(
    services: &Services,
    guild: GuildId,
    tiles: &[Tile<'_>],
) -> Result<Option<(Marked, Vec<OnSheet>)>, Error> {
    let count = u32::try_from(tiles.len()).unwrap_or(u32::MAX);
    let (mut sheet, mut told) = (Sheet::new(&layout(shape(tiles), count)), Vec::new());
    for (nth, tile) in tiles.iter().enumerate() {
        let shows;
        (sheet, shows) = draw(services, sheet, nth, tile).await?;
        told.push(shows);
    }
    let mark = marks::of_sheet(services, tiles.iter().map(|tile| tile.image));
    let sheet = written(services, guild, sheet, mark).await?;
    Ok(sheet.map(|sheet| (sheet, told)))
}

/// Writes a sheet as a JPEG file, if it fits into a message of the guild.
///
/// # Errors
/// [`Error::Broken`] when it cannot be written.
pub(in crate::flow) async fn written(
    services: &Services,
    guild: GuildId,
    sheet: Sheet,
    mark: Mark,
) -> Result<Option<Marked>, Error> {
    let sheet = heavy(media::load(&[]), move || sheet.into_jpeg(&mark)).await?;
    let sheet = sheet
        .map_err(|error| Error::Broken("a contact sheet cannot be written".to_owned(), Some(error.into())))?;
    Ok((sheet.len() <= services.discord.upload_limit(guild)).then_some(sheet))
}

/// Returns the shape of the tiles: that of the images, or a square if they have several.
fn shape(tiles: &[Tile<'_>]) -> Pixels {
    let sizes = tiles.iter().map(|tile| tile.image.want);
    let widest = sizes.clone().max_by_key(|size| size.width);
    let Some(largest) = widest else {
        return Pixels { width: 1, height: 1 };
    };
    // Two parts in a hundred of the shape are not seen.
    let alike = |size: Pixels| {
        let [one, other] = [
            u64::from(size.width) * u64::from(largest.height),
            u64::from(largest.width) * u64::from(size.height),
        ];
        one.abs_diff(other) * 50 <= one.max(other)
    };
    if sizes.clone().all(alike) {
        return largest;
    }
    let side = sizes.map(|size| size.width.min(size.height)).max().unwrap_or(1);
    Pixels {
        width: side,
        height: side,
    }
}

/// Draws one tile. The picture is in memory for no longer than that.
async fn draw(
    services: &Services,
    mut sheet: Sheet,
    nth: usize,
    tile: &Tile<'_>,
) -> Result<(Sheet, OnSheet), Error> {
    let (image, earned, mark) = (tile.image, tile.earned, tile.mark.clone());
    let mut shows = match image.state {
        State::Done(_) if image.original_removed_ms.is_some() => OnSheet::Removed,
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
    let id = image.id;
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
        sheet.mark(nth, &mark);
        (sheet, shows)
    };
    heavy(load, work).await
}
