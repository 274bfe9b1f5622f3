//! The only place that knows image engines.

pub mod sketch;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::ids::RenderId;
use crate::domain::picture::{Pixels, Tier};
use crate::domain::prompt::Prompt;
use crate::store::ledger::Held;

/// What is to be drawn.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The words.
    pub prompt: Prompt,
    /// What to keep from stage to stage.
    pub keep: Option<String>,
    /// The engine's model.
    pub model: String,
    /// The size.
    pub pixels: Pixels,
    /// The rung of its stage.
    pub tier: Tier,
    /// The same for every stage of one image, another for each image of a draft.
    pub seed: u64,
}

/// A picture whose price is held. It is the only thing that a [`Provider`] draws, so that nothing is drawn unpaid.
#[derive(Clone, Debug)]
pub struct PaidRender {
    render: RenderId,
    picture: Picture,
}

impl PaidRender {
    /// Needs the proof that its price is held.
    #[must_use]
    pub fn new(held: &Held, picture: Picture) -> Self {
        Self {
            render: held.render(),
            picture,
        }
    }

    /// Which render it is.
    #[must_use]
    pub const fn render(&self) -> RenderId {
        self.render
    }

    /// What is to be drawn.
    #[must_use]
    pub const fn picture(&self) -> &Picture {
        &self.picture
    }
}

/// How a paid call ended, before the picture is looked at. One class for each row of the outcome table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A file that claims to be the picture.
    File(Vec<u8>),
    /// Not sent, or turned away unpaid: busy. With the wait it asks for, in milliseconds.
    Transient(Option<i64>),
    /// Sent, and then cut: nobody knows whether it was paid.
    Unknown,
    /// The service's policy.
    Refused,
    /// A key, a quota, a model. With what the operator should read.
    Operator(String),
    /// An answer without a picture. With what was wrong.
    Broken(String),
}

/// Something that draws.
#[async_trait]
pub trait Provider: Send + Sync {
    /// Draws. Takes as long as it takes; every way it can end is an [`Answer`].
    async fn draw(&self, paid: &PaidRender) -> Answer;

    /// Whether a call whose outcome nobody learned may simply be made again, because it costs nothing.
    fn may_repeat(&self) -> bool;
}

/// The engines that this process has, by name.
#[derive(Clone, Default)]
pub struct Engines(BTreeMap<String, Arc<dyn Provider>>);

impl Engines {
    /// Adds an engine under the name that the catalog and the stages use.
    #[must_use]
    pub fn with(mut self, name: &str, engine: Arc<dyn Provider>) -> Self {
        self.0.insert(name.to_owned(), engine);
        self
    }

    /// The engine of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Arc<dyn Provider>> {
        self.0.get(name).cloned()
    }
}

impl std::fmt::Debug for Engines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}
