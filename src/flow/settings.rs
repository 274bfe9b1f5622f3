//! Reads and changes the settings that admins choose for a guild. Each flow reads them from the
//! database where they count, so that a change holds at once and in every process.

pub mod crops;
pub mod lost;
pub mod panel;
mod read;

use std::collections::BTreeSet;

use futures::FutureExt;

pub use self::read::rules;
pub(in crate::flow) use self::read::rules_in;
use super::access::Caller;
use super::error::Error;
use super::posting::lasting;
use super::services::Services;
use crate::domain::emoji::Emoji;
use crate::domain::guild::digest;
use crate::domain::guild::edit::{Edit, InvalidSetting};
use crate::domain::guild::settings::{GuildRules, GuildSettings};
use crate::domain::ids::GuildId;
use crate::domain::job::Job;
use crate::domain::limits;
use crate::domain::permission::Purpose;
use crate::domain::stage::Stage;
use crate::store::guilds::GuildRow;
use crate::store::{Locked, Tx, guilds, jobs, renders};
use crate::wording::{self, Topic};

/// Answers `/help` by what the member may do and by what things cost in their server.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn help(services: &Services, caller: &Caller) -> Result<String, Error> {
    let chosen = rules(services, caller.guild()).await?;
    let by = caller.by();
    Ok(wording::help(&wording::Help {
        prices: chosen.stages.prices(),
        quorums: [Stage::Review, Stage::Final].map(|stage| chosen.stages.spec(stage).quorum),
        emoji: (&chosen.approve, &chosen.veto),
        manages: by.member.manages,
        treasury: services.rules.may_use_treasury(by),
    }))
}

/// Says what the settings of some topics are, and what they rest on and is gone.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn show(services: &Services, caller: &Caller, topics: &[Topic]) -> Result<String, Error> {
    let rules = rules(services, caller.guild()).await?;
    Ok(told(services, caller.guild(), &rules, topics).await)
}

/// Says what the rules of a guild are, and what they rest on and is gone.
async fn told(services: &Services, guild: GuildId, rules: &GuildRules, topics: &[Topic]) -> String {
    let operator = GuildSettings::default().rules(&services.rules);
    // What cannot be looked up now is told another time.
    let gone = lost::find(services, guild, rules).await.unwrap_or_default();
    let told = wording::settings(topics, rules, &operator) + &unreachable_quorums(services, guild, rules);
    told + &wording::lost(&gone)
}

/// Changes settings and answers a `/settings` command. Takes all of its options, or none. Without
/// any option it shows the settings.
///
/// # Errors
/// [`Error::Retry`] when the database or Discord is away: nothing was changed.
pub async fn change(
    services: &Services,
    caller: &Caller,
    topic: Topic,
    edits: Vec<Edit>,
) -> Result<String, Error> {
    if edits.is_empty() {
        return show(services, caller, &[topic]).await;
    }
    let guild = caller.guild();
    if let Some(emoji) = foreign_emoji(services, guild, &edits).await? {
        return Ok(wording::invalid_setting(&InvalidSetting::ForeignEmoji(emoji)));
    }
    if let Some(invalid_setting) = not_allowed(services, guild, &edits).await? {
        return Ok(wording::invalid_setting(&invalid_setting));
    }
    let (operator, now_ms) = (services.rules.clone(), services.clock.now_ms());
    let changed = services.change(move |tx| {
        async move {
            let row = guilds::lock(tx, guild).await?;
            let before = &row.settings;
            let after = match before.edited(guild, &operator, &edits) {
                Ok(after) => after,
                Err(invalid_setting) => return Ok(Err(invalid_setting)),
            };
            guilds::write(tx, &row, &after).await?;
            if before.spend_limits != after.spend_limits || before.zone != after.zone {
                // The new limits may let any of them through.
                for capped in renders::capped(tx, guild).await? {
                    jobs::enqueue(tx, Job::Confirm(capped), now_ms).await?;
                }
            }
            let rules = (before.rules(&operator), after.rules(&operator));
            let next_ms = plan_digest(tx, &row, &rules, now_ms).await?;
            Ok(Ok((rules, next_ms)))
        }
        .boxed()
    });
    Ok(match changed.await? {
        Err(invalid_setting) => wording::invalid_setting(&invalid_setting),
        Ok(((before, after), digest_ms)) => {
            wording::settings_changed(topic, &before, &after)
                + &unreachable_quorums(services, guild, &after)
                + &wording::told_nowhere(topic, &after)
                + &digest_ms.map_or_else(String::new, wording::next_digest)
        }
    })
}

/// Has the digest come at its hour after its settings changed, or go if it was switched off. Returns when
/// the next one comes, in milliseconds since 1970: never at once, because the hour of today may be over.
/// Returns `None` if nothing changed, or it was switched off.
async fn plan_digest(
    tx: &mut Tx,
    row: &Locked<GuildRow>,
    (before, after): &(GuildRules, GuildRules),
    now_ms: i64,
) -> Result<Option<i64>, Error> {
    let of = |rules: &GuildRules| (rules.digest, rules.digest_hour, rules.zone.clone());
    if of(before) == of(after) {
        return Ok(None);
    }
    let job = Job::Digest(row.guild);
    let slots = after.zone.daily(after.digest_hour, now_ms);
    let (Some(_), Some(slots)) = (after.digest, slots) else {
        if before.digest.is_some() {
            jobs::enqueue(tx, job, now_ms).await?;
        }
        return Ok(None);
    };
    let record = guilds::digests::read(tx, row.guild).await?;
    let (next_ms, done) = digest::first(slots, record.day, now_ms);
    if let Some(day) = done {
        guilds::digests::done(tx, row, day).await?;
    }
    jobs::schedule(tx, &[(job, next_ms.min(now_ms + limits::DIGEST_LOOK_MS))]).await?;
    Ok(Some(next_ms))
}

/// Returns a line about a quorum that may never be reached. Returns nothing if there is none, or
/// before the gateway has told how many members there are.
pub(in crate::flow) fn unreachable_quorums(
    services: &Services,
    guild: GuildId,
    rules: &GuildRules,
) -> String {
    let members = services.discord.members(guild);
    let unreachable_quorum = members.and_then(|members| rules.unreachable_quorum(members));
    unreachable_quorum
        .as_ref()
        .map(wording::unreachable_quorum)
        .unwrap_or_default()
}

/// Returns why a channel or a role among the edits cannot be chosen: the bot may not do what the setting
/// asks of it.
async fn not_allowed(
    services: &Services,
    guild: GuildId,
    edits: &[Edit],
) -> Result<Option<InvalidSetting>, Error> {
    let mut named = Vec::new();
    for edit in edits {
        if let Edit::Gallery(channel) = edit {
            named.push((*channel, Purpose::Gallery));
        } else if let Edit::Log(channel) = edit {
            named.push((*channel, Purpose::Log));
        } else if let Edit::Digest(channel) = edit {
            named.push((*channel, Purpose::Digest));
        } else if let Edit::Channels(channels) = edit {
            named.extend(channels.iter().map(|channel| (*channel, Purpose::Drafts)));
        }
    }
    let mut mentioned = BTreeSet::new();
    for edit in edits {
        // That everybody cannot be mentioned is found without Discord.
        if let Edit::VotesRole(role) | Edit::LowPoolRole(role) = edit
            && role.get() != guild.get()
        {
            mentioned.insert(*role);
        }
    }
    if !mentioned.is_empty() {
        let closed = lasting(services.discord.unmentionable(guild, &mentioned).await)?;
        if let Some(role) = closed.unwrap_or_default().first() {
            return Ok(Some(InvalidSetting::Unmentionable(*role)));
        }
    }
    for (channel, purpose) in named {
        let lacks = lasting(services.discord.lacks_now(guild, channel, purpose).await)?;
        let missing = lacks.unwrap_or_else(|_| purpose.needs().to_vec());
        if !missing.is_empty() {
            return Ok(Some(InvalidSetting::NotAllowedIn(channel, missing)));
        }
    }
    Ok(None)
}

/// Returns a custom emoji among the edits that the guild does not have.
async fn foreign_emoji(services: &Services, guild: GuildId, edits: &[Edit]) -> Result<Option<Emoji>, Error> {
    for edit in edits {
        let (Edit::Approve(text) | Edit::Veto(text)) = edit else {
            continue;
        };
        let Ok(emoji @ Emoji::Custom { id, .. }) = text.parse::<Emoji>() else {
            continue;
        };
        let known = lasting(services.discord.has_emoji(guild, id).await)?;
        if !known.unwrap_or(false) {
            return Ok(Some(emoji));
        }
    }
    Ok(None)
}
