//! The box in which one subject is drawn: 100 units tall, its foot at (0, 0), up is negative,
//! looking to the right.

use crate::paint::canvas::{Canvas, Paint, Pen, Point, Stop};
use crate::paint::colour::Rgb;
use crate::prompt::vocabulary::{Hue, Subject};

/// Where and how a subject appears.
#[derive(Clone, Copy, Debug)]
pub struct Pose {
    /// What it is.
    pub subject: Subject,
    /// The colour that the prompt gives it.
    pub own: Option<Hue>,
    /// Its foot, in scene units.
    pub at: Point,
    /// Its height in scene units.
    pub size: f64,
    /// 1 looks right, -1 left.
    pub facing: f64,
}

/// Colours of a subject under the light of its scene.
#[derive(Clone, Copy, Debug)]
pub struct Ink {
    /// Its main colour.
    pub body: Rgb,
    /// The same in the light.
    pub lit: Rgb,
    /// The same in the shade.
    pub shade: Rgb,
    /// Almost black.
    pub dark: Rgb,
    /// Almost white.
    pub pale: Rgb,
    /// Small parts that should be seen.
    pub accent: Rgb,
    /// The light itself.
    pub glow: Rgb,
    /// The light of lamps and windows.
    pub lamp: Rgb,
}

/// Writes into the box of one subject.
#[derive(Debug)]
pub struct Brush<'c> {
    /// Where it is written.
    pub c: &'c mut Canvas,
    /// The colours.
    pub ink: Ink,
    /// The light comes from the right (1) or left (-1) of the box.
    pub sun: f64,
    /// 0 draft, 1 review, 2 final.
    pub level: usize,
    /// Whether lamps and windows are lit.
    pub dusk: bool,
    /// Whether it wears sunglasses.
    pub shades: bool,
}

impl Brush<'_> {
    /// Fills a path in one paint.
    pub fn fill(&mut self, path: &str, paint: impl Into<Paint>) {
        self.c.fill(path, paint);
    }

    /// Fills a path from lit to shade across these places of the box, on whichever side the light
    /// is.
    pub fn body(&mut self, path: &str, left: f64, right: f64) {
        let Ink { body, .. } = self.ink;
        self.round(path, left, right, body);
    }

    /// Fills a path of this colour, shaded as something round between these two places.
    pub fn round(&mut self, path: &str, left: f64, right: f64, colour: Rgb) {
        let lit = colour.mix(self.ink.glow, 0.34);
        let shade = colour.mix(self.ink.dark, 0.46);
        self.across(
            path,
            left,
            right,
            &[(0.0, lit, 1.0), (0.35, colour, 1.0), (1.0, shade, 1.0)],
        );
        let (from, to) = if self.sun > 0.0 {
            (right, left)
        } else {
            (left, right)
        };
        self.hatch(path, (from, 0.0), (to, 0.0));
    }

    /// Hatches a shape on the side away from the light, from the review on. The lines end at its
    /// outline and are too faint to be seen at the draft's size.
    fn hatch(&mut self, path: &str, from: Point, to: Point) {
        if self.level == 0 {
            return;
        }
        let every = if self.level > 1 { 1 } else { 2 };
        let dark = self.ink.dark;
        let paint = self.c.linear(
            from,
            to,
            &[(0.0, dark, 0.0), (0.3, dark, 0.02), (1.0, dark, 0.16)],
        );
        let (left, right) = if (from.0 - to.0).abs() < 0.01 {
            (-150.0, 150.0)
        } else {
            (from.0.min(to.0), from.0.max(to.0))
        };
        let mut lines = Pen::new();
        let mut x = left - 44.0;
        while x < right {
            lines.start((x, 14.0));
            lines.run((x + 44.0, -118.0));
            x += 1.1 * f64::from(every);
        }
        self.c.open_clipped(path);
        self.c.line(&lines.done(), paint, 0.16);
        self.c.close();
    }

    /// Fills a path with stops from the side of the light to the other.
    pub fn across(&mut self, path: &str, left: f64, right: f64, stops: &[Stop]) {
        let (from, to) = if self.sun > 0.0 {
            (right, left)
        } else {
            (left, right)
        };
        let paint = self.c.linear((from, 0.0), (to, 0.0), stops);
        self.c.fill(path, paint);
    }

    /// Fills a path with two colours from the top down.
    pub fn down(&mut self, path: &str, top: (f64, Rgb), low: (f64, Rgb)) {
        let paint = self.c.linear(
            (0.0, top.0),
            (0.0, low.0),
            &[(0.0, top.1, 1.0), (1.0, low.1, 1.0)],
        );
        self.c.fill(path, paint);
        self.hatch(path, (0.0, top.0), (0.0, low.0));
    }

    /// Lays shade over a part.
    pub fn shade(&mut self, path: &str, opacity: f64) {
        let dark = self.ink.dark;
        self.c.fill(path, Paint::Flat(dark, opacity));
    }

    /// Lays light over a part.
    pub fn light(&mut self, path: &str, opacity: f64) {
        let glow = self.ink.glow;
        self.c.fill(path, Paint::Flat(glow, opacity));
    }

    /// Draws a line.
    pub fn line(&mut self, path: &str, colour: Rgb, width: f64) {
        self.c.line(path, colour, width);
    }

    /// Draws a line of light along an edge that ends away from the sun.
    pub fn rim(&mut self, path: &str, left: f64, right: f64, width: f64) {
        let glow = self.ink.glow;
        let (from, to) = if self.sun > 0.0 {
            (right, left)
        } else {
            (left, right)
        };
        let paint = self.c.linear(
            (from, 0.0),
            (to, 0.0),
            &[(0.0, glow, 0.9), (0.45, glow, 0.25), (0.7, glow, 0.0)],
        );
        self.c.line(path, paint, width);
    }

    /// Draws a soft light around a place.
    pub fn halo(&mut self, at: Point, reach: f64, colour: Rgb, opacity: f64) {
        let stops = [
            (0.0, colour, opacity),
            (0.3, colour, opacity * 0.4),
            (1.0, colour, 0.0),
        ];
        let paint = self.c.radial(at, reach, &stops);
        self.c.disc(at, reach, paint);
    }

    /// Fills a disc.
    pub fn dot(&mut self, at: Point, radius: f64, colour: Rgb) {
        self.c.disc(at, radius, colour);
    }
}
