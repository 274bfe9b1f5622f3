//! What is forgotten, and what is not.

mod kept;

pub use self::kept::*;

/// Answers privately: what forgetting means, for who is not sure yet.
#[must_use]
pub fn forget_me() -> String {
    "**What `/privacy forget-me` does**\n\
     In every server where I work, your name and your prompts are taken out of my books for good. A hash stands in your place, \
     so that the sums and limits of the servers stay right. Votes on your own images close. The messages that began your drafts, \
     the titles of their threads and the gallery lose your name and your prompt, and so do the names and descriptions of pictures.\n\
     What else was posted in threads and logs stays there until somebody deletes it; so do the pictures.\n\
     This cannot be undone. If you are sure: `/privacy forget-me sure:True`"
        .to_owned()
}

/// A private answer: somebody is being forgotten.
pub const FORGETTING: &str = "You are being forgotten: your name and your prompts are going out of my books. Pictures that are \
    being drawn for you are finished first, and votes of yours that still count are forgotten when they are over. What you do \
    from now on is remembered as always.";

/// The private answer to a member who wants another image from a draft whose prompt was deleted,
/// because its requester asked to be forgotten.
pub const FORGOTTEN: &str =
    "Nothing more can be drawn from this: who asked for it asked to be forgotten, and the prompt is gone.";
