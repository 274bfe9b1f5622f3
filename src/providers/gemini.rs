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
use reqwest::header::{HeaderValue, InvalidHeaderValue};
use secrecy::SecretString;
use serde::Serialize;

use self::answer::Content;
use super::http::service::{Service, call};
use super::{Answer, CallObserver, CallReport, ImageRequest, PaidRender, Provider, Unasked, http};
use crate::domain::engine::availability::OfferedModel;
use crate::domain::engine::cost::Cost;
use crate::domain::limits;

/// The header of the key. In the address it would end in the logs of proxies.
const KEY: &str = "x-goog-api-key";
/// What the operator reads of a key that is no header.
const BAD_KEY: &str = "engines.gemini.key (GEMINI_API_KEY) has a character in it that cannot be sent";

/// What a picture of each model costs.
pub type Prices = BTreeMap<String, Cost>;

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
            service: Service::new(key, base_url, silence)?,
            prices,
        })
    }

    /// Adds the key to a request.
    fn with_key(&self, request: RequestBuilder) -> Result<RequestBuilder, InvalidHeaderValue> {
        let mut key = HeaderValue::from_str(self.service.key())?;
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
            return Answer::Operator(BAD_KEY.to_owned()).into();
        };
        let response = match call(request, answer::refused).await {
            Ok(response) => response,
            Err(refused) => return refused.answer.into(),
        };
        let content = match http::read::<Content>(response, limits::PICTURE_BYTES).await {
            Ok(content) => content,
            Err(why) => return Answer::from(why).into(),
        };
        let (request, made) = (content.request(), content.made_a_picture());
        let price = self.prices.get(&picture.model);
        let price = price.and_then(|cost| cost.quote(picture.quality, picture.tier, picture.pixels));
        CallReport {
            answer: content.answer(),
            usd: price.filter(|_| made),
            request,
        }
    }

    fn may_repeat(&self) -> bool {
        false
    }

    async fn models(&self) -> Result<Option<Vec<OfferedModel>>, Unasked> {
        let request = self.with_key(self.service.get("models?pageSize=1000"));
        let request = request.map_err(|_| models::ASKED.away(BAD_KEY))?;
        models::ask(request).await.map(Some)
    }
}
