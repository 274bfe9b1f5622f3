//! What follows from the events in the life of a session.

use std::time::Duration;

use serenity::all::{GuildId as SerenityGuildId, PremiumTier, Ready};

use crate::domain::ids::GuildId;
use crate::flow;
use crate::flow::approval::recount;
use crate::flow::error::Error;
use crate::flow::money::pool;
use crate::gateway::commands::register;
use crate::gateway::inbound::Inbound;

/// Pauses between tries at what a session begins with, in seconds.
const PAUSES_S: [u64; 5] = [1, 4, 15, 60, 240];

/// Catches up at the beginning of a session: Discord does not tell what happened before it.
pub(in crate::gateway) async fn ready(inbound: &Inbound, ready: &Ready) {
    tracing::info!(
        guilds = ready.guilds.len(),
        "connected to Discord as {}",
        ready.user.name
    );
    let services = &inbound.services;
    persist("read open votes again", || recount::missed_votes(services)).await;
    persist("register the commands", || register::commands(services)).await;
    inbound.seen.note(|counts| counts.sessions += 1);
}

/// Catches up when a session goes on. Discord sends what it has kept, and serenity does not look
/// for gaps.
pub(in crate::gateway) async fn resumed(inbound: &Inbound) {
    tracing::info!("the session with Discord goes on");
    persist("read open votes again", || {
        recount::missed_votes(&inbound.services)
    })
    .await;
    inbound.seen.note(|counts| counts.resumed += 1);
}

/// Does some work, and tries again for a while if it fails: nothing else asks for it before the
/// next session.
async fn persist<F: Future<Output = Result<(), Error>>>(what: &str, work: impl Fn() -> F) {
    for pause in PAUSES_S.map(Some).into_iter().chain([None]) {
        let Err(error) = work().await else { return };
        let why = flow::chain(&error);
        if let Some(pause) = pause {
            tracing::warn!("the bot could not {what} and will try again in {pause} s: {why}");
            tokio::time::sleep(Duration::from_secs(pause)).await;
        } else {
            tracing::error!("the bot could not {what} and has given up: {why}");
        }
    }
}

/// Notes what Discord says of a guild, and makes its pool if the bot works there. `members` is
/// known when the guild comes into sight.
pub(in crate::gateway) async fn guild(
    inbound: &Inbound,
    guild: SerenityGuildId,
    tier: PremiumTier,
    members: Option<u64>,
) {
    let guild = GuildId::new(guild.get());
    inbound
        .services
        .discord
        .note_guild(guild, u8::from(tier), members);
    if inbound.services.rules.allows(guild) {
        persist("make a guild's pool", || pool::welcome(&inbound.services, guild)).await;
    } else {
        tracing::info!("a guild is not among allowed_guilds");
    }
    inbound.seen.note(|counts| counts.guilds += 1);
}
