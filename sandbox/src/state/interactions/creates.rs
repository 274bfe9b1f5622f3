//! How many application commands were created in a day.

use std::collections::HashMap;
use std::collections::VecDeque;

use crate::snowflake::Id;
use crate::state::model::errors::{ApiError, ApiResult};

/// How many commands may be created in a day, globally and in each guild.
const A_DAY: usize = 200;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// When commands were created in the last day, by guild, oldest first.
#[derive(Debug, Default)]
pub(super) struct Creates(HashMap<Option<Id>, VecDeque<u64>>);

impl Creates {
    /// Counts so many creates, or refuses them all (30034).
    pub(super) fn count(&mut self, guild: Option<Id>, count: usize, now: u64) -> ApiResult<()> {
        let made = self.0.entry(guild).or_default();
        made.retain(|at| now < at + DAY_MS);
        if made.len() + count > A_DAY {
            let first = made.front().map_or(now, |at| at + DAY_MS);
            return Err(ApiError::too_many_creates(first - now));
        }
        made.extend(std::iter::repeat_n(now, count));
        Ok(())
    }
}
