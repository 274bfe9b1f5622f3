//! OpenAI's Images API, or any gateway that speaks it. Generations draw from words, edits from a
//! picture.
//!
//! A call whose answer was lost cannot be asked about. So such a call is never made again by
//! itself.

mod answer;
mod models;
mod stream;

use std::time::Duration;

use async_trait::async_trait;
use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use reqwest::multipart::{Form, Part};
use secrecy::SecretString;
use serde::Serialize;

use self::answer::{Held, Images};
use super::http::body::{self, Body};
use super::http::fetch::Fetched;
use super::http::service::{Refused, Service, call};
use super::http::{self};
use super::{Answer, CallObserver, CallReport, ImageRequest, PaidRender, Provider, Unasked};
use crate::domain::engine::availability::OfferedModel;
use crate::domain::engine::catalog::Model;
use crate::domain::engine::cost::{Cost, Usd, Used};
use crate::domain::limits;
use crate::domain::stage::Quality;

/// The header by which OpenAI's support finds a call.
const REQUEST_ID: &str = "x-request-id";
/// The pauses after each try to fetch a picture that the service only names.
const FETCH_PAUSES: [Duration; 4] = [
    Duration::from_millis(250),
    Duration::from_secs(1),
    Duration::from_secs(4),
    Duration::ZERO,
];

/// The models of the catalog, with what each costs.
pub type Prices = std::collections::BTreeMap<String, Model>;

/// The service.
#[derive(Clone, Debug)]
pub struct OpenAi {
    service: Service,
    prices: Prices,
    silence: Duration,
    partials: u8,
}

/// What both kinds of request say.
#[derive(Serialize)]
struct DraftRequest<'a> {
    model: &'a str,
    prompt: &'a str,
    n: u32,
    size: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<&'static str>,
    output_format: &'static str,
    safety_identifier: &'a str,
    #[serde(flatten)]
    partials: Option<Partials>,
}

/// Asks for a stream with so many pictures that are not done. It must not be asked for without any.
#[derive(Clone, Copy, Serialize)]
struct Partials {
    stream: bool,
    partial_images: u8,
}

impl<'a> DraftRequest<'a> {
    fn new(picture: &'a ImageRequest, partials: u8) -> Self {
        Self {
            model: &picture.model,
            prompt: &picture.words.0,
            n: 1,
            size: format!("{}x{}", picture.pixels.width, picture.pixels.height),
            quality: picture.quality.map(Quality::name),
            output_format: "png",
            safety_identifier: &picture.member,
            partials: (partials > 0).then_some(Partials {
                stream: true,
                partial_images: partials,
            }),
        }
    }

    /// Writes the same as a form.
    fn form(self) -> Form {
        let mut form = Form::new()
            .text("model", self.model.to_owned())
            .text("prompt", self.prompt.to_owned())
            .text("n", self.n.to_string())
            .text("size", self.size)
            .text("output_format", self.output_format)
            .text("safety_identifier", self.safety_identifier.to_owned());
        if let Some(quality) = self.quality {
            form = form.text("quality", quality);
        }
        if let Some(Partials {
            stream,
            partial_images,
        }) = self.partials
        {
            form = form.text("stream", stream.to_string());
            form = form.text("partial_images", partial_images.to_string());
        }
        form
    }
}

impl OpenAi {
    /// Makes the engine. `base_url` is an address without a slash at its end, such as
    /// `https://api.openai.com/v1`.
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
            service: Service::new(key, base_url, silence, answer::openai())?,
            prices,
            silence,
            partials: 0,
        })
    }

    /// Sets how many pictures that are not done come of each call, 0 to [`limits::PARTIALS`].
    #[must_use]
    pub const fn with_partials(mut self, partials: u8) -> Self {
        self.partials = partials;
        self
    }

    /// Names the engine, and the variable that holds its key, for what operators read.
    #[must_use]
    pub fn named(mut self, engine: &str, variable: &str) -> Self {
        self.service.name(engine, variable);
        self
    }

    /// Adds the key to a request.
    fn with_key(&self, request: RequestBuilder) -> RequestBuilder {
        match self.service.key() {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    /// Returns what a call cost: by what it used where the model is paid by tokens, else by the
    /// table for a picture that was drawn.
    fn usd(&self, picture: &ImageRequest, answer: &Answer, used: Option<Used>) -> Option<Usd> {
        let model = self.prices.get(&picture.model)?;
        match &model.cost {
            Cost::Tokens(tokens) => used.map(|used| tokens.cost(used)),
            Cost::Free | Cost::Image(_) | Cost::Tier(_) => {
                let sent = picture.sent().count();
                let quote = model.quote(picture.quality, picture.tier, picture.pixels, sent);
                quote.filter(|_| matches!(answer, Answer::File(_)))
            }
        }
    }

    /// Returns what an answer means by what it holds. A picture that is only named was paid, so one
    /// that cannot be fetched is of unknown outcome.
    async fn answer(&self, headers: &HeaderMap, held: Held) -> Answer {
        let address = match held {
            Held::File(file) => return Answer::File(file),
            Held::Fault(refusal) => return answer::failed(self.service.known(), headers, &refusal),
            Held::Nothing(why) => return Answer::Broken(why.to_owned()),
            Held::At(address) => address,
        };
        for pause in FETCH_PAUSES {
            match self.service.fetch(&address).await {
                Fetched::File(file) => return Answer::File(file),
                Fetched::Never(why) => return Answer::Broken(why),
                Fetched::Away => tokio::time::sleep(pause).await,
            }
        }
        tracing::warn!("a picture that was drawn cannot be fetched from where the service put it");
        Answer::Unknown
    }

    fn request(&self, picture: &ImageRequest, partials: u8) -> Result<RequestBuilder, reqwest::Error> {
        let mut form = None;
        for (i, source) in (1..).zip(picture.sent()) {
            let name = format!("picture-{i}.{}", source.mime.trim_start_matches("image/"));
            let file = Part::bytes(source.bytes.to_vec()).file_name(name);
            let ask = form.unwrap_or_else(|| DraftRequest::new(picture, partials).form());
            form = Some(ask.part("image[]", file.mime_str(source.mime)?));
        }
        let request = match form {
            None => self
                .service
                .post("images/generations")
                .json(&DraftRequest::new(picture, partials)),
            Some(form) => self.service.post("images/edits").multipart(form),
        };
        Ok(self.with_key(request))
    }
}

#[async_trait]
impl Provider for OpenAi {
    async fn draw(&self, paid: &PaidRender, notes: &dyn CallObserver) -> CallReport {
        let picture = paid.picture();
        let partials = if notes.shows_partials() { self.partials } else { 0 };
        let Ok(request) = self.request(picture, partials) else {
            return Answer::Broken("the request cannot be made of this picture".to_owned()).into();
        };
        let known = self.service.known();
        let meaning = |status, headers: &HeaderMap, refusal: &answer::Refusal| {
            answer::refused(known, status, headers, refusal)
        };
        let response = match call(request, http::SMALL_BYTES, meaning).await {
            Ok(response) => response,
            Err(Refused { answer, headers }) => {
                return CallReport {
                    request: http::named(&headers, REQUEST_ID),
                    ..answer.for_sent(picture).into()
                };
            }
        };
        let headers = response.headers().clone();
        let mut body = Body::from(response);
        // A gateway may not know what a stream is, and label either as the other.
        let held = if body.holds_events().await {
            stream::read(body, self.silence, notes).await
        } else {
            let images = body::read::<Images>(body, limits::ANSWER_BYTES).await;
            images.map(Images::held)
        };
        let (answer, used) = match held {
            Ok((held, used)) => (self.answer(&headers, held).await, used),
            Err(why) => (why.into(), None),
        };
        let answer = answer.for_sent(picture);
        CallReport {
            usd: self.usd(picture, &answer, used),
            answer,
            request: http::named(&headers, REQUEST_ID),
        }
    }

    fn may_repeat(&self) -> bool {
        false
    }

    async fn models(&self) -> Result<Option<Vec<OfferedModel>>, Unasked> {
        let request = self.with_key(self.service.get("models"));
        models::ask(self.service.known(), request).await.map(Some)
    }
}
