//! Asks which models the service offers. It announces no days on which they end.

use reqwest::RequestBuilder;
use serde::Deserialize;

use super::answer::GEMINI;
use crate::domain::engine::availability::OfferedModel;
use crate::providers::Unasked;
use crate::providers::models::Asked;

pub(super) const ASKED: Asked = Asked {
    of: GEMINI,
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
    /// `models/`, and then the name that we use.
    name: String,
}

/// Asks for the list, in one page of the largest size.
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
