//! Completions: what Discord offers while somebody types.

use poise::serenity_prelude as serenity;
use serenity::{AutocompleteChoice, CreateAutocompleteResponse};

use super::context::{Context, caller};
use crate::domain::geometry::Tier;
use crate::domain::limits;
use crate::flow;
use crate::flow::access::Caller;
use crate::flow::money::project;
use crate::flow::services::Services;
use crate::wording::commands::offered_ratio;

/// Offers what `look` finds, as (value, what is shown), up to Discord's number of choices.
///
/// Offers nothing to those who may not use the command here, and nothing while the database is away.
pub(in crate::gateway) async fn offer<V: Into<serde_json::Value>>(
    ctx: Context<'_>,
    look: impl AsyncFnOnce(&Services, &Caller) -> Result<Vec<(V, String)>, flow::Error>,
) -> CreateAutocompleteResponse {
    let found = match caller(ctx) {
        Ok(Ok(caller)) => look(&ctx.data().services, &caller).await,
        Ok(Err(_)) => Ok(Vec::new()),
        Err(error) => Err(error),
    };
    let found = found.unwrap_or_else(|error| {
        tracing::warn!("nothing is offered for what is typed: {}", flow::chain(&error));
        Vec::new()
    });
    let choices = found.into_iter().take(limits::CHOICES);
    let choices = choices.map(|(value, shown)| AutocompleteChoice::new(shown, value));
    CreateAutocompleteResponse::new().set_choices(choices.collect())
}

/// Offers the names of projects that hold what was typed.
pub(in crate::gateway) async fn offer_names(
    ctx: Context<'_>,
    typed: &str,
    closed_too: bool,
) -> CreateAutocompleteResponse {
    offer(ctx, async |services, caller| {
        let names = project::complete(services, caller.guild(), typed, closed_too).await?;
        Ok(names.into_iter().map(|name| (name.clone(), name)).collect())
    })
    .await
}

/// Offers the ratios that have a ladder, with their sizes.
pub(in crate::gateway) async fn ratios(ctx: Context<'_>, typed: &str) -> CreateAutocompleteResponse {
    offer(ctx, async |services, _| {
        let choices = services.rules.catalog.ladder.iter().filter_map(|ladder| {
            let name = ladder.ratio.to_string();
            let offered = offered_ratio(&name, ladder.at(Tier::K1), ladder.at(Tier::K4));
            name.starts_with(typed.trim()).then_some((name, offered))
        });
        Ok(choices.collect())
    })
    .await
}
