//! Shows how an image would be cut to the sizes of channels, and cuts it. What the frames stand around
//! is in the buttons, so nothing is kept and a restart loses nothing.

use futures::FutureExt;

use super::panel::kept;
use crate::discord::{ButtonView, File, ListView, Offers, Reply, Style};
use crate::domain::approval::vote::Image;
use crate::domain::button::{Around, Button, Cut, Frames, Sizes};
use crate::domain::draft::entity::Draft;
use crate::domain::geometry::{Focus, Pixels, Way};
use crate::domain::ids::{GuildId, RenderId};
use crate::domain::image::crop::{Aim, Crop, Planned, Subject, shares};
use crate::domain::image::mark::{Contents, Mark};
use crate::domain::image::sheet::layout;
use crate::flow::contact_sheet::written;
use crate::flow::error::Error;
use crate::flow::marks;
use crate::flow::money::project::of_draft;
use crate::flow::services::{Services, heavy};
use crate::flow::settings;
use crate::flow::settings::crops::sizes;
use crate::media::{self, Fitted, ResizeError, Sheet, Uncut};
use crate::wording::{self, CropSheet, Form};

/// Shows all crops of an image as frames over it, with what each would do, before anything is cut.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn sheet(
    services: &Services,
    guild: GuildId,
    Frames { image: id, around }: Frames,
) -> Result<Reply, Error> {
    let (draft, image, _) = match kept(services, guild, id).await? {
        Ok(found) => found,
        Err(why) => return Ok(why.into()),
    };
    let crops = sizes(services, guild).await?;
    if crops.is_empty() {
        return Ok(wording::NO_CROPS.to_owned().into());
    }
    let Some(bytes) = services.blobs.get(id).await? else {
        return Ok(wording::NO_ORIGINAL.to_owned().into());
    };
    let chosen = match around {
        Around::Subject | Around::SubjectAgain => None,
        Around::Place(focus) => Some(focus),
    };
    let load = media::load(&[&bytes]);
    let drawn = heavy(load, move || drawn(&bytes, &crops, chosen)).await?;
    let Drawn {
        sheet,
        pixels,
        subject,
        planned,
        focus,
    } = drawn.map_err(unreadable)?;
    let mark = marks::of_sheet(services, [&image]);
    let file = written(services, guild, sheet, mark).await?.map(|sheet| File {
        name: wording::crops_name(&draft, image.number),
        contents: Contents::Marked(sheet),
        alt: wording::alt_of_crops(&draft, image.number, &planned),
    });
    let (buttons, list, arrows) = choices(id, &planned, (chosen, focus));
    Ok(Reply {
        content: wording::crops(&CropSheet {
            number: image.number,
            pixels,
            planned: &planned,
            finder: subject.map(|subject| subject.by),
            chosen: chosen.is_some(),
        }),
        buttons,
        below: arrows,
        lists: vec![list],
        file,
        ..Reply::default()
    })
}

/// A sheet of crops, with what it shows.
struct Drawn {
    sheet: Sheet,
    pixels: Pixels,
    subject: Option<Subject>,
    planned: Vec<Planned>,
    focus: Focus,
}

fn drawn(bytes: &[u8], crops: &[Crop], chosen: Option<Focus>) -> Result<Drawn, ResizeError> {
    let uncut = Uncut::read(bytes)?;
    let (pixels, subject) = (uncut.size(), uncut.subject()?);
    let aim = Aim::of(subject, chosen);
    let planned = planned(crops, pixels, aim, subject);
    let mut sheet = Sheet::new(&layout(pixels, 1));
    sheet.lay(0, &uncut)?;
    drop(uncut);
    let frames = (1..).zip(&planned);
    let frames = frames.map(|(number, one)| (one.frame, wording::frame_label(number, &one.crop)));
    sheet.frames(0, pixels, &frames.collect::<Vec<_>>(), aim.focus);
    Ok(Drawn {
        sheet,
        pixels,
        subject,
        planned,
        focus: aim.focus,
    })
}

fn planned(crops: &[Crop], pixels: Pixels, aim: Aim, subject: Option<Subject>) -> Vec<Planned> {
    let all = crops.iter().map(|crop| Planned::new(crop, pixels, aim, subject));
    all.collect()
}

/// Returns the buttons of a sheet: what cuts, the list of sizes, and what moves the frames.
fn choices(
    image: RenderId,
    planned: &[Planned],
    (chosen, focus): (Option<Focus>, Focus),
) -> (Vec<ButtonView>, ListView, Vec<ButtonView>) {
    let button = |id: Button, label: &str, style| ButtonView {
        id,
        label: label.to_owned(),
        style,
    };
    let cut = |sizes| {
        Button::Crop(Cut {
            image,
            sizes,
            focus: chosen,
        })
    };
    let frames = |around| Button::Crops(Frames { image, around });
    let mut buttons = vec![button(
        cut(Sizes::All),
        &wording::cut_all_label(planned.len()),
        Style::Success,
    )];
    if chosen.is_some() {
        buttons.push(button(
            frames(Around::SubjectAgain),
            wording::AROUND_SUBJECT_LABEL,
            Style::Secondary,
        ));
    }
    let offered = (1..).zip(planned);
    let offered = offered.map(|(number, one)| {
        let label = wording::crop_offered(number, &one.crop);
        (value(number, one.crop.size), label, false)
    });
    let list = ListView {
        id: cut(Sizes::Picked),
        placeholder: wording::CUT_SOME.to_owned(),
        picks: (1, u8::try_from(planned.len()).unwrap_or(u8::MAX)),
        offers: Offers::Texts(offered.collect()),
    };
    let arrows = Way::ALL.into_iter().filter_map(|way| {
        let moved = frames(Around::Place(focus.moved(way)?));
        Some(button(moved, wording::move_label(way), Style::Secondary))
    });
    (buttons, list, arrows.collect())
}

/// Names a size in the list, by its number and itself: two sizes may be the same.
fn value(number: usize, size: Pixels) -> String {
    format!("{number}:{}x{}", size.width, size.height)
}

/// Hands out an image cut to sizes that are offered: as many files, in one answer.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn cut(services: &Services, guild: GuildId, cut: Cut, picked: &[String]) -> Result<Reply, Error> {
    let (draft, image, _) = match kept(services, guild, cut.image).await? {
        Ok(found) => found,
        Err(why) => return Ok(why.into()),
    };
    let offered = (1..).zip(sizes(services, guild).await?);
    let wanted = offered.filter(|(number, crop)| match cut.sizes {
        Sizes::All => true,
        Sizes::Picked => picked.contains(&value(*number, crop.size)),
        Sizes::One(size) => crop.size == size,
    });
    let wanted: Vec<Crop> = wanted.map(|(_, crop)| crop).collect();
    let gone = matches!(cut.sizes, Sizes::Picked) && wanted.len() < picked.len();
    if wanted.is_empty() || gone {
        return Ok(wording::NO_SUCH_CROP.to_owned().into());
    }
    let limit = services.discord.upload_limit(guild);
    let Some((planned, files)) = files(services, (&draft, &image), wanted, cut.focus, limit).await? else {
        return Ok(wording::NO_ORIGINAL.to_owned().into());
    };
    let mut files = files.into_iter();
    Ok(Reply {
        content: wording::cropped(image.number, &planned),
        file: files.next(),
        also: files.collect(),
        ..Reply::default()
    })
}

/// Cuts an image from its original to some sizes, around a chosen place or its subject. All files together
/// have at most `limit` bytes. Returns `None` if the original is not stored any more.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub(in crate::flow) async fn files(
    services: &Services,
    (draft, image): (&Draft, &Image),
    crops: Vec<Crop>,
    chosen: Option<Focus>,
    limit: usize,
) -> Result<Option<(Vec<Planned>, Vec<File>)>, Error> {
    let Some(bytes) = services.blobs.get(image.id).await? else {
        return Ok(None);
    };
    let largest = crops.iter().map(|crop| crop.size).max_by_key(|size| size.count());
    let load = media::load_of_resizing(&bytes, largest.unwrap_or(image.want));
    let rules = settings::rules(services, image.guild).await?;
    let mark = marks::of_image(services, &rules, draft, image);
    let made = heavy(load, move || made(&bytes, &crops, chosen, (limit, &mark))).await?;
    let made = made.map_err(unreadable)?;
    let project = project(services, draft).await?;
    let (mut planned, mut files) = (Vec::new(), Vec::new());
    for (one, file) in made {
        files.push(File {
            name: wording::crop_name(draft, project.as_deref(), image.number, &one.crop, file.extension),
            contents: file.contents,
            alt: wording::alt_of_image(draft, image, Form::Crop, one.crop.size),
        });
        planned.push(one);
    }
    Ok(Some((planned, files)))
}

fn made(
    bytes: &[u8],
    crops: &[Crop],
    chosen: Option<Focus>,
    (limit, mark): (usize, &Mark),
) -> Result<Vec<(Planned, Fitted)>, ResizeError> {
    let uncut = Uncut::read(bytes)?;
    let subject = uncut.subject()?;
    let planned = planned(crops, uncut.size(), Aim::of(subject, chosen), subject);
    let cut = planned.iter().map(|one| uncut.cut(one.frame, one.crop.size));
    let cut = cut.collect::<Result<Vec<_>, _>>()?;
    drop(uncut);
    let sizes: Vec<usize> = cut.iter().map(|file| media::size_with(mark, file)).collect();
    let fitted = cut.into_iter().zip(shares(&sizes, limit));
    let fitted = fitted.map(|(file, share)| Ok::<_, ResizeError>(media::fit_own(file, share, mark)?));
    planned
        .into_iter()
        .zip(fitted)
        .map(|(planned, file)| Ok((planned, file?)))
        .collect()
}

fn unreadable(error: ResizeError) -> Error {
    Error::Broken("a stored picture cannot be cut".to_owned(), Some(error.into()))
}

/// Returns the name of the project that a draft is for.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(super) async fn project(services: &Services, draft: &Draft) -> Result<Option<String>, Error> {
    let named = draft.project;
    let read = services.store.read(move |tx| of_draft(tx, named).boxed());
    Ok(read.await?.map(|project| project.name.as_str().to_owned()))
}
