//! Asks which models the service offers. It announces no days on which they end.

use reqwest::RequestBuilder;
use serde::Deserialize;

use crate::domain::engine::availability::OfferedModel;
use crate::providers::Unasked;
use crate::providers::http::operator::Known;
use crate::providers::models::Asked;

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
pub(super) async fn ask(of: &Known, request: RequestBuilder) -> Result<Vec<OfferedModel>, Unasked> {
    let asked = Asked { of, bad_key: 400 };
    let list: List = asked.list(request).await?;
    if !list.next_page_token.is_empty() {
        return Err(asked.unlisted("its list is longer than is read"));
    }
    let offered = list.models.into_iter().map(|model| OfferedModel {
        model: model.name.trim_start_matches("models/").to_owned(),
        until: None,
    });
    Ok(offered.collect())
}
