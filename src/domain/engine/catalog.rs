//! What can be drawn, and by which engine: the ladders and engines of `config/models.toml`.

mod error;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use self::error::{BadCatalog, Undrawable};
use super::cost::{Cost, Usd};
use crate::domain::geometry::{Pixels, Ratio, SizeRule, Tier};
use crate::domain::stage::{Mode, Quality, Stage, StageSpec, Stages};

/// Ladders and engines, as data with the day on which they were checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// The day the data was checked, `YYYY-MM-DD`.
    pub checked: String,
    /// The sizes of each ratio, in the order in which people are offered the ratios.
    pub ladder: Vec<Ladder>,
    /// The engines, by name.
    pub engine: BTreeMap<String, Engine>,
}

/// The sizes of one ratio. Each has exactly this ratio, so that a larger picture never crops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ladder {
    /// The shape.
    pub ratio: Ratio,
    /// At 1K.
    #[serde(rename = "1K")]
    pub k1: Pixels,
    /// At 2K.
    #[serde(rename = "2K")]
    pub k2: Pixels,
    /// At 4K.
    #[serde(rename = "4K")]
    pub k4: Pixels,
}

impl Ladder {
    /// Returns the size at a tier.
    #[must_use]
    pub const fn at(&self, tier: Tier) -> Pixels {
        match tier {
            Tier::K1 => self.k1,
            Tier::K2 => self.k2,
            Tier::K4 => self.k4,
        }
    }
}

/// An engine: a service, or code on this machine, that draws.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// The sizes that the engine accepts.
    pub size: SizeRule,
    /// The only ratios that the engine accepts. Empty: any ratio.
    #[serde(default)]
    pub ratios: Vec<Ratio>,
    /// The largest picture that can be sent to the engine, in bytes. A larger one is sent as the
    /// best JPEG that fits. `None`: no limit.
    #[serde(default)]
    pub sent_bytes: Option<usize>,
    /// The models of the engine, by the engine's own names.
    pub model: BTreeMap<String, Model>,
}

/// One model of an engine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// The modes that the model can draw.
    pub modes: Vec<Mode>,
    /// How the engine charges for a picture of the model.
    pub cost: Cost,
    /// What each picture that is sent along adds to the cost of a picture, where the engine charges
    /// for it and does not count it itself.
    #[serde(default)]
    pub sent: Usd,
    /// The amount to whose multiples the engine rounds what it charges up. Zero: it does not round.
    #[serde(default)]
    pub rounded_to: Usd,
    /// Whether the service also draws with this model in batches, for half the price and within a
    /// day.
    #[serde(default)]
    pub batch: bool,
    /// How many references can be sent with a draft's prompt.
    #[serde(default)]
    pub references: usize,
    /// The path of the engine's API for each mode, if the engine has one for each.
    #[serde(default)]
    pub apps: BTreeMap<Mode, String>,
}

impl Model {
    /// Returns what a picture is expected to cost the operator, drawn after so many pictures that
    /// are sent along; see [`Cost::quote`]. Returns `None` if the table has no price.
    #[must_use]
    pub fn quote(&self, quality: Option<Quality>, tier: Tier, pixels: Pixels, sent: usize) -> Option<Usd> {
        let drawn = self.cost.quote(quality, tier, pixels)?;
        Some(drawn.plus(self.sent.times(sent)).rounded_up(self.rounded_to))
    }

    /// Returns whether the engine also charges for pictures that are sent.
    #[must_use]
    pub fn counts_what_is_sent(&self) -> bool {
        self.sent > Usd::default() || self.cost.counts_what_is_sent()
    }
}

impl Catalog {
    /// Returns the ratios that have a ladder, in the order in which people are offered them.
    pub fn ratios(&self) -> impl Iterator<Item = Ratio> + '_ {
        self.ladder.iter().map(|ladder| ladder.ratio)
    }

    /// Returns the pixels of a stage for a ratio, if the stage's engine can draw them.
    ///
    /// # Errors
    /// [`Undrawable`], with the reason.
    pub fn pixels(&self, stages: &Stages, stage: Stage, ratio: Ratio) -> Result<Pixels, Undrawable> {
        let spec = stages.spec(stage);
        let ladder = self
            .ladder
            .iter()
            .find(|l| l.ratio == ratio)
            .ok_or(Undrawable::Ratio(ratio))?;
        let pixels = ladder.at(spec.tier);
        let engine = self.engine.get(&spec.engine).ok_or(Undrawable::Ratio(ratio))?;
        if !engine.ratios.is_empty() && !engine.ratios.contains(&ratio) {
            return Err(Undrawable::Shape {
                engine: spec.engine.clone(),
                ratio,
            });
        }
        engine
            .size
            .check(pixels)
            .map(|()| pixels)
            .map_err(|why| Undrawable::Size {
                engine: spec.engine.clone(),
                ratio,
                tier: spec.tier,
                pixels,
                why,
                nearest: engine.size.nearest(pixels),
            })
    }

    /// Returns the ladder whose ratio is nearest to that of a size; an exact one if there is one.
    #[must_use]
    pub fn like(&self, size: Pixels) -> Option<&Ladder> {
        let away = |ladder: &&Ladder| ladder.ratio.away_from(size);
        self.ladder.iter().min_by(|a, b| away(a).total_cmp(&away(b)))
    }

    /// Returns the model of a stage.
    #[must_use]
    pub fn model(&self, spec: &StageSpec) -> Option<&Model> {
        self.engine.get(&spec.engine)?.model.get(&spec.model)
    }

    /// Returns what a picture of a stage is expected to cost the operator, drawn after so many
    /// pictures that are sent along; see [`Model::quote`].
    #[must_use]
    pub fn quote(&self, spec: &StageSpec, pixels: Pixels, sent: usize) -> Option<Usd> {
        self.model(spec)?.quote(spec.quality, spec.tier, pixels, sent)
    }

    /// Lets an engine draw what another of the same kind can, unless the file says what it can draw
    /// itself.
    pub fn instance(&mut self, name: &str, kind: &str) {
        if !self.engine.contains_key(name)
            && let Some(like) = self.engine.get(kind)
        {
            self.engine.insert(name.to_owned(), like.clone());
        }
    }

    /// Returns the models of an engine, by their names. Empty for an engine that is not there.
    #[must_use]
    pub fn models(&self, engine: &str) -> BTreeMap<String, Model> {
        self.engine
            .get(engine)
            .map(|engine| engine.model.clone())
            .unwrap_or_default()
    }

    /// Checks the data and the stages that use it, once, at start.
    ///
    /// # Errors
    /// [`BadCatalog`], which names the first line to mend.
    pub fn check(&self, stages: &Stages) -> Result<(), BadCatalog> {
        if self.ladder.is_empty() {
            return Err(BadCatalog::Empty);
        }
        for (i, ladder) in self.ladder.iter().enumerate() {
            if self.ladder[..i].iter().any(|other| other.ratio == ladder.ratio) {
                return Err(BadCatalog::Twice(ladder.ratio));
            }
            ladder.check()?;
        }
        for (stage, next) in [(Stage::Explore, Stage::Review), (Stage::Review, Stage::Final)] {
            if stages.spec(stage).tier >= stages.spec(next).tier {
                return Err(BadCatalog::Tiers(next));
            }
        }
        Stage::ALL
            .into_iter()
            .try_for_each(|stage| self.check_stage(stages, stage))
    }

    fn check_stage(&self, stages: &Stages, stage: Stage) -> Result<(), BadCatalog> {
        let spec = stages.spec(stage);
        let engine = self
            .engine
            .get(&spec.engine)
            .ok_or_else(|| BadCatalog::NoEngine {
                stage,
                engine: spec.engine.clone(),
                known: self.engine.keys().cloned().collect::<Vec<_>>().join(", "),
            })?;
        let Some(model) = engine.model.get(&spec.model) else {
            return Err(BadCatalog::NoModel {
                stage,
                engine: spec.engine.clone(),
                model: spec.model.clone(),
                known: engine.model.keys().cloned().collect::<Vec<_>>().join(", "),
            });
        };
        self.check_use(stage, spec, model)
    }

    fn check_use(&self, stage: Stage, spec: &StageSpec, model: &Model) -> Result<(), BadCatalog> {
        let name = spec.model.clone();
        // A later stage that is drawn from words alone would be another picture than the approved
        // one.
        let fit = |mode: &Mode| (*mode == Mode::Draw) == (stage == Stage::Explore);
        let able: Vec<Mode> = model.modes.iter().copied().filter(fit).collect();
        if !able.contains(&spec.mode) {
            return Err(BadCatalog::Mode {
                stage,
                model: name,
                mode: spec.mode,
                known: names(&able),
            });
        }
        let qualities = model.cost.qualities();
        let known = spec
            .quality
            .map_or(qualities.is_empty(), |q| qualities.contains(&q));
        if !known {
            let needs = if qualities.is_empty() {
                "has none to choose from: leave it out".to_owned()
            } else {
                format!("needs one of: {}", names(&qualities))
            };
            return Err(BadCatalog::Quality {
                stage,
                model: name,
                needs,
            });
        }
        // If one size of a tier has a price, all have.
        let size = self.ladder.first().map(|ladder| ladder.at(spec.tier));
        match size.and_then(|pixels| self.quote(spec, pixels, 0)) {
            Some(_) => Ok(()),
            None => Err(BadCatalog::NoPrice {
                stage,
                model: name,
                tier: spec.tier,
            }),
        }
    }
}

fn names<T: ToString>(all: &[T]) -> String {
    if all.is_empty() {
        return "nothing, so another model is needed".to_owned();
    }
    all.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}

impl Ladder {
    fn check(&self) -> Result<(), BadCatalog> {
        let ratio = self.ratio;
        for tier in Tier::ALL {
            let pixels = self.at(tier);
            if !ratio.fits(pixels) {
                return Err(BadCatalog::Crops { ratio, tier, pixels });
            }
        }
        if self.k1.count() < self.k2.count() && self.k2.count() < self.k4.count() {
            Ok(())
        } else {
            Err(BadCatalog::Shrinks(ratio))
        }
    }
}

#[cfg(test)]
mod every_use;

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::stage::tests::stages;

    const SHIPPED: &str = include_str!("../../../config/models.toml");

    /// Returns `config/models.toml` as it is shipped.
    pub fn shipped() -> Catalog {
        toml::from_str(SHIPPED).unwrap()
    }

    /// Returns the shipped catalog with two more engines: `small` draws up to 2K, and `tiny` not
    /// even 1K.
    pub fn without_4k() -> Catalog {
        let mut catalog = shipped();
        for (name, max_edge) in [("small", 3_072), ("tiny", 640)] {
            let mut engine = catalog.engine["sketch"].clone();
            engine.size.max_edge = max_edge;
            catalog.engine.insert(name.to_owned(), engine);
        }
        catalog
    }

    /// Returns a catalog of one ladder, 16:9, with these sizes.
    fn ladder(k1: &str, k2: &str, k4: &str) -> Catalog {
        let line = format!("ladder = [{{ ratio = '16:9', 1K = '{k1}', 2K = '{k2}', 4K = '{k4}' }}]");
        let engine = "[engine.sketch.model.sketch-1]\nmodes = ['draw', 'exact']\ncost = 'free'\n\
            [engine.sketch]\nsize = { multiple_of = 16, max_edge = 3840, min_pixels = 1, max_pixels = 8294400, max_ratio = 3 }";
        toml::from_str(&format!("checked = '2026-01-01'\n{line}\n{engine}")).unwrap()
    }

    fn good() -> Catalog {
        ladder("1280x720", "2560x1440", "3840x2160")
    }

    #[test]
    fn every_shipped_ladder_is_exact_and_legal_for_every_engine() {
        let catalog = shipped();
        assert_eq!(catalog.check(&stages()), Ok(()));
        for ladder in &catalog.ladder {
            for tier in Tier::ALL {
                let pixels = ladder.at(tier);
                assert!(ladder.ratio.fits(pixels), "{pixels} is not {}", ladder.ratio);
                for (name, engine) in &catalog.engine {
                    if !engine.ratios.is_empty() && !engine.ratios.contains(&ladder.ratio) {
                        continue;
                    }
                    assert_eq!(
                        engine.size.check(pixels),
                        Ok(()),
                        "{name}, {} at {tier}: {pixels}",
                        ladder.ratio
                    );
                }
            }
        }
    }

    /// Returns the largest size of a shape that an engine draws.
    fn largest(ratio: Ratio, like: Pixels, size: &SizeRule) -> Option<Pixels> {
        let widths = (1..)
            .map(|n| n * size.multiple_of)
            .take_while(|width| *width <= size.max_edge);
        let sizes = widths.map(|width| Pixels {
            width,
            height: width * like.height / like.width,
        });
        sizes
            .filter(|pixels| ratio.fits(*pixels) && size.check(*pixels).is_ok())
            .last()
    }

    #[test]
    fn a_shipped_2k_is_twice_1k_and_4k_is_three_times_or_the_largest_there_is() {
        let size = &shipped().engine["sketch"].size;
        for ladder in shipped().ladder {
            let times = |n| Pixels {
                width: ladder.k1.width * n,
                height: ladder.k1.height * n,
            };
            assert_eq!(ladder.k2, times(2), "{}", ladder.ratio);
            let three_times = Some(times(3)).filter(|pixels| size.check(*pixels).is_ok());
            let wanted = three_times.or_else(|| largest(ladder.ratio, ladder.k1, size));
            assert_eq!(Some(ladder.k4), wanted, "{}", ladder.ratio);
        }
    }

    #[test]
    fn the_usual_ratios_are_offered_and_the_first_is_wide() {
        let offered: Vec<String> = shipped().ratios().map(|ratio| ratio.to_string()).collect();
        assert_eq!(offered[0], "16:9");
        for ratio in ["1:1", "9:16", "4:5", "3:2", "21:9"] {
            assert!(offered.iter().any(|other| other == ratio), "{ratio}");
        }
    }

    #[test]
    fn a_stage_has_the_pixels_of_its_tier() {
        let pixels = |stage, ratio: &str| {
            let pixels = shipped().pixels(&stages(), stage, ratio.parse().unwrap());
            pixels.map(|pixels| pixels.to_string())
        };
        assert_eq!(pixels(Stage::Explore, "16:9"), Ok("1280×720".to_owned()));
        assert_eq!(pixels(Stage::Review, "16:9"), Ok("2560×1440".to_owned()));
        assert_eq!(pixels(Stage::Final, "16:9"), Ok("3840×2160".to_owned()));
        assert_eq!(pixels(Stage::Final, "1:1"), Ok("2880×2880".to_owned()));
        let unknown = "5:7".parse().unwrap();
        assert_eq!(pixels(Stage::Explore, "5:7"), Err(Undrawable::Ratio(unknown)));
    }

    #[test]
    fn a_size_that_the_engine_refuses_says_by_which_rule() {
        let mut stages = stages();
        stages.r#final.engine = "small".to_owned();
        let ratio = "16:9".parse().unwrap();
        let refused = without_4k().pixels(&stages, Stage::Final, ratio);
        assert_eq!(
            refused.unwrap_err().to_string(),
            "small cannot draw 16:9 at 4K, 3840×2160: no side may be longer than 3072 pixels (the nearest size of this shape that it can: 3072×1728)"
        );
    }

    #[test]
    fn a_catalog_that_cannot_be_right_is_refused_with_the_line_to_mend() {
        let mut twice = good();
        twice.ladder.push(twice.ladder[0]);
        let mut empty = good();
        empty.ladder.clear();
        for (catalog, why) in [
            (empty, "there is no [[ladder]]"),
            (twice, "16:9 has two ladders"),
            (
                ladder("1280x736", "2560x1440", "3840x2160"),
                "the 1K size of 16:9, 1280×736, is not exactly 16:9",
            ),
            (
                ladder("1280x720", "2561x1440", "3840x2160"),
                "the 2K size of 16:9, 2561×1440, is not exactly 16:9",
            ),
            (
                ladder("1280x720", "2560x1440", "2160x3840"),
                "the 4K size of 16:9, 2160×3840, is not exactly 16:9",
            ),
            (
                ladder("1280x720", "1280x720", "3840x2160"),
                "the sizes of 16:9 must grow from 1K to 4K",
            ),
            (
                ladder("1280x720", "2560x1440", "1280x720"),
                "the sizes of 16:9 must grow from 1K to 4K",
            ),
        ] {
            assert_eq!(
                catalog.check(&stages()).map_err(|bad| bad.to_string()),
                Err(why.to_owned())
            );
        }
        assert_eq!(good().check(&stages()), Ok(()));
    }

    #[test]
    fn a_stage_of_an_engine_or_model_that_is_not_there_is_refused() {
        let known = without_4k().engine.into_keys().collect::<Vec<_>>().join(", ");
        for stage in Stage::ALL {
            let wrong = |change: fn(&mut crate::domain::stage::StageSpec)| {
                let mut stages = stages();
                change(match stage {
                    Stage::Explore => &mut stages.explore,
                    Stage::Review => &mut stages.review,
                    Stage::Final => &mut stages.r#final,
                });
                without_4k().check(&stages).unwrap_err().to_string()
            };
            assert_eq!(
                wrong(|spec| spec.engine = "crayon".to_owned()),
                format!("stages.{stage}.engine: there is no engine “crayon”; there are: {known}")
            );
            assert_eq!(
                wrong(|spec| spec.model = "sketch-9".to_owned()),
                format!("stages.{stage}.model: sketch has no model “sketch-9”; it has: sketch-1")
            );
        }
    }

    type Change = fn(&mut StageSpec);

    #[test]
    fn a_stage_that_wants_what_its_model_cannot_do_is_refused() {
        let with = |change: fn(&mut StageSpec)| {
            let mut stages = stages();
            let review = &mut stages.review;
            review.engine = "openai".to_owned();
            review.model = "gpt-image-2".to_owned();
            review.quality = Some(Quality::Medium);
            review.mode = Mode::Remaster;
            change(review);
            shipped().check(&stages).map_err(|bad| bad.to_string())
        };
        assert_eq!(with(|_| {}), Ok(()));
        let refused: [(Change, &str); 4] = [
            (
                |review| review.mode = Mode::Exact,
                "stages.review.mode: gpt-image-2 cannot exact there; it can: remaster",
            ),
            (
                |review| review.quality = None,
                "stages.review.quality: gpt-image-2 needs one of: low, medium, high",
            ),
            (
                |review| review.quality = Some(Quality::Max),
                "stages.review.quality: gpt-image-2 needs one of: low, medium, high",
            ),
            (
                |review| {
                    review.engine = "sketch".to_owned();
                    review.model = "sketch-1".to_owned();
                    review.mode = Mode::Exact;
                },
                "stages.review.quality: sketch-1 has none to choose from: leave it out",
            ),
        ];
        for (change, why) in refused {
            assert_eq!(with(change), Err(why.to_owned()));
        }
    }

    #[test]
    fn a_rung_without_a_price_is_refused_and_never_free() {
        let mut catalog = shipped();
        let sketch = catalog
            .engine
            .get_mut("sketch")
            .unwrap()
            .model
            .get_mut("sketch-1")
            .unwrap();
        sketch.cost = Cost::Tier(BTreeMap::from([(Tier::K1, Usd::micros(1))]));
        assert_eq!(
            catalog.check(&stages()).unwrap_err().to_string(),
            "stages.review: sketch-1 has no price at 2K in the models file, and nothing is drawn without one"
        );
    }

    /// Checks that every model of the file can be used for a stage in each mode and quality that it
    /// offers.
    #[test]
    fn all_that_is_offered_can_be_used() {
        let catalog = shipped();
        let models = catalog.engine.iter().flat_map(|(engine, of)| {
            let models = of.model.iter();
            models.map(move |(name, model)| (engine, name, model))
        });
        for (engine, name, model) in models {
            let qualities = model.cost.qualities().into_iter().map(Some);
            let qualities = qualities.chain(model.cost.qualities().is_empty().then_some(None));
            for (quality, mode) in
                qualities.flat_map(|quality| model.modes.iter().map(move |mode| (quality, *mode)))
            {
                let mut stages = stages();
                let spec = if mode == Mode::Draw {
                    &mut stages.explore
                } else {
                    &mut stages.r#final
                };
                spec.engine.clone_from(engine);
                spec.model.clone_from(name);
                spec.quality = quality;
                spec.mode = mode;
                assert_eq!(catalog.check(&stages), Ok(()), "{name}, {quality:?}, {mode}");
            }
        }
    }

    #[test]
    fn a_ratio_that_the_engine_does_not_have_is_refused() {
        let mut catalog = shipped();
        let wide = "16:9".parse().unwrap();
        catalog.engine.get_mut("sketch").unwrap().ratios = vec![wide];
        assert!(catalog.pixels(&stages(), Stage::Explore, wide).is_ok());
        let refused = catalog.pixels(&stages(), Stage::Explore, "1:1".parse().unwrap());
        assert_eq!(refused.unwrap_err().to_string(), "sketch cannot draw 1:1");
    }

    #[test]
    fn what_the_data_may_not_say_is_refused_when_it_is_read() {
        let with = |from: &str, to: &str| {
            assert!(SHIPPED.contains(from), "{from}");
            toml::from_str::<Catalog>(&SHIPPED.replacen(from, to, 1)).map(|_| ())
        };
        assert_eq!(with("16:9", "16:9"), Ok(()));
        for (from, to) in [
            ("checked =", "cheked ="),
            ("1K = ", "3K = "),
            ("cost = ", "colour = 'red'\ncost = "),
            ("modes = [\"draw\"", "modes = [\"paint\""),
            ("low = 16", "lowest = 16"),
            ("max_edge", "longest_edge"),
            ("\"16:9\"", "\"wide\""),
            ("\"1280x720\"", "\"1280 by 720\""),
            ("\"1280x720\"", "\"1280x0\""),
        ] {
            assert!(with(from, to).is_err(), "{from} as {to}");
        }
    }

    proptest! {
        /// Lines of the shipped catalog that say something else, are gone, or stand twice.
        #[test]
        fn a_catalog_that_was_tampered_with_is_right_or_refused(
            at in any::<prop::sample::Index>(),
            value in "(-?[0-9]{1,20}|[0-9]\\.[0-9]e[0-9]{1,3}|\"\\PC{0,8}\"|\\[[0-9, \"k]{0,9}\\]|\\{ *\\}|\\PC{0,6})",
            twice in any::<bool>(),
        ) {
            let mut lines: Vec<String> = SHIPPED.lines().map(str::to_owned).collect();
            let at = at.index(lines.len());
            let changed = match lines[at].split_once('=') {
                Some((key, _)) => format!("{key}= {value}"),
                None => value,
            };
            if twice { lines.insert(at, changed) } else { lines[at] = changed }
            if let Ok(catalog) = toml::from_str::<Catalog>(&lines.join("\n")) {
                let wide = "16:9".parse().unwrap();
                let _ = catalog.pixels(&stages(), Stage::Explore, wide);
            }
        }
    }
}
