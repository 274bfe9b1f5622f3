//! Hands out the original file of an image, or its pack: attached where it fits, else by a link that
//! expires.

use std::time::Duration;

use super::fitted::extension_of;
use super::pack;
use super::panel::kept;
use crate::discord::{File, Reply};
use crate::domain::draft::entity::Draft;
use crate::domain::ids::{GuildId, RenderId};
use crate::domain::image::link::{Handout, Link, NoLink};
use crate::domain::image::mark::Contents;
use crate::domain::image::reduced::FileForm;
use crate::domain::image::render::Render;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::wording::{self, Form, TooLarge, TooLargePack};

/// Hands out the original file of an image, byte for byte as its engine drew it.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn original(services: &Services, guild: GuildId, id: RenderId) -> Result<Reply, Error> {
    let (draft, render, pixels) = match kept(services, guild, id).await? {
        Ok(found) => found,
        Err(why) => return Ok(why.into()),
    };
    let Some(bytes) = services.blobs.size(id).await? else {
        return Ok(wording::NO_ORIGINAL.to_owned().into());
    };
    let limit = services.discord.upload_limit(guild);
    let form = FileForm {
        extension: extension_of(services, id).await?,
        bytes: bytes as u64,
    };
    let extension = form.extension.clone();
    let elsewhere = elsewhere(services, (&draft, &render), &form).await?;
    if bytes > limit {
        return Ok(elsewhere.into());
    }
    let Some(bytes) = services.blobs.get(id).await? else {
        return Ok(wording::NO_ORIGINAL.to_owned().into());
    };
    let tier = services.rules.spec(render.stage).tier;
    Ok(Reply {
        content: wording::original(render.number, render.stage, tier, pixels),
        file: Some(File {
            name: wording::file_name(&draft, &render, tier, &extension),
            contents: Contents::Original(bytes),
            alt: wording::alt_of_image(&draft, &render, Form::Whole(tier), pixels),
        }),
        without_file: Some(elsewhere),
        ..Reply::default()
    })
}

/// Hands out the pack of an image: its original, the crops, its description and where it comes from.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn pack(services: &Services, guild: GuildId, id: RenderId) -> Result<Reply, Error> {
    let (draft, render, pixels) = match kept(services, guild, id).await? {
        Ok(found) => found,
        Err(why) => return Ok(why.into()),
    };
    let Some(bytes) = services.blobs.size(id).await? else {
        return Ok(wording::NO_ORIGINAL.to_owned().into());
    };
    let (of, limit) = ((&draft, &render, pixels), services.discord.upload_limit(guild));
    let name = pack::name(services, of).await?;
    let link = link(services, Handout::Pack, &render, &name).await?;
    let tier = services.rules.spec(render.stage).tier;
    let elsewhere = wording::pack_too_large(&TooLargePack {
        number: render.number,
        stage: render.stage,
        tier,
        limit,
        link: link
            .as_ref()
            .map(|(url, expires_s)| (url.as_str(), name.as_str(), *expires_s)),
    });
    // The original alone says whether it is worth packing.
    if bytes > limit {
        return Ok(elsewhere.into());
    }
    let Some(packed) = pack::made(services, of).await? else {
        return Ok(wording::NO_ORIGINAL.to_owned().into());
    };
    if packed.len() > limit {
        return Ok(elsewhere.into());
    }
    Ok(Reply {
        content: wording::pack(render.number, render.stage, tier, packed.len() as u64),
        file: Some(File {
            name,
            contents: Contents::Other(packed),
            alt: wording::alt_of_pack(&draft, &render),
        }),
        without_file: Some(elsewhere),
        ..Reply::default()
    })
}

/// Makes the file of a link to a pack. Returns nothing if its original is gone.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn packed(services: &Services, link: &Link) -> Result<Option<Vec<u8>>, Error> {
    match kept(services, link.guild, link.render).await? {
        Ok((draft, render, pixels)) => pack::made(services, (&draft, &render, pixels)).await,
        Err(_) => Ok(None),
    }
}

/// Says where an original is to be had that Discord does not take.
async fn elsewhere(
    services: &Services,
    (draft, render): (&Draft, &Render),
    form: &FileForm,
) -> Result<String, Error> {
    let tier = services.rules.spec(render.stage).tier;
    let name = wording::file_name(draft, render, tier, &form.extension);
    let link = link(services, Handout::Original, render, &name).await?;
    Ok(wording::original_too_large(&TooLarge {
        number: render.number,
        stage: render.stage,
        tier,
        form,
        limit: services.discord.upload_limit(render.guild),
        render: render.id,
        link: link
            .as_ref()
            .map(|(url, expires_s)| (url.as_str(), name.as_str(), *expires_s)),
    }))
}

/// Makes a link to a file of an image, with when it expires, in seconds since 1970: to the bot's own
/// server, or else to the bucket. Returns nothing where neither gives links.
async fn link(
    services: &Services,
    what: Handout,
    render: &Render,
    name: &str,
) -> Result<Option<(String, i64)>, Error> {
    let valid = Duration::from_hours(services.rules.link_hours.into());
    let expires_s = services.clock.now_ms() / 1_000 + i64::from(services.rules.link_hours) * 60 * 60;
    let url = if let Some(links) = &services.links {
        Some(links.url(&Link {
            what,
            guild: render.guild,
            render: render.id,
            expires_s,
            name: name.to_owned(),
        }))
    } else if what == Handout::Pack {
        // No bucket has packs.
        None
    } else {
        let link = services.blobs.link(render.id, valid, name).await?;
        link.map(String::from)
    };
    Ok(url.map(|url| (url, expires_s)))
}

/// Why a link hands out nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// It is no link of this bot.
    No(NoLink),
    /// What it leads to is not there any more, or is not called so any more.
    Gone,
}

/// Opens a link: returns what it says, and how many bytes the original has.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn opened(services: &Services, path: &str) -> Result<Result<(Link, u64), Withheld>, Error> {
    let Some(links) = &services.links else {
        return Ok(Err(Withheld::No(NoLink::Form)));
    };
    let link = match links.read(path, services.clock.now_ms()) {
        Ok(link) => link,
        Err(no) => return Ok(Err(Withheld::No(no))),
    };
    if !services.rules.allows(link.guild) {
        return Ok(Err(Withheld::Gone));
    }
    let Ok((draft, render, pixels)) = kept(services, link.guild, link.render).await? else {
        return Ok(Err(Withheld::Gone));
    };
    let Some(bytes) = services.blobs.size(link.render).await? else {
        return Ok(Err(Withheld::Gone));
    };
    // The name has words of the prompt. Once they are forgotten, no link may give them away.
    if draft.forgotten {
        let tier = services.rules.spec(render.stage).tier;
        let extension = link.name.rsplit('.').next().unwrap_or_default();
        let name = match link.what {
            Handout::Original => wording::file_name(&draft, &render, tier, extension),
            Handout::Pack => pack::name(services, (&draft, &render, pixels)).await?,
        };
        if link.name != name {
            return Ok(Err(Withheld::Gone));
        }
    }
    Ok(Ok((link, bytes as u64)))
}
