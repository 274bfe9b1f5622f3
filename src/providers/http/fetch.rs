//! Fetches a picture from the address that a service names.

use reqwest::Url;

use super::body::{Body, Unreadable, bytes};
use super::lenient::decoded;
use super::service::Service;
use crate::domain::limits;
use crate::media;

/// What came of fetching a picture.
#[derive(Debug)]
pub(in crate::providers) enum Fetched {
    /// The file.
    File(Vec<u8>),
    /// It cannot be had now.
    Away,
    /// It can never be had. Holds why.
    Never(String),
}

impl Service {
    /// Fetches the file at an address: over TLS, or where the service itself is. The key is not sent
    /// along: the file is elsewhere.
    pub(in crate::providers) async fn fetch(&self, address: &str) -> Fetched {
        if address.trim_start().starts_with("data:") {
            let file = decoded(address);
            return file.map_or_else(
                || Fetched::Never("the picture is not base64".to_owned()),
                Fetched::File,
            );
        }
        let Some(url) = self.may_fetch(address) else {
            return Fetched::Never("the picture is at an address that is not fetched".to_owned());
        };
        let Ok(response) = self.client().get(url).send().await else {
            return Fetched::Away;
        };
        if !response.status().is_success() {
            return Fetched::Away;
        }
        let body = Body::from(response);
        let framed = body.is_framed();
        match bytes(body, limits::PICTURE_BYTES).await {
            Ok(file) if framed => Fetched::File(file),
            Ok(file) => whole(file).await.map_or(Fetched::Away, Fetched::File),
            Err(Unreadable::Cut) => Fetched::Away,
            Err(Unreadable::Wrong(why)) => Fetched::Never(why),
        }
    }

    /// Returns the address of a file if it may be fetched.
    fn may_fetch(&self, address: &str) -> Option<Url> {
        let url: Url = address.parse().ok()?;
        (url.scheme() == "https" || self.is_at(&url)).then_some(url)
    }

    /// Returns whether an address is where the service itself is.
    pub(in crate::providers) fn is_at(&self, url: &Url) -> bool {
        self.url("")
            .parse::<Url>()
            .is_ok_and(|own| own.origin() == url.origin())
    }
}

/// Returns a file that is a whole picture. The end of an answer that never said where it would end
/// may be a cut.
async fn whole(file: Vec<u8>) -> Option<Vec<u8>> {
    let load = media::load(&[&file]);
    let probed = media::work(load, move || media::probe(&file).is_ok().then_some(file));
    probed.await.ok().flatten()
}
