//! Answers "request guild members" (op 8).

use serde_json::{Value, json};

use crate::state::State;

/// Sends the members that are asked for to the session that asked.
pub(super) fn send(state: &mut State, session: &str, data: &Value) {
    let query = data["query"].as_str().unwrap_or_default().to_lowercase();
    let asked: Option<Vec<&str>> = data["user_ids"]
        .as_array()
        .map(|ids| ids.iter().filter_map(Value::as_str).collect());
    let wanted = |member: &Value| match &asked {
        Some(ids) => ids.iter().any(|id| member["user"]["id"] == *id),
        None => member["user"]["username"]
            .as_str()
            .unwrap_or_default()
            .starts_with(&query),
    };
    let all = state
        .people()
        .member_ids()
        .filter_map(|user| state.member_json(user));
    let members: Vec<Value> = all.filter(wanted).collect();
    let chunk = json!({
        "guild_id": state.guild().id.to_string(), "members": members,
        "chunk_index": 0, "chunk_count": 1, "not_found": [], "nonce": data["nonce"],
    });
    state
        .sessions_mut()
        .send_to(session, "GUILD_MEMBERS_CHUNK", &chunk);
}
