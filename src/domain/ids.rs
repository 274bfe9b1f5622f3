//! Names of things. Discord's are snowflakes; ours are [`RenderId`] and [`EntryId`].

use std::fmt;
use std::str::FromStr;

/// The moment from which Discord's ids count, in milliseconds since 1970.
pub const DISCORD_EPOCH_MS: i64 = 1_420_070_400_000;

macro_rules! snowflake {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// Wraps a snowflake.
            #[must_use]
            pub const fn new(id: u64) -> Self {
                Self(id)
            }

            /// Returns the snowflake.
            #[must_use]
            pub const fn get(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

snowflake!(
    /// A Discord server. It owns one pool.
    GuildId
);
snowflake!(
    /// A Discord channel or thread.
    ChannelId
);
snowflake!(
    /// A Discord message.
    MessageId
);
snowflake!(
    /// A Discord user.
    UserId
);
snowflake!(
    /// A role of a Discord server. The role of everyone has the server's own id.
    RoleId
);
snowflake!(
    /// One `/draft`. It has the id of the interaction that asked for it, so that a repeat finds the
    /// first.
    DraftId
);
snowflake!(
    /// A project. It has the id of the interaction that made it, so that a repeat finds the first.
    ProjectId
);

snowflake!(
    /// An entry of the ledger. The database numbers them from 1.
    EntryId
);

impl MessageId {
    /// Returns when the message was posted, in milliseconds since 1970.
    #[must_use]
    pub const fn at_ms(self) -> i64 {
        (self.0 >> 22).cast_signed() + DISCORD_EPOCH_MS
    }
}

/// A token with which anybody can answer an interaction for 15 minutes. It must not be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct AnswerToken(String);

impl AnswerToken {
    /// Wraps a token.
    #[must_use]
    pub const fn new(token: String) -> Self {
        Self(token)
    }

    /// Returns the token, for a request or the database.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AnswerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AnswerToken(…)")
    }
}

/// One render: the paid call that makes a picture of a draft at one stage.
///
/// It is made of 42 bits of milliseconds since 1970 and 21 random bits. So it sorts by age, fits a
/// `BIGINT`, and is known before anything is written. As text it is 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RenderId(u64);

impl RenderId {
    const RANDOM_BITS: u32 = 21;

    /// Makes a new id from the time in milliseconds since 1970 and from random bits.
    #[must_use]
    pub const fn fresh(now_ms: i64, entropy: u64) -> Self {
        let time = now_ms.cast_unsigned() & ((1 << 42) - 1);
        Self((time << Self::RANDOM_BITS) | (entropy & ((1 << Self::RANDOM_BITS) - 1)))
    }

    /// Wraps an id read from the database.
    #[must_use]
    pub const fn new(id: u64) -> Self {
        Self(id)
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the last eight digits of the text, for names that people read. They hold all random
    /// bits, so two ids differ in them as good as always.
    #[must_use]
    pub fn short(self) -> String {
        format!("{:08x}", self.0 & u64::from(u32::MAX))
    }
}

impl fmt::Display for RenderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for RenderId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_render_id_sorts_by_age_fits_a_bigint_and_reads_back() {
        let early = RenderId::fresh(1_700_000_000_000, u64::MAX);
        let late = RenderId::fresh(1_700_000_000_001, 0);
        assert!(early < late);
        assert!(i64::try_from(RenderId::fresh((1 << 42) - 1, u64::MAX).get()).is_ok());
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(early.to_string().len(), 16);
        assert!(early.to_string().ends_with(&early.short()));
    }
}
