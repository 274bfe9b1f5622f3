//! Accepts a draft: looks at its references, has it decided, and shows first what was drawn before.

use super::decide::{Decision, Then, decided};
use super::drawn_before;
use super::references::{self, Cleaned, References};
pub use super::request::{DraftRequest, Started};
use crate::domain::draft::admission::{DraftBrief, Refusal, parse};
use crate::domain::draft::fingerprint::Fingerprint;
use crate::domain::ids::RenderId;
use crate::domain::image::reference::{self, BadReference};
use crate::domain::stage::Stage;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::wording;

/// Accepts a draft, or returns why not. A refused draft holds nothing. A repeat of the same
/// interaction finds the first draft.
///
/// References are fetched and decoded only for a draft that could start without them.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was held.
pub async fn start(services: &Services, request: DraftRequest) -> Result<Started, Error> {
    let brief = match parse(&request.options, &services.rules.catalog, &services.rules.crops) {
        Ok(brief) => brief,
        Err(refusal) => return Ok(Started::Refused(wording::refusal(&refusal))),
    };
    let (id, references) = (request.id, request.references.count());
    let mut ids: Vec<RenderId> = (0..brief.images).map(|_| services.render_id()).collect();
    // Work of the same age is done in the order of ids: the first image first.
    ids.sort_unstable();
    let mut new = Cleaned::default();
    if references > 0 {
        let looked = decided(services, &request, &brief, &ids, Then::LookAtReferences).await?;
        if let Decision::Ended(ended) = looked {
            return Ok(ended);
        }
        match kept(services, &request).await? {
            Ok(kept) => new = kept,
            Err(bad) => return Ok(Started::Refused(wording::refusal(&Refusal::Reference(bad)))),
        }
    }
    let fingerprint = Fingerprint::of(&brief.prompt, brief.keep.as_deref(), brief.ratio, &new.sums);
    Ok(
        match recorded(services, &request, &brief, &ids, fingerprint).await? {
            Started::Accepted { answer, .. } => Started::Accepted {
                answer,
                note: (!new.first_frames.is_empty()).then(|| wording::first_frames(&new.first_frames)),
            },
            refused @ (Started::Refused(_) | Started::Offered(_)) => {
                // The draft was not accepted.
                references::remove(services, id, references).await?;
                refused
            }
        },
    )
}

/// Records a draft that may start, unless a command asks for it and the same was drawn before.
async fn recorded(
    services: &Services,
    request: &DraftRequest,
    brief: &DraftBrief,
    ids: &[RenderId],
    fingerprint: Fingerprint,
) -> Result<Started, Error> {
    if request.pressed.is_none() {
        match decided(services, request, brief, ids, Then::RecordIfNew(fingerprint)).await? {
            Decision::Ended(started) => return Ok(started),
            Decision::Before(before) => {
                if let Some(offered) = drawn_before::offer(services, *before).await? {
                    return Ok(offered);
                }
            }
            Decision::MayStart => {}
        }
    }
    match decided(services, request, brief, ids, Then::Record(fingerprint)).await? {
        Decision::Ended(started) => Ok(started),
        Decision::MayStart | Decision::Before(_) => {
            Err(Error::broken("a draft was neither accepted nor refused"))
        }
    }
}

/// Keeps the references of a draft, if the engine of the first stage takes any.
async fn kept(services: &Services, request: &DraftRequest) -> Result<Result<Cleaned, BadReference>, Error> {
    let spec = services.rules.spec(Stage::Explore);
    let model = services.rules.catalog.model(spec);
    let looked = match &request.references {
        References::Offered(files) => reference::check(files, &spec.engine, model),
        References::None | References::Of(..) | References::Picture(_) => {
            reference::count(request.references.count(), &spec.engine, model)
        }
    };
    match looked {
        Ok(()) => references::keep(services, request.id, &request.references).await,
        Err(bad) => Ok(Err(bad)),
    }
}
