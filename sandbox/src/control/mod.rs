//! The control API: what `Sandbox` offers, for those outside its process.

mod acts;
mod clock;
mod content;
mod emojis;
mod faults;
mod gateway;
mod members;

use axum::Router;
use axum::extract::DefaultBodyLimit;

use crate::core::Core;

/// Routes everything under `/sandbox/control`.
pub(crate) fn routes() -> Router<Core> {
    Router::new()
        .merge(acts::routes())
        .merge(faults::routes())
        .merge(gateway::routes())
        .merge(clock::routes())
        .merge(members::routes())
        .merge(content::routes())
        .merge(emojis::routes())
        // `Payload` limits bodies by what may be uploaded.
        .layer(DefaultBodyLimit::disable())
}
