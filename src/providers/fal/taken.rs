//! A call that fal has taken, and where fal says that it can be asked about.

use reqwest::Url;

use super::answer::Submitted;
use crate::providers::http::service::Service;

/// Longest address that is kept, in bytes.
const ADDRESS_BYTES: usize = 500;

/// A call that fal has taken.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    /// fal's number for it.
    pub(super) request: String,
    /// Where fal says how far it is.
    pub(super) status: String,
    /// Where fal says how it ended.
    pub(super) response: String,
    /// Where it is called off.
    pub(super) cancel: String,
}

impl Taken {
    /// Takes the addresses from fal's answer.
    pub(super) fn of(service: &Service, app: &str, number: String, submitted: &Submitted) -> Self {
        let named = [
            &submitted.status_url,
            &submitted.response_url,
            &submitted.cancel_url,
        ];
        Self::at(service, app, number, &named.map(|url| url.0.as_str()))
    }

    /// Takes the addresses from what was noted of fal's answer.
    pub(super) fn noted(service: &Service, app: &str, number: String, noted: Option<&str>) -> Self {
        let noted: Vec<&str> = noted.unwrap_or_default().split(' ').collect();
        Self::at(service, app, number, &noted)
    }

    /// Takes these addresses. Where there is none that may be used, it is under the app's owner and
    /// name, without the rest of the app's path.
    fn at(service: &Service, app: &str, request: String, named: &[&str]) -> Self {
        let mut parts = app.split('/');
        let (owner, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let usual = service.url(&format!("{owner}/{name}/requests/{request}"));
        let address = |i: usize, path: &str| {
            let named = named.get(i).and_then(|named| own(service, named));
            named.unwrap_or_else(|| format!("{usual}{path}"))
        };
        Self {
            status: address(0, "/status"),
            response: address(1, ""),
            cancel: address(2, "/cancel"),
            request,
        }
    }

    /// Returns the addresses, to be noted.
    pub(super) fn addresses(&self) -> String {
        [&self.status, &self.response, &self.cancel]
            .map(String::as_str)
            .join(" ")
    }
}

/// Returns where an address leads at the service itself. The key goes with it, so it must not lead
/// elsewhere: behind a gateway, fal's own address is the same path at the gateway.
fn own(service: &Service, named: &str) -> Option<String> {
    let url: Url = named.parse().ok()?;
    if named.len() > ADDRESS_BYTES || !matches!(url.scheme(), "http" | "https") {
        return None;
    }
    if service.is_at(&url) {
        return Some(url.into());
    }
    let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
    Some(service.url(&format!("{}{query}", url.path().trim_start_matches('/'))))
}
