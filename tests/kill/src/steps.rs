//! Names the steps at which a bot can be killed.
//!
//! A step is named by what the outside sees of it, so the bot has no hook for them: a request to
//! Discord by its route, a paid call by its path, what the gateway says by its event, a commit by
//! the tables that it writes.

use std::io::Read;

use flate2::read::ZlibDecoder;

/// How many bytes of an event are looked at for its name.
const UNPACKED: u64 = 1 << 20;

/// Who is on the other side of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// Discord.
    Discord,
    /// The paid service.
    Service,
}

/// How the local Discord begins the token of an interaction.
const INTERACTION: &str = "interaction-";

/// Names a request by its route: `discord POST /channels/{id}/messages`.
pub fn of_request(outside: Outside, method: &str, path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let path = path.trim_start_matches("/api").trim_start_matches("/v10");
    let (who, path) = match outside {
        Outside::Discord => ("discord", path),
        Outside::Service => ("paid", path.trim_start_matches("/v1")),
    };
    let mut before = "";
    let mut route = String::new();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let is_id = part.bytes().all(|byte| byte.is_ascii_digit());
        let shown = match before {
            "reactions" => "{emoji}",
            _ if part.starts_with(INTERACTION) => "{token}",
            _ if is_id => "{id}",
            _ => part,
        };
        route.push('/');
        route.push_str(shown);
        before = part;
    }
    format!("{who} {method} {route}")
}

/// Names what the gateway says by the event in it, if it begins with one. Events are packed, each
/// by itself.
pub fn of_event(piece: &[u8]) -> String {
    const TYPE: &[u8] = b"\"t\":\"";
    let mut said = Vec::new();
    // A piece that is cut off is read as far as it goes.
    let packed = payload(piece).unwrap_or_default();
    let unpacked = ZlibDecoder::new(packed).take(UNPACKED).read_to_end(&mut said);
    let said = if unpacked.is_ok() || !said.is_empty() {
        &said[..]
    } else {
        packed
    };
    let at = said.windows(TYPE.len()).position(|window| window == TYPE);
    let name = at.and_then(|at| {
        let rest = &said[at + TYPE.len()..];
        let end = rest.iter().position(|byte| *byte == b'"')?;
        str::from_utf8(&rest[..end]).ok()
    });
    format!("gateway {}", name.unwrap_or("other"))
}

/// Returns what the first frame of a WebSocket holds, as far as it is there.
fn payload(piece: &[u8]) -> Option<&[u8]> {
    let (length, from) = match piece.get(1)? & 0x7f {
        126 => (u16::from_be_bytes(piece.get(2..4)?.try_into().ok()?).into(), 4),
        127 => (u64::from_be_bytes(piece.get(2..10)?.try_into().ok()?), 10),
        short => (u64::from(short), 2),
    };
    let rest = piece.get(from..)?;
    let end = usize::try_from(length).ok()?.min(rest.len());
    Some(&rest[..end])
}

/// Names a commit by the tables that it writes.
pub fn of_commit(tables: &str) -> String {
    format!("commit {tables}")
}

/// The requests, and what the gateway says, that are taken in turn. Those of a start come first.
pub const REQUESTS: &[&str] = &[
    "discord PUT /applications/{id}/commands",
    "discord GET /users/@me",
    "discord GET /oauth2/applications/@me",
    "discord GET /gateway",
    "discord GET /gateway/bot",
    "discord GET /applications/{id}/commands",
    "gateway READY",
    "gateway GUILD_CREATE",
    "gateway INTERACTION_CREATE",
    "discord POST /interactions/{id}/{token}/callback",
    "discord PATCH /webhooks/{id}/{token}/messages/@original",
    "discord POST /channels/{id}/messages",
    "discord POST /channels/{id}/messages/{id}/threads",
    "gateway THREAD_CREATE",
    "paid POST /images/generations",
    "discord PUT /channels/{id}/messages/{id}/reactions/{emoji}/@me",
    "discord PATCH /channels/{id}/messages/{id}",
    "discord GET /channels/{id}/messages/{id}",
    "gateway MESSAGE_REACTION_ADD",
    "gateway MESSAGE_REACTION_REMOVE",
    "discord GET /channels/{id}/messages",
    "discord GET /channels/{id}/messages/{id}/reactions/{emoji}",
    "discord GET /guilds/{id}/members/{id}",
    "discord GET /guilds/{id}",
    "discord GET /channels/{id}",
    "paid POST /images/edits",
];

/// The commits that are taken in turn, by the tables that they write. Those of one table are also
/// the beginning of others.
pub const COMMITS: &[&str] = &[
    "drafts+entries+jobs+pools+renders",
    "drafts+jobs",
    "drafts+jobs+turns",
    "jobs+turns",
    "drafts+jobs+renders",
    "jobs+renders",
    "alerts+entries+jobs+pools",
    "entries+jobs+pools+renders",
    "jobs+renders+votes",
    "entries+pools",
    "caps+guild_lists+guilds",
    "forgetting+jobs",
    "forgetting",
    "jobs",
    "nothing",
];

/// Returns whether a step is something that the bot is told and does not answer: nobody can kill it
/// between the effect and the answer.
pub fn is_told(step: &str) -> bool {
    step.starts_with("gateway")
}

/// The name of a write to the log of an SQLite database.
pub const WAL: &str = "sqlite write-ahead log";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_named_by_its_route() {
        let discord = |path: &str| of_request(Outside::Discord, "PUT", path);
        assert_eq!(
            discord("/api/v10/channels/11/messages/12/reactions/%E2%9C%85/@me?x=1"),
            "discord PUT /channels/{id}/messages/{id}/reactions/{emoji}/@me"
        );
        assert_eq!(
            discord("/api/v10/webhooks/11/interaction-12/messages/@original"),
            "discord PUT /webhooks/{id}/{token}/messages/@original"
        );
        assert_eq!(
            of_request(Outside::Service, "POST", "/v1/images/edits"),
            "paid POST /images/edits"
        );
    }
}
