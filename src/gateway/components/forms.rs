//! Forms: the one that a press opens, and what one that was sent does.

use serenity::all::{ActionRowComponent, ComponentInteraction, ModalInteraction};

use super::press::{Press, draft_like, guild_of, unknown};
use crate::discord::Form;
use crate::domain::button::{Button, Offer, StageSums};
use crate::domain::ids::{ChannelId, ProjectId, RenderId};
use crate::domain::limits;
use crate::domain::money::project::{Buckets, Wish};
use crate::flow::access::{self, Pressed};
use crate::flow::approval::notes::{self, NoteForm};
use crate::flow::approval::vote;
use crate::flow::draft::again;
use crate::flow::error::Error;
use crate::flow::money::project;
use crate::gateway::inbound::Inbound;
use crate::gateway::member::actor;
use crate::gateway::reply;
use crate::wording::{self, Like};

/// Does what a form asks for that somebody sent, and answers.
pub(in crate::gateway) async fn sent(inbound: &Inbound, form: &ModalInteraction) {
    let services = &inbound.services;
    if !reply::defer(services, form.id.get(), &form.token).await {
        return;
    }
    let outcome = match form.data.custom_id.parse().ok() {
        None => Err(unknown(&form.data.custom_id)),
        Some(button) => {
            let by = actor(form.user.id, form.member.as_ref());
            match access::press(services, button, guild_of(form.guild_id), by).await {
                Ok(Ok(pressed)) => {
                    if let Button::Words(offer) | Button::After(offer) = button {
                        return draft(inbound, form, (button, offer), &pressed).await;
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
async fn draft(inbound: &Inbound, form: &ModalInteraction, asked: (Button, Offer), pressed: &Pressed) {
    let press = Press {
        id: form.id.get(),
        channel: form.channel_id,
        have: form.app_permissions,
        token: &form.token,
    };
    let words = Some(text_of(form).unwrap_or_default());
    draft_like(inbound, press, asked, pressed, words).await;
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
        Button::AddNote(id) | Button::ApproveNoted(id) => {
            let (by, approve) = (caller.by().clone(), matches!(button, Button::ApproveNoted(_)));
            notes::add(&inbound.services, pressed.image(id)?, by, &text, approve).await
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
    let fixed = |(title, label): (&str, &str), max_chars| Form {
        id: pressed,
        title: title.to_owned(),
        label: label.to_owned(),
        value: None,
        example: None,
        max_chars,
    };
    Some(match pressed {
        Button::Reason(id) => {
            let entered = enter().await.ok()?.ok()?;
            let by = entered.caller().by();
            let may = vote::may_explain(services, entered.image(id).ok()?, by).await;
            matches!(may, Ok(None)).then(|| fixed(wording::REASON_FORM, limits::REASON_CHARS))?
        }
        Button::AddNote(id) | Button::ApproveNoted(id) => {
            let entered = enter().await.ok()?.ok()?;
            note_form(inbound, &entered, pressed, id).await?
        }
        Button::Keep(_) => {
            enter().await.ok()?.ok()?;
            fixed(wording::KEEP_FORM, limits::PROJECT_NAME_CHARS)
        }
        Button::Words(Offer { image, .. }) | Button::After(Offer { image, .. }) => {
            let entered = enter().await.ok()?.ok()?;
            let channel = ChannelId::new(interaction.channel_id.get());
            let pattern = again::pattern(services, channel, entered.image(image).ok()?);
            let pattern = pattern.await.ok()?.ok()?;
            let (like, price) = match pressed {
                Button::After(_) => (Like::After, pattern.after),
                _ => (Like::OtherWords, pattern.same),
            };
            Form {
                id: pressed.priced(price),
                title: wording::like_label(like, price),
                label: wording::prompt_field(pattern.draft.images as usize, price),
                value: Some(pattern.draft.prompt.as_str().to_owned()),
                example: None,
                max_chars: limits::PROMPT_CHARS,
            }
        }
        Button::Approve(_)
        | Button::Notes(_)
        | Button::Strike(_)
        | Button::Prompt(_)
        | Button::Version(_)
        | Button::TakeBack(_)
        | Button::Lift(_)
        | Button::Reopen(_)
        | Button::Retry(_)
        | Button::Original(_)
        | Button::Crops(_)
        | Button::Crop(_)
        | Button::Lineage(_)
        | Button::Compare(_)
        | Button::Again(_)
        | Button::Repeat(_)
        | Button::Cancel(_)
        | Button::Queue(_)
        | Button::Report(_)
        | Button::Panel(_) => return None,
    })
}

/// Returns the form for a note, with a vote or without, if the member may give one.
async fn note_form(inbound: &Inbound, entered: &Pressed, pressed: Button, id: RenderId) -> Option<Form> {
    let approve = matches!(pressed, Button::ApproveNoted(_));
    let (image, by) = (entered.image(id).ok()?, entered.caller().by());
    let asked = notes::form(&inbound.services, image, by, approve);
    let NoteForm { tier, mode, price } = asked.await.ok()?.ok()?;
    Some(Form {
        id: pressed,
        title: if approve {
            wording::approve_noted_title(tier, price)
        } else {
            wording::ADD_NOTE_LABEL.to_owned()
        },
        label: wording::note_field(tier, mode),
        value: None,
        example: Some(wording::NOTE_EXAMPLE),
        max_chars: limits::NOTE_CHARS,
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
