//! Where original pictures and references are kept: a folder, or a bucket.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::SecretString;

const BUCKET: &str = "s3://";
const FOLDER: &str = "file:";

/// Where original pictures and references are kept.
#[derive(Clone, Debug)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket of a service that speaks the protocol of Amazon S3, or a part of one.
    Bucket(Bucket),
}

/// A bucket, or a part of one.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name.
    pub name: String,
    /// What the keys of its files begin with, without a slash at either end. Empty: nothing.
    pub prefix: String,
    /// How it is reached.
    pub access: Access,
}

/// How a bucket is reached.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// Where the service is, by which it is asked. Empty: Amazon's.
    pub endpoint: String,
    /// Where people reach it, for links. Empty: `endpoint`, if that is safe to send people to.
    pub public_endpoint: String,
    /// All else, keys too, by the names of the variables that Amazon's own tools read.
    pub variables: Vec<(String, SecretString)>,
}

/// Why something names no place. Says what may be there instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPlace {
    /// It is a URL of another kind.
    #[error("it may be a folder's path, file:PATH, or s3://BUCKET/PREFIX")]
    Scheme,
    /// It is empty, or a URL without a path.
    #[error("a folder's path is missing")]
    NoFolder,
    /// The name of the bucket cannot be one.
    #[error(
        "the name of a bucket has letters, digits, dots, hyphens and underscores alone; keys have no place in it"
    )]
    Bucket,
    /// What follows the name cannot be the beginning of a key.
    #[error(
        "what follows the bucket may be names of letters, digits, dots, hyphens and underscores, with / between them"
    )]
    Prefix,
}

impl Place {
    /// Adds how a bucket is reached. A folder needs nothing.
    #[must_use]
    pub fn reached_by(self, access: Access) -> Self {
        match self {
            Self::Folder(folder) => Self::Folder(folder),
            Self::Bucket(bucket) => Self::Bucket(Bucket { access, ..bucket }),
        }
    }

    /// Returns whether this is the same place as another, as far as their names tell.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Folder(one), Self::Folder(other)) => one == other,
            (Self::Bucket(one), Self::Bucket(other)) => {
                (&one.name, &one.prefix) == (&other.name, &other.prefix)
            }
            (Self::Folder(_), Self::Bucket(_)) | (Self::Bucket(_), Self::Folder(_)) => false,
        }
    }
}

impl FromStr for Place {
    type Err = BadPlace;

    fn from_str(text: &str) -> Result<Self, BadPlace> {
        if let Some(bucket) = text.strip_prefix(BUCKET) {
            let (name, prefix) = bucket.split_once('/').unwrap_or((bucket, ""));
            let prefix = prefix.trim_end_matches('/');
            if !is_name(name) {
                return Err(BadPlace::Bucket);
            }
            if !prefix.is_empty() && !prefix.split('/').all(is_name) {
                return Err(BadPlace::Prefix);
            }
            return Ok(Self::Bucket(Bucket {
                name: name.to_owned(),
                prefix: prefix.to_owned(),
                access: Access::default(),
            }));
        }
        // file:///absolute, file:/absolute and file:relative, as in sqlite:PATH.
        let folder = match text.strip_prefix(FOLDER) {
            Some(path) => path.strip_prefix("//").unwrap_or(path),
            None if text.contains("://") => return Err(BadPlace::Scheme),
            None => text,
        };
        if folder.is_empty() {
            return Err(BadPlace::NoFolder);
        }
        Ok(Self::Folder(folder.into()))
    }
}

fn is_name(name: &str) -> bool {
    let good = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    !name.is_empty() && name != "." && name != ".." && name.chars().all(good)
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Bucket(Bucket { name, prefix, .. }) if prefix.is_empty() => write!(f, "{BUCKET}{name}"),
            Self::Bucket(Bucket { name, prefix, .. }) => write!(f, "{BUCKET}{name}/{prefix}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_path_or_a_bucket_and_reads_back() {
        for (text, shown) in [
            ("blobs", "blobs"),
            ("/var/lib/green light", "/var/lib/green light"),
            ("file:/var/lib/blobs", "/var/lib/blobs"),
            ("file:///var/lib/blobs", "/var/lib/blobs"),
            ("file:blobs", "blobs"),
            ("s3://pictures", "s3://pictures"),
            ("s3://pictures/", "s3://pictures"),
            ("s3://pictures/bot/one/", "s3://pictures/bot/one"),
        ] {
            let place: Place = text.parse().unwrap();
            assert_eq!(place.to_string(), shown);
            assert!(place.is(&shown.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_is_no_place_is_refused_before_a_folder_of_that_name_is_made() {
        for (text, why) in [
            ("", BadPlace::NoFolder),
            ("file:", BadPlace::NoFolder),
            ("gs://pictures", BadPlace::Scheme),
            ("https://s3.example/pictures", BadPlace::Scheme),
            ("s3://", BadPlace::Bucket),
            ("s3://key:secret@pictures", BadPlace::Bucket),
            ("s3://pictures?region=x", BadPlace::Bucket),
            ("s3://pictures/a//b", BadPlace::Prefix),
            ("s3://pictures/../other", BadPlace::Prefix),
            ("s3://pictures/a b", BadPlace::Prefix),
        ] {
            assert_eq!(text.parse::<Place>().unwrap_err(), why, "{text}");
        }
    }
}
