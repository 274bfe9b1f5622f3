//! fal's queue.
//!
//! fal takes a call under a number. This process or the next can ask by that number how the call
//! ended. So the number is noted before anything else. Only a call that was cut before its number
//! came is of unknown outcome.

mod answer;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use self::answer::{Ending, Result as Drawn, Status, Submitted};
use super::http::service::{Service, call};
use super::{Answer, CallObserver, CallReport, ImageRequest, InputPicture, PaidRender, Provider, http};
use crate::domain::engine::catalog::Model;
use crate::domain::engine::cost::Usd;
use crate::domain::limits;
use crate::domain::stage::{Mode, Quality};
use crate::telemetry::chain;

/// Tells fal not to run a call again by itself when its runner fails: we decide whether to pay
/// again.
const NO_RETRY: (&str, &str) = ("x-fal-no-retry", "1");

/// How long and how often fal is asked.
#[derive(Clone, Copy, Debug)]
pub struct PollTimes {
    /// How long an answer may take.
    pub silence: Duration,
    /// The pause before fal is asked again how far a call is: the first, and the longest.
    pub poll: (Duration, Duration),
    /// How long fal may be away before the call is left for later.
    pub away: Duration,
    /// How long a call may wait in fal's queue before it is called off.
    pub queue: Duration,
}

impl Default for PollTimes {
    fn default() -> Self {
        Self {
            silence: Duration::from_mins(2),
            poll: (Duration::from_millis(500), Duration::from_secs(5)),
            away: Duration::from_mins(2),
            queue: Duration::from_mins(15),
        }
    }
}

/// The service.
#[derive(Clone, Debug)]
pub struct Fal {
    service: Service,
    models: BTreeMap<String, Model>,
    poll_times: PollTimes,
}

/// A call that fal has taken.
struct Taken<'a> {
    request: &'a str,
    /// Its address, without a slash at the end.
    url: String,
}

impl Fal {
    /// Makes the engine. `base_url` is an address without a slash at its end, such as
    /// `https://queue.fal.run`. `models` are fal's in the catalog.
    ///
    /// # Errors
    /// When the machine has no TLS to offer.
    pub fn new(
        key: SecretString,
        base_url: String,
        models: BTreeMap<String, Model>,
        poll_times: PollTimes,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            service: Service::new(key, base_url, poll_times.silence, answer::fal())?,
            models,
            poll_times,
        })
    }

    /// Names the engine, and the variable that holds its key, for what operators read.
    #[must_use]
    pub fn named(mut self, engine: &str, variable: &str) -> Self {
        self.service.name(engine, variable);
        self
    }

    fn app(&self, picture: &ImageRequest) -> Option<&str> {
        let apps = &self.models.get(&picture.model)?.apps;
        let mode = match picture.mode {
            // Only an app that edits takes pictures.
            Mode::Draw if picture.sent().next().is_some() => Mode::Remaster,
            mode => mode,
        };
        apps.get(&mode).map(String::as_str)
    }

    fn with_key(&self, request: RequestBuilder) -> RequestBuilder {
        match self.service.key() {
            Some(key) => request.header("authorization", format!("Key {key}")),
            None => request,
        }
    }

    /// Returns where a call is asked about: under the app's owner and name, without the rest of its
    /// path.
    fn taken<'a>(&self, app: &str, request: &'a str) -> Taken<'a> {
        let mut parts = app.split('/');
        let (owner, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let url = self.service.url(&format!("{owner}/{name}/requests/{request}"));
        Taken { request, url }
    }

    /// Hands a call in. Returns its number.
    ///
    /// # Errors
    /// How the call ended at once.
    async fn submit(&self, app: &str, picture: &ImageRequest) -> Result<String, Answer> {
        let request = self
            .with_key(self.service.post(app))
            .header(NO_RETRY.0, NO_RETRY.1)
            .json(&input(picture));
        let meaning = |status, headers: &HeaderMap, fault: &answer::Fault| {
            answer::refused(self.service.known(), status, headers, fault)
        };
        let response = call(request, meaning).await;
        let response = response.map_err(|refused| refused.answer)?;
        let submitted = http::read::<Submitted>(response, http::SMALL_BYTES).await;
        match submitted.map(|submitted| http::harmless(&submitted.request_id)) {
            Ok(Some(number)) => Ok(number),
            // It took the call, and nobody knows under which number.
            Ok(None) | Err(_) => Err(Answer::Unknown),
        }
    }

    /// Waits for the end of a call, and returns it.
    async fn wait(&self, taken: &Taken<'_>) -> Answer {
        let (mut pause, longest) = self.poll_times.poll;
        let (began, mut heard, mut called_off) = (Instant::now(), Instant::now(), false);
        loop {
            match self.status(taken).await {
                Ok(Status::Completed) => {
                    if let Some(answer) = self.fetch(taken).await {
                        return answer;
                    }
                    tracing::warn!(request.id = taken.request, "what fal drew cannot be fetched yet");
                }
                Ok(Status::InQueue) if !called_off && began.elapsed() >= self.poll_times.queue => {
                    called_off = true;
                    self.cancel(taken).await;
                }
                Ok(Status::InQueue | Status::InProgress) => heard = Instant::now(),
                Err(Some(answer)) => return answer,
                Err(None) => {}
            }
            if heard.elapsed() >= self.poll_times.away {
                return Answer::Later;
            }
            sleep(pause).await;
            pause = (pause * 2).min(longest);
        }
    }

    /// Asks how far a call is.
    ///
    /// # Errors
    /// An answer if the call cannot be asked about; nothing if fal is away.
    async fn status(&self, taken: &Taken<'_>) -> Result<Status, Option<Answer>> {
        let request = self.with_key(self.service.client().get(format!("{}/status", taken.url)));
        let response = request.send().await.map_err(|_| None)?;
        match response.status() {
            status if status.is_success() => {
                let status = http::read::<answer::Progress>(response, http::SMALL_BYTES).await;
                status.map(|progress| progress.status).map_err(|_| None)
            }
            // fal does not know the call, so it does not know whether the call was paid.
            StatusCode::NOT_FOUND => Err(Some(Answer::Unknown)),
            status => {
                tracing::warn!(
                    request.id = taken.request,
                    "fal does not say how far a call is: it answered {status}"
                );
                Err(None)
            }
        }
    }

    /// Asks how a completed call ended. Returns nothing if that cannot be learned now.
    async fn fetch(&self, taken: &Taken<'_>) -> Option<Answer> {
        let response = self
            .with_key(self.service.client().get(&taken.url))
            .send()
            .await
            .ok()?;
        if !response.status().is_success() {
            return match answer::ended(self.service.known(), response).await {
                Ending::Is(answer) => Some(answer),
                Ending::AskAgain => None,
            };
        }
        let drawn = match http::read::<Drawn>(response, http::SMALL_BYTES).await {
            Ok(drawn) => drawn,
            Err(http::Unreadable::Cut) => return None,
            Err(http::Unreadable::Wrong(why)) => return Some(Answer::Broken(why)),
        };
        let Some(url) = drawn.url() else {
            return Some(Answer::Broken("the answer holds no picture".to_owned()));
        };
        self.download(url).await
    }

    /// Fetches the file. Returns nothing if it cannot be had now. The key is not sent along: the
    /// file is elsewhere.
    async fn download(&self, url: &str) -> Option<Answer> {
        let Some(url) = self.may_fetch(url) else {
            return Some(Answer::Broken(
                "the picture is at an address that is not fetched".to_owned(),
            ));
        };
        let response = self.service.client().get(url).send().await.ok()?;
        if !response.status().is_success() {
            return None;
        }
        match http::bytes(response, limits::PICTURE_BYTES).await {
            Ok(file) => Some(Answer::File(file)),
            Err(http::Unreadable::Cut) => None,
            Err(http::Unreadable::Wrong(why)) => Some(Answer::Broken(why)),
        }
    }

    /// Returns the address of a file if it may be fetched: over TLS, or where the service itself
    /// is.
    fn may_fetch(&self, url: &str) -> Option<Url> {
        let url: Url = url.parse().ok()?;
        let own: Url = self.service.url("").parse().ok()?;
        (url.scheme() == "https" || url.origin() == own.origin()).then_some(url)
    }

    /// Calls off a call that waits too long. It may have begun meanwhile, so its end is still
    /// waited for.
    async fn cancel(&self, taken: &Taken<'_>) {
        tracing::warn!(
            request.id = taken.request,
            "fal has not begun a call for too long: it is called off"
        );
        let request = self.with_key(self.service.client().put(format!("{}/cancel", taken.url)));
        if let Err(error) = request.send().await.and_then(Response::error_for_status) {
            tracing::info!("a call was not called off: {}", chain(&error.without_url()));
        }
    }

    /// Returns what a call costs by the table of prices: fal does not say what a call used.
    fn price(&self, picture: &ImageRequest, answer: &Answer) -> Option<Usd> {
        let model = self.models.get(&picture.model)?;
        let drawn = matches!(answer, Answer::File(_));
        let sent = picture.sent().count();
        drawn.then(|| model.quote(picture.quality, picture.tier, picture.pixels, sent))?
    }

    async fn end(&self, picture: &ImageRequest, app: &str, request: String) -> CallReport {
        let answer = self.wait(&self.taken(app, &request)).await;
        CallReport {
            usd: self.price(picture, &answer),
            answer,
            request: Some(request),
        }
    }
}

/// Returns what an app is told. An upscaler gets the picture, other apps the words and the
/// references.
fn input(picture: &ImageRequest) -> Value {
    let sent: Vec<String> = picture.sent().map(data_uri).collect();
    match picture.mode {
        Mode::Exact => json!({ "image_url": sent.first() }),
        Mode::Draw | Mode::Remaster => {
            let mut input = json!({
                "prompt": picture.words.0,
                "image_size": { "width": picture.pixels.width, "height": picture.pixels.height },
                "num_images": 1,
                "output_format": "png",
            });
            if let Some(quality) = picture.quality {
                input["quality"] = json!(Quality::name(quality));
            }
            if !sent.is_empty() {
                input["image_urls"] = json!(sent);
            }
            input
        }
    }
}

/// Writes a picture as a `data:` address.
fn data_uri(source: &InputPicture) -> String {
    format!(
        "data:{};base64,{}",
        source.mime,
        BASE64_STANDARD.encode(&source.bytes)
    )
}

#[async_trait]
impl Provider for Fal {
    async fn draw(&self, paid: &PaidRender, notes: &dyn CallObserver) -> CallReport {
        let picture = paid.picture();
        let Some(app) = self.app(picture) else {
            let why = format!(
                "config/models.toml names no app of {} for {}",
                self.service.known().engine,
                picture.mode
            );
            return Answer::Operator(why).into();
        };
        match self.submit(app, picture).await {
            Ok(request) => {
                notes.taken(&request).await;
                self.end(picture, app, request).await
            }
            Err(answer) => answer.into(),
        }
    }

    async fn resume(&self, paid: &PaidRender, request: &str) -> Option<CallReport> {
        let picture = paid.picture();
        let app = self.app(picture)?;
        Some(self.end(picture, app, request.to_owned()).await)
    }

    fn may_repeat(&self) -> bool {
        false
    }
}
