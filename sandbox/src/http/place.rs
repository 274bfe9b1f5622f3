//! Which guild a request is about: by the channel, the guild or the interaction in its path, or by
//! `guild` in its query. Without any, it is the first.

use axum::extract::{Request, State};
use axum::http::Uri;
use axum::middleware::Next;
use axum::response::Response;

use crate::core::{Core, within};
use crate::snowflake::Id;
use crate::state;

/// Does all of a request in its guild.
pub(crate) async fn enter(State(core): State<Core>, request: Request, next: Next) -> Response {
    let guild = core.read(|state| guild_of(state, request.uri()));
    within(guild, next.run(request)).await
}

fn guild_of(state: &state::State, uri: &Uri) -> Option<Id> {
    let path: Vec<&str> = uri.path().split('/').collect();
    let id = |at: usize| path.get(at).and_then(|part| part.parse().ok());
    let in_path = path.iter().enumerate().find_map(|(at, part)| match *part {
        "channels" | "attachments" => state.guild_of(id(at + 1)?),
        "guilds" => id(at + 1),
        "interactions" => state.guild_of_interaction(id(at + 1), path.get(at + 2)?),
        "webhooks" => state.guild_of_interaction(None, path.get(at + 2)?),
        _ => None,
    });
    let query = || {
        uri.query()?
            .split('&')
            .find_map(|pair| pair.strip_prefix("guild=")?.parse().ok())
    };
    in_path.or_else(query)
}
