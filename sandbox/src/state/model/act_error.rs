//! Why a person's act was refused.

use serde::Serialize;

use crate::state::model::errors::ApiError;

/// Why a person's act was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
pub enum ActError {
    /// The Discord client would not send this: an unknown command, an invalid option, a disabled
    /// button.
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
