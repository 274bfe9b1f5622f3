//! Buttons: the id says what is pressed and on what; everything else is in the database.

use serenity::all::{ComponentInteraction, ComponentInteractionDataKind, MessageFlags};

use super::forms::{form_of, open};
use super::press::{Press, draft_like, guild_of, unknown};
use crate::discord::Reply;
use crate::domain::button::{Around, Button, Frames, Mark, Offer};
use crate::domain::ids::ChannelId;
use crate::domain::permission::Purpose;
use crate::flow::access::{self, Pressed};
use crate::flow::approval::{list, notes, press, vote};
use crate::flow::draft::{again, cancel};
use crate::flow::error::Error;
use crate::flow::image::{crops, hand_out, lineage, panel, retry, version};
use crate::flow::money::report;
use crate::flow::settings;
use crate::gateway::inbound::Inbound;
use crate::gateway::member::actor;
use crate::gateway::permissions::missing;
use crate::gateway::reply;
use crate::wording;

/// Does what a press asks for, and answers: with a form, a draft, or privately.
pub(in crate::gateway) async fn pressed(inbound: &Inbound, interaction: &ComponentInteraction) {
    let (services, token) = (&inbound.services, &interaction.token);
    let button = interaction.data.custom_id.parse().ok();
    if let Some(button) = button
        && let Some(form) = form_of(inbound, interaction, button).await
    {
        return open(inbound, interaction, form).await;
    }
    let is_ours = if turns_a_page(button, interaction) {
        reply::defer_update(services, interaction.id.get(), token).await
    } else {
        reply::defer(services, interaction.id.get(), token).await
    };
    if !is_ours {
        return;
    }
    let outcome = match button {
        None => Err(unknown(&interaction.data.custom_id)),
        Some(button) => {
            let by = actor(interaction.user.id, interaction.member.as_ref());
            match access::press(services, button, guild_of(interaction.guild_id), by).await {
                Ok(Ok(pressed)) => {
                    if let Button::Again(_) | Button::Repeat(_) = button
                        && let Some(offer) = button.offer()
                    {
                        let press = Press {
                            id: interaction.id.get(),
                            channel: interaction.channel_id,
                            have: interaction.app_permissions,
                            token,
                        };
                        return draft_like(inbound, press, (button, offer), &pressed, None).await;
                    }
                    act(inbound, interaction, button, &pressed).await
                }
                Ok(Err(refusal)) => Ok(refusal.into()),
                Err(error) => Err(error),
            }
        }
    };
    reply::reply(&services.discord, token, outcome).await;
}

/// Returns whether the answer replaces the private message with the button or the list.
fn turns_a_page(button: Option<Button>, interaction: &ComponentInteraction) -> bool {
    let flags = interaction.message.flags;
    let is_private = flags.is_some_and(|flags| flags.contains(MessageFlags::EPHEMERAL));
    let turns = match button {
        Some(Button::Queue(_) | Button::Panel(_) | Button::Strike(_)) => true,
        Some(Button::Crops(Frames { around, .. })) => around != Around::Subject,
        _ => false,
    };
    is_private && turns
}

/// Returns what was picked from a list.
fn picked(kind: &ComponentInteractionDataKind) -> Vec<String> {
    match kind {
        ComponentInteractionDataKind::StringSelect { values } => values.clone(),
        ComponentInteractionDataKind::RoleSelect { values } => {
            values.iter().map(ToString::to_string).collect()
        }
        ComponentInteractionDataKind::ChannelSelect { values } => {
            values.iter().map(ToString::to_string).collect()
        }
        _ => Vec::new(),
    }
}

/// Hands a press to its flow. Returns the private answer.
async fn act(
    inbound: &Inbound,
    interaction: &ComponentInteraction,
    button: Button,
    pressed: &Pressed,
) -> Result<Reply, Error> {
    let services = &inbound.services;
    let (guild, by) = (pressed.caller().guild(), pressed.caller().by().clone());
    let told = match button {
        Button::Original(id) => return hand_out::original(services, guild, id).await,
        Button::Crops(frames) => return crops::sheet(services, guild, frames).await,
        Button::Crop(cut) => {
            let picked = picked(&interaction.data.kind);
            return crops::cut(services, guild, cut, &picked).await;
        }
        Button::Queue(page) => {
            return list::list(services, pressed.caller(), Some(page.show), page.number).await;
        }
        Button::Report(page) => return report::table(services, pressed.caller(), page).await,
        Button::Panel(pick) => {
            let values = picked(&interaction.data.kind);
            return settings::panel::picked(services, pressed.caller(), pick, &values).await;
        }
        Button::Lineage(id) => return lineage::lineage(services, guild, id).await,
        Button::Compare(id) => return lineage::compare(services, guild, id).await,
        Button::Prompt(id) => return panel::prompt(services, guild, id).await,
        Button::Notes(id) => return notes::list(services, pressed.caller(), pressed.image(id)?).await,
        Button::Strike(Mark { image, number }) => {
            return notes::strike(services, pressed.caller(), pressed.image(image)?, number).await;
        }
        // Who may give one was shown a form instead.
        Button::AddNote(id) | Button::ApproveNoted(id) => {
            let approve = matches!(button, Button::ApproveNoted(_));
            let form = notes::form(services, pressed.image(id)?, &by, approve).await?;
            form.err().unwrap_or_else(|| wording::PRESS_AGAIN.to_owned())
        }
        Button::Approve(id) => press::approve(services, pressed.image(id)?, by).await?,
        Button::TakeBack(id) => press::take_back(services, pressed.image(id)?, by).await?,
        // Who may give one was shown a form instead.
        Button::Reason(id) => {
            let refusal = vote::may_explain(services, pressed.image(id)?, &by).await?;
            refusal.unwrap_or_else(|| wording::NOT_STOPPED.to_owned())
        }
        Button::Lift(id) => vote::lift(services, pressed.image(id)?, by).await?,
        Button::Reopen(id) => vote::reopen(services, pressed.image(id)?, by).await?,
        Button::Retry(id) => {
            let channel = ChannelId::new(interaction.channel_id.get());
            match missing(interaction.app_permissions, channel, Purpose::Picture) {
                Some(refusal) => refusal,
                None => retry::try_again(services, pressed.image(id)?, by).await?,
            }
        }
        Button::Version(next) => {
            let channel = ChannelId::new(interaction.channel_id.get());
            match missing(interaction.app_permissions, channel, Purpose::Picture) {
                Some(refusal) => refusal,
                None => return version::draw(services, pressed.image(next.image)?, by, next).await,
            }
        }
        Button::Cancel(id) => cancel::cancel(services, pressed.draft(id)?, &by).await?,
        // Who may have other words drawn was shown a form instead.
        Button::Words(Offer { image, .. }) | Button::After(Offer { image, .. }) => {
            let channel = ChannelId::new(interaction.channel_id.get());
            let pattern = again::pattern(services, channel, pressed.image(image)?).await?;
            pattern.err().unwrap_or_else(|| wording::PRESS_AGAIN.to_owned())
        }
        // Whoever may press it is shown a form instead; the other is a draft.
        Button::Keep(_) | Button::Again(_) | Button::Repeat(_) => {
            return Err(unknown(&interaction.data.custom_id));
        }
    };
    Ok(told.into())
}
