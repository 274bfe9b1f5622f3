//! Decides whether a draft is over, so that what is kept of it may be removed after a while.

use super::entity::{Draft, Place};
use crate::domain::approval::vote::{Image, Vote, VoteState};
use crate::domain::ids::MessageId;
use crate::domain::image::render::State;

/// Why nothing of a draft is removed, however old it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StillWanted {
    /// Its thread is still to be opened.
    Opening,
    /// An image is still to be drawn, or nobody knows how its call ended.
    Drawing,
    /// A message is still to be posted or edited from its files.
    Posting,
    /// The vote on an image is not over.
    Vote,
    /// An approval waits for credits, or a spending limit blocks it.
    Approval,
    /// A later stage or a version ended without a picture, and can be tried again.
    Retry,
    /// A gallery shows an image of it.
    Gallery,
}

/// Returns when a draft was over, in milliseconds since 1970: when the last of its images was asked
/// for or shown, or its vote closed. `is_posting` says whether a message is still to be posted or
/// edited from its files.
///
/// # Errors
/// The first [`StillWanted`], in the order of its variants.
pub fn over_since_ms(draft: &Draft, images: &[Image], is_posting: bool) -> Result<i64, StillWanted> {
    let wanted = [
        (StillWanted::Opening, matches!(draft.place, Place::Opening(_))),
        (StillWanted::Drawing, images.iter().any(is_open_ended)),
        (StillWanted::Posting, is_posting),
        (
            StillWanted::Vote,
            any_vote(images, &[VoteState::Open, VoteState::Stopped]),
        ),
        (
            StillWanted::Approval,
            any_vote(images, &[VoteState::Waiting, VoteState::Capped]),
        ),
        (
            StillWanted::Retry,
            images.iter().any(|image| can_be_retried(image, images)),
        ),
        (
            StillWanted::Gallery,
            images.iter().any(|image| image.shown.is_some()),
        ),
    ];
    if let Some((why, _)) = wanted.into_iter().find(|(_, is_so)| *is_so) {
        return Err(why);
    }
    let last = images.iter().flat_map(ends_ms).max();
    Ok(last.unwrap_or_default().max(draft.created_ms))
}

fn is_open_ended(image: &Image) -> bool {
    image.state.is_pending() || image.state == State::Unknown
}

fn any_vote(images: &[Image], states: &[VoteState]) -> bool {
    images.iter().any(|image| states.contains(&image.vote.state()))
}

/// Returns whether an approval, or a version's price, can be spent again on an image that ended without a
/// picture. An idea that failed is drawn from words.
fn can_be_retried(image: &Image, all: &[Image]) -> bool {
    let is_live = |other: &Image| {
        let same = (other.number, other.stage) == (image.number, image.stage);
        same && !other.state.is_dead()
    };
    image.parent.or(image.after).is_some() && image.state.may_retry() && !all.iter().any(is_live)
}

/// Returns the moments that the end of a draft is not before.
fn ends_ms(image: &Image) -> [i64; 3] {
    let closed_ms = match &image.vote {
        Vote::Closed { terms, .. } => terms.closes_ms,
        Vote::None
        | Vote::Open(_)
        | Vote::Stopped { .. }
        | Vote::Waiting { .. }
        | Vote::Capped { .. }
        | Vote::Spent(_) => 0,
    };
    [
        image.queued_ms,
        image.message.map_or(0, MessageId::at_ms),
        closed_ms,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::approval::terms::Terms;
    use crate::domain::approval::vote::Stop;
    use crate::domain::credits::Credits;
    use crate::domain::draft::prompt::Prompt;
    use crate::domain::emoji::Emoji;
    use crate::domain::geometry::Pixels;
    use crate::domain::ids::{ChannelId, DISCORD_EPOCH_MS, DraftId, GuildId, RenderId, UserId};
    use crate::domain::image::number::Number;
    use crate::domain::image::render::{Failure, Origin, Render, Shown};
    use crate::domain::money::spend_limit::Capped;
    use crate::domain::stage::Stage;

    /// Some time in Discord's, in milliseconds since 1970.
    const NOW: i64 = DISCORD_EPOCH_MS + 1_000_000;
    const SIZE: Pixels = Pixels {
        width: 1280,
        height: 720,
    };

    fn draft(place: Place) -> Draft {
        Draft {
            id: DraftId::new(7),
            guild: GuildId::new(1),
            channel: ChannelId::new(2),
            parent: None,
            requester: UserId::new(3),
            project: None,
            prompt: Prompt::stored("a red fox".to_owned()),
            keep: None,
            ratio: "16:9".parse().unwrap(),
            images: 1,
            references: 0,
            last_stage: Stage::Final,
            place,
            answer_token: None,
            forgotten: false,
            references_removed_ms: None,
            prompt_removed_ms: None,
            created_ms: NOW,
        }
    }

    fn open() -> Place {
        let (starter, thread) = (MessageId::new(4), ChannelId::new(4));
        Place::Open { starter, thread }
    }

    fn terms() -> Terms {
        Terms {
            price: Credits::new(20).unwrap(),
            quorum: 1,
            own_vote: false,
            lead_decides: false,
            approve: Emoji::approve(),
            veto: Emoji::veto(),
            approvers: [].into(),
            leads: [].into(),
            closes_ms: NOW + 9_000,
        }
    }

    /// Returns an image at a stage, made of one before it if the stage is a later one.
    fn image(id: u64, stage: Stage, now: State) -> Image {
        let origin = Origin {
            draft: DraftId::new(7),
            guild: GuildId::new(1),
            parent: (stage != Stage::Explore).then(|| RenderId::new(id - 1)),
            after: None,
            number: Number::first(1),
        };
        let render = Render::queued(
            RenderId::new(id),
            origin,
            stage,
            Credits::new(10).unwrap(),
            SIZE,
            NOW + 1_000,
        );
        Image {
            render: Render { state: now, ..render },
            vote: Vote::None,
            vote_version: 0,
            remind_ms: None,
            notice: None,
            for_lead: None,
            notes: 0,
        }
    }

    fn idea(vote: Vote) -> Image {
        Image {
            vote,
            ..image(1, Stage::Explore, State::Done(SIZE))
        }
    }

    fn later(state: State) -> Vec<Image> {
        vec![idea(Vote::Spent(terms())), image(2, Stage::Review, state)]
    }

    fn failed(why: Failure) -> State {
        State::Failed(why)
    }

    fn closed(stop: Option<Stop>) -> Vote {
        Vote::Closed { terms: terms(), stop }
    }

    /// A name, the images of a draft, and what is said of it.
    type Case = (&'static str, Vec<Image>, Option<StillWanted>);

    /// Every state of an image that stands alone.
    fn alone() -> Vec<Case> {
        let alone = |state| vec![image(1, Stage::Explore, state)];
        let drawing = Some(StillWanted::Drawing);
        vec![
            ("nothing", Vec::new(), None),
            ("queued", alone(State::Queued), drawing),
            ("rendering", alone(State::Rendering), drawing),
            ("unknown", alone(State::Unknown), drawing),
            ("cancelled", alone(State::Cancelled), None),
            ("a refused idea", alone(failed(Failure::Refused)), None),
            ("a broken idea", alone(failed(Failure::Broken)), None),
        ]
    }

    /// Every state of a vote.
    fn votes() -> Vec<Case> {
        let stop = Stop {
            by: UserId::new(9),
            reason: None,
        };
        let capped = Capped {
            by: "each 0 any day 100".parse().unwrap(),
            until_ms: None,
        };
        let stopped = Vote::Stopped {
            terms: terms(),
            stop: stop.clone(),
        };
        let waiting = Vote::Waiting {
            terms: terms(),
            since_ms: NOW,
        };
        let capped = Vote::Capped {
            terms: terms(),
            since_ms: NOW,
            capped,
        };
        let with = |vote| vec![idea(vote)];
        vec![
            ("no vote", with(Vote::None), None),
            ("open", with(Vote::Open(terms())), Some(StillWanted::Vote)),
            ("stopped", with(stopped), Some(StillWanted::Vote)),
            ("waiting", with(waiting), Some(StillWanted::Approval)),
            ("capped", with(capped), Some(StillWanted::Approval)),
            ("closed", with(closed(None)), None),
            ("closed while stopped", with(closed(Some(stop))), None),
        ]
    }

    /// Every state of what is made of an image.
    fn children() -> Vec<Case> {
        let version = |state: State| {
            let mut version = image(3, Stage::Explore, state);
            (version.render.after, version.render.number.version) = (Some(RenderId::new(1)), 2);
            vec![idea(closed(None)), version]
        };
        let again = |state: State| {
            let mut all = later(failed(Failure::Broken));
            all.push(image(2, Stage::Review, state));
            all
        };
        let mut last = image(2, Stage::Final, State::Done(SIZE));
        last.render.shown = Some(Shown {
            channel: ChannelId::new(5),
            message: MessageId::new(6),
        });
        let shown = vec![idea(Vote::Spent(terms())), last];
        let (drawing, retry) = (Some(StillWanted::Drawing), Some(StillWanted::Retry));
        vec![
            ("a queued child", later(State::Queued), drawing),
            ("a child that is drawn now", later(State::Rendering), drawing),
            ("a drawn child", later(State::Done(SIZE)), None),
            ("an unknown child", later(State::Unknown), drawing),
            ("a cancelled child", later(State::Cancelled), None),
            ("a refused child", later(failed(Failure::Refused)), None),
            ("a broken child", later(failed(Failure::Broken)), retry),
            ("an exhausted child", later(failed(Failure::Exhausted)), retry),
            (
                "a child for the operator",
                later(failed(Failure::Operator)),
                retry,
            ),
            ("a child that is tried again", again(State::Rendering), drawing),
            ("a child of the second try", again(State::Done(SIZE)), None),
            ("a queued version", version(State::Queued), drawing),
            ("a drawn version", version(State::Done(SIZE)), None),
            ("a broken version", version(failed(Failure::Broken)), retry),
            ("a final in the gallery", shown, Some(StillWanted::Gallery)),
        ]
    }

    #[test]
    fn what_is_still_wanted_protects_the_whole_draft() {
        for (what, images, wanted) in [alone(), votes(), children()].concat() {
            let said = over_since_ms(&draft(open()), &images, false);
            assert_eq!(said.err(), wanted, "{what}");
            let said = over_since_ms(&draft(open()), &images, true);
            let drawing = wanted.filter(|wanted| *wanted == StillWanted::Drawing);
            assert_eq!(said.err(), drawing.or(Some(StillWanted::Posting)), "{what}");
            let said = over_since_ms(&draft(Place::Opening(None)), &images, false);
            assert_eq!(said, Err(StillWanted::Opening), "{what}");
        }
    }

    #[test]
    fn a_draft_is_over_when_the_last_of_it_is() {
        let over = |images: &[Image]| over_since_ms(&draft(open()), images, false);
        assert_eq!(over(&[]), Ok(NOW));
        assert_eq!(over_since_ms(&draft(Place::Abandoned(None)), &[], false), Ok(NOW));
        assert_eq!(over(&[idea(Vote::None)]), Ok(NOW + 1_000), "it was asked for");
        assert_eq!(over(&[idea(closed(None))]), Ok(NOW + 9_000), "its vote closed");
        let mut posted = idea(Vote::None);
        posted.render.message = Some(MessageId::new(1_005_000 << 22));
        assert_eq!(over(&[posted]), Ok(NOW + 5_000), "it was shown");
    }
}
