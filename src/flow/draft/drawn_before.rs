//! Points out that the same was drawn before, with the picture, before it is paid for again.

use super::offer::labelled;
use super::references;
use super::request::Started;
use super::sheet::sheet_of;
use super::starter::first_images;
use crate::discord::{File, Reply};
use crate::domain::approval::vote::Image;
use crate::domain::button::{Button, Repeat};
use crate::domain::credits::Credits;
use crate::domain::draft::entity::{Draft, Place};
use crate::domain::ids::ProjectId;
use crate::domain::image::render::State;
use crate::flow::error::{Error, chain};
use crate::flow::services::Services;
use crate::wording::{self, Like};

/// A draft that was drawn before, and another that asks for the same.
pub(super) struct DrawnBefore {
    /// The draft that was drawn.
    pub(super) draft: Draft,
    /// All of its images.
    pub(super) images: Vec<Image>,
    /// How many images are asked for now.
    pub(super) wanted: u32,
    /// The project that would pay now.
    pub(super) project: Option<ProjectId>,
    /// What they would cost now.
    pub(super) cost: Credits,
}

/// Offers to draw once more what was drawn before, and shows it. Returns `None` if it cannot be drawn from
/// there, because a reference is not stored any more.
///
/// # Errors
/// [`Error::Retry`] when the blob store is away.
pub(super) async fn offer(services: &Services, before: DrawnBefore) -> Result<Option<Started>, Error> {
    let draft = &before.draft;
    let drawn = first_images(&before.images).find(|image| matches!(image.state, State::Done(_)));
    let (Some(image), Place::Open { starter, .. }) = (drawn, draft.place) else {
        return Ok(None);
    };
    if references::stored(services, draft.id, draft.references)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let button = Button::Repeat(Repeat {
        image: image.id,
        images: before.wanted,
        project: before.project,
        price: Some(before.cost),
    });
    let answer = wording::drawn_before(draft.created_ms, (draft.guild, draft.channel, starter));
    Ok(Some(Started::Offered(Box::new(Reply {
        buttons: vec![labelled(button, Like::Same, Some(before.cost))],
        file: picture(services, &before).await,
        without_file: Some(answer.clone()),
        content: answer,
        ..Reply::default()
    }))))
}

/// Returns the contact sheet of the draft that was drawn. The link says where it is if there is none.
async fn picture(services: &Services, before: &DrawnBefore) -> Option<File> {
    let first: Vec<&Image> = first_images(&before.images).collect();
    let sheet = sheet_of(services, &before.draft, &first, &before.images).await;
    sheet.unwrap_or_else(|error| {
        tracing::info!("a draft that was drawn before is not shown: {}", chain(&error));
        None
    })
}
