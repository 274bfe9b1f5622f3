//! Hands out the original file of an image: attached where it fits, else by a link that expires.

use std::time::Duration;

use super::fitted::extension_of;
use super::panel::done;
use crate::discord::{File, Reply};
use crate::domain::draft::entity::Draft;
use crate::domain::ids::{GuildId, RenderId};
use crate::domain::image::link::{Handout, Link, NoLink};
use crate::domain::image::reduced::FileForm;
use crate::domain::image::render::Render;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::wording::{self, Form, TooLarge};

/// Hands out the original file of an image, byte for byte as its engine drew it.
///
/// # Errors
/// [`Error::Retry`] when the database or the blob store is away.
pub async fn original(services: &Services, guild: GuildId, id: RenderId) -> Result<Reply, Error> {
    let Some((draft, render, pixels)) = done(services, guild, id).await? else {
        return Ok(wording::NO_IMAGE_HERE.to_owned().into());
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
            bytes,
            alt: wording::alt_of_image(&draft, &render, Form::Whole(tier), pixels),
        }),
        without_file: Some(elsewhere),
        ..Reply::default()
    })
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
    let Some((draft, render, _)) = done(services, link.guild, link.render).await? else {
        return Ok(Err(Withheld::Gone));
    };
    let Some(bytes) = services.blobs.size(link.render).await? else {
        return Ok(Err(Withheld::Gone));
    };
    // The name has words of the prompt. Once they are forgotten, no link may give them away.
    if draft.forgotten {
        let tier = services.rules.spec(render.stage).tier;
        let extension = link.name.rsplit('.').next().unwrap_or_default();
        if link.name != wording::file_name(&draft, &render, tier, extension) {
            return Ok(Err(Withheld::Gone));
        }
    }
    Ok(Ok((link, bytes as u64)))
}
