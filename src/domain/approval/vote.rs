//! The vote on an image's next stage: how it stands, and the data of each stand.

use std::ops::Deref;

use super::terms::Terms;
use crate::domain::ids::UserId;
use crate::domain::image::render::Render;
use crate::domain::money::spend_limit::Capped;

/// An image: the render that makes it, and the vote on the stage that comes after it. Both are one
/// row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The render.
    pub render: Render,
    /// How the vote on its next stage stands.
    pub vote: Vote,
    /// Raised by every vote, so that a recount notices one that came while it was reading.
    pub vote_version: i64,
    /// When its thread is to be reminded of the vote, in milliseconds since 1970. `None`: not any
    /// more.
    pub remind_ms: Option<i64>,
}

impl Deref for Image {
    type Target = Render;

    fn deref(&self) -> &Render {
        &self.render
    }
}

/// The vote on an image's next stage. Each variant owns the data that belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Vote {
    /// There is nothing to vote for: the image is not delivered yet, or its stage is the last.
    #[default]
    None,
    /// Votes are counted.
    Open(Terms),
    /// A lead stopped it. It goes on when the stop is lifted.
    Stopped {
        /// What was fixed when it opened.
        terms: Terms,
        /// Who stopped it, and why.
        stop: Stop,
    },
    /// The quorum was reached, and the next stage waits in the line for credits.
    Waiting {
        /// What was fixed when it opened.
        terms: Terms,
        /// Since when it waits, in milliseconds since 1970. It keeps its place by this.
        since_ms: i64,
    },
    /// The quorum was reached, and a spending limit blocks it. It keeps nobody waiting.
    Capped {
        /// What was fixed when it opened.
        terms: Terms,
        /// Since when it waits, in milliseconds since 1970. It keeps its place by this.
        since_ms: i64,
        /// The limit, and when it has room again.
        capped: Capped,
    },
    /// The approval was spent on a child.
    Spent(Terms),
    /// It ended without a quorum.
    Closed {
        /// What was fixed when it opened.
        terms: Terms,
        /// Who had stopped it, if somebody had.
        stop: Option<Stop>,
    },
}

impl Vote {
    /// Returns how it stands, without its data.
    #[must_use]
    pub const fn state(&self) -> VoteState {
        match self {
            Self::None => VoteState::None,
            Self::Open(_) => VoteState::Open,
            Self::Stopped { .. } => VoteState::Stopped,
            Self::Waiting { .. } => VoteState::Waiting,
            Self::Capped { .. } => VoteState::Capped,
            Self::Spent(_) => VoteState::Spent,
            Self::Closed { .. } => VoteState::Closed,
        }
    }

    /// Returns whether a vote can still change something.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.state().counts()
    }

    /// Returns what was fixed when it opened. `None`: it never did.
    #[must_use]
    pub const fn terms(&self) -> Option<&Terms> {
        match self {
            Self::None => None,
            Self::Open(terms)
            | Self::Stopped { terms, .. }
            | Self::Waiting { terms, .. }
            | Self::Capped { terms, .. }
            | Self::Spent(terms)
            | Self::Closed { terms, .. } => Some(terms),
        }
    }

    /// Returns since when an approval waits for credits or a spending limit, in milliseconds since
    /// 1970.
    #[must_use]
    pub const fn waiting_since_ms(&self) -> Option<i64> {
        match self {
            Self::Waiting { since_ms, .. } | Self::Capped { since_ms, .. } => Some(*since_ms),
            Self::None | Self::Open(_) | Self::Stopped { .. } | Self::Spent(_) | Self::Closed { .. } => None,
        }
    }

    /// Returns who stopped it and why, if somebody did and it was not lifted.
    #[must_use]
    pub const fn stop(&self) -> Option<&Stop> {
        match self {
            Self::Stopped { stop, .. } => Some(stop),
            Self::Closed { stop, .. } => stop.as_ref(),
            Self::None | Self::Open(_) | Self::Waiting { .. } | Self::Capped { .. } | Self::Spent(_) => None,
        }
    }

    /// Returns the spending limit that blocks it, if one does.
    #[must_use]
    pub const fn capped(&self) -> Option<&Capped> {
        match self {
            Self::Capped { capped, .. } => Some(capped),
            Self::None
            | Self::Open(_)
            | Self::Stopped { .. }
            | Self::Waiting { .. }
            | Self::Spent(_)
            | Self::Closed { .. } => None,
        }
    }

    /// Returns the vote as it is once it ended without being spent. A stop stays on record.
    #[must_use]
    pub fn closed(self) -> Self {
        let stop = self.stop().cloned();
        match self.terms() {
            None => Self::None,
            Some(terms) => Self::Closed {
                terms: terms.clone(),
                stop,
            },
        }
    }
}

/// A lead's stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// Who.
    pub by: UserId,
    /// Why, if they said so.
    pub reason: Option<String>,
}

/// Where the vote on an image stands, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteState {
    /// There is nothing to vote for: not delivered yet, or the last stage.
    None,
    /// Votes are counted.
    Open,
    /// A lead has stopped it; it goes on when the stop is lifted.
    Stopped,
    /// The quorum was reached, and credits are awaited.
    Waiting,
    /// The quorum was reached, and a cap stops it. It keeps nobody waiting.
    Capped,
    /// The approval was spent on a child.
    Spent,
    /// The window passed without a quorum.
    Closed,
}

impl VoteState {
    const ALL: [Self; 7] = [
        Self::None,
        Self::Open,
        Self::Stopped,
        Self::Waiting,
        Self::Capped,
        Self::Spent,
        Self::Closed,
    ];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Open => "open",
            Self::Stopped => "stopped",
            Self::Waiting => "waiting",
            Self::Capped => "capped",
            Self::Spent => "spent",
            Self::Closed => "closed",
        }
    }

    /// Reads [`VoteState::name`] back.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether a vote can still change something.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Open | Self::Stopped | Self::Waiting | Self::Capped)
    }
}
