//! What members keep of what they did and of what they were told.

use std::collections::{BTreeMap, BTreeSet};

/// An interaction that the bot may have answered.
#[derive(Clone, Debug)]
pub struct Promise {
    /// Its id.
    pub interaction: u64,
    /// Who began it.
    pub user: u64,
    /// What was asked for.
    pub what: What,
    /// The earlier interactions of its kind that were answered when it began, if that matters.
    pub after: BTreeSet<u64>,
}

/// What an interaction asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A draft.
    Draft,
    /// A vote by button on this image.
    Approve(i64),
    /// So many credits.
    Grant(i64),
    /// These quorums.
    Quorums([i64; 2]),
    /// That the member is forgotten.
    Forget,
}

/// What members did.
#[derive(Debug, Default)]
pub struct Record {
    /// How often each act was done.
    pub acts: BTreeMap<&'static str, u64>,
    /// Who reacted to which message with which emoji, as it is on Discord now.
    pub reactions: BTreeMap<(u64, &'static str), BTreeSet<u64>>,
    /// Every vote that was ever given: the message, or the image where a button was pressed, and who.
    pub given: BTreeSet<(i64, u64)>,
    /// The notes that were given by replies, by the message of each: who, and what.
    pub notes: BTreeMap<i64, (u64, String)>,
    /// The buttons for versions that were pressed, by the image of each.
    pub versions: BTreeMap<i64, BTreeSet<u32>>,
    /// What was asked for, oldest first.
    pub promises: Vec<Promise>,
    /// How many drafts were asked for.
    pub drafts: u64,
    /// How many people came who will be forgotten.
    pub newcomers: u64,
}

impl Record {
    /// Keeps what was asked for.
    pub fn asked(&mut self, interaction: u64, user: u64, what: What) {
        self.asked_after(BTreeSet::new(), interaction, user, what);
    }

    /// Keeps what was asked for after others of its kind were answered.
    pub fn asked_after(&mut self, after: BTreeSet<u64>, interaction: u64, user: u64, what: What) {
        self.promises.push(Promise {
            interaction,
            user,
            what,
            after,
        });
    }
}
