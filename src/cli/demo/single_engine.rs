//! Has one engine draw all three stages: chooses the model, the qualities, and the mode of the
//! later stages.

use crate::domain::engine::catalog::{Catalog, Model};
use crate::domain::engine::cost::Usd;
use crate::domain::stage::{Mode, Quality, Stage, Stages};

/// Why one engine cannot draw all stages.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSingleEngine {
    /// No engine has this name.
    #[error("there is no engine “{engine}”; there are: {able}")]
    Engine {
        /// The name that was given.
        engine: String,
        /// The engines that can draw all stages.
        able: String,
    },
    /// None of its models can draw all stages.
    #[error(
        "{engine} cannot draw all stages: that takes a model that draws from words, makes a larger picture of an approved one, \
         and has a price for both. It has {models}. Engines that can: {able}"
    )]
    Half {
        /// The engine that was given.
        engine: String,
        /// Its models, with what each can do.
        models: String,
        /// The engines that can draw all stages.
        able: String,
    },
}

/// Returns the stages with everything drawn by one engine, by the model that draws first images
/// most cheaply. Of several such models it takes the first by name. Explore has the lowest quality,
/// review the middle one (the lower of two), and final the highest.
///
/// # Errors
/// [`NoSingleEngine`] when there is no such engine, or none of its models can draw every stage.
pub fn single_engine(catalog: &Catalog, engine: &str, stages: &Stages) -> Result<Stages, NoSingleEngine> {
    let Some(known) = catalog.engine.get(engine) else {
        return Err(NoSingleEngine::Engine {
            engine: engine.to_owned(),
            able: able(catalog, stages),
        });
    };
    best(catalog, engine, stages).ok_or_else(|| {
        let models = known.model.iter().map(|(name, model)| {
            let modes: Vec<String> = model.modes.iter().map(Mode::to_string).collect();
            format!("{name} ({})", modes.join(", "))
        });
        NoSingleEngine::Half {
            engine: engine.to_owned(),
            models: models.collect::<Vec<_>>().join(", "),
            able: able(catalog, stages),
        }
    })
}

/// Returns what a picture of each stage is expected to cost the operator, in the default ratio of a
/// draft.
#[must_use]
pub fn quotes(catalog: &Catalog, stages: &Stages) -> Option<[Usd; 3]> {
    let ladder = catalog.ladder.first()?;
    let quote = |stage| {
        let spec = stages.spec(stage);
        let sent = usize::from(stage != Stage::Explore);
        catalog.quote(spec, ladder.at(spec.tier), sent)
    };
    let [explore, review, last] = Stage::ALL.map(quote);
    Some([explore?, review?, last?])
}

fn able(catalog: &Catalog, stages: &Stages) -> String {
    let engines = catalog.engine.keys();
    let able = engines.filter(|engine| best(catalog, engine, stages).is_some());
    able.cloned().collect::<Vec<_>>().join(", ")
}

fn best(catalog: &Catalog, engine: &str, stages: &Stages) -> Option<Stages> {
    let models = &catalog.engine.get(engine)?.model;
    let usable = models
        .iter()
        .filter_map(|(name, model)| by_model(engine, name, model, stages));
    let usable = usable.filter(|stages| catalog.check(stages).is_ok());
    usable.min_by_key(|stages| quotes(catalog, stages).map_or(Usd::micros(u64::MAX), |[explore, ..]| explore))
}

fn by_model(engine: &str, name: &str, model: &Model, stages: &Stages) -> Option<Stages> {
    let able = |mode: &Mode| model.modes.contains(mode);
    let later = [Mode::Remaster, Mode::Exact].into_iter().find(able)?;
    let [low, middle, high] = three(&model.cost.qualities());
    let mut all = stages.clone();
    for (spec, mode, quality) in [
        (&mut all.explore, Mode::Draw, low),
        (&mut all.review, later, middle),
        (&mut all.r#final, later, high),
    ] {
        engine.clone_into(&mut spec.engine);
        name.clone_into(&mut spec.model);
        (spec.mode, spec.quality) = (mode, quality);
    }
    Some(all)
}

/// Returns the lowest, the middle and the highest of qualities that are sorted from low to high.
/// Returns `None` three times if there are none.
fn three(qualities: &[Quality]) -> [Option<Quality>; 3] {
    let middle = qualities.len().saturating_sub(1) / 2;
    [qualities.first(), qualities.get(middle), qualities.last()].map(Option::<&_>::copied)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::engine::catalog::tests::shipped;
    use crate::domain::engine::cost::{Cost, Tokens};
    use crate::domain::geometry::Tier;
    use crate::domain::stage::tests::stages;

    /// Returns the shipped catalog with one more engine of these models.
    fn with(new: &[(&str, &[Mode], Cost)]) -> Catalog {
        let mut catalog = shipped();
        let mut engine = catalog.engine["sketch"].clone();
        let new = new.iter().map(|(name, modes, cost)| {
            let (modes, cost) = (modes.to_vec(), cost.clone());
            (
                (*name).to_owned(),
                Model {
                    modes,
                    cost,
                    sent: Usd::default(),
                    rounded_to: Usd::default(),
                    batch: false,
                    references: 0,
                    apps: BTreeMap::new(),
                },
            )
        });
        engine.model = new.collect();
        catalog.engine.insert("new".to_owned(), engine);
        catalog
    }

    fn by_tier(k1: u64) -> Cost {
        Cost::Tier(Tier::ALL.map(|tier| (tier, Usd::micros(k1))).into())
    }

    fn by_tokens(qualities: &[Quality]) -> Cost {
        Cost::Tokens(Tokens {
            image_out: 30,
            image_in: 8,
            text_in: 5,
            factor: qualities.iter().map(|quality| (*quality, 16)).collect(),
        })
    }

    /// Formats each stage's model, mode and quality.
    fn told(catalog: &Catalog, engine: &str) -> Result<[String; 3], NoSingleEngine> {
        let all = single_engine(catalog, engine, &stages())?;
        assert_eq!(catalog.check(&all), Ok(()));
        Ok(Stage::ALL.map(|stage| {
            let (spec, before) = (all.spec(stage), stages());
            let before = before.spec(stage);
            assert_eq!(spec.engine, engine);
            assert_eq!(
                (spec.price, spec.quorum, spec.tier),
                (before.price, before.quorum, before.tier)
            );
            let quality = spec.quality.map_or("-", Quality::name);
            format!("{} {} {quality}", spec.model, spec.mode)
        }))
    }

    #[test]
    fn openai_draws_ideas_at_low_and_finals_at_high_quality() {
        assert_eq!(
            told(&shipped(), "openai").unwrap(),
            [
                "gpt-image-2 draw low",
                "gpt-image-2 remaster medium",
                "gpt-image-2 remaster high"
            ]
        );
    }

    #[test]
    fn an_engine_without_qualities_has_none_and_one_that_cannot_remaster_enlarges() {
        assert_eq!(
            told(&shipped(), "sketch").unwrap(),
            ["sketch-1 draw -", "sketch-1 exact -", "sketch-1 exact -"]
        );
        let both = [Mode::Draw, Mode::Exact, Mode::Remaster];
        let tiers = with(&[("m", &both, by_tier(33_600))]);
        assert_eq!(
            told(&tiers, "new").unwrap(),
            ["m draw -", "m remaster -", "m remaster -"]
        );
    }

    #[test]
    fn of_several_models_the_cheapest_for_ideas_draws_and_of_as_cheap_ones_the_first() {
        let modes = [Mode::Draw, Mode::Remaster];
        let some = with(&[
            ("dear", &modes, by_tier(134_000)),
            (
                "half",
                &modes,
                Cost::Tier(BTreeMap::from([(Tier::K1, Usd::micros(1))])),
            ),
            ("lesser", &modes, by_tier(33_600)),
            ("other", &modes, by_tier(33_600)),
            ("words", &[Mode::Draw], by_tier(1)),
        ]);
        let all = single_engine(&some, "new", &stages()).unwrap();
        assert_eq!(all.explore.model, "lesser");
    }

    #[test]
    fn the_middle_quality_is_the_lower_of_two() {
        use Quality::{High, Low, Max, Medium, Xhigh};
        for (qualities, middle, highest) in [
            (&[High][..], High, High),
            (&[Low, High], Low, High),
            (&[High, Xhigh, Max], Xhigh, Max),
            (&[Low, Medium, High, Xhigh, Max], High, Max),
        ] {
            let catalog = with(&[("m", &[Mode::Draw, Mode::Remaster], by_tokens(qualities))]);
            let all = single_engine(&catalog, "new", &stages()).unwrap();
            assert_eq!(all.explore.quality, qualities.first().copied());
            assert_eq!(
                (all.review.quality, all.r#final.quality),
                (Some(middle), Some(highest))
            );
        }
    }

    #[test]
    fn an_engine_that_cannot_do_it_all_says_what_it_can_and_who_could() {
        for (models, has) in [
            (vec![("m", &[Mode::Draw][..], by_tier(1))], "m (draw)"),
            (
                vec![
                    ("a", &[Mode::Draw][..], by_tier(1)),
                    ("b", &[Mode::Exact][..], Cost::Free),
                ],
                "a (draw), b (exact)",
            ),
        ] {
            let refused = told(&with(&models), "new").unwrap_err().to_string();
            assert!(refused.starts_with("new cannot draw all stages: "), "{refused}");
            assert!(refused.contains(&format!(" It has {has}. ")), "{refused}");
            assert!(refused.contains("Engines that can: "), "{refused}");
            assert!(!refused.ends_with("new"), "{refused}");
        }
        let local = told(&shipped(), "local").unwrap_err().to_string();
        assert!(local.contains("It has lanczos (exact)."), "{local}");
        let unknown = told(&shipped(), "crayon").unwrap_err().to_string();
        assert!(
            unknown.starts_with("there is no engine “crayon”; there are: "),
            "{unknown}"
        );
        assert!(
            unknown.contains("openai") && !unknown.contains("local"),
            "{unknown}"
        );
    }

    #[test]
    fn what_a_picture_costs_is_that_of_the_usual_shape() {
        let all = single_engine(&shipped(), "openai", &stages()).unwrap();
        let told = quotes(&shipped(), &all).unwrap().map(|usd| usd.to_string());
        assert_eq!(told, ["$0.003", "$0.055", "$0.400"]);
    }
}
