//! An image: its picture, how its vote stands, and why there is no picture.

mod notes;
mod version;

use self::notes::noted;
pub use self::notes::*;
pub use self::version::*;
use super::vote::{Voting, voting};
use super::{mention, mentions, message_link, plain, reduced_form};
use crate::domain::approval::NotARetrier;
use crate::domain::approval::vote::VoteState;
use crate::domain::credits::Credits;
use crate::domain::draft::prompt::Prompt;
use crate::domain::geometry::{Pixels, Tier};
use crate::domain::ids::{ChannelId, GuildId, MessageId, UserId};
use crate::domain::image::drift::Drift;
use crate::domain::image::number::Number;
use crate::domain::image::reduced::Reduced;
use crate::domain::image::reference::{PictureFlaw, RefusedPicture};
use crate::domain::image::render::Failure;
use crate::domain::stage::Stage;

/// Returns what a stage is called where a picture is shown.
#[must_use]
pub const fn stage_title(stage: Stage) -> &'static str {
    match stage {
        Stage::Explore => "draft",
        Stage::Review => "review",
        Stage::Final => "final",
    }
}

/// What an image's message tells.
#[derive(Clone, Copy, Debug)]
pub struct ImageMessage<'a> {
    /// Which image of the draft, from 1.
    pub number: Number,
    /// The stage of the image.
    pub stage: Stage,
    /// The tier of the image's stage.
    pub tier: Tier,
    /// The picture's real size.
    pub pixels: Pixels,
    /// The size that was asked for.
    pub wanted: Pixels,
    /// The price of the image.
    pub price: Credits,
    /// The members who approved the image's stage. Empty at the first stage.
    pub approved_by: &'a [UserId],
    /// Who is mentioned: the requester, at the final.
    pub mention: Option<UserId>,
    /// Says so if what is posted is a smaller form of the original.
    pub reduced: Option<&'a Reduced>,
    /// How the picture differs from the approved one, and the tier of the approved one. `None` if
    /// nothing is to be said.
    pub drift: Option<(Drift, Tier)>,
    /// The message that shows the image in the gallery. `None` if no gallery does.
    pub gallery: Option<(GuildId, ChannelId, MessageId)>,
    /// The message of the picture that this version was drawn after. `None` unless it is a version.
    pub after: Option<(GuildId, ChannelId, MessageId)>,
    /// The newest version that was drawn after it, and the message that shows that.
    pub newer: Option<(u32, (GuildId, ChannelId, MessageId))>,
    /// The notes on the image.
    pub notes: Noted<'a>,
    /// The vote on the image's next stage, if there is one.
    pub voting: Option<Voting<'a>>,
}

/// Writes the message of an image.
#[must_use]
pub fn image(i: &ImageMessage<'_>) -> String {
    let who = i
        .mention
        .map(|user| format!("{} ", mention(user)))
        .unwrap_or_default();
    let title = stage_title(i.stage);
    let mut lines = vec![format!(
        "{who}**Image {}** · {} {title} · {}",
        i.number, i.tier, i.pixels
    )];
    if let Some((guild, channel, message)) = i.after {
        lines.push(format!(
            "-# Drawn after [this picture]({}), by its notes.",
            message_link(guild, channel, message)
        ));
    }
    if i.pixels != i.wanted {
        lines.push(format!(
            "-# The engine was asked for {} and drew {}.",
            i.wanted, i.pixels
        ));
    }
    if i.stage != Stage::Explore {
        lines.push(format!("Approved by {}", mentions(i.approved_by)));
    }
    if i.stage != Stage::Explore || i.after.is_some() {
        lines.push(format!("-# {}", i.price));
    }
    if let Some((drift, tier)) = i.drift {
        lines.push(moved(drift, tier, i.voting.as_ref()));
    }
    lines.extend(i.reduced.map(reduced_form));
    if let Some((guild, channel, message)) = i.gallery {
        lines.push(format!(
            "-# In the gallery: {}",
            message_link(guild, channel, message)
        ));
    }
    lines.extend(noted(&i.notes));
    if let Some((version, (guild, channel, message))) = i.newer {
        lines.push(format!(
            "-# Drawn again by them: [version {version}]({})",
            message_link(guild, channel, message)
        ));
    }
    if let Some(vote) = &i.voting {
        lines.extend(voting(vote));
    }
    lines.join("\n")
}

/// Says that a picture is not quite the approved one of a rung, to people who may be about to
/// approve it.
fn moved(drift: Drift, tier: Tier, voting: Option<&Voting<'_>>) -> String {
    let what = match drift {
        Drift::Moved(likeness) => {
            format!("It moved from the {tier} that was approved (likeness {likeness}; 1 is the same picture)")
        }
        Drift::Shape(approved) => {
            format!("It has another shape than the {tier} that was approved ({approved})")
        }
    };
    let open = voting.is_some_and(|voting| voting.state == VoteState::Open);
    let advice = if open {
        "compare before approving"
    } else {
        "compare the two"
    };
    format!("⚠️ {what}: {advice}.")
}

/// Says why an image has no picture, where its picture would have been.
#[must_use]
pub fn failure(number: Number, tier: Tier, price: Credits, why: Failure) -> String {
    let reason = match why {
        Failure::Refused => {
            "the image service's content policy refused the prompt. Try it again with other words."
        }
        Failure::Operator => {
            "the image service turned the bot away. Nothing is wrong with the prompt; the bot's operator has to look."
        }
        Failure::Broken => "the image service answered without a usable picture.",
        Failure::Exhausted => "the image service stayed unavailable.",
    };
    format!("⚠️ **Image {number}** could not be drawn at {tier}: {reason}\n-# {price} returned to the pool")
}

/// Says that the image service does not take a picture that was sent along: which one, and why.
#[must_use]
pub fn picture_refused(
    number: Number,
    tier: Tier,
    price: Credits,
    stage: Stage,
    refused: RefusedPicture,
) -> String {
    let which = match (stage, refused.which) {
        (Stage::Explore, Some(n)) => format!("reference {n}"),
        (Stage::Explore, None) => "one of the references".to_owned(),
        (Stage::Review | Stage::Final, _) => "the approved picture".to_owned(),
    };
    let why = match refused.why {
        PictureFlaw::Unreadable => "it cannot read it",
        PictureFlaw::Format => "it does not take files of this kind",
        PictureFlaw::TooSmall => "it is too small",
        PictureFlaw::TooLarge => "it is too large",
    };
    let then = match stage {
        Stage::Explore => " Draft again with another picture.",
        Stage::Review | Stage::Final => "",
    };
    format!(
        "⚠️ **Image {number}** could not be drawn at {tier}: the image service does not accept {which}: {why}.{then}\n\
         -# {price} returned to the pool"
    )
}

/// Says that the picture has come of a call whose answer was given up, and where it is shown.
#[must_use]
pub fn came_late(
    number: Number,
    tier: Tier,
    (guild, thread, message): (GuildId, ChannelId, MessageId),
) -> String {
    format!(
        "✅ **Image {number}** at {tier}: the image service's answer came late. [See the picture]({}).",
        message_link(guild, thread, message)
    )
}

/// Says that nobody knows how a paid call ended.
#[must_use]
pub fn unknown(number: Number, tier: Tier, price: Credits, operators: &[UserId]) -> String {
    let who = if operators.is_empty() {
        String::new()
    } else {
        format!(" ({})", mentions(operators))
    };
    format!(
        "❔ **Image {number}** at {tier}: the image service was asked, and its answer never came. \
         It may have been paid, so it is not asked again by itself.\n-# Held until an operator{who} has looked: {price}"
    )
}

/// Says that pictures, or word of them, cannot be posted in their draft's thread.
#[must_use]
pub fn undeliverable(requester: UserId, prompt: &Prompt) -> String {
    format!(
        "{} What was drawn of “{}” is finished, and its thread takes no message any more: it was deleted or \
         locked, or I may not write there. What was drawn is kept.",
        mention(requester),
        plain(&prompt.title(80))
    )
}

/// Returns the label of the button that tries a failed render again.
#[must_use]
pub fn retry_label(price: Credits) -> String {
    format!("Try again · {price}")
}

/// Answers privately: a failed render is queued again.
#[must_use]
pub fn retrying(price: Credits) -> String {
    format!("Queued again for {price}.")
}

/// A private answer: a failed render cannot be tried again, or was tried again already.
pub const NO_RETRY: &str = "This was tried again already, or cannot be.";

/// Answers privately: approvals that have waited longer are paid first.
pub const WAITS_ITS_TURN: &str = "Approvals that have waited longer are paid first. Nothing was spent.";

/// Answers privately: why somebody may not try a failed render again.
#[must_use]
pub fn no_retry(why: &NotARetrier) -> String {
    match why {
        NotARetrier::OthersDraft(requester) => retry_own(*requester),
        NotARetrier::Voter(why) => super::no_vote(&why.clone().into()),
    }
}

/// Says who may try a failed first image again.
fn retry_own(requester: UserId) -> String {
    format!(
        "Only {} can try this one again: it was drawn on their draft.",
        mention(requester)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::approval::{Ignored, Tally};
    use crate::domain::emoji::Emoji;
    use crate::domain::engine::cost::Usd;
    use crate::domain::image::drift::Likeness;
    use crate::domain::limits;

    fn credits(n: i64) -> Credits {
        Credits::new(n).unwrap()
    }

    const UNNOTED: Noted<'_> = Noted {
        notes: &[],
        next: None,
    };
    const ANA: UserId = UserId::new(1);
    const BO: UserId = UserId::new(2);

    fn image_with(state: VoteState, counted: Vec<UserId>, ignored: Vec<UserId>) -> String {
        let tally = Tally {
            counted,
            ignored: ignored
                .into_iter()
                .map(|user| (user, Ignored::Requester))
                .collect(),
            quorum: 2,
            ..Tally::default()
        };
        image_of(&Voting {
            state,
            tally: &tally,
            tier: Tier::K4,
            price: credits(40),
            usd: None,
            closes_ms: 5_000,
            approve: &Emoji::approve(),
            veto: &Emoji::veto(),
            lead_decides: false,
            capped: None,
            stopped: None,
            full: None,
            next: None,
            for_lead: None,
        })
    }

    fn image_of(voting: &Voting<'_>) -> String {
        let pixels = Pixels {
            width: 2560,
            height: 1440,
        };
        image(&ImageMessage {
            number: Number::first(2),
            after: None,
            newer: None,
            stage: Stage::Review,
            tier: Tier::K2,
            pixels,
            wanted: pixels,
            price: credits(20),
            approved_by: &[BO],
            mention: None,
            reduced: None,
            drift: None,
            gallery: None,
            notes: UNNOTED,
            voting: Some(*voting),
        })
    }

    #[test]
    fn what_moved_or_has_another_shape_is_said_with_what_to_do() {
        let (tally, approve, veto) = (Tally::default(), Emoji::approve(), Emoji::veto());
        let voting = |state| Voting {
            state,
            tally: &tally,
            tier: Tier::K4,
            price: credits(40),
            usd: None,
            closes_ms: 5_000,
            approve: &approve,
            veto: &veto,
            lead_decides: false,
            capped: None,
            stopped: None,
            full: None,
            next: None,
            for_lead: None,
        };
        let size = |width, height| Pixels { width, height };
        let told = |drift, state: Option<VoteState>, pixels| {
            image(&ImageMessage {
                number: Number::first(1),
                after: None,
                newer: None,
                stage: Stage::Review,
                tier: Tier::K2,
                pixels,
                wanted: size(2560, 1440),
                price: credits(20),
                approved_by: &[BO],
                mention: None,
                reduced: None,
                drift: Some((drift, Tier::K1)),
                gallery: None,
                notes: UNNOTED,
                voting: state.map(voting),
            })
        };
        let moved = Drift::Moved(Likeness::of_score(0.71));
        insta::assert_snapshot!(told(moved, Some(VoteState::Open), size(2560, 1440)), @r"
        **Image 1** · 2K review · 2560×1440
        Approved by <@2>
        -# 20 credits
        ⚠️ It moved from the 1K that was approved (likeness 0.71; 1 is the same picture): compare before approving.
        ✅ **0 of 0** for 4K at 40 credits · closes <t:5:R>
        ");
        let line = |state| {
            told(moved, state, size(2560, 1440))
                .lines()
                .nth(3)
                .unwrap()
                .to_owned()
        };
        for state in [
            None,
            Some(VoteState::Spent),
            Some(VoteState::Closed),
            Some(VoteState::Stopped),
        ] {
            assert!(line(state).ends_with(": compare the two."), "{state:?}");
        }
        let shape = Drift::Shape(size(1280, 720));
        insta::assert_snapshot!(told(shape, Some(VoteState::Open), size(2048, 2048)), @r"
        **Image 1** · 2K review · 2048×2048
        -# The engine was asked for 2560×1440 and drew 2048×2048.
        Approved by <@2>
        -# 20 credits
        ⚠️ It has another shape than the 1K that was approved (1280×720): compare before approving.
        ✅ **0 of 0** for 4K at 40 credits · closes <t:5:R>
        ");
    }

    #[test]
    fn an_image_tells_how_its_vote_stands() {
        insta::assert_snapshot!(image_with(VoteState::Open, vec![BO], vec![ANA]), @r"
        **Image 2** · 2K review · 2560×1440
        Approved by <@2>
        -# 20 credits
        ✅ **1 of 2** for 4K at 40 credits · <@2> · closes <t:5:R>
        -# Does not count: <@1>, who asked for the draft
        ");
        let vote = |state| {
            image_with(state, vec![BO], vec![])
                .lines()
                .last()
                .unwrap()
                .to_owned()
        };
        insta::assert_snapshot!(vote(VoteState::Waiting), @"⏸️ **Approved for 4K** · <@2> · waiting for credits: 40 needed. It starts by itself.");
        insta::assert_snapshot!(vote(VoteState::Spent), @"✅ **Approved for 4K** · <@2>");
        insta::assert_snapshot!(vote(VoteState::Closed), @"🔒 The vote for 4K closed with **1 of 2** · <@2>");
        insta::assert_snapshot!(vote(VoteState::None), @"-# 20 credits");
    }

    #[test]
    fn votes_that_do_not_count_are_named_with_the_reason() {
        let ignored = [
            (1, Ignored::Requester),
            (3, Ignored::NoRole),
            (4, Ignored::NoRole),
            (5, Ignored::Left),
        ];
        let tally = Tally {
            counted: vec![BO],
            ignored: ignored.map(|(user, why)| (UserId::new(user), why)).to_vec(),
            quorum: 2,
            powerless: vec![UserId::new(6)],
            ..Tally::default()
        };
        let mut voting = Voting {
            state: VoteState::Open,
            tally: &tally,
            tier: Tier::K4,
            usd: Some(Usd::micros(178_000)),
            price: credits(40),
            closes_ms: 5_000,
            approve: &"<:ship:7>".parse().unwrap(),
            veto: &Emoji::veto(),
            lead_decides: true,
            capped: None,
            stopped: None,
            full: None,
            next: None,
            for_lead: None,
        };
        let vote = |voting: &Voting<'_>| image_of(voting).lines().skip(3).collect::<Vec<_>>().join("\n");
        insta::assert_snapshot!(vote(&voting), @r"
        <:ship:7> **1 of 2** or a lead for 4K at 40 credits (about $0.178) · <@2> · closes <t:5:R>
        -# Does not count: <@1>, who asked for the draft · <@3>, <@4>, without a role that approves · <@5>, who left the server
        -# 🚫 stops only from a lead, not from <@6>
        ");
        voting.state = VoteState::Stopped;
        voting.stopped = Some((ANA, Some("the *logo*\nis old")));
        insta::assert_snapshot!(vote(&voting), @r"
        🚫 **Stopped** by <@1>
        > the \*logo\* is old
        -# While it stands, the 4K at 40 credits is not drawn. <:ship:7> 1 of 2 · <@2> · a lead lifts it with *Lift the stop* · closes <t:5:R>
        -# Does not count: <@1>, who asked for the draft · <@3>, <@4>, without a role that approves · <@5>, who left the server
        -# 🚫 stops only from a lead, not from <@6>
        ");
        voting.state = VoteState::Closed;
        insta::assert_snapshot!(vote(&voting), @r"
        🔒 The vote for 4K closed with **1 of 2** · <@2>
        🚫 It was stopped by <@1>
        > the \*logo\* is old
        ");
    }

    #[test]
    fn a_crowd_of_voters_fits_into_a_message() {
        let crowd = (1..=200).map(|n| UserId::new(u64::MAX - n)).collect();
        let text = image_with(VoteState::Open, crowd, vec![ANA]);
        assert!(text.contains("and 190 more"), "{text}");
        assert!(text.chars().count() <= limits::MESSAGE_CHARS);
    }

    #[test]
    fn a_failure_says_why_and_where_the_credits_are() {
        insta::assert_snapshot!(failure(Number::first(3), Tier::K2, credits(20), Failure::Refused), @r"
        ⚠️ **Image 3** could not be drawn at 2K: the image service's content policy refused the prompt. Try it again with other words.
        -# 20 credits returned to the pool
        ");
        let refused = |stage, which, why| {
            let refused = RefusedPicture { which, why };
            picture_refused(Number::first(1), Tier::K1, credits(10), stage, refused)
        };
        insta::assert_snapshot!(refused(Stage::Explore, Some(2), PictureFlaw::TooSmall), @r"
        ⚠️ **Image 1** could not be drawn at 1K: the image service does not accept reference 2: it is too small. Draft again with another picture.
        -# 10 credits returned to the pool
        ");
        insta::assert_snapshot!(refused(Stage::Final, Some(1), PictureFlaw::Format), @r"
        ⚠️ **Image 1** could not be drawn at 1K: the image service does not accept the approved picture: it does not take files of this kind.
        -# 10 credits returned to the pool
        ");
        insta::assert_snapshot!(unknown(Number::first(3), Tier::K2, credits(1), &[]), @r"
        ❔ **Image 3** at 2K: the image service was asked, and its answer never came. It may have been paid, so it is not asked again by itself.
        -# Held until an operator has looked: 1 credit
        ");
        let place = (GuildId::new(1), ChannelId::new(2), MessageId::new(3));
        insta::assert_snapshot!(
            came_late(Number::first(3), Tier::K2, place),
            @"✅ **Image 3** at 2K: the image service's answer came late. [See the picture](https://discord.com/channels/1/2/3)."
        );
    }
}
