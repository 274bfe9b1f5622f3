//! Checks what Discord says of the bot: its token, its commands and the sessions that it may begin.

use super::report::{Level, Part};
use crate::clock::Clock;
use crate::config::Config;
use crate::discord::{ConnectError, Discord, Error};
use crate::flow::error::chain;
use crate::gateway;

const LATER: &str = "see that this machine reaches Discord, then run this again";

/// Asks Discord once. Returns it if it let the bot in.
pub(super) async fn check(part: &mut Part, config: &Config) -> Option<Discord> {
    let none = "the bot cannot listen or answer anywhere";
    if let Err(error) = config.require_token() {
        let fix = "set DISCORD_TOKEN to the token that Discord's developer portal shows under Bot";
        part.found(Level::Problem, error.to_string(), none, fix);
        return None;
    }
    let (token, base) = (&config.discord.token, &config.discord.api_base);
    let discord = match Discord::connect_once(token, base, Clock::system()).await {
        Ok(discord) => discord,
        Err(error @ ConnectError::Away(_)) => {
            part.found(Level::Away, chain(&error), none, LATER);
            return None;
        }
        Err(error) => {
            let fix = "reset the token in Discord's developer portal under Bot, and set DISCORD_TOKEN to the new one";
            part.found(Level::Problem, chain(&error), none, fix);
            return None;
        }
    };
    part.saw(format!(
        "Discord knows the token: application {}, user {}.",
        discord.application(),
        discord.me()
    ));
    commands(part, config, &discord).await;
    sessions(part, &discord).await;
    Some(discord)
}

async fn commands(part: &mut Part, config: &Config, discord: &Discord) {
    match gateway::are_registered(discord, &config.rules).await {
        Ok(true) => part.saw("The commands are those of this version."),
        Ok(false) => {
            let why = "members see the commands of another version, or none";
            let fix = "start the bot: `greenlight run` registers them";
            part.found(
                Level::Warning,
                "the commands are not those of this version",
                why,
                fix,
            );
        }
        Err(error) => part.found(Level::Away, chain(&error), "the commands may be old ones", LATER),
    }
}

async fn sessions(part: &mut Part, discord: &Discord) {
    let allowance = match discord.allowance().await {
        Ok(allowance) => allowance,
        Err(error) => return away(part, &error),
    };
    part.saw(format!(
        "Sessions that may be begun today: {} of {}. Shards: {}.",
        allowance.remaining, allowance.total, allowance.shards
    ));
    if let Err(error) = gateway::may_begin(&allowance) {
        let why = "the bot does not begin a session, because after the last one Discord resets the token";
        let fix = "wait for the next day's sessions, and read in the log why sessions ended";
        part.found(Level::Problem, chain(&error), why, fix);
    }
}

/// Notes that Discord did not answer a question.
pub(super) fn away(part: &mut Part, error: &Error) {
    let why = "what it would have said is not known";
    part.found(Level::Away, chain(error), why, LATER);
}
