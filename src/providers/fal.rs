//! fal's queue.
//!
//! fal takes a call under a number. This process or the next can ask by that number how the call
//! ended. So the number is noted before anything else. Only a call that was cut before its number
//! came is of unknown outcome. Where to ask, fal says itself.

mod answer;
mod taken;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use self::answer::{Ending, Progress, Result as Drawn, Status, Submitted};
use self::taken::Taken;
use super::http::body::{self, Unreadable};
use super::http::fetch::Fetched;
use super::http::service::{Service, call};
use super::http::{self};
use super::models::Asked;
use super::{
    Answer, CallObserver, CallReport, ImageRequest, InputPicture, PaidRender, Provider, TakenCall, Unasked,
};
use crate::domain::engine::catalog::Model;
use crate::domain::engine::cost::Usd;
use crate::domain::limits;
use crate::domain::stage::{Mode, Quality};
use crate::telemetry::chain;

/// Tells fal not to run a call again by itself when its runner fails: we decide whether to pay
/// again.
const NO_RETRY: (&str, &str) = ("x-fal-no-retry", "1");

/// The status of a call that nobody made.
const NO_CALL: &str = "openai/gpt-image-2/requests/00000000-0000-0000-0000-000000000000/status";

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

    /// Hands a call in.
    ///
    /// # Errors
    /// How the call ended at once.
    async fn submit(&self, app: &str, picture: &ImageRequest) -> Result<Taken, Answer> {
        let request = self
            .with_key(self.service.post(app))
            .header(NO_RETRY.0, NO_RETRY.1)
            .json(&input(picture));
        let meaning = |status, headers: &HeaderMap, fault: &answer::Fault| {
            answer::refused(self.service.known(), status, headers, fault)
        };
        let response = call(request, answer::ANSWER_BYTES, meaning).await;
        let response = response.map_err(|refused| refused.answer)?;
        // It took the call. Without its number nobody can ask about it.
        let submitted = body::read::<Submitted>(response, http::SMALL_BYTES).await;
        let submitted = submitted.map_err(|_| Answer::Unknown)?;
        let number = http::harmless(&submitted.request_id).ok_or(Answer::Unknown)?;
        Ok(Taken::of(&self.service, app, number, &submitted))
    }

    /// Waits for the end of a call, and returns it.
    async fn wait(&self, taken: &Taken, notes: &dyn CallObserver) -> Answer {
        let (mut pause, longest) = self.poll_times.poll;
        let (began, mut heard, mut called_off) = (Instant::now(), Instant::now(), None);
        loop {
            match self.status(taken).await {
                Ok(Status::Completed) => {
                    if let Some(ending) = self.fetch(taken).await {
                        return end_of(ending, called_off, notes).await;
                    }
                    tracing::warn!(request.id = taken.request, "what fal drew cannot be fetched yet");
                }
                Ok(Status::Failed { policy: true }) => return Answer::Refused,
                Ok(Status::Failed { policy: false }) => return self.why_failed(taken).await,
                Ok(Status::Cancelled) => return end_of(Ending::Cancelled, called_off, notes).await,
                Ok(Status::InQueue) => {
                    heard = Instant::now();
                    if called_off.is_none() {
                        called_off = self.call_off(taken, notes, began).await;
                    }
                }
                Ok(Status::InProgress) => heard = Instant::now(),
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

    /// Calls off a call that nobody wants any more, or that waits too long. It may have begun
    /// meanwhile, so its end is still waited for. Returns what it is if that holds.
    async fn call_off(&self, taken: &Taken, notes: &dyn CallObserver, began: Instant) -> Option<Answer> {
        let end = if notes.is_called_off().await {
            tracing::info!(
                request.id = taken.request,
                "a call that waits at fal is called off"
            );
            Answer::CalledOff
        } else if began.elapsed() >= self.poll_times.queue {
            tracing::warn!(
                request.id = taken.request,
                "fal has not begun a call for too long: it is called off"
            );
            Answer::Transient(None)
        } else {
            return None;
        };
        let request = self.with_key(self.service.client().put(&taken.cancel));
        if let Err(error) = request.send().await.and_then(Response::error_for_status) {
            tracing::info!("a call was not called off: {}", chain(&error.without_url()));
        }
        Some(end)
    }

    /// Asks how far a call is.
    ///
    /// # Errors
    /// An answer if the call cannot be asked about; nothing if fal is away.
    async fn status(&self, taken: &Taken) -> Result<Status, Option<Answer>> {
        let request = self.with_key(self.service.client().get(&taken.status));
        let response = request.send().await.map_err(|_| None)?;
        match response.status() {
            status if status.is_success() => {
                let progress = body::read::<Progress>(response, answer::ANSWER_BYTES).await;
                progress.ok().and_then(|progress| progress.status()).ok_or(None)
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

    /// Returns why a call failed, as far as fal says.
    async fn why_failed(&self, taken: &Taken) -> Answer {
        match self.fetch(taken).await {
            Some(Ending::Is(Answer::Broken(_)) | Ending::AskAgain | Ending::Cancelled) | None => {
                Answer::Broken("fal says that the call failed, and not why".to_owned())
            }
            Some(Ending::Is(answer)) => answer,
        }
    }

    /// Asks how a call ended. Returns nothing if that cannot be learned now.
    async fn fetch(&self, taken: &Taken) -> Option<Ending> {
        let request = self.with_key(self.service.client().get(&taken.response));
        let response = request.send().await.ok()?;
        if !response.status().is_success() {
            let ending = answer::ended(self.service.known(), response).await;
            return (!matches!(ending, Ending::AskAgain)).then_some(ending);
        }
        let is = |answer| Some(Ending::Is(answer));
        let drawn = match body::read::<Drawn>(response, limits::ANSWER_BYTES).await {
            Ok(drawn) => drawn,
            Err(Unreadable::Cut) => return None,
            Err(Unreadable::Wrong(why)) => return is(Answer::Broken(why)),
        };
        let Some(url) = drawn.url() else {
            return is(Answer::Broken("the answer holds no picture".to_owned()));
        };
        match self.service.fetch(url).await {
            Fetched::File(file) => is(Answer::File(file)),
            Fetched::Never(why) => is(Answer::Broken(why)),
            Fetched::Away => None,
        }
    }

    /// Returns what a call costs by the table of prices: fal does not say what a call used.
    fn price(&self, picture: &ImageRequest, answer: &Answer) -> Option<Usd> {
        let model = self.models.get(&picture.model)?;
        let drawn = matches!(answer, Answer::File(_));
        let sent = picture.sent().count();
        drawn.then(|| model.quote(picture.quality, picture.tier, picture.pixels, sent))?
    }

    async fn end(&self, picture: &ImageRequest, taken: Taken, notes: &dyn CallObserver) -> CallReport {
        let answer = self.wait(&taken, notes).await.for_sent(picture);
        CallReport {
            usd: self.price(picture, &answer),
            answer,
            request: Some(taken.request),
        }
    }
}

/// Returns the end of a call. One that was called off is what we called it off for, perhaps before a
/// restart; if we did not, it has no picture.
async fn end_of(ending: Ending, called_off: Option<Answer>, notes: &dyn CallObserver) -> Answer {
    match ending {
        Ending::Is(answer) => answer,
        Ending::Cancelled if called_off.is_none() && notes.is_called_off().await => Answer::CalledOff,
        Ending::Cancelled | Ending::AskAgain => called_off.unwrap_or_else(|| {
            Answer::Broken("the call was called off at fal, and not by the bot".to_owned())
        }),
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
            Ok(taken) => {
                notes.taken(&taken.request, Some(&taken.addresses())).await;
                self.end(picture, taken, notes).await
            }
            Err(answer) => answer.for_sent(picture).into(),
        }
    }

    async fn resume(
        &self,
        paid: &PaidRender,
        taken: &TakenCall,
        notes: &dyn CallObserver,
    ) -> Option<CallReport> {
        let picture = paid.picture();
        let app = self.app(picture)?;
        let (number, addresses) = (taken.request.clone(), taken.addresses.as_deref());
        let taken = Taken::noted(&self.service, app, number, addresses);
        Some(self.end(picture, taken, notes).await)
    }

    fn can_call_off(&self) -> bool {
        true
    }

    async fn reach(&self) -> Option<Result<(), Unasked>> {
        // fal has no list of its apps. It knows no such call, and says so at once.
        let nobody = self.service.get(NO_CALL);
        let of = self.service.known();
        Some(Asked { of, bad_key: 401 }.reach(self.with_key(nobody)).await)
    }

    fn may_repeat(&self) -> bool {
        false
    }
}
