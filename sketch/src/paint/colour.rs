//! Colours: sRGB bytes on paper, `OKLab` and OKLCH for mixing and steering, because equal steps
//! there look equal. The matrices are those of Björn Ottosson,
//! <https://bottosson.github.io/posts/oklab/>.

use std::sync::LazyLock;

use super::maths::{cube_root, lerp, srgb_root, wave};

/// An sRGB colour, a byte a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

const fn digit(letter: u8) -> u8 {
    match letter {
        b'0'..=b'9' => letter - b'0',
        b'a'..=b'f' => letter - b'a' + 10,
        _ => panic!("a colour is written with the digits 0-9 and a-f"),
    }
}

/// Reads the colour of six hexadecimal digits, small letters, that start at this byte.
pub const fn hex_at(text: &str, at: usize) -> Rgb {
    let text = text.as_bytes();
    Rgb(
        digit(text[at]) * 16 + digit(text[at + 1]),
        digit(text[at + 2]) * 16 + digit(text[at + 3]),
        digit(text[at + 4]) * 16 + digit(text[at + 5]),
    )
}

/// Reads the colour of six hexadecimal digits, small letters. Panics at anything else: it is meant
/// for constants.
pub const fn hex(text: &str) -> Rgb {
    hex_at(text, 0)
}

/// White paper.
pub const WHITE: Rgb = hex("ffffff");
/// Black ink.
pub const BLACK: Rgb = hex("000000");

/// Lightness 0 to 1, chroma 0 to about 0.37, hue in turns.
#[derive(Clone, Copy, Debug)]
pub struct Oklch {
    /// 0 black, 1 white.
    pub light: f64,
    /// 0 grey; what sRGB can show ends between 0.1 and 0.37.
    pub chroma: f64,
    /// 0 to 1; red is near 0.08, yellow 0.30, green 0.40, blue 0.73.
    pub hue: f64,
}

/// What each byte is in linear light, made without the library's `powf`.
static LINEAR: LazyLock<[f64; 256]> = LazyLock::new(|| {
    std::array::from_fn(|byte| {
        let wanted = byte as f64 / 255.0;
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..50 {
            let middle = f64::midpoint(low, high);
            if encode(middle) < wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        f64::midpoint(low, high)
    })
});

fn encode(linear: f64) -> f64 {
    if linear <= 0.003_130_8 {
        linear * 12.92
    } else {
        1.055 * srgb_root(linear) - 0.055
    }
}

fn byte(linear: f64) -> u8 {
    (encode(linear.clamp(0.0, 1.0)) * 255.0 + 0.5) as u8
}

fn to_lab(colour: Rgb) -> [f64; 3] {
    let linear = |byte: u8| LINEAR[usize::from(byte)];
    let (r, g, b) = (linear(colour.0), linear(colour.1), linear(colour.2));
    let l = cube_root(0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b);
    let m = cube_root(0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b);
    let s = cube_root(0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b);
    [
        0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
        1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
        0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
    ]
}

fn to_linear([light, a, b]: [f64; 3]) -> [f64; 3] {
    let l = light + 0.396_337_777_4 * a + 0.215_803_757_3 * b;
    let m = light - 0.105_561_345_8 * a - 0.063_854_172_8 * b;
    let s = light - 0.089_484_177_5 * a - 1.291_485_548_0 * b;
    let (l, m, s) = (l * l * l, m * m * m, s * s * s);
    [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ]
}

impl Rgb {
    /// Returns the same colour in OKLCH.
    pub fn oklch(self) -> Oklch {
        let [light, a, b] = to_lab(self);
        Oklch {
            light,
            chroma: (a * a + b * b).sqrt(),
            hue: turn_of(a, b),
        }
    }

    /// Mixes two colours in `OKLab`: `t` 0 is `self`, 1 is `other`.
    pub fn mix(self, other: Self, t: f64) -> Self {
        let t = t.clamp(0.0, 1.0);
        let (from, to) = (to_lab(self), to_lab(other));
        let lab = std::array::from_fn(|i| lerp(from[i], to[i], t));
        let [r, g, b] = to_linear(lab);
        Self(byte(r), byte(g), byte(b))
    }

    /// Makes the colour lighter (above 0) or darker (below 0) by this much of OKLCH lightness.
    pub fn lift(self, by: f64) -> Self {
        let mut colour = self.oklch();
        colour.light = (colour.light + by).clamp(0.0, 1.0);
        colour.rgb()
    }

    /// Returns the OKLCH lightness alone.
    pub fn lightness(self) -> f64 {
        to_lab(self)[0]
    }
}

impl Oklch {
    /// Returns the colour as bytes. Lowers the chroma until sRGB can show it.
    pub fn rgb(self) -> Rgb {
        let shown = |chroma: f64| {
            let (a, b) = (chroma * wave(self.hue + 0.25), chroma * wave(self.hue));
            to_linear([self.light, a, b])
        };
        let fits = |linear: [f64; 3]| linear.iter().all(|c| (-0.0005..=1.0005).contains(c));
        let (mut low, mut high) = (0.0, self.chroma);
        if !fits(shown(high)) {
            for _ in 0..14 {
                let middle = f64::midpoint(low, high);
                if fits(shown(middle)) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            high = low;
        }
        let [r, g, b] = shown(high);
        Rgb(byte(r), byte(g), byte(b))
    }

    /// Moves the hue towards another by this share of the shorter way.
    pub fn towards(self, hue: f64, share: f64) -> Self {
        let way = hue - self.hue;
        let way = way - (way + 0.5).floor();
        Self {
            hue: self.hue + way * share,
            ..self
        }
    }
}

/// Returns the angle of a vector in turns, by bisection over `wave`: no library arctangent is
/// needed.
fn turn_of(a: f64, b: f64) -> f64 {
    let length = (a * a + b * b).sqrt();
    if length < 1e-6 {
        return 0.0;
    }
    let sine = b.abs() / length;
    let (mut low, mut high) = (0.0, 0.25);
    for _ in 0..30 {
        let middle = f64::midpoint(low, high);
        if wave(middle) < sine {
            low = middle;
        } else {
            high = middle;
        }
    }
    match (a >= 0.0, b >= 0.0) {
        (true, true) => low,
        (false, true) => 0.5 - low,
        (false, false) => 0.5 + low,
        (true, false) => 1.0 - low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_survive_the_way_there_and_back() {
        for value in ["ff0000", "0080ff", "f2b179", "123456", "ffffff", "000000"] {
            let colour = hex(value);
            let back = colour.oklch().rgb();
            let near = |a: u8, b: u8| a.abs_diff(b) <= 2;
            assert!(
                near(colour.0, back.0) && near(colour.1, back.1) && near(colour.2, back.2),
                "{colour:?} {back:?}"
            );
            assert_eq!(colour.mix(WHITE, 1.0), WHITE);
        }
    }
}
