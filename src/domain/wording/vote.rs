//! The Approve button and what it answers.

use super::super::approval::Tally;
use super::super::credits::Credits;
use super::super::picture::Tier;
use super::APPROVE;

/// The label of the button that approves.
#[must_use]
pub fn approve_label(tier: Tier, price: Credits) -> String {
    format!("Approve {tier} · {price}")
}

/// What a press of the Approve button did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// It gave a vote.
    Given,
    /// It took the vote back.
    TakenBack,
    /// It took the button's vote back, and the same member's reaction is still there.
    StillReacting,
}

/// Private: a vote by button was counted, or taken back.
#[must_use]
pub fn voted(press: Press, tally: &Tally) -> String {
    let (have, need) = (tally.counted.len(), tally.quorum);
    let done = match press {
        Press::Given => "Your approval counts",
        Press::TakenBack => "Your approval is taken back",
        Press::StillReacting => {
            return format!(
                "Your {APPROVE} under the picture still counts: {have} of {need}. Take it off to take your approval back."
            );
        }
    };
    format!("{done}: {have} of {need}. Press again to change your mind while the vote is open.")
}

/// Private: why a vote by button changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoVote {
    /// The requester's own, where it does not count.
    Own,
    /// The approval was spent already.
    Spent,
    /// The vote is closed, or there is nothing to vote for.
    Closed,
}

/// Private: a vote by button changes nothing.
#[must_use]
pub const fn no_vote(why: NoVote) -> &'static str {
    match why {
        NoVote::Own => "You asked for this draft, so somebody else has to approve it.",
        NoVote::Spent => "This image is approved already.",
        NoVote::Closed => "The vote on this image is closed.",
    }
}
