//! What an engine is told: a draft's own words, put into the template of the stage.

use serde::Deserialize;

use crate::domain::stage::{Mode, Stage};

/// Where the draft's prompt goes.
const PROMPT: &str = "{prompt}";
/// Where what to keep goes.
const KEEP: &str = "{keep}";

/// The templates, as the operator set them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templates {
    /// Of a picture that is drawn from words. With `{prompt}`.
    pub draw: String,
    /// Of a remaster for review. With `{prompt}`.
    pub review: String,
    /// Of a remaster for the final. With `{prompt}`.
    pub r#final: String,
    /// Follows each of them where a draft says what to keep. With `{keep}`.
    pub keep: String,
}

/// A template without the place that it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it needs {place}, once, where the words of the draft go")]
pub struct NoPlace {
    /// The setting, dotted.
    pub key: &'static str,
    /// What is missing, or there twice.
    pub place: &'static str,
}

impl Templates {
    /// Checks them, once, at start.
    ///
    /// # Errors
    /// [`NoPlace`], for the first that is not right.
    pub fn check(&self) -> Result<(), NoPlace> {
        let all = [
            ("prompts.draw", &self.draw, PROMPT),
            ("prompts.review", &self.review, PROMPT),
            ("prompts.final", &self.r#final, PROMPT),
            ("prompts.keep", &self.keep, KEEP),
        ];
        let wrong = all
            .into_iter()
            .find(|(_, text, place)| text.matches(place).count() != 1);
        wrong.map_or(Ok(()), |(key, _, place)| Err(NoPlace { key, place }))
    }

    /// The words for an engine. Nothing in a prompt is taken for a place.
    #[must_use]
    pub fn words(&self, stage: Stage, mode: Mode, prompt: &str, keep: Option<&str>) -> String {
        let template = match (mode, stage) {
            (Mode::Draw | Mode::Exact, _) | (Mode::Remaster, Stage::Explore) => &self.draw,
            (Mode::Remaster, Stage::Review) => &self.review,
            (Mode::Remaster, Stage::Final) => &self.r#final,
        };
        let words = template.replacen(PROMPT, prompt, 1);
        match keep {
            None => words,
            Some(keep) => format!("{words}\n\n{}", self.keep.replacen(KEEP, keep, 1)),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Short ones.
    pub fn templates() -> Templates {
        let [draw, review, r#final] =
            ["Draw: {prompt}", "Review: {prompt}!", "Final: {prompt}."].map(str::to_owned);
        Templates {
            draw,
            review,
            r#final,
            keep: "Keep {keep}.".to_owned(),
        }
    }

    #[test]
    fn each_stage_says_its_own_and_what_to_keep() {
        let words = |stage, mode, keep| templates().words(stage, mode, "a {keep} {prompt} fox", keep);
        assert_eq!(
            words(Stage::Explore, Mode::Draw, None),
            "Draw: a {keep} {prompt} fox"
        );
        assert_eq!(
            words(Stage::Review, Mode::Remaster, Some("the {prompt}")),
            "Review: a {keep} {prompt} fox!\n\nKeep the {prompt}."
        );
        assert_eq!(
            words(Stage::Final, Mode::Remaster, None),
            "Final: a {keep} {prompt} fox."
        );
        assert_eq!(
            words(Stage::Final, Mode::Exact, None),
            "Draw: a {keep} {prompt} fox"
        );
    }

    #[test]
    fn a_template_without_its_place_is_refused() {
        assert_eq!(templates().check(), Ok(()));
        let wrong = |change: fn(&mut Templates)| {
            let mut templates = templates();
            change(&mut templates);
            templates.check().map_err(|no| no.key)
        };
        assert_eq!(wrong(|t| t.draw = "Draw.".to_owned()), Err("prompts.draw"));
        assert_eq!(
            wrong(|t| t.review = "{prompt} {prompt}".to_owned()),
            Err("prompts.review")
        );
        assert_eq!(wrong(|t| t.r#final.clear()), Err("prompts.final"));
        assert_eq!(wrong(|t| t.keep = "{prompt}".to_owned()), Err("prompts.keep"));
    }
}
