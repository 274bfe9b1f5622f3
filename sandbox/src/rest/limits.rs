//! Rate limits of every REST request: the headers of its bucket, the 429, the ban.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::core::Core;
use crate::state::model::errors::ApiError;
use crate::state::rate_limits::{BucketState, LimitedRequest, Scope, Verdict};

/// What the proxy in front of Discord answers to a banned bot: no JSON, and no code of Discord's.
const BANNED: &str = "<!doctype html>\n<html><head><title>Access denied | discord.com used Cloudflare to restrict access\
</title></head><body><h1>Error 1015</h1><h2>You are being rate limited</h2><p>The owner of this website (discord.com) \
has banned you temporarily from accessing this website.</p></body></html>\n";

/// Holds a request to the rate limits. Returns its bucket, or the answer that it gets instead.
pub(super) fn ask(core: &Core, request: &Request, path: &str) -> Result<Option<BucketState>, Box<Response>> {
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or_else(String::new, |matched| pattern(matched.as_str()));
    let asked = LimitedRequest {
        method: request.method().as_str(),
        route: &route,
        major: major(path),
    };
    let (verdict, now) = core.touch(|state| {
        let now = state.now();
        (state.limiter_mut().check(&asked, now), now)
    });
    tracing::trace!(?verdict, now, "a request");
    match verdict {
        Verdict::Pass(standing) => Ok(standing),
        Verdict::Wait {
            scope,
            after_ms,
            bucket,
        } => {
            let mut response = ApiError::limited(scope, seconds(after_ms)).into_response();
            if let Some(bucket) = &bucket {
                tell(&mut response, bucket);
            }
            Err(Box::new(response))
        }
        Verdict::Banned { status, after_ms } => Err(Box::new(banned(status, after_ms))),
    }
}

/// Counts a response towards the ban, and adds the rate limit headers of the request's bucket,
/// except to a 429 of the global limit. Adds `Via` unless the response has a `Server` header:
/// discord.py takes a 429 without `Via` for a ban.
pub(super) fn answered(core: &Core, response: &mut Response, bucket: Option<&BucketState>) {
    let status = response.status().as_u16();
    let scope = response.extensions().get::<Scope>().copied().unwrap_or_default();
    core.touch(|state| {
        let now = state.now();
        state.limiter_mut().count_answer(status, scope, now);
    });
    if !response.headers().contains_key(header::SERVER) {
        let via = HeaderValue::from_static("1.1 google");
        response.headers_mut().insert(header::VIA, via);
    }
    if let Some(bucket) = bucket
        && scope != Scope::Global
    {
        tell(response, bucket);
    }
}

fn tell(response: &mut Response, bucket: &BucketState) {
    let told = [
        ("x-ratelimit-limit", bucket.limit.to_string()),
        ("x-ratelimit-remaining", bucket.remaining.to_string()),
        ("x-ratelimit-reset", format!("{:.3}", seconds(bucket.reset_ms))),
        (
            "x-ratelimit-reset-after",
            format!("{:.3}", seconds(bucket.after_ms)),
        ),
        ("x-ratelimit-bucket", bucket.bucket.clone()),
    ];
    for (name, value) in told {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
}

fn banned(status: u16, after_ms: u64) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::TOO_MANY_REQUESTS);
    let mut response = (status, Html(BANNED)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::SERVER, HeaderValue::from_static("cloudflare"));
    if status == StatusCode::TOO_MANY_REQUESTS {
        headers.insert(header::RETRY_AFTER, after_ms.div_ceil(1_000).into());
    }
    response
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
fn seconds(ms: u64) -> f64 {
    ms as f64 / 1_000.0
}

/// Returns a route without its prefix, with `{}` for its parameters.
fn pattern(matched: &str) -> String {
    let mut pattern = String::new();
    for part in below_api(matched).split('/').skip(1) {
        pattern.push('/');
        pattern.push_str(if part.starts_with('{') { "{}" } else { part });
    }
    pattern
}

/// Returns the channel, guild or webhook in a path. Each has buckets of its own.
fn major(path: &str) -> &str {
    let path = below_api(path);
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let parts = match path.split('/').nth(1) {
        Some("channels" | "guilds") => 1,
        Some("webhooks" | "interactions") => 2,
        _ => return "",
    };
    let begin = path.match_indices('/').nth(1).map(|(at, _)| at + 1);
    let end = path
        .match_indices('/')
        .nth(1 + parts)
        .map_or(path.len(), |(at, _)| at);
    begin.map_or("", |begin| &path[begin..end])
}

fn below_api(path: &str) -> &str {
    let path = path.strip_prefix("/api").unwrap_or(path);
    path.strip_prefix("/v10").unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_known_by_its_pattern() {
        let matched = "/api/v10/channels/{channel}/messages/{message}/reactions/{emoji}/@me";
        assert_eq!(pattern(matched), "/channels/{}/messages/{}/reactions/{}/@me");
        assert_eq!(pattern("/api/gateway/bot"), "/gateway/bot");
    }

    #[test]
    fn channels_guilds_and_webhooks_have_buckets_of_their_own() {
        let table = [
            ("/api/v10/channels/42", "42"),
            ("/api/v10/channels/42?x=/", "42"),
            ("/api/channels/42/messages/7", "42"),
            ("/api/v10/guilds/9/members/1", "9"),
            ("/api/v10/webhooks/5/token/messages/@original", "5/token"),
            ("/api/v10/interactions/5/token/callback", "5/token"),
            ("/api/v10/users/@me", ""),
            ("/api/v10", ""),
        ];
        for (path, expected) in table {
            assert_eq!(major(path), expected, "{path}");
        }
    }
}
