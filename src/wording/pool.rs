//! The pool, and what is granted to it.

mod report;

pub use self::report::*;
use super::{left, mention, mentions, plain, titled};
use crate::domain::credits::{Credits, InsufficientCredits, Pool};
use crate::domain::geometry::Tier;
use crate::domain::ids::{GuildId, UserId};
use crate::domain::limits;
use crate::domain::money::export::{BookLine, Bought, Fate, Told};
use crate::domain::money::project::{Awaiting, Waiting};
use crate::domain::stage::Stage;
use crate::domain::text::shorten;

/// Answers privately: the pool, and when it ends at this pace if that can be told.
#[must_use]
pub fn pool(pool: &Pool, line: &Awaiting, ends_ms: Option<i64>) -> String {
    let line = awaited(line);
    let pace = ends_ms.map_or_else(String::new, |ends_ms| format!("\n{}", pace(ends_ms)));
    format!(
        "**{} available**\n{} granted · {} spent · {} held for what is being drawn{pace}{line}",
        pool.available,
        pool.granted.number(),
        pool.settled.number(),
        pool.held.number()
    )
}

/// Says that the pool cannot pay.
pub(super) fn pool_short(short: &InsufficientCredits) -> String {
    format!(
        "This costs {}, and {} left in the server's pool. There is room once credits are added: an operator can do that with `/treasury grant`. Nothing was spent.",
        short.need,
        left(short.available)
    )
}

/// Names who can add credits.
pub(super) fn who_adds(operators: &[UserId], admins: bool) -> String {
    match (operators, admins) {
        ([], false) => "the bot's operator".to_owned(),
        ([], true) => "those who may manage this server".to_owned(),
        (operators, false) => mentions(operators),
        (operators, true) => format!("{}, or those who may manage this server", mentions(operators)),
    }
}

/// Adds a line to a pool that cannot pay for one idea: who can add credits, and what a final costs from
/// its idea on. `prices` are those of the stages.
#[must_use]
pub fn empty_pool(operators: &[UserId], admins: bool, prices: [Credits; 3]) -> String {
    let who = who_adds(operators, admins);
    let [idea, review, last] = prices;
    let sum = prices.into_iter().fold(Credits::ZERO, |sum, price| {
        sum.plus(price).unwrap_or(Credits::MAX)
    });
    format!(
        "\nThere is not enough for one more idea. Credits are added with `/treasury grant` by {who}.\n-# One picture \
         from idea to final costs {} + {} + {} = {sum}.",
        idea.number(),
        review.number(),
        last.number()
    )
}

/// Adds lines: how many approvals wait for how many credits, of the pool and of budgets. Adds
/// nothing if none does.
#[must_use]
pub fn awaited(line: &Awaiting) -> String {
    let told = |all: &[Waiting], whose: [&str; 2]| {
        let price = all.iter().map(|waiting| waiting.price);
        let price = price.reduce(|sum, price| sum.plus(price).unwrap_or(Credits::MAX));
        match (all.len(), price.unwrap_or_default()) {
            (0, _) => String::new(),
            (1, price) => format!("\n⏸️ 1 approval waits for {price}{}", whose[0]),
            (n, price) => format!("\n⏸️ {n} approvals wait for {price}{}", whose[1]),
        }
    };
    let budgets = [" of its project's budget", " of their projects' budgets"];
    told(&line.for_pool, ["", ""]) + &told(&line.for_budget, budgets)
}

/// Most characters of a grant's reason in a line of the history.
const REASON_SHOWN: usize = 60;

/// Most characters of a prompt in a line of the history.
const TITLE_SHOWN: usize = 30;

/// A line of the history with the members who approved what it tells of.
pub type Approved = (BookLine, Vec<UserId>);

/// Answers privately: what a member's drafts have spent and hold, and their latest images.
#[must_use]
pub fn mine(
    spent: Credits,
    held: Credits,
    (guild, tiers): (GuildId, [Tier; 3]),
    lines: &[Approved],
) -> String {
    if lines.is_empty() {
        return "You have spent nothing here yet: `/draft` is how it begins.".to_owned();
    }
    format!(
        "**{spent} spent by your drafts** · {} held for what is being drawn\n{}",
        held.number(),
        history((guild, tiers), lines)
    )
}

/// Answers privately: the latest that happened to the server's credits, a line a decision. `tiers` are
/// those of the stages.
#[must_use]
pub fn history((guild, tiers): (GuildId, [Tier; 3]), lines: &[Approved]) -> String {
    if lines.is_empty() {
        return "Nothing has happened to this server's credits yet.".to_owned();
    }
    let lines = lines.iter().map(|(entry, by)| line(entry, by, guild, tiers));
    lines.collect::<Vec<_>>().join("\n")
}

/// Writes what was bought: `a kite · 4 drafts · @Ana`, `owl · image 2 → 4K · @Ana ← @Bo`.
fn bought(b: &Bought, approved_by: &[UserId], guild: GuildId, tiers: [Tier; 3]) -> String {
    let title = plain(&shorten(&b.prompt.replace('\n', " "), TITLE_SHOWN));
    let link = |thread| format!("https://discord.com/channels/{guild}/{thread}");
    let title = titled(title, b.thread.map(link));
    let what = match (b.stage, b.images) {
        (Stage::Explore, _) if !b.number.is_first() => format!("image {}", b.number),
        (Stage::Explore, 1) => "1 draft".to_owned(),
        (Stage::Explore, n) => format!("{n} drafts"),
        (Stage::Review, _) => format!("image {} → {}", b.number, tiers[1]),
        (Stage::Final, _) => format!("image {} → {}", b.number, tiers[2]),
    };
    let by = if approved_by.is_empty() {
        String::new()
    } else {
        format!(" ← {}", mentions(approved_by))
    };
    let fates = [(Fate::GivenBack, "returned"), (Fate::Held, "held")];
    let fates = fates.map(|(fate, told)| match b.of(fate) {
        Credits::ZERO => String::new(),
        sum => format!(" · {} {told}", sum.number()),
    });
    format!(
        "{title} · {what} · {}{by}{}",
        mention(b.requester),
        fates.concat()
    )
}

/// Writes one line.
fn line(entry: &BookLine, approved_by: &[UserId], guild: GuildId, tiers: [Tier; 3]) -> String {
    let (amount, at) = (entry.amount.number(), entry.at_ms.div_euclid(1000));
    match &entry.told {
        Told::Grant { actor, reason } => {
            let by = actor.map_or_else(
                || " by the bot's settings".to_owned(),
                |user| format!(" by {}", mention(user)),
            );
            // The reason of a first grant is the setting's name, which says nothing more.
            let why = reason.as_deref().filter(|why| actor.is_some() && !why.is_empty());
            let why = why.map_or_else(String::new, |why| {
                format!(" · {}", plain(&shorten(why, REASON_SHOWN)))
            });
            format!("<t:{at}:f> **+{amount}** granted{by}{why}")
        }
        Told::Correction { actor, reason } => format!(
            "<t:{at}:f> **−{amount}** taken back by {} · {}",
            mention(*actor),
            plain(&shorten(reason, REASON_SHOWN))
        ),
        Told::Images(images) => {
            let told = bought(images, approved_by, guild, tiers);
            format!("<t:{at}:f> **−{amount}** {told}")
        }
    }
}

/// Answers privately: credits were granted.
#[must_use]
pub fn granted(amount: Credits, pool: &Pool) -> String {
    format!("Granted {amount}. The pool has {} available.", pool.available)
}

/// Answers privately: a grant that is out of range.
#[must_use]
pub fn bad_grant() -> String {
    let max = Credits::new(limits::GRANT_CREDITS).unwrap_or(Credits::MAX);
    format!(
        "A grant is 1 to {} credits, and the pool holds at most {}.",
        max.number(),
        Credits::MAX
    )
}

/// Answers privately: credits were taken back.
#[must_use]
pub fn corrected(amount: Credits, pool: &Pool) -> String {
    format!("Took back {amount}. The pool has {} available.", pool.available)
}

/// Answers privately: a correction that is out of range.
#[must_use]
pub fn bad_correction() -> String {
    let max = Credits::new(limits::GRANT_CREDITS).unwrap_or(Credits::MAX);
    format!("A correction takes back 1 to {max}.")
}

/// Answers privately: more was to be taken back than is there.
#[must_use]
pub fn correction_short(short: &InsufficientCredits) -> String {
    format!(
        "{} cannot be taken back: {} left, and what is held or spent stays. Nothing was changed.",
        short.need,
        left(short.available)
    )
}

/// A private answer: a correction without a reason.
pub const NO_REASON: &str = "A correction needs a `reason`: the books keep it. Nothing was changed.";

/// Answers privately: who may look after the pool. Besides operators it is perhaps also who manages
/// the server.
#[must_use]
pub fn only_operators(operators: &[UserId], admins: bool) -> String {
    if admins && operators.is_empty() {
        "Only those who may manage this server can do this.".to_owned()
    } else if admins {
        format!(
            "Only those who may manage this server can do this, and the bot's operators: {}.",
            mentions(operators)
        )
    } else if operators.is_empty() {
        "Only the bot's operators can do this, and none are configured (`operators`).".to_owned()
    } else {
        format!("Only the bot's operators can do this: {}.", mentions(operators))
    }
}
