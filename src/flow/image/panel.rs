//! Shows one image to whoever looks at it: its panel, and the words that it was drawn from.

use futures::FutureExt;

use crate::discord::{ButtonView, File, Reply, Style};
use crate::domain::approval::vote::Image;
use crate::domain::button::{Around, Button, Frames};
use crate::domain::draft::entity::Draft;
use crate::domain::geometry::Pixels;
use crate::domain::ids::{ChannelId, GuildId, MessageId, RenderId};
use crate::domain::image::mark::Contents;
use crate::domain::image::render::State;
use crate::domain::limits;
use crate::domain::stage::{Mode, Stage};
use crate::flow::draft::offer;
use crate::flow::error::Error;
use crate::flow::kept::original_removed;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::store::{self, drafts, renders};
use crate::wording::{self, Like};

/// Returns the private panel of the image that a message in a channel shows. Offers a draft like it
/// only where that draft would be made: the member must see that place, and the bot must be able to
/// post there.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn panel(
    services: &Services,
    guild: GuildId,
    (channel, message): (ChannelId, MessageId),
) -> Result<Reply, Error> {
    let operator = services.rules.clone();
    let read = services.store.read(move |tx| {
        async move {
            let render = renders::shown_by(tx, guild, message).await?;
            Ok::<_, Error>(match render {
                None => None,
                Some(render) => Some((
                    drafts::get(tx, render.draft).await?,
                    settings::rules_in(tx, &operator, guild).await?,
                    render,
                )),
            })
        }
        .boxed()
    });
    let Some((draft, chosen, render)) = read.await? else {
        return Ok(wording::NO_IMAGE.to_owned().into());
    };
    let button = |id: Button, label: &str| ButtonView {
        id,
        label: label.to_owned(),
        style: Style::Secondary,
    };
    let crops = Button::Crops(Frames {
        image: render.id,
        around: Around::Subject,
    });
    let mut buttons = vec![
        button(Button::Original(render.id), wording::ORIGINAL_LABEL),
        button(crops, wording::CROPS_LABEL),
        button(Button::Lineage(render.id), wording::LINEAGE_LABEL),
        button(Button::Notes(render.id), wording::NOTES_LABEL),
    ];
    if render.parent.or(render.after).is_some() {
        buttons.push(button(Button::Compare(render.id), wording::COMPARE_LABEL));
    }
    if !draft.forgotten {
        buttons.push(button(Button::Prompt(render.id), wording::PROMPT_LABEL));
    }
    if !draft.forgotten && draft.is_at(channel) {
        let after = takes_references(services).then_some(Like::After);
        let likes = [Like::Same, Like::OtherWords].into_iter().chain(after);
        buttons.extend(likes.map(|like| offer::button(services, &chosen, (&draft, render.id), like)));
    }
    let tier = services.rules.spec(render.stage).tier;
    Ok(Reply {
        content: wording::panel(render.number, render.stage, tier, &draft.prompt),
        buttons,
        ..Reply::default()
    })
}

/// Returns whether the engine of the first stage takes pictures.
fn takes_references(services: &Services) -> bool {
    let model = services.rules.catalog.model(services.rules.spec(Stage::Explore));
    model.is_some_and(|model| model.references > 0)
}

/// Returns the image that a thread shows last, of all or at one position.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn newest(
    services: &Services,
    guild: GuildId,
    thread: ChannelId,
    position: Option<u32>,
) -> Result<Option<RenderId>, Error> {
    let read = services
        .store
        .read(move |tx| renders::newest_in(tx, guild, thread, position).boxed());
    let newest: Result<_, store::Error> = read.await;
    Ok(newest?.map(|render| render.id))
}

/// Shows the whole text that the engine was sent for an image.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn prompt(services: &Services, guild: GuildId, id: RenderId) -> Result<Reply, Error> {
    let Some((draft, image, _)) = done(services, guild, id).await? else {
        return Ok(wording::NO_IMAGE_HERE.to_owned().into());
    };
    let read = services
        .store
        .read(move |tx| renders::notes::sent_words(tx, id).boxed());
    let sent: Result<Option<String>, store::Error> = read.await;
    let asked = services.rules.asked(&image);
    let tier = services.rules.spec(image.stage).tier;
    // Words that were the prompt alone are not kept twice.
    let words = match sent? {
        Some(words) => Some(words),
        None if draft.forgotten || asked.mode == Mode::Remaster => None,
        None => Some(draft.prompt.as_str().to_owned()),
    };
    let content = wording::sent_prompt(image.number, tier, asked.mode, words.as_deref());
    let Some(words) = words.filter(|_| content.chars().count() > limits::MESSAGE_CHARS) else {
        return Ok(content.into());
    };
    Ok(Reply {
        content: wording::sent_prompt_in_file(image.number, tier),
        file: Some(File {
            name: "prompt.txt".to_owned(),
            contents: Contents::Other(words.into_bytes()),
            alt: wording::alt_of_prompt(&draft),
        }),
        ..Reply::default()
    })
}

/// Returns an image like [`done`] whose original is kept, or says why there is none.
pub(super) async fn kept(
    services: &Services,
    guild: GuildId,
    id: RenderId,
) -> Result<Result<(Draft, Image, Pixels), String>, Error> {
    let Some(found) = done(services, guild, id).await? else {
        return Ok(Err(wording::NO_IMAGE_HERE.to_owned()));
    };
    let removed = original_removed(&services.rules, &found.1);
    Ok(removed.map_or_else(|| Ok(found), Err))
}

/// Returns a done image of a guild, with its draft and the size of its picture.
pub(super) async fn done(
    services: &Services,
    guild: GuildId,
    id: RenderId,
) -> Result<Option<(Draft, Image, Pixels)>, Error> {
    let read = services.store.read(move |tx| {
        async move {
            let render = renders::find(tx, id).await?;
            let Some(render) = render.filter(|render| render.guild == guild) else {
                return Ok(None);
            };
            let State::Done(pixels) = render.state else {
                return Ok(None);
            };
            Ok::<_, Error>(Some((drafts::get(tx, render.draft).await?, render, pixels)))
        }
        .boxed()
    });
    read.await
}
