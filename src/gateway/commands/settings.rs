//! `/settings`.

mod crops;
mod limits;
mod notify;

use std::collections::BTreeSet;

use poise::serenity_prelude as serenity;

use super::bounded::{Number, Price, Quorum, Window};
use super::context::{Answer, Context, reply, take};
use crate::domain::guild::edit::Edit;
use crate::domain::guild::settings::SettingsGroup;
use crate::domain::ids::{ChannelId, RoleId};
use crate::domain::stage::Stage;
use crate::flow::settings;
use crate::wording::Topic;

/// Answers `/settings`.
#[poise::command(
    slash_command,
    subcommands(
        "show",
        "approvals",
        "limits::limits",
        "channels",
        "crops::crops",
        "notify::notify",
        "stages"
    ),
    subcommand_required,
    default_member_permissions = "MANAGE_GUILD",
    install_context = "Guild",
    interaction_context = "Guild"
)]
#[expect(clippy::unused_async, reason = "poise calls commands as async functions")]
pub(in crate::gateway) async fn settings(_: Context<'_>) -> Answer {
    Ok(())
}

/// Answers `/settings show`.
#[poise::command(slash_command)]
async fn show(ctx: Context<'_>) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    reply(ctx, settings::panel::show(&ctx.data().services, &caller).await).await
}

/// What `/settings approvals` sets back.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum ApprovalReset {
    Approvers,
    Leads,
    Quorums,
    Votes,
    Emoji,
    Window,
    All,
}

impl ApprovalReset {
    fn groups(self) -> Vec<SettingsGroup> {
        match self {
            Self::Approvers => vec![SettingsGroup::Approvers],
            Self::Leads => vec![SettingsGroup::Leads],
            Self::Quorums => vec![SettingsGroup::Quorums],
            Self::Votes => vec![SettingsGroup::OwnVote, SettingsGroup::LeadDecides],
            Self::Emoji => vec![SettingsGroup::Emoji],
            Self::Window => vec![SettingsGroup::Window],
            Self::All => [
                Self::Approvers,
                Self::Leads,
                Self::Quorums,
                Self::Votes,
                Self::Emoji,
                Self::Window,
            ]
            .into_iter()
            .flat_map(Self::groups)
            .collect(),
        }
    }
}

/// Answers `/settings approvals`.
#[poise::command(slash_command)]
#[expect(clippy::too_many_arguments, reason = "each is an option of the command")]
async fn approvals(
    ctx: Context<'_>,
    review_quorum: Option<Quorum>,
    final_quorum: Option<Quorum>,
    approvers: Option<serenity::RoleId>,
    approvers_2: Option<serenity::RoleId>,
    approvers_3: Option<serenity::RoleId>,
    leads: Option<serenity::RoleId>,
    leads_2: Option<serenity::RoleId>,
    leads_3: Option<serenity::RoleId>,
    own_vote: Option<bool>,
    lead_decides: Option<bool>,
    approve_emoji: Option<String>,
    stop_emoji: Option<String>,
    window_days: Option<Window>,
    reset: Option<ApprovalReset>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let mut edits = resets(reset.map_or_else(Vec::new, ApprovalReset::groups));
    edits.extend(review_quorum.map(|quorum| Edit::Quorum(Stage::Review, quorum.get())));
    edits.extend(final_quorum.map(|quorum| Edit::Quorum(Stage::Final, quorum.get())));
    edits.extend(roles([approvers, approvers_2, approvers_3]).map(Edit::Approvers));
    edits.extend(roles([leads, leads_2, leads_3]).map(Edit::Leads));
    edits.extend(own_vote.map(Edit::OwnVote));
    edits.extend(lead_decides.map(Edit::LeadDecides));
    edits.extend(approve_emoji.map(Edit::Approve));
    edits.extend(stop_emoji.map(Edit::Veto));
    edits.extend(window_days.map(Number::get).map(Edit::WindowDays));
    let answer = settings::change(&ctx.data().services, &caller, Topic::Approvals, edits).await;
    reply(ctx, answer).await
}

/// What `/settings channels` sets back.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum ChannelReset {
    Requesters,
    Channels,
    Gallery,
    Log,
    FilePrompts,
    All,
}

impl ChannelReset {
    fn groups(self) -> Vec<SettingsGroup> {
        match self {
            Self::Requesters => vec![SettingsGroup::Requesters],
            Self::Channels => vec![SettingsGroup::Channels],
            Self::Gallery => vec![SettingsGroup::Gallery],
            Self::Log => vec![SettingsGroup::Log],
            Self::FilePrompts => vec![SettingsGroup::FilePrompts],
            Self::All => vec![
                SettingsGroup::Requesters,
                SettingsGroup::Channels,
                SettingsGroup::Gallery,
                SettingsGroup::Log,
                SettingsGroup::FilePrompts,
            ],
        }
    }
}

/// Answers `/settings channels`.
#[poise::command(slash_command)]
#[expect(clippy::too_many_arguments, reason = "each is an option of the command")]
async fn channels(
    ctx: Context<'_>,
    requesters: Option<serenity::RoleId>,
    requesters_2: Option<serenity::RoleId>,
    requesters_3: Option<serenity::RoleId>,
    #[channel_types("Text", "News", "Forum")] drafts: Option<serenity::ChannelId>,
    #[channel_types("Text", "News", "Forum")] drafts_2: Option<serenity::ChannelId>,
    #[channel_types("Text", "News", "Forum")] drafts_3: Option<serenity::ChannelId>,
    #[channel_types("Text", "News")] gallery: Option<serenity::ChannelId>,
    #[channel_types("Text", "News")] log: Option<serenity::ChannelId>,
    file_prompts: Option<bool>,
    reset: Option<ChannelReset>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let channel = |id: serenity::ChannelId| ChannelId::new(id.get());
    let mut edits = resets(reset.map_or_else(Vec::new, ChannelReset::groups));
    edits.extend(roles([requesters, requesters_2, requesters_3]).map(Edit::Requesters));
    let places: BTreeSet<ChannelId> = [drafts, drafts_2, drafts_3]
        .into_iter()
        .flatten()
        .map(channel)
        .collect();
    edits.extend((!places.is_empty()).then_some(Edit::Channels(places)));
    edits.extend(gallery.map(channel).map(Edit::Gallery));
    edits.extend(log.map(channel).map(Edit::Log));
    edits.extend(file_prompts.map(Edit::FilePrompts));
    let answer = settings::change(&ctx.data().services, &caller, Topic::Channels, edits).await;
    reply(ctx, answer).await
}

/// Answers `/settings stages`.
#[poise::command(slash_command)]
async fn stages(
    ctx: Context<'_>,
    explore_price: Option<Price>,
    review_price: Option<Price>,
    final_price: Option<Price>,
    reset: Option<bool>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let mut edits = resets(reset.filter(|reset| *reset).map(|_| SettingsGroup::Prices));
    edits.extend(explore_price.map(|price| Edit::Price(Stage::Explore, price.get())));
    edits.extend(review_price.map(|price| Edit::Price(Stage::Review, price.get())));
    edits.extend(final_price.map(|price| Edit::Price(Stage::Final, price.get())));
    let answer = settings::change(&ctx.data().services, &caller, Topic::Stages, edits).await;
    reply(ctx, answer).await
}

/// Returns the edits that set back. They come first, so that what one command sets back and gives
/// anew ends as it is given.
fn resets(groups: impl IntoIterator<Item = SettingsGroup>) -> Vec<Edit> {
    groups.into_iter().map(Edit::Reset).collect()
}

/// Returns the roles that were given, if any were.
fn roles(given: [Option<serenity::RoleId>; 3]) -> Option<BTreeSet<RoleId>> {
    let roles: BTreeSet<RoleId> = given
        .into_iter()
        .flatten()
        .map(|role| RoleId::new(role.get()))
        .collect();
    (!roles.is_empty()).then_some(roles)
}
