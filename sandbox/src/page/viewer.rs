//! Who looks at the page.

use serde::Deserialize;

use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::errors::{ApiError, ApiResult};

/// Who the page acts as.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Viewer {
    #[serde(rename = "as")]
    pub(super) id: Option<Id>,
}

impl Viewer {
    /// Returns the viewer, if they are a member and not the bot (10007). Without an id, that is the
    /// first persona.
    pub(super) fn member(self, state: &State) -> ApiResult<Id> {
        let first = || {
            state
                .people()
                .users()
                .find(|user| user.persona && state.people().is_member(user.id))
                .map(|user| user.id)
        };
        self.id
            .or_else(first)
            .filter(|id| state.people().is_member(*id) && *id != state.bot())
            .ok_or_else(ApiError::unknown_member)
    }
}
