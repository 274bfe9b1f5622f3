//! Builds what an engine is told: a draft's own words, put into the template of the stage.

use std::fmt::Write as _;

use serde::Deserialize;

use crate::domain::stage::{Mode, Stage};

/// The placeholder for the draft's prompt.
const PROMPT: &str = "{prompt}";
/// The placeholder for what to keep.
const KEEP: &str = "{keep}";
/// The placeholder for what to change.
const CHANGES: &str = "{changes}";

/// The templates, as the operator set them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Templates {
    /// For a picture that is drawn from words. Has `{prompt}` once.
    pub draw: String,
    /// For a remaster of the review stage. Has `{prompt}` once.
    pub review: String,
    /// For a remaster of the final stage. Has `{prompt}` once.
    pub r#final: String,
    /// Follows any of them if the draft says what to keep. Has `{keep}` once.
    pub keep: String,
    /// For a version of a picture, at any stage. Has `{prompt}` once.
    pub version: String,
    /// Follows a remaster if members gave notes. Has `{changes}` once.
    pub change: String,
}

/// A template does not have its placeholder exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it needs {place}, once, where the words of the draft go")]
pub struct NoPlace {
    /// The dotted name of the setting.
    pub key: &'static str,
    /// The placeholder that is missing or there twice.
    pub place: &'static str,
}

impl Templates {
    /// Checks the templates, once, at start.
    ///
    /// # Errors
    /// [`NoPlace`], for the first template that is wrong.
    pub fn check(&self) -> Result<(), NoPlace> {
        let all = [
            ("prompts.draw", &self.draw, PROMPT),
            ("prompts.review", &self.review, PROMPT),
            ("prompts.final", &self.r#final, PROMPT),
            ("prompts.keep", &self.keep, KEEP),
            ("prompts.version", &self.version, PROMPT),
            ("prompts.change", &self.change, CHANGES),
        ];
        let wrong = all
            .into_iter()
            .find(|(_, text, place)| text.matches(place).count() != 1);
        wrong.map_or(Ok(()), |(key, _, place)| Err(NoPlace { key, place }))
    }

    /// Returns the words for an engine. A placeholder inside the draft's own words is not replaced.
    #[must_use]
    pub fn words(&self, asks: &Asks<'_>) -> String {
        let template = match (asks.mode, asks.stage) {
            _ if asks.is_version => &self.version,
            (Mode::Draw | Mode::Exact, _) | (Mode::Remaster, Stage::Explore) => &self.draw,
            (Mode::Remaster, Stage::Review) => &self.review,
            (Mode::Remaster, Stage::Final) => &self.r#final,
        };
        let mut words = template.replacen(PROMPT, asks.prompt, 1);
        if asks.mode == Mode::Remaster && !asks.changes.is_empty() {
            let changes = (1..)
                .zip(asks.changes)
                .fold(String::new(), |mut all, (n, change)| {
                    let _ = write!(all, "\n{n}. {change}");
                    all
                });
            words += "\n\n";
            words += &self.change.replacen(CHANGES, &changes, 1);
        }
        // Last, so that it outweighs a note.
        if let Some(keep) = asks.keep {
            words += "\n\n";
            words += &self.keep.replacen(KEEP, keep, 1);
        }
        words
    }
}

/// What an engine is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asks<'a> {
    /// The stage of the picture.
    pub stage: Stage,
    /// How it is made.
    pub mode: Mode,
    /// Whether it is another version of the picture that is sent along.
    pub is_version: bool,
    /// The draft's prompt.
    pub prompt: &'a str,
    /// What the draft says is to be kept.
    pub keep: Option<&'a str>,
    /// What is to be changed, each in the words of a note.
    pub changes: &'a [String],
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Returns short templates.
    pub fn templates() -> Templates {
        let [draw, review, r#final] =
            ["Draw: {prompt}", "Review: {prompt}!", "Final: {prompt}."].map(str::to_owned);
        Templates {
            draw,
            review,
            r#final,
            version: "Again: {prompt}".to_owned(),
            keep: "Keep {keep}.".to_owned(),
            change: "Change:{changes}".to_owned(),
        }
    }

    #[test]
    fn each_stage_says_its_own_and_what_to_keep() {
        let words = |stage, mode, keep| {
            templates().words(&Asks {
                stage,
                mode,
                is_version: false,
                prompt: "a {keep} {prompt} fox",
                keep,
                changes: &[],
            })
        };
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
    fn only_a_remaster_is_told_what_to_change_and_what_to_keep_comes_last() {
        let changes = ["warmer {keep}".to_owned(), "larger logo".to_owned()];
        let words = |mode| {
            templates().words(&Asks {
                stage: Stage::Review,
                mode,
                is_version: false,
                prompt: "a {changes} fox",
                keep: Some("the hat"),
                changes: &changes,
            })
        };
        assert_eq!(
            words(Mode::Remaster),
            "Review: a {changes} fox!\n\nChange:\n1. warmer {keep}\n2. larger logo\n\nKeep the hat."
        );
        assert_eq!(words(Mode::Exact), "Draw: a {changes} fox\n\nKeep the hat.");
    }

    #[test]
    fn a_version_says_its_own_at_every_stage() {
        for stage in Stage::ALL {
            let words = templates().words(&Asks {
                stage,
                mode: Mode::Remaster,
                is_version: true,
                prompt: "a fox",
                keep: None,
                changes: &["warmer".to_owned()],
            });
            assert_eq!(words, "Again: a fox\n\nChange:\n1. warmer");
        }
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
        assert_eq!(wrong(|t| t.version.clear()), Err("prompts.version"));
        assert_eq!(wrong(|t| t.change.clear()), Err("prompts.change"));
    }
}
