//! What of a message a bot reads that has not the privileged intent for content.

use serde_json::{Value, json};

use crate::snowflake::Id;

/// Empties the content of a message, as Discord does everywhere for a bot without the intent for it.
/// Returns nothing for a message of the bot's and one that mentions it: it keeps its content.
pub(crate) fn withheld(message: &Value, bot: Id) -> Option<Value> {
    let bot = bot.to_string();
    let mentions = message["mentions"].as_array();
    let concerns = message["author"]["id"] == bot.as_str()
        || mentions.is_some_and(|users| users.iter().any(|user| user["id"] == bot.as_str()));
    if concerns {
        return None;
    }
    let mut message = message.clone();
    message["content"] = json!("");
    for list in ["embeds", "attachments", "components"] {
        message[list] = json!([]);
    }
    Some(message)
}
