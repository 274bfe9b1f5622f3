//! Hands each event from Discord to the code that handles it.

use std::sync::{Arc, OnceLock};

use serenity::all::{
    ChannelId, Context, EventHandler, FullEvent, Guild, GuildChannel, Interaction, Message, MessageId,
    PartialGuild, PartialGuildChannel, Reaction, Ready, ResumedEvent, ShardManager,
};
use serenity::async_trait;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::components::{buttons, forms};
use super::inbound::Inbound;
use super::session::lifecycle;
use super::{commands, reactions};

/// Hears the events of one connection.
pub(in crate::gateway) struct Handler {
    pub(in crate::gateway) inbound: Arc<Inbound>,
    pub(in crate::gateway) options: Arc<commands::Options>,
    pub(in crate::gateway) manager: Arc<ShardManager>,
    /// The address at which the session can be resumed.
    pub(in crate::gateway) resume_url: Arc<Mutex<String>>,
    /// When the session began.
    pub(in crate::gateway) begun: Arc<OnceLock<Instant>>,
}

#[async_trait]
impl EventHandler for Handler {
    async fn ready(&self, _: Context, ready: Ready) {
        let _ = self.begun.set(Instant::now());
        if self.inbound.services.discord.trusts(&ready.resume_gateway_url) {
            self.resume_url.lock().await.clone_from(&ready.resume_gateway_url);
        }
        lifecycle::ready(&self.inbound, &ready).await;
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        lifecycle::resumed(&self.inbound).await;
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        let members = Some(guild.member_count);
        lifecycle::guild(&self.inbound, guild.id, guild.premium_tier, members).await;
    }

    async fn guild_update(&self, _: Context, _: Option<Guild>, guild: PartialGuild) {
        lifecycle::guild(&self.inbound, guild.id, guild.premium_tier, None).await;
    }

    async fn reaction_add(&self, _: Context, reaction: Reaction) {
        reactions::added(&self.inbound, &reaction).await;
    }

    async fn reaction_remove(&self, _: Context, reaction: Reaction) {
        reactions::removed(&self.inbound, &reaction).await;
    }

    async fn reaction_remove_all(&self, _: Context, _: ChannelId, message: MessageId) {
        reactions::cleared(&self.inbound, message).await;
    }

    async fn thread_delete(&self, _: Context, thread: PartialGuildChannel, _: Option<GuildChannel>) {
        reactions::place_gone(&self.inbound, thread.id).await;
    }

    async fn channel_delete(&self, _: Context, channel: GuildChannel, _: Option<Vec<Message>>) {
        reactions::place_gone(&self.inbound, channel.id).await;
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        match &interaction {
            Interaction::Component(pressed) => return buttons::pressed(&self.inbound, pressed).await,
            Interaction::Modal(form) => return forms::sent(&self.inbound, form).await,
            _ => {}
        }
        let framework = poise::FrameworkContext {
            serenity_context: &context,
            bot_id: self.inbound.services.discord.me().get().into(),
            options: &self.options,
            user_data: &self.inbound,
            shard_manager: &self.manager,
        };
        Box::pin(poise::dispatch_event(
            framework,
            FullEvent::InteractionCreate { interaction },
        ))
        .await;
    }
}
