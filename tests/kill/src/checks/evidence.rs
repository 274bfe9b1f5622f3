//! What is compared, and how what is found is counted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use discord_sandbox::Sandbox;

use crate::database::Database;
use crate::people::Record;
use crate::service::Call;

/// Everything that is compared.
pub struct Evidence<'a> {
    /// The books.
    pub database: &'a Database,
    /// Discord.
    pub discord: &'a Sandbox,
    /// The service's log.
    pub calls: Vec<Call>,
    /// What members did.
    pub record: &'a Record,
    /// The folder of the pictures.
    pub pictures: PathBuf,
}

/// What was found.
#[derive(Debug, Default)]
pub struct Findings {
    /// How often each invariant was checked.
    pub checks: BTreeMap<String, u64>,
    /// What does not hold.
    pub violations: Vec<(String, String)>,
}

impl Findings {
    /// Checks an invariant once.
    pub fn check(&mut self, invariant: &str, holds: bool, wrong: impl FnOnce() -> String) {
        *self.checks.entry(invariant.to_owned()).or_default() += 1;
        if !holds {
            self.violations.push((invariant.to_owned(), wrong()));
        }
    }
}

/// An entry of the ledger: id, server, kind, credits, image, and the hold that it closes.
pub type Entry = (i64, i64, String, i64, Option<i64>, Option<i64>);

/// A render, as the books have it.
#[derive(Clone, Debug)]
pub struct Render {
    /// Its id.
    pub id: i64,
    /// Its draft.
    pub draft: i64,
    /// The image's position in its draft.
    pub position: i64,
    /// Which version of the image it is, from 1.
    pub version: i64,
    /// Its stage.
    pub stage: String,
    /// Its state.
    pub state: String,
    /// Its price.
    pub price: i64,
    /// The render of the approved image that it is made of.
    pub parent: Option<i64>,
    /// The render that it is another version of.
    pub after: Option<i64>,
    /// The message that shows it.
    pub message: Option<i64>,
    /// The message that shows it in a gallery.
    pub shown: Option<i64>,
}

impl Render {
    /// Returns whether it has ended without a picture.
    pub fn is_dead(&self) -> bool {
        ["cancelled", "refused", "operator", "broken", "exhausted"].contains(&self.state.as_str())
    }

    /// Returns whether it has its picture.
    pub fn is_done(&self) -> bool {
        self.state == "done"
    }

    /// Names it, for people.
    pub fn name(&self) -> String {
        format!("image {:016x} ({}, {})", self.id, self.stage, self.state)
    }
}

/// Returns what occurs more than once.
pub fn doubled<T: Ord + Clone>(all: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut seen = BTreeSet::new();
    all.into_iter().filter(|one| !seen.insert(one.clone())).collect()
}
