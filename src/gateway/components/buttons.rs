//! Buttons: the id says what is pressed and on what; everything else is in the database.

use crate::flow::draft::cancel;
use crate::flow::image::retry;
use crate::gateway::member::actor;
use serenity::all::{ActionRowComponent, ComponentInteraction, ModalInteraction, Permissions};

use crate::discord::{Form, Reply};
use crate::domain::actor::Actor;
use crate::domain::credits::Credits;
use crate::domain::geometry::Pixels;
use crate::domain::ids::{AnswerToken, ChannelId, DraftId, GuildId, ProjectId, RenderId};
use crate::domain::limits;
use crate::domain::money::project::{Buckets, Wish};
use crate::flow::approval::vote;
use crate::flow::draft::again::{self, DraftFrom};
use crate::flow::error::Error;
use crate::flow::image::panel;
use crate::flow::money::project;
use crate::gateway::inbound::Inbound;
use crate::gateway::permissions::missing;
use crate::gateway::reply;
use crate::wording;

/// A button of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pressed {
    Approve(RenderId),
    Reason(RenderId),
    Lift(RenderId),
    Reopen(RenderId),
    Retry(RenderId),
    Original(RenderId),
    Crops(RenderId),
    /// Cut to this size.
    Crop(RenderId, Pixels),
    Lineage(RenderId),
    Again(RenderId),
    /// Draft with other words.
    Words(RenderId),
    /// Draft after this picture.
    After(RenderId),
    Cancel(DraftId),
    /// Keep these sums as the budget of a project.
    Keep(Buckets<Credits>),
}

fn parse(custom_id: &str) -> Option<Pressed> {
    match custom_id.split_once(':')? {
        ("approve", id) => id.parse().ok().map(Pressed::Approve),
        ("reason", id) => id.parse().ok().map(Pressed::Reason),
        ("lift", id) => id.parse().ok().map(Pressed::Lift),
        ("reopen", id) => id.parse().ok().map(Pressed::Reopen),
        ("retry", id) => id.parse().ok().map(Pressed::Retry),
        ("original", id) => id.parse().ok().map(Pressed::Original),
        ("crops", id) => id.parse().ok().map(Pressed::Crops),
        ("crop", rest) => rest
            .split_once(':')
            .and_then(|(id, size)| Some(Pressed::Crop(id.parse().ok()?, size.parse().ok()?))),
        ("lineage", id) => id.parse().ok().map(Pressed::Lineage),
        ("again", id) => id.parse().ok().map(Pressed::Again),
        ("words", id) => id.parse().ok().map(Pressed::Words),
        ("after", id) => id.parse().ok().map(Pressed::After),
        ("cancel", id) => id.parse().ok().map(|id| Pressed::Cancel(DraftId::new(id))),
        ("keep", sums) => sums_of(sums).map(Pressed::Keep),
        _ => None,
    }
}

/// One sum a stage, in their order.
fn sums_of(text: &str) -> Option<Buckets<Credits>> {
    let mut sums = text.split(':').map(|sum| Credits::new(sum.parse().ok()?).ok());
    let budget = Buckets {
        explore: sums.next()??,
        review: sums.next()??,
        r#final: sums.next()??,
    };
    sums.next().is_none().then_some(budget)
}

pub(in crate::gateway) async fn pressed(inbound: &Inbound, interaction: &ComponentInteraction) {
    let (discord, pressed) = (&inbound.services.discord, parse(&interaction.data.custom_id));
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
        (None, Some(Pressed::Again(image))) => {
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

/// What a press or a form tells of itself.
struct Press<'a> {
    id: u64,
    guild: Option<serenity::all::GuildId>,
    channel: serenity::all::ChannelId,
    /// What the bot may do there.
    have: Option<Permissions>,
    token: &'a str,
}

/// In what a draft is to differ from the image that it is like.
#[derive(Default)]
struct Wanted {
    words: Option<String>,
    /// It is drawn after that image.
    after: bool,
}

/// Drafts like an image, and answers as `/draft` does.
async fn draft_like(inbound: &Inbound, press: Press<'_>, image: RenderId, by: Actor, wanted: Wanted) {
    let (services, token) = (&inbound.services, press.token);
    let guild = GuildId::new(press.guild.map_or(0, serenity::all::GuildId::get));
    let channel = ChannelId::new(press.channel.get());
    let pattern = match again::pattern(services, guild, channel, image).await {
        Ok(Ok(pattern)) => pattern,
        Ok(Err(refusal)) => return reply::reply(&services.discord, token, Ok(refusal)).await,
        Err(error) => return reply::reply(&services.discord, token, Err::<Reply, _>(error)).await,
    };
    if let Some(refusal) = missing(press.have, channel, pattern.parent.is_some()) {
        return reply::reply(&services.discord, token, Ok(refusal)).await;
    }
    let like = DraftFrom {
        id: DraftId::new(press.id),
        requester: by.user,
        roles: by.member.roles,
        token: AnswerToken::new(token.to_owned()),
        words: wanted.words,
        after: wanted.after.then_some(image),
    };
    let started = again::again(services, pattern, like).await;
    reply::started(&services.discord, token, started).await;
}

/// A form that somebody sent.
pub(in crate::gateway) async fn sent(inbound: &Inbound, form: &ModalInteraction) {
    let discord = &inbound.services.discord;
    if !reply::defer(discord, form.id.get(), &form.token).await {
        return;
    }
    let by = actor(form.user.id, form.member.as_ref());
    let outcome = match (refuse_place(inbound, form.guild_id), parse(&form.data.custom_id)) {
        (Some(refusal), _) => Ok(refusal.to_owned()),
        (None, Some(pressed @ (Pressed::Words(image) | Pressed::After(image)))) => {
            let press = Press {
                id: form.id.get(),
                guild: form.guild_id,
                channel: form.channel_id,
                have: form.app_permissions,
                token: &form.token,
            };
            let wanted = Wanted {
                words: Some(text_of(form).unwrap_or_default()),
                after: matches!(pressed, Pressed::After(_)),
            };
            return draft_like(inbound, press, image, by, wanted).await;
        }
        (None, Some(Pressed::Reason(id))) => {
            vote::explain(&inbound.services, id, by, &text_of(form).unwrap_or_default()).await
        }
        (None, Some(Pressed::Keep(budget))) => keep(inbound, form, by, budget).await,
        (None, _) => Err(unknown(&form.data.custom_id)),
    };
    reply::reply(discord, &form.token, outcome).await;
}

/// Why nothing can be pressed there, if nothing can.
fn refuse_place(inbound: &Inbound, guild: Option<serenity::all::GuildId>) -> Option<&'static str> {
    match guild.map(|guild| GuildId::new(guild.get())) {
        None => Some(wording::ONLY_IN_A_SERVER),
        Some(guild) if !inbound.services.rules.allows(guild) => Some(wording::NOT_ALLOWED_HERE),
        Some(_) => None,
    }
}

fn unknown(id: &str) -> Error {
    Error::broken(format!("a button or a form with the id {id}"))
}

/// What was filled in.
fn text_of(form: &ModalInteraction) -> Option<String> {
    let rows = form.data.components.iter().flat_map(|row| &row.components);
    let mut texts = rows.filter_map(|part| match part {
        ActionRowComponent::InputText(input) if input.custom_id == Form::FIELD => input.value.clone(),
        _ => None,
    });
    texts.next()
}

/// The form that a press opens, if it opens one. A form is the first answer to a press, or none, so that this is asked
/// before the press is taken; who gets no form is told why as after any other press.
async fn form_of(inbound: &Inbound, interaction: &ComponentInteraction, pressed: Pressed) -> Option<Form> {
    if refuse_place(inbound, interaction.guild_id).is_some() {
        return None;
    }
    let ((title, label), max_chars, value) = match pressed {
        Pressed::Reason(id) => {
            let by = actor(interaction.user.id, interaction.member.as_ref());
            let may = vote::may_explain(&inbound.services, id, &by).await;
            matches!(may, Ok(None)).then_some((wording::REASON_FORM, limits::REASON_CHARS, None))?
        }
        Pressed::Keep(_) => (wording::KEEP_FORM, limits::PROJECT_NAME_CHARS, None),
        Pressed::Words(image) | Pressed::After(image) => {
            let guild = GuildId::new(interaction.guild_id?.get());
            let channel = ChannelId::new(interaction.channel_id.get());
            let pattern = again::pattern(&inbound.services, guild, channel, image);
            let pattern = pattern.await.ok()?.ok()?;
            let words = pattern.prompt.as_str().to_owned();
            let form = match pressed {
                Pressed::After(_) => wording::AFTER_FORM,
                _ => wording::WORDS_FORM,
            };
            (form, limits::PROMPT_CHARS, Some(words))
        }
        Pressed::Approve(_)
        | Pressed::Lift(_)
        | Pressed::Reopen(_)
        | Pressed::Retry(_)
        | Pressed::Original(_)
        | Pressed::Crops(_)
        | Pressed::Crop(..)
        | Pressed::Lineage(_)
        | Pressed::Again(_)
        | Pressed::Cancel(_) => return None,
    };
    Some(Form {
        id: interaction.data.custom_id.clone(),
        title: title.to_owned(),
        label: label.to_owned(),
        value,
        max_chars,
    })
}

async fn open(inbound: &Inbound, interaction: &ComponentInteraction, form: Form) {
    let (number, token) = (interaction.id.get(), &interaction.token);
    if let Err(error) = inbound.services.discord.open_form(number, token, &form).await {
        // Nothing is lost: the button is still there.
        tracing::info!("a form could not be opened: {error}");
    }
}

/// What the form does that keeps an estimate.
async fn keep(
    inbound: &Inbound,
    form: &ModalInteraction,
    by: Actor,
    budget: Buckets<Credits>,
) -> Result<String, Error> {
    let guild = form.guild_id.map(|guild| GuildId::new(guild.get()));
    let guild = guild.ok_or_else(|| Error::broken("a form without a server"))?;
    let (id, name) = (ProjectId::new(form.id.get()), text_of(form).unwrap_or_default());
    project::keep(&inbound.services, guild, id, by, &name, Wish::all(&budget)).await
}

async fn act(
    inbound: &Inbound,
    interaction: &ComponentInteraction,
    pressed: Pressed,
) -> Result<Reply, Error> {
    let services = &inbound.services;
    let by = actor(interaction.user.id, interaction.member.as_ref());
    let guild = interaction.guild_id.map(|guild| GuildId::new(guild.get()));
    let guild = guild.ok_or_else(|| Error::broken("a press without a server"))?;
    let told = match pressed {
        Pressed::Original(id) => return panel::original(services, guild, id).await,
        Pressed::Crops(id) => return panel::crops(services, guild, id).await,
        Pressed::Crop(id, size) => return panel::crop(services, guild, id, size).await,
        Pressed::Lineage(id) => panel::lineage(services, guild, id).await?,
        Pressed::Approve(id) => vote::pressed(services, id, by).await?,
        // Who may give one was shown a form instead.
        Pressed::Reason(id) => {
            let refusal = vote::may_explain(services, id, &by).await?;
            refusal.unwrap_or_else(|| wording::NOT_STOPPED.to_owned())
        }
        Pressed::Lift(id) => vote::lift(services, id, by).await?,
        Pressed::Reopen(id) => vote::reopen(services, id, by).await?,
        Pressed::Retry(id) => retry::try_again(services, id, by).await?,
        Pressed::Cancel(id) => cancel::cancel(services, id, by.user, by.member.manages).await?,
        // Who may have other words drawn was shown a form instead.
        Pressed::Words(id) | Pressed::After(id) => {
            let channel = ChannelId::new(interaction.channel_id.get());
            let pattern = again::pattern(services, guild, channel, id).await?;
            pattern.err().unwrap_or_else(|| wording::PRESS_AGAIN.to_owned())
        }
        // Whoever presses it where the bot works is shown a form instead; the other is a draft.
        Pressed::Keep(_) | Pressed::Again(_) => return Err(unknown(&interaction.data.custom_id)),
    };
    Ok(told.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_what_is_pressed_and_on_what() {
        let render = RenderId::new(0xabc);
        assert_eq!(
            parse(&format!("approve:{render}")),
            Some(Pressed::Approve(render))
        );
        assert_eq!(parse(&format!("reason:{render}")), Some(Pressed::Reason(render)));
        assert_eq!(parse(&format!("lift:{render}")), Some(Pressed::Lift(render)));
        assert_eq!(parse(&format!("retry:{render}")), Some(Pressed::Retry(render)));
        assert_eq!(parse(&format!("reopen:{render}")), Some(Pressed::Reopen(render)));
        assert_eq!(
            parse(&format!("original:{render}")),
            Some(Pressed::Original(render))
        );
        assert_eq!(
            parse(&format!("lineage:{render}")),
            Some(Pressed::Lineage(render))
        );
        assert_eq!(parse(&format!("crops:{render}")), Some(Pressed::Crops(render)));
        let size = Pixels {
            width: 1080,
            height: 1350,
        };
        assert_eq!(
            parse(&format!("crop:{render}:1080x1350")),
            Some(Pressed::Crop(render, size))
        );
        assert_eq!(parse(&format!("again:{render}")), Some(Pressed::Again(render)));
        assert_eq!(parse(&format!("words:{render}")), Some(Pressed::Words(render)));
        assert_eq!(parse(&format!("after:{render}")), Some(Pressed::After(render)));
        assert_eq!(parse("cancel:42"), Some(Pressed::Cancel(DraftId::new(42))));
        let sums = [200, 100, 80].map(|sum| Credits::new(sum).expect("credits"));
        let [explore, review, r#final] = sums;
        let budget = Buckets {
            explore,
            review,
            r#final,
        };
        assert_eq!(parse("keep:200:100:80"), Some(Pressed::Keep(budget)));
        for foreign in [
            "",
            "approve",
            "approve:",
            "approve:xyz",
            "dance:1",
            "keep:1:2",
            "keep:1:2:3:4",
            "keep:1:2:-3",
            "crop:1",
            "crop:1:0x5",
        ] {
            assert_eq!(parse(foreign), None, "{foreign}");
        }
    }
}
