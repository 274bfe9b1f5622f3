//! The parameters of a request's query. Those that do not fit are refused in Discord's words, all at
//! once.

use std::convert::Infallible;
use std::ops::RangeInclusive;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;

use crate::clock::parse_iso;
use crate::snowflake::Id;
use crate::state::model::errors::{ApiResult, FormErrors};

/// The parameters of a query, read one by one. [`Parameters::check`] tells what did not fit.
#[derive(Default)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
    errors: FormErrors,
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        Ok(Self {
            pairs: pairs.map(|Query(pairs)| pairs).unwrap_or_default(),
            errors: FormErrors::default(),
        })
    }
}

impl Parameters {
    fn text(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Reads an id.
    pub(crate) fn id(&mut self, name: &str) -> Option<Id> {
        let text = self.text(name)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            let message = format!("Value \"{text}\" is not snowflake.");
            self.errors.add(name, "NUMBER_TYPE_COERCE", message);
        }
        parsed
    }

    /// Reads how many, within bounds; `default` if it is not given.
    pub(crate) fn count(&mut self, name: &str, default: usize, bounds: RangeInclusive<usize>) -> usize {
        let Some(text) = self.text(name) else {
            return default;
        };
        let (min, max) = (bounds.start(), bounds.end());
        let (code, message) = match text.parse::<i64>().map(usize::try_from) {
            Ok(Ok(count)) if bounds.contains(&count) => return count,
            Ok(Ok(count)) if count > *max => (
                "NUMBER_TYPE_MAX",
                format!("int value should be less than or equal to {max}."),
            ),
            Ok(_) => (
                "NUMBER_TYPE_MIN",
                format!("int value should be greater than or equal to {min}."),
            ),
            Err(_) => ("NUMBER_TYPE_COERCE", format!("Value \"{text}\" is not int.")),
        };
        self.errors.add(name, code, message);
        default
    }

    /// Reads a boolean: `true`, `True` and `1`, or `false`, `False` and `0`; false if it is not
    /// given.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        match self.text(name) {
            Some("true" | "True" | "1") => true,
            Some("false" | "False" | "0") | None => false,
            Some(_) => {
                let message = "Must be either true or false.";
                self.errors.add(name, "BOOLEAN_TYPE_CONVERT", message);
                false
            }
        }
    }

    /// Reads a moment, as milliseconds since 1970.
    pub(crate) fn moment(&mut self, name: &str) -> Option<u64> {
        let text = self.text(name)?;
        let parsed = parse_iso(text);
        if parsed.is_none() {
            let message = format!("Could not parse \"{text}\". Should be ISO8601.");
            self.errors.add(name, "DATE_TIME_TYPE_PARSE", message);
        }
        parsed
    }

    /// Refuses a query with more than one of these.
    pub(crate) fn exclusive(&mut self, names: &[&str]) {
        let given: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| self.text(name).is_some())
            .collect();
        if given.len() > 1 {
            let message = format!("{} are mutually exclusive", given.join(", "));
            for name in given {
                self.errors.add(name, "QUERY_MUTUALLY_EXCLUSIVE", message.clone());
            }
        }
    }

    /// Refuses the query if something in it did not fit (50035).
    pub(crate) fn check(self) -> ApiResult<()> {
        self.errors.check()
    }
}
