//! Measures how far a picture of a later stage is from the approved one, once, before it is shown.

use futures::FutureExt;
use tokio::sync::Semaphore;

use crate::domain::geometry::Pixels;
use crate::domain::ids::RenderId;
use crate::domain::image::drift::Likeness;
use crate::domain::image::render::{Render, State};
use crate::domain::limits;
use crate::flow::error::{Error, chain};
use crate::flow::services::{Services, heavy};
use crate::media;
use crate::store::{self, renders};

/// Limits the comparisons under way at once: each holds two whole pictures in memory.
static AT_ONCE: Semaphore = Semaphore::const_new(1);

/// Returns how alike a picture is to the approved one of size `approved`. Reads it from the
/// database if it was measured before, and else measures and records it. Returns nothing for a
/// first stage, for pictures too large or of another shape, and where one of the two is not stored
/// any more or cannot be read: a picture that was paid for is shown all the same.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(in crate::flow) async fn measure(
    services: &Services,
    render: &Render,
    approved: Option<Pixels>,
) -> Result<Option<Likeness>, Error> {
    if render.likeness.is_some() {
        return Ok(render.likeness);
    }
    let (State::Done(pixels), Some(parent), Some(approved)) = (&render.state, render.parent, approved) else {
        return Ok(None);
    };
    if !comparable(approved, *pixels) {
        return Ok(None);
    }
    let id = render.id;
    let Some(likeness) = compare(services, parent, id).await else {
        return Ok(None);
    };
    tracing::info!(render.id = %id, %likeness, "compared with the approved picture");
    let written = services
        .store
        .write(move |tx| renders::set_likeness(tx, id, likeness).boxed());
    let written: Result<(), store::Error> = written.await;
    written?;
    Ok(Some(likeness))
}

fn comparable(approved: Pixels, pixels: Pixels) -> bool {
    approved.nearly_same_shape(pixels) && approved.count().max(pixels.count()) <= limits::COMPARED_PIXELS
}

async fn compare(services: &Services, parent: RenderId, render: RenderId) -> Option<Likeness> {
    // The semaphore is never closed, so there is always a place in the end.
    let _place = AT_ONCE.acquire().await.ok()?;
    let (parent, picture) = (bytes(services, parent).await?, bytes(services, render).await?);
    let load = media::load(&[&parent, &picture]);
    match heavy(load, move || media::likeness(&parent, &picture)).await {
        Ok(Ok(score)) => Some(Likeness::of_score(score)),
        Ok(Err(error)) => {
            tracing::warn!(render.id = %render, "a picture could not be compared with the approved one: {}", chain(&error));
            None
        }
        Err(error) => {
            tracing::error!(render.id = %render, "a picture could not be compared with the approved one: {}", chain(&error));
            None
        }
    }
}

async fn bytes(services: &Services, render: RenderId) -> Option<Vec<u8>> {
    match services.blobs.get(render).await {
        Ok(found) => found,
        Err(error) => {
            tracing::warn!(render.id = %render, "a picture could not be read to be compared: {}", chain(&error));
            None
        }
    }
}
