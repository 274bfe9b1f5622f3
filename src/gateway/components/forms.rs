//! Forms: the one that a press opens, and what one that was sent does.

use serenity::all::{ActionRowComponent, ComponentInteraction, ModalInteraction};

use super::press::{Press, Wanted, draft_like, guild_of, unknown};
use crate::discord::Form;
use crate::domain::button::{Button, StageSums};
use crate::domain::ids::{ChannelId, ProjectId, RenderId};
use crate::domain::limits;
use crate::domain::money::project::{Buckets, Wish};
use crate::flow::access::{self, Pressed};
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
    let services = &inbound.services;
    if !reply::defer(&services.discord, form.id.get(), &form.token).await {
        return;
    }
    let outcome = match form.data.custom_id.parse().ok() {
        None => Err(unknown(&form.data.custom_id)),
        Some(button) => {
            let by = actor(form.user.id, form.member.as_ref());
            match access::press(services, button, guild_of(form.guild_id), by).await {
                Ok(Ok(pressed)) => {
                    if let Button::Words(image) | Button::After(image) = button {
                        let after = matches!(button, Button::After(_));
                        return draft(inbound, form, image, &pressed, after).await;
                    }
                    act(inbound, form, button, &pressed).await
                }
                Ok(Err(refusal)) => Ok(refusal),
                Err(error) => Err(error),
            }
        }
    };
    reply::reply(&services.discord, &form.token, outcome).await;
}

/// Drafts like an image with the words that were filled in, and answers.
async fn draft(inbound: &Inbound, form: &ModalInteraction, image: RenderId, pressed: &Pressed, after: bool) {
    let press = Press {
        id: form.id.get(),
        channel: form.channel_id,
        have: form.app_permissions,
        token: &form.token,
    };
    let wanted = Wanted {
        words: Some(text_of(form).unwrap_or_default()),
        after,
    };
    draft_like(inbound, press, image, pressed, wanted).await;
}

/// Hands a form to its flow. Returns the private answer.
async fn act(
    inbound: &Inbound,
    form: &ModalInteraction,
    button: Button,
    pressed: &Pressed,
) -> Result<String, Error> {
    let (caller, text) = (pressed.caller(), text_of(form).unwrap_or_default());
    match button {
        Button::Reason(id) => {
            let by = caller.by().clone();
            vote::explain(&inbound.services, pressed.image(id)?, by, &text).await
        }
        Button::Keep(StageSums([explore, review, r#final])) => {
            let budget = Buckets {
                explore,
                review,
                r#final,
            };
            let id = ProjectId::new(form.id.get());
            project::keep(&inbound.services, caller, id, &text, Wish::all(&budget)).await
        }
        _ => Err(unknown(&form.data.custom_id)),
    }
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
    let services = &inbound.services;
    let enter = || {
        let by = actor(interaction.user.id, interaction.member.as_ref());
        access::press(services, pressed, guild_of(interaction.guild_id), by)
    };
    let ((title, label), max_chars, value) = match pressed {
        Button::Reason(id) => {
            let entered = enter().await.ok()?.ok()?;
            let by = entered.caller().by();
            let may = vote::may_explain(services, entered.image(id).ok()?, by).await;
            matches!(may, Ok(None)).then_some((wording::REASON_FORM, limits::REASON_CHARS, None))?
        }
        Button::Keep(_) => {
            enter().await.ok()?.ok()?;
            (wording::KEEP_FORM, limits::PROJECT_NAME_CHARS, None)
        }
        Button::Words(image) | Button::After(image) => {
            let entered = enter().await.ok()?.ok()?;
            let channel = ChannelId::new(interaction.channel_id.get());
            let pattern = again::pattern(services, channel, entered.image(image).ok()?);
            let words = pattern.await.ok()?.ok()?.prompt.as_str().to_owned();
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
