//! Paid calls whose end nobody knows, and what a person decides about their credits.

use super::{mention, plain};
use crate::domain::credits::{Credits, Pool};
use crate::domain::draft::prompt::Prompt;
use crate::domain::geometry::Tier;
use crate::domain::ids::{ChannelId, RenderId, UserId};
use crate::domain::image::number::Number;
use crate::domain::image::render::{Ruling, Verdict};
use crate::domain::limits;
use crate::domain::text::shorten;

/// A render whose end nobody knows.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// The id of the render, by which the command names it.
    pub render: RenderId,
    /// Which image of the draft, from 1.
    pub number: Number,
    /// The tier of the image.
    pub tier: Tier,
    /// The credits that are held for the render.
    pub price: Credits,
    /// The prompt of the draft.
    pub prompt: Prompt,
    /// The member who asked for the draft.
    pub requester: UserId,
    /// The thread in which the image would be shown. `None` if there is none.
    pub thread: Option<ChannelId>,
    /// The name of the engine that was called.
    pub engine: String,
    /// The engine's name for the call. `None` if the engine gave none.
    pub request: Option<String>,
    /// When the render was queued, in milliseconds since 1970.
    pub queued_ms: i64,
}

/// Answers privately: the paid calls whose end nobody knows. `more` says that not all are listed.
#[must_use]
pub fn unresolved(all: &[Unresolved], more: bool) -> String {
    if all.is_empty() {
        return "Nothing is unresolved: of every paid call it is known how it ended.".to_owned();
    }
    let mut lines = vec![
        "**Paid calls whose answer never came.** Look them up at the image service, then choose here: \
         **settle** what was charged, **release** what was not."
            .to_owned(),
    ];
    lines.extend(all.iter().map(line));
    if more {
        lines.push("-# There are more; these are the oldest.".to_owned());
    }
    lines.join("\n")
}

fn line(one: &Unresolved) -> String {
    let place = one
        .thread
        .map_or_else(String::new, |thread| format!(" in <#{thread}>"));
    let request = one.request.as_deref().map_or_else(String::new, |request| {
        format!(" as `{}`", shorten(request, 60).replace('`', ""))
    });
    format!(
        "`{}` **{}** · image {} at {} of {}{place} · {} · asked {}{request} <t:{}:R>",
        one.render,
        one.price,
        one.number,
        one.tier,
        mention(one.requester),
        plain(&one.prompt.title(40)),
        plain(&one.engine),
        one.queued_ms.div_euclid(1000),
    )
}

/// Writes what is offered while an operator types.
#[must_use]
pub fn unresolved_choice(one: &Unresolved) -> String {
    let choice = format!(
        "{}: image {} at {} of “{}”",
        one.price,
        one.number,
        one.tier,
        one.prompt.title(50)
    );
    shorten(&choice, limits::CHOICE_CHARS)
}

/// Answers privately: what came of a decision.
#[must_use]
pub fn decided(price: Credits, verdict: Verdict, pool: &Pool) -> String {
    let done = match verdict {
        Verdict::Settle => "stay spent",
        Verdict::Release => "are back in the pool",
    };
    format!(
        "Decided: {price} {done}. The pool has {} available. The thread is told.",
        pool.available
    )
}

/// Answers privately: somebody else decided, or the picture came after all.
#[must_use]
pub fn not_unresolved(decision: Option<&Ruling>) -> String {
    let Some(decision) = decision else {
        return "This image is not unresolved: it is known how it ended. Nothing was changed.".to_owned();
    };
    let what = match decision.verdict {
        Verdict::Settle => "settled",
        Verdict::Release => "released",
    };
    format!(
        "This was {what} already by {}. Nothing was changed.",
        mention(decision.by)
    )
}

/// A private answer: no image of this server has that name.
pub const NO_SUCH_RENDER: &str =
    "There is no such image here. `/treasury unresolved` without options lists those that can be decided.";

/// A private answer: an image and a decision belong together.
pub const HALF_A_DECISION: &str = "Choose both: `image`, and as `decision` whether its credits stay spent or come back. Nothing was changed.";

/// Says why an image has no picture, after a person decided about its credits.
#[must_use]
pub fn given_up(number: Number, tier: Tier, price: Credits, decision: &Ruling) -> String {
    let (found, credits) = match decision.verdict {
        Verdict::Settle => ("it was paid all the same", "stay spent"),
        Verdict::Release => ("nothing was paid", "returned to the pool"),
    };
    let why = decision.reason.as_deref().map_or_else(String::new, |why| {
        format!(" · {}", plain(&shorten(why, limits::REASON_CHARS)))
    });
    format!(
        "⚠️ **Image {number}** at {tier}: the image service's answer never came. {} has looked: {found}.\n\
         -# {price} {credits}{why}",
        mention(decision.by)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> Unresolved {
        Unresolved {
            render: RenderId::new(u64::MAX >> 1),
            number: Number::first(2),
            tier: Tier::K2,
            price: Credits::new(20).unwrap(),
            prompt: Prompt::parse("a *fox* in the snow").unwrap(),
            requester: UserId::new(1),
            thread: Some(ChannelId::new(5)),
            engine: "openai".to_owned(),
            request: Some("req_1`2".to_owned()),
            queued_ms: 7_500,
        }
    }

    #[test]
    fn what_is_unresolved_is_listed_with_what_to_look_for() {
        insta::assert_snapshot!(unresolved(&[], false), @"Nothing is unresolved: of every paid call it is known how it ended.");
        insta::assert_snapshot!(unresolved(&[one()], true), @r"
        **Paid calls whose answer never came.** Look them up at the image service, then choose here: **settle** what was charged, **release** what was not.
        `7fffffffffffffff` **20 credits** · image 2 at 2K of <@1> in <#5> · a \*fox\* in the snow · asked openai as `req_12` <t:7:R>
        -# There are more; these are the oldest.
        ");
        insta::assert_snapshot!(unresolved_choice(&one()), @"20 credits: image 2 at 2K of “a *fox* in the snow”");
    }

    #[test]
    fn the_longest_list_fits_into_a_message() {
        let mut long = one();
        long.prompt = Prompt::parse(&"*".repeat(4_000)).unwrap();
        long.requester = UserId::new(u64::MAX >> 1);
        long.thread = Some(ChannelId::new(u64::MAX >> 1));
        long.request = Some("r".repeat(500));
        long.price = Credits::MAX;
        long.queued_ms = 99_999_999_999_999;
        let count = usize::try_from(limits::UNRESOLVED_LINES).unwrap();
        let text = unresolved(&vec![long.clone(); count], true);
        assert!(
            text.chars().count() <= limits::MESSAGE_CHARS,
            "{}",
            text.chars().count()
        );
        assert!(unresolved_choice(&long).chars().count() <= limits::CHOICE_CHARS);
    }

    #[test]
    fn the_thread_is_told_what_was_decided_and_why() {
        let mut decision = Ruling {
            verdict: Verdict::Settle,
            by: UserId::new(7),
            reason: Some("on the *invoice*".to_owned()),
        };
        let price = Credits::new(20).unwrap();
        insta::assert_snapshot!(given_up(Number::first(3), Tier::K2, price, &decision), @r"
        ⚠️ **Image 3** at 2K: the image service's answer never came. <@7> has looked: it was paid all the same.
        -# 20 credits stay spent · on the \*invoice\*
        ");
        insta::assert_snapshot!(not_unresolved(Some(&decision)), @"This was settled already by <@7>. Nothing was changed.");
        decision.verdict = Verdict::Release;
        decision.reason = None;
        insta::assert_snapshot!(given_up(Number::first(3), Tier::K2, price, &decision), @r"
        ⚠️ **Image 3** at 2K: the image service's answer never came. <@7> has looked: nothing was paid.
        -# 20 credits returned to the pool
        ");
        insta::assert_snapshot!(not_unresolved(None), @"This image is not unresolved: it is known how it ended. Nothing was changed.");
    }
}
