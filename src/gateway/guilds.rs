//! What Discord says of a guild: who may do what there, and what is gone.

use serenity::all::{Guild, GuildChannel, GuildId, GuildMemberUpdateEvent, PartialGuild, Role};

use super::inbound::Inbound;
use crate::discord::Rights;
use crate::domain::ids::{ChannelId, GuildId as OurGuildId, RoleId, UserId};
use crate::domain::limits;
use crate::flow;
use crate::flow::approval::recount;
use crate::flow::settings::lost;

/// Notes what decides about the bot's permissions in a guild that came into sight.
pub(in crate::gateway) fn appeared(inbound: &Inbound, guild: &Guild) {
    let discord = &inbound.services.discord;
    let me = guild.members.get(&discord.me().get().into());
    // Without the bot's own roles nothing is known.
    let Some(me) = me else { return };
    let channels = guild.channels.values();
    let rights = Rights {
        owner: UserId::new(guild.owner_id.get()),
        roles: guild.roles.values().map(allowed).collect(),
        mentionable: guild
            .roles
            .values()
            .filter(|role| role.mentionable)
            .map(role_id)
            .collect(),
        own: me.roles.iter().map(|role| RoleId::new(role.get())).collect(),
        channels: channels
            .map(|channel| (id(channel), channel.permission_overwrites.clone()))
            .collect(),
    };
    discord.note_rights(OurGuildId::new(guild.id.get()), rights);
}

/// Returns whether a guild that came into sight can be greeted: the bot came to it lately, and there is
/// a channel for that.
pub(in crate::gateway) fn can_be_greeted(inbound: &Inbound, guild: &Guild) -> bool {
    let here_ms = inbound.services.clock.now_ms() - guild.joined_at.unix_timestamp() * 1_000;
    guild.system_channel_id.is_some() && here_ms <= limits::NEW_IN_SERVER_MS
}

/// Notes which threads of a guild are open, when it or a channel of it came into sight.
pub(in crate::gateway) fn threads(inbound: &Inbound, guild: GuildId, threads: &[GuildChannel]) {
    let open = threads.iter().filter(|thread| is_open(thread)).map(id);
    let guild = OurGuildId::new(guild.get());
    inbound.services.discord.note_threads(guild, open.collect());
}

/// Notes a thread that is new, or into which the bot came. Returns whether it is open and was not
/// known to be.
pub(in crate::gateway) fn thread_opened(inbound: &Inbound, thread: &GuildChannel) -> bool {
    let guild = OurGuildId::new(thread.guild_id.get());
    let discord = &inbound.services.discord;
    discord.note_thread(guild, id(thread), is_open(thread))
}

/// Notes a thread that changed. If it is open again, has the votes in it looked at: what was
/// approved could not be posted before.
pub(in crate::gateway) async fn thread_changed(inbound: &Inbound, thread: &GuildChannel) {
    let opened = thread_opened(inbound, thread);
    if opened && let Err(error) = recount::votes_in(&inbound.services, id(thread)).await {
        tracing::warn!(
            "votes in a thread that is open again will be read later: {}",
            flow::chain(&error)
        );
    }
    inbound.seen.note(|counts| counts.changes += 1);
}

/// Returns whether a thread is neither archived nor locked.
fn is_open(thread: &GuildChannel) -> bool {
    thread
        .thread_metadata
        .is_some_and(|thread| !thread.archived && !thread.locked)
}

/// Notes the owner and the roles of a guild that changed.
pub(in crate::gateway) fn updated(inbound: &Inbound, guild: &PartialGuild) {
    change(inbound, guild.id, |rights| {
        rights.owner = UserId::new(guild.owner_id.get());
        rights.roles = guild.roles.values().map(allowed).collect();
        let mentionable = guild.roles.values().filter(|role| role.mentionable);
        rights.mentionable = mentionable.map(role_id).collect();
    });
}

/// Notes a role that is new or changed.
pub(in crate::gateway) fn role_changed(inbound: &Inbound, role: &Role) {
    change(inbound, role.guild_id, |rights| {
        rights.roles.extend([allowed(role)]);
        if role.mentionable {
            rights.mentionable.insert(role_id(role));
        } else {
            rights.mentionable.remove(&role_id(role));
        }
    });
}

/// Notes that a role is gone.
pub(in crate::gateway) fn role_gone(inbound: &Inbound, guild: GuildId, role: serenity::all::RoleId) {
    change(inbound, guild, |rights| {
        rights.roles.remove(&RoleId::new(role.get()));
    });
}

/// Notes a channel that is new or changed.
pub(in crate::gateway) fn channel_changed(inbound: &Inbound, channel: &GuildChannel) {
    change(inbound, channel.guild_id, |rights| {
        let overwrites = channel.permission_overwrites.clone();
        rights.channels.insert(id(channel), overwrites);
    });
}

/// Notes that a channel is gone.
pub(in crate::gateway) fn channel_gone(inbound: &Inbound, channel: &GuildChannel) {
    change(inbound, channel.guild_id, |rights| {
        rights.channels.remove(&id(channel));
    });
}

/// Notes the bot's own roles.
pub(in crate::gateway) fn member_changed(inbound: &Inbound, member: &GuildMemberUpdateEvent) {
    if member.user.id.get() == inbound.services.discord.me().get() {
        let roles = member.roles.iter().map(|role| RoleId::new(role.get()));
        change(inbound, member.guild_id, |rights| rights.own = roles.collect());
    }
}

/// Has the settings of a guild looked at, in which something may be gone.
pub(in crate::gateway) async fn changed(inbound: &Inbound, guild: GuildId) {
    let guild = OurGuildId::new(guild.get());
    if inbound.services.rules.allows(guild)
        && let Err(error) = lost::watch(&inbound.services, guild).await
    {
        tracing::warn!(
            "what settings name will be looked up later: {}",
            flow::chain(&error)
        );
    }
    inbound.seen.note(|counts| counts.changes += 1);
}

fn change(inbound: &Inbound, guild: GuildId, change: impl FnOnce(&mut Rights)) {
    let guild = OurGuildId::new(guild.get());
    inbound.services.discord.change_rights(guild, change);
    inbound.seen.note(|counts| counts.changes += 1);
}

const fn id(channel: &GuildChannel) -> ChannelId {
    ChannelId::new(channel.id.get())
}

fn role_id(role: &Role) -> RoleId {
    RoleId::new(role.id.get())
}

fn allowed(role: &Role) -> (RoleId, serenity::all::Permissions) {
    (role_id(role), role.permissions)
}
