//! A draft like one that is there: the same again, or with other words.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::draft::{Ask, Started, start};
use super::{Error, Studio};
use crate::domain::draft::Raw;
use crate::domain::ids::{AnswerToken, DraftId, GuildId, RenderId, RoleId, UserId};
use crate::domain::wording;
use crate::store::drafts::{self, Draft};
use crate::store::{Tx, projects, renders};

/// Who wants a draft like an image that is there, as a press tells.
#[derive(Clone, Debug)]
pub struct Like {
    /// The interaction's id: the draft's.
    pub id: DraftId,
    /// Where it was pressed.
    pub guild: GuildId,
    /// Who.
    pub requester: UserId,
    /// The roles that they have.
    pub roles: BTreeSet<RoleId>,
    /// The interaction's token, for the private answer.
    pub token: AnswerToken,
    /// Other words than the image's, as they were typed.
    pub words: Option<String>,
}

/// Accepts a draft like that of an image, with the same words or others: in its channel, by the rules of any other draft.
///
/// # Errors
/// [`Error::Retry`] when the database is away: nothing was held.
pub async fn again(studio: &Studio, image: RenderId, like: Like) -> Result<Started, Error> {
    let guild = like.guild;
    let read = studio.store.read(move |tx| {
        async move {
            let Some(draft) = draft_of(tx, guild, image).await? else {
                return Ok(None);
            };
            let project = match draft.project {
                None => None,
                Some(project) => projects::find(tx, project).await?,
            };
            Ok::<_, Error>(Some((draft, project)))
        }
        .boxed()
    });
    let Some((draft, project)) = read.await? else {
        return Ok(Started::Refused(wording::NO_IMAGE.to_owned()));
    };
    if draft.forgotten {
        return Ok(Started::Refused(wording::FORGOTTEN.to_owned()));
    }
    let raw = Raw {
        prompt: like.words.unwrap_or_else(|| draft.prompt.as_str().to_owned()),
        keep: draft.keep,
        ratio: Some(draft.ratio.to_string()),
        images: Some(i64::from(draft.images)),
        project: project.map(|project| project.name.as_str().to_owned()),
    };
    let ask = Ask {
        id: like.id,
        guild,
        channel: draft.channel,
        requester: like.requester,
        roles: like.roles,
        token: like.token,
        raw,
    };
    start(studio, ask).await
}

/// The words that an image was drawn from; nothing if they are gone, or are another server's.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn words(studio: &Studio, guild: GuildId, image: RenderId) -> Result<Option<String>, Error> {
    let read = studio.store.read(move |tx| draft_of(tx, guild, image).boxed());
    let draft = read.await?.filter(|draft| !draft.forgotten);
    Ok(draft.map(|draft| draft.prompt.as_str().to_owned()))
}

async fn draft_of(tx: &mut Tx, guild: GuildId, image: RenderId) -> Result<Option<Draft>, Error> {
    let render = renders::find(tx, image).await?;
    Ok(match render.filter(|render| render.guild == guild) {
        None => None,
        Some(render) => Some(drafts::get(tx, render.draft).await?),
    })
}
