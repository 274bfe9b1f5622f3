//! Registers the commands when the set has changed, not at every session: Discord allows 200 new
//! ones a day.

use serde_json::Value;

use crate::discord::Discord;
use crate::domain::credits::Credits;
use crate::domain::guild::operator::Rules;
use crate::domain::stage::Stage;
use crate::flow::error::Error;
use crate::flow::services::Services;
use crate::gateway::commands;
use crate::wording::commands::draft_text;

pub(in crate::gateway) async fn commands(services: &Services) -> Result<(), Error> {
    let wanted = wanted_by(&services.rules)?;
    let registered = Value::from(services.discord.commands().await.map_err(away)?);
    if !same(&wanted, &registered) {
        services.discord.register(&wanted).await.map_err(away)?;
        tracing::info!("the commands are registered");
    }
    Ok(())
}

/// Returns whether Discord has the commands of this version, and changes none.
///
/// # Errors
/// [`Error::Retry`] when Discord refuses or cannot be reached.
pub async fn are_registered(discord: &Discord, rules: &Rules) -> Result<bool, Error> {
    let registered = Value::from(discord.commands().await.map_err(away)?);
    Ok(same(&wanted_by(rules)?, &registered))
}

fn wanted_by(rules: &Rules) -> Result<Value, Error> {
    let from = (!rules.guild_prices).then(|| rules.spec(Stage::Explore).price);
    wanted(from).map_err(|error| Error::broken(error.to_string()))
}

/// Returns the commands as Discord is to have them. `from` is what one image of a draft costs;
/// `None` where servers set their own prices.
fn wanted(from: Option<Credits>) -> Result<Value, serde_json::Error> {
    let mut all = commands::all();
    if let Some(draft) = all.iter_mut().find(|command| command.name == "draft") {
        draft.description = Some(draft_text(from).into());
    }
    serde_json::to_value(poise::builtins::create_application_commands(&all))
}

fn away(error: crate::discord::Error) -> Error {
    Error::Retry {
        what: "Discord did not take the commands",
        after_ms: None,
        source: Some(error.into()),
    }
}

/// Returns whether Discord has what we want it to have. It adds ids, versions and defaults of its
/// own.
fn same(wanted: &Value, registered: &Value) -> bool {
    match (wanted, registered) {
        (Value::Object(wanted), Value::Object(_)) => wanted
            .iter()
            .all(|(key, value)| same(value, registered.get(key).unwrap_or(&Value::Null))),
        (Value::Array(wanted), Value::Array(registered)) => {
            let names = |value: &Value| value.get("name").and_then(Value::as_str).map(str::to_owned);
            let find = |want: &Value| match names(want) {
                Some(name) => registered.iter().find(|have| names(have) == Some(name.clone())),
                None => registered.iter().find(|have| *have == want),
            };
            wanted.len() == registered.len()
                && wanted
                    .iter()
                    .all(|want| find(want).is_some_and(|have| same(want, have)))
        }
        (wanted, registered) => wanted == registered || (is_default(wanted) && is_default(registered)),
    }
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_registered_changes_only_where_a_commit_says_so() {
        insta::assert_snapshot!(format!("{:#}", wanted(Credits::new(10).ok()).unwrap()));
    }

    #[test]
    fn what_discord_adds_is_no_change_and_what_we_change_is() {
        let ours =
            json!([{ "name": "draft", "nsfw": false, "options": [{ "name": "prompt", "required": true }] }]);
        let theirs = json!([{
            "id": "1", "version": "2", "name": "draft", "name_localizations": null,
            "options": [{ "name": "prompt", "required": true, "autocomplete": false }]
        }]);
        assert!(same(&ours, &theirs));
        let changed = json!([{ "name": "draft", "options": [{ "name": "prompt", "required": false }] }]);
        assert!(!same(&changed, &theirs));
        assert!(!same(&json!([]), &theirs), "one that is gone");
        assert!(!same(&ours, &json!([])), "one that is new");
    }
}
