//! Decides whether a draft may start. Every refusal happens here, before a credit is held.

use std::collections::BTreeSet;

use super::prompt::{BadPrompt, Prompt};
use crate::domain::credits::{Credits, OutOfRange};
use crate::domain::engine::catalog::{Catalog, Ladder, Undrawable};
use crate::domain::geometry::{Pixels, Ratio, typed_size};
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{ChannelId, GuildId, RenderId, RoleId};
use crate::domain::image::crop::{Crop, can_cut};
use crate::domain::image::reference::BadReference;
use crate::domain::limits;
use crate::domain::money::authorization::{Authorization, Funds, Purchase, Shortage, authorize};
use crate::domain::money::project::{Name, NoProject};
use crate::domain::stage::{Stage, Stages};
use crate::domain::text::clean;

/// The options of a draft as a member typed them, before they are checked.
#[derive(Clone, Default)]
pub struct DraftOptions {
    /// The prompt, as the member typed it.
    pub prompt: String,
    /// Details to keep from stage to stage.
    pub keep: Option<String>,
    /// The ratio, as `W:H`. `None`: the ratio of the first ladder.
    pub ratio: Option<String>,
    /// The number of images. `None`: [`limits::IMAGES_PER_DRAFT`].
    pub images: Option<i64>,
    /// The name of the project that pays.
    pub project: Option<String>,
}

impl std::fmt::Debug for DraftOptions {
    /// Leaves out the words, because what `Debug` prints ends in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DraftOptions")
            .field("ratio", &self.ratio)
            .field("images", &self.images)
            .finish_non_exhaustive()
    }
}

/// A draft that a member asks for, with every option checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftBrief {
    /// The prompt, cleaned and checked.
    pub prompt: Prompt,
    /// Details to keep from stage to stage.
    pub keep: Option<String>,
    /// The ratio of all pictures of the draft.
    pub ratio: Ratio,
    /// How many images, 1 to [`limits::IMAGES_PER_DRAFT`].
    pub images: usize,
}

/// A draft that may start.
#[derive(Debug)]
pub struct Plan {
    /// The right to hold the price of each image, in order.
    pub authorization: Authorization,
    /// The stages that can be reached, with their pixels: explore first, without gaps.
    pub ladder: Vec<(Stage, Pixels)>,
    /// The price of all images together.
    pub cost: Credits,
}

/// Why a draft may not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Drafts are made only in these channels.
    Elsewhere(BTreeSet<ChannelId>),
    /// Drafts are made only by these roles.
    NoRole(BTreeSet<RoleId>),
    /// The prompt is refused.
    Prompt(BadPrompt),
    /// The list of details to keep is too long. Holds how many characters it has.
    KeepTooLong(usize),
    /// The ratio is not offered.
    Ratio {
        /// The ratio that was asked for.
        given: String,
        /// The ratios that are offered.
        offered: Vec<Ratio>,
    },
    /// A size was typed instead of a ratio.
    Size {
        /// The size that was asked for.
        asked: Pixels,
        /// The sizes of the nearest ratio.
        like: Ladder,
        /// Whether the largest of them can be cut to the size that was asked for.
        crop: bool,
    },
    /// The number of images is out of range.
    Images(i64),
    /// A reference is refused.
    Reference(BadReference),
    /// The first stage cannot be drawn.
    Undrawable(Undrawable),
    /// The guild has as many open drafts as one guild may have. Holds how many.
    TooManyDrafts(u32),
    /// No project has the name.
    NoProject(NoProject),
    /// The project takes no drafts any more.
    ProjectClosed(Name),
    /// The draft cannot be paid.
    Short(Shortage),
    /// The price is no sum of credits.
    Sum(OutOfRange),
}

/// Reads the options that a member typed.
///
/// # Errors
/// The first [`Refusal`], in the order of the options.
pub fn parse(options: &DraftOptions, catalog: &Catalog, crops: &[Crop]) -> Result<DraftBrief, Refusal> {
    let prompt = Prompt::parse(&options.prompt).map_err(Refusal::Prompt)?;
    let keep = options.keep.as_deref().map(clean).filter(|text| !text.is_empty());
    if let Some(chars) = keep
        .as_deref()
        .map(|k| k.chars().count())
        .filter(|n| *n > limits::KEEP_CHARS)
    {
        return Err(Refusal::KeepTooLong(chars));
    }
    let offered = || catalog.ratios().collect::<Vec<_>>();
    let ratio = match &options.ratio {
        None => catalog.ratios().next(),
        Some(text) => text
            .parse()
            .ok()
            .filter(|ratio| catalog.ratios().any(|r| r == *ratio)),
    };
    let given = || options.ratio.clone().unwrap_or_default();
    let ratio = ratio.ok_or_else(|| {
        size(&given(), catalog, crops).unwrap_or_else(|| Refusal::Ratio {
            given: given(),
            offered: offered(),
        })
    })?;
    let images = options.images.map_or(Ok(limits::IMAGES_PER_DRAFT), |n| {
        in_range(n).ok_or(Refusal::Images(n))
    })?;
    Ok(DraftBrief {
        prompt,
        keep,
        ratio,
        images,
    })
}

/// Refuses a ratio that is the size of a picture. Smaller numbers count as a mistyped ratio.
fn size(given: &str, catalog: &Catalog, crops: &[Crop]) -> Option<Refusal> {
    let asked = typed_size(given).filter(|size| size.width.min(size.height) > 100)?;
    let like = *catalog.like(asked)?;
    let offered = crops.iter().any(|crop| crop.size == asked);
    Some(Refusal::Size {
        asked,
        like,
        crop: offered && can_cut(like.k4, asked),
    })
}

fn in_range(images: i64) -> Option<usize> {
    usize::try_from(images)
        .ok()
        .filter(|n| (1..=limits::IMAGES_PER_DRAFT).contains(n))
}

/// Refuses a member who may not draft in a channel, by their roles and the guild's channels.
///
/// # Errors
/// [`Refusal::Elsewhere`] or [`Refusal::NoRole`].
pub fn may_ask(chosen: &GuildRules, roles: &BTreeSet<RoleId>, channel: ChannelId) -> Result<(), Refusal> {
    if !chosen.channels.is_empty() && !chosen.channels.contains(&channel) {
        return Err(Refusal::Elsewhere(chosen.channels.clone()));
    }
    if !chosen.requesters.is_empty() && chosen.requesters.is_disjoint(roles) {
        return Err(Refusal::NoRole(chosen.requesters.clone()));
    }
    Ok(())
}

/// What decides whether a draft may start: what the member asks for, the rules of the guild, and
/// what the guild has open already.
#[derive(Clone, Copy, Debug)]
pub struct Application<'a> {
    /// The ladders and engines.
    pub catalog: &'a Catalog,
    /// The stages of the guild.
    pub stages: &'a Stages,
    /// The draft that is asked for.
    pub brief: &'a DraftBrief,
    /// The guild whose pool pays.
    pub guild: GuildId,
    /// The ids of the draft's renders, one for each image.
    pub renders: &'a [RenderId],
    /// Drafts of the guild that still have renders queued or rendering.
    pub open_drafts: u32,
    /// The credits that the references add to the price of each image.
    pub references: Credits,
}

/// Returns what one image of a draft costs. `references` are the credits that the references add.
///
/// # Errors
/// [`OutOfRange`] above [`Credits::MAX`].
pub fn image_price(stages: &Stages, references: Credits) -> Result<Credits, OutOfRange> {
    stages.spec(Stage::Explore).price.plus(references)
}

/// Decides whether a draft may start.
///
/// # Errors
/// The first [`Refusal`]: a draft that cannot be drawn, then too many open drafts, then a shortage
/// in the order of [`authorize`].
pub fn admit(application: &Application<'_>, funds: &Funds) -> Result<Plan, Refusal> {
    let Application { catalog, stages, .. } = application;
    let ladder = ladder(catalog, stages, application.brief.ratio).map_err(Refusal::Undrawable)?;
    if application.open_drafts >= limits::OPEN_DRAFTS_PER_GUILD {
        return Err(Refusal::TooManyDrafts(application.open_drafts));
    }
    let price = image_price(stages, application.references).map_err(Refusal::Sum)?;
    let (guild, renders) = (application.guild, application.renders.to_vec());
    let purchase = Purchase::new(guild, Stage::Explore, price, renders).map_err(Refusal::Sum)?;
    let cost = purchase.cost();
    Ok(Plan {
        authorization: authorize(purchase, funds).map_err(Refusal::Short)?,
        ladder,
        cost,
    })
}

/// Returns the stages that can be reached from explore without a gap, with their pixels. A later
/// stage that cannot be drawn ends them.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::InsufficientCredits;

    use crate::domain::engine::catalog::tests::{shipped, without_4k};
    use crate::domain::guild::settings::GuildSettings;
    use crate::domain::guild::settings::tests::operator;
    use crate::domain::stage::tests::stages;

    const GUILD: GuildId = GuildId::new(9);

    fn credits(n: i64) -> Credits {
        Credits::new(n).unwrap()
    }

    fn options(prompt: &str) -> DraftOptions {
        DraftOptions {
            prompt: prompt.to_owned(),
            ..DraftOptions::default()
        }
    }

    fn with_keep(keep: &str) -> DraftOptions {
        DraftOptions {
            keep: Some(keep.to_owned()),
            ..options("a fox")
        }
    }

    fn with_ratio(ratio: &str) -> DraftOptions {
        DraftOptions {
            ratio: Some(ratio.to_owned()),
            ..options("a fox")
        }
    }

    fn with_images(images: i64) -> DraftOptions {
        DraftOptions {
            images: Some(images),
            ..options("a fox")
        }
    }

    fn parsed(options: &DraftOptions) -> Result<DraftBrief, Refusal> {
        parse(options, &shipped(), &[feed()])
    }

    #[test]
    fn a_draft_is_asked_for_where_and_by_whom_settings_say() {
        let set = |requesters: &[u64], channels: &[u64]| {
            let mut rules = GuildSettings::default().rules(&operator());
            rules.requesters = requesters.iter().copied().map(RoleId::new).collect();
            rules.channels = channels.iter().copied().map(ChannelId::new).collect();
            rules
        };
        let may = |rules: &GuildRules, roles: &[u64]| {
            let roles = roles.iter().copied().map(RoleId::new).collect();
            may_ask(rules, &roles, ChannelId::new(5)).is_ok()
        };
        assert!(may(&set(&[], &[]), &[]), "everybody, everywhere");
        assert!(may(&set(&[1, 2], &[]), &[2, 7]), "one of the roles is enough");
        assert!(!may(&set(&[1, 2], &[]), &[7]));
        assert!(!may(&set(&[1], &[]), &[]));
        assert!(may(&set(&[], &[4, 5]), &[]));
        assert!(!may(&set(&[], &[4]), &[]));
        assert!(!may(&set(&[1], &[4]), &[1]), "both are asked for");
    }

    #[test]
    fn a_prompt_alone_is_a_whole_request() {
        let brief = parsed(&options(" a fox\r\nat dawn ")).unwrap();
        assert_eq!(brief.prompt.as_str(), "a fox\nat dawn");
        assert_eq!(brief.keep, None);
        assert_eq!(brief.ratio.to_string(), "16:9", "the first that is offered");
        assert_eq!(brief.images, limits::IMAGES_PER_DRAFT);
    }

    #[test]
    fn what_to_keep_is_cleaned_and_has_a_limit() {
        let keep = |text: &str| parsed(&with_keep(text)).map(|brief| brief.keep);
        assert_eq!(keep(" the \u{202e}fox\0 "), Ok(Some("the fox".to_owned())));
        assert_eq!(keep(" \u{200e}\n "), Ok(None), "nothing is left of it");
        let max = "é".repeat(limits::KEEP_CHARS);
        assert_eq!(keep(&format!("  {max}  ")), Ok(Some(max.clone())));
        assert_eq!(
            keep(&(max + "é")),
            Err(Refusal::KeepTooLong(limits::KEEP_CHARS + 1))
        );
    }

    #[test]
    fn only_ratios_with_a_ladder_are_taken() {
        let ratio = |text: &str| parsed(&with_ratio(text)).map(|brief| brief.ratio.to_string());
        for offered in shipped().ratios() {
            assert_eq!(ratio(&offered.to_string()), Ok(offered.to_string()));
        }
        assert_eq!(ratio(" 1:1 "), Ok("1:1".to_owned()));
        for wrong in ["", "wide", "16x9", "32:18", "7:3", "1080:1350", "0:0", "16:9:1"] {
            let refusal = Refusal::Ratio {
                given: wrong.to_owned(),
                offered: shipped().ratios().collect(),
            };
            assert_eq!(ratio(wrong), Err(refusal), "“{wrong}”");
        }
    }

    fn feed() -> Crop {
        Crop {
            name: "Feed".to_owned(),
            size: "1080x1350".parse().unwrap(),
        }
    }

    #[test]
    fn a_size_is_answered_with_the_shape_that_is_nearest() {
        let told = |text: &str| match parsed(&with_ratio(text)) {
            Err(Refusal::Size { asked, like, crop }) => (asked.to_string(), like.ratio.to_string(), crop),
            other => panic!("{text}: {other:?}"),
        };
        for (text, asked, ratio, crop) in [
            ("1080×1350", "1080×1350", "4:5", true),
            ("1350 x 1080", "1350×1080", "5:4", false),
            ("1280x720", "1280×720", "16:9", false),
            ("1000x700", "1000×700", "3:2", false),
            ("101x4294967295", "101×4294967295", "1:3", false),
        ] {
            assert_eq!(told(text), (asked.to_owned(), ratio.to_owned(), crop));
        }
        for mistyped in ["16x9", "100x100", "1080x"] {
            assert!(
                matches!(parsed(&with_ratio(mistyped)), Err(Refusal::Ratio { .. })),
                "{mistyped}"
            );
        }
    }

    #[test]
    fn one_to_four_images_are_drawn() {
        let images = |n| parsed(&with_images(n)).map(|brief| brief.images);
        assert_eq!([1, 4].map(images), [Ok(1), Ok(limits::IMAGES_PER_DRAFT)]);
        for n in [0, 5, -1, i64::MIN, i64::MAX] {
            assert_eq!(images(n), Err(Refusal::Images(n)));
        }
    }

    #[test]
    fn the_first_wrong_option_is_named() {
        let mut wrong = DraftOptions {
            prompt: "x".repeat(limits::PROMPT_CHARS + 1),
            keep: Some("x".repeat(limits::KEEP_CHARS + 1)),
            ratio: Some("wide".to_owned()),
            images: Some(0),
            project: None,
        };
        assert_eq!(parsed(&wrong), Err(Refusal::Prompt(BadPrompt::TooLong(4_001))));
        wrong.prompt = " ".to_owned();
        assert_eq!(parsed(&wrong), Err(Refusal::Prompt(BadPrompt::Empty)));
        wrong.prompt = "a fox --ar 1:1".to_owned();
        assert_eq!(
            parsed(&wrong),
            Err(Refusal::Prompt(BadPrompt::Flag("--ar".to_owned())))
        );
        wrong.prompt = "x".repeat(limits::PROMPT_CHARS);
        assert_eq!(parsed(&wrong), Err(Refusal::KeepTooLong(501)));
        wrong.keep = None;
        assert!(matches!(parsed(&wrong), Err(Refusal::Ratio { .. })));
        wrong.ratio = None;
        assert_eq!(parsed(&wrong), Err(Refusal::Images(0)));
        wrong.images = None;
        assert!(parsed(&wrong).is_ok());
    }

    fn funds(available: i64) -> Funds {
        Funds {
            available: credits(available),
            ..Funds::default()
        }
    }

    /// Asks for a number of images with a catalog and stages.
    fn asked(
        (catalog, stages): (&Catalog, &Stages),
        (images, open_drafts): (u64, u32),
        funds: &Funds,
    ) -> Result<Plan, Refusal> {
        let renders: Vec<RenderId> = (1..=images).map(RenderId::new).collect();
        let brief = parsed(&options("a fox")).unwrap();
        let application = Application {
            catalog,
            stages,
            brief: &brief,
            guild: GUILD,
            renders: &renders,
            open_drafts,
            references: Credits::ZERO,
        };
        admit(&application, funds)
    }

    /// Asks for a number of images with the shipped catalog, at 10 credits each.
    fn admitted(images: u64, available: i64, open_drafts: u32) -> Result<Plan, Refusal> {
        let counts = (images, open_drafts);
        asked((&shipped(), &stages()), counts, &funds(available))
    }

    #[test]
    fn a_plan_has_a_warrant_an_image_at_the_price_of_explore() {
        let plan = admitted(3, 100, 0).unwrap();
        assert_eq!(plan.cost, credits(30));
        let paid = &plan.authorization;
        assert_eq!(
            (paid.guild(), paid.stage(), paid.price()),
            (GUILD, Stage::Explore, credits(10))
        );
        assert_eq!(paid.renders(), [1, 2, 3].map(RenderId::new));
        let ladder: Vec<_> = plan
            .ladder
            .iter()
            .map(|(stage, pixels)| (*stage, pixels.to_string()))
            .collect();
        let wanted = [
            (Stage::Explore, "1280×720".to_owned()),
            (Stage::Review, "2560×1440".to_owned()),
            (Stage::Final, "3840×2160".to_owned()),
        ];
        assert_eq!(ladder, wanted);
    }

    #[test]
    fn the_last_credit_is_enough_and_one_less_is_not() {
        assert!(admitted(4, 40, 0).is_ok());
        let short = Shortage::Pool(InsufficientCredits {
            need: credits(40),
            available: credits(39),
        });
        assert_eq!(admitted(4, 39, 0).unwrap_err(), Refusal::Short(short));
    }

    #[test]
    fn a_guild_has_so_many_open_drafts_and_no_more() {
        let max = limits::OPEN_DRAFTS_PER_GUILD;
        assert!(admitted(1, 40, max - 1).is_ok());
        for open in [max, max + 1] {
            let refused = admitted(4, 0, open).unwrap_err();
            assert_eq!(
                refused,
                Refusal::TooManyDrafts(open),
                "which a wait mends, before credits"
            );
        }
    }

    #[test]
    fn a_sum_that_is_none_is_refused_and_not_free() {
        let mut stages = stages();
        stages.explore.price = Credits::MAX;
        let refused = asked((&shipped(), &stages), (2, 0), &funds(100));
        assert_eq!(refused.unwrap_err(), Refusal::Sum(OutOfRange));
    }

    #[test]
    fn a_later_stage_that_cannot_be_drawn_shortens_the_ladder() {
        let ratio = "16:9".parse().unwrap();
        let reached = |stages: &Stages| {
            let rungs = ladder(&without_4k(), stages, ratio);
            rungs.map(|rungs| rungs.into_iter().map(|(stage, _)| stage).collect::<Vec<_>>())
        };
        let mut stages = stages();
        assert_eq!(
            reached(&stages),
            Ok(vec![Stage::Explore, Stage::Review, Stage::Final])
        );
        stages.r#final.engine = "small".to_owned();
        assert_eq!(reached(&stages), Ok(vec![Stage::Explore, Stage::Review]));
        stages.review.engine = "tiny".to_owned();
        assert_eq!(reached(&stages), Ok(vec![Stage::Explore]));
        stages.r#final.engine = "sketch".to_owned();
        assert_eq!(
            reached(&stages),
            Ok(vec![Stage::Explore]),
            "nothing is reached over a gap"
        );
    }

    #[test]
    fn a_first_stage_that_cannot_be_drawn_refuses_before_anything_else() {
        let mut stages = stages();
        stages.explore.engine = "tiny".to_owned();
        let counts = (1, limits::OPEN_DRAFTS_PER_GUILD);
        let refused = asked((&without_4k(), &stages), counts, &funds(0));
        let Err(Refusal::Undrawable(why)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(
            why.to_string(),
            "tiny cannot draw 16:9 at 1K, 1280×720: no side may be longer than 640 pixels"
        );
    }
}
