//! Connects to Discord, or to the server that stands in for it.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect::Policy;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use serenity::all::{Http, HttpBuilder, RatelimitInfo};
use url::Url;

use super::circuit_breaker::{CircuitBreaker, Refusal};
use super::rate_limiter::RateLimiter;
use super::{Discord, Error};
use crate::clock::Clock;
use crate::domain::ids::UserId;

const CONNECT: Duration = Duration::from_secs(10);
/// The most that a request may take. It suffices for a 10 MiB upload over a slow line.
const ANSWER: Duration = Duration::from_secs(90);

/// Why there is no connection to Discord.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Discord refused the token or could not be reached.
    #[error("Discord did not let the bot in; is discord.token right?")]
    Refused(#[source] Error),
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
    /// # Errors
    /// [`ConnectError`] when the token is refused, Discord cannot be reached, no client can be
    /// made, or the server at `api_base` does not name its own gateway.
    pub async fn connect(
        client: reqwest::ClientBuilder,
        token: &SecretString,
        api_base: &str,
        clock: Clock,
    ) -> Result<Self, ConnectError> {
        let client = client.build().map_err(ConnectError::Client)?;
        let base = (!api_base.is_empty()).then(|| api_base.trim_end_matches('/').to_owned());
        let mut gateway = None;
        if let Some(base) = &base {
            let checked = check_gateway(&client, base).await;
            gateway = Some(checked.map_err(|why| ConnectError::Gateway {
                base: base.clone(),
                why,
            })?);
        }
        let circuit_breaker = Arc::new(CircuitBreaker::new(clock));
        let http = Arc::new(http(
            token.expose_secret(),
            &client,
            base.as_deref(),
            &circuit_breaker,
        ));
        let rate_limiter = Arc::new(RateLimiter::default());
        let mut discord = Self {
            http,
            client,
            base,
            gateway,
            me: UserId::new(0),
            rate_limiter,
            circuit_breaker,
            guilds: Arc::default(),
        };
        discord.introduce().await.map_err(ConnectError::Refused)?;
        Ok(discord)
    }

    /// Asks for the bot's user and for its application. serenity needs the application's id to
    /// answer an interaction.
    async fn introduce(&mut self) -> Result<(), Error> {
        use serenity::all::{LightMethod, Route};
        let me: super::User = self
            .json(self.request(Route::UserMe, LightMethod::Get, None, Vec::new()))
            .await?;
        self.me = UserId::new(me.id.get());
        let application: super::Id = self
            .json(self.request(
                Route::Oauth2ApplicationCurrent,
                LightMethod::Get,
                None,
                Vec::new(),
            ))
            .await?;
        self.http.set_application_id(application.id.get().into());
        Ok(())
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
async fn check_gateway(client: &reqwest::Client, base: &str) -> Result<String, String> {
    let answer = client.get(format!("{base}/api/v10/gateway")).send().await;
    let answer = answer.map_err(|_| "it cannot be reached".to_owned())?;
    let body: Value = answer
        .json()
        .await
        .map_err(|_| "its /gateway does not answer with JSON".to_owned())?;
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
