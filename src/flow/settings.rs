//! Reads and changes the settings that admins choose for a guild. Each flow reads them from the
//! database where they count, so that a change holds at once and in every process.

use futures::FutureExt;

use super::access::Caller;
use super::error::Error;
use super::posting::lasting;
use super::services::Services;
use crate::domain::emoji::Emoji;
use crate::domain::guild::edit::{Edit, InvalidSetting};
use crate::domain::guild::operator::Rules;
use crate::domain::guild::settings::{GuildRules, GuildSettings};
use crate::domain::ids::GuildId;
use crate::domain::job::Job;
use crate::store::{Tx, guilds, jobs, renders};
use crate::wording::{self, Topic};

/// Returns the rules that hold in a guild now.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn rules(services: &Services, guild: GuildId) -> Result<GuildRules, Error> {
    let operator = services.rules.clone();
    let read = services
        .store
        .read(move |tx| async move { rules_in(tx, &operator, guild).await }.boxed());
    read.await
}

/// Returns the rules that hold in a guild, read inside a transaction.
pub(in crate::flow) async fn rules_in(
    tx: &mut Tx,
    operator: &Rules,
    guild: GuildId,
) -> Result<GuildRules, Error> {
    Ok(guilds::read(tx, guild).await?.rules(operator))
}

/// Answers `/settings show` with the settings of some topics.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn show(services: &Services, caller: &Caller, topics: &[Topic]) -> Result<String, Error> {
    let guild = caller.guild();
    let rules = rules(services, guild).await?;
    let operator = GuildSettings::default().rules(&services.rules);
    Ok(wording::settings(topics, &rules, &operator) + &unreachable_quorums(services, guild, &rules))
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
            Ok(Ok((before.rules(&operator), after.rules(&operator))))
        }
        .boxed()
    });
    Ok(match changed.await? {
        Err(invalid_setting) => wording::invalid_setting(&invalid_setting),
        Ok((before, after)) => {
            wording::settings_changed(topic, &before, &after) + &unreachable_quorums(services, guild, &after)
        }
    })
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
