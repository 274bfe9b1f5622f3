//! Asks which models a service offers, for `greenlight doctor --online`. The question costs
//! nothing.

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;

use super::Unasked;
use super::http::body::{self, Unreadable};
use super::http::operator::Known;

/// How long the answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Largest list that is read, in bytes: some gateways offer hundreds of models, with a page about
/// each.
const LIST_BYTES: usize = 8 * 1024 * 1024;

/// A service that is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    /// Which it is.
    pub(super) of: &'a Known,
    /// The status with which it turns a bad key away.
    pub(super) bad_key: u16,
}

impl Asked<'_> {
    /// Asks for the list.
    pub(super) async fn list<T: DeserializeOwned + Send + 'static>(
        self,
        request: RequestBuilder,
    ) -> Result<T, Unasked> {
        let response = self.send(request).await?;
        let status = response.status();
        if !status.is_success() {
            return Err(self.refused(status));
        }
        let list = body::read::<T>(response, LIST_BYTES).await;
        list.map_err(|why| match why {
            Unreadable::Cut => self.away(&why.to_string()),
            Unreadable::Wrong(why) => self.unlisted(&why),
        })
    }

    /// Asks whether the service is there and takes the key, where it has no list.
    pub(super) async fn reach(self, request: RequestBuilder) -> Result<(), Unasked> {
        let status = self.send(request).await?.status();
        match status.as_u16() {
            bad if bad == self.bad_key => Err(self.refused(status)),
            500.. => Err(self.away(&format!("it answered {}", status.as_u16()))),
            _ => Ok(()),
        }
    }

    async fn send(self, request: RequestBuilder) -> Result<Response, Unasked> {
        request.timeout(PATIENCE).send().await.map_err(|error| {
            if error.is_timeout() {
                self.away("it does not answer")
            } else {
                self.away(&format!(
                    "it cannot be reached at engines.{}.base_url",
                    self.of.engine
                ))
            }
        })
    }

    fn away(self, why: &str) -> Unasked {
        Unasked::Away(self.said(why))
    }

    /// Returns the error of a service that gave no list that can be used.
    pub(super) fn unlisted(self, why: &str) -> Unasked {
        Unasked::Unlisted(self.said(why))
    }

    fn said(self, why: &str) -> String {
        format!("{} could not be asked for its models: {why}", self.of.engine)
    }

    /// Judges a refusal by the status alone: an answer's own words may repeat the key.
    fn refused(self, status: StatusCode) -> Unasked {
        let engine = &self.of.engine;
        let told = |why: &str| {
            format!(
                "{engine} answered {} when it was asked for its models: {why}",
                status.as_u16()
            )
        };
        match status.as_u16() {
            status if status == self.bad_key => Unasked::TurnedAway(told(&self.of.good_key())),
            // Some keys may draw, but may not list.
            403 => Unasked::Unlisted(told(
                "this key may not list them, so nothing is known of those of the stages",
            )),
            404 | 405 => Unasked::Unlisted(told(&format!(
                "there is no list; is engines.{engine}.base_url right?"
            ))),
            _ => Unasked::Away(told("try again later")),
        }
    }
}
