//! Who the bot is, and where its gateway is.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::core::Core;
use crate::http::path::Path;
use crate::snowflake::Id;
use crate::state::State as World;
use crate::state::model::errors::{ApiError, ApiResult};

pub(super) fn routes() -> Router<Core> {
    Router::new()
        .route("/gateway/bot", get(gateway_bot))
        .route("/users/@me", get(me))
        .route("/users/@me/guilds", get(my_guilds))
        .route("/users/{user}", get(user))
        .route("/applications/@me", get(application))
        .route("/oauth2/applications/@me", get(application))
}

/// Routes what Discord returns without a token.
pub(super) fn public() -> Router<Core> {
    Router::new().route("/gateway", get(gateway))
}

async fn gateway(State(core): State<Core>) -> Json<Value> {
    Json(json!({ "url": gateway_url(&core) }))
}

async fn gateway_bot(State(core): State<Core>) -> Json<Value> {
    let url = gateway_url(&core);
    Json(core.read(|state| {
        let limits = state.sessions().limits();
        let (remaining, reset_after) = state.sessions().starts_left(state.now());
        json!({
            "url": url,
            "shards": limits.shards,
            "session_start_limit": {
                "total": limits.starts_a_day, "remaining": remaining, "reset_after": reset_after,
                "max_concurrency": limits.max_concurrency,
            },
        })
    }))
}

fn gateway_url(core: &Core) -> String {
    format!("ws://127.0.0.1:{}/gateway", core.port())
}

async fn me(State(core): State<Core>) -> Json<Value> {
    Json(core.read(World::me_json))
}

async fn my_guilds(State(core): State<Core>) -> Json<Value> {
    Json(core.touch(|state| {
        let guilds = state.served_guilds().into_iter();
        let listed = guilds.map(|guild| {
            state.enter(Some(guild));
            let permissions = state.guild_permissions(state.bot()).to_string();
            json!({
                "id": guild.to_string(), "name": state.guild().name, "icon": null, "banner": null,
                "owner": false, "permissions": permissions, "features": [],
            })
        });
        listed.collect()
    }))
}

async fn user(State(core): State<Core>, Path(user): Path<Id>) -> ApiResult<Json<Value>> {
    core.read(|state| {
        let known = state.people().knows(user);
        known
            .then(|| Json(state.user_json(user)))
            .ok_or_else(ApiError::unknown_user)
    })
}

async fn application(State(core): State<Core>) -> Json<Value> {
    Json(core.read(World::application_json))
}
