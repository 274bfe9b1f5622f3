//! The lists of the panel of settings.

use crate::domain::geometry::Tier;
use crate::domain::pick::Pick;

/// Says in a list from which nothing is picked what it is for.
#[must_use]
pub const fn list_placeholder(pick: Pick) -> &'static str {
    match pick {
        Pick::Topic => "Which settings",
        Pick::Approvers => "Who approves: everyone. Pick roles to narrow it",
        Pick::Leads => "Who leads besides server managers: nobody. Pick roles",
        Pick::ReviewQuorum => "How many must approve before a review is drawn",
        Pick::FinalQuorum => "How many must approve before a final is drawn",
        Pick::Requesters => "Who drafts: everyone. Pick roles to narrow it",
        Pick::Channels => "Where drafts are made: everywhere. Pick channels to narrow it",
        Pick::Gallery => "Where finals are shown: nowhere. Pick a channel",
        Pick::Log => "Where admins are told of spends and alerts: nowhere. Pick a channel",
        Pick::VotesRole => "Whom drafts mention when votes open: nobody. Pick a role",
        Pick::LowPoolRole => "Whom a low pool mentions: nobody. Pick a role",
    }
}

/// Offers a quorum: "2 people approve before a 4K".
#[must_use]
pub fn quorum_offered(n: u32, tier: Tier) -> String {
    let people = if n == 1 {
        "1 person approves".to_owned()
    } else {
        format!("{n} people approve")
    };
    format!("{people} before a {tier} is drawn")
}
