//! The life of a session.

use serenity::all::{GuildId as SerenityGuildId, PremiumTier, Ready};

use super::{Inbound, register};
use crate::domain::ids::GuildId;
use crate::flow::{self, account, recover};

/// A fresh session: whatever happened before it was not told to us.
pub(super) async fn ready(inbound: &Inbound, ready: &Ready) {
    tracing::info!(
        guilds = ready.guilds.len(),
        "connected to Discord as {}",
        ready.user.name
    );
    if let Err(error) = register::commands(&inbound.studio).await {
        tracing::error!("the commands could not be registered: {}", flow::chain(&error));
    }
    if let Err(error) = recover::missed_votes(&inbound.studio).await {
        tracing::error!("open votes could not be read again: {}", flow::chain(&error));
    }
    inbound.seen.note(|counts| counts.sessions += 1);
}

/// A guild that the bot is in.
pub(super) async fn guild(inbound: &Inbound, guild: SerenityGuildId, tier: PremiumTier) {
    let guild = GuildId::new(guild.get());
    inbound.studio.discord.note_tier(guild, u8::from(tier));
    if !inbound.studio.rules.allows(guild) {
        tracing::info!(guild.id = %guild, "not among allowed_guilds");
        return;
    }
    if let Err(error) = account::welcome(&inbound.studio, guild).await {
        tracing::error!(guild.id = %guild, "the guild has no pool yet: {}", flow::chain(&error));
    }
}
