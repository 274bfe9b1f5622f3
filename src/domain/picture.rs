//! Ratios, tiers, pixels, and which sizes an engine can draw.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

/// The shape of a picture, as people write it: `16:9`. Not reduced, because services want `21:9`, not `7:3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ratio {
    width: u32,
    height: u32,
}

/// A text that is no ratio.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a ratio such as 16:9")]
pub struct NotARatio(pub String);

impl Ratio {
    /// Whether pixels have exactly this shape.
    #[must_use]
    pub fn fits(self, pixels: Pixels) -> bool {
        u64::from(pixels.width) * u64::from(self.height) == u64::from(pixels.height) * u64::from(self.width)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.width, self.height)
    }
}

impl FromStr for Ratio {
    type Err = NotARatio;

    fn from_str(text: &str) -> Result<Self, NotARatio> {
        let side = |s: &str| s.parse::<u32>().ok().filter(|n| (1..=100).contains(n));
        match text.trim().split_once(':').map(|(w, h)| (side(w), side(h))) {
            Some((Some(width), Some(height))) => Ok(Self { width, height }),
            _ => Err(NotARatio(text.to_owned())),
        }
    }
}

/// The rung of a ratio's pixel ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Tier {
    /// About one megapixel.
    #[serde(rename = "1K")]
    K1,
    /// About four megapixels.
    #[serde(rename = "2K")]
    K2,
    /// About eight megapixels.
    #[serde(rename = "4K")]
    K4,
}

impl Tier {
    /// All tiers, smallest first.
    pub const ALL: [Self; 3] = [Self::K1, Self::K2, Self::K4];
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::K1 => "1K",
            Self::K2 => "2K",
            Self::K4 => "4K",
        })
    }
}

/// The size of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pixels {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Pixels {
    /// How many there are.
    #[must_use]
    pub fn count(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Whether a picture of one size is one of the other made larger or smaller, give or take 2 % of a side: services round.
    #[must_use]
    pub fn nearly_same_shape(self, other: Self) -> bool {
        let (a, b) = (
            u64::from(self.width) * u64::from(other.height),
            u64::from(other.width) * u64::from(self.height),
        );
        a.abs_diff(b) <= a.max(b) / 50
    }
}

impl fmt::Display for Pixels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}", self.width, self.height)
    }
}

impl FromStr for Pixels {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text
            .split_once('x')
            .and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)))
            .filter(|(w, h)| *w > 0 && *h > 0);
        let (width, height) = parsed.ok_or_else(|| format!("“{text}” is not a size such as 1280x720"))?;
        Ok(Self { width, height })
    }
}

/// Reads a value written as text, such as a [`Ratio`] or [`Pixels`], from a data file.
fn from_text<'de, D: Deserializer<'de>, T: FromStr<Err: fmt::Display>>(from: D) -> Result<T, D::Error> {
    String::deserialize(from)?.parse().map_err(de::Error::custom)
}

impl<'de> Deserialize<'de> for Ratio {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from_text(from)
    }
}

impl<'de> Deserialize<'de> for Pixels {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from_text(from)
    }
}

/// What sizes an engine takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SizeRule {
    /// Both sides are multiples of this many pixels.
    pub multiple_of: u32,
    /// Longest side, in pixels.
    pub max_edge: u32,
    /// Fewest pixels in all.
    pub min_pixels: u64,
    /// Most pixels in all.
    pub max_pixels: u64,
    /// The longer side is at most this many times the shorter.
    pub max_ratio: u32,
}

/// Why a size cannot be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Illegal {
    /// A side is no multiple of what the engine wants.
    #[error("both sides must be multiples of {0}")]
    NotAMultiple(u32),
    /// A side is too long.
    #[error("no side may be longer than {0} pixels")]
    TooLong(u32),
    /// Too few pixels.
    #[error("it must have at least {0} pixels")]
    TooSmall(u64),
    /// Too many pixels.
    #[error("it may have at most {0} pixels")]
    TooLarge(u64),
    /// Too long a strip.
    #[error("the longer side may be at most {0} times the shorter")]
    TooNarrow(u32),
}

impl SizeRule {
    /// Checks a size before anything is sent.
    ///
    /// # Errors
    /// [`Illegal`], naming the first rule that it breaks.
    pub fn check(&self, pixels: Pixels) -> Result<(), Illegal> {
        let (long, short) = (pixels.width.max(pixels.height), pixels.width.min(pixels.height));
        if short == 0
            || !pixels.width.is_multiple_of(self.multiple_of)
            || !pixels.height.is_multiple_of(self.multiple_of)
        {
            Err(Illegal::NotAMultiple(self.multiple_of))
        } else if long > self.max_edge {
            Err(Illegal::TooLong(self.max_edge))
        } else if u64::from(long) > u64::from(short) * u64::from(self.max_ratio) {
            Err(Illegal::TooNarrow(self.max_ratio))
        } else if pixels.count() < self.min_pixels {
            Err(Illegal::TooSmall(self.min_pixels))
        } else if pixels.count() > self.max_pixels {
            Err(Illegal::TooLarge(self.max_pixels))
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule() -> SizeRule {
        SizeRule {
            multiple_of: 16,
            max_edge: 3840,
            min_pixels: 655_360,
            max_pixels: 8_294_400,
            max_ratio: 3,
        }
    }

    #[test]
    fn a_ratio_reads_as_it_is_written() {
        assert_eq!("21:9".parse::<Ratio>().unwrap().to_string(), "21:9");
        for wrong in [
            "", "16", "16:", ":9", "16x9", "0:1", "1:101", "-1:1", "1:1:1", "١:١",
        ] {
            assert_eq!(
                wrong.parse::<Ratio>(),
                Err(NotARatio(wrong.to_owned())),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_shape_fits_only_exactly() {
        let fits =
            |ratio: &str, width, height| ratio.parse::<Ratio>().unwrap().fits(Pixels { width, height });
        assert!(fits("16:9", 3840, 2160) && fits("16:9", 16, 9) && fits("7:3", 2688, 1152));
        assert!(
            fits("21:9", 2688, 1152),
            "7:3 and 21:9 are one shape with two names"
        );
        assert!(!fits("16:9", 3841, 2160) && !fits("16:9", 2160, 3840) && !fits("1:1", 1, 2));
        assert!(
            fits("1:1", u32::MAX, u32::MAX) && !fits("100:1", u32::MAX, u32::MAX),
            "without overflow"
        );
    }

    #[test]
    fn a_shape_is_nearly_another_within_two_per_cent() {
        let same = |a: &str, b: &str| {
            let (a, b): (Pixels, Pixels) = (a.parse().unwrap(), b.parse().unwrap());
            assert_eq!(a.nearly_same_shape(b), b.nearly_same_shape(a));
            a.nearly_same_shape(b)
        };
        assert!(same("1280x720", "3840x2160") && same("1280x720", "1376x768"));
        assert!(same("1000x1000", "1020x1000") && !same("1000x1000", "1021x1000"));
        assert!(!same("1280x720", "720x1280") && !same("4294967295x1", "1x4294967295"));
    }

    #[test]
    fn pixels_are_written_with_an_x_and_shown_with_a_cross() {
        let size: Pixels = "3840x2160".parse().unwrap();
        assert_eq!(
            (size.to_string().as_str(), size.count()),
            ("3840×2160", 8_294_400)
        );
        for wrong in [
            "",
            "x",
            "1280",
            "1280x",
            "x720",
            "1280×720",
            "1280X720",
            "0x720",
            "1280x0",
            "-1x1",
            "1x1x1",
        ] {
            assert!(wrong.parse::<Pixels>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn tiers_grow_and_read_as_they_are_shown() {
        #[derive(Deserialize)]
        struct Line {
            tier: Tier,
        }
        assert!(Tier::ALL.is_sorted());
        for tier in Tier::ALL {
            let line: Line = toml::from_str(&format!("tier = '{tier}'")).unwrap();
            assert_eq!(line.tier, tier);
        }
        assert!(toml::from_str::<Line>("tier = '8K'").is_err());
    }

    #[test]
    fn every_rule_of_size_is_checked_at_its_edge() {
        let size = |width, height| rule().check(Pixels { width, height });
        assert_eq!(size(3840, 2160), Ok(()));
        assert_eq!(size(1080, 1080), Err(Illegal::NotAMultiple(16)));
        assert_eq!(size(0, 0), Err(Illegal::NotAMultiple(16)));
        assert_eq!(size(3856, 2160), Err(Illegal::TooLong(3840)));
        assert_eq!(size(3072, 1024), Ok(()));
        assert_eq!(size(3088, 1024), Err(Illegal::TooNarrow(3)));
        assert_eq!(size(1024, 640), Ok(()));
        assert_eq!(size(1008, 640), Err(Illegal::TooSmall(655_360)));
        assert_eq!(size(2880, 2880), Ok(()));
        assert_eq!(size(2896, 2880), Err(Illegal::TooLarge(8_294_400)));
    }
}
