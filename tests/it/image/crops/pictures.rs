//! Composes pictures like photographs, each with a subject away from the middle whose place is known.

use std::io::Cursor;

use greenlight::domain::geometry::Pixels;
use greenlight::domain::image::crop::Area;
use image::{ImageFormat, Rgb, RgbImage};

/// What is behind the subject.
#[derive(Clone, Copy, Debug)]
pub enum Ground {
    /// One colour.
    Plain,
    /// A light that falls off to a corner.
    Slope,
    /// Grain like gravel or foliage.
    Texture,
    /// A sky over a field.
    Horizon,
    /// Large soft spots, out of focus.
    Blurred,
}

/// What stands in the picture.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Disc,
    Person,
    Bottle,
    Block,
}

/// A picture that can be composed.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub ground: Ground,
    pub shape: Shape,
    pub size: Pixels,
    /// Where the middle of the subject is, of the sides.
    middle: (f32, f32),
    /// How tall the subject is, of the shorter side.
    tall: f32,
    back: [f32; 3],
    colour: [f32; 3],
    seed: u32,
}

/// A picture, and where its subject stands.
pub struct Scene {
    pub file: Vec<u8>,
    pub marked: Area,
}

/// A stream of numbers that is the same in every run.
struct Chance(u64);

impl Chance {
    /// Returns a number from 0 to 1.
    fn next(&mut self) -> f32 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }

    fn within(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * self.next()
    }
}

/// Plans twenty pictures: every ground behind every shape, in four formats, with subjects of
/// different sizes, colours and places, none of them in the middle.
pub fn twenty() -> Vec<Plan> {
    let grounds = [
        Ground::Plain,
        Ground::Slope,
        Ground::Texture,
        Ground::Horizon,
        Ground::Blurred,
    ];
    let shapes = [Shape::Disc, Shape::Person, Shape::Bottle, Shape::Block];
    let sizes = [(640, 360), (480, 480), (360, 640), (540, 360)];
    let backs = [
        [196.0, 190.0, 180.0],
        [92.0, 120.0, 150.0],
        [60.0, 66.0, 70.0],
        [150.0, 168.0, 186.0],
        [120.0, 138.0, 96.0],
    ];
    let colours = [
        [190.0, 60.0, 50.0],
        [40.0, 60.0, 120.0],
        [225.0, 190.0, 70.0],
        [235.0, 230.0, 225.0],
        [30.0, 34.0, 36.0],
    ];
    let mut chance = Chance(2026);
    let plan = |n: usize| {
        let back: [f32; 3] = backs[(n * 3 + n / 5) % 5];
        let seen = |colour: &[f32; 3]| (0..3).map(|i| (colour[i] - back[i]).abs()).sum::<f32>() > 120.0;
        let mut from_here = (0..5).map(|k| colours[(n + n / 5 + k) % 5]);
        let colour = from_here.find(seen).expect("a colour that is seen on it");
        let mut aside = |near: (f32, f32), far: (f32, f32)| {
            let (from, to) = if chance.next() < 0.5 { near } else { far };
            chance.within(from, to)
        };
        let middle = (aside((0.2, 0.34), (0.66, 0.8)), aside((0.3, 0.42), (0.55, 0.68)));
        let (width, height) = sizes[(n + n / 4) % 4];
        Plan {
            ground: grounds[n % 5],
            shape: shapes[n / 5],
            size: Pixels { width, height },
            middle,
            tall: chance.within(0.18, 0.46),
            back,
            colour,
            seed: u32::try_from(n).expect("twenty") + 1,
        }
    };
    (0..20).map(plan).collect()
}

impl Plan {
    /// Composes the picture, as a PNG file.
    pub fn compose(&self) -> Scene {
        let Pixels { width, height } = self.size;
        let mut grain = Chance(u64::from(self.seed) * 7_919 + 1);
        let (mut from, mut to) = ((width, height), (0, 0));
        let picture = RgbImage::from_fn(width, height, |x, y| {
            let at = (x as f32, y as f32);
            let mut colour = self.ground_at(at);
            if let Some(own) = self.subject_at(at) {
                colour = own;
                from = (from.0.min(x), from.1.min(y));
                to = (to.0.max(x + 1), to.1.max(y + 1));
            }
            let grain = (grain.next() + grain.next() - 1.0) * 16.0;
            Rgb(colour.map(|value| (value + grain).clamp(0.0, 255.0) as u8))
        });
        let mut file = Cursor::new(Vec::new());
        picture.write_to(&mut file, ImageFormat::Png).expect("a picture");
        let size = Pixels {
            width: to.0 - from.0,
            height: to.1 - from.1,
        };
        Scene {
            file: file.into_inner(),
            marked: Area {
                x: from.0,
                y: from.1,
                size,
            },
        }
    }

    fn tall(&self) -> f32 {
        self.tall * self.size.width.min(self.size.height) as f32
    }

    fn wide(&self) -> f32 {
        let narrow = match self.shape {
            Shape::Disc => 1.0,
            Shape::Person => 0.45,
            Shape::Bottle => 0.34,
            Shape::Block => 1.3,
        };
        self.tall() * narrow
    }

    fn ground_at(&self, (x, y): (f32, f32)) -> [f32; 3] {
        let (width, height) = (self.size.width as f32, self.size.height as f32);
        let (seed, back) = (self.seed, self.back);
        let light = |colour: [f32; 3], by: f32| colour.map(|value| value + by);
        let colour = match self.ground {
            Ground::Plain => back,
            Ground::Slope => light(back, (x / width - 0.5) * 90.0 + (y / height - 0.5) * 50.0),
            Ground::Texture => light(
                back,
                noise(seed, (x, y), 9.0) * 22.0 + noise(seed + 1, (x, y), 40.0) * 14.0,
            ),
            Ground::Horizon if y > height * 0.62 => {
                let field = [back[0] * 0.55 + 20.0, back[1] * 0.5 + 30.0, back[2] * 0.35];
                light(field, noise(seed, (x, y * 2.0), 12.0) * 16.0)
            }
            Ground::Horizon => light(
                back,
                (y / height - 0.3) * 70.0 + noise(seed + 2, (x, y * 2.0), 90.0) * 10.0,
            ),
            Ground::Blurred => {
                let spot = noise(seed, (x, y), width / 5.0);
                let other = noise(seed + 3, (x, y), width / 4.0);
                [
                    back[0] + spot * 35.0,
                    back[1] + other * 30.0,
                    back[2] - spot * 25.0,
                ]
            }
        };
        // A shadow on the ground beside the subject.
        let foot = (self.middle.0 * width, self.middle.1 * height + self.tall() * 0.5);
        let (across, down) = (
            (x - foot.0 - self.wide() * 0.3) / (self.wide() * 0.8),
            (y - foot.1) / (self.tall() * 0.09),
        );
        let shade = 1.0 - across.powi(2) - down.powi(2);
        light(colour, shade.max(0.0) * -38.0)
    }

    /// Returns the colour of the subject at a place, if it stands there.
    fn subject_at(&self, (x, y): (f32, f32)) -> Option<[f32; 3]> {
        let middle = (
            self.middle.0 * self.size.width as f32,
            self.middle.1 * self.size.height as f32,
        );
        // From -1 to 1 within the subject.
        let (u, v) = (
            (x - middle.0) / (self.wide() / 2.0),
            (y - middle.1) / (self.tall() / 2.0),
        );
        let is_head = (u / 0.62).powi(2) + ((v + 0.72) / 0.28).powi(2) <= 1.0;
        let inside = match self.shape {
            Shape::Disc => u * u + v * v <= 1.0,
            Shape::Block => u.abs() <= 1.0 && v.abs() <= 1.0,
            Shape::Bottle => v.abs() <= 1.0 && u.abs() <= if v < -0.45 { 0.36 } else { 1.0 },
            Shape::Person => {
                let body = v > -0.46 && v <= 1.0 && u.abs() <= (0.55 + (v + 0.46) * 0.32).min(1.0);
                is_head || body
            }
        };
        let bare = matches!(self.shape, Shape::Person) && v < -0.46;
        let own = if bare { [214.0, 170.0, 140.0] } else { self.colour };
        let light = -u * 24.0 - v * 12.0 + noise(self.seed + 9, (x, y), self.tall() / 12.0) * 14.0;
        inside.then(|| own.map(|value| value + light))
    }
}

/// Returns smooth noise from -1 to 1, with features of `size` pixels.
fn noise(seed: u32, (x, y): (f32, f32), size: f32) -> f32 {
    let corner = |column: f32, row: f32| {
        let [column, row] = [column, row].map(|at| (at as i32).cast_unsigned());
        let mixed = column
            .wrapping_mul(374_761_393)
            .wrapping_add(row.wrapping_mul(668_265_263))
            .wrapping_add(seed.wrapping_mul(2_246_822_519));
        let mixed = (mixed ^ (mixed >> 13)).wrapping_mul(1_274_126_177);
        (mixed ^ (mixed >> 16)) as f32 / u32::MAX as f32 * 2.0 - 1.0
    };
    let (across, down) = (x / size, y / size);
    let (left, top) = (across.floor(), down.floor());
    let smooth = |part: f32| part * part * (3.0 - 2.0 * part);
    let mix = |from: f32, to: f32, part: f32| from + (to - from) * smooth(part);
    let along = |row: f32| mix(corner(left, row), corner(left + 1.0, row), across - left);
    mix(along(top), along(top + 1.0), down - top)
}
