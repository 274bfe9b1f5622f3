//! Packs an image into one file: the original, every crop that it is large enough for, what a screen reader says
//! of it, and where it comes from.

use std::collections::BTreeSet;
use std::io::{Cursor, Write};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::crops::{self, project};
use super::fitted::extension_of;
use super::lineage::steps;
use crate::discord::File;
use crate::domain::approval::vote::Image;
use crate::domain::draft::entity::Draft;
use crate::domain::geometry::Pixels;
use crate::domain::image::crop::{Crop, can_cut};
use crate::flow::error::Error;
use crate::flow::services::{Services, heavy};
use crate::flow::settings::crops::sizes;
use crate::media;
use crate::wording::{self, Form, Packed};

/// What the crops of a pack may have together, in bytes: more than they ever have.
const ANY_SIZE: usize = 1 << 30;

/// Why a pack could not be made.
#[derive(Debug, thiserror::Error)]
enum Unpackable {
    #[error("the file could not be written")]
    Zip(#[from] zip::result::ZipError),
    #[error("the file could not be written")]
    Write(#[from] std::io::Error),
}

/// An image that is to be packed.
pub(super) type Packable<'a> = (&'a Draft, &'a Image, Pixels);

/// Returns the name of a pack: it tells the project, the stage and the pixels.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(super) async fn name(services: &Services, of: Packable<'_>) -> Result<String, Error> {
    let project = project(services, of.0).await?;
    let (draft, render, pixels) = of;
    Ok(wording::packed_name(
        draft,
        project.as_deref(),
        render,
        (Packed::All, pixels),
        "zip",
    ))
}

/// Makes the pack of an image. Returns nothing if the original is not stored any more. The pictures are
/// in it as they are: nothing makes them smaller.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub(super) async fn made(services: &Services, of: Packable<'_>) -> Result<Option<Vec<u8>>, Error> {
    let (draft, render, pixels) = of;
    let extension = extension_of(services, render.id).await?;
    let project = project(services, draft).await?;
    let named = |part: Packed, pixels, extension: &str| {
        wording::packed_name(draft, project.as_deref(), render, (part, pixels), extension)
    };
    let tier = services.rules.spec(render.stage).tier;
    let alt = wording::alt_of_image(draft, render, Form::Whole(tier), pixels);
    let history = serde_json::to_vec_pretty(&history(services, of).await?)
        .map_err(|error| Error::Broken("a lineage cannot be written".to_owned(), Some(error.into())))?;
    let texts = [
        (
            named(Packed::Alt, pixels, "txt"),
            format!("{}\n", alt.as_str()).into_bytes(),
        ),
        (named(Packed::Lineage, pixels, "json"), history),
    ];
    let picture = named(Packed::Picture, pixels, &extension);
    let wanted: Vec<Crop> = sizes(services, render.guild).await?;
    let wanted: Vec<Crop> = wanted
        .into_iter()
        .filter(|crop| can_cut(pixels, crop.size))
        .collect();
    let cut = crops::files(services, (draft, render), wanted, None, ANY_SIZE).await?;
    let (Some((_, crops)), Some(original)) = (cut, services.blobs.get(render.id).await?) else {
        return Ok(None);
    };
    let packed = heavy(media::load(&[]), move || {
        packed((picture, &original), &crops, &texts)
    })
    .await?;
    let packed =
        packed.map_err(|error| Error::Broken("an image cannot be packed".to_owned(), Some(error.into())))?;
    Ok(Some(packed))
}

fn packed(
    (name, original): (String, &[u8]),
    crops: &[File],
    texts: &[(String, Vec<u8>)],
) -> Result<Vec<u8>, Unpackable> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::with_capacity(original.len())));
    // Pictures are packed already.
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file(name, stored)?;
    zip.write_all(original)?;
    let mut there = BTreeSet::new();
    for crop in crops.iter().filter(|crop| there.insert(&crop.name)) {
        zip.start_file(crop.name.as_str(), stored)?;
        zip.write_all(crop.contents.bytes())?;
    }
    for (name, text) in texts {
        zip.start_file(name.as_str(), stored)?;
        zip.write_all(text)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Tells where an image comes from, for programs. It names no member: a pack leaves the server.
async fn history(services: &Services, (draft, render, _): Packable<'_>) -> Result<Value, Error> {
    let (steps, _) = steps(services, draft, render.number).await?;
    let steps: Vec<Value> = steps
        .iter()
        .map(|(id, step)| {
            json!({
                "image": id.to_string(),
                "version": step.number.version,
                "stage": step.stage.name(),
                "tier": step.tier.to_string(),
                "width": step.pixels.width,
                "height": step.pixels.height,
                "credits": step.price.get(),
                "usd": step.usd.map(|usd| usd.to_string()),
                "likeness": step.likeness.map(|likeness| likeness.to_string()),
                "votes": step.approved_by.len(),
                "notes": step.notes,
                "message": step.place.map(wording::link_to),
            })
        })
        .collect();
    Ok(json!({
        "draft": draft.id.to_string(),
        "position": render.number.position,
        "version": render.number.version,
        "ratio": draft.ratio.to_string(),
        "prompt": (!draft.forgotten).then(|| draft.prompt.as_str()),
        "packed": render.id.to_string(),
        "steps": steps,
    }))
}
