//! Tells whether two drafts ask for the same: the same words, ratio and references.

use sha2::{Digest, Sha256};

use super::prompt::Prompt;
use crate::domain::geometry::Ratio;

/// What a draft asks for, as a number: two drafts have the same number if their prompts, what they
/// keep, their ratios and the bytes of their references are the same. Others have the same one once in
/// 2⁶⁴. How many images are drawn, and for which project, is not part of it.
///
/// Written into the database, so it may not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(i64);

impl Fingerprint {
    /// Makes the fingerprint of a draft. `references` are the sums of its references, in their order.
    #[must_use]
    pub fn of(prompt: &Prompt, keep: Option<&str>, ratio: Ratio, references: &[ReferenceSum]) -> Self {
        let ratio = ratio.to_string();
        let texts = [prompt.as_str(), keep.unwrap_or(""), ratio.as_str()];
        let mut hash = Sha256::new();
        for text in texts {
            // The length keeps words of one text from being taken for words of the next.
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        for ReferenceSum(sum) in references {
            hash.update(sum);
        }
        let sum = hash.finalize();
        let first = sum.iter().take(8);
        Self(first.fold(0, |number, byte| (number << 8) | i64::from(*byte)))
    }

    /// Returns the number, for the database.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

/// The SHA-256 of a reference, as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReferenceSum([u8; 32]);

impl ReferenceSum {
    /// Sums up the bytes of a reference.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(prompt: &str, keep: Option<&str>, ratio: &str, references: &[&[u8]]) -> i64 {
        let prompt = Prompt::parse(prompt).expect("a prompt");
        let sums: Vec<ReferenceSum> = references.iter().map(|bytes| ReferenceSum::of(bytes)).collect();
        Fingerprint::of(&prompt, keep, ratio.parse().expect("a ratio"), &sums).get()
    }

    #[test]
    fn drafts_that_ask_for_the_same_have_one_fingerprint_and_others_have_another() {
        let fox = of("a fox", Some("its eyes"), "4:5", &[b"one", b"two"]);
        assert_eq!(
            fox,
            of(" a fox\u{202e}", Some("its eyes"), "4:5", &[b"one", b"two"])
        );
        for (other, what) in [
            (
                of("a hare", Some("its eyes"), "4:5", &[b"one", b"two"]),
                "the prompt",
            ),
            (of("a fox", None, "4:5", &[b"one", b"two"]), "what is kept"),
            (
                of("a foxits eyes", None, "4:5", &[b"one", b"two"]),
                "where words end",
            ),
            (
                of("a fox", Some("its eyes"), "1:1", &[b"one", b"two"]),
                "the ratio",
            ),
            (
                of("a fox", Some("its eyes"), "4:5", &[b"two", b"one"]),
                "the order",
            ),
            (
                of("a fox", Some("its eyes"), "4:5", &[b"one"]),
                "a reference fewer",
            ),
        ] {
            assert_ne!(fox, other, "{what} differs");
        }
    }

    #[test]
    fn a_fingerprint_in_a_database_stays_what_it_is() {
        assert_eq!(of("a fox", None, "1:1", &[]), 314_745_821_304_350_502);
    }
}
