//! Connects to Discord, or to the server that stands in for it.

use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serenity::all::{Http, HttpBuilder, LightMethod, RatelimitInfo, Route};
use url::Url;

use super::budget::Budget;
use super::circuit_breaker::{CircuitBreaker, Refusal};
use super::command_links::CommandLinks;
use super::layout::LayoutsTaken;
use super::{Discord, Error};
use crate::clock::Clock;
use crate::domain::ids::UserId;
use crate::domain::pauses::Pauses;
use crate::telemetry::metrics::Metrics;

/// The only status that says that the token is not good.
const UNAUTHORIZED: u16 = 401;
const CONNECT: Duration = Duration::from_secs(10);
/// The most that a request may take. It suffices for a 10 MiB upload over a slow line.
const ANSWER: Duration = Duration::from_secs(90);

/// Why there is no connection to Discord.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Discord refused the token.
    #[error("Discord did not let the bot in; is discord.token right?")]
    Token(#[source] Error),
    /// Discord refused to say who the bot is, though it did not refuse the token.
    #[error("Discord does not tell the bot who it is, and would not if it were asked again")]
    Refused(#[source] Error),
    /// Discord is busy or cannot be reached, and was to be asked only once.
    #[error("Discord cannot be asked who the bot is: {0}")]
    Away(String),
    /// The HTTP client cannot be made on this machine.
    #[error("no HTTP client can be made on this machine")]
    Client(#[source] reqwest::Error),
    /// The server at `discord.api_base` does not name a gateway on its own host.
    #[error("discord.api_base = {base}: {why}; the start is refused, because the token would go elsewhere")]
    Gateway {
        /// The value of `discord.api_base`.
        base: String,
        /// What is wrong.
        why: String,
    },
}

/// Returns the builder of an HTTP client for Discord, with timeouts and without redirects.
pub fn client() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT)
        .timeout(ANSWER)
        .redirect(Policy::none())
}

impl Discord {
    /// Connects to Discord and asks who the bot is. If `api_base` is not empty, asks the server
    /// there for its gateway first, because serenity would fall back to Discord's own.
    ///
    /// Asks again, with these pauses, for as long as Discord is busy or cannot be reached.
    ///
    /// # Errors
    /// [`ConnectError`] when the token is refused, no client can be made, or the server at
    /// `api_base` does not name its own gateway.
    pub async fn connect(
        client: reqwest::ClientBuilder,
        token: &SecretString,
        api_base: &str,
        clock: Clock,
        pauses: Pauses,
        budget: &Budget,
    ) -> Result<Self, ConnectError> {
        Self::connect_with(client, (token, api_base), clock, Some(pauses), budget).await
    }

    /// Connects like [`Discord::connect`], but asks only once: for commands that somebody waits for.
    ///
    /// # Errors
    /// Those of [`Discord::connect`], and [`ConnectError::Away`] when Discord is busy or cannot be
    /// reached.
    pub async fn connect_once(
        token: &SecretString,
        api_base: &str,
        clock: Clock,
    ) -> Result<Self, ConnectError> {
        let budget = Budget::new(clock.clone(), Metrics::default());
        Self::connect_with(client(), (token, api_base), clock, None, &budget).await
    }

    async fn connect_with(
        client: reqwest::ClientBuilder,
        (token, api_base): (&SecretString, &str),
        clock: Clock,
        pauses: Option<Pauses>,
        budget: &Budget,
    ) -> Result<Self, ConnectError> {
        let client = client.build().map_err(ConnectError::Client)?;
        let base = (!api_base.is_empty()).then(|| api_base.trim_end_matches('/').to_owned());
        let mut gateway = None;
        if let Some(base) = &base {
            let what = format!("discord.api_base = {base}: its gateway is not known yet");
            let checked = until_answered(&what, pauses, || check_gateway(&client, base)).await;
            gateway = Some(checked.map_err(|failed| match failed {
                Unanswered::ForNow { why, .. } => ConnectError::Away(why),
                Unanswered::ForGood(why) => ConnectError::Gateway {
                    base: base.clone(),
                    why,
                },
            })?);
        }
        let layouts = Arc::new(LayoutsTaken::new(clock.clone()));
        let circuit_breaker = budget.circuit_breaker.clone();
        let http = Arc::new(http(
            token.expose_secret(),
            &client,
            base.as_deref(),
            &circuit_breaker,
        ));
        let mut discord = Self {
            http,
            client,
            base,
            gateway,
            me: UserId::new(0),
            rate_limiter: budget.rate_limiter.clone(),
            circuit_breaker,
            clock,
            guilds: Arc::default(),
            metrics: budget.metrics.clone(),
            commands: CommandLinks::default(),
            layouts,
        };
        let introduced = discord.introduce(pauses).await;
        introduced.map_err(|failed| match failed {
            Unanswered::ForNow { why, .. } => ConnectError::Away(why),
            Unanswered::ForGood(
                error @ Error::Refused {
                    status: UNAUTHORIZED, ..
                },
            ) => ConnectError::Token(error),
            Unanswered::ForGood(error) => ConnectError::Refused(error),
        })?;
        Ok(discord)
    }

    /// Asks for the bot's user and for its application. serenity needs the application's id to
    /// answer an interaction.
    async fn introduce(&mut self, pauses: Option<Pauses>) -> Result<(), Unanswered<Error>> {
        let what = "Discord has not said yet who the bot is";
        let me = until_answered(what, pauses, || self.ask::<super::User>(Route::UserMe)).await?;
        let application = || self.ask::<super::Id>(Route::Oauth2ApplicationCurrent);
        let application = until_answered(what, pauses, application).await?;
        self.me = UserId::new(me.id.get());
        self.http.set_application_id(application.id.get().into());
        Ok(())
    }

    async fn ask<T: DeserializeOwned>(&self, route: Route<'_>) -> Result<T, Unanswered<Error>> {
        let answer = self.json(self.request(route, LightMethod::Get, None, Vec::new()));
        answer.await.map_err(|error| match error {
            Error::Busy(wait_ms) => Unanswered::ForNow {
                why: error.to_string(),
                wait_ms,
            },
            error => Unanswered::ForGood(error),
        })
    }
}

/// Why there is no answer.
enum Unanswered<E> {
    /// The same question may be answered later, after a wait in milliseconds if one was asked for.
    ForNow { why: String, wait_ms: Option<i64> },
    /// It would be answered in the same way again.
    ForGood(E),
}

/// Asks until there is an answer, or one that will not change; only once without pauses. A passing
/// fault at the start, such as a 500, a short 429 or a cut, must not end the bot, and is nobody's
/// mistake.
async fn until_answered<T, E, F>(
    what: &str,
    pauses: Option<Pauses>,
    ask: impl Fn() -> F,
) -> Result<T, Unanswered<E>>
where
    F: Future<Output = Result<T, Unanswered<E>>>,
{
    let Some(pauses) = pauses else {
        return ask().await;
    };
    let mut pauses = pauses.all();
    loop {
        let (why, wait_ms) = match ask().await {
            Err(Unanswered::ForNow { why, wait_ms }) => (why, wait_ms),
            answered => return answered,
        };
        let wait = Duration::from_millis(wait_ms.unwrap_or_default().unsigned_abs());
        let pause = pauses.next().unwrap_or_default().max(wait);
        tracing::warn!("{what}, and is asked again in {} ms: {why}", pause.as_millis());
        tokio::time::sleep(pause).await;
    }
}

/// Makes serenity's HTTP client for Discord, or for the server that stands in for it.
pub(super) fn http(
    token: &str,
    client: &reqwest::Client,
    base: Option<&str>,
    circuit_breaker: &Arc<CircuitBreaker>,
) -> Http {
    let http = HttpBuilder::new(token).client(client.clone());
    let mut http = match base {
        None => http.build(),
        // While serenity's limiter is on, the proxy is ignored: requests and the token would go to
        // the real Discord.
        Some(base) => http.proxy(base).ratelimiter_disabled(true).build(),
    };
    if let Some(limiter) = &mut http.ratelimiter {
        let circuit_breaker = circuit_breaker.clone();
        limiter.set_ratelimit_callback(Box::new(move |info| waits(&circuit_breaker, &info)));
    }
    http
}

/// Notes a wait of serenity's limiter. The limiter waits and asks again by itself. It does not say
/// whether it waits before a request or after a 429, so both are counted, which errs on the safe
/// side.
fn waits(circuit_breaker: &CircuitBreaker, info: &RatelimitInfo) {
    let refusal = if info.global {
        Refusal::Global
    } else {
        Refusal::Invalid
    };
    circuit_breaker.refused(refusal, i64::try_from(info.timeout.as_millis()).ok());
}

/// Asks the server at `base` for its gateway, and accepts only a WebSocket URL on the same host.
///
/// # Errors
/// What is wrong, as a part of a sentence.
async fn check_gateway(client: &reqwest::Client, base: &str) -> Result<String, Unanswered<String>> {
    let for_now = |why: String| Unanswered::ForNow { why, wait_ms: None };
    let answer = client.get(format!("{base}/api/v10/gateway")).send().await;
    let answer = answer.map_err(|_| for_now("it cannot be reached".to_owned()))?;
    let status = answer.status();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(for_now(format!("it answers {}", status.as_u16())));
    }
    let body = answer.bytes().await;
    let body = body.map_err(|_| for_now("its answer was cut".to_owned()))?;
    own_gateway(&body, base).map_err(Unanswered::ForGood)
}

/// Reads the URL of a gateway on the same host as `base`.
fn own_gateway(body: &[u8], base: &str) -> Result<String, String> {
    let body: Value =
        serde_json::from_slice(body).map_err(|_| "its /gateway does not answer with JSON".to_owned())?;
    let gateway = body["url"].as_str().and_then(|url| Url::parse(url).ok());
    let gateway = gateway.ok_or_else(|| "its /gateway names no URL".to_owned())?;
    let own = Url::parse(base).map_err(|error| error.to_string())?;
    if matches!(gateway.scheme(), "ws" | "wss") && gateway.host() == own.host() {
        Ok(gateway.to_string())
    } else {
        Err(format!(
            "its /gateway names {gateway}, which is not a WebSocket on the same host"
        ))
    }
}
