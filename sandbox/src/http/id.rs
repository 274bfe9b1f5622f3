//! Ids in the JSON of the page and of the control API.

use serde::Deserialize;

use crate::snowflake::Id;

/// An id in JSON: a decimal string.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Snowflake(pub(crate) Id);

impl TryFrom<String> for Snowflake {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}
