//! Inbound Discord: parse, then call a flow. serenity's types stop here and in `discord`.
//!
//! poise reads the commands; reactions, buttons and the life of a session come through serenity's own handler.

mod answer;
mod buttons;
mod commands;
mod lifecycle;
mod reactions;
mod register;

use std::sync::Arc;

use serenity::all::{Client, Context, EventHandler, GatewayIntents, ShardManager};
use serenity::async_trait;
use tokio::sync::watch;

use crate::flow::Studio;

/// What every handler works with.
#[derive(Clone, Debug)]
struct Inbound {
    studio: Studio,
    seen: Seen,
}

/// How many events were handled to their end, whatever came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reactions given and taken back.
    pub reactions: u64,
    /// Fresh sessions whose open votes were read again.
    pub sessions: u64,
    /// Guilds that came into sight or changed, and have their pool.
    pub guilds: u64,
}

/// Tells how far the handlers are, to whoever has to wait for them.
#[derive(Clone, Debug)]
pub struct Seen(Arc<watch::Sender<Counts>>);

impl Seen {
    /// Follows the counts.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<Counts> {
        self.0.subscribe()
    }

    fn note(&self, change: impl FnOnce(&mut Counts)) {
        self.0.send_modify(change);
    }
}

/// The live end of the gateway.
pub struct Gateway {
    client: Client,
    seen: Seen,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Gateway").finish_non_exhaustive()
    }
}

impl Gateway {
    /// Gets ready to listen. Neither of the two intents is privileged.
    ///
    /// # Errors
    /// serenity's, when the gateway's address cannot be had.
    pub async fn new(studio: Studio) -> Result<Self, serenity::Error> {
        let seen = Seen(Arc::new(watch::Sender::new(Counts::default())));
        let inbound = Arc::new(Inbound {
            studio: studio.clone(),
            seen: seen.clone(),
        });
        let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGE_REACTIONS;
        let client = serenity::client::ClientBuilder::new_with_http(studio.discord.gateway_http(), intents)
            .framework(commands::framework(inbound.clone()))
            .event_handler(Handler(inbound))
            .await?;
        if let Some(checked) = studio.discord.gateway_url() {
            // serenity has asked again, and would take the real Discord's had it got no answer.
            checked.clone_into(&mut *client.ws_url.lock().await);
        }
        Ok(Self { client, seen })
    }

    /// How far the handlers are.
    #[must_use]
    pub fn seen(&self) -> Seen {
        self.seen.clone()
    }

    /// What stops it.
    #[must_use]
    pub fn shards(&self) -> Arc<ShardManager> {
        self.client.shard_manager.clone()
    }

    /// Listens until it is stopped.
    ///
    /// # Errors
    /// serenity's, when no session can be had any more.
    pub async fn run(mut self) -> Result<(), serenity::Error> {
        self.client.start_autosharded().await
    }
}

struct Handler(Arc<Inbound>);

#[async_trait]
impl EventHandler for Handler {
    async fn ready(&self, _: Context, ready: serenity::all::Ready) {
        lifecycle::ready(&self.0, &ready).await;
    }

    async fn guild_create(&self, _: Context, guild: serenity::all::Guild, _: Option<bool>) {
        lifecycle::guild(&self.0, guild.id, guild.premium_tier, Some(guild.member_count)).await;
    }

    async fn guild_update(
        &self,
        _: Context,
        _: Option<serenity::all::Guild>,
        guild: serenity::all::PartialGuild,
    ) {
        lifecycle::guild(&self.0, guild.id, guild.premium_tier, None).await;
    }

    async fn reaction_add(&self, _: Context, reaction: serenity::all::Reaction) {
        reactions::added(&self.0, &reaction).await;
    }

    async fn reaction_remove(&self, _: Context, reaction: serenity::all::Reaction) {
        reactions::removed(&self.0, &reaction).await;
    }

    async fn reaction_remove_all(
        &self,
        _: Context,
        _: serenity::all::ChannelId,
        message: serenity::all::MessageId,
    ) {
        reactions::cleared(&self.0, message).await;
    }

    async fn interaction_create(&self, _: Context, interaction: serenity::all::Interaction) {
        if let serenity::all::Interaction::Component(pressed) = interaction {
            buttons::pressed(&self.0, &pressed).await;
        }
    }
}
