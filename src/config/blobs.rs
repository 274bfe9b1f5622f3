//! Checks where the original pictures are kept.

use secrecy::{ExposeSecret, SecretString};

use super::address::{check_base_url, shown};
use super::error::Error;
use super::names::short_key;
use super::secret_files::SUFFIX;
use super::tree::{Blobs, BlobsConfig};
use crate::domain::image::place::{Access, BadPlace, Place};

const FOLDER: &str = "blobs.folder";
const URL: &str = "blobs.url";
/// What the variables of Amazon's tools begin with.
const AMAZON: &str = "AWS_";
/// Other names of the endpoint. The first goes before the usual one, the second after it.
const ENDPOINT_OF_S3: &str = "AWS_ENDPOINT_URL_S3";
const ENDPOINT: &str = "AWS_ENDPOINT";

/// Returns the variables of Amazon's tools that are no settings of ours, those that are empty left
/// out.
pub(super) fn of_amazon(environment: &[(String, String)]) -> Vec<(String, SecretString)> {
    // The file of a secret is read like those of other secrets.
    let ours = |name: &str| short_key(name.strip_suffix(SUFFIX).unwrap_or(name)).is_some();
    let theirs = |name: &str, value: &str| name.starts_with(AMAZON) && !ours(name) && !value.is_empty();
    let found = environment.iter().filter(|(name, value)| theirs(name, value));
    found
        .map(|(name, value)| (name.clone(), value.clone().into()))
        .collect()
}

impl Blobs {
    /// Returns the folder or the bucket. `amazon` are variables of Amazon's tools.
    ///
    /// # Errors
    /// [`Error::Value`] for what cannot be right.
    pub(super) fn check(self, amazon: Vec<(String, SecretString)>) -> Result<BlobsConfig, Error> {
        if self.url.is_empty() {
            let url = self.folder.to_str().filter(|folder| folder.contains("://"));
            if let Some(url) = url {
                return Err(no_place(FOLDER, url, "a URL is named in blobs.url"));
            }
            let place = Place::Folder(self.folder);
            return Ok(BlobsConfig { key: FOLDER, place });
        }
        let place = self.url.parse::<Place>();
        let place = place.map_err(|bad: BadPlace| no_place(URL, &self.url, &bad.to_string()))?;
        let access = self.access(amazon)?;
        let place = place.reached_by(access);
        Ok(BlobsConfig { key: URL, place })
    }

    fn access(self, mut variables: Vec<(String, SecretString)>) -> Result<Access, Error> {
        let mut named = |name: &str| {
            let at = variables.iter().position(|(other, _)| other == name)?;
            Some(variables.swap_remove(at).1.expose_secret().to_owned())
        };
        let (first, last) = (named(ENDPOINT_OF_S3), named(ENDPOINT));
        let ours = Some(self.endpoint).filter(|endpoint| !endpoint.is_empty());
        let endpoint = first.or(ours).or(last).unwrap_or_default();
        for (key, address) in [
            ("blobs.endpoint", &endpoint),
            ("blobs.public_endpoint", &self.public_endpoint),
        ] {
            if !address.is_empty() {
                check_base_url(key.to_owned(), address)?;
            }
        }
        let keys = [&self.access_key_id, &self.secret_access_key].map(|key| key.expose_secret().trim());
        if keys[0].is_empty() != keys[1].is_empty() {
            let (is_set, missing) = if keys[0].is_empty() {
                ("blobs.secret_access_key", "blobs.access_key_id")
            } else {
                ("blobs.access_key_id", "blobs.secret_access_key")
            };
            return Err(Error::Value {
                key: is_set.into(),
                value: "(set)".to_owned(),
                fix: format!("{missing} is empty, and one is of no use without the other"),
            });
        }
        let ours = [
            ("AWS_REGION", self.region.as_str()),
            ("AWS_ACCESS_KEY_ID", keys[0]),
            ("AWS_SECRET_ACCESS_KEY", keys[1]),
        ];
        let ours = ours.iter().filter(|(_, value)| !value.is_empty());
        variables.extend(ours.map(|(name, value)| ((*name).to_owned(), SecretString::from(*value))));
        Ok(Access {
            endpoint,
            public_endpoint: self.public_endpoint,
            variables,
        })
    }
}

fn no_place(key: &'static str, value: &str, fix: &str) -> Error {
    Error::Value {
        key: key.into(),
        value: shown(value),
        fix: fix.to_owned(),
    }
}
