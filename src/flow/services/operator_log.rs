//! Remembers what only the operator can mend, such as a key or an empty account: told once, and not
//! for every image.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::limits;

/// The troubles that the operator was told of since the engine last drew. Only this process
/// remembers them: after a restart each is told again.
#[derive(Clone, Debug, Default)]
pub struct OperatorLog(Arc<Mutex<BTreeSet<ToldTrouble>>>);

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct ToldTrouble {
    engine: String,
    model: String,
    why: String,
}

impl OperatorLog {
    /// Records a trouble of an engine's model. Returns whether the operator was not told of the
    /// trouble yet.
    #[must_use]
    pub fn is_news(&self, engine: &str, model: &str, why: &str) -> bool {
        let mut told = self.told();
        // A service chooses some of the words: those it makes up must not pile up here.
        if told.len() >= limits::OPERATOR_LOG_ENTRIES {
            told.clear();
        }
        told.insert(ToldTrouble {
            engine: engine.to_owned(),
            model: model.to_owned(),
            why: why.to_owned(),
        })
    }

    /// Records that an engine's model has drawn a picture: its next trouble is news. Another model
    /// of the engine may still fail.
    pub fn over(&self, engine: &str, model: &str) {
        self.told()
            .retain(|trouble| (trouble.engine.as_str(), trouble.model.as_str()) != (engine, model));
    }

    fn told(&self) -> MutexGuard<'_, BTreeSet<ToldTrouble>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_is_news_once_until_the_model_draws_again() {
        let operator_log = OperatorLog::default();
        assert!(operator_log.is_news("openai", "a", "the key"));
        assert!(!operator_log.clone().is_news("openai", "a", "the key"));
        assert!(operator_log.is_news("openai", "a", "the account"));
        assert!(operator_log.is_news("openai", "dead", "no such model"));
        assert!(operator_log.is_news("gemini", "a", "the key"));
        operator_log.over("openai", "a");
        assert!(
            !operator_log.is_news("openai", "dead", "no such model"),
            "it draws no better"
        );
        assert!(!operator_log.is_news("gemini", "a", "the key"));
        assert!(operator_log.is_news("openai", "a", "the key"));
        assert!(operator_log.is_news("openai", "a", "the account"));
    }

    #[test]
    fn what_a_service_makes_up_does_not_pile_up() {
        let operator_log = OperatorLog::default();
        for n in 0..=limits::OPERATOR_LOG_ENTRIES {
            assert!(operator_log.is_news("openai", "a", &n.to_string()));
            assert!(operator_log.told().len() <= limits::OPERATOR_LOG_ENTRIES);
        }
        assert!(!operator_log.is_news("openai", "a", &limits::OPERATOR_LOG_ENTRIES.to_string()));
    }
}
