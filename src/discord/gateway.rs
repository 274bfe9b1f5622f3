//! What the gateway needs to know of Discord's REST side: where it is, and how many sessions may be begun.

use std::sync::Arc;

use serenity::all::{BotGateway, Http, LightMethod, Route};
use url::{Host, Url};

use super::{Discord, Error};

/// Where Discord's own gateways are.
const OWN_DOMAIN: &str = ".discord.gg";

/// What Discord lets the bot begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Where a new session is begun.
    pub url: String,
    /// How many shards Discord recommends.
    pub shards: u32,
    /// How many sessions may be begun in 24 hours.
    pub total: u64,
    /// How many are left. After the last one Discord resets the token.
    pub remaining: u64,
    /// When the count begins anew, in milliseconds from now.
    pub reset_after_ms: u64,
    /// How many shards may begin at once: `shard % max_concurrency` are the buckets.
    pub max_concurrency: u64,
}

impl Discord {
    /// Asks how many sessions may still be begun, and where.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn allowance(&self) -> Result<Allowance, Error> {
        let told: BotGateway = self
            .json(self.request(Route::GatewayBot, LightMethod::Get, None, None))
            .await?;
        let limit = told.session_start_limit;
        Ok(Allowance {
            url: self.gateway.clone().unwrap_or(told.url),
            shards: told.shards.max(1),
            total: limit.total,
            remaining: limit.remaining,
            reset_after_ms: limit.reset_after,
            max_concurrency: limit.max_concurrency.max(1),
        })
    }

    /// Whether the token may be sent to this URL, which a session named for its resumption: it must be Discord's, or with a
    /// base of our own on the same host as the gateway that the base named.
    #[must_use]
    pub fn trusts(&self, url: &str) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        match &self.gateway {
            None => {
                let theirs = |domain: &str| domain.ends_with(OWN_DOMAIN);
                url.scheme() == "wss" && matches!(url.host(), Some(Host::Domain(domain)) if theirs(domain))
            }
            Some(own) => {
                Url::parse(own).is_ok_and(|own| url.host() == own.host() && url.scheme() == own.scheme())
            }
        }
    }

    /// serenity's client, for its gateway.
    #[must_use]
    pub fn http(&self) -> Arc<Http> {
        self.http.clone()
    }
}
