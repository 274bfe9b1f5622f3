//! What can be set, and why something cannot.

use crate::domain::credits::Credits;
use crate::domain::emoji::Emoji;
use crate::domain::limits;
use crate::domain::money::period::BadZone;

/// Why something cannot be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidSetting {
    /// A quorum out of range.
    Quorum(u32),
    /// A price out of range.
    Price(i64),
    /// Prices are the operator's.
    PricesAreFixed,
    /// A window out of range, in days.
    Window(u32),
    /// A text that is no emoji.
    NoEmoji(String),
    /// A custom emoji of another server.
    ForeignEmoji(Emoji),
    /// One emoji that would approve and stop.
    OneEmoji(Emoji),
    /// A cap out of range, in credits.
    SpendLimit(i64),
    /// Hours out of range.
    Hours(u32),
    /// More caps than a guild may have.
    TooManySpendLimits,
    /// No time zone.
    Zone(BadZone),
}

pub(super) fn checked_quorum(quorum: u32) -> Result<u32, InvalidSetting> {
    let fits = (1..=limits::QUORUM).contains(&quorum);
    fits.then_some(quorum).ok_or(InvalidSetting::Quorum(quorum))
}

pub(super) fn checked_price(price: i64) -> Result<Credits, InvalidSetting> {
    let fits = (1..=limits::PRICE_CREDITS).contains(&price);
    let price = fits.then_some(price).ok_or(InvalidSetting::Price(price))?;
    Credits::new(price).map_err(|_| InvalidSetting::Price(price))
}

pub(super) fn checked_limit(max: i64) -> Result<Credits, InvalidSetting> {
    let fits = (0..=limits::GRANT_CREDITS).contains(&max);
    let max = fits.then_some(max).ok_or(InvalidSetting::SpendLimit(max))?;
    Credits::new(max).map_err(|_| InvalidSetting::SpendLimit(max))
}

pub(super) fn checked_window(days: u32) -> Result<u32, InvalidSetting> {
    let fits = (1..=limits::VOTE_WINDOW_DAYS).contains(&days);
    fits.then_some(days).ok_or(InvalidSetting::Window(days))
}

pub(super) fn checked_emoji(text: &str) -> Result<Emoji, InvalidSetting> {
    text.parse().map_err(|_| InvalidSetting::NoEmoji(text.to_owned()))
}
