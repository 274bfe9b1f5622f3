//! `greenlight invite`: prints the link that brings the bot into a server.

use super::start::Settings;
use crate::clock::Clock;
use crate::discord::Discord;

/// Asks Discord, once, whose token it is, and prints the link.
///
/// # Errors
/// No token, one that Discord refuses, or a Discord that does not answer.
pub(super) async fn run(settings: Settings) -> anyhow::Result<()> {
    let config = settings.load()?;
    config.require_token()?;
    let (token, base) = (&config.discord.token, &config.discord.api_base);
    let discord = Discord::connect_once(token, base, Clock::system()).await?;
    println!("{}", discord.invitation());
    Ok(())
}
