//! What follows from the events in the life of a session.

use std::collections::HashSet;

use serenity::all::{GuildId as SerenityGuildId, PremiumTier, Ready};
use serenity::utils::shard_id;

use crate::domain::ids::GuildId;
use crate::flow::approval::recount;
use crate::flow::draft::gone;
use crate::flow::error::chain;
use crate::flow::money::pool;
use crate::gateway::commands::register;
use crate::gateway::inbound::Inbound;

/// Catches up at the beginning of a session: Discord does not tell what happened before it.
pub(in crate::gateway) async fn ready(inbound: &Inbound, ready: &Ready) {
    tracing::info!(
        guilds = ready.guilds.len(),
        "connected to Discord as {}",
        ready.user.name
    );
    inbound.begin_session();
    let services = &inbound.services;
    left_while_away(inbound, ready).await;
    let recount = || recount::missed_votes(services);
    inbound.persist("read open votes again", recount).await;
    let register = || register::commands(services);
    inbound.persist("register the commands", register).await;
    inbound.seen.note(|counts| counts.sessions += 1);
}

/// Calls off what is queued for the guilds that the session does not have any more. READY names all
/// guilds of its shard, also those in an outage. This is tried once: later the bot may be in such a
/// guild again, and the first picture that cannot be posted finds the rest.
async fn left_while_away(inbound: &Inbound, ready: &Ready) {
    let here: HashSet<u64> = ready.guilds.iter().map(|guild| guild.id.get()).collect();
    let is_gone = |guild: GuildId| {
        let id = SerenityGuildId::new(guild.get());
        let is_ours = ready
            .shard
            .is_none_or(|shard| shard.total <= 1 || shard_id(id, shard.total) == shard.id.0);
        is_ours && !here.contains(&guild.get())
    };
    if let Err(error) = gone::while_away(&inbound.services, is_gone).await {
        tracing::warn!(
            "what is queued for guilds that are gone is not called off: {}",
            chain(&error)
        );
    }
}

/// Catches up when a session goes on. Discord sends what it has kept, and serenity does not look
/// for gaps.
pub(in crate::gateway) async fn resumed(inbound: &Inbound) {
    tracing::info!("the session with Discord goes on");
    inbound.begin_session();
    let recount = || recount::missed_votes(&inbound.services);
    inbound.persist("read open votes again", recount).await;
    inbound.seen.note(|counts| counts.resumed += 1);
}

/// Calls off what is queued for a guild that the bot was removed from.
pub(in crate::gateway) async fn removed(inbound: &Inbound, guild: SerenityGuildId) {
    tracing::info!("the bot was removed from a guild");
    let (services, guild) = (&inbound.services, GuildId::new(guild.get()));
    let call_off = || gone::guild(services, guild);
    inbound
        .persist("call off what is queued for a guild", call_off)
        .await;
    inbound.seen.note(|counts| counts.places += 1);
}

/// Notes what Discord says of a guild, and makes its pool if the bot works there. `members` is
/// known when the guild comes into sight. `greet`: whether it can be greeted if it is new.
pub(in crate::gateway) async fn guild(
    inbound: &Inbound,
    guild: SerenityGuildId,
    tier: PremiumTier,
    members: Option<u64>,
    greet: bool,
) {
    let guild = GuildId::new(guild.get());
    inbound
        .services
        .discord
        .note_guild(guild, u8::from(tier), members);
    if inbound.services.rules.allows(guild) {
        let welcome = || pool::welcome(&inbound.services, guild, greet);
        inbound.persist("make a guild's pool", welcome).await;
    } else {
        tracing::info!("a guild is not among allowed_guilds");
    }
    inbound.seen.note(|counts| counts.guilds += 1);
}
