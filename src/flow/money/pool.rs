//! Answers questions about a guild's pool.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::{report, spend_limits};
use crate::discord::Reply;
use crate::domain::approval;
use crate::domain::approval::terms::Policy;
use crate::domain::credits::Credits;
use crate::domain::geometry::Tier;
use crate::domain::ids::{GuildId, RoleId, UserId};
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::money::export::{Bought, Told, by_decision};
use crate::domain::stage::Stage;
use crate::flow::error::Error;
use crate::flow::money::funds;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Tx, export, jobs, ledger, renders, votes};
use crate::wording::{self, Approved};

/// How many entries one decision makes at most: a draft holds the price of each of its images.
#[expect(clippy::cast_possible_wrap, reason = "it is small, and a constant")]
const IMAGES: i64 = limits::IMAGES_PER_DRAFT as i64;

/// Answers `/credits pool`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn pool(services: &Services, guild: GuildId) -> Result<Reply, Error> {
    let (operator, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let read = services.store.read(move |tx| {
        async move {
            let pool = ledger::read(tx, guild).await?;
            let capped = renders::capped(tx, guild).await?.len();
            let chosen = settings::rules_in(tx, &operator, guild).await?;
            let days = report::days(tx, guild, &chosen.zone, now_ms).await?;
            Ok::<_, Error>((pool, funds::awaiting(tx, guild).await?, capped, chosen, days))
        }
        .boxed()
    });
    let (pool, awaiting, capped, chosen, days) = read.await?;
    let prices = chosen.stages.prices();
    let empty = if pool.available.covers(prices[0]) {
        String::new()
    } else {
        let rules = &services.rules;
        wording::empty_pool(&rules.operators, rules.admins_treasury, prices)
    };
    let ends_ms = days.pool_ends(pool.available);
    let content = wording::pool(&pool, &awaiting, ends_ms) + &wording::capped_approvals(capped) + &empty;
    let file = if days.most().is_some() {
        let (chart, alt) = (
            wording::pool_chart(&days, &chosen.zone),
            wording::alt_of_pool(&days, &chosen.zone),
        );
        Some(report::drawn(chart, "pool.png", alt).await?)
    } else {
        None
    };
    Ok(Reply {
        content,
        file,
        ..Reply::default()
    })
}

/// Answers `/credits mine`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn mine(
    services: &Services,
    guild: GuildId,
    member: UserId,
    roles: BTreeSet<RoleId>,
) -> Result<String, Error> {
    let (operator, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let read = services.store.read(move |tx| {
        async move {
            let sums = export::of_member(tx, guild, member).await?;
            let lines = decisions(tx, guild, Some(member)).await?;
            let chosen = settings::rules_in(tx, &operator, guild).await?;
            let limits = spend_limits::limits(tx, guild, &chosen, (member, &roles), now_ms).await?;
            Ok::<_, Error>((sums, lines, limits))
        }
        .boxed()
    });
    let ((spent, held), lines, limits) = read.await?;
    let shown = (guild, tiers(services));
    Ok(wording::mine(spent, held, shown, &lines) + &wording::limits(&limits))
}

/// Answers `/credits history`.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn history(services: &Services, guild: GuildId) -> Result<String, Error> {
    let read = services.store.read(move |tx| decisions(tx, guild, None).boxed());
    Ok(wording::history((guild, tiers(services)), &read.await?))
}

/// Returns the tiers of the stages.
fn tiers(services: &Services) -> [Tier; 3] {
    Stage::ALL.map(|stage| services.rules.spec(stage).tier)
}

/// Returns the latest decisions about a guild's credits, or about those of a member's drafts, the
/// newest first, each with who approved it.
async fn decisions(tx: &mut Tx, guild: GuildId, member: Option<UserId>) -> Result<Vec<Approved>, Error> {
    let most = limits::HISTORY_LINES * IMAGES;
    let mut lines = by_decision(export::recent(tx, guild, member, most).await?);
    lines.truncate(usize::try_from(limits::HISTORY_LINES).unwrap_or(usize::MAX));
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        let approved_by = match &line.told {
            Told::Images(bought) => approvers(tx, guild, bought).await?,
            Told::Grant { .. } | Told::Correction { .. } => Vec::new(),
        };
        all.push((line, approved_by));
    }
    Ok(all)
}

/// Returns the members whose votes count on the image that was approved for what was bought.
async fn approvers(tx: &mut Tx, guild: GuildId, bought: &Bought) -> Result<Vec<UserId>, Error> {
    let Some(parent) = bought.parent else {
        return Ok(Vec::new());
    };
    let image = renders::find(tx, parent).await?;
    let Some(terms) = image.and_then(|image| image.vote.terms().cloned()) else {
        return Ok(Vec::new());
    };
    let policy = Policy {
        guild,
        stage: bought.stage,
        requester: bought.requester,
        terms,
        for_lead: None,
    };
    Ok(approval::tally(&policy, &votes::ballot(tx, parent).await?).counted)
}

/// Makes sure that a guild of the bot has a pool. A new pool gets the operator's first grant, once.
/// `greet`: whether the guild is to be greeted, if its pool is new.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn welcome(services: &Services, guild: GuildId, greet: bool) -> Result<(), Error> {
    let (amount, now_ms) = (services.rules.first_grant, services.clock.now_ms());
    let given = services.change(move |tx| {
        async move {
            if ledger::ensure(tx, guild).await? && greet {
                jobs::enqueue(tx, Job::Hello(guild), now_ms).await?;
            }
            if amount == Credits::ZERO {
                return Ok(None);
            }
            let once_key = Some(format!("first-grant:{guild}"));
            let reason = Some("pool.first_grant".to_owned());
            let grant = ledger::Grant {
                actor: None,
                reason,
                once_key,
            };
            Ok(ledger::grant(tx, guild, amount, grant, now_ms).await?)
        }
        .boxed()
    });
    if given.await?.is_some() {
        tracing::info!(guild.id = %guild, "{amount} granted for the first time");
    }
    Ok(())
}
