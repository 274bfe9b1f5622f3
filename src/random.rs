//! Makes random numbers. Only this file asks the machine for them.

use rand::distr::{Distribution, StandardUniform};

/// Returns random bits: a whole number, or an array of them. They are fit for keys.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place that asks the machine")]
pub fn bits<T>() -> T
where
    StandardUniform: Distribution<T>,
{
    rand::random()
}
