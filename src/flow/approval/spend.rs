//! Pays for the render of an approved stage.

use super::notes;
use crate::domain::approval::terms::Terms;
use crate::domain::approval::vote::{Image, Vote};
use crate::domain::draft::entity::Draft;
use crate::domain::guild::operator::Rules;
use crate::domain::ids::RenderId;
use crate::domain::image::note::Changes;
use crate::domain::image::render::Render;
use crate::domain::job::Job;
use crate::domain::money::authorization::{Purchase, Shortage, authorize};
use crate::domain::money::spend_limit::Capped;
use crate::domain::stage::Stage;
use crate::flow::error::Error;
use crate::flow::money::funds::{self, Payer, with_date};
use crate::flow::money::project;
use crate::flow::money::spend_limits::Spender;
use crate::flow::settings;
use crate::store::{Locked, Tx, jobs, ledger, renders};

/// An approved stage that is to be paid.
pub(in crate::flow) struct ApprovedStage<'a> {
    /// The image that is approved.
    pub(in crate::flow) parent: &'a Locked<Image>,
    pub(in crate::flow) draft: &'a Draft,
    pub(in crate::flow) spender: &'a Spender,
    /// The terms of the image's vote.
    pub(in crate::flow) terms: &'a Terms,
    /// The stage that was voted for.
    pub(in crate::flow) stage: Stage,
    /// The id of the render that is paid for.
    pub(in crate::flow) child: RenderId,
}

/// Pays for the next stage of an approved image and queues its render. Returns the vote as it
/// stands then: spent, waiting for credits, blocked by a spending limit, or closed because the
/// stage cannot be drawn any more.
pub(in crate::flow) async fn spend(
    tx: &mut Tx,
    rules: &Rules,
    approved: &ApprovedStage<'_>,
    now_ms: i64,
) -> Result<Vote, Error> {
    let ApprovedStage {
        parent,
        draft,
        spender,
        terms,
        stage,
        child,
    } = *approved;
    let Some(want) = rules.pixels(stage, draft.ratio).filter(|_| !draft.forgotten) else {
        return Ok(parent.vote.clone().closed());
    };
    let mut pool = ledger::lock(tx, parent.guild).await?;
    let chosen = settings::rules_in(tx, rules, parent.guild).await?;
    let project = project::of_draft(tx, draft.project).await?;
    let payer = Payer {
        rules: &chosen,
        spender,
        project: project.as_ref(),
        stage,
    };
    let funds = funds::load_with_line(tx, &pool, &payer, now_ms).await?;
    let purchase = Purchase::new(parent.guild, stage, terms.price, vec![child])
        .map_err(|error| Error::broken(error.to_string()))?
        .queued_for(parent.id, since_ms(parent, now_ms));
    let authorization = match authorize(purchase, &funds) {
        Ok(authorization) => authorization,
        Err(shortage) => return wait(tx, approved, shortage, now_ms).await,
    };
    let mut origin = parent.origin();
    (origin.parent, origin.after) = (Some(parent.id), None);
    let new = Render {
        changes: Changes::of(&notes::standing(tx, parent).await?),
        ..Render::queued(child, origin, stage, terms.price, want, now_ms)
    };
    if !renders::insert(tx, &new).await? {
        return Err(Error::broken(format!(
            "image {} has a child, and its vote is open",
            parent.id
        )));
    }
    ledger::hold(tx, &mut pool, authorization, now_ms).await?;
    jobs::enqueue(tx, Job::Render(child), now_ms).await?;
    Ok(Vote::Spent(terms.clone()))
}

/// Has an approval wait that cannot be paid now. An approval that a spending limit blocks is looked
/// at again when the limit may have room. It keeps its place in the line for credits, but nobody
/// waits behind it.
async fn wait(
    tx: &mut Tx,
    approved: &ApprovedStage<'_>,
    shortage: Shortage,
    now_ms: i64,
) -> Result<Vote, Error> {
    let (parent, terms) = (approved.parent, approved.terms.clone());
    let since_ms = since_ms(parent, now_ms);
    let full = match with_date(tx, parent.guild, shortage, approved.spender).await? {
        Shortage::Limit(full) => full,
        Shortage::Budget(_) | Shortage::Line | Shortage::Pool(_) => {
            return Ok(Vote::Waiting { terms, since_ms });
        }
    };
    if let Some(until_ms) = full.frees_ms {
        jobs::schedule(tx, &[(Job::RecheckLimit(parent.id), until_ms)]).await?;
    }
    let capped = Capped {
        by: full.limit,
        until_ms: full.frees_ms,
    };
    Ok(Vote::Capped {
        terms,
        since_ms,
        capped,
    })
}

/// Returns when the quorum of an approval was reached: now, unless it has waited since.
fn since_ms(parent: &Image, now_ms: i64) -> i64 {
    parent.vote.waiting_since_ms().unwrap_or(now_ms)
}
