//! Numbers that have a smallest and a largest value.

use std::borrow::Cow;

use super::error::Error;

/// Refuses a number that is out of range.
pub(super) fn range(key: impl Into<Cow<'static, str>>, value: i64, min: i64, max: i64) -> Result<(), Error> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Error::Value {
        key: key.into(),
        value: value.to_string(),
        fix: format!("it may be {min} to {max}"),
    })
}
