//! Which models the service offers. It announces no days on which they end.

use reqwest::RequestBuilder;
use serde::Deserialize;

use crate::domain::engine::availability::OfferedModel;
use crate::providers::Unasked;
use crate::providers::models::Asked;

pub(super) const ASKED: Asked = Asked {
    engine: "gemini",
    variable: "GEMINI_API_KEY",
    bad_key: 400,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    #[serde(default)]
    models: Vec<Model>,
    #[serde(default)]
    next_page_token: String,
}

#[derive(Deserialize)]
struct Model {
    /// `models/` and what we call it.
    name: String,
}

/// Where the list is, in one page of as many as there can be.
pub(super) const PATH: &str = "models?pageSize=1000";

/// Asks for the list.
pub(super) async fn ask(request: RequestBuilder) -> Result<Vec<OfferedModel>, Unasked> {
    let list: List = ASKED.list(request).await?;
    if !list.next_page_token.is_empty() {
        return Err(ASKED.away("its list is longer than is read"));
    }
    let offered = list.models.into_iter().map(|model| OfferedModel {
        model: model.name.trim_start_matches("models/").to_owned(),
        until: None,
    });
    Ok(offered.collect())
}
