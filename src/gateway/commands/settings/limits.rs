//! `/settings limits`.

use poise::serenity_prelude as serenity;

use crate::domain::guild::edit::Edit;
use crate::domain::guild::settings::SettingsGroup;
use crate::domain::ids::{RoleId, UserId};
use crate::domain::money::period::Period;
use crate::domain::money::spend_limit::{LimitScope, Spenders};
use crate::domain::stage::Stage;
use crate::flow::settings;
use crate::gateway::commands::bounded::{Hours, Number, Spend, Text, TimeZone};
use crate::gateway::commands::context::{Answer, Context, reply, take};
use crate::wording::{self, Topic};

/// The time that a limit is for, as people choose it.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum PeriodChoice {
    Day,
    Month,
}

/// The stage that a limit is for, as people choose it.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum StageChoice {
    Explore,
    Review,
    Final,
}

/// Whose spending counts where neither a role nor a member is named, as people choose it.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum WhoseChoice {
    Each,
    Server,
}

/// What is taken away, as people choose it.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum RemoveChoice {
    This,
    Lifted,
    All,
    Zone,
}

/// What was typed.
struct Typed {
    credits: Option<i64>,
    period: Option<PeriodChoice>,
    hours: Option<u32>,
    stage: Option<StageChoice>,
    whose: Option<WhoseChoice>,
    role: Option<RoleId>,
    member: Option<UserId>,
    time_zone: Option<String>,
    remove: Option<RemoveChoice>,
}

/// Answers `/settings limits`.
#[poise::command(slash_command)]
#[expect(clippy::too_many_arguments, reason = "each is an option of the command")]
pub(in crate::gateway) async fn limits(
    ctx: Context<'_>,
    credits: Option<Spend>,
    period: Option<PeriodChoice>,
    hours: Option<Hours>,
    stage: Option<StageChoice>,
    whose: Option<WhoseChoice>,
    role: Option<serenity::RoleId>,
    member: Option<serenity::UserId>,
    time_zone: Option<TimeZone>,
    remove: Option<RemoveChoice>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let typed = Typed {
        credits: credits.map(Number::get),
        period,
        hours: hours.map(Number::get),
        stage,
        whose,
        role: role.map(|role| RoleId::new(role.get())),
        member: member.map(|member| UserId::new(member.get())),
        time_zone: time_zone.map(Text::get),
        remove,
    };
    match edits(&typed) {
        Ok(edits) => {
            let answer = settings::change(&ctx.data().services, &caller, Topic::Limits, edits).await;
            reply(ctx, answer).await
        }
        Err(incomplete) => reply(ctx, Ok(incomplete.to_owned())).await,
    }
}

/// Returns the edits that are asked for.
///
/// # Errors
/// What to add, if the options do not say which limit is meant.
fn edits(typed: &Typed) -> Result<Vec<Edit>, &'static str> {
    let mut edits = match typed.remove {
        None => Vec::new(),
        Some(RemoveChoice::This) => vec![Edit::UsualSpendLimit(bound(typed)?)],
        Some(RemoveChoice::Lifted) => vec![Edit::NoSpendLimit(bound(typed)?)],
        Some(RemoveChoice::All) => vec![Edit::Reset(SettingsGroup::SpendLimits)],
        Some(RemoveChoice::Zone) => vec![Edit::Reset(SettingsGroup::Zone)],
    };
    let about_one = typed.period.is_some()
        || typed.hours.is_some()
        || typed.stage.is_some()
        || typed.whose.is_some()
        || typed.role.is_some()
        || typed.member.is_some();
    match typed.credits {
        Some(credits) => edits.push(Edit::SpendLimit(bound(typed)?, credits)),
        None if about_one && typed.remove.is_none() => return Err(wording::LIMIT_OF_HOW_MUCH),
        None => {}
    }
    edits.extend(typed.time_zone.clone().map(Edit::Zone));
    Ok(edits)
}

fn bound(typed: &Typed) -> Result<LimitScope, &'static str> {
    let period = match (typed.hours, typed.period) {
        (Some(hours), None) => Period::Hours(hours),
        (None, Some(PeriodChoice::Day)) => Period::Day,
        (None, Some(PeriodChoice::Month)) => Period::Month,
        (Some(_), Some(_)) | (None, None) => return Err(wording::LIMIT_OF_WHAT),
    };
    let scope = match (typed.role, typed.member, typed.whose) {
        (Some(role), None, None) => Spenders::Role(role),
        (None, Some(member), None) => Spenders::Member(member),
        (None, None, Some(WhoseChoice::Server)) => Spenders::Server,
        (None, None, Some(WhoseChoice::Each) | None) => Spenders::Each,
        _ => return Err(wording::ONE_SUBJECT),
    };
    let stage = typed.stage.map(|stage| match stage {
        StageChoice::Explore => Stage::Explore,
        StageChoice::Review => Stage::Review,
        StageChoice::Final => Stage::Final,
    });
    Ok(LimitScope { scope, stage, period })
}
