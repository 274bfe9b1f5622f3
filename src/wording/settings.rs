//! `/settings`: what holds in a server, and what a change did.

mod crops;
mod lost;
mod panel;

use std::collections::BTreeSet;
use std::iter;

use super::refusal::missing_names;
use super::{plain, spend_limits};
use crate::domain::credits::Credits;
use crate::domain::guild::edit::InvalidSetting;
use crate::domain::guild::settings::{GuildRules, UnreachableQuorum};
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::limits;
use crate::domain::money::period::Zone;
use crate::domain::stage::Stage;
use crate::domain::text::shorten;

pub use crops::*;
pub use lost::*;
pub use panel::*;

/// Which settings are spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Who approves what, how and for how long.
    Approvals,
    /// Who drafts where, and where the bot tells what.
    Channels,
    /// Who is told of what.
    Notify,
    /// What the stages are and cost.
    Stages,
    /// How much may be spent, and by whom.
    Limits,
}

impl Topic {
    /// All topics, in the order in which people are shown them.
    pub const ALL: [Self; 5] = [
        Self::Approvals,
        Self::Channels,
        Self::Notify,
        Self::Stages,
        Self::Limits,
    ];

    /// Returns the name in a list.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approvals => "approvals",
            Self::Channels => "channels",
            Self::Notify => "notify",
            Self::Stages => "stages",
            Self::Limits => "limits",
        }
    }

    /// Returns the title that people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Approvals => "Approvals",
            Self::Channels => "Drafting and channels",
            Self::Notify => "Who is told",
            Self::Stages => "Stages",
            Self::Limits => "Limits",
        }
    }

    const fn command(self) -> &'static str {
        match self {
            Self::Approvals => "/settings approvals",
            Self::Channels => "/settings channels",
            Self::Notify => "/settings notify",
            Self::Stages => "/settings stages",
            Self::Limits => "/settings limits",
        }
    }
}

/// The label of the spending limits.
const SPEND_LIMITS: &str = "Spent at most";

/// Returns the settings of a topic: the label and the value of each. There are always as many, in
/// the same order. `brief`: long lists are only counted.
fn lines(topic: Topic, rules: &GuildRules, brief: bool) -> Vec<(&'static str, String)> {
    let stages = &rules.stages;
    match topic {
        Topic::Approvals => vec![
            ("Quorum for review", people(stages.review.quorum)),
            ("Quorum for final", people(stages.r#final.quorum)),
            (
                "Who approves",
                roles(&rules.approvers, "everyone who can see the thread"),
            ),
            ("Leads", leads(&rules.leads)),
            (
                "A lead's approval",
                if rules.lead_decides {
                    "is enough alone"
                } else {
                    "counts as one"
                }
                .to_owned(),
            ),
            (
                "The requester's own",
                if rules.own_vote {
                    "counts"
                } else {
                    "does not count"
                }
                .to_owned(),
            ),
            ("Emoji that approves", rules.approve.to_string()),
            ("Emoji of leads that stops", rules.veto.to_string()),
            ("A vote stays open for", days(rules.window_days)),
        ],
        Topic::Channels => vec![
            ("Who drafts", roles(&rules.requesters, "everyone")),
            ("Where", channels(&rules.channels, "in every channel")),
            ("Gallery of finals", channel(rules.gallery)),
            ("Log for admins", channel(rules.log)),
            (
                "Files tell their prompt",
                if rules.file_prompts { "yes" } else { "no" }.to_owned(),
            ),
        ],
        Topic::Notify => vec![
            ("Each draft mentions", role(rules.votes_role)),
            ("A low pool mentions", role(rules.low_pool_role)),
            ("Daily digest of what waits", channel(rules.digest)),
            (
                "The digest comes at",
                format!("{}:00 in the server's time zone", rules.digest_hour),
            ),
        ],
        Topic::Stages => vec![
            ("An explore image", price(rules, Stage::Explore)),
            ("A review image", price(rules, Stage::Review)),
            ("A final image", price(rules, Stage::Final)),
        ],
        Topic::Limits => vec![
            (
                SPEND_LIMITS,
                spend_limits::spend_limits(&rules.spend_limits, brief),
            ),
            ("Days and months begin in", zone(&rules.zone)),
        ],
    }
}

fn price(rules: &GuildRules, stage: Stage) -> String {
    let spec = rules.stages.spec(stage);
    format!("{} for {}", spec.tier, spec.price)
}

fn people(n: u32) -> String {
    if n == 1 {
        "1 person".to_owned()
    } else {
        format!("{n} people")
    }
}

fn days(n: u32) -> String {
    if n == 1 {
        "1 day".to_owned()
    } else {
        format!("{n} days")
    }
}

fn roles(roles: &BTreeSet<RoleId>, nobody_said: &str) -> String {
    listed(roles.iter().map(|role| format!("<@&{role}>")), nobody_said)
}

fn zone(zone: &Zone) -> String {
    let reversed = zone.reversed();
    let means = reversed.map_or_else(String::new, |means| format!(" (that is {means})"));
    format!("{}{means}", zone.name())
}

fn leads(leads: &BTreeSet<RoleId>) -> String {
    let managers = "whoever may manage the server";
    if leads.is_empty() {
        managers.to_owned()
    } else {
        format!("{}, and {managers}", roles(leads, managers))
    }
}

fn channels(channels: &BTreeSet<ChannelId>, nobody_said: &str) -> String {
    listed(
        channels.iter().map(|channel| format!("<#{channel}>")),
        nobody_said,
    )
}

fn channel(channel: Option<ChannelId>) -> String {
    channel.map_or_else(|| "none".to_owned(), |channel| format!("<#{channel}>"))
}

fn role(role: Option<RoleId>) -> String {
    role.map_or_else(|| "nobody".to_owned(), |role| format!("<@&{role}>"))
}

fn listed(all: impl Iterator<Item = String>, nobody_said: &str) -> String {
    let all: Vec<String> = all.collect();
    if all.is_empty() {
        nobody_said.to_owned()
    } else {
        all.join(", ")
    }
}

/// Answers privately: the settings of some topics. What differs from the operator's choice comes first,
/// with that choice.
#[must_use]
pub fn settings(topics: &[Topic], rules: &GuildRules, operator: &GuildRules) -> String {
    // All of them are one message.
    let brief = topics.len() > 1;
    let (mut chosen, mut blocks) = (Vec::new(), Vec::new());
    for topic in topics {
        let all = lines(*topic, rules, brief)
            .into_iter()
            .zip(lines(*topic, operator, brief));
        let (usual, differ): (Vec<_>, Vec<_>) = all.partition(|((_, value), (_, usual))| value == usual);
        let differ = differ
            .into_iter()
            .map(|((name, value), (_, usual))| format!("{name}: **{value}** (default: {usual})"));
        let usual = usual
            .into_iter()
            .map(|((name, value), _)| format!("{name}: {value}"));
        let title = format!("**{}** · `{}`", topic.title(), topic.command());
        if brief {
            chosen.extend(differ);
            blocks.extend(iter::once(title).chain(usual));
        } else {
            blocks.extend(iter::once(title).chain(differ).chain(usual));
        }
    }
    if !chosen.is_empty() {
        chosen.insert(0, "**What this server chose**".to_owned());
    }
    chosen.extend(blocks);
    chosen.join("\n")
}

/// Answers privately: what a change of some settings did, each with its value before.
#[must_use]
pub fn settings_changed(topic: Topic, before: &GuildRules, after: &GuildRules) -> String {
    // Each limit stands by itself: a list of them twice would be too long.
    let (mut changed, brief) = match topic {
        Topic::Limits => (
            spend_limits::changed(&before.spend_limits, &after.spend_limits),
            true,
        ),
        Topic::Approvals | Topic::Channels | Topic::Notify | Topic::Stages => (Vec::new(), false),
    };
    let pairs = lines(topic, before, brief)
        .into_iter()
        .zip(lines(topic, after, brief));
    let pairs = pairs.filter(|((name, was), (_, is))| was != is && *name != SPEND_LIMITS);
    changed.extend(pairs.map(|((name, was), (_, is))| format!("{name}: {was} → **{is}**")));
    if changed.is_empty() {
        return "Nothing changes: it is like that already.".to_owned();
    }
    let when = match topic {
        Topic::Approvals => {
            "\n-# For votes that open from now on. Votes that are open keep the rules that they opened with."
        }
        Topic::Stages => "\n-# For drafts and votes from now on. Prices that were shown stay.",
        Topic::Limits => "\n-# At once, also for what was spent before in the same time.",
        Topic::Channels | Topic::Notify => "",
    };
    format!("{}{when}", changed.join("\n"))
}

/// Adds a line: a quorum that may never be reached, and the setting to change.
#[must_use]
pub fn unreachable_quorum(unreachable_quorum: &UnreachableQuorum) -> String {
    let voters = match unreachable_quorum.voters {
        0 => "nobody could approve".to_owned(),
        1 => "only 1 person could approve".to_owned(),
        voters => format!("only {voters} people could approve"),
    };
    let (stage, quorum) = (unreachable_quorum.stage, unreachable_quorum.quorum);
    format!(
        "\n⚠️ {} must approve a {stage}, and in this server {voters}. Someone who manages the server can change that: \
         `/settings approvals {stage}_quorum`, or `own_vote`, or `lead_decides`.",
        people(quorum)
    )
}

/// Adds a line: a role that is to be mentioned where nothing is told.
#[must_use]
pub fn told_nowhere(topic: Topic, rules: &GuildRules) -> String {
    match (topic, rules.low_pool_role, rules.log) {
        (Topic::Notify | Topic::Channels, Some(role), None) => format!(
            "\n⚠️ A low pool is told of in the log channel, and there is none, so <@&{role}> is not mentioned. \
             `/settings channels` can name one."
        ),
        _ => String::new(),
    }
}

/// Adds a line: when the next digest comes, in milliseconds since 1970.
#[must_use]
pub fn next_digest(at_ms: i64) -> String {
    format!(
        "\n-# The next digest comes <t:{}:F>, if anything waits then.",
        at_ms.div_euclid(1000)
    )
}

/// Answers privately: why something cannot be set.
#[must_use]
pub fn invalid_setting(why: &InvalidSetting) -> String {
    let what = match why {
        InvalidSetting::Quorum(given) => format!("A quorum is 1 to {} people, not {given}.", limits::QUORUM),
        InvalidSetting::Price(given) => {
            let max = Credits::new(limits::PRICE_CREDITS).unwrap_or(Credits::MAX);
            format!("A price is 1 to {max}, not {given}.")
        }
        InvalidSetting::PricesAreFixed => {
            "What a stage costs is set by the bot's operator, who has not left it to servers (`admins.set_prices`).".to_owned()
        }
        InvalidSetting::Window(given) => format!(
            "A vote stays open for 1 to {}, not {given}: Discord archives a quiet thread then, and nobody can react in it.",
            days(limits::VOTE_WINDOW_DAYS)
        ),
        InvalidSetting::NoEmoji(given) => format!(
            "“{}” is not one emoji. Pick one from Discord's list, or one of this server's own.",
            plain(&shorten(given, 40))
        ),
        InvalidSetting::ForeignEmoji(emoji) => {
            format!("{emoji} is not an emoji of this server, so that not everyone here could react with it.")
        }
        InvalidSetting::OneEmoji(emoji) => {
            format!("{emoji} cannot both approve and stop: choose two.")
        }
        InvalidSetting::SpendLimit(given) => spend_limits::bad_limit(*given),
        InvalidSetting::Hours(given) => format!("Hours that roll are 1 to {}, not {given}.", limits::SPEND_LIMIT_HOURS),
        InvalidSetting::TooManySpendLimits => {
            format!("A server has at most {} limits of its own: remove one first.", limits::SPEND_LIMITS_PER_GUILD)
        }
        InvalidSetting::NotAllowedIn(channel, missing) => format!(
            "I am missing {} in <#{channel}>. Someone who manages the channel can allow it.",
            missing_names(missing)
        ),
        InvalidSetting::DigestHour(given) => {
            format!("The hour of the digest is 0 to {}, not {given}.", limits::LAST_HOUR)
        }
        InvalidSetting::Everyone => {
            "Everybody cannot be mentioned: choose a role that some have.".to_owned()
        }
        InvalidSetting::Unmentionable(role) => format!(
            "I may not mention <@&{role}>. Someone who manages roles can allow anyone to @mention it, in the server's \
             settings under Roles."
        ),
        InvalidSetting::Zone(bad) => spend_limits::bad_zone(bad),
    };
    format!("{what} Nothing was changed.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::guild::edit::Edit;
    use crate::domain::guild::settings::GuildSettings;
    use crate::domain::guild::settings::tests::operator;
    use crate::domain::ids::GuildId;

    fn rules(edits: &[Edit]) -> GuildRules {
        let guild = GuildId::new(9);
        let edited = GuildSettings::default().edited(guild, &operator(), edits);
        edited.unwrap().rules(&operator())
    }

    #[test]
    fn settings_are_shown_with_what_differs_from_the_default() {
        let chosen = rules(&[
            Edit::Quorum(Stage::Final, 3),
            Edit::Leads(BTreeSet::from([RoleId::new(5)])),
        ]);
        insta::assert_snapshot!(settings(&Topic::ALL, &chosen, &rules(&[])), @r"
        **What this server chose**
        Quorum for final: **3 people** (default: 2 people)
        Leads: **<@&5>, and whoever may manage the server** (default: whoever may manage the server)
        **Approvals** · `/settings approvals`
        Quorum for review: 1 person
        Who approves: everyone who can see the thread
        A lead's approval: counts as one
        The requester's own: does not count
        Emoji that approves: ✅
        Emoji of leads that stops: 🚫
        A vote stays open for: 7 days
        **Drafting and channels** · `/settings channels`
        Who drafts: everyone
        Where: in every channel
        Gallery of finals: none
        Log for admins: none
        Files tell their prompt: no
        **Who is told** · `/settings notify`
        Each draft mentions: nobody
        A low pool mentions: nobody
        Daily digest of what waits: none
        The digest comes at: 9:00 in the server's time zone
        **Stages** · `/settings stages`
        An explore image: 1K for 10 credits
        A review image: 2K for 20 credits
        A final image: 4K for 40 credits
        **Limits** · `/settings limits`
        Spent at most: none
        Days and months begin in: UTC
        ");
    }

    /// Returns the topic in which the result of an edit is shown.
    fn topic_of(edit: &Edit) -> Topic {
        match edit {
            Edit::Quorum(..)
            | Edit::OwnVote(_)
            | Edit::LeadDecides(_)
            | Edit::Approve(_)
            | Edit::Veto(_)
            | Edit::WindowDays(_)
            | Edit::Approvers(_)
            | Edit::Leads(_) => Topic::Approvals,
            Edit::Requesters(_)
            | Edit::Channels(_)
            | Edit::Gallery(_)
            | Edit::Log(_)
            | Edit::FilePrompts(_) => Topic::Channels,
            Edit::VotesRole(_) | Edit::LowPoolRole(_) | Edit::Digest(_) | Edit::DigestHour(_) => {
                Topic::Notify
            }
            Edit::Price(..) => Topic::Stages,
            Edit::SpendLimit(..)
            | Edit::NoSpendLimit(_)
            | Edit::UsualSpendLimit(_)
            | Edit::Zone(_)
            | Edit::Reset(_) => Topic::Limits,
        }
    }

    #[test]
    fn every_setting_is_shown_when_it_changes() {
        let (usual, role) = (rules(&[]), BTreeSet::from([RoleId::new(5)]));
        for edit in [
            Edit::Quorum(Stage::Review, 9),
            Edit::Quorum(Stage::Final, 9),
            Edit::Price(Stage::Explore, 9),
            Edit::Price(Stage::Review, 9),
            Edit::Price(Stage::Final, 9),
            Edit::OwnVote(true),
            Edit::LeadDecides(true),
            Edit::Approve("👍".to_owned()),
            Edit::Veto("👎".to_owned()),
            Edit::WindowDays(2),
            Edit::Approvers(role.clone()),
            Edit::Leads(role.clone()),
            Edit::Requesters(role),
            Edit::Channels(BTreeSet::from([ChannelId::new(6)])),
            Edit::Gallery(ChannelId::new(7)),
            Edit::FilePrompts(true),
            Edit::Log(ChannelId::new(8)),
            Edit::VotesRole(RoleId::new(5)),
            Edit::LowPoolRole(RoleId::new(5)),
            Edit::Digest(ChannelId::new(8)),
            Edit::DigestHour(17),
            Edit::Zone("Europe/Berlin".to_owned()),
        ] {
            let (topic, after) = (topic_of(&edit), rules(std::slice::from_ref(&edit)));
            let told = settings_changed(topic, &usual, &after);
            assert!(told.contains(" → **"), "{edit:?}: {told}");
            assert_ne!(
                settings(&[topic], &after, &usual),
                settings(&[topic], &usual, &usual)
            );
        }
    }

    #[test]
    fn a_change_shows_before_and_after() {
        let after = rules(&[Edit::Quorum(Stage::Final, 3), Edit::WindowDays(1)]);
        insta::assert_snapshot!(settings_changed(Topic::Approvals, &rules(&[]), &after), @r"
        Quorum for final: 2 people → **3 people**
        A vote stays open for: 7 days → **1 day**
        -# For votes that open from now on. Votes that are open keep the rules that they opened with.
        ");
        insta::assert_snapshot!(settings_changed(Topic::Stages, &after, &after), @"Nothing changes: it is like that already.");
    }

    #[test]
    fn a_doubtful_quorum_names_the_setting() {
        let told = unreachable_quorum(&rules(&[]).unreachable_quorum(3).unwrap());
        insta::assert_snapshot!(told, @"

        ⚠️ 2 people must approve a final, and in this server only 1 person could approve. Someone who manages the server can change that: `/settings approvals final_quorum`, or `own_vote`, or `lead_decides`.
        ");
    }

    #[test]
    fn a_mistake_says_what_is_allowed() {
        insta::assert_snapshot!(invalid_setting(&InvalidSetting::Quorum(0)), @"A quorum is 1 to 100 people, not 0. Nothing was changed.");
        insta::assert_snapshot!(invalid_setting(&InvalidSetting::Window(9)), @"A vote stays open for 1 to 7 days, not 9: Discord archives a quiet thread then, and nobody can react in it. Nothing was changed.");
        insta::assert_snapshot!(invalid_setting(&InvalidSetting::NoEmoji("*ok*".to_owned())), @r"“\*ok\*” is not one emoji. Pick one from Discord's list, or one of this server's own. Nothing was changed.");
    }
}
