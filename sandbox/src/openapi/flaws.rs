//! A violation of Discord's document.

use serde::Serialize;

/// A violation of a schema, as an entry of Discord's 50035.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Flaw {
    /// The dotted path to the field, such as `embeds.0.title`; empty for the whole.
    pub path: String,
    /// Discord's name of the error, such as `BASE_TYPE_REQUIRED`.
    pub code: String,
    /// What is wrong.
    pub message: String,
}

impl Flaw {
    pub(crate) fn of_the_whole(code: &str, message: impl Into<String>) -> Self {
        Self {
            path: String::new(),
            code: code.to_owned(),
            message: message.into(),
        }
    }

    /// Moves the flaw below a field.
    pub(crate) fn below(mut self, field: &str) -> Self {
        self.path = if self.path.is_empty() {
            field.to_owned()
        } else {
            format!("{field}.{}", self.path)
        };
        self
    }
}
