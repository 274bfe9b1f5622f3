//! Votes: what is shown of them, and what the buttons about them answer.

mod for_lead;
mod reminder;

use std::collections::BTreeSet;

pub use self::for_lead::{LET_GO, waits_for_lead};
pub use self::reminder::{StillOpen, reminder};
use super::{about, mention, mentions, message_link, plain, spend_limits, waits_for_budget};
use crate::domain::approval::terms::LeadCase;
use crate::domain::approval::vote::VoteState;
use crate::domain::approval::{Ignored, NotAVoter, Tally};
use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::engine::cost::Usd;
use crate::domain::geometry::Tier;
use crate::domain::ids::{ChannelId, GuildId, MessageId, RoleId, UserId};
use crate::domain::image::number::Number;
use crate::domain::money::project::OverBudget;
use crate::domain::money::spend_limit::Capped;

/// How the vote on an image stands, for people.
#[derive(Clone, Copy, Debug)]
pub struct Voting<'a> {
    /// The state of the vote.
    pub state: VoteState,
    /// The votes, counted.
    pub tally: &'a Tally,
    /// The tier that is voted for.
    pub tier: Tier,
    /// The price of the next stage.
    pub price: Credits,
    /// What the next stage is expected to cost the operator. `None` where that is not known.
    pub usd: Option<Usd>,
    /// When the vote closes, in milliseconds since 1970.
    pub closes_ms: i64,
    /// The emoji that approves.
    pub approve: &'a Emoji,
    /// The emoji that stops.
    pub veto: &'a Emoji,
    /// Whether a lead's approval alone is enough.
    pub lead_decides: bool,
    /// The spending limit that blocks the approval. `None` if no limit does.
    pub capped: Option<&'a Capped>,
    /// The lead who stopped the vote, and the reason if the lead gave one. `None` if nobody stopped
    /// the vote.
    pub stopped: Option<(UserId, Option<&'a str>)>,
    /// The budget that a waiting approval waits for. `None`: the approval waits for the pool.
    pub full: Option<&'a OverBudget>,
    /// The message that shows the next stage. `None` until it is drawn.
    pub next: Option<(GuildId, ChannelId, MessageId)>,
    /// Why enough votes pay for nothing until a lead presses. `None`: they pay.
    pub for_lead: Option<LeadCase>,
}

/// Writes the lines of an image's message about its vote.
pub(super) fn voting(v: &Voting<'_>) -> Vec<String> {
    let (have, need) = (v.tally.counted.len(), v.tally.quorum);
    let who = if have == 0 {
        String::new()
    } else {
        format!(" · {}", mentions(&v.tally.counted))
    };
    let (closes, lead) = (v.closes_ms / 1000, if v.lead_decides { " or a lead" } else { "" });
    let mut lines = vec![match v.state {
        VoteState::None => return Vec::new(),
        VoteState::Open => {
            format!(
                "{} **{have} of {need}**{lead} for {} at {}{}{who} · closes <t:{closes}:R>",
                v.approve,
                v.tier,
                v.price,
                about(v.usd)
            )
        }
        VoteState::Stopped => format!(
            "{} **Stopped**{}\n-# While it stands, the {} at {} is not drawn. {} {have} of {need}{who} · a lead \
             lifts it with *{LIFT_LABEL}* · closes <t:{closes}:R>",
            v.veto,
            stopped(v.stopped),
            v.tier,
            v.price,
            v.approve,
        ),
        VoteState::Waiting => {
            let why = v.full.map_or_else(
                || {
                    format!(
                        "waiting for credits: {} needed. It starts by itself.",
                        v.price.number()
                    )
                },
                waits_for_budget,
            );
            format!("⏸️ **Approved for {}**{who} · {why}", v.tier)
        }
        VoteState::Capped => format!(
            "⏸️ **Approved for {}**{who} · {}",
            v.tier,
            v.capped
                .map_or_else(|| "waiting for a limit".to_owned(), spend_limits::capped)
        ),
        VoteState::Spent => {
            let see = v.next.map_or_else(String::new, |(guild, channel, message)| {
                format!(
                    " · [see the {}]({})",
                    v.tier,
                    message_link(guild, channel, message)
                )
            });
            format!("{} **Approved for {}**{who}{see}", v.approve, v.tier)
        }
        VoteState::Closed => {
            let stopped = v.stopped.map_or_else(String::new, |by| {
                format!("\n{} It was stopped{}", v.veto, stopped(Some(by)))
            });
            format!(
                "🔒 The vote for {} closed with **{have} of {need}**{who}{stopped}",
                v.tier
            )
        }
    }];
    if v.state.counts() {
        lines.extend(waits(v));
        lines.extend(not_counted(v));
    }
    lines
}

fn waits(v: &Voting<'_>) -> Option<String> {
    let open = v.state == VoteState::Open && v.tally.reached();
    let case = v.for_lead.filter(|_| open)?;
    Some(for_lead::waits(case).to_owned())
}

/// Says who stopped a vote, and quotes why.
fn stopped(by: Option<(UserId, Option<&str>)>) -> String {
    match by {
        None => String::new(),
        Some((user, None)) => format!(" by {}", mention(user)),
        Some((user, Some(reason))) => {
            format!(" by {}\n> {}", mention(user), plain(&reason.replace('\n', " ")))
        }
    }
}

/// Writes the lines about votes that do not count, with the reason.
fn not_counted(v: &Voting<'_>) -> Vec<String> {
    let of = |reason: Ignored| -> Vec<UserId> {
        let same = v.tally.ignored.iter().filter(|(_, why)| *why == reason);
        same.map(|(user, _)| *user).collect()
    };
    let groups = [
        (Ignored::Requester, "who asked for the draft"),
        (Ignored::NoRole, "without a role that approves"),
        (Ignored::Left, "who left the server"),
    ];
    let groups = groups.map(|(reason, what)| (of(reason), what));
    let told = groups.iter().filter(|(users, _)| !users.is_empty());
    let told: Vec<String> = told
        .map(|(users, what)| format!("{}, {what}", mentions(users)))
        .collect();
    let mut lines = Vec::new();
    if !told.is_empty() {
        lines.push(format!("-# Does not count: {}", told.join(" · ")));
    }
    if !v.tally.powerless.is_empty() {
        lines.push(format!(
            "-# {} stops only from a lead, not from {}",
            v.veto,
            mentions(&v.tally.powerless)
        ));
    }
    lines
}

/// Returns the label of the button that approves.
#[must_use]
pub fn approve_label(tier: Tier, price: Credits) -> String {
    format!("Approve {tier} · {price}")
}

/// Returns the label of the button under a contact sheet that approves one of its images.
#[must_use]
pub fn approve_on_sheet(number: Number, price: Credits) -> String {
    format!("Approve {number} · {price}")
}

/// The label of the button under an approved image that waits.
pub const TAKE_BACK_LABEL: &str = "Take my approval back";

/// A private answer: somebody who has not approved took their approval back.
pub const NOTHING_TO_TAKE_BACK: &str = "There is no approval of yours on this image.";

/// The label of the button with which a lead says why a vote is stopped.
pub const REASON_LABEL: &str = "Give reason";

/// The label of the button with which a lead lets a vote go on.
pub const LIFT_LABEL: &str = "Lift the stop";

/// Tells the requester that a lead has stopped the vote on an image. The message of the image says
/// who and why, and forgets both when it must.
#[must_use]
pub fn tell_stop(
    requester: UserId,
    (number, tier): (Number, Tier),
    (guild, thread, message): (GuildId, ChannelId, MessageId),
) -> String {
    format!(
        "{}: the vote on **Image {number}** for {tier} was stopped. Who stopped it, why, and how it goes \
         on stands under {}",
        mention(requester),
        stopped_picture(guild, thread, message)
    )
}

/// The end of [`tell_stop`], by which it is found when the requester is to be forgotten.
#[must_use]
pub fn stopped_picture(guild: GuildId, thread: ChannelId, message: MessageId) -> String {
    format!("[the picture]({}).", message_link(guild, thread, message))
}

/// The title of the form that asks why a vote is stopped, and its question.
pub const REASON_FORM: (&str, &str) = ("Stopped", "Why? Everybody in the thread can read it.");

impl From<NotAVoter> for NoVote {
    fn from(why: NotAVoter) -> Self {
        match why {
            NotAVoter::Requester => Self::Own,
            NotAVoter::NoRole(roles) => Self::NoRole(roles),
        }
    }
}

/// What a press of the Approve button did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Press {
    /// The press gave a vote.
    Given,
    /// The press gave a vote. It is enough, and waits for a lead's press.
    ForLead(LeadCase),
    /// The press took the vote back.
    TakenBack,
    /// The press took the button's vote back, and the same member's reaction is still there.
    StillReacting,
}

/// Answers privately: a vote by button was counted, or taken back.
#[must_use]
pub fn voted(press: Press, tally: &Tally, approve: &Emoji) -> String {
    let (have, need) = (tally.counted.len(), tally.quorum);
    let done = match press {
        Press::Given if tally.decided_by.is_none() && tally.reached() => {
            return format!(
                "Your approval counts: {have} of {need}. That is enough, so the next size follows."
            );
        }
        Press::Given if tally.decided_by.is_some() => {
            return "Your approval counts, and a lead's is enough.".to_owned();
        }
        Press::ForLead(case) => {
            let why = match case {
                LeadCase::Restored => {
                    "My books were put back from a copy, so a lead has to press Approve too."
                }
                LeadCase::Clash => {
                    "Some of the notes seem to contradict each other, so a lead has to strike one, or press Approve too."
                }
            };
            return format!("Your approval counts: {have} of {need}. {why}");
        }
        Press::Given => "Your approval counts",
        Press::TakenBack => "Your approval is taken back",
        Press::StillReacting => {
            return format!(
                "Your {approve} under the picture still counts: {have} of {need}. Take it off to take your approval back."
            );
        }
    };
    format!("{done}: {have} of {need}. Until it is enough, you can change your mind: press Approve again.")
}

/// A private answer: why a vote by button changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoVote {
    /// The vote is the requester's own, which does not count.
    Own,
    /// The member has none of these roles.
    NoRole(BTreeSet<RoleId>),
    /// A lead has stopped the vote.
    Stopped(UserId),
    /// The approval was spent already.
    Spent,
    /// The vote has not opened yet: the image is about to be shown, or could not be.
    NotOpen,
    /// The vote is closed, or there is nothing to vote for.
    Closed,
}

/// Answers privately: a vote by button changes nothing.
#[must_use]
pub fn no_vote(why: &NoVote) -> String {
    match why {
        NoVote::Own => "You asked for this draft, so somebody else has to approve it.".to_owned(),
        NoVote::NoRole(roles) => format!("Only {}, or a lead, can approve here.", any_of(roles)),
        NoVote::Stopped(by) => format!(
            "{} stopped the vote on this image. A lead can lift that; votes are counted then.",
            mention(*by)
        ),
        NoVote::Spent => "This image is approved already.".to_owned(),
        NoVote::NotOpen => {
            "The vote on this image opens when the image is shown in its thread. Try again then.".to_owned()
        }
        NoVote::Closed => "The vote on this image is closed.".to_owned(),
    }
}

/// Answers privately: only leads may do something about a stop.
#[must_use]
pub fn only_leads(leads: &BTreeSet<RoleId>) -> String {
    if leads.is_empty() {
        "Only leads can do this: whoever may manage the server.".to_owned()
    } else {
        format!(
            "Only leads can do this: {}, or whoever may manage the server.",
            any_of(leads)
        )
    }
}

fn any_of(roles: &BTreeSet<RoleId>) -> String {
    let roles: Vec<String> = roles.iter().map(|role| format!("<@&{role}>")).collect();
    roles.join(" or ")
}

/// A private answer: a stop that is no more.
pub const NOT_STOPPED: &str = "The vote on this image is not stopped.";

/// A private answer: the reason of a stop is shown.
pub const REASON_GIVEN: &str = "The reason is shown under the picture.";

/// A private answer: a stop was lifted.
pub const LIFTED: &str = "The vote goes on. Whoever stopped it can do so again.";

/// The label of the button that opens a closed vote anew.
pub const REOPEN_LABEL: &str = "Reopen the vote";

/// A private answer: a vote that is not closed cannot be opened anew.
pub const NOT_CLOSED: &str = "The vote on this image is not closed.";

/// A private answer: what would be voted for cannot be drawn any more.
pub const NOT_DRAWN_ANY_MORE: &str =
    "The next size of this image cannot be drawn any more, so there is nothing to vote for.";

/// Answers privately: a vote is open anew, until a time in milliseconds since 1970.
#[must_use]
pub fn reopened(closes_ms: i64) -> String {
    format!(
        "The vote is open again, by what the settings say now. Reactions that are still there count. It closes <t:{}:R>.",
        closes_ms / 1000
    )
}

/// Answers privately: who may open a vote anew.
#[must_use]
pub fn may_not_reopen(requester: UserId, approvers: &BTreeSet<RoleId>) -> String {
    format!(
        "Only {}, {}, or a lead, can reopen this vote.",
        mention(requester),
        any_of(approvers)
    )
}
