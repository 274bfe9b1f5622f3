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
use axum::http::header;
use axum::routing::get;

use crate::core::Core;

/// What the control API takes and answers.
const DOCUMENT: &str = include_str!("../../control.openapi.json");

/// Routes everything under `/sandbox/control`.
pub(crate) fn routes() -> Router<Core> {
    let json = [(header::CONTENT_TYPE, "application/json")];
    Router::new()
        .route(
            "/sandbox/control/openapi.json",
            get(async move || (json, DOCUMENT)),
        )
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::http::foreigners;

    #[test]
    fn every_path_is_in_its_document_and_none_is_made_up() {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        let described = document["paths"].as_object().unwrap().keys();
        let described: BTreeSet<String> = described.map(|path| format!("/sandbox/control{path}")).collect();
        let all = foreigners::paths().into_iter();
        let routed: BTreeSet<String> = all.filter(|path| path.starts_with("/sandbox/control")).collect();
        assert_eq!(described, routed);
    }
}
