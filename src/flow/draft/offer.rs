//! Says what a draft costs before it is asked for, and makes the buttons that ask for one.

use crate::discord::{ButtonView, Style};
use crate::domain::button::{Button, Offer};
use crate::domain::credits::Credits;
use crate::domain::draft::admission::image_price;
use crate::domain::draft::entity::Draft;
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{GuildId, RenderId};
use crate::domain::limits;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::flow::settings;
use crate::wording::{self, Like};

/// Returns what so many images after so many references cost in a guild. `None`: no sum of credits.
fn price(services: &Services, chosen: &GuildRules, images: usize, references: usize) -> Option<Credits> {
    let added = services.rules.references_price(references).ok()?;
    image_price(&chosen.stages, added).ok()?.times(images).ok()
}

/// Returns what a draft like another costs. A draft after an image has that image as its only
/// reference.
pub(in crate::flow) fn price_like(
    services: &Services,
    chosen: &GuildRules,
    pattern: &Draft,
    like: Like,
) -> Option<Credits> {
    let references = match like {
        Like::Same | Like::OtherWords => pattern.references as usize,
        Like::After => 1,
    };
    price(services, chosen, pattern.images as usize, references)
}

/// Returns the button that asks for a draft like an image.
pub(in crate::flow) fn button(
    services: &Services,
    chosen: &GuildRules,
    (pattern, image): (&Draft, RenderId),
    like: Like,
) -> ButtonView {
    let price = price_like(services, chosen, pattern, like);
    let offer = Offer { image, price };
    labelled(
        match like {
            Like::Same => Button::Again(offer),
            Like::OtherWords => Button::Words(offer),
            Like::After => Button::After(offer),
        },
        like,
        price,
    )
}

/// Returns the way to draft like an image that a button or a form is for.
pub(in crate::flow) const fn like(button: Button) -> Option<Like> {
    match button {
        Button::Again(_) | Button::Repeat(_) => Some(Like::Same),
        Button::Words(_) => Some(Like::OtherWords),
        Button::After(_) => Some(Like::After),
        Button::Approve(_)
        | Button::ApproveNoted(_)
        | Button::AddNote(_)
        | Button::Notes(_)
        | Button::Strike(_)
        | Button::Prompt(_)
        | Button::Version(_)
        | Button::TakeBack(_)
        | Button::Reason(_)
        | Button::Lift(_)
        | Button::Reopen(_)
        | Button::Retry(_)
        | Button::Original(_)
        | Button::Crops(_)
        | Button::Crop(_)
        | Button::Lineage(_)
        | Button::Compare(_)
        | Button::Cancel(_)
        | Button::Keep(_)
        | Button::Queue(_)
        | Button::Report(_)
        | Button::Panel(_) => None,
    }
}

/// Makes a button with its label.
pub(in crate::flow) fn labelled(id: Button, like: Like, price: Option<Credits>) -> ButtonView {
    ButtonView {
        id,
        label: wording::like_label(like, price),
        style: Style::Secondary,
    }
}

/// Returns how many images a draft can have, each number with what it costs in a guild.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn choices(
    services: &Services,
    guild: GuildId,
    references: usize,
) -> Result<Vec<(usize, Credits)>, Error> {
    let chosen = settings::rules(services, guild).await?;
    let priced = |n| Some((n, price(services, &chosen, n, references)?));
    Ok((1..=limits::IMAGES_PER_DRAFT).filter_map(priced).collect())
}
