//! Ratios, tiers and pixels, and the sizes that an engine can draw.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

/// The shape of a picture, as people write it: `16:9`. It is not reduced, because services want
/// `21:9`, not `7:3`. Each number is from 1 to 100.
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
    /// Returns whether a size has exactly this shape.
    #[must_use]
    pub fn fits(self, pixels: Pixels) -> bool {
        u64::from(pixels.width) * u64::from(self.height) == u64::from(pixels.height) * u64::from(self.width)
    }
}

impl Ratio {
    /// Returns how many times wider or narrower a size is than this shape, at least 1. 1 is exactly
    /// this shape.
    #[must_use]
    pub fn away_from(self, pixels: Pixels) -> f64 {
        let (width, height) = (
            f64::from(pixels.width) * f64::from(self.height),
            f64::from(pixels.height) * f64::from(self.width),
        );
        width.max(height) / width.min(height)
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

/// A rung of a ratio's ladder of sizes.
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

/// The size of a picture; neither side is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pixels {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Pixels {
    /// Returns the number of pixels.
    #[must_use]
    pub fn count(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Returns whether two sizes have the same shape, with a tolerance of 2 % of a side, because
    /// services round.
    #[must_use]
    pub fn nearly_same_shape(self, other: Self) -> bool {
        let (a, b) = (
            u64::from(self.width) * u64::from(other.height),
            u64::from(other.width) * u64::from(self.height),
        );
        a.abs_diff(b) <= a.max(b) / 50
    }
}

/// Reads a size as people type it: `1080x1350`, also with a cross, a star, capitals or spaces.
#[must_use]
pub fn typed_size(text: &str) -> Option<Pixels> {
    let plain: String = text.split_whitespace().collect();
    plain.replace(['×', 'X', '*'], "x").parse().ok()
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

/// A place in a picture of any size, in thousandths of its sides from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Focus {
    x: u32,
    y: u32,
}

/// A way in which a focus can be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the left edge.
    Left,
    /// To the upper edge.
    Up,
    /// To the lower edge.
    Down,
    /// To the right edge.
    Right,
}

impl Way {
    /// All ways, as their buttons stand beside each other.
    pub const ALL: [Self; 4] = [Self::Left, Self::Up, Self::Down, Self::Right];
}

impl Focus {
    /// What a side has.
    pub const WHOLE: u32 = 1_000;
    /// The middle of a picture.
    pub const MIDDLE: Self = Self {
        x: Self::WHOLE / 2,
        y: Self::WHOLE / 2,
    };
    /// How far one move goes.
    const STEP: u32 = 100;

    /// Returns the place of a pixel in a picture.
    #[must_use]
    pub fn at(x: u32, y: u32, picture: Pixels) -> Self {
        let part = |at: u32, side: u32| {
            let part = u64::from(at) * u64::from(Self::WHOLE) / u64::from(side.max(1));
            u32::try_from(part).map_or(Self::WHOLE, |part| part.min(Self::WHOLE))
        };
        Self {
            x: part(x, picture.width),
            y: part(y, picture.height),
        }
    }

    /// Returns the distance from the left edge, 0 to [`Self::WHOLE`].
    #[must_use]
    pub const fn across(self) -> u32 {
        self.x
    }

    /// Returns the distance from the upper edge, 0 to [`Self::WHOLE`].
    #[must_use]
    pub const fn down(self) -> u32 {
        self.y
    }

    /// Returns the place a step further. `None` where it is at the edge already.
    #[must_use]
    pub fn moved(self, way: Way) -> Option<Self> {
        let back = |n: u32| n.saturating_sub(Self::STEP);
        let on = |n: u32| (n + Self::STEP).min(Self::WHOLE);
        let moved = match way {
            Way::Left => Self {
                x: back(self.x),
                ..self
            },
            Way::Up => Self {
                y: back(self.y),
                ..self
            },
            Way::Down => Self {
                y: on(self.y),
                ..self
            },
            Way::Right => Self {
                x: on(self.x),
                ..self
            },
        };
        (moved != self).then_some(moved)
    }
}

impl fmt::Display for Focus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.x, self.y)
    }
}

impl FromStr for Focus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let side = |text: &str| text.parse().ok().filter(|n| *n <= Self::WHOLE);
        let parsed = text.split_once(':').and_then(|(x, y)| {
            Some(Self {
                x: side(x)?,
                y: side(y)?,
            })
        });
        parsed.ok_or_else(|| format!("“{text}” is no place in a picture"))
    }
}

/// The sizes that an engine accepts.
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
    /// The size has too few pixels. Holds the fewest that the engine accepts.
    #[error("it must have at least {0} pixels")]
    TooSmall(u64),
    /// The size has too many pixels. Holds the most that the engine accepts.
    #[error("it may have at most {0} pixels")]
    TooLarge(u64),
    /// One side is too long for the other.
    #[error("the longer side may be at most {0} times the shorter")]
    TooNarrow(u32),
}

impl SizeRule {
    /// Returns the legal size of exactly the same shape that is nearest to the one asked for. Of
    /// two that are equally near, returns the smaller. Returns `None` if no size of that shape is
    /// legal.
    #[must_use]
    pub fn nearest(&self, asked: Pixels) -> Option<Pixels> {
        let unit = self.smallest_of_shape(asked)?;
        let fewest = root_up(self.min_pixels.div_ceil(unit.count())).max(1);
        let longest = self.max_edge / unit.width.max(unit.height);
        let max = (self.max_pixels / unit.count()).isqrt().min(longest.into());
        if fewest > max {
            return None;
        }
        let (wanted, side) = (u64::from(asked.width), u64::from(unit.width));
        // Rounds to the nearest, and down from the middle.
        let times = (2 * wanted).saturating_sub(side).div_ceil(2 * side);
        let times = u32::try_from(times.clamp(fewest, max)).ok()?;
        let pixels = Pixels {
            width: unit.width * times,
            height: unit.height * times,
        };
        self.check(pixels).is_ok().then_some(pixels)
    }

    /// Returns the smallest size of a shape whose sides are the wanted multiples; all others are
    /// multiples of it. Returns `None` if a side would not fit in 32 bits.
    fn smallest_of_shape(&self, shape: Pixels) -> Option<Pixels> {
        if self.multiple_of == 0 || shape.count() == 0 {
            return None;
        }
        let common = common_divisor(shape.width, shape.height);
        let (width, height) = (shape.width / common, shape.height / common);
        let [across, down] =
            [width, height].map(|side| self.multiple_of / common_divisor(side, self.multiple_of));
        let times = u64::from(across / common_divisor(across, down)) * u64::from(down);
        let side = |n: u32| u32::try_from(u64::from(n).checked_mul(times)?).ok();
        Some(Pixels {
            width: side(width)?,
            height: side(height)?,
        })
    }

    /// Checks a size before anything is sent.
    ///
    /// # Errors
    /// [`Illegal`], which names the first rule that the size breaks.
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

/// Returns the greatest number that divides both.
const fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

/// Returns the least number whose square is at least `n`.
const fn root_up(n: u64) -> u64 {
    let root = n.isqrt();
    if root * root < n { root + 1 } else { root }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
    fn a_focus_moves_step_by_step_to_the_edge_and_no_further() {
        let mut focus = Focus::at(1_280, 0, "2560x1440".parse().unwrap());
        assert_eq!(focus.to_string(), "500:0");
        assert_eq!(focus.moved(Way::Up), None);
        let mut steps = 0;
        while let Some(moved) = focus.moved(Way::Right) {
            (focus, steps) = (moved, steps + 1);
            assert_eq!(focus.to_string().parse(), Ok(focus));
        }
        assert_eq!((steps, focus.across()), (5, Focus::WHOLE));
        for wrong in ["", "5", "5:", "5:1001", "-1:5", "1:2:3"] {
            assert!(wrong.parse::<Focus>().is_err(), "{wrong}");
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
    fn a_size_is_read_as_people_type_it() {
        for text in [
            "1080x1350",
            "1080×1350",
            "1080 x 1350",
            " 1080X1350 ",
            "1080*1350",
        ] {
            assert_eq!(
                typed_size(text).map(|size| size.to_string()),
                Some("1080×1350".to_owned()),
                "{text}"
            );
        }
        for text in ["", "1080", "1080:1350", "1080x", "wide", "0x5", "99999999999x1"] {
            assert_eq!(typed_size(text), None, "{text}");
        }
    }

    #[test]
    fn the_nearest_size_of_a_shape_is_named_where_there_is_one() {
        let nearest = |width, height| {
            let found = rule().nearest(Pixels { width, height });
            found.map_or("none".to_owned(), |size| size.to_string())
        };
        for (width, height, found) in [
            (1080, 1350, "1088×1360"),
            (1280, 720, "1280×720"),
            // These are exactly between two sizes.
            (1920, 1080, "1792×1008"),
            (1921, 1080, "none"),
            (1, 1, "816×816"),
            (u32::MAX, u32::MAX, "2880×2880"),
            (16, 9, "1280×720"),
            (7680, 4320, "3840×2160"),
            // A shape of large primes has no multiple that is short enough, and a strip is too
            // narrow at any size.
            (1009, 1013, "none"),
            (4000, 1000, "none"),
            (u32::MAX, u32::MAX - 1, "none"),
            (0, 720, "none"),
            (720, 0, "none"),
        ] {
            assert_eq!(nearest(width, height), found, "{width}×{height}");
        }
        let nothing = SizeRule {
            multiple_of: 0,
            ..rule()
        };
        assert_eq!(nothing.nearest(Pixels { width: 16, height: 9 }), None);
    }

    prop_compose! {
        fn any_rule()(
            multiple_of in prop_oneof![Just(1_u32), Just(8), Just(16), 0_u32..70],
            max_edge in 0_u32..4_100,
            min_pixels in 0_u64..800_000,
            max_pixels in 0_u64..9_000_000,
            max_ratio in 0_u32..9,
        ) -> SizeRule {
            SizeRule { multiple_of, max_edge, min_pixels, max_pixels, max_ratio }
        }
    }

    /// Generates a size of a simple shape, or of any shape.
    fn any_size() -> impl Strategy<Value = Pixels> {
        let simple = (1_u32..22, 1_u32..22, 1_u32..300).prop_map(|(w, h, n)| (w * n, h * n));
        prop_oneof![simple, (0_u32..5_000, 0_u32..5_000)].prop_map(|(width, height)| Pixels { width, height })
    }

    /// Lists all legal sizes of a shape, by trying every width.
    fn legal(rule: &SizeRule, shape: Pixels) -> Vec<Pixels> {
        let of_shape = |width: u32| {
            let height = u64::from(width) * u64::from(shape.height);
            let exact = shape.width > 0 && height.is_multiple_of(shape.width.into());
            let height = u32::try_from(height / u64::from(shape.width.max(1))).ok()?;
            Some(Pixels { width, height }).filter(|_| exact)
        };
        let sizes = (1..=rule.max_edge).filter_map(of_shape);
        sizes.filter(|size| rule.check(*size).is_ok()).collect()
    }

    proptest! {
        #[test]
        fn the_nearest_size_is_legal_and_none_of_its_shape_is_nearer(rule in any_rule(), asked in any_size()) {
            let all = legal(&rule, asked);
            let away = |size: &Pixels| size.width.abs_diff(asked.width);
            // Of two that are equally near, the first is the smaller.
            prop_assert_eq!(rule.nearest(asked), all.iter().copied().min_by_key(away));
            for size in all {
                prop_assert_eq!(rule.nearest(size), Some(size));
            }
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
