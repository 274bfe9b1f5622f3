//! Remembers when previews were shown, so that a starter is not edited too often.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::ids::DraftId;
use crate::domain::limits;

/// When this process last showed a preview, by draft.
#[derive(Clone, Debug, Default)]
pub struct Previews(Arc<Mutex<Shown>>);

#[derive(Debug, Default)]
struct Shown {
    /// The number of the next preview.
    next: u64,
    /// When the last preview was shown, and its number.
    last: BTreeMap<DraftId, (i64, u64)>,
}

/// Whether a preview may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum Turn {
    Now,
    /// The preview may be shown after this many milliseconds.
    In(i64),
    /// A newer preview was shown.
    Past,
}

impl Previews {
    /// Returns a number that is higher than those before.
    pub(in crate::flow) fn number(&self) -> u64 {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        shown.next += 1;
        shown.next
    }

    /// Returns whether a preview may be shown now. A preview that may be shown counts as shown.
    pub(in crate::flow) fn turn(&self, draft: DraftId, number: u64, now_ms: i64) -> Turn {
        let mut shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match shown.last.get(&draft) {
            Some((_, newer)) if *newer > number => return Turn::Past,
            Some((at_ms, _)) if *at_ms + limits::PREVIEW_EVERY_MS > now_ms => {
                return Turn::In(at_ms + limits::PREVIEW_EVERY_MS - now_ms);
            }
            Some(_) | None => {}
        }
        // Drafts without a recent preview need not be remembered.
        shown
            .last
            .retain(|_, (at_ms, _)| *at_ms + limits::PREVIEW_EVERY_MS > now_ms);
        shown.last.insert(draft, (now_ms, number));
        Turn::Now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_shows_the_newest_and_not_more_often_than_every_two_seconds() {
        let (previews, one, other) = (Previews::default(), DraftId::new(1), DraftId::new(2));
        let numbers: Vec<u64> = (0..3).map(|_| previews.number()).collect();
        assert_eq!(previews.turn(one, numbers[0], 5_000), Turn::Now);
        assert_eq!(previews.turn(one, numbers[1], 5_000), Turn::In(2_000));
        assert_eq!(previews.turn(one, numbers[1], 6_999), Turn::In(1));
        assert_eq!(
            previews.turn(other, numbers[1], 6_999),
            Turn::Now,
            "each draft has its own"
        );
        assert_eq!(previews.turn(one, numbers[2], 7_000), Turn::Now);
        assert_eq!(
            previews.turn(one, numbers[1], 7_000),
            Turn::Past,
            "of another of its images"
        );
        let last = &previews.0.lock().unwrap().last;
        assert_eq!(last.len(), 2);
    }

    #[test]
    fn drafts_of_long_ago_are_forgotten() {
        let previews = Previews::default();
        for draft in 1..100 {
            let now_ms = i64::try_from(draft).unwrap() * limits::PREVIEW_EVERY_MS;
            assert_eq!(previews.turn(DraftId::new(draft), draft, now_ms), Turn::Now);
        }
        assert_eq!(previews.0.lock().unwrap().last.len(), 1);
    }
}
