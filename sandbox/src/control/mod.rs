//! The control API: the steering of `Sandbox`, for those outside of its process.

mod acts;
mod clock;
mod content;
mod emojis;
mod faults;
mod gateway;
mod members;

use axum::Router;

use crate::core::Core;

/// Everything under `/sandbox/control`.
pub(crate) fn routes() -> Router<Core> {
    Router::new()
        .merge(acts::routes())
        .merge(faults::routes())
        .merge(gateway::routes())
        .merge(clock::routes())
        .merge(members::routes())
        .merge(content::routes())
        .merge(emojis::routes())
}
