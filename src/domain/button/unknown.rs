//! A text that no button or form has as its id.

/// A text that names no [`super::Button`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no button or form has that id")]
pub struct UnknownButton;
