//! People of the guild, as the person at the page manages them.

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::path::Path;
use crate::http::payload::Payload;
use crate::page::viewer::Viewer;
use crate::snowflake::Id;
use crate::state::model::errors::{ApiError, ApiResult, FormErrors};

/// The longest name of a new person, in characters.
const NAME_MAX: usize = 32;

#[derive(Deserialize)]
struct JoinForm {
    name: String,
}

/// Adds a new person to the guild. Any viewer may.
pub(super) async fn join(State(core): State<Core>, body: Payload) -> ApiResult<Json<Value>> {
    let form: JoinForm = body.read()?;
    let mut errors = FormErrors::default();
    errors.length("name", form.name.trim(), 1, NAME_MAX);
    errors.check()?;
    let id = core.change(|state| state.join(form.name.trim()));
    Ok(Json(json!({ "id": id.to_string() })))
}

/// Brings somebody back who left.
pub(super) async fn rejoin(State(core): State<Core>, Path(user): Path<Id>) -> ApiResult<StatusCode> {
    core.change(|state| state.rejoin(user))?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leaves the guild as the viewer, or kicks somebody.
pub(super) async fn part(
    State(core): State<Core>,
    Path(user): Path<Id>,
    Query(viewer): Query<Viewer>,
) -> ApiResult<StatusCode> {
    core.change(|state| {
        let me = viewer.member(state)?;
        state.part(me, user)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

pub(super) async fn give(
    State(core): State<Core>,
    Path((user, role)): Path<(Id, Id)>,
    Query(viewer): Query<Viewer>,
) -> ApiResult<StatusCode> {
    set_role(&core, viewer, user, role, true)
}

pub(super) async fn take(
    State(core): State<Core>,
    Path((user, role)): Path<(Id, Id)>,
    Query(viewer): Query<Viewer>,
) -> ApiResult<StatusCode> {
    set_role(&core, viewer, user, role, false)
}

fn set_role(core: &Core, viewer: Viewer, user: Id, role: Id, has: bool) -> ApiResult<StatusCode> {
    core.change(|state| {
        let me = viewer.member(state)?;
        state.set_role(me, user, role, has)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

/// Creates a role as the viewer, with the permissions of @everyone.
pub(super) async fn create_role(
    State(core): State<Core>,
    Query(viewer): Query<Viewer>,
    body: Payload,
) -> ApiResult<Json<Value>> {
    core.change(|state| {
        let me = viewer.member(state)?;
        let form = json!({ "name": body.json["name"] });
        let role = state.create_role(me, &form)?;
        state.role_json_of(role).ok_or_else(ApiError::unknown_role)
    })
    .map(Json)
}
