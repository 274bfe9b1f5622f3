//! Whether a draft may start. Everything that can refuse, refuses here, before a credit is held.

use super::catalog::{Catalog, Undrawable};
use super::credits::{Credits, OutOfRange, Pool};
use super::ids::{GuildId, RenderId};
use super::limits;
use super::picture::{Pixels, Ratio};
use super::prompt::{BadPrompt, Prompt, clean};
use super::stage::{Stage, Stages};
use super::warrant::Warrant;

/// What somebody typed, before it is looked at.
#[derive(Clone, Debug, Default)]
pub struct Raw {
    /// What to draw.
    pub prompt: String,
    /// What to keep from stage to stage.
    pub keep: Option<String>,
    /// The shape, as `W:H`; the first ladder's when it is not given.
    pub ratio: Option<String>,
    /// How many images; [`limits::IMAGES_PER_DRAFT`] when it is not given.
    pub images: Option<i64>,
}

/// What somebody asks for, in range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What to draw.
    pub prompt: Prompt,
    /// What to keep from stage to stage.
    pub keep: Option<String>,
    /// The shape.
    pub ratio: Ratio,
    /// How many images, 1 to [`limits::IMAGES_PER_DRAFT`].
    pub images: usize,
}

/// What a draft is judged by, read under the pool's lock.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// The guild's credits.
    pub pool: Pool,
    /// Drafts of the guild that still have something queued or rendering.
    pub open_drafts: u32,
}

/// A draft that may start.
#[derive(Debug)]
pub struct Plan {
    /// One for each image, in order.
    pub warrants: Vec<Warrant>,
    /// The stages that can be reached, with their pixels: explore first, without gaps.
    pub ladder: Vec<(Stage, Pixels)>,
    /// The price of all images together.
    pub cost: Credits,
}

/// Why a draft may not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The prompt.
    Prompt(BadPrompt),
    /// The list of what to keep has so many characters.
    KeepTooLong(usize),
    /// A ratio that is not offered.
    Ratio {
        /// What was asked for.
        given: String,
        /// What can be asked for.
        offered: Vec<Ratio>,
    },
    /// A number of images out of range.
    Images(i64),
    /// The first stage cannot be drawn.
    Undrawable(Undrawable),
    /// The guild has as many open drafts as it may.
    TooManyDrafts(u32),
    /// The pool is short.
    Short {
        /// What the draft costs.
        cost: Credits,
        /// What is available.
        available: Credits,
    },
    /// A sum that is no sum of credits.
    Sum(OutOfRange),
}

/// Reads what somebody typed.
///
/// # Errors
/// The first [`Refusal`], in the order of the options.
pub fn parse(raw: &Raw, catalog: &Catalog) -> Result<Request, Refusal> {
    let prompt = Prompt::parse(&raw.prompt).map_err(Refusal::Prompt)?;
    let keep = raw.keep.as_deref().map(clean).filter(|text| !text.is_empty());
    if let Some(chars) = keep
        .as_deref()
        .map(|k| k.chars().count())
        .filter(|n| *n > limits::KEEP_CHARS)
    {
        return Err(Refusal::KeepTooLong(chars));
    }
    let offered = || catalog.ratios().collect::<Vec<_>>();
    let ratio = match &raw.ratio {
        None => catalog.ratios().next(),
        Some(text) => text
            .parse()
            .ok()
            .filter(|ratio| catalog.ratios().any(|r| r == *ratio)),
    };
    let given = || raw.ratio.clone().unwrap_or_default();
    let ratio = ratio.ok_or_else(|| Refusal::Ratio {
        given: given(),
        offered: offered(),
    })?;
    let images = raw.images.map_or(Ok(limits::IMAGES_PER_DRAFT), |n| {
        in_range(n).ok_or(Refusal::Images(n))
    })?;
    Ok(Request {
        prompt,
        keep,
        ratio,
        images,
    })
}

fn in_range(images: i64) -> Option<usize> {
    usize::try_from(images)
        .ok()
        .filter(|n| (1..=limits::IMAGES_PER_DRAFT).contains(n))
}

/// Decides whether a draft may start. `ids` names its renders, one an image.
///
/// # Errors
/// The first [`Refusal`], cheapest to mend first.
pub fn admit(
    catalog: &Catalog,
    stages: &Stages,
    standing: &Standing,
    request: &Request,
    guild: GuildId,
    ids: &[RenderId],
) -> Result<Plan, Refusal> {
    let ladder = ladder(catalog, stages, request.ratio).map_err(Refusal::Undrawable)?;
    if standing.open_drafts >= limits::OPEN_DRAFTS_PER_GUILD {
        return Err(Refusal::TooManyDrafts(standing.open_drafts));
    }
    let price = stages.spec(Stage::Explore).price;
    let cost = price.times(ids.len()).map_err(Refusal::Sum)?;
    if cost > standing.pool.available {
        return Err(Refusal::Short {
            cost,
            available: standing.pool.available,
        });
    }
    let warrants = ids
        .iter()
        .map(|id| Warrant::new(guild, *id, Stage::Explore, price))
        .collect();
    Ok(Plan {
        warrants,
        ladder,
        cost,
    })
}

/// The stages that can be reached from explore without a gap. A later stage that cannot be drawn shortens it.
///
/// # Errors
/// [`Undrawable`] when not even explore can be drawn.
pub fn ladder(catalog: &Catalog, stages: &Stages, ratio: Ratio) -> Result<Vec<(Stage, Pixels)>, Undrawable> {
    let mut rungs = vec![(Stage::Explore, catalog.pixels(stages, Stage::Explore, ratio)?)];
    for stage in [Stage::Review, Stage::Final] {
        match catalog.pixels(stages, stage, ratio) {
            Ok(pixels) => rungs.push((stage, pixels)),
            Err(_) => break,
        }
    }
    Ok(rungs)
}
