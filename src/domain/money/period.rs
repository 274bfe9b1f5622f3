//! Periods over which spending is summed: the last hours, a calendar day, a calendar month.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ZonedDateTime};

use crate::domain::limits;

const HOUR_MS: i64 = 60 * 60_000;
/// How many names are suggested for an unknown one.
const SUGGESTED: usize = 3;

/// A time zone of the IANA database. The database is compiled in, so that a day does not depend on
/// the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// An unknown name of a time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time zone: did you mean {}?", near.join(", "))]
pub struct BadZone {
    /// The name that was given.
    pub given: String,
    /// The most similar names.
    pub near: Vec<String>,
}

impl Zone {
    /// Returns the name, such as `Europe/Berlin`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// Returns what a name of the form `Etc/GMT+2` means, whose sign is the other way round:
    /// `UTC-2`. Returns nothing for other names.
    #[must_use]
    pub fn reversed(&self) -> Option<String> {
        let hours: i32 = self.name().strip_prefix("Etc/GMT")?.parse().ok()?;
        (hours != 0).then(|| format!("UTC{:+}", -hours))
    }
}

impl Zone {
    /// Returns the first instant of the day that is so many days before that of a moment. Returns
    /// `None` outside the calendar's range.
    #[must_use]
    pub fn midnight(&self, days_before: u32, at_ms: i64) -> Option<i64> {
        let before = Span::new().days(i64::from(days_before));
        let first = self.at(at_ms)?.checked_sub(before).ok()?.start_of_day().ok()?;
        Some(first.timestamp().as_millisecond())
    }

    /// Returns by how many days the day of a moment is before that of a later one. Returns `None`
    /// outside the calendar's range.
    #[must_use]
    pub fn days_between(&self, at_ms: i64, later_ms: i64) -> Option<usize> {
        let (day, later) = (self.at(at_ms)?.date(), self.at(later_ms)?.date());
        usize::try_from(later.duration_since(day).as_hours() / 24).ok()
    }

    /// Returns the date of a moment for the name of a file: `2026-11-30`.
    #[must_use]
    pub fn date(&self, at_ms: i64) -> String {
        self.at(at_ms)
            .map_or_else(String::new, |at| at.date().to_string())
    }

    /// Returns the date of a moment for a chart: `30 Nov`.
    #[must_use]
    pub fn day_and_month(&self, at_ms: i64) -> String {
        let at = self.at(at_ms);
        at.map_or_else(String::new, |at| at.strftime("%-d %b").to_string())
    }

    fn at(&self, at_ms: i64) -> Option<ZonedDateTime> {
        let at = Timestamp::from_millisecond(at_ms).ok()?;
        Some(at.to_zoned_datetime(self.0.clone()))
    }
}

/// An hour of a day in a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The day, as the number of days since 1 January 1970.
    pub day: i64,
    /// When the hour comes on that day, in milliseconds since 1970.
    pub due_ms: i64,
}

impl Zone {
    /// Returns when an hour, 0 to 23, comes today and tomorrow. If summer time skips the hour, the one
    /// after it counts; if the hour comes twice, the first. Returns `None` outside the calendar's range.
    #[must_use]
    pub fn daily(&self, hour: u32, now_ms: i64) -> Option<[Slot; 2]> {
        let now = Timestamp::from_millisecond(now_ms).ok()?;
        let today = now.to_zoned_datetime(self.0.clone()).date();
        let slot = |date: Date| {
            let time = Time::new(i8::try_from(hour).ok()?, 0, 0, 0).ok()?;
            let due = date.to_datetime(time).to_zoned_datetime(self.0.clone()).ok()?;
            Some(Slot {
                day: date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24,
                due_ms: due.timestamp().as_millisecond(),
            })
        };
        Some([slot(today)?, slot(today.tomorrow().ok()?)?])
    }
}

impl FromStr for Zone {
    type Err = BadZone;

    /// Reads a name without regard to case. A space counts as an underscore: `america/new york`.
    fn from_str(text: &str) -> Result<Self, BadZone> {
        let name = text.trim().replace(' ', "_");
        let found = TimeZone::get(&name).ok();
        found
            .filter(|zone| !zone.is_unknown())
            .map(Self)
            .ok_or_else(|| BadZone {
                given: text.to_owned(),
                near: match offset(&name.to_lowercase()).map(at_offset) {
                    Some(places) if !places.is_empty() => places,
                    _ => near(&name.to_lowercase()),
                },
            })
    }
}

/// Reads an offset as people write one: `UTC+2`, `gmt-03:30`, `+5`. Returns minutes east of UTC.
fn offset(name: &str) -> Option<i32> {
    let name = name
        .strip_prefix("utc")
        .or_else(|| name.strip_prefix("gmt"))
        .unwrap_or(name);
    let name = name.trim_matches('_').replace('\u{2212}', "-");
    let (sign, rest) = match name.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':').unwrap_or((rest, "0"));
    let (hours, minutes): (i32, i32) = (hours.trim_matches('_').parse().ok()?, minutes.parse().ok()?);
    ((0..=14).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes))
}

/// Returns places that have an offset, in minutes east of UTC, in winter or in summer.
fn at_offset(minutes: i32) -> Vec<String> {
    // Noon of 15 January and of 15 July 2026, in seconds since 1970.
    let seasons = [1_768_478_400, 1_784_116_800].map(Timestamp::from_second);
    let has = |name: &str| {
        let zone = TimeZone::get(name).ok();
        let at = |moment: &Timestamp| zone.as_ref().map(|zone| zone.to_offset(*moment).seconds() / 60);
        seasons.iter().flatten().any(|moment| at(moment) == Some(minutes))
    };
    let known = jiff::tz::db().available().map(|known| known.to_string());
    let known = known.filter(|known| WELL_KNOWN.iter().any(|area| known.starts_with(area)) && has(known));
    let mut found: Vec<String> = known.collect();
    found.sort_by_key(|name| WELL_KNOWN.iter().position(|area| name.starts_with(area)));
    let step = (found.len() / SUGGESTED).max(1);
    found.into_iter().step_by(step).take(SUGGESTED).collect()
}

/// The areas whose places people know their time by.
const WELL_KNOWN: [&str; 7] = [
    "Europe/",
    "America/",
    "Asia/",
    "Africa/",
    "Australia/",
    "Pacific/",
    "Atlantic/",
];

/// Returns the names that are most similar to an unknown one, as a whole or by their city alone.
fn near(name: &str) -> Vec<String> {
    let likeness = |known: &str| {
        let known = known.to_lowercase();
        let city = known.rsplit('/').next().unwrap_or(&known);
        strsim::jaro_winkler(name, &known).max(strsim::jaro_winkler(name, city))
    };
    let known = jiff::tz::db().available().map(|known| known.to_string());
    let mut known: Vec<(f64, String)> = known
        .filter(|known| known.contains('/') && !known.starts_with("Etc/"))
        .map(|known| (likeness(&known), known))
        .collect();
    known.sort_by(|one, other| other.0.total_cmp(&one.0).then_with(|| one.1.cmp(&other.1)));
    known
        .into_iter()
        .take(SUGGESTED)
        .map(|(_, known)| known)
        .collect()
}

/// The time over which spending is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Period {
    /// A rolling window of so many hours, 1 to [`limits::SPEND_LIMIT_HOURS`].
    Hours(u32),
    /// A calendar day, from midnight to midnight.
    Day,
    /// A calendar month, from the first day to the first day of the next month.
    Month,
}

/// The time that counts at a moment: a period, placed on the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The first instant that counts, in milliseconds since 1970.
    pub from_ms: i64,
    /// The start of the next window, in milliseconds since 1970. `None` for a rolling window, which
    /// has no end: each spending drops out at a time of its own.
    pub until_ms: Option<i64>,
}

impl Period {
    /// Returns the window that counts now.
    #[must_use]
    pub fn window(self, zone: &Zone, now_ms: i64) -> Window {
        match self {
            Self::Hours(hours) => Window {
                from_ms: now_ms - i64::from(hours) * HOUR_MS + 1,
                until_ms: None,
            },
            // Outside the calendar's range everything counts.
            Self::Day | Self::Month => self.calendar(zone, now_ms).unwrap_or(Window {
                from_ms: 0,
                until_ms: None,
            }),
        }
    }

    /// Returns the day or month of a moment. If summer time skips midnight, the first instant after
    /// it counts; if midnight comes twice, the first.
    fn calendar(self, zone: &Zone, now_ms: i64) -> Result<Window, jiff::Error> {
        let today = Timestamp::from_millisecond(now_ms)?
            .to_zoned_datetime(zone.0.clone())
            .start_of_day()?;
        let (first, next) = if self == Self::Month {
            let first = today.first_of_month()?.start_of_day()?;
            (first.clone(), first.checked_add(Span::new().months(1))?)
        } else {
            (today.clone(), today.tomorrow()?)
        };
        Ok(Window {
            from_ms: first.timestamp().as_millisecond(),
            until_ms: Some(next.start_of_day()?.timestamp().as_millisecond()),
        })
    }

    /// Returns when a sum that was spent at `spent_ms` drops out of a rolling window. Both times
    /// are in milliseconds since 1970. Returns `None` for a day or a month, which end for all sums
    /// at once.
    #[must_use]
    pub fn leaves_ms(self, spent_ms: i64) -> Option<i64> {
        match self {
            Self::Hours(hours) => Some(spent_ms + i64::from(hours) * HOUR_MS),
            Self::Day | Self::Month => None,
        }
    }
}

impl fmt::Display for Period {
    /// Writes it as the database keeps it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hours(hours) => write!(f, "{hours}h"),
            Self::Day => f.write_str("day"),
            Self::Month => f.write_str("month"),
        }
    }
}

impl FromStr for Period {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let hours = |text: &str| text.strip_suffix('h')?.parse().ok();
        match text {
            "day" => Ok(Self::Day),
            "month" => Ok(Self::Month),
            _ => hours(text)
                .filter(|hours| (1..=limits::SPEND_LIMIT_HOURS).contains(hours))
                .map(Self::Hours)
                .ok_or_else(|| format!("a period of {text}")),
        }
    }
}

#[cfg(test)]
mod tests;
