//! Colour schemes, picked by hand for each light, then steered by the colours and moods of the
//! prompt.

use crate::paint::colour::{BLACK, Oklch, Rgb, WHITE, hex, hex_at};
use crate::paint::maths::{lerp, smooth};
use crate::paint::rng::Rng;
use crate::prompt::vocabulary::{Hour, Hue, Mood};
use crate::prompt::words::Reading;

/// The colours of one picture.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    /// From the top of the sky (or wall) down to the horizon.
    pub sky: [Rgb; 4],
    /// The disc of the sun or moon, or the studio's disc.
    pub sun: Rgb,
    /// The light around it.
    pub glow: Rgb,
    /// The farthest layer, almost air.
    pub far: Rgb,
    /// Halfway.
    pub mid: Rgb,
    /// The nearest, darkest layer.
    pub near: Rgb,
    /// Small things that should be seen.
    pub accent: Rgb,
}

/// Reads ten colours: four of the sky, then sun, glow, far, mid, near and accent.
const fn row(colours: &str) -> Palette {
    Palette {
        sky: [
            hex_at(colours, 0),
            hex_at(colours, 7),
            hex_at(colours, 14),
            hex_at(colours, 21),
        ],
        sun: hex_at(colours, 28),
        glow: hex_at(colours, 35),
        far: hex_at(colours, 42),
        mid: hex_at(colours, 49),
        near: hex_at(colours, 56),
        accent: hex_at(colours, 63),
    }
}

const DAWN: [Palette; 4] = [
    row("4a6fa5 9db4d3 f5c9b8 ffe6cf fff4df ffd2a8 c9b6c6 6d7ba3 1f2a4a f08a6b"),
    row("5b5a9c a58cc0 f2b5b9 ffe2c8 fff3e2 ffc7b0 c7a9c4 74609c 2a2450 f2a15f"),
    row("3f7f8f 93c0b8 f4dcb6 fff0d2 fff8e4 ffdfa6 b5c9b8 5a928f 173b45 e9806e"),
    row("3b4a86 8876ab f0a093 ffd7a1 fff0cf ffb885 b98aa6 5f558c 1b1d42 ffb354"),
];
const DAY: [Palette; 4] = [
    row("2f7fc1 6fb2dd bfe0ec eef6ef fffbe8 fffff4 a9cbd8 4f8f8b 16423f f2644b"),
    row("1c8ea6 5fbdbd bfe3d2 fbf3da fff6dc fff3cc 9fcbbf 3f8f8a 0f3b45 f47c48"),
    row("e6d2a2 f0deb6 f6e8c8 fcf3de ee6435 f8c88e a9bfa8 468880 163841 e4572e"),
    row("3f6fb5 8fa9d9 d9d6e8 fdebdc fff7e6 fff0d8 b7b9d6 6a79a8 25335c f0a22e"),
];
const GOLDEN: [Palette; 4] = [
    row("db6a3d f09a55 f9cb86 fff0c2 fff6d8 ffe09a e3a76f a65a3f 3a1f2b d7263d"),
    row("2c6e7f 86a795 f3c27a ffe6ae fff2cc ffd682 d7ab7c 766c5c 14303a ef6c35"),
    row("7d5a8c d58f8f f7c08a ffe9bf fff3d4 ffcf8f d9a08d 8a5570 2f1d3f f26a4f"),
    row("b8413a e87744 f8b45c ffe39e fff0bf ffca6b d98a58 8f4444 2b1628 ffd359"),
];
const DUSK: [Palette; 4] = [
    row("2b2559 6b3f86 d9627b ffb27a ffd9a0 ff9a78 8d5587 4b3370 17133a ffc15e"),
    row("14284f 3e5391 c4739b ffb996 ffe0bd ffa58f 7d689f 3a457d 0e1735 ff8c61"),
    row("2c1b3d 7a2f4f d9523f ffae5d ffd98a ff8f4d 8f4150 4d2545 160d22 ffcf6b"),
    row("0f3a4f 3b6f7f d6987f ffcf9d ffe6c0 ffb586 7f7f86 2f5566 0a1f2d ff7d5a"),
];
const NIGHT: [Palette; 4] = [
    row("070d26 10214a 24427a 4a74a6 f6f2da bcd2ec 35598c 1b3362 060b1f ffcf6b"),
    row("041a24 0a3440 166067 3f9a8f f3f4dc a9e0cf 2a7778 124851 031018 ffb85c"),
    row("0d0824 231650 4b2f86 8a5cb0 fbece0 d9b3ea 604094 312063 08051a ff9d7a"),
    row("0b101f 1c2a47 3d4f73 85909f fff0cf e8dcc0 556482 283958 070914 f6c453"),
];
const STORM: [Palette; 4] = [
    row("1d2733 34465a 6a7f8c b9c2bd e9ecdf d5dcd6 7d8d94 425462 10171f f2c14e"),
    row("222034 45405f 7e7a93 c7bfc0 f1eae2 dcd2d4 8a8498 4c4766 141222 f29e4c"),
    row("16282a 2f4c4b 6f8b80 c4cbb0 f0f0d6 dbdfc0 80988a 3f5e5a 0b1a1c f4d05f"),
    row("2b2324 55403f 9a7866 e0bd93 f8e6c4 f0cfa2 a38978 5d4745 1a1318 f08a4b"),
];
const FOG: [Palette; 4] = [
    row("a9b9c0 c2cecf d9e0db efebdd fffaea fff6e2 c2cecd 789499 244048 e47755"),
    row("bfafa5 d4c6b9 e8ddcf f8efdd fffaea fff3dc d0c2b5 928580 3a3138 c9573f"),
    row("8fa6c4 b3c3d8 d5dce6 f2ece8 fffaf0 fff4e6 b5c3d6 6f86a8 223658 ef9a5d"),
    row("9db3a4 bdccb8 dce2cb f4f0d9 fffbe6 fff6d6 b9c8b2 6d907c 1f3d35 e8744a"),
];
/// Walls, floor, disc, light, plinth, shade, ink, accent.
const STUDIO: [Palette; 8] = [
    row("e9c7b0 e3bba1 d9a98c cf9879 c96145 fff1e2 f3dcc9 c58b70 4a2224 8f3a2f"),
    row("d3dcca c2cdb8 abba9f 9aab8d 6a8d70 fffdee e8ecdf 8a9d80 1f332b d98a5b"),
    row("f6ddd9 efc9c8 e3aeb0 d79a9f c6556a fff5ee faece8 cf9199 4d1f33 f0a050"),
    row("2b3d70 21305c 18284c 122040 e9b44c ffe9b5 465994 1a2950 080e22 f27d52"),
    row("2b848a 20737b 165d66 114e58 f2b179 ffebcf 4fa9a8 155862 062a33 f26b4e"),
    row("f8e8bc f3da9b ecc977 e4b962 e0773a fffae2 fff3d3 d8a858 5a2c1d c93f35"),
    row("dcd2ee cbbce3 b6a3d4 a58fc9 7350a8 fff8f4 f0e9f9 9680bd 2a1b4a f2a65a"),
    row("4a4a53 3b3b43 2c2c33 222229 d9643a ffe8d2 6a6a75 2a2a31 0f0f14 f2c15b"),
];

/// Returns the scheme number `variant` of a light, before any steering.
pub fn of_hour(hour: Hour, variant: usize) -> Palette {
    let set = match hour {
        Hour::Dawn => &DAWN,
        Hour::Day => &DAY,
        Hour::Golden => &GOLDEN,
        Hour::Dusk => &DUSK,
        Hour::Night => &NIGHT,
        Hour::Storm => &STORM,
        Hour::Fog => &FOG,
    };
    set[variant % set.len()]
}

/// Returns the scheme number `variant` of a studio. A named light narrows the choice.
pub fn of_studio(hour: Option<Hour>, variant: usize) -> Palette {
    let fitting: &[usize] = match hour {
        Some(Hour::Night | Hour::Storm) => &[3, 7, 4],
        Some(Hour::Dusk) => &[6, 3, 4, 2],
        Some(Hour::Golden) => &[0, 5, 4],
        Some(Hour::Dawn | Hour::Day) => &[2, 5, 1, 6],
        Some(Hour::Fog) => &[1, 6, 0],
        None => &[0, 4, 2, 5, 1, 3, 6, 7],
    };
    STUDIO[fitting[variant % fitting.len()]]
}

impl Palette {
    fn each(mut self, change: impl Fn(Rgb, f64) -> Rgb) -> Self {
        // The second value is how much of the picture's mass the colour carries: accents keep more
        // of themselves.
        for sky in &mut self.sky {
            *sky = change(*sky, 1.0);
        }
        self.far = change(self.far, 1.0);
        self.mid = change(self.mid, 1.0);
        self.near = change(self.near, 1.0);
        self.glow = change(self.glow, 0.7);
        self.sun = change(self.sun, 0.35);
        self.accent = change(self.accent, 0.15);
        self
    }

    /// Returns the colour of a layer of land: 0 the farthest, 1 the nearest.
    pub fn depth(&self, t: f64) -> Rgb {
        if t < 0.5 {
            self.far.mix(self.mid, t * 2.0)
        } else {
            self.mid.mix(self.near, t * 2.0 - 1.0)
        }
    }

    /// Returns whether the picture is dark.
    pub fn is_dark(&self) -> bool {
        self.sky[1].lightness() < 0.5
    }

    /// Changes the scheme a little for each seed, then as the words want it.
    pub fn steered(self, reading: &Reading, rng: &mut Rng) -> Self {
        let turn = rng.range(-0.018, 0.018);
        let warmth = rng.range(0.92, 1.08);
        let mut palette = self.each(|colour, _| {
            let mut c = colour.oklch();
            c.hue += turn;
            c.chroma *= warmth;
            c.rgb()
        });
        for (place, hue) in reading.hues.iter().enumerate() {
            palette = if place == 0 {
                palette.hued(*hue)
            } else {
                palette.accented(*hue, place)
            };
        }
        for mood in &reading.moods {
            palette = palette.felt(*mood);
        }
        palette
    }

    /// Pulls the whole scheme to one named colour. The accent stays where it contrasts.
    fn hued(self, wanted: Hue) -> Self {
        if wanted.chroma < 0.03 {
            let pull = if wanted.light > 0.9 {
                0.22
            } else if wanted.light < 0.4 {
                -0.22
            } else {
                0.0
            };
            return self.each(|colour, mass| {
                let mut c = colour.oklch();
                c.chroma *= lerp(1.0, 0.22, mass);
                c.light =
                    (c.light + pull * mass * (1.0 - (2.0 * c.light - 1.0).abs() * 0.6)).clamp(0.03, 0.985);
                c.rgb()
            });
        }
        self.each(|colour, mass| {
            let own = colour.oklch();
            if mass < 0.5 {
                // Sun and accent are there to contrast; half-way hues are mud.
                return colour;
            }
            let hue = deepened(wanted.hue, own.light);
            let pull = if hue < wanted.hue { 0.98 } else { 0.86 };
            let mut c = own.towards(hue, pull * mass.min(0.98));
            let room = smooth(0.0, 0.35, c.light) * smooth(1.02, 0.80, c.light);
            let strong = wanted.chroma * 0.85 * room;
            c.chroma = lerp(c.chroma, c.chroma.max(strong), mass);
            c.light = lerp(c.light, wanted.light, 0.14 * mass * room);
            c.rgb()
        })
    }

    /// Gives the second named colour to the sun and the third to the accents.
    fn accented(mut self, wanted: Hue, place: usize) -> Self {
        let colour = own_colour(wanted);
        if place == 1 {
            self.sun = colour.mix(self.sun, 0.12);
            self.glow = colour.mix(self.glow, 0.5);
        }
        self.accent = colour;
        self
    }

    fn felt(self, mood: Mood) -> Self {
        let scaled = |chroma: f64, light: f64, shift: f64| {
            self.each(|colour, mass| {
                let mut c = colour.oklch();
                c.chroma *= lerp(1.0, chroma, mass.max(0.5));
                c.light = (0.55 + (c.light - 0.55) * light + shift * mass.max(0.4)).clamp(0.02, 0.99);
                c.rgb()
            })
        };
        match mood {
            Mood::Calm => scaled(0.78, 0.88, 0.03),
            Mood::Bold => scaled(1.4, 1.08, 0.0),
            Mood::Minimal => scaled(0.8, 0.92, 0.05),
            Mood::Retro => self.each(|colour, _| colour.mix(hex("f1d9a7"), 0.16).mix(hex("5a3a2e"), 0.06)),
            Mood::Cosy => self.each(|colour, mass| {
                let c = colour.oklch().towards(0.15, 0.35 * mass);
                Oklch {
                    light: c.light * 0.96,
                    ..c
                }
                .rgb()
            }),
            Mood::Dramatic => scaled(1.15, 1.22, -0.05),
            Mood::Pastel => self.each(|colour, mass| {
                let mut c = colour.oklch();
                c.light = lerp(c.light, 0.5 + c.light * 0.47, mass.max(0.5));
                c.chroma = (c.chroma * 0.8).clamp(0.03, 0.10);
                c.rgb()
            }),
            Mood::Neon => self.neon(),
            Mood::Mono => self.each(|colour, _| {
                Oklch {
                    chroma: 0.004,
                    ..colour.oklch()
                }
                .rgb()
            }),
            Mood::Dark => scaled(0.95, 0.85, -0.17),
            Mood::Bright => scaled(1.02, 0.92, 0.08),
        }
    }

    fn neon(self) -> Self {
        let mut palette = self.each(|colour, _| {
            let mut c = colour.oklch();
            c.light = (c.light * 0.74).min(0.72);
            c.chroma = c.chroma.max(0.09) * 1.35;
            c.rgb()
        });
        // Signs over a dark street: magenta against blue and green, cyan against violet.
        let hue = self.sky[2].oklch().hue;
        let (sign, other) = if (0.77..0.999).contains(&hue) {
            (0.55, 0.95)
        } else {
            (0.95, 0.55)
        };
        let bright = |hue: f64, light: f64| {
            Oklch {
                light,
                chroma: 0.26,
                hue,
            }
            .rgb()
        };
        palette.sky[2] = palette.sky[2].mix(bright(other, 0.5), 0.25);
        palette.sky[3] = bright(sign, 0.62);
        palette.glow = bright(sign, 0.74);
        palette.sun = bright(sign + 0.13, 0.84);
        palette.accent = bright(other, 0.82);
        palette.near = palette.near.mix(BLACK, 0.4);
        palette
    }
}

/// Turns yellow that gets darker to amber and brown, as painters do. Left alone it turns to olive.
fn deepened(hue: f64, light: f64) -> f64 {
    if (0.19..0.33).contains(&hue) {
        lerp(hue, 0.16, smooth(0.85, 0.35, light))
    } else {
        hue
    }
}

/// Returns the named colour itself, as a thing would have it.
pub fn own_colour(wanted: Hue) -> Rgb {
    Oklch {
        light: wanted.light,
        chroma: wanted.chroma,
        hue: wanted.hue,
    }
    .rgb()
}

/// Returns the colours of snow under this sky: almost white in the light, the sky's in the shade.
pub fn snow(palette: &Palette) -> (Rgb, Rgb) {
    let light = palette.sky[3].mix(WHITE, if palette.is_dark() { 0.35 } else { 0.68 });
    (light, palette.far.mix(palette.sky[1], 0.5).mix(light, 0.28))
}
