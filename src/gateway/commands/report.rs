//! `/report`.

use poise::serenity_prelude as serenity;
use serenity::CreateAutocompleteResponse;

use super::autocomplete::offer_names;
use super::bounded::{ProjectName, Text};
use super::context::{Answer, Context, reply, take};
use crate::domain::ids::UserId;
use crate::domain::report_page::Span;
use crate::flow::money::report as flow;

/// Which days, as people choose them.
#[derive(Clone, Copy, Debug, poise::ChoiceParameter)]
enum PeriodChoice {
    Week,
    ThirtyDays,
    Month,
    All,
}

impl From<PeriodChoice> for Span {
    fn from(choice: PeriodChoice) -> Self {
        match choice {
            PeriodChoice::Week => Self::Week,
            PeriodChoice::ThirtyDays => Self::ThirtyDays,
            PeriodChoice::Month => Self::Month,
            PeriodChoice::All => Self::All,
        }
    }
}

/// Answers `/report`.
#[poise::command(slash_command, install_context = "Guild", interaction_context = "Guild")]
pub(in crate::gateway) async fn report(
    ctx: Context<'_>,
    period: Option<PeriodChoice>,
    #[autocomplete = "names"] project: Option<ProjectName>,
    member: Option<serenity::UserId>,
) -> Answer {
    let Some(caller) = take(ctx).await else {
        return Ok(());
    };
    let asked = flow::Asked {
        span: period.map_or(Span::ThirtyDays, Span::from),
        project: project.map(Text::get),
        member: member.map(|member| UserId::new(member.get())),
    };
    let answer = flow::report(&ctx.data().services, &caller, asked).await;
    reply(ctx, answer).await
}

async fn names(ctx: Context<'_>, typed: &str) -> CreateAutocompleteResponse {
    offer_names(ctx, typed, true).await
}
