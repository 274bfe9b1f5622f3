//! Says what is not kept any more, to whoever asks for something that would be made of it.

use super::error::Error;
use crate::domain::draft::entity::Draft;
use crate::domain::guild::operator::Rules;
use crate::domain::guild::retention::Kept;
use crate::domain::ids::RenderId;
use crate::domain::image::render::Render;
use crate::store::{Tx, renders};
use crate::wording;

/// Says that the original of an image was removed because it was kept long enough. Returns nothing if it
/// was not.
#[must_use]
pub(in crate::flow) fn original_removed(rules: &Rules, image: &Render) -> Option<String> {
    let days = rules.retention.days(Kept::Originals);
    image
        .original_removed_ms
        .map(|removed_ms| wording::original_removed(removed_ms, days))
}

/// Says that the references of a draft were removed because they were kept long enough. Returns nothing
/// if they were not.
#[must_use]
pub(in crate::flow) fn references_removed(rules: &Rules, draft: &Draft) -> Option<String> {
    let days = rules.retention.days(Kept::References);
    draft
        .references_removed_ms
        .map(|removed_ms| wording::references_removed(removed_ms, days))
}

/// Says that the prompt of a draft is gone. Returns nothing if it is there.
#[must_use]
pub(in crate::flow) fn prompt_gone(rules: &Rules, draft: &Draft) -> Option<String> {
    let days = rules.retention.days(Kept::Prompts);
    draft.forgotten.then(|| match draft.prompt_removed_ms {
        Some(removed_ms) if !draft.member_is_forgotten() => wording::prompt_removed(removed_ms, days),
        _ => wording::FORGOTTEN.to_owned(),
    })
}

/// Says that the picture which another is to be made of was removed. Returns nothing if it is kept, and
/// for one that is made of none.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(in crate::flow) async fn source_removed(
    tx: &mut Tx,
    rules: &Rules,
    source: Option<RenderId>,
) -> Result<Option<String>, Error> {
    let source = match source {
        Some(source) => renders::find(tx, source).await?,
        None => None,
    };
    Ok(source.and_then(|source| original_removed(rules, &source)))
}
