//! Decides when an image is shown whose place is after another that is still to come.

use crate::domain::limits;

/// Returns when an image is looked at again that is stored and waits for an earlier one of its
/// draft, in milliseconds since 1970. Returns `None` if it is shown now.
///
/// It waits from when it was stored for [`limits::ORDER_WAIT_MS`] at most. `stored_ms` is `None`
/// for a picture that came after its credits were decided about, which waits for nobody.
#[must_use]
pub const fn waits_until(stored_ms: Option<i64>, earlier_comes: bool, now_ms: i64) -> Option<i64> {
    let Some(stored_ms) = stored_ms else {
        return None;
    };
    let end_ms = stored_ms.saturating_add(limits::ORDER_WAIT_MS);
    // A time to come was written by another clock.
    if !earlier_comes || now_ms >= end_ms || now_ms < stored_ms {
        return None;
    }
    let look_ms = now_ms.saturating_add(limits::ORDER_LOOK_MS);
    Some(if look_ms < end_ms { look_ms } else { end_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_waits_for_an_earlier_one_and_never_longer_than_its_limit() {
        let end = limits::ORDER_WAIT_MS;
        for (stored_ms, earlier_comes, now_ms, until) in [
            (Some(0), true, 0, Some(limits::ORDER_LOOK_MS)),
            (Some(0), true, end - 1, Some(end)),
            (Some(0), true, end, None),
            (Some(0), true, end + 1, None),
            (Some(0), false, 0, None),
            (Some(1), true, 0, None),
            (None, true, 0, None),
        ] {
            assert_eq!(
                waits_until(stored_ms, earlier_comes, now_ms),
                until,
                "{stored_ms:?} at {now_ms}"
            );
        }
    }
}
