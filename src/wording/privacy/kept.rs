//! What was removed because it was kept for as long as the operator wants.

/// A private answer: an original was removed at a time, in milliseconds since 1970. `days` is for how long
/// originals are kept now.
#[must_use]
pub fn original_removed(removed_ms: i64, days: Option<u32>) -> String {
    let (keeps, day) = (keeps("originals", days), day(removed_ms));
    format!(
        "{keeps}. That of this picture was removed on {day}, so nothing can be made of it any more. What is posted stays."
    )
}

/// A private answer: the references of a draft were.
#[must_use]
pub fn references_removed(removed_ms: i64, days: Option<u32>) -> String {
    let (keeps, day) = (
        keeps("the pictures that drafts are based on", days),
        day(removed_ms),
    );
    format!(
        "{keeps}. Those of this draft were removed on {day}: ask with `/draft` again, and attach them anew."
    )
}

/// A private answer: the prompt of a draft was.
#[must_use]
pub fn prompt_removed(removed_ms: i64, days: Option<u32>) -> String {
    let (keeps, day) = (keeps("prompts", days), day(removed_ms));
    format!("{keeps}. That of this draft was removed on {day}, so nothing more can be drawn from it.")
}

/// Says of a lineage that originals of it were removed.
#[must_use]
pub fn steps_removed(removed_ms: i64, days: Option<u32>) -> String {
    let (keeps, day) = (keeps("originals", days), day(removed_ms));
    format!("\n-# {keeps}. Those that are not here were removed on {day}.")
}

fn keeps(what: &str, days: Option<u32>) -> String {
    match days {
        Some(days) => format!("This bot keeps {what} for {days} days"),
        // The operator has changed the setting since.
        None => format!("This bot kept {what} for some days only"),
    }
}

fn day(at_ms: i64) -> String {
    format!("<t:{}:D>", at_ms / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_is_said_with_the_day() {
        let at_ms = 1_700_000_000_000;
        insta::assert_snapshot!(original_removed(at_ms, Some(90)), @"This bot keeps originals for 90 days. That of this picture was removed on <t:1700000000:D>, so nothing can be made of it any more. What is posted stays.");
        insta::assert_snapshot!(original_removed(at_ms, None), @"This bot kept originals for some days only. That of this picture was removed on <t:1700000000:D>, so nothing can be made of it any more. What is posted stays.");
        insta::assert_snapshot!(references_removed(at_ms, Some(30)), @"This bot keeps the pictures that drafts are based on for 30 days. Those of this draft were removed on <t:1700000000:D>: ask with `/draft` again, and attach them anew.");
        insta::assert_snapshot!(prompt_removed(at_ms, Some(365)), @"This bot keeps prompts for 365 days. That of this draft was removed on <t:1700000000:D>, so nothing more can be drawn from it.");
        insta::assert_snapshot!(steps_removed(at_ms, Some(90)), @"
        -# This bot keeps originals for 90 days. Those that are not here were removed on <t:1700000000:D>.
        ");
    }
}
