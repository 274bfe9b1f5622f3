//! Tries every use of the shipped data. Each is drawn, or refused with a sentence that helps; none
//! is sent in vain.

use super::tests::shipped;
use super::{Catalog, Engine, Model};
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::stage::tests::stages;
use crate::domain::stage::{Mode, Quality, Stage, Stages};

const MODES: [Mode; 3] = [Mode::Draw, Mode::Exact, Mode::Remaster];
const QUALITIES: [Option<Quality>; 6] = [
    None,
    Some(Quality::Low),
    Some(Quality::Medium),
    Some(Quality::High),
    Some(Quality::Xhigh),
    Some(Quality::Max),
];

/// One stage drawn in one way; the others are as they are by default.
struct Use<'a> {
    stage: Stage,
    engine: &'a str,
    model: &'a str,
    stages: Stages,
}

fn every_use(catalog: &Catalog) -> impl Iterator<Item = Use<'_>> {
    let models = catalog.engine.iter().flat_map(|(engine, of)| {
        let names = of.model.keys();
        names.map(move |model| (engine.as_str(), model.as_str()))
    });
    models.flat_map(|(engine, model)| {
        let ways = Stage::ALL.into_iter().flat_map(|stage| {
            let tiers = Tier::ALL.into_iter().map(move |tier| (stage, tier));
            tiers.flat_map(|at| MODES.map(|mode| (at, mode)))
        });
        let ways = ways.flat_map(|way| QUALITIES.map(|quality| (way, quality)));
        ways.map(move |(((stage, tier), mode), quality)| {
            let mut stages = stages();
            let spec = match stage {
                Stage::Explore => &mut stages.explore,
                Stage::Review => &mut stages.review,
                Stage::Final => &mut stages.r#final,
            };
            engine.clone_into(&mut spec.engine);
            model.clone_into(&mut spec.model);
            (spec.tier, spec.mode, spec.quality) = (tier, mode, quality);
            Use {
                stage,
                engine,
                model,
                stages,
            }
        })
    })
}

/// The ratios of Gemini's models that have a ladder here.
const GEMINI_RATIOS: [(u32, u32); 10] = [
    (16, 9),
    (1, 1),
    (9, 16),
    (3, 2),
    (2, 3),
    (4, 3),
    (3, 4),
    (5, 4),
    (4, 5),
    (21, 9),
];

impl Use<'_> {
    /// Returns whether the data offers this use. It judges by other means than the check does.
    fn is_offered(&self, engine: &Engine) -> bool {
        let spec = self.stages.spec(self.stage);
        let Model { modes, cost, .. } = &engine.model[self.model];
        let tiers = Stage::ALL.map(|stage| self.stages.spec(stage).tier);
        let grows = tiers[0] < tiers[1] && tiers[1] < tiers[2];
        let drawn_first = (self.stage == Stage::Explore) == (spec.mode == Mode::Draw);
        let size = Pixels {
            width: 1024,
            height: 1024,
        };
        let priced = cost.quote(spec.quality, spec.tier, size).is_some();
        grows && drawn_first && modes.contains(&spec.mode) && priced
    }

    /// Returns what the documents of the engine say against this use, if anything. An engine on
    /// this machine accepts what its code accepts.
    fn against(&self, pixels: Pixels) -> Option<&'static str> {
        let spec = self.stages.spec(self.stage);
        let faults = match self.engine {
            "fal" if self.model == "recraft-crisp" => vec![(spec.mode != Mode::Exact, "it only enlarges")],
            "openai" | "fal" => self.against_gpt_image(pixels),
            "gemini" => vec![
                (spec.quality.is_some(), "it has no qualities"),
                (spec.mode == Mode::Exact, "it draws anew"),
                (
                    !GEMINI_RATIOS
                        .iter()
                        .any(|(width, height)| pixels.width * height == pixels.height * width),
                    "ten ratios that we have",
                ),
            ],
            "sketch" => vec![(spec.mode == Mode::Remaster, "it is told of no picture")],
            "local" => vec![(spec.mode != Mode::Exact, "it only enlarges")],
            _ => Vec::new(),
        };
        faults.into_iter().find(|(fault, _)| *fault).map(|(_, why)| why)
    }

    /// Returns what OpenAI's documents say against this use of a GPT Image model, whoever serves
    /// it.
    fn against_gpt_image(&self, pixels: Pixels) -> Vec<(bool, &'static str)> {
        let spec = self.stages.spec(self.stage);
        let (long, short) = (pixels.width.max(pixels.height), pixels.width.min(pixels.height));
        vec![
            (spec.quality.is_none(), "a quality is always sent"),
            (spec.mode == Mode::Exact, "it draws anew"),
            (
                !long.is_multiple_of(16) || !short.is_multiple_of(16),
                "multiples of 16",
            ),
            (long > 3840 || long > 3 * short, "at most 3840, and three to one"),
            (
                !(655_360..=8_294_400).contains(&pixels.count()),
                "655,360 to 8,294,400 pixels",
            ),
            (
                self.model.starts_with("gpt-image-2.6") && spec.quality < Some(Quality::High),
                "a price that nobody can foretell",
            ),
            (
                self.model == "gpt-image-2" && spec.quality > Some(Quality::High),
                "qualities of later models",
            ),
        ]
    }
}

/// Returns whether a sentence names the setting and says what can be chosen.
fn helps(told: &str) -> bool {
    let names = Stage::ALL
        .iter()
        .any(|stage| told.starts_with(&format!("stages.{stage}")));
    let advice = [
        "it can: ",
        "needs one of: ",
        "leave it out",
        "must be larger",
        "has no price at",
    ];
    let ends = !told.trim_end().ends_with(':');
    names && ends && advice.iter().any(|words| told.contains(words))
}

#[test]
fn every_use_is_drawable_or_refused_with_a_sentence_that_helps() {
    let catalog = shipped();
    let (mut drawn, mut refused) = (0, 0);
    for one in every_use(&catalog) {
        let (engine, spec) = (&catalog.engine[one.engine], one.stages.spec(one.stage));
        let what = format!("{} by {}, {spec:?}", one.stage, one.model);
        let checked = catalog.check(&one.stages);
        assert_eq!(checked.is_ok(), one.is_offered(engine), "{what}: {checked:?}");
        if let Err(bad) = checked {
            assert!(helps(&bad.to_string()), "{what}: {bad}");
            refused += 1;
            continue;
        }
        for ratio in catalog.ratios() {
            match catalog.pixels(&one.stages, one.stage, ratio) {
                Ok(pixels) => {
                    assert!(ratio.fits(pixels), "{what}: {pixels} is not {ratio}");
                    assert_eq!(engine.size.nearest(pixels), Some(pixels), "{what}");
                    assert!(
                        catalog.quote(spec, pixels, 0).is_some(),
                        "{what}: no price at {pixels}"
                    );
                    assert_eq!(one.against(pixels), None, "{what}: {pixels}");
                    drawn += 1;
                }
                Err(why) => {
                    let told = why.to_string();
                    let names = told.contains(one.engine) && told.contains(&ratio.to_string());
                    assert!(names, "{what}: {told}");
                    refused += 1;
                }
            }
        }
    }
    assert!(drawn > 300 && refused > 300, "{drawn} drawn, {refused} refused");
}
