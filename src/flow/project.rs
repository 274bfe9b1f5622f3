//! Projects, as people estimate them.

use futures::FutureExt;

use super::{Error, Studio, settings};
use crate::domain::ids::GuildId;
use crate::domain::project::{self, Campaign};
use crate::domain::stage::Stage;
use crate::domain::wording;
use crate::store::ledger;

/// What `/project estimate` answers.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn estimate(
    studio: &Studio,
    guild: GuildId,
    drafts: i64,
    reviews: i64,
    finals: i64,
) -> Result<String, Error> {
    let campaign = match Campaign::new(drafts, reviews, finals) {
        Ok(campaign) => campaign,
        Err(misfit) => return Ok(wording::misfit(&misfit)),
    };
    let rules = studio.rules.clone();
    let read = studio.store.read(move |tx| {
        async move {
            let chosen = settings::rules_in(tx, &rules, guild).await?;
            Ok::<_, Error>((chosen.stages, ledger::read(tx, guild).await?))
        }
        .boxed()
    });
    let (stages, pool) = read.await?;
    let estimate = project::estimate(&campaign, &stages).map_err(|error| Error::broken(error.to_string()))?;
    Ok(wording::estimate(
        &estimate,
        stages.spec(Stage::Final).tier,
        pool.available,
    ))
}
