//! Checks each server: what the bot may do in the channels that it uses, and whether what settings
//! name is there.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::database::ASK_AGAIN;
use super::discord::away;
use super::report::{Level, Part};
use crate::config::Config;
use crate::discord::{Discord, Server, Survey};
use crate::domain::guild::settings::{GuildRules, GuildSettings, SettingsGroup};
use crate::domain::ids::GuildId;
use crate::domain::permission::{Permission, Purpose};
use crate::flow::error::chain;
use crate::store::{Store, guilds};
use crate::wording::permissions;

pub(super) async fn check(part: &mut Part, config: &Config, discord: &Discord, store: Option<&Store>) {
    let servers = match discord.servers().await {
        Ok(servers) => servers,
        Err(error) => return away(part, &error),
    };
    let there: BTreeSet<GuildId> = servers.iter().map(|server| server.id).collect();
    for guild in &config.rules.allowed_guilds {
        if !there.contains(guild) {
            let what = format!("allowed_guilds has {guild}, and the bot is not in that server");
            let fix = "invite the bot there, or take the id out";
            part.found(Level::Warning, what, "nobody there can use it", fix);
        }
    }
    if servers.is_empty() {
        let fix = "invite it: the README names the scopes and permissions";
        part.found(
            Level::Warning,
            "the bot is in no server",
            "nobody can use it",
            fix,
        );
    }
    for server in &servers {
        let allowed = &config.rules.allowed_guilds;
        if !allowed.is_empty() && !allowed.contains(&server.id) {
            part.saw(format!("{} ({}): not in allowed_guilds.", server.name, server.id));
            continue;
        }
        let rules = match settings(store, server.id).await {
            Ok(settings) => settings.rules(&config.rules),
            Err(what) => {
                let why = "the server's settings are not known";
                part.found(Level::Problem, what, why, ASK_AGAIN);
                continue;
            }
        };
        match discord.survey(server.id).await {
            Ok(survey) => one(part, server, &rules, &survey),
            Err(error) => away(part, &error),
        }
    }
}

async fn settings(store: Option<&Store>, guild: GuildId) -> Result<GuildSettings, String> {
    let Some(store) = store else {
        return Ok(GuildSettings::default());
    };
    let read = store.read(move |tx| guilds::read(tx, guild).boxed()).await;
    read.map_err(|error| chain(&error))
}

fn one(part: &mut Part, server: &Server, rules: &GuildRules, survey: &Survey) {
    let shown = format!("{} ({})", server.name, server.id);
    let before = part.findings();
    for (group, channel, purpose) in rules.named_channels() {
        let name = survey.name(channel);
        let fix = format!(
            "give the bot these permissions there, or choose another in {}",
            settings_command(group)
        );
        match survey.lacks(channel, purpose) {
            None => {
                let what = format!("{shown}: the channel {channel} is not there any more");
                gone(part, Level::Problem, what, group);
            }
            Some(lacks) if !lacks.is_empty() => {
                let what = format!("{shown}: in {name} the bot lacks {}", named(&lacks));
                part.found(Level::Problem, what, purpose_in_words(purpose), fix);
            }
            Some(_) => {}
        }
    }
    for (group, roles) in rules.role_lists() {
        for role in survey.gone_roles(&roles) {
            let what = format!("{shown}: the role {role} is not there any more");
            gone(part, Level::Warning, what, group);
        }
    }
    if rules.channels.is_empty() {
        anywhere(part, &shown, survey);
    }
    if part.findings() == before {
        part.saw(format!(
            "{shown}: the bot may do what it needs in the channels that settings name."
        ));
    }
}

/// Notes that something which a group of settings names is gone.
fn gone(part: &mut Part, level: Level, what: String, group: SettingsGroup) {
    let command = settings_command(group);
    let (why, fix) = (
        format!("{command} rests on it"),
        format!("choose another in {command}"),
    );
    part.found(level, what, why, fix);
}

/// Checks a server in whose every channel drafts may be asked for. Not all of them need to be the
/// bot's: some do.
fn anywhere(part: &mut Part, shown: &str, survey: &Survey) {
    let channels = survey.draft_channels();
    let lacks = |channel| survey.lacks(channel, Purpose::Drafts).unwrap_or_default();
    let good = channels.iter().filter(|channel| lacks(**channel).is_empty());
    let good = good.count();
    if good > 0 {
        part.saw(format!(
            "{shown}: drafts can be asked for in {good} of {} channels.",
            channels.len()
        ));
        return;
    }
    let nearest = channels.iter().min_by_key(|channel| lacks(**channel).len());
    let what = match nearest {
        None => format!("{shown}: there is no channel in which a thread could be opened"),
        Some(channel) => format!(
            "{shown}: the bot may show drafts in none of {} channels; in {} it lacks {}",
            channels.len(),
            survey.name(*channel),
            named(&lacks(*channel))
        ),
    };
    let fix = "give the bot's role these permissions, or invite the bot again with them";
    part.found(Level::Problem, what, "no draft can be asked for there", fix);
}

/// Returns the command of Discord by which admins change a group of settings.
const fn settings_command(group: SettingsGroup) -> &'static str {
    match group {
        SettingsGroup::Approvers | SettingsGroup::Leads => "/settings approvals",
        SettingsGroup::Digest | SettingsGroup::VotesRole | SettingsGroup::LowPoolRole => "/settings notify",
        _ => "/settings channels",
    }
}

fn named(lacks: &[Permission]) -> String {
    let names: Vec<&str> = lacks.iter().map(|one| permissions::name(*one)).collect();
    names.join(", ")
}

const fn purpose_in_words(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Drafts | Purpose::DraftsInThread => "drafts are refused there",
        Purpose::Picture | Purpose::LockedThread => "approved pictures cannot be posted there",
        Purpose::Gallery => "finals are not shown there",
        Purpose::Log => "admins are not told there what they should know",
        Purpose::Digest => "what waits for votes is not told there",
    }
}
