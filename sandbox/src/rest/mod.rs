//! Discord's REST API, version 10: routes that parse, call the state and answer.

mod channels;
mod check;
mod commands;
mod emojis;
mod guilds;
mod interactions;
mod limits;
mod messages;
mod reactions;
mod record;
mod roles;
mod threads;
mod users;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;

use crate::core::Core;
use crate::state::model::errors::ApiError;

/// Routes everything under `/api/v10` (and `/api`).
pub(crate) fn routes(core: &Core) -> Router<Core> {
    let with_token = Router::new()
        .merge(users::routes())
        .merge(guilds::routes())
        .merge(roles::routes())
        .merge(emojis::routes())
        .merge(channels::routes())
        .merge(threads::routes())
        .merge(messages::routes())
        .merge(reactions::routes())
        .merge(commands::routes())
        .route_layer(middleware::from_fn_with_state(core.clone(), check::parameters))
        .route_layer(middleware::from_fn_with_state(
            core.clone(),
            record::require_token,
        ));
    let public = users::public()
        .merge(interactions::routes())
        .route_layer(middleware::from_fn_with_state(core.clone(), check::parameters));
    Router::new()
        .merge(with_token)
        .merge(public)
        .fallback(async || ApiError::not_found())
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        // Uploads are limited elsewhere, with Discord's code.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(core.clone(), check::identify))
        .layer(middleware::from_fn_with_state(core.clone(), record::record))
}
