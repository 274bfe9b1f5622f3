//! A draft: its starter, its thread, and the private answers to who asked for it.

mod hint;

pub use self::hint::hint;
use super::{about, approvals_of, images, mention, plain};
use crate::domain::credits::Credits;
use crate::domain::draft::prompt::Prompt;
use crate::domain::emoji::Emoji;
use crate::domain::engine::cost::Usd;
use crate::domain::geometry::{Ratio, Tier};
use crate::domain::ids::{ChannelId, RoleId, UserId};
use crate::domain::limits;
use crate::domain::money::project::Name;
use crate::domain::stage::Stage;
use crate::domain::text::shorten;

/// Longest prompt that is shown whole in a starter, in characters; a longer one is attached as a
/// file.
const SHOWN_PROMPT_CHARS: usize = 600;

/// Most characters that a prompt takes up in a starter, with the marks that make it a quote and
/// show it as text. The rest of a message's 2,000 holds everything else that a starter says.
const QUOTE_CHARS: usize = 1_050;

/// Most characters that are shown of a word that the engine does not know.
const WORD_CHARS: usize = 20;

/// What an engine does not know of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotKnown {
    /// The name of the engine.
    pub engine: String,
    /// The words, as they were typed: letters and digits only.
    pub words: Vec<String>,
    /// Whether it knows nothing else of the prompt either, and draws shapes.
    pub draws_shapes: bool,
}

impl NotKnown {
    fn told(&self) -> Option<String> {
        let quoted = |word: &String| format!("“{}”", shorten(word, WORD_CHARS));
        let mut words: Vec<String> = self.words.iter().map(quoted).collect();
        let last = words.pop()?;
        let words = if words.is_empty() {
            last
        } else {
            format!("{} or {last}", words.join(", "))
        };
        let instead = if self.draws_shapes {
            "it draws shapes instead"
        } else {
            "it draws the rest"
        };
        Some(format!("-# {} knows no {words}; {instead}", plain(&self.engine)))
    }
}

/// How far a draft's first images are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many images wait to be drawn.
    pub queued: usize,
    /// How many images wait because the image service was busy or away.
    pub busy: usize,
    /// How many images are being drawn.
    pub drawing: usize,
    /// How many images are drawn.
    pub done: usize,
    /// How many images ended without a picture and gave their credits back.
    pub failed: usize,
    /// How many images were paid for, as an operator found, and never received.
    pub lost: usize,
    /// How many images were called off and gave their credits back.
    pub cancelled: usize,
    /// How many images have an end that nobody knows. Their credits stay held.
    pub unknown: usize,
}

impl Progress {
    /// Returns how many first images the draft has.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.queued
            + self.busy
            + self.drawing
            + self.done
            + self.failed
            + self.lost
            + self.cancelled
            + self.unknown
    }
}

/// What an image that is queued waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// How many images of other drafts are drawn first.
    pub ahead: u32,
    /// About how long the wait takes, in milliseconds. `None` where that is not known.
    pub ms: Option<i64>,
}

impl Wait {
    fn told(self) -> String {
        let time = self.ms.map_or_else(String::new, |ms| {
            // To the minute, and one at least: it is a guess.
            let minutes = ms.max(0).div_euclid(60_000) + 1;
            if minutes < 60 {
                format!(", about {minutes} min")
            } else {
                format!(", about {} h", (minutes + 30) / 60)
            }
        });
        let images = if self.ahead == 1 {
            "other image"
        } else {
            "other images"
        };
        format!(" behind {} {images}{time}", self.ahead)
    }
}

/// What an approval of a first image leads to, and what it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextStage {
    /// The tier of the next stage.
    pub tier: Tier,
    /// The price of an image at the next stage.
    pub price: Credits,
    /// How many members must approve an image.
    pub quorum: u32,
}

impl NextStage {
    fn told(self, approve: &Emoji) -> String {
        format!(
            "React {approve} in the thread to bring an image to {} · {} each · needs {}",
            self.tier,
            self.price,
            approvals_of(self.quorum)
        )
    }
}

/// What a starter tells.
#[derive(Clone, Copy, Debug)]
pub struct Starter<'a> {
    /// The member who asked for the draft, whom the message pings when it is posted.
    pub requester: UserId,
    /// The prompt of the draft.
    pub prompt: &'a Prompt,
    /// The details that later stages must keep.
    pub keep: Option<&'a str>,
    /// How many pictures the draft is based on. The starter has them as attachments.
    pub references: u32,
    /// The project that pays for the draft, if one does.
    pub project: Option<&'a Name>,
    /// The ratio of the pictures.
    pub ratio: Ratio,
    /// The tier of the first stage.
    pub tier: Tier,
    /// What all images cost together.
    pub cost: Credits,
    /// What all images are expected to cost the operator. `None` where that is not known.
    pub usd: Option<Usd>,
    /// What has gone back to the pool of that.
    pub returned: Credits,
    /// How many of the draft's first images are queued, drawn, failed and so on.
    pub progress: Progress,
    /// What the draft's queued images wait for. `None` if none waits.
    pub wait: Option<Wait>,
    /// When a busy image service is asked again, in milliseconds since 1970. `None` if it is not.
    pub retry_ms: Option<i64>,
    /// What an approval leads to. `None` if the first stage is the last, or all votes are over.
    pub next: Option<NextStage>,
    /// The emoji that approves.
    pub approve: &'a Emoji,
    /// What the engine does not know of the prompt, if it says so.
    pub not_known: Option<&'a NotKnown>,
    /// The role whose votes are wanted. The message pings it when it is posted, if it [names
    /// it](Starter::asks).
    pub votes_role: Option<RoleId>,
}

impl Starter<'_> {
    /// Returns the role that the starter asks to vote: none where no image can come to a vote any more.
    #[must_use]
    pub fn asks(&self) -> Option<RoleId> {
        let Progress {
            queued,
            busy,
            drawing,
            done,
            ..
        } = self.progress;
        self.votes_role
            .filter(|_| self.next.is_some() && queued + busy + drawing + done > 0)
    }
}

/// Writes the starter: the public message that a draft's thread hangs on.
#[must_use]
pub fn starter(s: &Starter<'_>) -> String {
    let total = images(s.progress.total());
    let mut lines = vec![format!(
        "**Draft** by {} · {total} · {} · {}",
        mention(s.requester),
        s.tier,
        s.ratio
    )];
    lines.push(quote(s.prompt).0);
    if let Some(keep) = s.keep {
        lines.push(format!(
            "-# Keep: {}",
            plain(&shorten(&keep.replace('\n', " "), 200))
        ));
    }
    if s.references > 0 {
        let pictures = if s.references == 1 {
            "the picture that is attached".to_owned()
        } else {
            format!("the {} pictures that are attached", s.references)
        };
        lines.push(format!("-# After {pictures}"));
    }
    let project = s
        .project
        .map_or_else(String::new, |name| format!("For {} · ", plain(name.as_str())));
    lines.push(format!(
        "-# {project}{}{}",
        paid(s.cost, s.returned),
        about(s.usd)
    ));
    lines.extend(s.not_known.and_then(NotKnown::told));
    lines.push(progress(s));
    lines.extend(
        s.asks()
            .map(|role| format!("<@&{role}>: your votes are wanted in the thread")),
    );
    lines.join("\n")
}

/// Writes what a draft costs: `30 → 20 credits, 10 returned`.
fn paid(cost: Credits, returned: Credits) -> String {
    match cost.minus(returned) {
        Ok(left) if returned > Credits::ZERO => {
            format!("{} → {left}, {} returned", cost.number(), returned.number())
        }
        _ => cost.to_string(),
    }
}

/// Writes what becomes of a starter whose thread could not be opened.
#[must_use]
pub fn starter_abandoned(requester: UserId, prompt: &Prompt, cost: Credits) -> String {
    format!(
        "**Draft** by {} · its thread could not be opened\n{}\n-# {cost} returned to the pool",
        mention(requester),
        quote(prompt).0
    )
}

/// Returns whether a starter shows all of a prompt. Else the prompt is attached as a file.
#[must_use]
pub fn shows_whole(prompt: &Prompt) -> bool {
    quote(prompt).1
}

/// Writes a prompt as a quote, cut if need be. Returns also whether it is whole.
///
/// Each line break adds a mark, and many characters another. So the length of the quote counts, and
/// not that of the prompt.
fn quote(prompt: &Prompt) -> (String, bool) {
    let mut max_chars = SHOWN_PROMPT_CHARS;
    loop {
        let shown = shorten(prompt.as_str(), max_chars);
        let quote = plain(&shown)
            .lines()
            .map(|line| format!("> {line}"))
            .collect::<Vec<_>>()
            .join("\n");
        if quote.chars().count() <= QUOTE_CHARS {
            return (quote, shown == prompt.as_str());
        }
        max_chars = max_chars * 4 / 5;
    }
}

fn progress(s: &Starter<'_>) -> String {
    let Starter {
        progress: p,
        wait,
        next,
        approve,
        ..
    } = s;
    let total = p.total();
    let mut parts = vec![if p.done == total {
        format!("{total} drawn")
    } else {
        format!("{} of {total} drawn", p.done)
    }];
    let mut also = |n: usize, what: &str| {
        if n > 0 {
            parts.push(format!("{n} {what}"));
        }
    };
    also(p.drawing, "being drawn");
    also(
        p.queued,
        &format!("queued{}", wait.map_or_else(String::new, Wait::told)),
    );
    let again = s.retry_ms.map_or_else(
        || "trying again soon".to_owned(),
        |ms| format!("trying again <t:{}:R>", ms.div_euclid(1000)),
    );
    also(p.busy, &format!("held up by a busy image service, {again}"));
    also(p.failed, "failed, credits returned");
    also(p.lost, "paid and never received");
    also(p.cancelled, "cancelled, credits returned");
    also(p.unknown, "of unknown outcome, credits held");
    let line = parts.join(" · ");
    if p.queued + p.busy + p.drawing > 0 {
        format!("⏳ {line}")
    } else if let Some(next) = next.filter(|_| p.done > 0) {
        format!("{line}\n{}", next.told(approve))
    } else {
        line
    }
}

/// Returns the name of a draft's thread.
#[must_use]
pub fn thread_name(prompt: &Prompt) -> String {
    prompt.title(limits::THREAD_NAME_CHARS)
}

/// The label of the button that calls off what is queued.
pub const CANCEL_LABEL: &str = "Cancel what is queued";

/// Answers privately: the draft is accepted, its thread is being opened.
#[must_use]
pub fn accepted(n: usize, cost: Credits) -> String {
    format!("{} for {cost}: opening the thread…", images(n))
}

/// Answers privately: the draft's thread is open.
#[must_use]
pub fn opened(n: usize, cost: Credits, thread: ChannelId, note: Option<&str>) -> String {
    let note = note.map(|note| format!("\n{note}")).unwrap_or_default();
    format!("{} for {cost} in <#{thread}>{note}", images(n))
}

/// Says that a ratio ends before the last stage.
#[must_use]
pub fn shortened(ratio: Ratio, missing: Tier, last: Stage) -> String {
    format!("{ratio} has no {missing} with this engine: {last} is the last stage.")
}

/// Answers privately: the thread could never be opened.
#[must_use]
pub fn abandoned(cost: Credits, channel: ChannelId, why: &str) -> String {
    format!("The thread could not be opened in <#{channel}>: {why} {cost} returned to the pool.")
}

/// Why a thread could not be opened, as far as it concerns who asked.
pub const NO_THREAD: &str = "Discord did not let me post there or open one.";

/// Answers privately: how a Cancel ended.
#[must_use]
pub fn cancelled(n: usize, returned: Credits, called_off: usize) -> String {
    let here = format!("{} cancelled, {returned} returned to the pool.", images(n));
    let there = format!(
        "{} may still wait at the image service and {} called off there. What has begun will be finished.",
        images(called_off),
        if called_off == 1 { "is" } else { "are" }
    );
    match (n, called_off) {
        (0, 0) => {
            "Nothing is queued any more; what is being drawn is paid for and will be finished.".to_owned()
        }
        (_, 0) => here,
        (0, _) => there,
        (_, _) => format!("{here} {there}"),
    }
}

/// Answers privately: who may cancel.
#[must_use]
pub fn only_requester(requester: UserId) -> String {
    format!(
        "Only {} or someone who manages the server can cancel this draft.",
        mention(requester)
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn credits(n: i64) -> Credits {
        Credits::new(n).unwrap()
    }

    const ANA: UserId = UserId::new(1);

    fn starter_with(prompt: &str, progress: Progress) -> String {
        starter(&Starter {
            requester: ANA,
            prompt: &Prompt::parse(prompt).unwrap(),
            keep: Some("the pose"),
            references: 0,
            project: None,
            ratio: "16:9".parse().unwrap(),
            tier: Tier::K1,
            cost: credits(40),
            usd: None,
            returned: credits(0),
            progress,
            wait: Some(Wait { ahead: 3, ms: None }).filter(|_| progress.drawing == 0),
            retry_ms: Some(9_000),
            next: Some(NextStage {
                tier: Tier::K2,
                price: credits(20),
                quorum: 1,
            }),
            approve: &Emoji::approve(),
            not_known: None,
            votes_role: None,
        })
    }

    #[test]
    fn words_that_the_engine_does_not_know_are_said_in_one_line() {
        let told = |words: &[&str], draws_shapes| {
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            let engine = "sketch".to_owned();
            NotKnown {
                engine,
                words,
                draws_shapes,
            }
            .told()
        };
        assert_eq!(told(&[], true), None);
        insta::assert_snapshot!(told(&["ramen"], true).unwrap(), @"-# sketch knows no “ramen”; it draws shapes instead");
        insta::assert_snapshot!(told(&["dragon", "kimchi", "Donaudampfschifffahrtsgesellschaft"], false).unwrap(), @"-# sketch knows no “dragon”, “kimchi” or “Donaudampfschifffah…”; it draws the rest");
    }

    #[test]
    fn a_starter_tells_how_far_a_draft_is() {
        let first = Progress {
            queued: 2,
            drawing: 1,
            done: 1,
            ..Progress::default()
        };
        insta::assert_snapshot!(starter_with("a *red* fox\n# at dawn", first), @r"
        **Draft** by <@1> · 4 images · 1K · 16:9
        > a \*red\* fox
        > \# at dawn
        -# Keep: the pose
        -# 40 credits
        ⏳ 1 of 4 drawn · 1 being drawn · 2 queued
        ");
        let last = |progress| starter_with("a fox", progress).lines().last().unwrap().to_owned();
        let counts = |progress| {
            starter_with("a fox", progress)
                .lines()
                .nth_back(1)
                .unwrap()
                .to_owned()
        };
        let done = Progress {
            done: 4,
            ..Progress::default()
        };
        insta::assert_snapshot!(last(done), @"React ✅ in the thread to bring an image to 2K · 20 credits each · needs 1 approval");
        let mixed = Progress {
            done: 1,
            failed: 1,
            lost: 1,
            cancelled: 1,
            unknown: 1,
            ..Progress::default()
        };
        insta::assert_snapshot!(counts(mixed), @"1 of 5 drawn · 1 failed, credits returned · 1 paid and never received · 1 cancelled, credits returned · 1 of unknown outcome, credits held");
        let none = Progress {
            failed: 4,
            ..Progress::default()
        };
        insta::assert_snapshot!(last(none), @"0 of 4 drawn · 4 failed, credits returned");
        let waiting = Progress {
            queued: 4,
            ..Progress::default()
        };
        insta::assert_snapshot!(last(waiting), @"⏳ 0 of 4 drawn · 4 queued behind 3 other images");
        let busy = Progress {
            done: 3,
            busy: 1,
            ..Progress::default()
        };
        insta::assert_snapshot!(last(busy), @"⏳ 3 of 4 drawn · 1 held up by a busy image service, trying again <t:9:R>");
    }

    #[test]
    fn a_wait_is_told_to_the_minute_where_it_is_known() {
        let told = |ahead, ms| Wait { ahead, ms }.told();
        assert_eq!(told(1, None), " behind 1 other image");
        assert_eq!(told(5, Some(0)), " behind 5 other images, about 1 min");
        assert_eq!(told(5, Some(150_000)), " behind 5 other images, about 3 min");
        assert_eq!(told(500, Some(5_400_000)), " behind 500 other images, about 2 h");
    }

    proptest! {
        #[test]
        fn a_starter_fits_into_a_message(text in "([\\PC]|[*\n]){1,4000}", keep in "\\PC{0,500}") {
            if let Ok(prompt) = Prompt::parse(&text) {
                let project = Name::parse(&"*".repeat(limits::PROJECT_NAME_CHARS)).unwrap();
                let starter = starter(&Starter {
                    requester: ANA,
                    prompt: &prompt,
                    keep: Some(&keep),
                    references: 4,
                    project: Some(&project),
                    ratio: "16:9".parse().unwrap(),
                    tier: Tier::K1,
                    cost: Credits::MAX,
                    usd: Some(Usd::micros(u64::MAX)),
                    returned: Credits::ZERO,
                    progress: Progress { done: 1, failed: 1, cancelled: 1, unknown: 1, ..Progress::default() },
                    wait: None,
                    retry_ms: None,
                    next: Some(NextStage { tier: Tier::K2, price: Credits::MAX, quorum: u32::MAX }),
                    approve: &Emoji::approve(),
                    not_known: Some(&NotKnown {
                        engine: "sketch".to_owned(),
                        words: vec!["x".repeat(40); 3],
                        draws_shapes: true,
                    }),
                    votes_role: Some(RoleId::new(u64::MAX)),
                });
                prop_assert!(starter.chars().count() <= limits::MESSAGE_CHARS);
            }
        }
    }
}
