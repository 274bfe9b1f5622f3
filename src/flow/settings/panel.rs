//! The panel of settings: what holds, with lists to pick from.

use super::{change, rules, told};
use crate::discord::{ListView, Offers, Reply};
use crate::domain::button::Button;
use crate::domain::guild::edit::Edit;
use crate::domain::guild::settings::GuildRules;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::limits;
use crate::domain::pick::Pick;
use crate::domain::stage::Stage;
use crate::flow::access::Caller;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::wording::{self, Topic};

/// Answers `/settings show`: every setting, with lists for who approves.
///
/// # Errors
/// [`Error::Retry`] when the database is away.
pub async fn show(services: &Services, caller: &Caller) -> Result<Reply, Error> {
    let rules = rules(services, caller.guild()).await?;
    let content = told(services, caller.guild(), &rules, &Topic::ALL).await;
    Ok(with_lists(&rules, Topic::Approvals, content))
}

/// Changes what was picked from a list, and answers with the settings around it.
///
/// # Errors
/// [`Error::Retry`] when the database or Discord is away: nothing was changed. [`Error::Broken`] for
/// values that the list does not offer.
pub async fn picked(
    services: &Services,
    caller: &Caller,
    pick: Pick,
    values: &[String],
) -> Result<Reply, Error> {
    let (topic, mut changed) = if pick == Pick::Topic {
        let named = |topic: &Topic| values.first().is_some_and(|value| value == topic.name());
        let topic = Topic::ALL.into_iter().find(named);
        (topic.unwrap_or(Topic::Approvals), String::new())
    } else {
        let edit = Edit::picked(pick, values)
            .ok_or_else(|| Error::broken(format!("the list {pick} does not offer {values:?}")))?;
        let topic = topic_of(pick);
        let changed = change(services, caller, topic, vec![edit]).await?;
        (topic, changed + "\n\n")
    };
    let rules = rules(services, caller.guild()).await?;
    changed += &told(services, caller.guild(), &rules, &[topic]).await;
    Ok(with_lists(&rules, topic, changed))
}

/// Returns the topic that a list belongs to.
const fn topic_of(pick: Pick) -> Topic {
    match pick {
        Pick::Topic | Pick::Approvers | Pick::Leads | Pick::ReviewQuorum | Pick::FinalQuorum => {
            Topic::Approvals
        }
        Pick::Requesters | Pick::Channels | Pick::Gallery | Pick::Log => Topic::Channels,
        Pick::VotesRole | Pick::LowPoolRole => Topic::Notify,
    }
}

fn with_lists(rules: &GuildRules, topic: Topic, content: String) -> Reply {
    let mut lists = vec![topics(topic)];
    lists.extend(match topic {
        Topic::Approvals => vec![
            roles(Pick::Approvers, limits::PICKED, rules.approvers.iter()),
            roles(Pick::Leads, limits::PICKED, rules.leads.iter()),
            quorum(Pick::ReviewQuorum, rules, Stage::Review),
            quorum(Pick::FinalQuorum, rules, Stage::Final),
        ],
        Topic::Channels => vec![
            roles(Pick::Requesters, limits::PICKED, rules.requesters.iter()),
            channels(Pick::Channels, limits::PICKED, rules.channels.iter()),
            channels(Pick::Gallery, 1, rules.gallery.iter()),
            channels(Pick::Log, 1, rules.log.iter()),
        ],
        Topic::Notify => vec![
            roles(Pick::VotesRole, 1, rules.votes_role.iter()),
            roles(Pick::LowPoolRole, 1, rules.low_pool_role.iter()),
        ],
        // Numbers and names are typed.
        Topic::Stages | Topic::Limits => Vec::new(),
    });
    Reply {
        content,
        lists,
        ..Reply::default()
    }
}

fn topics(shown: Topic) -> ListView {
    let topic = |topic: Topic| {
        let label = topic.title().to_owned();
        (topic.name().to_owned(), label, topic == shown)
    };
    list(Pick::Topic, (1, 1), Offers::Texts(Topic::ALL.map(topic).into()))
}

fn roles<'a>(pick: Pick, most: u8, picked: impl Iterator<Item = &'a RoleId>) -> ListView {
    let picked = picked.copied().take(most.into());
    list(pick, (0, most), Offers::Roles(picked.collect()))
}

fn channels<'a>(pick: Pick, most: u8, picked: impl Iterator<Item = &'a ChannelId>) -> ListView {
    let offers = Offers::Channels {
        forums: pick == Pick::Channels,
        picked: picked.copied().take(most.into()).collect(),
    };
    list(pick, (0, most), offers)
}

/// Offers the small quorums, and the one that holds.
fn quorum(pick: Pick, rules: &GuildRules, stage: Stage) -> ListView {
    let (now, tier) = (rules.stages.spec(stage).quorum, rules.stages.spec(stage).tier);
    let mut offered: Vec<u32> = (1..=limits::QUORUMS_OFFERED).collect();
    if !offered.contains(&now) {
        offered.push(now);
    }
    let text = |n: u32| (n.to_string(), wording::quorum_offered(n, tier), n == now);
    list(
        pick,
        (1, 1),
        Offers::Texts(offered.into_iter().map(text).collect()),
    )
}

fn list(pick: Pick, picks: (u8, u8), offers: Offers) -> ListView {
    ListView {
        id: Button::Panel(pick),
        placeholder: wording::list_placeholder(pick).to_owned(),
        picks,
        offers,
    }
}
