//! Reads messages as Discord's REST API shows them.

use std::time::Duration;

use discord_sandbox::Sandbox;
use serde_json::Value;

/// Reads an id.
pub fn id_of(value: &Value) -> u64 {
    let text = value.as_str().unwrap_or_default();
    text.parse().unwrap_or_default()
}

/// Returns the words of the answer to an interaction, or nothing if there is none.
pub async fn answer_to(discord: &Sandbox, interaction: u64) -> String {
    if discord.failed(interaction) {
        return String::new();
    }
    // What is answered is answered at once. The rest was asked of a bot that died.
    let answer = tokio::time::timeout(Duration::from_millis(1), discord.answer(interaction)).await;
    answer.map_or_else(
        |_| String::new(),
        |answer| answer.message["content"].as_str().unwrap_or_default().to_owned(),
    )
}

/// Lists the custom ids of the buttons of a message that can be pressed.
pub fn buttons(message: &Value) -> Vec<String> {
    let mut all = Vec::new();
    collect(&message["components"], &mut all);
    all
}

fn collect(components: &Value, all: &mut Vec<String>) {
    for component in components.as_array().into_iter().flatten() {
        let disabled = component["disabled"].as_bool().unwrap_or(false);
        if let Some(id) = component["custom_id"].as_str().filter(|_| !disabled) {
            all.push(id.to_owned());
        }
        collect(&component["components"], all);
    }
}

/// Lists the names of the files of a message.
pub fn files(message: &Value) -> Vec<String> {
    let files = message["attachments"].as_array().into_iter().flatten();
    let names = files.filter_map(|file| file["filename"].as_str());
    names.map(str::to_owned).collect()
}
