//! The words of `/treasury unresolved`.

use super::text::{CommandText, choice, command, option};

pub(super) const UNRESOLVED: CommandText = command(
    "treasury unresolved",
    "Paid calls whose answer never came: listed, and settled or released",
    &[
        option("image", "Which image (all are listed if you do not say)"),
        choice(
            "decision",
            "What becomes of its credits",
            &[
                (
                    "Settle",
                    "settle: the service charged for it, the credits stay spent",
                ),
                (
                    "Release",
                    "release: nothing was charged, the credits go back to the pool",
                ),
            ],
        ),
        option("reason", "Why, for the books and the thread"),
    ],
);
