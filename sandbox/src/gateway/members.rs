//! Answers "request guild members" (op 8).

use serde_json::{Value, json};

use crate::snowflake::Id;
use crate::state::State;
use crate::state::model::wire::id_of;
use crate::state::sessions::intent;

/// How many members a request by prefix or by ids returns at most.
const FOUND_MAX: usize = 100;
/// How many members one chunk holds at most.
const CHUNK: usize = 1_000;
/// The longest nonce, in bytes. A longer one is ignored.
const NONCE_MAX: usize = 32;

/// Sends the members that are asked for to the session that asked: by ids, by a prefix of their
/// names, or all. For all it needs the intent for members; without it nothing comes.
pub(super) fn send(state: &mut State, session: &str, data: &Value) {
    state.enter(id_of(&data["guild_id"]));
    if id_of(&data["guild_id"]) != Some(state.guild().id) {
        return;
    }
    let (members, not_found) = if data["user_ids"].is_null() {
        let Some(members) = by_name(state, session, data) else {
            return;
        };
        (members, None)
    } else {
        let (members, unknown) = by_id(state, &data["user_ids"]);
        (members, Some(unknown))
    };
    let nonce = data["nonce"].as_str().filter(|nonce| nonce.len() <= NONCE_MAX);
    let chunks: Vec<&[Value]> = if members.is_empty() {
        vec![&[]]
    } else {
        members.chunks(CHUNK).collect()
    };
    let count = chunks.len();
    for (members, index) in chunks.into_iter().zip(0..) {
        let mut chunk = json!({
            "guild_id": state.guild().id.to_string(), "members": members,
            "chunk_index": index, "chunk_count": count,
        });
        if let Some(unknown) = &not_found {
            chunk["not_found"] = json!(unknown);
        }
        if let Some(nonce) = nonce {
            chunk["nonce"] = json!(nonce);
        }
        let name = "GUILD_MEMBERS_CHUNK";
        let now = state.now();
        state.sessions_mut().send_to(session, name, &chunk, now);
    }
}

/// Finds members whose names start with a text. Returns `None` for all members without the intent,
/// and without a limit.
fn by_name(state: &State, session: &str, data: &Value) -> Option<Vec<Value>> {
    let query = data["query"].as_str()?.to_lowercase();
    let limit = usize::try_from(data["limit"].as_u64()?).ok()?;
    let most = match (query.is_empty(), limit) {
        (true, _) if !state.sessions().hears(session, intent::GUILD_MEMBERS) => return None,
        (true, 0) => usize::MAX,
        (true, limit) => limit,
        (false, 0) => FOUND_MAX,
        (false, limit) => limit.min(FOUND_MAX),
    };
    let all = state.people().member_ids();
    let members = all.filter_map(|user| state.member_json(user));
    let named = members.filter(|member| {
        let name = member["user"]["username"].as_str().unwrap_or_default();
        name.starts_with(&query)
    });
    Some(named.take(most).collect())
}

/// Finds members by id. Returns them, and the ids of those who are none, as they were given.
fn by_id(state: &State, asked: &Value) -> (Vec<Value>, Vec<Value>) {
    let listed = match asked {
        Value::Array(ids) => &ids[..],
        one => std::slice::from_ref(one),
    };
    let (mut members, mut unknown) = (Vec::new(), Vec::new());
    for id in listed.iter().take(FOUND_MAX) {
        match id_of(id).and_then(|id: Id| state.member_json(id)) {
            Some(member) => members.push(member),
            None => unknown.push(id.clone()),
        }
    }
    (members, unknown)
}
