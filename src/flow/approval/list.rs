//! Lists the open votes of a guild.

use futures::FutureExt;

use super::vote::tally_of;
use crate::domain::actor::Membership;
use crate::domain::approval::ballot::VoterRole;
use crate::domain::ids::GuildId;
use crate::domain::limits;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::store::{drafts, renders};
use crate::wording::{self, Listed, Page};

/// Answers `/approvals` with a page of the open votes, counted from 1. A page past the end is the
/// last.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn list(
    services: &Services,
    guild: GuildId,
    member: Membership,
    page: u32,
) -> Result<String, Error> {
    let rules = services.rules.clone();
    let read = services.store.read(move |tx| {
        async move {
            let each = limits::APPROVALS_PER_PAGE;
            let votes = renders::voting_count(tx, guild).await?;
            let of = votes.div_ceil(each).max(1);
            let number = page.clamp(1, of);
            let ids = renders::voting_of(tx, guild, (number - 1) * each, each).await?;
            let mut listed = Vec::new();
            for id in ids {
                let Some(render) = renders::find(tx, id).await? else {
                    continue;
                };
                let draft = drafts::get(tx, render.draft).await?;
                let tally = tally_of(tx, &render, &draft).await?;
                let next = rules.next(render.stage, draft.last_stage);
                let (Some(terms), Some(tally), Some((_, spec))) = (render.vote.terms(), tally, next) else {
                    continue;
                };
                let leads = terms.role(Some(&member)) == VoterRole::Lead;
                listed.push(Listed {
                    prompt: draft.prompt.clone(),
                    requester: draft.requester,
                    position: render.position,
                    tier: spec.tier,
                    price: terms.price,
                    state: render.vote.state(),
                    votes: (tally.counted.len(), terms.quorum),
                    emoji: (terms.approve.clone(), terms.veto.clone()),
                    closes_ms: terms.closes_ms,
                    place: draft
                        .thread()
                        .zip(render.message)
                        .map(|(thread, message)| (guild, thread, message)),
                    lead: leads.then_some(terms.lead_decides),
                });
            }
            Ok::<_, Error>((Page { number, of, votes }, listed))
        }
        .boxed()
    });
    let (page, listed) = read.await?;
    Ok(wording::approvals(page, &listed))
}
