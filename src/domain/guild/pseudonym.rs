//! Makes the pseudonyms that stand in the books for members who asked to be forgotten.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::ids::{GuildId, UserId};

/// The bit that marks a pseudonym. No snowflake has it before the year 2084.
const MARK: u64 = 1 << 63;

/// The key of the hashes. With it, anybody can find out by trial which member a pseudonym stands
/// for.
#[derive(Clone, PartialEq, Eq)]
pub struct PseudonymKey([u8; 32]);

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PseudonymKey(…)")
    }
}

impl PseudonymKey {
    /// Makes a key of 32 random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Returns the key as 64 hexadecimal digits, for the database alone.
    #[must_use]
    pub fn expose(&self) -> String {
        self.0.iter().fold(String::with_capacity(64), |mut digits, byte| {
            digits
                .extend([byte >> 4, byte & 15].map(|half| char::from_digit(half.into(), 16).unwrap_or('0')));
            digits
        })
    }

    /// Reads [`PseudonymKey::expose`] back.
    #[must_use]
    pub fn from_digits(digits: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if digits.len() != 64 {
            return None;
        }
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// Returns the pseudonym of a member in a guild. In one guild it is always the same, so that
    /// the member's spending still counts together. In each guild it is another, so that nobody is
    /// followed from one server to the next.
    ///
    /// # Panics
    /// Never: the hash accepts a key of any length, and has more bytes than are taken.
    #[must_use]
    pub fn pseudonym(&self, guild: GuildId, user: UserId) -> UserId {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("any length is good");
        mac.update(&guild.get().to_be_bytes());
        mac.update(&user.get().to_be_bytes());
        let hash: [u8; 32] = mac.finalize().into_bytes().into();
        let (first, _) = hash.split_first_chunk().expect("32 bytes are more than 8");
        UserId::new(u64::from_be_bytes(*first) | MARK)
    }
}

impl UserId {
    /// Returns whether this id is a pseudonym.
    #[must_use]
    pub const fn is_pseudonym(self) -> bool {
        self.get() & MARK != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: PseudonymKey = PseudonymKey::new([7; 32]);
    const ANA: UserId = UserId::new(1_100_000_000_000_000_011);

    #[test]
    fn an_alias_is_one_of_a_member_a_guild_and_a_key() {
        let here = KEY.pseudonym(GuildId::new(1), ANA);
        assert_eq!(KEY.pseudonym(GuildId::new(1), ANA), here);
        assert!(here.is_pseudonym() && !ANA.is_pseudonym());
        for other in [
            KEY.pseudonym(GuildId::new(2), ANA),
            KEY.pseudonym(GuildId::new(1), UserId::new(2)),
            PseudonymKey::new([8; 32]).pseudonym(GuildId::new(1), ANA),
        ] {
            assert_ne!(other, here);
        }
    }

    #[test]
    fn a_key_reads_back_and_is_not_printed() {
        assert_eq!(PseudonymKey::from_digits(&KEY.expose()), Some(KEY));
        assert_eq!(PseudonymKey::from_digits("07"), None);
        assert_eq!(PseudonymKey::from_digits(&"ä".repeat(32)), None);
        assert!(!format!("{KEY:?}").contains('7'));
    }
}
