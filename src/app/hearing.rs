//! Starts what hears Discord, as far as the process has it to do.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::discord::Discord;
use crate::domain::role::Part;
use crate::flow::services::Services;
use crate::gateway::{FatalGatewayError, Gateway, Seen, Timeouts};

/// How often a process that hears nothing asks for the commands, until there are any.
const ASK_EVERY: Duration = Duration::from_mins(1);

/// The part that hears Discord.
#[derive(Debug)]
pub(super) struct Hearing {
    /// Counts the events that its handlers are done with.
    pub(super) seen: Seen,
    /// Ends when it is told to stop, or when it cannot go on.
    pub(super) task: JoinHandle<Result<(), FatalGatewayError>>,
}

impl Hearing {
    /// Listens to Discord's gateway until it is told to stop, if the process is to.
    pub(super) fn start(
        part: Part,
        services: &Services,
        timeouts: Timeouts,
        stop: CancellationToken,
    ) -> Self {
        if !part.role.hears() {
            let discord = services.discord.clone();
            return Self {
                seen: Seen::default(),
                task: tokio::spawn(async move {
                    stop.run_until_cancelled(know_commands(&discord)).await;
                    stop.cancelled().await;
                    Ok(())
                }),
            };
        }
        let gateway = Gateway::new(services.clone(), timeouts, part.shards);
        Self {
            seen: gateway.seen(),
            task: tokio::spawn(gateway.run(stop)),
        }
    }
}

/// Asks Discord for the commands, so that those which a message names can be clicked. A session
/// registers them; a process without one waits until another has.
async fn know_commands(discord: &Discord) {
    while !discord.knows_commands() {
        if let Err(error) = discord.commands().await {
            tracing::warn!("Discord does not say which commands there are, and is asked again: {error}");
        }
        if !discord.knows_commands() {
            tokio::time::sleep(ASK_EVERY).await;
        }
    }
}
