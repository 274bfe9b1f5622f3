//! Credits, the money of a guild, with checked arithmetic only.

use std::fmt;

use super::ids::GuildId;

/// A number of credits: whole, from 0 to [`Credits::MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Credits(i64);

/// A sum that is below zero or above [`Credits::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a sum of credits between 0 and {}", Credits::MAX.0)]
pub struct OutOfRange;

impl Credits {
    /// No credits.
    pub const ZERO: Self = Self(0);
    /// The largest sum, which is small enough that a million such sums fit in 64 bits.
    pub const MAX: Self = Self(1_000_000_000_000);

    /// Checks a number.
    ///
    /// # Errors
    /// [`OutOfRange`] below zero or above [`Credits::MAX`].
    pub const fn new(credits: i64) -> Result<Self, OutOfRange> {
        if credits < 0 || credits > Self::MAX.0 {
            Err(OutOfRange)
        } else {
            Ok(Self(credits))
        }
    }

    /// Returns the credits as a plain number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Adds two numbers of credits.
    ///
    /// # Errors
    /// [`OutOfRange`] above [`Credits::MAX`].
    pub const fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        Self::new(self.0 + other.0)
    }

    /// Subtracts `other`.
    ///
    /// # Errors
    /// [`OutOfRange`] when the other is larger.
    pub const fn minus(self, other: Self) -> Result<Self, OutOfRange> {
        Self::new(self.0 - other.0)
    }

    /// Multiplies the credits by `n`.
    ///
    /// # Errors
    /// [`OutOfRange`] above [`Credits::MAX`].
    pub fn times(self, n: usize) -> Result<Self, OutOfRange> {
        let n = i64::try_from(n).map_err(|_| OutOfRange)?;
        Self::new(self.0.checked_mul(n).ok_or(OutOfRange)?)
    }

    /// Returns whether so many credits pay a price. The one comparison of credits with a price outside
    /// the ledger.
    #[must_use]
    pub const fn covers(self, price: Self) -> bool {
        price.0 <= self.0
    }

    /// Formats the number alone, with separators: `1,000`.
    #[must_use]
    pub fn number(self) -> String {
        let digits = self.0.to_string();
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (i, digit) in digits.chars().enumerate() {
            if i > 0 && (digits.len() - i).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = if self.0 == 1 { "credit" } else { "credits" };
        write!(f, "{} {unit}", self.number())
    }
}

/// The pool has fewer credits available than a purchase needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InsufficientCredits {
    /// What the purchase needs.
    pub need: Credits,
    /// What the pool has available.
    pub available: Credits,
}

/// The pool of a guild, together with the guild.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GuildPool {
    /// The guild that owns the pool.
    pub guild: GuildId,
    /// The credits of the pool.
    pub sums: Pool,
}

/// The credits of one guild. granted = available + held + settled, each at least zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pool {
    /// All credits that were ever granted, less those that were taken back.
    pub granted: Credits,
    /// The credits that are reserved for renders under way.
    pub held: Credits,
    /// The credits that are spent for good.
    pub settled: Credits,
    /// The credits that can still be reserved.
    pub available: Credits,
}

impl Pool {
    /// Makes a pool and works out what is available.
    ///
    /// # Errors
    /// [`OutOfRange`] when more is held and settled than was granted: the books are broken.
    pub fn new(granted: Credits, held: Credits, settled: Credits) -> Result<Self, OutOfRange> {
        let available = granted.minus(held)?.minus(settled)?;
        Ok(Self {
            granted,
            held,
            settled,
            available,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn credits_read_well() {
        let text = |n| Credits::new(n).map(|c| c.to_string());
        assert_eq!(text(0), Ok("0 credits".to_owned()));
        assert_eq!(text(1), Ok("1 credit".to_owned()));
        assert_eq!(text(1_000), Ok("1,000 credits".to_owned()));
        assert_eq!(text(1_234_567), Ok("1,234,567 credits".to_owned()));
    }

    #[test]
    fn a_sum_stops_at_its_limits() {
        assert_eq!(Credits::new(-1), Err(OutOfRange));
        assert_eq!(Credits::MAX.plus(Credits(1)), Err(OutOfRange));
        assert_eq!(Credits::MAX.times(2), Err(OutOfRange));
        assert_eq!(Credits::ZERO.minus(Credits(1)), Err(OutOfRange));
        assert_eq!(Credits::MAX.plus(Credits::ZERO), Ok(Credits::MAX));
    }

    proptest! {
        #[test]
        fn a_pool_always_adds_up(granted in 0..10_000_i64, held in 0..10_000_i64, settled in 0..10_000_i64) {
            let pool = Pool::new(Credits(granted), Credits(held), Credits(settled));
            if held + settled > granted {
                prop_assert_eq!(pool, Err(OutOfRange));
            } else {
                let pool = pool.unwrap();
                prop_assert_eq!(pool.available.get() + pool.held.get() + pool.settled.get(), pool.granted.get());
            }
        }
    }
}
