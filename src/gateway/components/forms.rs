//! Forms: the one that a press opens, and what one that was sent does.

use serenity::all::{ActionRowComponent, ComponentInteraction, ModalInteraction};

use super::press::{Press, Wanted, draft_like, refuse_place, unknown};
use crate::discord::Form;
use crate::domain::actor::Actor;
use crate::domain::button::{Button, StageSums};
use crate::domain::ids::{ChannelId, GuildId, ProjectId};
use crate::domain::limits;
use crate::domain::money::project::{Buckets, Wish};
use crate::flow::approval::vote;
use crate::flow::draft::again;
use crate::flow::error::Error;
use crate::flow::money::project;
use crate::gateway::inbound::Inbound;
use crate::gateway::member::actor;
use crate::gateway::reply;
use crate::wording;

/// Does what a form asks for that somebody sent, and answers.
pub(in crate::gateway) async fn sent(inbound: &Inbound, form: &ModalInteraction) {
    let discord = &inbound.services.discord;
    if !reply::defer(discord, form.id.get(), &form.token).await {
        return;
    }
    let by = actor(form.user.id, form.member.as_ref());
    let outcome = match (
        refuse_place(inbound, form.guild_id),
        form.data.custom_id.parse().ok(),
    ) {
        (Some(refusal), _) => Ok(refusal.to_owned()),
        (None, Some(pressed @ (Button::Words(image) | Button::After(image)))) => {
            let press = Press {
                id: form.id.get(),
                guild: form.guild_id,
                channel: form.channel_id,
                have: form.app_permissions,
                token: &form.token,
            };
            let wanted = Wanted {
                words: Some(text_of(form).unwrap_or_default()),
                after: matches!(pressed, Button::After(_)),
            };
            return draft_like(inbound, press, image, by, wanted).await;
        }
        (None, Some(Button::Reason(id))) => {
            vote::explain(&inbound.services, id, by, &text_of(form).unwrap_or_default()).await
        }
        (None, Some(Button::Keep(sums))) => keep(inbound, form, by, sums).await,
        (None, _) => Err(unknown(&form.data.custom_id)),
    };
    reply::reply(discord, &form.token, outcome).await;
}

/// Returns what was filled in.
fn text_of(form: &ModalInteraction) -> Option<String> {
    let rows = form.data.components.iter().flat_map(|row| &row.components);
    let mut texts = rows.filter_map(|part| match part {
        ActionRowComponent::InputText(input) if input.custom_id == Form::FIELD => input.value.clone(),
        _ => None,
    });
    texts.next()
}

/// Returns the form that a press opens, if it opens one.
///
/// A form must be the first answer to a press. So this is asked before the press is taken. A member
/// who gets no form is told why, as after any other press.
pub(in crate::gateway) async fn form_of(
    inbound: &Inbound,
    interaction: &ComponentInteraction,
    pressed: Button,
) -> Option<Form> {
    if refuse_place(inbound, interaction.guild_id).is_some() {
        return None;
    }
    let ((title, label), max_chars, value) = match pressed {
        Button::Reason(id) => {
            let by = actor(interaction.user.id, interaction.member.as_ref());
            let may = vote::may_explain(&inbound.services, id, &by).await;
            matches!(may, Ok(None)).then_some((wording::REASON_FORM, limits::REASON_CHARS, None))?
        }
        Button::Keep(_) => (wording::KEEP_FORM, limits::PROJECT_NAME_CHARS, None),
        Button::Words(image) | Button::After(image) => {
            let guild = GuildId::new(interaction.guild_id?.get());
            let channel = ChannelId::new(interaction.channel_id.get());
            let pattern = again::pattern(&inbound.services, guild, channel, image);
            let pattern = pattern.await.ok()?.ok()?;
            let words = pattern.prompt.as_str().to_owned();
            let form = match pressed {
                Button::After(_) => wording::AFTER_FORM,
                _ => wording::WORDS_FORM,
            };
            (form, limits::PROMPT_CHARS, Some(words))
        }
        Button::Approve(_)
        | Button::Lift(_)
        | Button::Reopen(_)
        | Button::Retry(_)
        | Button::Original(_)
        | Button::Crops(_)
        | Button::Crop(_)
        | Button::Lineage(_)
        | Button::Again(_)
        | Button::Cancel(_) => return None,
    };
    Some(Form {
        id: pressed,
        title: title.to_owned(),
        label: label.to_owned(),
        value,
        max_chars,
    })
}

/// Opens a form.
pub(in crate::gateway) async fn open(inbound: &Inbound, interaction: &ComponentInteraction, form: Form) {
    let (number, token) = (interaction.id.get(), &interaction.token);
    if let Err(error) = inbound.services.discord.open_form(number, token, &form).await {
        // Nothing is lost: the button is still there.
        tracing::info!("a form could not be opened: {error}");
    }
}

/// Keeps an estimate as a project under the name that was filled in.
async fn keep(
    inbound: &Inbound,
    form: &ModalInteraction,
    by: Actor,
    sums: StageSums,
) -> Result<String, Error> {
    let guild = form.guild_id.map(|guild| GuildId::new(guild.get()));
    let guild = guild.ok_or_else(|| Error::broken("a form without a server"))?;
    let [explore, review, r#final] = sums.0;
    let budget = Buckets {
        explore,
        review,
        r#final,
    };
    let (id, name) = (ProjectId::new(form.id.get()), text_of(form).unwrap_or_default());
    project::keep(&inbound.services, guild, id, by, &name, Wish::all(&budget)).await
}
