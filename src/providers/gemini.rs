//! Google's Gemini API: one call draws from words or from a picture.
//!
//! A call whose answer was lost cannot be asked about. So such a call is never made again by
//! itself.

mod answer;
mod models;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::RequestBuilder;
use reqwest::header::{HeaderMap, HeaderValue, InvalidHeaderValue};
use secrecy::SecretString;
use serde::Serialize;

use self::answer::Content;
use super::http::operator::Known;
use super::http::service::{Service, call};
use super::http::{self, body};
use super::{Answer, CallObserver, CallReport, ImageRequest, PaidRender, Provider, Unasked};
use crate::domain::engine::availability::OfferedModel;
use crate::domain::engine::catalog::Model;
use crate::domain::limits;

/// The header of the key. In the address it would end in the logs of proxies.
const KEY: &str = "x-goog-api-key";

/// The models of the catalog, with what each costs.
pub type Prices = BTreeMap<String, Model>;

/// The service.
#[derive(Clone, Debug)]
pub struct Gemini {
    service: Service,
    prices: Prices,
}

/// What is asked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DraftRequest<'a> {
    contents: [Turn<'a>; 1],
    generation_config: Settings,
}

#[derive(Serialize)]
struct Turn<'a> {
    role: &'static str,
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Part<'a> {
    Text(&'a str),
    #[serde(rename_all = "camelCase")]
    InlineData {
        mime_type: &'static str,
        data: String,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settings {
    response_modalities: [&'static str; 1],
    image_config: Shape,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    aspect_ratio: String,
    image_size: String,
}

impl<'a> DraftRequest<'a> {
    fn new(picture: &'a ImageRequest) -> Self {
        let sent = picture.sent().map(|source| Part::InlineData {
            mime_type: source.mime,
            data: BASE64_STANDARD.encode(&source.bytes),
        });
        let words = Part::Text(&picture.words.0);
        Self {
            contents: [Turn {
                role: "user",
                parts: std::iter::once(words).chain(sent).collect(),
            }],
            generation_config: Settings {
                response_modalities: ["IMAGE"],
                image_config: Shape {
                    aspect_ratio: picture.ratio.to_string(),
                    image_size: picture.tier.to_string(),
                },
            },
        }
    }
}

impl Gemini {
    /// Makes the engine. `base_url` is an address without a slash at its end, such as
    /// `https://generativelanguage.googleapis.com/v1beta`.
    ///
    /// # Errors
    /// When the machine has no TLS to offer.
    pub fn new(
        key: SecretString,
        base_url: String,
        prices: Prices,
        silence: Duration,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            service: Service::new(key, base_url, silence, answer::gemini())?,
            prices,
        })
    }

    /// Names the engine, and the variable that holds its key, for what operators read.
    #[must_use]
    pub fn named(mut self, engine: &str, variable: &str) -> Self {
        self.service.name(engine, variable);
        self
    }

    /// Returns what the operator reads of a key that is no header.
    fn bad_key(&self) -> String {
        let Known { engine, variable, .. } = self.service.known();
        format!("engines.{engine}.key ({variable}) has a character in it that cannot be sent")
    }

    /// Adds the key to a request.
    fn with_key(&self, request: RequestBuilder) -> Result<RequestBuilder, InvalidHeaderValue> {
        let Some(key) = self.service.key() else {
            return Ok(request);
        };
        let mut key = HeaderValue::from_str(key)?;
        key.set_sensitive(true);
        Ok(request.header(KEY, key))
    }

    fn request(&self, picture: &ImageRequest) -> Result<RequestBuilder, InvalidHeaderValue> {
        let path = format!("models/{}:generateContent", picture.model);
        let request = self.service.post(&path).json(&DraftRequest::new(picture));
        self.with_key(request)
    }
}

#[async_trait]
impl Provider for Gemini {
    async fn draw(&self, paid: &PaidRender, _notes: &dyn CallObserver) -> CallReport {
        let picture = paid.picture();
        let Ok(request) = self.request(picture) else {
            return Answer::Operator(self.bad_key()).into();
        };
        let known = self.service.known();
        let meaning = |status, headers: &HeaderMap, refusal: &answer::Refusal| {
            answer::refused(known, status, headers, refusal)
        };
        let response = match call(request, http::SMALL_BYTES, meaning).await {
            Ok(response) => response,
            Err(refused) => return refused.answer.for_sent(picture).into(),
        };
        let content = match body::read::<Content>(response, limits::ANSWER_BYTES).await {
            Ok(content) => content,
            Err(why) => return Answer::from(why).into(),
        };
        let (request, made) = (content.request(), content.made_a_picture());
        let price = self.prices.get(&picture.model);
        let sent = picture.sent().count();
        let price = price.and_then(|of| of.quote(picture.quality, picture.tier, picture.pixels, sent));
        CallReport {
            answer: content.answer(known).for_sent(picture),
            usd: price.filter(|_| made),
            request,
        }
    }

    fn may_repeat(&self) -> bool {
        false
    }

    async fn models(&self) -> Result<Option<Vec<OfferedModel>>, Unasked> {
        let request = self.with_key(self.service.get("models?pageSize=1000"));
        let request = request.map_err(|_| Unasked::TurnedAway(self.bad_key()))?;
        models::ask(self.service.known(), request).await.map(Some)
    }
}
