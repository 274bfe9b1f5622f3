//! Draws what interfaces are made of: windows, cards, bars, charts and little pictures.

use crate::paint::canvas::{Paint, Pen, Point, oval_path};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::maths::{cowave, lerp, wave};
use crate::plan::Cx;
use crate::scenery::land::Hill;
use crate::subjects;

/// The colours of an interface.
#[derive(Clone, Copy, Debug)]
pub struct Ui {
    /// Behind everything.
    pub page: Rgb,
    /// Of a card.
    pub card: Rgb,
    /// Of lines and small text.
    pub line: Rgb,
    /// Of text.
    pub ink: Rgb,
    /// Of what counts.
    pub main: Rgb,
    /// Of what comes second.
    pub second: Rgb,
}

/// Outlines a rectangle with round corners.
pub fn round((x, y): Point, wide: f64, tall: f64, r: f64) -> String {
    format!(
        "M{:.2} {y:.2}h{:.2}a{r:.2} {r:.2} 0 0 1 {r:.2} {r:.2}v{:.2}a{r:.2} {r:.2} 0 0 1 {:.2} {r:.2}h{:.2}a{r:.2} {r:.2} 0 0 1 {:.2} {:.2}v{:.2}a{r:.2} {r:.2} 0 0 1 {r:.2} {:.2}Z",
        x + r,
        wide - r * 2.0,
        tall - r * 2.0,
        -r,
        -(wide - r * 2.0),
        -r,
        -r,
        -(tall - r * 2.0),
        -r
    )
}

pub fn card(cx: &mut Cx<'_>, at: Point, wide: f64, tall: f64, colour: Rgb) {
    let r = cx.s * 0.016;
    let near = cx.pal.near;
    cx.c.fill(
        &round((at.0, at.1 + cx.s * 0.007), wide, tall, r),
        Paint::Flat(near, 0.12),
    );
    cx.c.fill(&round(at, wide, tall, r), colour);
}

pub fn bar(cx: &mut Cx<'_>, (x, y): Point, wide: f64, tall: f64, paint: impl Into<Paint>) {
    cx.c.fill(&round((x, y), wide.max(tall), tall, tall * 0.5), paint);
}

pub fn line_chart(cx: &mut Cx<'_>, ui: Ui, (x, y): Point, (wide, tall): Point) {
    for i in 0..4 {
        cx.c.rect(
            (x, y + tall * f64::from(i) / 3.0),
            wide,
            cx.s * 0.0015,
            Paint::Flat(ui.line, 0.6),
        );
    }
    for (name, colour, base) in [("chart/b", ui.second, 0.62), ("chart/a", ui.main, 0.42)] {
        let noise = cx.noise(name);
        let points: Vec<Point> = (0..=12)
            .map(|i| f64::from(i) / 12.0)
            .map(|t| {
                (
                    x + wide * t,
                    y + tall * (base - t * 0.22 + 0.20 * noise.octaves(t * 6.0, 2, 0.4)).clamp(0.04, 0.96),
                )
            })
            .collect();
        let mut pen = Pen::new();
        pen.flow(&points);
        let line = pen.clone().done();
        pen.run((x + wide, y + tall));
        pen.run((x, y + tall));
        pen.shut();
        let paint = cx.c.linear(
            (0.0, y),
            (0.0, y + tall),
            &[(0.0, colour, 0.34), (1.0, colour, 0.0)],
        );
        cx.c.fill(&pen.done(), paint);
        cx.c.line(&line, colour, cx.s * 0.006);
    }
}

pub fn donut(cx: &mut Cx<'_>, ui: Ui, at: Point, radius: f64) {
    let wide = radius * 0.42;
    cx.c.line(&oval_path(at, radius, radius), ui.line, wide);
    for (from, to, colour) in [(0.75, 1.22, ui.main), (0.24, 0.48, ui.second)] {
        let mut pen = Pen::new();
        for i in 0..=24 {
            let turn = lerp(from, to, f64::from(i) / 24.0);
            let p = (at.0 + cowave(turn) * radius, at.1 + wave(turn) * radius);
            if i == 0 { pen.start(p) } else { pen.run(p) }
        }
        cx.c.line(&pen.done(), colour, wide);
    }
}

pub fn columns(cx: &mut Cx<'_>, ui: Ui, (x, y): Point, (wide, tall): Point) {
    let mut rng = cx.rng("columns");
    let step = wide / 7.0;
    for i in 0..7 {
        let high = tall * rng.range(0.3, 1.0);
        let colour = if i == 4 {
            ui.main
        } else {
            ui.second.mix(ui.card, 0.45)
        };
        cx.c.fill(
            &round(
                (x + step * f64::from(i) + step * 0.2, y + tall - high),
                step * 0.6,
                high,
                step * 0.14,
            ),
            colour,
        );
    }
}

/// Draws a little picture into a box: the hero of the prompt before hills.
pub fn scene(cx: &mut Cx<'_>, at: Point, (wide, tall): Point, r: f64, index: usize) {
    let pal = cx.pal;
    let path = round(at, wide, tall, r);
    cx.c.open_clipped(&path);
    let paint = cx.c.linear(
        (0.0, at.1),
        (0.0, at.1 + tall),
        &[
            (0.0, pal.accent.mix(pal.glow, 0.55), 1.0),
            (1.0, pal.glow.mix(WHITE, 0.3), 1.0),
        ],
    );
    cx.c.rect(at, wide, tall, paint);
    let sun = [0.70, 0.30, 0.5, 0.8, 0.2, 0.6][index % 6];
    cx.c.disc(
        (at.0 + wide * sun, at.1 + tall * 0.38),
        wide.min(tall) * 0.15,
        pal.sun,
    );
    for (i, colour) in [pal.accent.mix(pal.glow, 0.25), pal.accent, pal.mid]
        .into_iter()
        .enumerate()
    {
        let base = at.1 + tall * (0.60 + 0.14 * i as f64);
        let hill = Hill::new(cx, &format!("frame/{index}/{i}"), base, tall * 0.09, 900.0 / wide);
        let points: Vec<Point> = (0..=14)
            .map(|k| at.0 + wide * lerp(-0.05, 1.05, f64::from(k) / 14.0))
            .map(|x| (x, hill.y(x)))
            .collect();
        let mut pen = Pen::new();
        pen.flow(&points);
        pen.run((at.0 + wide * 1.05, at.1 + tall));
        pen.run((at.0 - wide * 0.05, at.1 + tall));
        pen.shut();
        cx.c.fill(&pen.done(), colour);
    }
    let size = tall * [0.55, 0.42, 0.62][index % 3];
    subjects::emblem(cx, (at.0 + wide * (1.0 - sun), at.1 + tall * 0.92), size);
    cx.c.close();
}

/// Draws the window of a browser. Returns the corner and the size of what is inside.
pub fn window(cx: &mut Cx<'_>, ui: Ui) -> (Point, Point) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let (x, y) = (w * 0.08, h * 0.09);
    let (wide, tall) = (w * 0.84, h * 0.82);
    let near = cx.pal.near;
    let r = s * 0.026;
    cx.c.fill(&round((x, y + s * 0.022), wide, tall, r), Paint::Flat(near, 0.25));
    cx.c.fill(&round((x, y), wide, tall, r), ui.page);
    let head = s * 0.062;
    for i in 0..3 {
        let colour = [ui.main, ui.second, ui.line][i];
        cx.c.disc(
            (x + s * (0.035 + 0.03 * i as f64), y + head * 0.5),
            s * 0.009,
            colour,
        );
    }
    bar(
        cx,
        (x + wide * 0.3, y + head * 0.28),
        wide * 0.4,
        head * 0.44,
        Paint::Flat(ui.line, 0.6),
    );
    ((x, y + head), (wide, tall - head))
}
