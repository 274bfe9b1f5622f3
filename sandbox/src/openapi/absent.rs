//! Stands in for Discord's document in a build without the feature `openapi`: there is none.

use serde_json::Value;

use crate::openapi::flaws::Flaw;
use crate::openapi::operations::OperationRequest;
use crate::openapi::{DocumentError, PATH_VARIABLE};

/// Discord's own document of its API. No value of it can be made.
#[derive(Debug)]
pub(crate) enum Document {}

/// Returns no document. Warns if one is named.
#[expect(clippy::unnecessary_wraps, reason = "it is called as the one that can fail")]
pub(crate) fn official() -> Result<Option<&'static Document>, DocumentError> {
    if std::env::var_os(PATH_VARIABLE).is_some_and(|path| !path.is_empty()) {
        tracing::warn!("{PATH_VARIABLE} is not read: this build has no feature openapi");
    }
    Ok(None)
}

impl Document {
    pub(crate) fn parameters(&self, _: &OperationRequest, _: &[(String, String)]) -> Vec<Flaw> {
        match *self {}
    }

    pub(crate) fn body(&self, _: &str, _: &Value) -> Vec<Flaw> {
        match *self {}
    }

    pub(crate) fn answer(&self, _: &str, _: u16, _: Option<&Value>) -> Vec<Flaw> {
        match *self {}
    }

    pub(crate) fn thing(&self, _: &str, _: &Value) -> Vec<Flaw> {
        match *self {}
    }
}
