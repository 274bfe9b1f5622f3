//! A bucket as a store of pictures.

use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::signer::{Method, SignedUrlOptions, Signer, Url};
use object_store::{BackoffConfig, RetryConfig};
use secrecy::ExposeSecret;

use super::wire::Connector;
use crate::domain::image::place::Bucket;

/// How often a request is sent again that the service could not answer, and how long that may take.
/// Who cannot go on without the answer asks again and again after that.
const RETRIES: usize = 3;
const RETRY_FOR: Duration = Duration::from_secs(10);
const BACKOFF: BackoffConfig = BackoffConfig {
    init_backoff: Duration::from_millis(100),
    max_backoff: Duration::from_secs(2),
    base: 2.0,
};
/// The longest that a link may be valid, by the rules of its signature.
const LONGEST_LINK: Duration = Duration::from_hours(7 * 24);
/// What an address begins with to which people can be sent.
const SAFE: &str = "https://";

/// Makes the files of a bucket, or of the part of it that is ours.
///
/// # Errors
/// When what it is reached by contradicts itself, such as a key without its secret.
pub(super) fn files(bucket: &Bucket) -> object_store::Result<PrefixStore<AmazonS3>> {
    let s3 = builder(bucket, &bucket.access.endpoint).build()?;
    Ok(PrefixStore::new(s3, Key::from(bucket.prefix.as_str())))
}

fn builder(bucket: &Bucket, endpoint: &str) -> AmazonS3Builder {
    let mut builder = AmazonS3Builder::new();
    for (name, value) in &bucket.access.variables {
        // There are other variables of Amazon's than those that a bucket needs.
        if let Ok(key) = name.to_ascii_lowercase().parse() {
            builder = builder.with_config(key, value.expose_secret());
        }
    }
    if !endpoint.is_empty() {
        builder = builder.with_endpoint(endpoint);
    }
    builder
        .with_bucket_name(&bucket.name)
        .with_http_connector(Connector)
        .with_retry(RetryConfig {
            backoff: BACKOFF,
            max_retries: RETRIES,
            retry_timeout: RETRY_FOR,
        })
}

/// Signs links to the files of a bucket.
#[derive(Clone, Debug)]
pub(super) struct Links {
    signer: AmazonS3,
    prefix: String,
}

impl Links {
    /// Returns who signs links, if people can reach the bucket.
    ///
    /// # Errors
    /// As [`files`].
    pub(super) fn of(bucket: &Bucket) -> object_store::Result<Option<Self>> {
        let access = &bucket.access;
        let at = match access.public_endpoint.as_str() {
            "" => &access.endpoint,
            public => public,
        };
        // An address inside, such as that of a container beside the bot, is of no use to people.
        if access.public_endpoint.is_empty() && !at.is_empty() && !at.starts_with(SAFE) {
            return Ok(None);
        }
        Ok(Some(Self {
            signer: builder(bucket, at).build()?,
            prefix: bucket.prefix.clone(),
        }))
    }

    /// Signs a link to a file, which a browser saves under a name.
    pub(super) async fn sign(&self, key: &Key, valid_for: Duration, name: &str) -> object_store::Result<Url> {
        let prefix = Key::from(self.prefix.as_str());
        let whole: Key = prefix.parts().chain(key.parts()).collect();
        let saved = format!("attachment; filename=\"{name}\"");
        let options = SignedUrlOptions::default().with_query([("response-content-disposition", saved)]);
        let valid_for = valid_for.min(LONGEST_LINK);
        let signed = self
            .signer
            .signed_url_opts(Method::GET, &whole, valid_for, &options);
        signed.await
    }
}
