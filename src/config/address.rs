//! Addresses of services.

use super::error::Error;

pub(super) fn check_api_base(base: &str) -> Result<(), Error> {
    if base.is_empty() {
        return Ok(());
    }
    if http_url(base).is_some_and(|url| url.path() == "/") {
        return Ok(());
    }
    let fix = "it may be empty or http://host:port, without a path".to_owned();
    Err(Error::Value {
        key: "discord.api_base".into(),
        value: shown(base),
        fix,
    })
}

/// Shows an address that is no good, unless it may hold a password.
pub(super) fn shown(address: &str) -> String {
    if address.contains('@') {
        "(not shown)".to_owned()
    } else {
        address.to_owned()
    }
}

/// Reads the address of an API; nothing if it is none. A name and a password have no place in it:
/// they would be printed with it.
fn http_url(base: &str) -> Option<url::Url> {
    let parsed = url::Url::parse(base).ok()?;
    let good = matches!(parsed.scheme(), "http" | "https")
        && parsed.has_host()
        && parsed.query().is_none()
        && parsed.fragment().is_none();
    let good = good && parsed.username().is_empty() && parsed.password().is_none();
    good.then_some(parsed)
}

pub(super) fn check_base_url(key: String, base: &str) -> Result<(), Error> {
    if http_url(base).is_some() && !base.ends_with('/') {
        return Ok(());
    }
    Err(Error::Value {
        key: key.into(),
        value: shown(base),
        fix: "it may be http://… or https://…, without a name, a password or a slash at the end".to_owned(),
    })
}
