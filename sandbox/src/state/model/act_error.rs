//! Why an act of a person did not happen.

use serde::Serialize;

use crate::state::model::errors::ApiError;

/// Why an act of a person did not happen.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
pub enum ActError {
    /// The Discord client would not have sent this: an unknown command, a bad option, a disabled button.
    #[error("{0}")]
    Invalid(String),
    /// Discord refused it.
    #[error("{message} (code {code})")]
    Refused {
        /// Discord's error code.
        code: u32,
        /// Discord's message.
        message: String,
    },
    /// No bot was there to answer.
    #[error("{0}")]
    NoAnswer(String),
}

impl From<ApiError> for ActError {
    fn from(error: ApiError) -> Self {
        Self::Refused {
            code: error.code,
            message: error.message,
        }
    }
}
