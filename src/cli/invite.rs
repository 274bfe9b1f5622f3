//! `greenlight invite`: prints the link that brings the bot into a server.

use super::start::Settings;
use crate::clock::Clock;
use crate::discord::{self, Discord};
use crate::domain::pauses::Pauses;
use crate::telemetry::metrics::Metrics;

/// Asks Discord whose token it is, and prints the link.
///
/// # Errors
/// No token, or one that Discord refuses.
pub(super) async fn run(settings: Settings) -> anyhow::Result<()> {
    let config = settings.load()?;
    config.require_token()?;
    let (token, base) = (&config.discord.token, &config.discord.api_base);
    let (client, pauses) = (discord::client(), Pauses::default());
    let discord = Discord::connect(client, token, base, Clock::system(), pauses, Metrics::default());
    let discord = discord.await?;
    println!("{}", discord.invitation());
    Ok(())
}
