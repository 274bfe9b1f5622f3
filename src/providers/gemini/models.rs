//! Which models the service offers. It announces no days on which they end.

use serde::Deserialize;

use super::Gemini;
use crate::domain::engine::availability::OfferedModel;
use crate::providers::Unasked;
use crate::providers::models::Asked;

const ASKED: Asked = Asked {
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

/// Asks for the list, in one page of as many as there can be.
pub(super) async fn ask(gemini: &Gemini) -> Result<Vec<OfferedModel>, Unasked> {
    let url = format!("{}/models?pageSize=1000", gemini.base_url);
    let key = gemini.key_header().map_err(|_| ASKED.away(super::BAD_KEY))?;
    let list: List = ASKED.list(gemini.client.get(url).header(super::KEY, key)).await?;
    if !list.next_page_token.is_empty() {
        return Err(ASKED.away("its list is longer than is read"));
    }
    let offered = list.models.into_iter().map(|model| OfferedModel {
        model: model.name.trim_start_matches("models/").to_owned(),
        until: None,
    });
    Ok(offered.collect())
}
