//! The sizes that publishing channels want, and the frames in which a picture is cut to them: around
//! its subject, without a charge.

use serde::Deserialize;

use crate::domain::geometry::{Focus, Pixels, typed_size};
use crate::domain::text::{clean, is_visible};

/// A size that a publishing channel wants.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crop {
    /// The channel or the use, 1 to 30 characters.
    pub name: String,
    /// The size to which a picture is cut, in pixels.
    pub size: Pixels,
}

/// Why what was typed is no size of a server's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadCrop {
    /// The name is empty, or longer than [`NAME_CHARS`].
    Name,
    /// The text is no size.
    NoSize(String),
    /// A side is longer than [`LONGEST_SIDE`].
    TooLarge(Pixels),
}

impl Crop {
    /// Reads a size as it was typed.
    ///
    /// # Errors
    /// [`BadCrop`].
    pub fn parse(name: &str, size: &str) -> Result<Self, BadCrop> {
        let name = clean(name).split_whitespace().collect::<Vec<_>>().join(" ");
        if !(1..=NAME_CHARS).contains(&name.chars().count()) || !name.chars().any(is_visible) {
            return Err(BadCrop::Name);
        }
        let size = typed_size(size).ok_or_else(|| BadCrop::NoSize(size.to_owned()))?;
        if size.width.max(size.height) > LONGEST_SIDE {
            return Err(BadCrop::TooLarge(size));
        }
        Ok(Self { name, size })
    }
}

/// The most crop sizes that the operator can set.
pub const MOST: usize = 5;

/// The most crop sizes that a server can have besides. All crops of a picture fit into one message,
/// which takes ten files.
pub const MOST_OWN: usize = 5;

/// Longest name of a size, in characters.
pub const NAME_CHARS: usize = 30;

/// Longest text in which a size is typed, in characters.
pub const SIZE_CHARS: usize = 20;

/// Longest side of a size that a server can have of its own, in pixels.
pub const LONGEST_SIDE: u32 = 4_096;

/// Returns why the operator's list of crop sizes is refused: more than [`MOST`] sizes, or a name
/// that is not 1 to 30 characters long. Returns `None` for a list that is fine.
#[must_use]
pub fn fault(crops: &[Crop]) -> Option<String> {
    if crops.len() > MOST {
        return Some(format!("at most {MOST} sizes"));
    }
    let named = |crop: &Crop| (1..=NAME_CHARS).contains(&crop.name.chars().count());
    crops
        .iter()
        .find(|crop| !named(crop))
        .map(|crop| format!("a name has 1 to {NAME_CHARS} characters, not “{}”", crop.name))
}

/// Returns whether a picture can be cut to a size without being made larger.
#[must_use]
pub fn can_cut(from: Pixels, to: Pixels) -> bool {
    from.width >= to.width && from.height >= to.height
}

/// A part of a picture, in pixels from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// The distance from the left edge.
    pub x: u32,
    /// The distance from the upper edge.
    pub y: u32,
    /// The size of the part.
    pub size: Pixels,
}

impl Area {
    /// Returns whether another part lies in this one as a whole.
    #[must_use]
    pub fn holds(self, other: Self) -> bool {
        let ends = |area: Self| {
            (
                u64::from(area.x) + u64::from(area.size.width),
                u64::from(area.y) + u64::from(area.size.height),
            )
        };
        let (own, others) = (ends(self), ends(other));
        self.x <= other.x && self.y <= other.y && own.0 >= others.0 && own.1 >= others.1
    }
}

/// Who said where the subject of a picture stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finder {
    /// The engine that drew it.
    Engine,
    /// The measure of `media`: what contrasts with the picture's edges.
    Contrast,
}

/// Where the subject of a picture stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The part of the picture that it fills.
    pub area: Area,
    /// The place of most interest in it.
    pub focus: Focus,
    /// Who said so.
    pub by: Finder,
}

/// What frames are laid around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aim {
    /// The place that stands in the middle of a frame, as far as the picture allows.
    pub focus: Focus,
    /// What each frame holds if it can, even if the focus then stands aside.
    pub hold: Option<Area>,
}

impl Aim {
    /// Returns the aim of a picture: the focus that somebody chose, or its subject, or its middle.
    #[must_use]
    pub fn of(subject: Option<Subject>, chosen: Option<Focus>) -> Self {
        match (chosen, subject) {
            (Some(focus), _) => Self { focus, hold: None },
            (None, Some(subject)) => Self {
                focus: subject.focus,
                hold: Some(subject.area),
            },
            (None, None) => Self {
                focus: Focus::MIDDLE,
                hold: None,
            },
        }
    }
}

/// A crop as it would be cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The size that is wanted.
    pub crop: Crop,
    /// The part of the picture that becomes it.
    pub frame: Area,
    /// Whether a part of the subject is outside of the frame.
    pub cuts_subject: bool,
}

impl Planned {
    /// Plans a crop of a picture.
    #[must_use]
    pub fn new(crop: &Crop, picture: Pixels, aim: Aim, subject: Option<Subject>) -> Self {
        let frame = frame(picture, crop.size, aim);
        Self {
            crop: crop.clone(),
            frame,
            cuts_subject: subject.is_some_and(|subject| !frame.holds(subject.area)),
        }
    }

    /// Returns how many times larger than in the picture everything in the crop would be, if it would
    /// be larger by more than a pixel's rounding.
    #[must_use]
    pub fn enlarged(&self) -> Option<f64> {
        let [wanted, there] = [self.crop.size, self.frame.size].map(|size| size.width.max(size.height));
        (wanted > there + 1).then(|| f64::from(wanted) / f64::from(there))
    }
}

/// Returns the largest part of a picture that has the shape of a size, to the pixel, and holds what it
/// is aimed at as well as it can.
#[must_use]
pub fn frame(picture: Pixels, shape: Pixels, aim: Aim) -> Area {
    let size = largest(picture, shape);
    let hold = aim.hold.map(|area| {
        [
            (area.x, area.x.saturating_add(area.size.width)),
            (area.y, area.y.saturating_add(area.size.height)),
        ]
    });
    Area {
        x: start(
            picture.width,
            size.width,
            aim.focus.across(),
            hold.map(|[across, _]| across),
        ),
        y: start(
            picture.height,
            size.height,
            aim.focus.down(),
            hold.map(|[_, down]| down),
        ),
        size,
    }
}

/// Returns the largest size of a shape in a picture. It has the full width or the full height.
fn largest(picture: Pixels, shape: Pixels) -> Pixels {
    let other = |full: u32, other: u32, own: u32| {
        let (full, other, own) = (u64::from(full), u64::from(other), u64::from(own.max(1)));
        u32::try_from((full * other + own / 2) / own)
            .unwrap_or(u32::MAX)
            .max(1)
    };
    let height = other(picture.width, shape.height, shape.width);
    if height <= picture.height {
        return Pixels {
            width: picture.width,
            height,
        };
    }
    let width = other(picture.height, shape.width, shape.height);
    Pixels {
        width: width.min(picture.width),
        height: picture.height,
    }
}

/// Returns where a part of a length begins. The focus, in thousandths of the whole, is in the middle as
/// far as what is held allows; what is longer than the part is filled by it.
fn start(whole: u32, part: u32, focus: u32, hold: Option<(u32, u32)>) -> u32 {
    let (whole, part) = (i64::from(whole), i64::from(part));
    let mut start = (2 * whole * i64::from(focus) / i64::from(Focus::WHOLE) - part) / 2;
    if let Some((from, to)) = hold {
        let ends = (i64::from(from), i64::from(to) - part);
        start = start.clamp(ends.0.min(ends.1), ends.0.max(ends.1));
    }
    u32::try_from(start.clamp(0, (whole - part).max(0))).unwrap_or_default()
}

/// Fits the sizes of several files under a limit that they share, in bytes: a file that is smaller than
/// its share leaves the rest to the others. Returns what each may have.
#[must_use]
pub fn shares(sizes: &[usize], limit: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by_key(|nth| sizes[*nth]);
    let (mut shares, mut left) = (vec![0; sizes.len()], limit);
    for (nth, at) in order.iter().enumerate() {
        let share = sizes[*at].min(left / (sizes.len() - nth));
        shares[*at] = share;
        left -= share;
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn size(width: u32, height: u32) -> Pixels {
        Pixels { width, height }
    }

    fn crop(name: &str, wanted: Pixels) -> Crop {
        Crop {
            name: name.to_owned(),
            size: wanted,
        }
    }

    #[test]
    fn a_list_that_no_message_could_show_is_refused() {
        let crop = |name: &str| crop(name, size(1, 1));
        assert_eq!(fault(&vec![crop("Story"); MOST]), None);
        assert!(fault(&vec![crop("Story"); MOST + 1]).is_some());
        assert!(fault(&[crop("")]).is_some() && fault(&[crop(&"x".repeat(31))]).is_some());
    }

    #[test]
    fn a_size_is_read_as_people_type_it_or_refused() {
        let read =
            |name: &str, size: &str| Crop::parse(name, size).map(|crop| (crop.name, crop.size.to_string()));
        let billboard = ("Billboard".to_owned(), "970×250".to_owned());
        assert_eq!(read("  Bill\u{202e}board\n", " 970 X 250"), Ok(billboard));
        for name in ["", " ", "\u{200b}", &"x".repeat(NAME_CHARS + 1)] {
            assert_eq!(read(name, "970x250"), Err(BadCrop::Name), "{name}");
        }
        for size in ["", "970", "0x5", "wide"] {
            assert_eq!(read("a", size), Err(BadCrop::NoSize(size.to_owned())));
        }
        assert!(read(&"x".repeat(NAME_CHARS), &format!("{LONGEST_SIDE}x1")).is_ok());
        let (height, typed) = (LONGEST_SIDE + 1, format!("1x{}", LONGEST_SIDE + 1));
        assert_eq!(read("a", &typed), Err(BadCrop::TooLarge(size(1, height))));
    }

    #[test]
    fn a_picture_that_is_large_enough_is_cut_without_being_made_larger() {
        for (from, to, can) in [
            (size(2560, 1440), size(1080, 1350), true),
            (size(1280, 720), size(1080, 1350), false),
            (size(1080, 1350), size(1080, 1350), true),
            (size(1070, 4000), size(1080, 1080), false),
        ] {
            assert_eq!(can_cut(from, to), can, "{from} to {to}");
            let planned = Planned::new(&crop("Any", to), from, Aim::of(None, None), None);
            assert_eq!(planned.enlarged().is_none(), can, "{from} to {to}");
        }
    }

    #[test]
    fn a_frame_stands_around_what_it_is_aimed_at() {
        let picture = size(1600, 900);
        let subject = |x, width| Subject {
            area: Area {
                x,
                y: 300,
                size: size(width, 300),
            },
            focus: Focus::at(x + width / 2, 450, picture),
            by: Finder::Contrast,
        };
        let at = |subject, chosen| {
            let frame = frame(picture, size(1080, 1920), Aim::of(subject, chosen));
            assert_eq!((frame.y, frame.size), (0, size(506, 900)));
            frame.x
        };
        assert_eq!(at(None, None), 547, "the middle");
        assert_eq!(at(Some(subject(200, 200)), None), 46);
        assert_eq!(at(Some(subject(0, 200)), None), 0, "never outside");
        assert_eq!(at(Some(subject(1400, 200)), None), 1094);
        let aside = Subject {
            focus: Focus::at(900, 450, picture),
            ..subject(400, 500)
        };
        assert_eq!(
            at(Some(aside), None),
            400,
            "as far to the focus as the subject allows"
        );
        assert_eq!(
            at(Some(aside), Some(Focus::at(1600, 0, picture))),
            1094,
            "who chose knows"
        );
        let wide = subject(100, 1000);
        assert_eq!(at(Some(wide), None), 347, "in the middle of what is too wide");
    }

    #[test]
    fn what_a_crop_would_do_is_known_before_it_is_cut() {
        let (picture, story) = (size(1600, 900), crop("Story", size(1080, 1920)));
        let planned = Planned::new(&story, picture, Aim::of(None, None), None);
        assert_eq!(
            planned.enlarged().map(|times| format!("{times:.1}")),
            Some("2.1".to_owned())
        );
        assert!(!planned.cuts_subject);
        let wide = crop("Wide", size(1600, 900));
        assert_eq!(
            Planned::new(&wide, picture, Aim::of(None, None), None).enlarged(),
            None
        );
        let subject = Subject {
            area: Area {
                x: 100,
                y: 0,
                size: size(800, 900),
            },
            focus: Focus::MIDDLE,
            by: Finder::Engine,
        };
        let aim = Aim::of(Some(subject), None);
        assert!(Planned::new(&story, picture, aim, Some(subject)).cuts_subject);
        assert!(!Planned::new(&wide, picture, aim, Some(subject)).cuts_subject);
    }

    #[test]
    fn small_files_leave_their_room_to_large_ones() {
        assert_eq!(shares(&[10, 10], 100), [10, 10]);
        assert_eq!(shares(&[90, 10, 90], 100), [45, 10, 45]);
        assert_eq!(shares(&[], 100), [0; 0]);
    }

    fn sides() -> impl Strategy<Value = Pixels> {
        (1..6_000_u32, 1..6_000_u32).prop_map(|(width, height)| Pixels { width, height })
    }

    proptest! {
        #[test]
        fn a_frame_is_the_largest_of_its_shape_in_the_picture_and_holds_the_subject_where_it_can(
            picture in sides(), shape in sides(),
            (left, top, wide, high) in (0..1_000_u32, 0..1_000_u32, 1..1_000_u32, 1..1_000_u32),
            focus in (0..1_000_u32, 0..1_000_u32),
            chosen: bool,
        ) {
            let part = |n: u32, whole: u32| u32::try_from(u64::from(n) * u64::from(whole) / 1_000).unwrap();
            let (x, y) = (part(left, picture.width), part(top, picture.height));
            let area = Area { x, y, size: Pixels {
                width: part(wide, picture.width - x).max(1),
                height: part(high, picture.height - y).max(1),
            } };
            let focus = Focus::at(part(focus.0, picture.width), part(focus.1, picture.height), picture);
            let subject = Subject { area, focus, by: Finder::Contrast };
            let aim = Aim::of(Some(subject), chosen.then_some(focus));
            let cut = frame(picture, shape, aim);

            let whole = Area { x: 0, y: 0, size: picture };
            prop_assert!(whole.holds(cut) && cut.size.count() > 0, "{:?} in {}", cut, picture);
            prop_assert!(cut.size.width == picture.width || cut.size.height == picture.height);
            // A pixel more or less is the rounding of one side.
            let (a, b) = (u64::from(cut.size.width) * u64::from(shape.height),
                u64::from(cut.size.height) * u64::from(shape.width));
            prop_assert!(a.abs_diff(b) <= u64::from(shape.width.max(shape.height)));
            let fits = area.size.width <= cut.size.width && area.size.height <= cut.size.height;
            prop_assert!(chosen || cut.holds(area) == fits);
        }

        #[test]
        fn shares_are_within_the_limit_and_none_is_more_than_its_file(
            sizes in proptest::collection::vec(0..2_000_usize, 0..11), limit in 0..10_000_usize,
        ) {
            let shares = shares(&sizes, limit);
            prop_assert!(shares.iter().sum::<usize>() <= limit);
            prop_assert!(shares.iter().zip(&sizes).all(|(share, size)| share <= size));
            let all: usize = sizes.iter().sum();
            prop_assert!(all > limit || shares == sizes);
        }
    }
}
