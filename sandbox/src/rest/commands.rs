//! Application commands, global and of the guild.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::Value;

use crate::core::Core;
use crate::http::path::Path;
use crate::http::payload::Payload;
use crate::snowflake::Id;
use crate::state::model::errors::{ApiError, ApiResult, invalid};

pub(super) fn routes() -> Router<Core> {
    let of_guild = "/applications/{app}/guilds/{guild}/commands";
    Router::new()
        .route(
            "/applications/{app}/commands",
            get(list).put(overwrite).post(create),
        )
        .route(
            "/applications/{app}/commands/{command}",
            get(show).patch(edit).delete(delete),
        )
        .route(of_guild, get(list_in).put(overwrite_in).post(create_in))
        .route(
            &format!("{of_guild}/{{command}}"),
            get(show_in).patch(edit_in).delete(delete_in),
        )
}

/// Refuses another application than the bot's, and a guild that it is not in.
fn check(core: &Core, app: Id, guild: Option<Id>) -> ApiResult<()> {
    core.read(|state| {
        if app != state.bot() {
            return Err(ApiError::new(
                403,
                20012,
                "You are not authorized to perform this action on this application",
            ));
        }
        if guild.is_some_and(|guild| guild != state.guild().id) {
            return Err(ApiError::missing_access());
        }
        Ok(())
    })
}

fn do_overwrite(core: &Core, app: Id, guild: Option<Id>, body: &Value) -> ApiResult<Json<Vec<Value>>> {
    check(core, app, guild)?;
    let forms = body.as_array();
    let forms = forms.ok_or_else(|| {
        invalid(
            "commands",
            "LIST_TYPE_CONVERT",
            "Only iterables may be used in a ListType",
        )
    })?;
    core.change(|state| state.overwrite_commands(guild, forms))
        .map(Json)
}

fn do_create(core: &Core, app: Id, guild: Option<Id>, body: &Value) -> ApiResult<(StatusCode, Json<Value>)> {
    check(core, app, guild)?;
    let (new, command) = core.change(|state| state.upsert_command(guild, body))?;
    Ok((
        if new { StatusCode::CREATED } else { StatusCode::OK },
        Json(command),
    ))
}

async fn list(State(core): State<Core>, Path(app): Path<Id>) -> ApiResult<Json<Vec<Value>>> {
    check(&core, app, None)?;
    Ok(Json(core.read(|state| state.list_commands(None))))
}

async fn list_in(
    State(core): State<Core>,
    Path((app, guild)): Path<(Id, Id)>,
) -> ApiResult<Json<Vec<Value>>> {
    check(&core, app, Some(guild))?;
    Ok(Json(core.read(|state| state.list_commands(Some(guild)))))
}

async fn overwrite(
    State(core): State<Core>,
    Path(app): Path<Id>,
    body: Payload,
) -> ApiResult<Json<Vec<Value>>> {
    do_overwrite(&core, app, None, &body.json)
}

async fn overwrite_in(
    State(core): State<Core>,
    Path((app, guild)): Path<(Id, Id)>,
    body: Payload,
) -> ApiResult<Json<Vec<Value>>> {
    do_overwrite(&core, app, Some(guild), &body.json)
}

async fn create(
    State(core): State<Core>,
    Path(app): Path<Id>,
    body: Payload,
) -> ApiResult<(StatusCode, Json<Value>)> {
    do_create(&core, app, None, &body.json)
}

async fn create_in(
    State(core): State<Core>,
    Path((app, guild)): Path<(Id, Id)>,
    body: Payload,
) -> ApiResult<(StatusCode, Json<Value>)> {
    do_create(&core, app, Some(guild), &body.json)
}

async fn show(State(core): State<Core>, Path((app, command)): Path<(Id, Id)>) -> ApiResult<Json<Value>> {
    check(&core, app, None)?;
    core.read(|state| state.get_command(None, command)).map(Json)
}

async fn show_in(
    State(core): State<Core>,
    Path((app, guild, command)): Path<(Id, Id, Id)>,
) -> ApiResult<Json<Value>> {
    check(&core, app, Some(guild))?;
    core.read(|state| state.get_command(Some(guild), command))
        .map(Json)
}

async fn edit(
    State(core): State<Core>,
    Path((app, command)): Path<(Id, Id)>,
    body: Payload,
) -> ApiResult<Json<Value>> {
    check(&core, app, None)?;
    core.change(|state| state.edit_command(None, command, &body.json))
        .map(Json)
}

async fn edit_in(
    State(core): State<Core>,
    Path((app, guild, command)): Path<(Id, Id, Id)>,
    body: Payload,
) -> ApiResult<Json<Value>> {
    check(&core, app, Some(guild))?;
    core.change(|state| state.edit_command(Some(guild), command, &body.json))
        .map(Json)
}

async fn delete(State(core): State<Core>, Path((app, command)): Path<(Id, Id)>) -> ApiResult<StatusCode> {
    check(&core, app, None)?;
    core.change(|state| state.delete_command(None, command))?;
    Ok(StatusCode::NO_CONTENT)
}

async fn delete_in(
    State(core): State<Core>,
    Path((app, guild, command)): Path<(Id, Id, Id)>,
) -> ApiResult<StatusCode> {
    check(&core, app, Some(guild))?;
    core.change(|state| state.delete_command(Some(guild), command))?;
    Ok(StatusCode::NO_CONTENT)
}
