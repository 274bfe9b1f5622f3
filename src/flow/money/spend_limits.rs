//! Loads spending limits and their usage, before credits are held.

use std::collections::BTreeSet;

use futures::FutureExt;

use crate::domain::approval::vote::Vote;
use crate::domain::credits::GuildPool;
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{GuildId, RenderId, RoleId, UserId};
use crate::domain::job::Job;
use crate::domain::money::spend_limit::{self, LimitReached, SpendLimit, Usage, fits};
use crate::domain::stage::Stage;
use crate::flow::done::Done;
use crate::flow::error::Error;
use crate::flow::posting::lasting;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{Locked, Tx, drafts, jobs, renders, spend_limits as spending};

/// The member who spends: the requester of the draft, whoever approves it.
#[derive(Clone, Debug)]
pub(in crate::flow) struct Spender {
    /// The member.
    pub member: UserId,
    /// The member's roles. Nothing if nobody looked them up, because no spending limit was on a
    /// role.
    pub roles: Option<BTreeSet<RoleId>>,
}

impl Spender {
    /// Looks up the roles of an absent spender on Discord, if some spending limit is on a role. A
    /// member who left has no roles, nor has one of whom Discord tells nothing.
    ///
    /// # Errors
    /// [`Error::Retry`] when the database or Discord is away.
    pub(in crate::flow) async fn absent(
        services: &Services,
        guild: GuildId,
        member: UserId,
    ) -> Result<Self, Error> {
        let chosen = settings::rules(services, guild).await?;
        let roles = if spend_limit::ask_for_roles(&chosen.spend_limits) {
            let told = lasting(services.discord.member(guild, member).await)?;
            Some(told.unwrap_or_default().unwrap_or_default())
        } else {
            None
        };
        Ok(Self { member, roles })
    }
}

/// Returns the spending limits that apply to a spender at a stage, each with its usage.
///
/// # Errors
/// [`Error::Retry`] when the database is away, or when a spending limit was put on a role since the
/// spender's roles were looked up.
pub(in crate::flow) async fn usages(
    tx: &mut Tx,
    locked: &Locked<GuildPool>,
    chosen: &GuildRules,
    spender: &Spender,
    stage: Stage,
    now_ms: i64,
) -> Result<Vec<Usage>, Error> {
    let nobody_asked = Error::Retry {
        what: "a spending limit on a role is new",
        after_ms: None,
        source: None,
    };
    let roles = match &spender.roles {
        Some(roles) => roles,
        None if spend_limit::ask_for_roles(&chosen.spend_limits) => return Err(nobody_asked),
        None => &BTreeSet::new(),
    };
    let member = spender.member;
    let holding = spend_limit::holding(&chosen.spend_limits, member, roles, stage);
    Ok(spending::usages(tx, locked, holding, member, &chosen.zone, now_ms).await?)
}

/// Adds to a reached spending limit the time at which there is room again, also in a rolling
/// window.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(in crate::flow) async fn dated(
    tx: &mut Tx,
    guild: GuildId,
    full: LimitReached,
    member: UserId,
) -> Result<LimitReached, Error> {
    let frees_ms = spending::frees(tx, guild, &full, member).await?;
    Ok(LimitReached { frees_ms, ..full })
}

/// Returns the spending limits on a member, each with its current usage.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub(in crate::flow) async fn limits(
    tx: &mut Tx,
    guild: GuildId,
    chosen: &GuildRules,
    (member, roles): (UserId, &BTreeSet<RoleId>),
    now_ms: i64,
) -> Result<Vec<Usage>, Error> {
    let holding = spend_limit::holding_ever(&chosen.spend_limits, member, roles);
    Ok(spending::glance(tx, guild, holding, member, &chosen.zone, now_ms).await?)
}

/// Runs [`Job::RecheckLimit`]: queues another decision about an approval that a spending limit
/// blocks, because the limit may have room again by now.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn look_again(services: &Services, id: RenderId) -> Result<Done, Error> {
    let now_ms = services.clock.now_ms();
    let queued = services
        .change(move |tx| async move { Ok(jobs::enqueue(tx, Job::Confirm(id), now_ms).await?) }.boxed());
    queued.await?;
    Ok(Done::Finished)
}

/// Re-checks the approvals of a guild that a spending limit with room again blocks: credits were
/// released.
///
/// # Errors
/// [`Error`] when the database is away.
pub(in crate::flow) async fn wake(
    tx: &mut Tx,
    chosen: &GuildRules,
    guild: GuildId,
    now_ms: i64,
) -> Result<(), Error> {
    for id in renders::capped(tx, guild).await? {
        let Some(image) = renders::find(tx, id).await? else {
            continue;
        };
        let Vote::Capped { capped, terms, .. } = &image.vote else {
            continue;
        };
        let member = drafts::get(tx, image.draft).await?.requester;
        let room = match chosen.spend_limits.get(&capped.by.on) {
            Some(max) => {
                let limit = SpendLimit {
                    max: *max,
                    ..capped.by
                };
                let usages = spending::glance(tx, guild, vec![limit], member, &chosen.zone, now_ms).await?;
                fits(&usages, terms.price).is_ok()
            }
            None => true,
        };
        if room {
            jobs::enqueue(tx, Job::Confirm(id), now_ms).await?;
        }
    }
    Ok(())
}
