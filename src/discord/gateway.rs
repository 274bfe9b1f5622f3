//! Tells the gateway what only Discord's REST API knows: its URL, and how many sessions may be
//! begun.

use std::sync::Arc;

use serenity::all::{BotGateway, Http, LightMethod, Route};
use url::{Host, Url};

use super::{Discord, Error};

/// The domain of Discord's own gateways.
const OWN_DOMAIN: &str = ".discord.gg";

/// Which sessions Discord lets the bot begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The URL at which a new session begins.
    pub url: String,
    /// How many shards Discord recommends, at least 1.
    pub shards: u32,
    /// How many sessions may begin in 24 hours.
    pub total: u64,
    /// How many sessions can still be started. After the last one Discord resets the token.
    pub remaining: u64,
    /// When the count begins again, in milliseconds from now.
    pub reset_after_ms: u64,
    /// How many shards may begin at once, at least 1. `shard % max_concurrency` is a shard's
    /// bucket; each bucket begins one at a time.
    pub max_concurrency: u64,
}

impl Discord {
    /// Asks Discord how many sessions may still begin, and at which URL.
    ///
    /// # Errors
    /// [`Error`] when Discord refuses or cannot be reached.
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

    /// Returns whether the bot may send its token to the URL at which a session is to be resumed.
    #[must_use]
    pub fn trusts(&self, url: &str) -> bool {
        is_trusted(self.gateway.as_deref(), url)
    }

    /// Returns serenity's client, which its gateway needs.
    #[must_use]
    pub fn http(&self) -> Arc<Http> {
        self.http.clone()
    }
}

/// Returns whether a URL is Discord's. If `own` is set, it must be on the same host as that gateway
/// instead, by the same scheme.
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
