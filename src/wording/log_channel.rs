//! The log channel of a server: what is spent and granted there, and what its admins should know.

use super::project::bucket;
use super::{mention, mentions, plain};
use crate::domain::credits::Credits;
use crate::domain::draft::prompt::Prompt;
use crate::domain::engine::cost::Usd;
use crate::domain::geometry::Tier;
use crate::domain::ids::{ChannelId, RoleId, UserId};
use crate::domain::image::number::Number;
use crate::domain::image::render::Ruling;
use crate::domain::money::export::{BookLine, Told};
use crate::domain::money::project::Name;
use crate::domain::money::usage_alert::{Mark, Use};
use crate::domain::stage::Stage;

/// What a line about one spend tells.
#[derive(Clone, Copy, Debug)]
pub struct Spend<'a> {
    /// The prompt of the draft.
    pub prompt: &'a Prompt,
    /// What was bought.
    pub bought: Bought,
    /// The member who asked for the draft.
    pub requester: UserId,
    /// The members who approved the image's stage. Empty at the first stage.
    pub approved_by: &'a [UserId],
    /// The price of it all.
    pub price: Credits,
    /// What the paid calls cost the operator. `None` if the engine did not say of each.
    pub usd: Option<Usd>,
    /// The thread that shows it.
    pub thread: ChannelId,
    /// What a person decided about the credits, when nobody knew how the call had ended. `None` for
    /// any other spend.
    pub decision: Option<&'a Ruling>,
}

/// What one spend is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bought {
    /// So many first images of a draft.
    Drafts(usize),
    /// A later stage of an image, or a version: its number, and the tier.
    Image(Number, Tier),
}

/// Writes a line about one spend, which pings nobody.
#[must_use]
pub fn spend(s: &Spend<'_>) -> String {
    let approved = if s.approved_by.is_empty() {
        String::new()
    } else {
        format!(" ← {}", mentions(s.approved_by))
    };
    let usd = s.usd.map_or_else(String::new, |usd| format!(" ({usd})"));
    let decided = s.decision.map_or_else(String::new, |decision| {
        format!(" · settled without an answer by {}", mention(decision.by))
    });
    let bought = match s.bought {
        Bought::Drafts(1) => "1 draft".to_owned(),
        Bought::Drafts(n) => format!("{n} drafts"),
        Bought::Image(number, tier) => format!("image {number} → {tier}"),
    };
    format!(
        "💳 **−{}**{usd} {} · {bought} · {}{approved}{decided} · <#{}>",
        s.price.number(),
        plain(&s.prompt.title(60)),
        mention(s.requester),
        s.thread
    )
}

/// What a line about a paid call of unknown outcome tells.
#[derive(Clone, Copy, Debug)]
pub struct LostCall<'a> {
    /// The prompt of the draft.
    pub prompt: &'a Prompt,
    /// Which image of the draft.
    pub number: Number,
    /// The tier of the image.
    pub tier: Tier,
    /// The credits that stay held.
    pub price: Credits,
    /// The name of the engine that was asked.
    pub engine: &'a str,
    /// The engine's name for the call. `None` if the engine gave none.
    pub request: Option<&'a str>,
    /// The thread that would show the image.
    pub thread: ChannelId,
    /// The users who run the bot. They can decide.
    pub operators: &'a [UserId],
    /// Whether those who manage the server can decide too.
    pub admins: bool,
}

/// Writes a line about a paid call of unknown outcome, which says who can decide.
#[must_use]
pub fn lost_call(lost: &LostCall<'_>) -> String {
    let request = lost.request.map_or_else(String::new, |request| {
        format!(" as `{}`", request.replace('`', ""))
    });
    let who = match (lost.operators, lost.admins) {
        ([], false) => "The operator of the bot decides".to_owned(),
        ([], true) => "Whoever manages this server decides".to_owned(),
        (operators, false) => format!("{} decides", mentions(operators)),
        (operators, true) => format!("{}, or whoever manages this server, decides", mentions(operators)),
    };
    format!(
        "❔ **{} stay held**: nobody knows how a paid call ended · {} · image {} at {} · asked {}{request} · <#{}>\n\
         -# {who} with `/treasury unresolved`.",
        lost.price,
        plain(&lost.prompt.title(60)),
        lost.number,
        lost.tier,
        plain(lost.engine),
        lost.thread
    )
}

/// Writes a line about credits that were granted or taken back, which pings nobody. Returns nothing
/// for what is neither.
#[must_use]
pub fn pool_changed(change: &BookLine) -> String {
    let (what, actor, reason) = match &change.told {
        Told::Grant { actor, reason } => ("added", *actor, reason.as_deref()),
        Told::Correction { actor, reason } => ("taken back", Some(*actor), Some(reason.as_str())),
        Told::Images(_) => return String::new(),
    };
    let by = actor.map_or_else(|| "the bot's settings".to_owned(), mention);
    let why = match reason {
        // The reason of a first grant is the name of a setting, which says nothing more.
        _ if actor.is_none() => String::new(),
        Some(why) if !why.is_empty() => format!(" · {}", plain(&why.replace('\n', " "))),
        Some(_) | None => " · no reason was given".to_owned(),
    };
    format!("💰 **{} {what}** by {by}{why}", change.amount)
}

/// Says that a mark of the pool was passed, to a role if one is named.
#[must_use]
pub fn pool_alert(mark: Mark, used: Use, role: Option<RoleId>) -> String {
    let then = match mark {
        Mark::Half | Mark::Most => "",
        Mark::All => " New drafts are refused and approvals wait until credits are added.",
    };
    let whom = role.map_or_else(String::new, |role| format!(" <@&{role}>"));
    format!(
        "{}{then} `/treasury grant` adds more.{whom}",
        passed("pool", mark, used)
    )
}

/// Says that a mark of a project's budget was passed.
#[must_use]
pub fn budget_alert(project: &Name, stage: Stage, mark: Mark, used: Use) -> String {
    let budget = format!(
        "{} budget of {}",
        bucket(stage).to_lowercase(),
        plain(project.as_str())
    );
    format!("{} `/project budget` raises it.", passed(&budget, mark, used))
}

fn passed(what: &str, mark: Mark, used: Use) -> String {
    let left = used.whole.minus(used.used).unwrap_or_default();
    let (sign, quota) = match mark {
        Mark::Half => ("🟡", format!("Half of the {what} is used")),
        Mark::Most => ("🟠", format!("80 % of the {what} is used")),
        Mark::All => ("🔴", format!("The {what} is used up")),
    };
    let then = match mark {
        Mark::Half | Mark::Most => format!(" {left} left."),
        Mark::All => String::new(),
    };
    format!(
        "{sign} **{quota}**: {} of {} are spent or held.{then}",
        used.used.number(),
        used.whole
    )
}
