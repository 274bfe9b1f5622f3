//! Every sentence that a person can read, as functions of what it tells.

use super::approval::{Tally, VoteState};
use super::credits::{Credits, Pool};
use super::draft::Refusal;
use super::ids::{ChannelId, UserId};
use super::limits;
use super::picture::{Pixels, Ratio, Tier};
use super::prompt::{BadPrompt, Prompt, shorten};
use super::render::Failure;
use super::stage::Stage;

/// The emoji that approves.
pub const APPROVE: &str = "✅";

/// Longest prompt that is shown whole in a starter, in characters; a longer one is attached as a file.
const SHOWN_PROMPT_CHARS: usize = 600;

/// Most characters that a prompt takes up in a starter, with the marks that make it a quote and show it as text: what
/// is left of a message's 2,000 holds everything else that a starter says.
const QUOTE_CHARS: usize = 1_200;

/// Someone's text, shown as text: markdown does nothing, and nobody is pinged.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\\' | '*' | '_' | '~' | '`' | '|' | '>' | '<' | '#' | '[' | ']' | '(' | ')' | '-' | ':' => {
                out.push('\\');
                out.push(c);
            }
            '@' => out.push_str("@\u{200b}"),
            _ => out.push(c),
        }
    }
    out
}

fn mention(user: UserId) -> String {
    format!("<@{user}>")
}

/// Most people that are named one by one.
pub const NAMED: usize = 10;

fn mentions(users: &[UserId]) -> String {
    let named: Vec<String> = users.iter().take(NAMED).map(|user| mention(*user)).collect();
    let more = users.len().saturating_sub(NAMED);
    let more = if more == 0 {
        String::new()
    } else {
        format!(" and {more} more")
    };
    format!("{}{more}", named.join(", "))
}

fn images(n: usize) -> String {
    if n == 1 {
        "1 image".to_owned()
    } else {
        format!("{n} images")
    }
}

/// How far a draft's first images are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Waiting for a place.
    pub queued: usize,
    /// Being drawn.
    pub drawing: usize,
    /// Drawn.
    pub done: usize,
    /// Ended without a picture, credits back.
    pub failed: usize,
    /// Called off, credits back.
    pub cancelled: usize,
    /// Nobody knows; credits held.
    pub unknown: usize,
}

impl Progress {
    /// All of them.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.queued + self.drawing + self.done + self.failed + self.cancelled + self.unknown
    }
}

/// What a starter tells.
#[derive(Clone, Copy, Debug)]
pub struct Starter<'a> {
    /// Who asked: the only person we mention.
    pub requester: UserId,
    /// What to draw.
    pub prompt: &'a Prompt,
    /// What to keep.
    pub keep: Option<&'a str>,
    /// The shape.
    pub ratio: Ratio,
    /// The rung of the first stage.
    pub tier: Tier,
    /// What all images cost together.
    pub cost: Credits,
    /// What is left in the pool.
    pub left: Credits,
    /// How far it is.
    pub progress: Progress,
    /// The rung that an approval leads to, unless the first stage is the last.
    pub next: Option<Tier>,
}

/// The public message that a draft's thread hangs on.
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
    lines.push(format!("-# {} · {} left in the pool", s.cost, s.left));
    lines.push(progress(&s.progress, s.next));
    lines.join("\n")
}

/// What becomes of a starter whose thread could not be opened.
#[must_use]
pub fn starter_abandoned(requester: UserId, prompt: &Prompt, cost: Credits) -> String {
    format!(
        "**Draft** by {} · its thread could not be opened\n{}\n-# {cost} returned to the pool",
        mention(requester),
        quote(prompt).0
    )
}

/// Whether a starter shows all of a prompt; else the prompt is attached as a file.
#[must_use]
pub fn shows_whole(prompt: &Prompt) -> bool {
    quote(prompt).1
}

/// A prompt as a quote, cut if need be, and whether it is whole. Each line break adds a mark and many a character another,
/// so that what counts is how long the quote is, not the prompt.
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

fn progress(p: &Progress, next: Option<Tier>) -> String {
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
    also(p.queued, "queued");
    also(p.failed, "failed, credits returned");
    also(p.cancelled, "cancelled, credits returned");
    also(p.unknown, "of unknown outcome, credits held");
    let line = parts.join(" · ");
    if p.queued + p.drawing > 0 {
        format!("⏳ {line}")
    } else if let Some(next) = next.filter(|_| p.done > 0) {
        format!("{line} · react {APPROVE} in the thread to the ones that have earned {next}")
    } else {
        line
    }
}

/// The name of a draft's thread.
#[must_use]
pub fn thread_name(prompt: &Prompt) -> String {
    prompt.title(limits::THREAD_NAME_CHARS)
}

/// What a stage is called where a picture is shown.
#[must_use]
pub const fn stage_title(stage: Stage) -> &'static str {
    match stage {
        Stage::Explore => "draft",
        Stage::Review => "review",
        Stage::Final => "final",
    }
}

/// How the vote on an image stands, for people.
#[derive(Clone, Copy, Debug)]
pub struct Voting<'a> {
    /// Where it stands.
    pub state: VoteState,
    /// The votes.
    pub tally: &'a Tally,
    /// The rung that is voted for.
    pub tier: Tier,
    /// What it costs.
    pub price: Credits,
    /// When it closes, in milliseconds since 1970.
    pub closes_ms: i64,
}

/// What an image's message tells.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// Which image of the draft, from 1.
    pub position: u32,
    /// Its stage.
    pub stage: Stage,
    /// The rung of its stage.
    pub tier: Tier,
    /// The picture's real size.
    pub pixels: Pixels,
    /// The size that was asked for.
    pub wanted: Pixels,
    /// What it cost.
    pub price: Credits,
    /// Who approved it; nobody at the first stage.
    pub approved_by: &'a [UserId],
    /// Who is mentioned: the requester, at the final.
    pub mention: Option<UserId>,
    /// What is left in the pool.
    pub left: Credits,
    /// Whether what is posted is a smaller form of the original.
    pub reduced: bool,
    /// The vote on its next stage, if there is one.
    pub voting: Option<Voting<'a>>,
}

/// The message of an image.
#[must_use]
pub fn image(i: &Image<'_>) -> String {
    let who = i
        .mention
        .map(|user| format!("{} ", mention(user)))
        .unwrap_or_default();
    let title = stage_title(i.stage);
    let mut lines = vec![format!(
        "{who}**Image {}** · {} {title} · {}",
        i.position, i.tier, i.pixels
    )];
    if i.pixels != i.wanted {
        lines.push(format!(
            "-# The engine was asked for {} and drew {}.",
            i.wanted, i.pixels
        ));
    }
    if i.stage != Stage::Explore {
        lines.push(format!("Approved by {}", mentions(i.approved_by)));
        lines.push(format!("-# {} · {} left in the pool", i.price, i.left));
    }
    if i.reduced {
        lines.push("-# Posted as JPEG to fit the upload limit; the original file is kept.".to_owned());
    }
    if let Some(voting) = &i.voting {
        lines.extend(votes(voting, i.left));
    }
    lines.join("\n")
}

fn votes(v: &Voting<'_>, left: Credits) -> Vec<String> {
    let (have, need) = (v.tally.counted.len(), v.tally.quorum);
    let who = if have == 0 {
        String::new()
    } else {
        format!(" · {}", mentions(&v.tally.counted))
    };
    let closes = v.closes_ms / 1000;
    let mut lines = vec![match v.state {
        VoteState::None => return Vec::new(),
        VoteState::Open => {
            format!(
                "{APPROVE} **{have} of {need}** for {} at {}{who} · closes <t:{closes}:R>",
                v.tier, v.price
            )
        }
        VoteState::Waiting => format!(
            "⏸️ **Approved for {}**{who} · waiting for credits: {} needed, {} left. It starts by itself.",
            v.tier,
            v.price.number(),
            left.number()
        ),
        VoteState::Spent => format!("{APPROVE} **Approved for {}**{who}", v.tier),
        VoteState::Closed => format!("🔒 The vote for {} closed with **{have} of {need}**{who}", v.tier),
    }];
    if !v.tally.ignored.is_empty() && v.state.counts() {
        lines.push(format!(
            "-# Does not count: {}, who asked for the draft",
            mentions(&v.tally.ignored)
        ));
    }
    lines
}

/// Why an image has no picture, where its picture would have been.
#[must_use]
pub fn failure(position: u32, tier: Tier, price: Credits, why: Failure) -> String {
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
    format!("⚠️ **Image {position}** could not be drawn at {tier}: {reason}\n-# {price} returned to the pool")
}

/// That nobody knows how a paid call ended.
#[must_use]
pub fn unknown(position: u32, tier: Tier, price: Credits) -> String {
    format!(
        "❔ **Image {position}** at {tier}: the image service was asked, and its answer never came. \
         It may have been paid, so it is not asked again by itself.\n-# Held until an operator has looked: {price}"
    )
}

/// That a picture, or word of it, cannot be posted in its draft's thread.
#[must_use]
pub fn undeliverable(requester: UserId, position: u32, tier: Tier, prompt: &Prompt) -> String {
    format!(
        "{} **Image {position}** at {tier} of “{}” is finished, and its thread takes no message any more: it was deleted or \
         locked, or I may not write there. What was drawn is kept.",
        mention(requester),
        plain(&prompt.title(80))
    )
}

/// The label of the button that approves.
#[must_use]
pub fn approve_label(tier: Tier, price: Credits) -> String {
    format!("Approve {tier} · {price}")
}

/// The label of the button that tries a failed render again.
#[must_use]
pub fn retry_label(price: Credits) -> String {
    format!("Try again · {price}")
}

/// The label of the button that calls off what is queued.
pub const CANCEL_LABEL: &str = "Cancel what is queued";

/// Private: the draft is accepted, its thread is being opened.
#[must_use]
pub fn accepted(n: usize, cost: Credits) -> String {
    format!("{} for {cost}: opening the thread…", images(n))
}

/// Private: the draft's thread is open.
#[must_use]
pub fn opened(n: usize, cost: Credits, thread: ChannelId, note: Option<&str>) -> String {
    let note = note.map(|note| format!("\n{note}")).unwrap_or_default();
    format!("{} for {cost} in <#{thread}>{note}", images(n))
}

/// That a ratio ends before the last stage.
#[must_use]
pub fn shortened(ratio: Ratio, missing: Tier, last: Stage) -> String {
    format!("{ratio} has no {missing} with this engine: {last} is the last stage.")
}

/// Private: the thread could never be opened.
#[must_use]
pub fn abandoned(cost: Credits, channel: ChannelId, why: &str) -> String {
    format!("The thread could not be opened in <#{channel}>: {why} {cost} returned to the pool.")
}

/// Why a thread could not be opened, as far as it concerns who asked.
pub const NO_THREAD: &str = "Discord did not let me post there or open one.";

/// Private: something of ours failed.
pub const TROUBLE: &str = "Something on the bot's side failed, and nothing was spent. Please try again; if it stays so, tell its operator.";

/// Private: the bot does not work in this server.
pub const NOT_ALLOWED_HERE: &str = "The operator of this bot has not opened it for this server.";

/// Private: a command that needs a server.
pub const ONLY_IN_A_SERVER: &str = "This works in a server's text channel, not in direct messages.";

/// Private: `/draft` inside a thread or another channel that cannot have threads.
pub const NOT_IN_A_THREAD: &str =
    "A draft opens a thread of its own, and this channel cannot have one. Use `/draft` in a text channel.";

/// Private: permissions that the bot lacks, by the names that Discord's settings show.
#[must_use]
pub fn missing_permissions(names: &[&str], channel: ChannelId) -> String {
    let list = names
        .iter()
        .map(|name| format!("**{name}**"))
        .collect::<Vec<_>>()
        .join(", ");
    format!(
        "I am missing {list} in <#{channel}>. Someone who manages the channel can allow it; nothing was spent."
    )
}

/// Private: why a draft may not start.
#[must_use]
pub fn refusal(why: &Refusal) -> String {
    match why {
        Refusal::Prompt(BadPrompt::Empty) => {
            "The prompt is empty: say in a few words what to draw.".to_owned()
        }
        Refusal::Prompt(BadPrompt::TooLong(chars)) => {
            format!(
                "The prompt has {chars} characters; {} are allowed.",
                limits::PROMPT_CHARS
            )
        }
        Refusal::Prompt(BadPrompt::Flag(flag)) => format!(
            "The prompt carries `{}`, which would be drawn as words. Use the options `ratio` and `images` instead.",
            flag.replace('`', "")
        ),
        Refusal::KeepTooLong(chars) => {
            format!(
                "`keep` has {chars} characters; {} are allowed.",
                limits::KEEP_CHARS
            )
        }
        Refusal::Ratio { given, offered } => {
            let list = offered
                .iter()
                .map(|ratio| format!("`{ratio}`"))
                .collect::<Vec<_>>()
                .join(", ");
            format!(
                "“{}” is not a ratio that can be drawn. There are: {list}.",
                plain(&shorten(given, 40))
            )
        }
        Refusal::Images(given) => {
            format!(
                "{given} images cannot be drawn at once: choose 1 to {}.",
                limits::IMAGES_PER_DRAFT
            )
        }
        Refusal::Undrawable(why) => format!("This cannot be drawn: {why}. Choose another ratio."),
        Refusal::TooManyDrafts(open) => {
            format!(
                "{open} drafts of this server are still being drawn. Wait until one is done, or cancel one."
            )
        }
        Refusal::Short { cost, available } => format!(
            "The pool cannot pay: this draft costs {cost}, {} left. An operator can add some with `/treasury grant`.",
            left(*available)
        ),
        Refusal::Sum(sum) => format!("These prices cannot be added up: {sum}. Tell the bot's operator."),
    }
}

fn left(available: Credits) -> String {
    if available == Credits::new(1).unwrap_or_default() {
        "1 is".to_owned()
    } else {
        format!("{} are", available.number())
    }
}

/// Private: the pool.
#[must_use]
pub fn pool(pool: &Pool, waiting: u32, waiting_price: Credits) -> String {
    let line = awaited(waiting, waiting_price);
    format!(
        "**{} available**\n{} granted · {} spent · {} held for what is being drawn{line}",
        pool.available,
        pool.granted.number(),
        pool.settled.number(),
        pool.held.number()
    )
}

/// A further line: how many approvals wait for how many credits. Nothing if none does.
#[must_use]
pub fn awaited(waiting: u32, price: Credits) -> String {
    match waiting {
        0 => String::new(),
        1 => format!("\n⏸️ 1 approval waits for {price}"),
        _ => format!("\n⏸️ {waiting} approvals wait for {price}"),
    }
}

/// Private: credits were granted.
#[must_use]
pub fn granted(amount: Credits, pool: &Pool) -> String {
    format!("Granted {amount}. The pool has {} available.", pool.available)
}

/// Private: a grant that is out of range.
#[must_use]
pub fn bad_grant() -> String {
    let most = Credits::new(limits::GRANT_CREDITS).unwrap_or(Credits::MAX);
    format!(
        "A grant is 1 to {} credits, and the pool holds at most {}.",
        most.number(),
        Credits::MAX
    )
}

/// Private: who may grant.
#[must_use]
pub fn only_operators(operators: &[UserId]) -> String {
    if operators.is_empty() {
        "Only the bot's operators can do this, and none are configured (`operators`).".to_owned()
    } else {
        format!("Only the bot's operators can do this: {}.", mentions(operators))
    }
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

/// Private: how a Cancel ended.
#[must_use]
pub fn cancelled(n: usize, returned: Credits) -> String {
    if n == 0 {
        "Nothing is queued any more; what is being drawn is paid for and will be finished.".to_owned()
    } else {
        format!("{} cancelled, {returned} returned to the pool.", images(n))
    }
}

/// Private: who may cancel.
#[must_use]
pub fn only_requester(requester: UserId) -> String {
    format!(
        "Only {} or someone who manages the server can cancel this draft.",
        mention(requester)
    )
}

/// Private: a failed render is queued again.
#[must_use]
pub fn retrying(price: Credits) -> String {
    format!("Queued again for {price}.")
}

/// Private: a failed render cannot be tried again, because something else took its place or it may not be.
pub const NO_RETRY: &str = "This was tried again already, or cannot be.";

/// Private: the pool cannot pay for another try.
#[must_use]
pub fn retry_short(need: Credits, available: Credits) -> String {
    format!(
        "The pool cannot pay: {} needed, {} left. Nothing was spent.",
        need.number(),
        available.number()
    )
}

/// Private: who may try a failed first image again.
#[must_use]
pub fn retry_own(requester: UserId) -> String {
    format!(
        "Only {} can try this one again: it was drawn on their draft.",
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
    const BO: UserId = UserId::new(2);

    fn starter_with(prompt: &str, progress: Progress) -> String {
        starter(&Starter {
            requester: ANA,
            prompt: &Prompt::parse(prompt).unwrap(),
            keep: Some("the pose"),
            ratio: "16:9".parse().unwrap(),
            tier: Tier::K1,
            cost: credits(40),
            left: credits(960),
            progress,
            next: Some(Tier::K2),
        })
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
        -# 40 credits · 960 credits left in the pool
        ⏳ 1 of 4 drawn · 1 being drawn · 2 queued
        ");
        let last = |progress| starter_with("a fox", progress).lines().last().unwrap().to_owned();
        let done = Progress {
            done: 4,
            ..Progress::default()
        };
        insta::assert_snapshot!(last(done), @"4 drawn · react ✅ in the thread to the ones that have earned 2K");
        let mixed = Progress {
            done: 1,
            failed: 1,
            cancelled: 1,
            unknown: 1,
            ..Progress::default()
        };
        insta::assert_snapshot!(last(mixed), @"1 of 4 drawn · 1 failed, credits returned · 1 cancelled, credits returned · 1 of unknown outcome, credits held · react ✅ in the thread to the ones that have earned 2K");
        let none = Progress {
            failed: 4,
            ..Progress::default()
        };
        insta::assert_snapshot!(last(none), @"0 of 4 drawn · 4 failed, credits returned");
    }

    fn image_with(state: VoteState, counted: Vec<UserId>, ignored: Vec<UserId>) -> String {
        let tally = Tally {
            counted,
            ignored,
            quorum: 2,
        };
        let pixels = Pixels {
            width: 2560,
            height: 1440,
        };
        image(&Image {
            position: 2,
            stage: Stage::Review,
            tier: Tier::K2,
            pixels,
            wanted: pixels,
            price: credits(20),
            approved_by: &[BO],
            mention: None,
            left: credits(10),
            reduced: false,
            voting: Some(Voting {
                state,
                tally: &tally,
                tier: Tier::K4,
                price: credits(40),
                closes_ms: 5_000,
            }),
        })
    }

    #[test]
    fn an_image_tells_how_its_vote_stands() {
        insta::assert_snapshot!(image_with(VoteState::Open, vec![BO], vec![ANA]), @r"
        **Image 2** · 2K review · 2560×1440
        Approved by <@2>
        -# 20 credits · 10 credits left in the pool
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
        insta::assert_snapshot!(vote(VoteState::Waiting), @"⏸️ **Approved for 4K** · <@2> · waiting for credits: 40 needed, 10 left. It starts by itself.");
        insta::assert_snapshot!(vote(VoteState::Spent), @"✅ **Approved for 4K** · <@2>");
        insta::assert_snapshot!(vote(VoteState::Closed), @"🔒 The vote for 4K closed with **1 of 2** · <@2>");
        insta::assert_snapshot!(vote(VoteState::None), @"-# 20 credits · 10 credits left in the pool");
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
        insta::assert_snapshot!(failure(3, Tier::K2, credits(20), Failure::Refused), @r"
        ⚠️ **Image 3** could not be drawn at 2K: the image service's content policy refused the prompt. Try it again with other words.
        -# 20 credits returned to the pool
        ");
        insta::assert_snapshot!(unknown(3, Tier::K2, credits(1)), @r"
        ❔ **Image 3** at 2K: the image service was asked, and its answer never came. It may have been paid, so it is not asked again by itself.
        -# Held until an operator has looked: 1 credit
        ");
    }

    proptest! {
        #[test]
        fn nothing_in_a_text_reads_as_markup_or_pings(text in "[\\PC\n]{0,80}") {
            let shown = plain(&text);
            prop_assert!(!shown.contains("@everyone") && !shown.contains("@here"));
            for (at, c) in shown.char_indices().filter(|(_, c)| "*_~`|><#[]".contains(*c)) {
                let slashes = shown[..at].chars().rev().take_while(|before| *before == '\\').count();
                prop_assert!(slashes % 2 == 1, "{} at {} in {}", c, at, shown);
            }
        }

        #[test]
        fn a_starter_fits_into_a_message(text in "([\\PC]|[*\n]){1,4000}", keep in "\\PC{0,500}") {
            if let Ok(prompt) = Prompt::parse(&text) {
                let starter = starter(&Starter {
                    requester: ANA,
                    prompt: &prompt,
                    keep: Some(&keep),
                    ratio: "16:9".parse().unwrap(),
                    tier: Tier::K1,
                    cost: Credits::MAX,
                    left: Credits::MAX,
                    progress: Progress { done: 1, failed: 1, cancelled: 1, unknown: 1, ..Progress::default() },
                    next: Some(Tier::K2),
                });
                prop_assert!(starter.chars().count() <= limits::MESSAGE_CHARS);
            }
        }
    }
}
