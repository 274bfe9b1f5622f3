//! Which models the service offers, for `greenlight doctor --online`. The question costs nothing.

use std::time::Duration;

use reqwest::StatusCode;
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::OpenAi;
use crate::domain::offer::Offered;
use crate::providers::{Unasked, http};

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Largest list that is read, in bytes: some gateways offer hundreds of models, with a page about each.
const LIST_BYTES: usize = 8 * 1024 * 1024;

#[derive(Deserialize)]
struct List {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
    shutdown_date: Option<String>,
}

impl From<Model> for Offered {
    fn from(model: Model) -> Self {
        Self {
            model: model.id,
            until: model.shutdown_date.and_then(|day| day.parse().ok()),
        }
    }
}

/// Asks for the list.
pub(super) async fn ask(openai: &OpenAi) -> Result<Vec<Offered>, Unasked> {
    let request = openai
        .client
        .get(openai.url("models"))
        .bearer_auth(openai.key.expose_secret())
        .timeout(PATIENCE);
    let away = |why: &str| Unasked::Away(format!("openai could not be asked for its models: {why}"));
    let response = request.send().await.map_err(|error| {
        away(if error.is_timeout() {
            "it does not answer"
        } else {
            "it cannot be reached at engines.openai.base_url"
        })
    })?;
    let status = response.status();
    if !status.is_success() {
        return Err(refused(status));
    }
    let list = http::read::<List>(response, LIST_BYTES).await;
    let list = list.map_err(|why| away(&why.to_string()))?;
    Ok(list.data.into_iter().map(Offered::from).collect())
}

/// By the status alone: an answer's own words may repeat the key.
fn refused(status: StatusCode) -> Unasked {
    let told = |why: &str| {
        format!(
            "openai answered {} when it was asked for its models: {why}",
            status.as_u16()
        )
    };
    match status.as_u16() {
        401 => Unasked::TurnedAway(told(
            "set engines.openai.key (OPENAI_API_KEY) to a key that is good",
        )),
        // Some keys may draw, and not list.
        403 => Unasked::Away(told(
            "this key may not list them, so nothing is known of those of the stages",
        )),
        404 | 405 => Unasked::Away(told("there is no list; is engines.openai.base_url right?")),
        _ => Unasked::Away(told("try again later")),
    }
}
