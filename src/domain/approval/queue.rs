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
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::actor::Membership;
    use crate::domain::approval::terms::Terms;
    use crate::domain::credits::Credits;
    use crate::domain::emoji::Emoji;
    use crate::domain::ids::{DraftId, GuildId, RenderId};
    use crate::domain::image::number::Number;
    use crate::domain::image::render::{Origin, Render};
    use crate::domain::stage::Stage;

    #[test]
    fn whoever_asks_for_nothing_in_particular_sees_what_there_is() {
        assert_eq!(first_of_use([0, 0, 0, 0]), Show::MyVote);
        assert_eq!(first_of_use([2, 1, 0, 3]), Show::MyVote);
        assert_eq!(first_of_use([0, 1, 1, 3]), Show::Mine);
        assert_eq!(first_of_use([0, 0, 0, 3]), Show::All);
    }
    const ANA: UserId = UserId::new(1);
    const BO: UserId = UserId::new(2);

    fn terms() -> Terms {
        Terms {
            price: Credits::ZERO,
            quorum: 2,
            own_vote: false,
            lead_decides: false,
            approve: Emoji::approve(),
            veto: Emoji::veto(),
            approvers: BTreeSet::new(),
            leads: BTreeSet::new(),
            closes_ms: 0,
        }
    }

    /// A vote on an image of Ana's.
    fn queued(draft: u64, stage: Stage, number: Number, vote: Vote) -> Queued {
        let origin = Origin {
            draft: DraftId::new(draft),
            guild: GuildId::new(9),
            parent: None,
            after: None,
            number,
        };
        let size = "1280x720".parse().unwrap();
        Queued {
            image: Image {
                render: Render::queued(RenderId::new(1), origin, stage, Credits::ZERO, size, 0),
                vote,
                vote_version: 0,
                remind_ms: None,
                notice: None,
                for_lead: None,
                notes: 0,
            },
            requester: ANA,
            voted: false,
        }
    }

    /// Returns the choices, in their order, under which a member finds a vote.
    fn shown(vote: &Queued, by: UserId) -> Vec<Show> {
        let by = Actor {
            user: by,
            member: Membership::default(),
        };
        Show::ALL
            .into_iter()
            .filter(|show| vote.is_shown(*show, &by))
            .collect()
    }

    #[test]
    fn a_member_finds_what_needs_their_vote_what_is_theirs_and_what_waits() {
        let open = queued(4, Stage::Explore, Number::first(1), Vote::Open(terms()));
        assert_eq!(shown(&open, BO), [Show::MyVote, Show::All]);
        assert_eq!(
            shown(&open, ANA),
            [Show::Mine, Show::All],
            "her own vote does not count"
        );
        let voted = Queued {
            voted: true,
            ..open.clone()
        };
        assert_eq!(shown(&voted, BO), [Show::All], "Bo has voted");
        let since_ms = 7;
        let waiting = Vote::Waiting {
            terms: terms(),
            since_ms,
        };
        let waiting = queued(4, Stage::Explore, Number::first(1), waiting);
        assert_eq!(shown(&waiting, BO), [Show::Waiting, Show::All]);
    }

    #[test]
    fn the_votes_of_a_draft_stand_together_by_image_and_stage() {
        let vote = |draft, stage, position| {
            let vote = Vote::Open(terms());
            queued(draft, stage, Number::first(position), vote)
        };
        let grouped = by_draft(vec![
            vote(8, Stage::Explore, 2),
            vote(4, Stage::Explore, 1),
            vote(8, Stage::Review, 1),
            vote(8, Stage::Explore, 1),
        ]);
        let told = |vote: &Queued| {
            (
                vote.image.draft.get(),
                vote.image.number.position,
                vote.image.stage,
            )
        };
        let told: Vec<Vec<_>> = grouped
            .iter()
            .map(|votes| votes.iter().map(told).collect())
            .collect();
        assert_eq!(
            told,
            [
                vec![
                    (8, 1, Stage::Explore),
                    (8, 1, Stage::Review),
                    (8, 2, Stage::Explore)
                ],
                vec![(4, 1, Stage::Explore)]
            ]
        );
    }
}
