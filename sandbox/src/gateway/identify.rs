//! IDENTIFY and RESUME: parses them, and opens or resumes a session, or says why not.

use serde_json::{Value, json};

use crate::state::State;
use crate::state::sessions::close::{self, Close};
use crate::state::sessions::limits::{BadIntents, StartDecision};
use crate::state::sessions::log::GatewayEvent;
use crate::state::sessions::session::{ConnectionHandle, Identify};
use crate::state::sessions::{Resume, intent};

/// Why an IDENTIFY or a RESUME was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The connection is closed with this code.
    Close(Close),
    /// Op 9: the bot may identify again.
    Invalid,
}

/// Parses an IDENTIFY.
pub(super) fn parse(data: &Value) -> Result<Identify, Close> {
    let token = token_of(data).ok_or(close::AUTHENTICATION_FAILED)?;
    let intents = data["intents"].as_u64().ok_or(close::INVALID_INTENTS)?;
    let shard = shard_of(&data["shard"]).ok_or(close::INVALID_SHARD)?;
    if !data["properties"].is_object() {
        return Err(close::DECODE_ERROR);
    }
    Ok(Identify {
        token,
        intents,
        shard,
        compress: data["compress"] == true,
    })
}

/// Returns the token without its `Bot ` prefix, which some clients send along.
fn token_of(data: &Value) -> Option<String> {
    let token = data["token"].as_str()?;
    let token = token.strip_prefix("Bot ").unwrap_or(token).trim();
    (!token.is_empty()).then(|| token.to_owned())
}

/// Parses `[shard, count]`. Returns (0, 1) when it is absent, `None` when it is invalid.
fn shard_of(value: &Value) -> Option<(u64, u64)> {
    if value.is_null() {
        return Some((0, 1));
    }
    let (shard, of) = (value[0].as_u64()?, value[1].as_u64()?);
    (shard < of).then_some((shard, of))
}

/// Opens a session, and sends it READY and its guild. Returns the session's id.
pub(super) fn identify(
    state: &mut State,
    wanted: Identify,
    handle: ConnectionHandle,
) -> Result<String, Refusal> {
    let (now, shard) = (state.now(), wanted.shard);
    let sessions = state.sessions_mut();
    if !sessions.knows(&wanted.token) {
        return Err(Refusal::Close(close::AUTHENTICATION_FAILED));
    }
    sessions.remember(&wanted.token);
    if shard.1 < sessions.limits().shards {
        return Err(Refusal::Close(close::SHARDING_REQUIRED));
    }
    sessions.limits().check_intents(wanted.intents).map_err(|bad| {
        Refusal::Close(match bad {
            BadIntents::Unknown => close::INVALID_INTENTS,
            BadIntents::Disallowed => close::DISALLOWED_INTENTS,
        })
    })?;
    match sessions.begin(shard.0, now) {
        StartDecision::Begins => Ok(open(state, wanted, handle)),
        StartDecision::TooSoon => {
            sessions.note(GatewayEvent::IdentifiedTooSoon { shard });
            Err(Refusal::Invalid)
        }
        StartDecision::Spent => {
            sessions.reset_token();
            Err(Refusal::Close(close::AUTHENTICATION_FAILED))
        }
    }
}

fn open(state: &mut State, wanted: Identify, handle: ConnectionHandle) -> String {
    let id = format!("{:032x}", state.next_id());
    let (shard, intents) = (wanted.shard, wanted.intents);
    state.sessions_mut().note(GatewayEvent::Identified {
        session: id.clone(),
        shard,
        compress: wanted.compress,
    });
    let bot = state.bot();
    state.sessions_mut().open(id.clone(), wanted, bot, handle);
    let serves = |guild: &u64| (guild >> 22) % shard.1 == shard.0;
    let known: Vec<u64> = state.served_guilds().into_iter().filter(serves).collect();
    let others: Vec<u64> = state.other_guilds().filter(serves).collect();
    let guilds: Vec<Value> = known
        .iter()
        .chain(&others)
        .map(|guild| json!({ "id": guild.to_string(), "unavailable": true }))
        .collect();
    let url = state.origin().replacen("http", "ws", 1);
    let ready = json!({
        "v": 10,
        "user": state.me_json(),
        "guilds": guilds,
        "private_channels": [],
        "relationships": [],
        "presences": [],
        "user_settings": {},
        "session_id": id,
        "session_type": "normal",
        "resume_gateway_url": format!("{url}/gateway/{id}"),
        "shard": [shard.0, shard.1],
        "application": { "id": state.bot().to_string(), "flags": 0 },
        "_trace": [],
    });
    let now = state.now();
    state.sessions_mut().send_to(&id, "READY", &ready, now);
    if intents & intent::GUILDS != 0 {
        for guild in known {
            state.enter(Some(guild));
            let guild = state.guild_create_json();
            state.sessions_mut().send_to(&id, "GUILD_CREATE", &guild, now);
        }
        state.enter(None);
        for other in others {
            let guild = state.other_guild_create_json(other);
            state.sessions_mut().send_to(&id, "GUILD_CREATE", &guild, now);
        }
    }
    state.tell_bot_presence();
    id
}

/// Resumes a session. `url_session` is the session whose RESUME URL the client connected to.
/// Returns the session's id, and whether its payloads are compressed one by one.
pub(super) fn resume(
    state: &mut State,
    data: &Value,
    url_session: Option<&str>,
    handle: ConnectionHandle,
) -> Result<(String, bool), Refusal> {
    let token = token_of(data).ok_or(Refusal::Close(close::AUTHENTICATION_FAILED))?;
    let (Some(id), Some(seq)) = (data["session_id"].as_str(), data["seq"].as_u64()) else {
        return Err(Refusal::Close(close::DECODE_ERROR));
    };
    if !state.sessions().knows(&token) {
        return Err(Refusal::Close(close::AUTHENTICATION_FAILED));
    }
    let now = state.now();
    let session = id.to_owned();
    match state.sessions_mut().resume(id, &token, seq, handle, now) {
        Resume::Resumed { compress } => {
            let where_told = url_session == Some(id);
            state
                .sessions_mut()
                .note(GatewayEvent::Resumed { session, where_told });
            state
                .sessions_mut()
                .send_to(id, "RESUMED", &json!({ "_trace": [] }), now);
            state.tell_bot_presence();
            Ok((id.to_owned(), compress))
        }
        Resume::Over => {
            state.sessions_mut().note(GatewayEvent::ResumeRefused { session });
            Err(Refusal::Invalid)
        }
        Resume::BadSeq => {
            state.sessions_mut().note(GatewayEvent::ResumeRefused { session });
            Err(Refusal::Close(close::INVALID_SEQ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_must_be_below_the_count() {
        assert_eq!(shard_of(&Value::Null), Some((0, 1)));
        assert_eq!(shard_of(&json!([1, 2])), Some((1, 2)));
        assert_eq!(shard_of(&json!([2, 2])), None);
        assert_eq!(shard_of(&json!("x")), None);
    }
}
