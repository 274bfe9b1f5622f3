//! Describes the vote on an image's next stage: its states, and the data of each.

use std::ops::Deref;

use super::terms::{LeadCase, Terms};
use crate::domain::ids::{MessageId, UserId};
use crate::domain::image::render::Render;
use crate::domain::money::spend_limit::Capped;

/// An image: the render that makes it, and the vote on its next stage. Render and vote are one row
/// of the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The render that makes the image.
    pub render: Render,
    /// The vote on the image's next stage.
    pub vote: Vote,
    /// A number that every vote raises. A recount compares it before and after, and so notices a
    /// vote that came while the recount read Discord.
    pub vote_version: i64,
    /// When the thread is to be reminded of the vote, in milliseconds since 1970. `None`: no
    /// reminder is due.
    pub remind_ms: Option<i64>,
    /// A message about the image that is no longer true, and was not mended yet.
    pub notice: Option<MessageId>,
    /// Why enough approvals pay for nothing until a lead presses Approve. `None`: nothing waits for a
    /// lead.
    pub for_lead: Option<LeadCase>,
    /// How many notes stand on the image.
    pub notes: u32,
}

impl Deref for Image {
    type Target = Render;

    fn deref(&self) -> &Render {
        &self.render
    }
}

/// The vote on an image's next stage. Each variant has the data of its state and nothing else.
///
/// A closed vote without its terms does not compile:
///
/// ```compile_fail,E0063
/// use greenlight::domain::approval::vote::Vote;
///
/// let closed = Vote::Closed { stop: None };
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Vote {
    /// There is nothing to vote for: the image is not delivered yet, or its stage is the last.
    #[default]
    None,
    /// Votes are counted.
    Open(Terms),
    /// A lead stopped the vote, which goes on when the stop is lifted.
    Stopped {
        /// The terms that were fixed when the vote opened.
        terms: Terms,
        /// The lead who stopped the vote, and why.
        stop: Stop,
    },
    /// The quorum was reached, and the next stage waits in the line for credits.
    Waiting {
        /// The terms that were fixed when the vote opened.
        terms: Terms,
        /// When the quorum was reached, in milliseconds since 1970. This time decides the
        /// approval's place in the line.
        since_ms: i64,
    },
    /// The quorum was reached, and a spending limit blocks the approval, which keeps no other
    /// waiting.
    Capped {
        /// The terms that were fixed when the vote opened.
        terms: Terms,
        /// When the quorum was reached, in milliseconds since 1970. This time decides the
        /// approval's place in the line.
        since_ms: i64,
        /// The spending limit, and when it has room again.
        capped: Capped,
    },
    /// The approval was spent on a child.
    Spent(Terms),
    /// The vote ended without a quorum.
    Closed {
        /// The terms that were fixed when the vote opened.
        terms: Terms,
        /// The lead whose stop was never lifted, and why. `None` if nobody had stopped the vote.
        stop: Option<Stop>,
    },
}

impl Vote {
    /// Returns the state of the vote, without its data.
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

    /// Returns whether the vote is not over, so that another approval or veto can change the
    /// outcome.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.state().counts()
    }

    /// Returns the terms of the vote. Returns `None` for a vote that never opened.
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
    /// 1970. Returns `None` for a vote that waits for neither.
    #[must_use]
    pub const fn waiting_since_ms(&self) -> Option<i64> {
        match self {
            Self::Waiting { since_ms, .. } | Self::Capped { since_ms, .. } => Some(*since_ms),
            Self::None | Self::Open(_) | Self::Stopped { .. } | Self::Spent(_) | Self::Closed { .. } => None,
        }
    }

    /// Returns who stopped the vote and why, if a lead did and nobody lifted the stop.
    #[must_use]
    pub const fn stop(&self) -> Option<&Stop> {
        match self {
            Self::Stopped { stop, .. } => Some(stop),
            Self::Closed { stop, .. } => stop.as_ref(),
            Self::None | Self::Open(_) | Self::Waiting { .. } | Self::Capped { .. } | Self::Spent(_) => None,
        }
    }

    /// Returns the spending limit that blocks the approval. Returns `None` if no limit does.
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

    /// Closes the vote, which ended without being spent. A stop stays on record.
    #[must_use]
    pub fn closed(self) -> Self {
        self.closed_over(&Self::None)
    }

    /// Closes the vote, which replaces the vote `before`. A stop of either vote stays on record.
    #[must_use]
    pub fn closed_over(self, before: &Self) -> Self {
        let stop = self.stop().or(before.stop()).cloned();
        self.terms()
            .cloned()
            .map_or(Self::None, |terms| Self::Closed { terms, stop })
    }
}

/// The act of a lead who stopped a vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The lead who stopped the vote.
    pub by: UserId,
    /// The reason, if the lead gave one.
    pub reason: Option<String>,
}

/// The state of the vote on an image, without the data of [`Vote`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoteState {
    /// There is nothing to vote for: the image is not delivered yet, or its stage is the last.
    None,
    /// Votes are counted.
    Open,
    /// A lead has stopped the vote, which goes on when the stop is lifted.
    Stopped,
    /// The quorum was reached, and the next stage waits in the line for credits.
    Waiting,
    /// The quorum was reached, and a spending limit blocks the approval, which keeps no other
    /// waiting.
    Capped,
    /// The approval was spent on a child.
    Spent,
    /// The vote ended without a quorum.
    Closed,
}

impl VoteState {
    /// Returns the name of the state.
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

    /// Returns whether the vote is not over, so that another approval or veto can change the
    /// outcome.
    #[must_use]
    pub const fn counts(self) -> bool {
        matches!(self, Self::Open | Self::Stopped | Self::Waiting | Self::Capped)
    }
}
