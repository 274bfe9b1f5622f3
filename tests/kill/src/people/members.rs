//! Who the members are, and what they keep.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use discord_sandbox::{Sandbox, world};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::record::Record;
use crate::database::Database;

/// The emoji that approves.
pub const APPROVE: &str = "✅";
/// The emoji that stops a vote.
pub const VETO: &str = "🚫";
/// How many members vote besides those of the world.
const MORE_VOTERS: usize = 2;

/// The members of a world.
#[derive(Debug)]
pub struct People {
    pub(super) discord: Sandbox,
    pub(super) database: Database,
    /// Who votes.
    voters: Vec<u64>,
    /// How many drafts are asked for in all.
    pub(super) drafts: u64,
    record: Mutex<Record>,
}

impl People {
    /// Makes the members of a world, who ask for at most so many drafts.
    pub fn new(discord: Sandbox, database: Database, drafts: u64) -> Arc<Self> {
        let mut voters = vec![world::BO, world::CEM, world::ANA, world::DANA];
        voters.extend(discord.add_members(MORE_VOTERS));
        Arc::new(Self {
            discord,
            database,
            voters,
            drafts,
            record: Mutex::default(),
        })
    }

    /// Returns what they have done so far.
    pub fn record(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn somebody(&self, dice: &mut StdRng) -> u64 {
        self.voters.choose(dice).copied().unwrap_or(world::BO)
    }
}
