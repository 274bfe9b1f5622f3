//! Sorts the votes of a guild that are not over for one member: what needs their vote, what is
//! theirs, what waits.

use super::refuse_voter;
use crate::domain::actor::Actor;
use crate::domain::approval::vote::{Image, Vote};
use crate::domain::ids::UserId;
use crate::domain::queue_page::Show;

/// A vote that is not over, as one member sees it.
#[derive(Clone, Debug)]
pub struct Queued {
    /// The image that is voted on.
    pub image: Image,
    /// The member who asked for the draft.
    pub requester: UserId,
    /// Whether the member who looks has approved it.
    pub voted: bool,
}

impl Queued {
    /// Returns whether the vote is one of those that a member wants to see.
    #[must_use]
    pub fn is_shown(&self, show: Show, by: &Actor) -> bool {
        match show {
            Show::MyVote => {
                let open = match &self.image.vote {
                    Vote::Open(terms) => Some(terms),
                    Vote::None
                    | Vote::Stopped { .. }
                    | Vote::Waiting { .. }
                    | Vote::Capped { .. }
                    | Vote::Spent(_)
                    | Vote::Closed { .. } => None,
                };
                !self.voted && open.is_some_and(|terms| refuse_voter(terms, self.requester, by).is_ok())
            }
            Show::Mine => self.requester == by.user,
            Show::Waiting => self.image.vote.waiting_since_ms().is_some(),
            Show::All => true,
        }
    }
}

/// Returns the choice that a member meets first: the first that has something.
#[must_use]
pub fn first_of_use(counts: [usize; 4]) -> Show {
    let some = Show::ALL.into_iter().zip(counts).find(|(_, count)| *count > 0);
    some.map_or(Show::MyVote, |(show, _)| show)
}

/// Puts the votes on images of one draft together, by position. The drafts come in the order of their
/// first vote.
#[must_use]
pub fn by_draft(votes: Vec<Queued>) -> Vec<Vec<Queued>> {
    let mut drafts: Vec<Vec<Queued>> = Vec::new();
    for vote in votes {
        let same = |group: &&mut Vec<Queued>| group[0].image.draft == vote.image.draft;
        match drafts.iter_mut().find(same) {
            Some(group) => group.push(vote),
            None => drafts.push(vec![vote]),
        }
    }
    for images in &mut drafts {
        images.sort_by_key(|vote| (vote.image.number, vote.image.stage));
    }
    drafts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_for_nothing_in_particular_sees_what_there_is() {
        assert_eq!(first_of_use([0, 0, 0, 0]), Show::MyVote);
        assert_eq!(first_of_use([2, 1, 0, 3]), Show::MyVote);
        assert_eq!(first_of_use([0, 1, 1, 3]), Show::Mine);
        assert_eq!(first_of_use([0, 0, 0, 3]), Show::All);
    }
}
