//! Threads: opened, listed when archived, joined and left.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::Value;

use crate::core::Core;
use crate::http::path::Path;
use crate::http::payload::Payload;
use crate::http::query::Parameters;
use crate::snowflake::Id;
use crate::state::channels::archive::{ArchivedPage, ArchivedThreads};
use crate::state::channels::membership::ThreadMemberPage;
use crate::state::model::errors::ApiResult;

pub(super) fn routes() -> Router<Core> {
    let members = "/channels/{channel}/thread-members";
    Router::new()
        .route("/channels/{channel}/threads", post(open))
        .route("/channels/{channel}/messages/{message}/threads", post(open_from))
        .route("/channels/{channel}/threads/archived/public", get(public))
        .route("/channels/{channel}/threads/archived/private", get(private))
        .route(
            "/channels/{channel}/users/@me/threads/archived/private",
            get(joined),
        )
        .route(members, get(list_members))
        .route(&format!("{members}/@me"), put(join).delete(leave))
        .route(
            &format!("{members}/{{user}}"),
            get(show_member).put(add_member).delete(remove_member),
        )
}

async fn open(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    body: Payload,
) -> ApiResult<(StatusCode, Json<Value>)> {
    let thread = core.change(|state| state.open_thread(state.bot(), channel, &body.json, body.files))?;
    Ok((StatusCode::CREATED, Json(thread)))
}

async fn open_from(
    State(core): State<Core>,
    Path((channel, message)): Path<(Id, Id)>,
    body: Payload,
) -> ApiResult<(StatusCode, Json<Value>)> {
    let thread = core.change(|state| state.open_thread_from(state.bot(), channel, message, &body.json))?;
    Ok((StatusCode::CREATED, Json(thread)))
}

/// How many threads a page lists, at least and at most, and without a limit.
const PAGE: (usize, usize, usize) = (2, 100, 50);

fn archived(
    core: &Core,
    channel: Id,
    mut query: Parameters,
    which: ArchivedThreads,
) -> ApiResult<Json<Value>> {
    let (min, max, default) = PAGE;
    let page = ArchivedPage {
        which,
        before: match which {
            ArchivedThreads::Joined => query.id("before"),
            ArchivedThreads::Public | ArchivedThreads::Private => query.moment("before"),
        },
        limit: query.count("limit", default, min..=max),
    };
    query.check()?;
    core.read(|state| state.archived_threads(state.bot(), channel, page))
        .map(Json)
}

async fn public(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    query: Parameters,
) -> ApiResult<Json<Value>> {
    archived(&core, channel, query, ArchivedThreads::Public)
}

async fn private(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    query: Parameters,
) -> ApiResult<Json<Value>> {
    archived(&core, channel, query, ArchivedThreads::Private)
}

async fn joined(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    query: Parameters,
) -> ApiResult<Json<Value>> {
    archived(&core, channel, query, ArchivedThreads::Joined)
}

async fn list_members(
    State(core): State<Core>,
    Path(channel): Path<Id>,
    mut query: Parameters,
) -> ApiResult<Json<Vec<Value>>> {
    let page = ThreadMemberPage {
        with_member: query.flag("with_member"),
        after: query.id("after").unwrap_or(0),
        limit: query.count("limit", 100, 1..=100),
    };
    query.check()?;
    core.read(|state| state.thread_members(state.bot(), channel, page))
        .map(Json)
}

async fn show_member(
    State(core): State<Core>,
    Path((channel, user)): Path<(Id, Id)>,
    mut query: Parameters,
) -> ApiResult<Json<Value>> {
    let with_member = query.flag("with_member");
    query.check()?;
    core.read(|state| state.thread_member(state.bot(), channel, user, with_member))
        .map(Json)
}

async fn join(State(core): State<Core>, Path(channel): Path<Id>) -> ApiResult<StatusCode> {
    core.change(|state| state.join_thread(state.bot(), channel))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn leave(State(core): State<Core>, Path(channel): Path<Id>) -> ApiResult<StatusCode> {
    core.change(|state| state.leave_thread(state.bot(), channel))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn add_member(
    State(core): State<Core>,
    Path((channel, user)): Path<(Id, Id)>,
) -> ApiResult<StatusCode> {
    core.change(|state| state.add_thread_member(state.bot(), channel, user))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn remove_member(
    State(core): State<Core>,
    Path((channel, user)): Path<(Id, Id)>,
) -> ApiResult<StatusCode> {
    core.change(|state| state.remove_thread_member(state.bot(), channel, user))?;
    Ok(StatusCode::NO_CONTENT)
}
