//! Caps, as they are looked at before credits are held.

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
use crate::store::Locked;
use crate::store::{Tx, drafts, jobs, renders, spend_limits as spending};

/// Who spends: who asked for the draft, whoever approves it.
#[derive(Clone, Debug)]
pub(in crate::flow) struct Spender {
    /// Who.
    pub member: UserId,
    /// Their roles; nothing if nobody asked for them, because no cap was on a role.
    pub roles: Option<BTreeSet<RoleId>>,
}

impl Spender {
    /// Asks Discord for the roles of somebody who is not here to tell, if some cap is on a role. Who left has none, nor has
    /// somebody of whom Discord tells nothing.
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

/// The caps that hold for what somebody spends on a stage, with what was spent of them.
///
/// # Errors
/// [`Error::Retry`] when the database is away, or when a cap was put on a role since the spender's were asked for.
pub(in crate::flow) async fn usages(
    tx: &mut Tx,
    locked: &Locked<GuildPool>,
    chosen: &GuildRules,
    spender: &Spender,
    stage: Stage,
    now_ms: i64,
) -> Result<Vec<Usage>, Error> {
    let nobody_asked = Error::Retry {
        what: "a cap on a role is new",
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

/// Adds to a limit that was reached the time at which there is room again, also where time rolls on.
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

/// The caps on a member, with what was spent of them a moment ago.
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

/// Looks again at an approval that a cap stopped, when that may let it through.
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

/// Has the approvals of a guild looked at again that a cap stops which has room for them now: credits were given back.
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
