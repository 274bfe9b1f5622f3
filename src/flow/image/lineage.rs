//! Shows where an image comes from and what came of it, as a strip and as text, and an image beside the
//! one that it was made of.

use futures::FutureExt;

use super::panel::{done, kept};
use crate::discord::{ButtonView, File, Reply, Style};
use crate::domain::approval::vote::Image;
use crate::domain::button::Button;
use crate::domain::draft::entity::Draft;
use crate::domain::geometry::Pixels;
use crate::domain::guild::retention::Kept;
use crate::domain::ids::{GuildId, RenderId, UserId};
use crate::domain::image::mark::{Contents, Mark, Marked};
use crate::domain::image::number::Number;
use crate::domain::image::render::State;
use crate::domain::image::sheet::{layout, strip};
use crate::flow::approval::vote;
use crate::flow::contact_sheet::written;
use crate::flow::error::Error;
use crate::flow::marks;
use crate::flow::services::{Services, heavy};
use crate::media::{self, Sheet};
use crate::store::{Tx, renders};
use crate::wording::{self, OnSheet, Step};

/// Returns where an image comes from and what came of it: draft → 2K → 4K, with votes, notes and costs,
/// as text and as a picture of all steps.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn lineage(services: &Services, guild: GuildId, id: RenderId) -> Result<Reply, Error> {
    let Some((draft, image, _)) = done(services, guild, id).await? else {
        return Ok(wording::NO_IMAGE_HERE.to_owned().into());
    };
    let number = Number::first(image.number.position);
    let (steps, images) = steps(services, &draft, number).await?;
    let is_made_of_another = |step: &Step| !step.approved_by.is_empty() || !step.number.is_first();
    let compare = steps.iter().filter(|(_, step)| is_made_of_another(step));
    let compare = compare.map(|(id, step)| ButtonView {
        id: Button::Compare(*id),
        label: wording::compare_label(&wording::rung(step.tier, step.number)),
        style: Style::Secondary,
    });
    let told: Vec<Step> = steps.iter().map(|(_, step)| step.clone()).collect();
    let mark = marks::of_sheet(services, &images);
    let removed_ms = images.iter().filter_map(|image| image.original_removed_ms).max();
    let removed = removed_ms
        .map(|removed_ms| wording::steps_removed(removed_ms, services.rules.retention.days(Kept::Originals)));
    let file = picture(services, guild, (&steps, &images), mark)
        .await?
        .map(|strip| File {
            name: wording::lineage_name(&draft, number),
            contents: Contents::Marked(strip),
            alt: wording::alt_of_lineage(&draft, number, &told),
        });
    Ok(Reply {
        content: wording::lineage(number, &draft.prompt, draft.requester, &told)
            + &removed.unwrap_or_default(),
        buttons: compare.collect(),
        file,
        ..Reply::default()
    })
}

/// Loads the steps of an image: all of its versions at all stages.
pub(super) async fn steps(
    services: &Services,
    draft: &Draft,
    number: Number,
) -> Result<(Vec<(RenderId, Step)>, Vec<Image>), Error> {
    let (rules, told) = (services.rules.clone(), draft.clone());
    let read = services.store.read(move |tx| {
        async move {
            let all = renders::of_draft(tx, told.id).await?;
            let (mut steps, mut images) = (Vec::new(), Vec::new());
            for step in all.iter().filter(|one| one.number.position == number.position) {
                if let State::Done(pixels) = step.state {
                    let tier = rules.spec(step.stage).tier;
                    let approved_by = approvers(tx, &all, step, &told).await?;
                    let told = Step {
                        number: step.number,
                        stage: step.stage,
                        tier,
                        pixels,
                        price: step.price,
                        usd: step.bill.usd,
                        likeness: step.likeness,
                        approved_by,
                        notes: step.changes.all().to_vec(),
                        place: told
                            .thread()
                            .zip(step.message)
                            .map(|(thread, message)| (told.guild, thread, message)),
                    };
                    steps.push((step.id, told));
                    images.push(step.clone());
                }
            }
            Ok::<_, Error>((steps, images))
        }
        .boxed()
    });
    read.await
}

/// Returns who approved a step: the members whose votes count on its parent.
async fn approvers(tx: &mut Tx, all: &[Image], step: &Image, draft: &Draft) -> Result<Vec<UserId>, Error> {
    let parent = all.iter().find(|one| Some(one.id) == step.parent);
    Ok(match parent {
        None => Vec::new(),
        Some(parent) => vote::tally_of(tx, parent, draft)
            .await?
            .map_or_else(Vec::new, |tally| tally.counted),
    })
}

/// Draws the steps in a row. Each picture is in memory for no longer than it takes to draw it.
async fn picture(
    services: &Services,
    guild: GuildId,
    (steps, images): (&[(RenderId, Step)], &[Image]),
    mark: Mark,
) -> Result<Option<Marked>, Error> {
    let sizes: Vec<Pixels> = steps.iter().map(|(_, step)| step.pixels).collect();
    let mut sheet = Sheet::new(&strip(&sizes));
    for (nth, ((id, step), image)) in steps.iter().zip(images).enumerate() {
        let (mut file, mut shows) = (None, OnSheet::Removed);
        if image.original_removed_ms.is_none() {
            (file, shows) = (services.blobs.get(*id).await?, OnSheet::Lost);
        }
        let (mark, caption) = (wording::rung(step.tier, step.number), wording::step_caption(step));
        let load = file
            .as_ref()
            .map_or_else(|| media::load(&[]), |file| media::load(&[file]));
        sheet = heavy(load, move || {
            if file.is_none_or(|file| sheet.picture(nth, &file).is_err()) {
                sheet.empty(nth, wording::empty_tile(shows));
            }
            sheet.mark(nth, &mark);
            sheet.caption(nth, &caption);
            sheet.arrow(nth);
            sheet
        })
        .await?;
    }
    written(services, guild, sheet, mark).await
}

/// Shows an image beside the approved one that it was made of, with lines around what moved.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn compare(services: &Services, guild: GuildId, id: RenderId) -> Result<Reply, Error> {
    let (draft, image, pixels) = match kept(services, guild, id).await? {
        Ok(found) => found,
        Err(why) => return Ok(why.into()),
    };
    let Some(parent) = image.after.or(image.parent) else {
        return Ok(wording::NOTHING_TO_COMPARE.to_owned().into());
    };
    let (_, approved, approved_pixels) = match kept(services, guild, parent).await? {
        Ok(found) => found,
        Err(why) => return Ok(why.into()),
    };
    let (Some(before), Some(after)) = (services.blobs.get(parent).await?, services.blobs.get(id).await?)
    else {
        return Ok(wording::NO_ORIGINAL.to_owned().into());
    };
    let rungs = [&approved, &image].map(|image| rung(services, image));
    let same_shape = approved_pixels.nearly_same_shape(pixels);
    let load = media::load(&[&before, &after]);
    let marks = rungs.clone();
    let drawn = heavy(load, move || {
        let moved = same_shape.then(|| media::moved(&before, &after)).transpose()?;
        let mut sheet = Sheet::new(&layout(approved_pixels, 2));
        for (nth, file) in [before, after].into_iter().enumerate() {
            sheet.picture(nth, &file)?;
            if let Some(moved) = &moved {
                sheet.outline(nth, moved);
            }
            sheet.mark(nth, &marks[nth]);
        }
        Ok::<_, media::ResizeError>((sheet, moved.map(|moved| moved.regions.len())))
    });
    let (sheet, moved) = drawn
        .await?
        .map_err(|error| Error::Broken("a stored picture cannot be read".to_owned(), Some(error.into())))?;
    let mark = marks::of_sheet(services, [&approved, &image]);
    let file = written(services, guild, sheet, mark).await?.map(|pair| File {
        name: wording::compare_name(&draft, image.number, &rungs),
        contents: Contents::Marked(pair),
        alt: wording::alt_of_comparison(&draft, image.number, &rungs),
    });
    Ok(Reply {
        content: wording::compared(image.number, &rungs, image.likeness, moved),
        file,
        ..Reply::default()
    })
}

fn rung(services: &Services, image: &Image) -> String {
    wording::rung(services.rules.spec(image.stage).tier, image.number)
}
