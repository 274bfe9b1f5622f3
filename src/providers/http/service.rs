//! A service behind HTTP: where it is, its key, and how a paid call of it begins.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{RequestBuilder, Response, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use super::body::read;
use super::operator::Known;
use super::{client, send};
use crate::providers::Answer;

/// A service, and how it is reached.
#[derive(Clone, Debug)]
pub(in crate::providers) struct Service {
    client: reqwest::Client,
    key: SecretString,
    base_url: String,
    known: Known,
}

impl Service {
    /// Makes a client for the service at `base_url`, an address without a slash at its end.
    ///
    /// # Errors
    /// When the machine has no TLS to offer.
    pub(in crate::providers) fn new(
        key: SecretString,
        base_url: String,
        silence: Duration,
        known: Known,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            client: client(silence)?,
            key,
            base_url,
            known,
        })
    }

    /// Names the engine of the service, and the variable that holds its key.
    pub(in crate::providers) fn name(&mut self, engine: &str, variable: &str) {
        self.known = Known::of_kind(engine, variable, self.known.draws_with);
    }

    /// Returns the service as the operator knows it.
    pub(in crate::providers) const fn known(&self) -> &Known {
        &self.known
    }

    /// Returns the client, for requests to other addresses.
    pub(in crate::providers) const fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Returns the key. `None` for a service that wants none.
    pub(in crate::providers) fn key(&self) -> Option<&str> {
        Some(self.key.expose_secret()).filter(|key| !key.is_empty())
    }

    /// Returns the address of something that the service has.
    pub(in crate::providers) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base_url)
    }

    /// Begins a question, without the key.
    pub(in crate::providers) fn get(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    /// Begins an order, without the key.
    pub(in crate::providers) fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.url(path))
    }
}

/// A call that gave no picture.
#[derive(Debug)]
pub(in crate::providers) struct Refused {
    /// What that means.
    pub(in crate::providers) answer: Answer,
    /// The headers of the service's answer; none if no answer came.
    pub(in crate::providers) headers: HeaderMap,
}

impl From<Answer> for Refused {
    fn from(answer: Answer) -> Self {
        let headers = HeaderMap::new();
        Self { answer, headers }
    }
}

/// Sends a paid request. Returns the answer of a service that took it, unread.
///
/// # Errors
/// [`Refused`] if the connection failed, or if the service refused. `meaning` then says what the
/// refusal means. A refusal that cannot be read, or is over `max_bytes`, counts as an empty one.
pub(in crate::providers) async fn call<R: DeserializeOwned + Default + Send + 'static>(
    request: RequestBuilder,
    max_bytes: usize,
    meaning: impl FnOnce(StatusCode, &HeaderMap, &R) -> Answer,
) -> Result<Response, Refused> {
    let response = send(request).await?;
    if response.status().is_success() {
        return Ok(response);
    }
    let (status, headers) = (response.status(), response.headers().clone());
    let refusal = read::<R>(response, max_bytes).await.unwrap_or_default();
    let answer = meaning(status, &headers, &refusal);
    Err(Refused { answer, headers })
}
