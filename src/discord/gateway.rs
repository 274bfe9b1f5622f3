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
            .json(self.request(Route::GatewayBot, LightMethod::Get, None, Vec::new()))
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

    /// Whether the token may be sent to this URL, which a session named for its resumption.
    #[must_use]
    pub fn trusts(&self, url: &str) -> bool {
        is_trusted(self.gateway.as_deref(), url)
    }

    /// serenity's client, for its gateway.
    #[must_use]
    pub fn http(&self) -> Arc<Http> {
        self.http.clone()
    }
}

/// It must be Discord's, or with a base of our own on the same host as the gateway that the base named.
fn is_trusted(own: Option<&str>, url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    match own.map(Url::parse) {
        None => {
            let theirs = matches!(url.host(), Some(Host::Domain(domain)) if domain.ends_with(OWN_DOMAIN));
            theirs && url.scheme() == "wss"
        }
        Some(own) => own.is_ok_and(|own| url.host() == own.host() && url.scheme() == own.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_to_discord_or_to_the_server_that_stands_in_for_it() {
        for url in [
            "wss://gateway-us-east1-b.discord.gg",
            "wss://gateway.discord.gg/?v=10",
        ] {
            assert!(is_trusted(None, url), "{url}");
        }
        let elsewhere = [
            "ws://gateway.discord.gg",
            "wss://discord.gg.example.org",
            "wss://notdiscord.gg",
            "wss://127.0.0.1",
            "",
        ];
        for url in elsewhere {
            assert!(!is_trusted(None, url), "{url}");
        }
        let own = Some("ws://127.0.0.1:4321/gateway");
        assert!(is_trusted(own, "ws://127.0.0.1:4321/gateway/0123"));
        for url in ["ws://127.0.0.2:4321/gateway", "wss://gateway.discord.gg"] {
            assert!(!is_trusted(own, url), "{url}");
        }
    }
}
