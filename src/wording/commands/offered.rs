//! What is offered with prices and sizes while somebody types.

use crate::domain::credits::Credits;
use crate::domain::geometry::Pixels;

/// Returns how a ratio is offered while somebody types, with its smallest and its largest size.
#[must_use]
pub fn offered_ratio(ratio: &str, smallest: Pixels, largest: Pixels) -> String {
    format!("{ratio} · {smallest} to {largest}")
}

/// Returns how a number of images is offered while somebody types, with what they cost.
#[must_use]
pub fn offered_images(n: usize, cost: Credits) -> String {
    format!("{n} · {cost}")
}

/// Returns the description of `/draft`. `from` is what one image costs; `None` where servers set
/// their own prices.
#[must_use]
pub fn draft_text(from: Option<Credits>) -> String {
    let from = from.map_or_else(String::new, |from| format!(", from {from}"));
    format!("Draft 1 to 4 images{from}; teammates approve with ✅ what is rendered larger")
}
