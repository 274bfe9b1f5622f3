//! What can be done with one image: its original, where it comes from, and a draft like it.

mod crops;
mod files;

use std::iter;

pub use self::crops::*;
pub use self::files::*;
use super::{images, mention, mentions, message_link, plain, stage_title};
use crate::domain::credits::Credits;
use crate::domain::draft::prompt::Prompt;
use crate::domain::engine::cost::Usd;
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::domain::image::drift::Likeness;
use crate::domain::image::number::Number;
use crate::domain::stage::Stage;
use crate::domain::text::shorten;

/// The label of the button that hands out the original.
pub const ORIGINAL_LABEL: &str = "Original";
/// The label of the button that offers the sizes of channels.
pub const CROPS_LABEL: &str = "Crops";
/// The label of the button that tells where an image comes from.
pub const LINEAGE_LABEL: &str = "Lineage";
/// The label of the button that shows an image beside the one that it was made of.
pub const COMPARE_LABEL: &str = "Compare";
/// A way to draft like an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Like {
    /// The same again.
    Same,
    /// With another prompt.
    OtherWords,
    /// With the image as the reference.
    After,
}

impl Like {
    const fn told(self) -> &'static str {
        match self {
            Self::Same => "Again",
            Self::OtherWords => "New prompt",
            Self::After => "Draft after this",
        }
    }
}

/// Returns the label of a button that drafts like an image, and the title of the form that it opens.
/// `price` is what the draft costs; `None` where that is no sum of credits.
#[must_use]
pub fn like_label(like: Like, price: Option<Credits>) -> String {
    let price = price.map_or_else(String::new, |price| format!(" · {price}"));
    format!("{}{price}", like.told())
}

/// Returns the label of the field in a form that asks for the prompt of so many images.
#[must_use]
pub fn prompt_field(n: usize, price: Option<Credits>) -> String {
    let price = price.map_or_else(String::new, |price| format!(" for {price}"));
    format!("What to draw: {}{price}", images(n))
}

/// Answers privately: a draft costs something else than was shown, so it was not made.
#[must_use]
pub fn costs_now(now: Credits, shown: Option<Credits>) -> String {
    let not = shown.map_or_else(String::new, |shown| format!(", not {}", shown.number()));
    format!(
        "This draft costs {now} now{not}. Nothing was spent: press the button here to draft at this price."
    )
}

/// Answers privately: the same was drawn at this time, in milliseconds since 1970, and is shown by this message.
#[must_use]
pub fn drawn_before(at_ms: i64, (guild, channel, message): (GuildId, ChannelId, MessageId)) -> String {
    format!(
        "The same prompt, ratio and references were drawn here <t:{}:R>: {}. Nothing was spent: press the button here to \
         have it drawn once more.",
        at_ms / 1_000,
        message_link(guild, channel, message)
    )
}

/// Answers privately: the same press has asked for this draft already. `thread` is where it is
/// shown, or the channel in which it will be.
#[must_use]
pub fn already_drafting(n: usize, place: ChannelId) -> String {
    format!(
        "You are drafting this already, here: <#{place}>. That press was taken once, for {}; press again in a moment \
         if you want more.",
        images(n)
    )
}

/// Answers privately: the panel of an image.
#[must_use]
pub fn panel(number: Number, stage: Stage, tier: Tier, prompt: &Prompt) -> String {
    format!(
        "**Image {number}** · {tier} {} · {}",
        stage_title(stage),
        plain(&prompt.title(80))
    )
}

/// Answers privately: another draft like an image must be asked for in the image's thread.
#[must_use]
pub fn like_it_there(place: ChannelId) -> String {
    format!(
        "A draft like this picture is asked for where it was drafted: <#{}>.",
        place.get()
    )
}

/// A private answer: the form could not be made when the button was pressed, and could be now.
pub const PRESS_AGAIN: &str = "I could not look that up a moment ago. Please press the button again.";

/// A private answer: the message shows no picture of ours.
pub const NO_IMAGE: &str =
    "This message shows no picture of mine. Choose one that I posted, in a draft's thread or in the gallery.";

/// A private answer: there is no picture in this place.
pub const NO_IMAGE_HERE: &str = "I have posted no such picture here. Use this in a draft's thread, or choose Apps → Greenlight on a picture.";

/// One image on the way from a draft to a picture: a step of the lineage.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which image it is, and which version.
    pub number: Number,
    /// The stage of the image.
    pub stage: Stage,
    /// The tier of the image.
    pub tier: Tier,
    /// The picture's size.
    pub pixels: Pixels,
    /// The price of the image.
    pub price: Credits,
    /// What the paid call cost the operator. `None` if the engine did not say.
    pub usd: Option<Usd>,
    /// How alike the picture is to that of the step before. `None` where that was not measured.
    pub likeness: Option<Likeness>,
    /// The members who approved the image's stage. Empty at the first stage.
    pub approved_by: Vec<UserId>,
    /// The notes by which the picture was drawn.
    pub notes: Vec<String>,
    /// The message that shows the image. `None` if it has none or lost it.
    pub place: Option<(GuildId, ChannelId, MessageId)>,
}

/// Answers privately: where a picture comes from and what came of it.
#[must_use]
pub fn lineage(number: Number, prompt: &Prompt, requester: UserId, steps: &[Step]) -> String {
    let mut lines = vec![format!(
        "**Image {number}** of {} · asked for by {}",
        plain(&prompt.title(80)),
        mention(requester)
    )];
    lines.extend(steps.iter().map(step));
    let cost = steps.iter().map(|step| step.price);
    if let Some(cost) = cost.reduce(|sum, price| sum.plus(price).unwrap_or(Credits::MAX)) {
        let mut usd = steps.iter().map(|step| step.usd);
        let usd = usd.try_fold(Usd::default(), |sum, usd| Some(sum.plus(usd?)));
        let usd = usd
            .filter(|usd| *usd > Usd::default())
            .map_or_else(String::new, |usd| format!(" ({usd})"));
        lines.push(format!("-# {cost}{usd} for this picture"));
    }
    lines.join("\n")
}

fn step(step: &Step) -> String {
    let approved = if step.approved_by.is_empty() {
        String::new()
    } else {
        format!(" · approved by {}", mentions(&step.approved_by))
    };
    let place = step.place.map_or_else(String::new, |(guild, channel, message)| {
        format!(" · {}", message_link(guild, channel, message))
    });
    let likeness = step
        .likeness
        .map_or_else(String::new, |likeness| format!(" · likeness {likeness}"));
    let usd = step.usd.map_or_else(String::new, |usd| format!(" ({usd})"));
    let line = format!(
        "{} {} · {} · {}{usd}{likeness}{approved}{place}",
        rung(step.tier, step.number),
        stage_title(step.stage),
        step.pixels,
        step.price
    );
    let room = 240 / step.notes.len().max(1);
    let notes = step
        .notes
        .iter()
        .map(|note| format!("\n-# 📝 {}", plain(&shorten(note, room.max(24)))));
    iter::once(line).chain(notes).collect()
}

/// Writes what the picture of a lineage says below a step, in letters of ASCII: "20 credits, 2 votes".
#[must_use]
pub fn step_caption(step: &Step) -> String {
    let mut parts = vec![step.price.to_string()];
    parts.extend(step.usd.map(|usd| usd.to_string()));
    let counted = |n: usize, one: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {one}s")),
    };
    parts.extend(counted(step.approved_by.len(), "vote"));
    parts.extend(counted(step.notes.len(), "note"));
    parts.join(", ")
}

/// Names a picture in the line of its image, in letters of ASCII: "2K", or "2K v3" for a version.
#[must_use]
pub fn rung(tier: Tier, number: Number) -> String {
    if number.is_first() {
        return tier.to_string();
    }
    format!("{tier} v{}", number.version)
}

/// Returns the label of the button that compares a picture with the one that it was made of.
#[must_use]
pub fn compare_label(rung: &str) -> String {
    format!("Compare the {rung}")
}

/// A private answer: a first image was made of none.
pub const NOTHING_TO_COMPARE: &str = "This picture is the first of its line. Compare a version, a 2K or a 4K with the picture that it was made of.";

/// Answers privately: an image beside the approved one. `moved`: how many places differ; `None` if the
/// two have another shape.
#[must_use]
pub fn compared(
    number: Number,
    [before, after]: &[String; 2],
    likeness: Option<Likeness>,
    moved: Option<usize>,
) -> String {
    let likeness = likeness.map_or_else(String::new, |likeness| {
        format!(" · likeness {likeness}; 1 is the same picture")
    });
    let what = match moved {
        None => "The two have another shape, so places are not compared.",
        Some(0) => "No place is seen to differ.",
        Some(_) => "Yellow lines are around the places that differ.",
    };
    format!("**Image {number}**: {before} and {after}{likeness}\n{what}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Pixels = Pixels {
        width: 2560,
        height: 1440,
    };

    fn a_step(stage: Stage, usd: Option<u64>, approved_by: Vec<UserId>) -> Step {
        Step {
            number: Number::first(2),
            stage,
            tier: Tier::K2,
            pixels: SIZE,
            price: Credits::new(20).unwrap(),
            usd: usd.map(Usd::micros),
            likeness: (stage != Stage::Explore).then_some(Likeness::of_score(0.93)),
            approved_by,
            notes: Vec::new(),
            place: Some((GuildId::new(1), ChannelId::new(2), MessageId::new(3))),
        }
    }

    #[test]
    fn a_lineage_names_each_step_with_who_approved_it_and_what_it_cost() {
        let prompt = Prompt::parse("a *fox*").unwrap();
        let steps = [
            a_step(Stage::Explore, Some(40_000), vec![]),
            a_step(Stage::Review, Some(120_000), vec![UserId::new(7)]),
        ];
        insta::assert_snapshot!(lineage(Number::first(2), &prompt, UserId::new(5), &steps), @r"
        **Image 2** of a \*fox\* · asked for by <@5>
        2K draft · 2560×1440 · 20 credits ($0.040) · https://discord.com/channels/1/2/3
        2K review · 2560×1440 · 20 credits ($0.120) · likeness 0.93 · approved by <@7> · https://discord.com/channels/1/2/3
        -# 40 credits ($0.160) for this picture
        ");
        let steps = [
            a_step(Stage::Explore, Some(40_000), vec![]),
            a_step(Stage::Review, None, vec![]),
        ];
        let told = lineage(Number::first(2), &prompt, UserId::new(5), &steps);
        let last = told.lines().last().unwrap();
        assert!(!last.contains('$'), "a part of the cost is no cost: {told}");
    }
}
