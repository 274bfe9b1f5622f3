//! Hands each event from Discord to the code that handles it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use serenity::all::{
    ChannelId, Context, Emoji, EmojiId, EventHandler, FullEvent, Guild, GuildChannel, GuildId,
    GuildMemberUpdateEvent, Interaction, Member, Message, MessageId, MessageUpdateEvent, PartialGuild,
    PartialGuildChannel, Reaction, Ready, ResumedEvent, Role, RoleId, ShardManager, ThreadListSyncEvent,
    UnavailableGuild, UserId,
};
use serenity::async_trait;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tracing::field::{Empty, display};
use tracing::{Instrument, Span};

use super::components::{buttons, forms};
use super::inbound::Inbound;
use super::session::lifecycle;
use super::{commands, guilds, reactions, replies};

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
    async fn ready(&self, context: Context, ready: Ready) {
        let span = span("ready", &context, None, None);
        let _ = self.begun.set(Instant::now());
        self.connected(&context);
        if self.inbound.services.discord.trusts(&ready.resume_gateway_url) {
            self.resume_url.lock().await.clone_from(&ready.resume_gateway_url);
        }
        lifecycle::ready(&self.inbound, &ready).instrument(span).await;
    }

    async fn resume(&self, context: Context, _: ResumedEvent) {
        self.connected(&context);
        let span = span("resumed", &context, None, None);
        lifecycle::resumed(&self.inbound).instrument(span).await;
    }

    async fn guild_create(&self, context: Context, guild: Guild, _: Option<bool>) {
        let span = span("guild_create", &context, Some(guild.id), None);
        guilds::appeared(&self.inbound, &guild);
        guilds::threads(&self.inbound, guild.id, &guild.threads);
        let (id, tier, members) = (guild.id, guild.premium_tier, Some(guild.member_count));
        let greet = guilds::can_be_greeted(&self.inbound, &guild);
        // It has every channel and role, and its pool may have to wait for thousands of others.
        drop(guild);
        lifecycle::guild(&self.inbound, id, tier, members, greet)
            .instrument(span.clone())
            .await;
        guilds::changed(&self.inbound, id).instrument(span).await;
    }

    async fn guild_update(&self, context: Context, _: Option<Guild>, guild: PartialGuild) {
        let span = span("guild_update", &context, Some(guild.id), None);
        guilds::updated(&self.inbound, &guild);
        lifecycle::guild(&self.inbound, guild.id, guild.premium_tier, None, false)
            .instrument(span)
            .await;
    }

    async fn reaction_add(&self, context: Context, reaction: Reaction) {
        let span = span("reaction_add", &context, reaction.guild_id, reaction.user_id);
        reactions::added(&self.inbound, &reaction).instrument(span).await;
    }

    async fn reaction_remove(&self, context: Context, reaction: Reaction) {
        let span = span("reaction_remove", &context, reaction.guild_id, reaction.user_id);
        reactions::removed(&self.inbound, &reaction)
            .instrument(span)
            .await;
    }

    async fn reaction_remove_all(&self, context: Context, _: ChannelId, message: MessageId) {
        // serenity does not pass the guild on.
        let span = span("reaction_remove_all", &context, None, None);
        reactions::cleared(&self.inbound, message).instrument(span).await;
    }

    async fn message(&self, context: Context, message: Message) {
        // Nearly every message is no reply to a picture, so it gets no span.
        let span = if message.referenced_message.is_some() {
            span("message", &context, message.guild_id, Some(message.author.id))
        } else {
            Span::none()
        };
        replies::posted(&self.inbound, &message).instrument(span).await;
    }

    async fn message_update(
        &self,
        context: Context,
        _: Option<Message>,
        _: Option<Message>,
        event: MessageUpdateEvent,
    ) {
        let by = event.author.as_ref().map(|author| author.id);
        let span = if by.is_some_and(|by| by.get() == self.inbound.services.discord.me().get()) {
            Span::none()
        } else {
            span("message_update", &context, event.guild_id, by)
        };
        replies::edited(&self.inbound, &event).instrument(span).await;
    }

    async fn message_delete(
        &self,
        context: Context,
        _: ChannelId,
        message: MessageId,
        guild: Option<GuildId>,
    ) {
        let span = span("message_delete", &context, guild, None);
        replies::deleted(&self.inbound, &[message]).instrument(span).await;
    }

    async fn message_delete_bulk(
        &self,
        context: Context,
        _: ChannelId,
        messages: Vec<MessageId>,
        guild: Option<GuildId>,
    ) {
        let span = span("message_delete_bulk", &context, guild, None);
        replies::deleted(&self.inbound, &messages).instrument(span).await;
    }

    async fn thread_create(&self, _: Context, thread: GuildChannel) {
        guilds::thread_opened(&self.inbound, &thread);
    }

    async fn thread_update(&self, context: Context, _: Option<GuildChannel>, thread: GuildChannel) {
        let span = span("thread_update", &context, Some(thread.guild_id), None);
        guilds::thread_changed(&self.inbound, &thread)
            .instrument(span)
            .await;
    }

    async fn thread_list_sync(&self, _: Context, sync: ThreadListSyncEvent) {
        guilds::threads(&self.inbound, sync.guild_id, &sync.threads);
    }

    async fn thread_delete(&self, context: Context, thread: PartialGuildChannel, _: Option<GuildChannel>) {
        let span = span("thread_delete", &context, Some(thread.guild_id), None);
        reactions::place_gone(&self.inbound, thread.id)
            .instrument(span)
            .await;
    }

    async fn channel_delete(&self, context: Context, channel: GuildChannel, _: Option<Vec<Message>>) {
        let span = span("channel_delete", &context, Some(channel.guild_id), None);
        reactions::place_gone(&self.inbound, channel.id)
            .instrument(span.clone())
            .await;
        guilds::channel_gone(&self.inbound, &channel);
        guilds::changed(&self.inbound, channel.guild_id)
            .instrument(span)
            .await;
    }

    async fn channel_create(&self, _: Context, channel: GuildChannel) {
        guilds::channel_changed(&self.inbound, &channel);
    }

    async fn channel_update(&self, _: Context, _: Option<GuildChannel>, channel: GuildChannel) {
        guilds::channel_changed(&self.inbound, &channel);
    }

    async fn guild_role_create(&self, _: Context, role: Role) {
        guilds::role_changed(&self.inbound, &role);
    }

    async fn guild_role_update(&self, _: Context, _: Option<Role>, role: Role) {
        guilds::role_changed(&self.inbound, &role);
    }

    async fn guild_role_delete(&self, context: Context, guild: GuildId, role: RoleId, _: Option<Role>) {
        let span = span("guild_role_delete", &context, Some(guild), None);
        guilds::role_gone(&self.inbound, guild, role);
        guilds::changed(&self.inbound, guild).instrument(span).await;
    }

    async fn guild_emojis_update(&self, context: Context, guild: GuildId, _: HashMap<EmojiId, Emoji>) {
        let span = span("guild_emojis_update", &context, Some(guild), None);
        guilds::changed(&self.inbound, guild).instrument(span).await;
    }

    async fn guild_member_update(
        &self,
        _: Context,
        _: Option<Member>,
        _: Option<Member>,
        member: GuildMemberUpdateEvent,
    ) {
        guilds::member_changed(&self.inbound, &member);
    }

    async fn guild_delete(&self, context: Context, guild: UnavailableGuild, _: Option<Guild>) {
        // An outage is told in the same way, and passes.
        if !guild.unavailable {
            let span = span("guild_delete", &context, Some(guild.id), None);
            lifecycle::removed(&self.inbound, guild.id).instrument(span).await;
        }
    }

    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        let (kind, guild, user) = match &interaction {
            Interaction::Command(command) => ("command", command.guild_id, Some(command.user.id)),
            Interaction::Autocomplete(typed) => ("autocomplete", typed.guild_id, Some(typed.user.id)),
            Interaction::Component(pressed) => ("button", pressed.guild_id, Some(pressed.user.id)),
            Interaction::Modal(form) => ("form", form.guild_id, Some(form.user.id)),
            _ => ("interaction", None, None),
        };
        if !self.inbound.hears(interaction.id().get()) {
            return;
        }
        let _answering = self.inbound.answers();
        self.inbound.services.metrics.interaction(kind);
        let span = span(kind, &context, guild, user);
        span.record("interaction.id", display(interaction.id()));
        self.interact(context, interaction).instrument(span).await;
    }
}

impl Handler {
    /// Notes that the shard has a session, before the next look at it would.
    fn connected(&self, context: &Context) {
        self.inbound.services.metrics.session(context.shard_id.0, true);
    }

    /// Hands an interaction to the layer that reads it.
    async fn interact(&self, context: Context, interaction: Interaction) {
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

/// Makes the span of an event, with the ids that Discord gives. Its level keeps the ids of a
/// warning in the log whatever `log.filter` says.
fn span(kind: &'static str, context: &Context, guild: Option<GuildId>, user: Option<UserId>) -> Span {
    tracing::error_span!(
        "event",
        event.kind = kind,
        shard.id = context.shard_id.0,
        guild.id = guild.map(display),
        user.id = user.map(display),
        interaction.id = Empty,
    )
}
