//! Tells refusals by their words, whatever the status: services and the gateways before them agree
//! on neither.

use crate::domain::image::reference::PictureFlaw;

/// Words for what a policy does not allow, of a prompt or of a picture drawn of it, in small letters
/// and without what is between them.
const POLICY: [&str; 12] = [
    "moderationblocked",
    "contentpolicyviolation",
    "contentfilter",
    "contentfiltered",
    "contentmoderation",
    "contentpolicy",
    "policyviolation",
    "responsibleaipolicyviolation",
    "safetyviolation",
    "prohibitedcontent",
    "imagesafety",
    "modelarmor",
];
/// Sentences in which a service says so without a word for it.
const POLICY_SENTENCES: [&str; 3] = ["safety system", "content policy", "content management policy"];
/// Words for an account that cannot pay.
const NO_CREDIT: [&str; 6] = [
    "insufficientquota",
    "insufficientcredits",
    "insufficientbalance",
    "insufficientfunds",
    "billinghardlimitreached",
    "billingnotactive",
];
/// Words for a picture that was sent and that the service does not take.
const FLAWS: [(&str, PictureFlaw); 11] = [
    ("invalidimagefile", PictureFlaw::Unreadable),
    ("invalidimage", PictureFlaw::Unreadable),
    ("imageloaderror", PictureFlaw::Unreadable),
    ("filedownloaderror", PictureFlaw::Unreadable),
    ("unsupportedfilemimetype", PictureFlaw::Format),
    ("unsupportedimageformat", PictureFlaw::Format),
    ("invalidimageformat", PictureFlaw::Format),
    ("imagetoosmall", PictureFlaw::TooSmall),
    ("imagetoolarge", PictureFlaw::TooLarge),
    ("filetoolarge", PictureFlaw::TooLarge),
    ("imagefiletoolarge", PictureFlaw::TooLarge),
];

/// Returns a word in small letters, without what services put between its parts.
fn plain(word: &str) -> String {
    let letters = word.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|letter| letter.to_ascii_lowercase()).collect()
}

/// Returns whether a word says that a policy does not allow something.
pub fn is_policy(word: &str) -> bool {
    POLICY.contains(&plain(word).as_str())
}

/// Returns whether a sentence says that a policy does not allow something.
pub fn says_policy(sentence: &str) -> bool {
    let sentence = sentence.to_lowercase();
    POLICY_SENTENCES.iter().any(|said| sentence.contains(said))
}

/// Returns whether a word says that the account cannot pay.
pub fn is_no_credit(word: &str) -> bool {
    NO_CREDIT.contains(&plain(word).as_str())
}

/// Returns what a word says is wrong with a picture that was sent.
pub fn flaw(word: &str) -> Option<PictureFlaw> {
    let word = plain(word);
    FLAWS
        .iter()
        .find(|(said, _)| *said == word)
        .map(|(_, flaw)| *flaw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_the_same_however_it_is_spelt() {
        for word in [
            "content_filter",
            "contentFilter",
            "CONTENT-FILTER",
            "moderation_blocked",
        ] {
            assert!(is_policy(word) && !is_no_credit(word), "{word}");
        }
        for word in ["image_generation_user_error", "invalid_request_error", "400", ""] {
            assert!(
                !is_policy(word) && !is_no_credit(word) && flaw(word).is_none(),
                "{word}"
            );
        }
        assert!(is_no_credit("insufficient_quota"));
        assert!(says_policy("Your request was rejected by the safety system."));
        assert_eq!(flaw("image_too_small"), Some(PictureFlaw::TooSmall));
    }
}
