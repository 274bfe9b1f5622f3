//! Drafts again like a draft that exists, with the same words or others.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::offer::price_like;
use super::references::References;
use super::start::{DraftRequest, Started, start};
use crate::domain::button::Button;
use crate::domain::credits::Credits;
use crate::domain::draft::admission::DraftOptions;
use crate::domain::draft::entity::Draft;
use crate::domain::ids::{AnswerToken, ChannelId, DraftId, RenderId, RoleId, UserId};
use crate::flow::access::OfGuild;
use crate::flow::error::Error;
use crate::flow::kept::{prompt_gone, references_removed, source_removed};
use crate::flow::money::project::of_draft;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{drafts, renders};
use crate::wording::{self, Like};

/// A member's wish for a draft like an existing image, as their press tells it.
#[derive(Clone, Debug)]
pub struct DraftFrom {
    /// The interaction's id, which becomes the draft's.
    pub id: DraftId,
    /// The member who asks.
    pub requester: UserId,
    /// The roles of the requester.
    pub roles: BTreeSet<RoleId>,
    /// The interaction's token, for the private answer.
    pub token: AnswerToken,
    /// Words in place of the image's, as they were typed.
    pub words: Option<String>,
    /// The button or form that asks. One that drafts after an image puts the image in the place of
    /// the old draft's references.
    pub pressed: Button,
}

/// A draft, and what another like it costs.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The draft.
    pub draft: Draft,
    /// What another with the same references costs. `None`: no sum of credits.
    pub same: Option<Credits>,
    /// What another after an image costs.
    pub after: Option<Credits>,
}

/// Returns the draft of an image, if another like it can be asked for in a channel, or else why
/// not.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn pattern(
    services: &Services,
    channel: ChannelId,
    image: OfGuild<RenderId>,
) -> Result<Result<Pattern, String>, Error> {
    let (image, operator) = (image.id(), services.rules.clone());
    let read = services.store.read(move |tx| {
        async move {
            Ok::<_, Error>(match renders::find(tx, image).await? {
                None => None,
                Some(render) => Some((
                    drafts::get(tx, render.draft).await?,
                    settings::rules_in(tx, &operator, render.guild).await?,
                )),
            })
        }
        .boxed()
    });
    Ok(match read.await? {
        None => Err(wording::NO_IMAGE.to_owned()),
        Some((draft, _)) if let Some(gone) = prompt_gone(&services.rules, &draft) => Err(gone),
        Some((draft, _)) if !draft.is_at(channel) => {
            Err(wording::like_it_there(draft.thread().unwrap_or(draft.channel)))
        }
        Some((draft, chosen)) => Ok(Pattern {
            same: price_like(services, &chosen, &draft, Like::Same),
            after: price_like(services, &chosen, &draft, Like::After),
            draft,
        }),
    })
}

/// Accepts a draft like another, with the same words or others. It is made in that draft's channel,
/// by the rules of any draft.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was held.
pub async fn again(services: &Services, pattern: Draft, like: DraftFrom) -> Result<Started, Error> {
    if let Some(gone) = gone(services, &pattern, like.pressed).await? {
        return Ok(Started::Refused(gone));
    }
    // A draft that was drawn before is asked for as the command said.
    let (images, project) = if let Button::Repeat(repeat) = like.pressed {
        (repeat.images, repeat.project)
    } else {
        (pattern.images, pattern.project)
    };
    let read = services.store.read(move |tx| of_draft(tx, project).boxed());
    let project = read.await?;
    let options = DraftOptions {
        prompt: like.words.unwrap_or_else(|| pattern.prompt.as_str().to_owned()),
        keep: pattern.keep,
        ratio: Some(pattern.ratio.to_string()),
        images: Some(i64::from(images)),
        project: project.map(|project| project.name.as_str().to_owned()),
    };
    let ask = DraftRequest {
        id: like.id,
        guild: pattern.guild,
        channel: pattern.channel,
        parent: pattern.parent,
        requester: like.requester,
        roles: like.roles,
        token: like.token,
        options,
        pressed: Some(like.pressed),
        references: if let Button::After(offer) = like.pressed {
            References::Picture(offer.image)
        } else if pattern.references == 0 {
            References::None
        } else {
            References::Of(pattern.id, pattern.references)
        },
    };
    start(services, ask).await
}

/// Says that the pictures which a draft like another would be based on are not kept any more. Returns
/// nothing if they are.
async fn gone(services: &Services, pattern: &Draft, pressed: Button) -> Result<Option<String>, Error> {
    let Button::After(offer) = pressed else {
        return Ok(references_removed(&services.rules, pattern));
    };
    let rules = services.rules.clone();
    let read = services
        .store
        .read(move |tx| async move { source_removed(tx, &rules, Some(offer.image)).await }.boxed());
    read.await
}
