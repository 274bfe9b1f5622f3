//! Buttons: the id says what is pressed and on what; everything else is in the database.

use serenity::all::ComponentInteraction;

use super::forms::{form_of, open};
use super::press::{Press, Wanted, draft_like, refuse_place, unknown};
use crate::discord::Reply;
use crate::domain::button::{Button, Cut};
use crate::domain::ids::{ChannelId, GuildId};
use crate::flow::approval::vote;
use crate::flow::draft::{again, cancel};
use crate::flow::error::Error;
use crate::flow::image::{panel, retry};
use crate::gateway::inbound::Inbound;
use crate::gateway::member::actor;
use crate::gateway::reply;
use crate::wording;

/// Does what a press asks for, and answers: with a form, a draft, or privately.
pub(in crate::gateway) async fn pressed(inbound: &Inbound, interaction: &ComponentInteraction) {
    let (discord, pressed) = (&inbound.services.discord, interaction.data.custom_id.parse().ok());
    if let Some(pressed) = pressed
        && let Some(form) = form_of(inbound, interaction, pressed).await
    {
        return open(inbound, interaction, form).await;
    }
    if !reply::defer(discord, interaction.id.get(), &interaction.token).await {
        return;
    }
    let outcome = match (refuse_place(inbound, interaction.guild_id), pressed) {
        (Some(refusal), _) => Ok(refusal.to_owned().into()),
        (None, Some(Button::Again(image))) => {
            let by = actor(interaction.user.id, interaction.member.as_ref());
            let press = Press {
                id: interaction.id.get(),
                guild: interaction.guild_id,
                channel: interaction.channel_id,
                have: interaction.app_permissions,
                token: &interaction.token,
            };
            return draft_like(inbound, press, image, by, Wanted::default()).await;
        }
        (None, Some(pressed)) => act(inbound, interaction, pressed).await,
        (None, None) => Err(unknown(&interaction.data.custom_id)),
    };
    reply::reply(discord, &interaction.token, outcome).await;
}

/// Hands a press to its flow. Returns the private answer.
async fn act(inbound: &Inbound, interaction: &ComponentInteraction, pressed: Button) -> Result<Reply, Error> {
    let services = &inbound.services;
    let by = actor(interaction.user.id, interaction.member.as_ref());
    let guild = interaction.guild_id.map(|guild| GuildId::new(guild.get()));
    let guild = guild.ok_or_else(|| Error::broken("a press without a server"))?;
    let told = match pressed {
        Button::Original(id) => return panel::original(services, guild, id).await,
        Button::Crops(id) => return panel::crops(services, guild, id).await,
        Button::Crop(Cut { image, size }) => return panel::crop(services, guild, image, size).await,
        Button::Lineage(id) => panel::lineage(services, guild, id).await?,
        Button::Approve(id) => vote::pressed(services, id, by).await?,
        // Who may give one was shown a form instead.
        Button::Reason(id) => {
            let refusal = vote::may_explain(services, id, &by).await?;
            refusal.unwrap_or_else(|| wording::NOT_STOPPED.to_owned())
        }
        Button::Lift(id) => vote::lift(services, id, by).await?,
        Button::Reopen(id) => vote::reopen(services, id, by).await?,
        Button::Retry(id) => retry::try_again(services, id, by).await?,
        Button::Cancel(id) => cancel::cancel(services, id, by.user, by.member.manages).await?,
        // Who may have other words drawn was shown a form instead.
        Button::Words(id) | Button::After(id) => {
            let channel = ChannelId::new(interaction.channel_id.get());
            let pattern = again::pattern(services, guild, channel, id).await?;
            pattern.err().unwrap_or_else(|| wording::PRESS_AGAIN.to_owned())
        }
        // Whoever presses it where the bot works is shown a form instead; the other is a draft.
        Button::Keep(_) | Button::Again(_) => return Err(unknown(&interaction.data.custom_id)),
    };
    Ok(told.into())
}
