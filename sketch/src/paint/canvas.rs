//! Writes SVG: numbers and colours only. No text from outside ever reaches this file.

use std::fmt::Write as _;

use super::colour::Rgb;

/// How a shape is coloured.
#[derive(Clone, Copy, Debug)]
pub enum Paint {
    /// One colour and its opacity.
    Flat(Rgb, f64),
    /// A gradient of the canvas, by its number.
    Gradient(u32),
}

impl From<Rgb> for Paint {
    fn from(colour: Rgb) -> Self {
        Self::Flat(colour, 1.0)
    }
}

/// The id of the group that the subject is drawn in.
pub const SUBJECT: &str = "subject";

/// A stop of a gradient: place 0 to 1, colour, opacity.
pub type Stop = (f64, Rgb, f64);
/// A place in scene units.
pub type Point = (f64, f64);

/// An SVG document that is being written, back to front.
#[derive(Debug, Default)]
pub struct Canvas {
    defs: String,
    body: String,
    gradients: u32,
    clips: u32,
}

/// Writes two decimals: a hundredth of a unit is under a thirtieth of a pixel at 4K.
fn number(out: &mut String, value: f64) {
    let hundredths = (value * 100.0).round() as i64;
    let (sign, size) = if hundredths < 0 {
        ("-", -hundredths)
    } else {
        ("", hundredths)
    };
    let (whole, rest) = (size / 100, size % 100);
    // Writing to a String cannot fail.
    let _ = match (rest, rest % 10) {
        (0, _) => write!(out, "{sign}{whole}"),
        (_, 0) => write!(out, "{sign}{whole}.{}", rest / 10),
        _ => write!(out, "{sign}{whole}.{rest:02}"),
    };
}

fn numbers(values: &[f64]) -> String {
    let mut out = String::with_capacity(values.len() * 7);
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        number(&mut out, *value);
    }
    out
}

fn hash(colour: Rgb) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

impl Canvas {
    /// Adds a gradient along a line.
    pub fn linear(&mut self, from: Point, to: Point, stops: &[Stop]) -> Paint {
        let line = numbers(&[from.0, from.1, to.0, to.1]);
        let mut parts = line.split(' ');
        let mut next = || parts.next().unwrap_or("0");
        let open = format!(
            r#"linearGradient x1="{}" y1="{}" x2="{}" y2="{}""#,
            next(),
            next(),
            next(),
            next()
        );
        self.gradient(&open, "linearGradient", stops)
    }

    /// Adds a gradient from a centre outwards.
    pub fn radial(&mut self, centre: Point, radius: f64, stops: &[Stop]) -> Paint {
        let mut open = String::from(r#"radialGradient cx=""#);
        number(&mut open, centre.0);
        open.push_str(r#"" cy=""#);
        number(&mut open, centre.1);
        open.push_str(r#"" r=""#);
        number(&mut open, radius.max(0.01));
        open.push('"');
        self.gradient(&open, "radialGradient", stops)
    }

    fn gradient(&mut self, open: &str, close: &str, stops: &[Stop]) -> Paint {
        let id = self.gradients;
        self.gradients += 1;
        let _ = write!(self.defs, r#"<{open} id="g{id}" gradientUnits="userSpaceOnUse">"#);
        for (place, colour, opacity) in stops {
            let _ = write!(
                self.defs,
                r#"<stop offset="{place:.3}" stop-color="{}""#,
                hash(*colour)
            );
            if *opacity < 1.0 {
                let _ = write!(self.defs, r#" stop-opacity="{opacity:.3}""#);
            }
            self.defs.push_str("/>");
        }
        let _ = write!(self.defs, "</{close}>");
        Paint::Gradient(id)
    }

    fn coloured(&mut self, what: &str, paint: Paint) {
        let _ = match paint {
            Paint::Flat(colour, opacity) if opacity >= 1.0 => {
                write!(self.body, r#" {what}="{}""#, hash(colour))
            }
            Paint::Flat(colour, opacity) => {
                write!(
                    self.body,
                    r#" {what}="{}" {what}-opacity="{:.3}""#,
                    hash(colour),
                    opacity.max(0.0)
                )
            }
            Paint::Gradient(id) => write!(self.body, r#" {what}="url(#g{id})""#),
        };
    }

    /// Fills a path.
    pub fn fill(&mut self, path: &str, paint: impl Into<Paint>) {
        if path.is_empty() {
            return;
        }
        let _ = write!(self.body, r#"<path d="{path}""#);
        self.coloured("fill", paint.into());
        self.body.push_str("/>");
    }

    /// Fills a path whose inner parts are holes.
    pub fn fill_holes(&mut self, path: &str, paint: impl Into<Paint>) {
        let _ = write!(self.body, r#"<path d="{path}" fill-rule="evenodd""#);
        self.coloured("fill", paint.into());
        self.body.push_str("/>");
    }

    /// Draws a line with round ends.
    pub fn line(&mut self, path: &str, paint: impl Into<Paint>, width: f64) {
        if path.is_empty() {
            return;
        }
        let _ = write!(
            self.body,
            r#"<path d="{path}" fill="none" stroke-linecap="round" stroke-linejoin="round""#
        );
        self.coloured("stroke", paint.into());
        self.body.push_str(r#" stroke-width=""#);
        number(&mut self.body, width);
        self.body.push_str(r#""/>"#);
    }

    /// Fills an ellipse.
    pub fn oval(&mut self, centre: Point, rx: f64, ry: f64, paint: impl Into<Paint>) {
        let path = oval_path(centre, rx, ry);
        self.fill(&path, paint);
    }

    /// Fills a disc.
    pub fn disc(&mut self, centre: Point, radius: f64, paint: impl Into<Paint>) {
        self.oval(centre, radius, radius, paint);
    }

    /// Fills a rectangle from its left upper corner.
    pub fn rect(&mut self, at: Point, width: f64, height: f64, paint: impl Into<Paint>) {
        let path = Pen::new()
            .to(at)
            .by(width, 0.0)
            .by(0.0, height)
            .by(-width, 0.0)
            .close()
            .done();
        self.fill(&path, paint);
    }

    /// Opens a group. Its origin is at `at`; the scales stretch or mirror it, and it is turned by
    /// degrees.
    pub fn open(&mut self, at: Point, scale: Point, degrees: f64) {
        let place = numbers(&[at.0, at.1]);
        let _ = write!(
            self.body,
            r#"<g transform="translate({place}) rotate({degrees:.2}) scale({:.5} {:.5})">"#,
            scale.0, scale.1
        );
    }

    /// Opens a group that is drawn by itself and laid on with this opacity.
    pub fn open_faded(&mut self, opacity: f64) {
        let _ = write!(self.body, r#"<g opacity="{opacity:.3}">"#);
    }

    /// Opens a group of which only what lies within the path shows.
    pub fn open_clipped(&mut self, path: &str) {
        let id = self.clips;
        self.clips += 1;
        let _ = write!(self.defs, r#"<clipPath id="c{id}"><path d="{path}"/></clipPath>"#);
        let _ = write!(self.body, r#"<g clip-path="url(#c{id})">"#);
    }

    /// Opens the group of the subject, of which a picture has one at most. It changes nothing that is
    /// seen.
    pub fn open_subject(&mut self) {
        let _ = write!(self.body, r#"<g id="{SUBJECT}">"#);
    }

    /// Closes the group that was opened last.
    pub fn close(&mut self) {
        self.body.push_str("</g>");
    }

    /// Returns the whole document, with a view of this many units.
    pub fn finish(self, pixels: (u32, u32), view: Point) -> String {
        let mut out = String::with_capacity(self.defs.len() + self.body.len() + 200);
        let _ = write!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="{}" viewBox="0 0 {}" preserveAspectRatio="none">"#,
            pixels.0,
            pixels.1,
            numbers(&[view.0, view.1]),
        );
        let _ = write!(out, "<defs>{}</defs>{}</svg>", self.defs, self.body);
        out
    }
}

/// Returns the path of an ellipse, to be joined with others.
pub fn oval_path(centre: Point, rx: f64, ry: f64) -> String {
    let mut pen = Pen::new();
    pen.ring(centre, rx, ry);
    pen.done()
}

/// Builds the `d` of a path.
#[derive(Clone, Debug, Default)]
pub struct Pen {
    path: String,
}

impl Pen {
    /// Returns an empty path.
    pub fn new() -> Self {
        Self::default()
    }

    fn put(&mut self, letter: char, values: &[f64]) {
        self.path.push(letter);
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.path.push(' ');
            }
            number(&mut self.path, *value);
        }
    }

    /// Starts a new part here.
    pub fn to(mut self, at: Point) -> Self {
        self.start(at);
        self
    }

    /// Starts a new part here.
    pub fn start(&mut self, at: Point) {
        self.put('M', &[at.0, at.1]);
    }

    /// Draws a straight line to a place.
    pub fn run(&mut self, to: Point) {
        self.put('L', &[to.0, to.1]);
    }

    /// Draws a straight line to a place.
    pub fn on(mut self, to: Point) -> Self {
        self.run(to);
        self
    }

    /// Draws a straight line by a step.
    pub fn by(mut self, dx: f64, dy: f64) -> Self {
        self.put('l', &[dx, dy]);
        self
    }

    /// Draws a curve with one handle.
    pub fn bend(&mut self, handle: Point, to: Point) {
        self.put('Q', &[handle.0, handle.1, to.0, to.1]);
    }

    /// Draws a curve with two handles.
    pub fn curve(&mut self, first: Point, second: Point, to: Point) {
        self.put('C', &[first.0, first.1, second.0, second.1, to.0, to.1]);
    }

    /// Draws back to where the part started.
    pub fn close(mut self) -> Self {
        self.shut();
        self
    }

    /// Draws back to where the part started.
    pub fn shut(&mut self) {
        self.path.push('Z');
    }

    /// Adds a whole ellipse as a part of its own.
    pub fn ring(&mut self, (x, y): Point, rx: f64, ry: f64) {
        self.put('M', &[x - rx, y]);
        self.put('a', &[rx, ry, 0.0, 1.0, 1.0, rx * 2.0, 0.0]);
        self.put('a', &[rx, ry, 0.0, 1.0, 1.0, -rx * 2.0, 0.0]);
        self.shut();
    }

    /// Adds a triangle.
    pub fn triangle(&mut self, a: Point, b: Point, c: Point) {
        self.start(a);
        self.run(b);
        self.run(c);
        self.shut();
    }

    /// Adds a rectangle from its left upper corner.
    pub fn block(&mut self, (x, y): Point, width: f64, height: f64) {
        self.start((x, y));
        self.run((x + width, y));
        self.run((x + width, y + height));
        self.run((x, y + height));
        self.shut();
    }

    /// Adds a flat lens, the mark of light on water.
    pub fn lens(&mut self, (x, y): Point, half: f64, thick: f64) {
        self.start((x - half, y));
        self.bend((x, y - thick), (x + half, y));
        self.bend((x, y + thick), (x - half, y));
        self.shut();
    }

    /// Draws straight lines through all of these, from where the pen is.
    pub fn through(&mut self, points: &[Point]) {
        for point in points {
            self.run(*point);
        }
    }

    /// Draws a smooth curve through all of these (Catmull-Rom). The first one starts or continues
    /// the part.
    pub fn flow(&mut self, points: &[Point]) {
        let Some(first) = points.first() else { return };
        if self.path.is_empty() || self.path.ends_with('Z') {
            self.start(*first);
        } else {
            self.run(*first);
        }
        for index in 0..points.len().saturating_sub(1) {
            let before = points[index.saturating_sub(1)];
            let (from, to) = (points[index], points[index + 1]);
            let after = points[(index + 2).min(points.len() - 1)];
            self.curve(
                (from.0 + (to.0 - before.0) / 6.0, from.1 + (to.1 - before.1) / 6.0),
                (to.0 - (after.0 - from.0) / 6.0, to.1 - (after.1 - from.1) / 6.0),
                to,
            );
        }
    }

    /// Returns the finished `d`.
    pub fn done(self) -> String {
        self.path
    }
}
