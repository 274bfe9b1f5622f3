//! `/settings notify`.

use poise::serenity_prelude as serenity;

use super::resets;
use crate::domain::guild::edit::Edit;
use crate::domain::guild::settings::SettingsGroup;
use crate::domain::ids::{ChannelId, RoleId};
use crate::flow::settings;
use crate::gateway::commands::bounded::{DayHour, Number};
use crate::gateway::commands::context::{Answer, Context, reply, take};
use crate::wording::Topic;

/// What `/settings notify` switches off.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum NotifyReset {
    Votes,
    LowPool,
    Digest,
    All,
}

impl NotifyReset {
    fn groups(self) -> Vec<SettingsGroup> {
        match self {
            Self::Votes => vec![SettingsGroup::VotesRole],
            Self::LowPool => vec![SettingsGroup::LowPoolRole],
            Self::Digest => vec![SettingsGroup::Digest, SettingsGroup::DigestHour],
            Self::All => [Self::Votes, Self::LowPool, Self::Digest]
                .into_iter()
                .flat_map(Self::groups)
                .collect(),
        }
    }
}

/// Answers `/settings notify`.
#[poise::command(slash_command)]
pub(in crate::gateway) async fn notify(
    ctx: Context<'_>,
    votes: Option<serenity::RoleId>,
    low_pool: Option<serenity::RoleId>,
    #[channel_types("Text", "News")] digest: Option<serenity::ChannelId>,
    hour: Option<DayHour>,
    reset: Option<NotifyReset>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let role = |id: serenity::RoleId| RoleId::new(id.get());
    let mut edits = resets(reset.map_or_else(Vec::new, NotifyReset::groups));
    edits.extend(votes.map(role).map(Edit::VotesRole));
    edits.extend(low_pool.map(role).map(Edit::LowPoolRole));
    edits.extend(digest.map(|id| Edit::Digest(ChannelId::new(id.get()))));
    edits.extend(hour.map(Number::get).map(Edit::DigestHour));
    let answer = settings::change(&ctx.data().services, &caller, Topic::Notify, edits).await;
    reply(ctx, answer).await
}
