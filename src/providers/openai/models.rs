//! Asks which models the service offers.

use reqwest::RequestBuilder;
use serde::Deserialize;

use crate::domain::engine::availability::OfferedModel;
use crate::providers::Unasked;
use crate::providers::http::operator::Known;
use crate::providers::models::Asked;

#[derive(Deserialize)]
struct List {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
    shutdown_date: Option<String>,
}

impl From<Model> for OfferedModel {
    fn from(model: Model) -> Self {
        Self {
            model: model.id,
            until: model.shutdown_date.and_then(|day| day.parse().ok()),
        }
    }
}

/// Asks for the list.
pub(super) async fn ask(of: &Known, request: RequestBuilder) -> Result<Vec<OfferedModel>, Unasked> {
    let asked = Asked { of, bad_key: 401 };
    let list: List = asked.list(request).await?;
    Ok(list.data.into_iter().map(OfferedModel::from).collect())
}
