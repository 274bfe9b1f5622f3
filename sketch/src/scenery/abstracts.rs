//! Draws compositions for words that this program does not know. Their forms come from the hash of
//! the words.

use super::space::globe;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::maths::{cowave, lerp, wave};
use crate::paint::rng::Rng;
use crate::plan::Cx;
use crate::prompt::vocabulary::Form;
use crate::subjects::{self, Stand};

/// Draws one of four kinds, by the composition.
pub fn draw(cx: &mut Cx<'_>) {
    match (cx.read.form, cx.plan.lane) {
        (Some(Form::Arches), _) | (None, 0) => arches(cx),
        (Some(Form::Ribbons), _) | (None, 1) => ribbons(cx),
        (Some(Form::Tiles), _) | (None, 2) => tiles(cx),
        (Some(Form::Balance) | None, _) => balance(cx),
    }
    if !cx.read.subjects.is_empty() {
        let y = cx.h * 0.84;
        let ground = move |_: f64| y;
        subjects::place(
            cx,
            &Stand {
                ground: &ground,
                water: None,
                scale: 1.2,
            },
        );
    }
}

fn inks(cx: &Cx<'_>) -> [Rgb; 6] {
    let pal = &cx.pal;
    [
        pal.sun,
        pal.near.mix(pal.mid, 0.15),
        pal.accent,
        pal.far,
        pal.mid,
        pal.glow,
    ]
}

fn paper(cx: &mut Cx<'_>) {
    let (w, h) = (cx.w, cx.h);
    let pal = cx.pal;
    let paint = cx.c.linear(
        (0.0, 0.0),
        (w * 0.3, h),
        &[(0.0, pal.sky[0].mix(pal.glow, 0.35), 1.0), (1.0, pal.sky[1], 1.0)],
    );
    cx.c.rect((0.0, 0.0), w, h, paint);
}

/// Draws rainbows of paper, stacked like hills under a sun.
fn arches(cx: &mut Cx<'_>) {
    paper(cx);
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let mut rng = cx.rng("arches");
    let inks = inks(cx);
    let sun = (w * rng.range(0.3, 0.7), h * 0.26);
    cx.c.disc(sun, s * 0.125, inks[2]);
    let rows = [(0.62, 0.30), (0.82, 0.36), (1.04, 0.42)];
    for (row, (level, size)) in rows.into_iter().enumerate() {
        let gap = s * size * 1.18;
        let mut x = -gap * rng.range(0.1, 0.9);
        while x < w + gap {
            let radius = s * size * rng.range(0.62, 1.0);
            let shift = rng.pick(6);
            bow(cx, (x, h * level), radius, &inks, shift, row);
            x += gap * rng.range(0.72, 1.0);
        }
    }
}

fn bow(cx: &mut Cx<'_>, (x, y): Point, radius: f64, inks: &[Rgb; 6], shift: usize, row: usize) {
    let near = cx.pal.near;
    let bands = 5;
    let half_disc = |r: f64| {
        format!(
            "M{:.2} {:.2}L{:.2} {y:.2}A{r:.2} {r:.2} 0 0 1 {:.2} {y:.2}L{:.2} {:.2}Z",
            x - r,
            y + radius * 2.0,
            x - r,
            x + r,
            x + r,
            y + radius * 2.0
        )
    };
    cx.c.fill(&half_disc(radius * 1.04), Paint::Flat(near, 0.10));
    for band in 0..bands {
        let r = radius * (1.0 - f64::from(band) / f64::from(bands) * 0.86);
        let colour = inks[(shift + band as usize * (1 + row % 2)) % 6];
        let low = colour.mix(near, 0.18);
        let paint = cx.c.linear(
            (x, y - r),
            (x, y + radius),
            &[(0.0, colour, 1.0), (1.0, low, 1.0)],
        );
        cx.c.fill(&half_disc(r), paint);
        if cx.fine() {
            let thin: &[f64] = if cx.finest() { &[2.0, 1.0, 3.0] } else { &[2.0] };
            let mut pen = Pen::new();
            for k in thin {
                let inner = r - radius * 0.172 * k / 4.0;
                for i in 0..=24 {
                    let turn = 0.5 + f64::from(i) / 48.0;
                    let at = (x + cowave(turn) * inner, y + wave(turn) * inner);
                    if i == 0 { pen.start(at) } else { pen.run(at) }
                }
            }
            cx.c.line(&pen.done(), Paint::Flat(WHITE, 0.10), cx.s * 0.0005);
        }
    }
}

/// Draws bands of silk across the sheet, with a moon behind.
fn ribbons(cx: &mut Cx<'_>) {
    paper(cx);
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let inks = inks(cx);
    let pal = cx.pal;
    let sun = (cx.plan.sun.0, h * 0.30);
    let paint = cx.c.linear(
        (0.0, sun.1 - s * 0.2),
        (0.0, sun.1 + s * 0.2),
        &[(0.0, pal.sun, 1.0), (1.0, pal.accent, 1.0)],
    );
    cx.c.disc(sun, s * 0.185, paint);
    let count = 9;
    for i in 0..count {
        let t = f64::from(i) / f64::from(count - 1);
        let noise = cx.noise("silk");
        let base = h * lerp(0.34, 1.0, t);
        let edge = |x: f64| {
            base + s * 0.17 * noise.octaves(x * 0.0021 + t * 1.3, 2, 0.35) - s * 0.05 * wave(x / w * 0.5 + t)
        };
        let points: Vec<Point> = (0..=30)
            .map(|k| lerp(-0.03, 1.03, f64::from(k) / 30.0) * w)
            .map(|x| (x, edge(x)))
            .collect();
        let mut pen = Pen::new();
        pen.flow(&points);
        let crest = pen.clone().done();
        pen.run((w * 1.04, h + 5.0));
        pen.run((-w * 0.04, h + 5.0));
        pen.shut();
        let colour = ribbon_colour(&inks, t, pal.near);
        let paint = cx.c.linear(
            (0.0, base - s * 0.16),
            (0.0, base + s * 0.22),
            &[
                (0.0, colour.mix(pal.glow, 0.25), 1.0),
                (1.0, colour.mix(pal.near, 0.35), 1.0),
            ],
        );
        cx.c.fill(&pen.done(), paint);
        cx.c.line(&crest, Paint::Flat(pal.glow, 0.5), s * 0.0028);
        threads(cx, &points, t);
    }
}

fn ribbon_colour(inks: &[Rgb; 6], t: f64, near: Rgb) -> Rgb {
    let place = t * 3.99;
    let step = place as usize;
    let order = [inks[5], inks[3], inks[0], inks[4], near];
    order[step].mix(order[(step + 1).min(4)], place - step as f64)
}

/// Draws fine lines that follow a band, from 2K on.
fn threads(cx: &mut Cx<'_>, crest: &[Point], t: f64) {
    if !cx.fine() {
        return;
    }
    let every = if cx.finest() { 1 } else { 2 };
    let mut pen = Pen::new();
    for line in (2..=9).step_by(every) {
        let down = cx.s * 0.0072 * f64::from(line) * lerp(0.8, 1.4, t);
        let moved: Vec<Point> = crest.iter().map(|p| (p.0, p.1 + down)).collect();
        pen.start(moved[0]);
        pen.flow(&moved);
    }
    let glow = cx.pal.glow;
    cx.c.line(&pen.done(), Paint::Flat(glow, 0.11), cx.s * 0.0005);
}

/// Draws a quilt of quarter discs, leaves and dots.
fn tiles(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let ground = cx.pal.near.mix(cx.pal.mid, 0.1);
    cx.c.rect((0.0, 0.0), w, h, ground);
    let inks = inks(cx);
    let mut rng = cx.rng("tiles");
    let lines = 4 + rng.pick(2);
    let cell = s / lines as f64;
    let (columns, rows) = ((w / cell).ceil() as usize, (h / cell).ceil() as usize);
    let (left, top) = ((w - columns as f64 * cell) / 2.0, (h - rows as f64 * cell) / 2.0);
    let mut last = 0;
    for row in 0..rows {
        for column in 0..columns {
            let at = (left + column as f64 * cell, top + row as f64 * cell);
            let back = (last + 1 + rng.pick(4)) % 6;
            let mut front = (back + 1 + rng.pick(5)) % 6;
            if (inks[front].lightness() - inks[back].lightness()).abs() < 0.12 {
                front = (front + 1) % 6;
            }
            last = back;
            cx.c.rect(at, cell + 0.3, cell + 0.3, inks[back]);
            tile(cx, &mut rng, at, cell, inks[front], inks[back]);
        }
    }
}

fn tile(cx: &mut Cx<'_>, rng: &mut Rng, (x, y): Point, cell: f64, front: Rgb, back: Rgb) {
    let kind = rng.pick(6);
    let turn = rng.pick(4) as f64 * 90.0;
    let c = cell / 2.0;
    cx.c.open((x + c, y + c), (1.0, 1.0), turn);
    let quarter = |r: f64| {
        format!(
            "M{:.2} {:.2}L{:.2} {:.2}A{r:.2} {r:.2} 0 0 1 {:.2} {:.2}Z",
            -c,
            -c,
            -c + r,
            -c,
            -c,
            -c + r
        )
    };
    match kind {
        0 => cx.c.fill(&quarter(cell), front),
        1 => {
            cx.c.fill(&quarter(cell), front);
            cx.c.fill(&quarter(cell * 0.66), back);
            cx.c.fill(&quarter(cell * 0.33), front);
        }
        2 => cx.c.fill(
            &format!(
                "M{:.2} {:.2}A{cell:.2} {cell:.2} 0 0 1 {c:.2} {c:.2}A{cell:.2} {cell:.2} 0 0 1 {:.2} {:.2}Z",
                -c, -c, -c, -c
            ),
            front,
        ),
        3 => cx.c.disc((0.0, 0.0), cell * 0.34, front),
        4 => cx.c.fill(
            &format!(
                "M{:.2} {:.2}A{c:.2} {c:.2} 0 0 1 {:.2} {c:.2}ZM0 {:.2}A{c:.2} {c:.2} 0 0 1 0 {c:.2}Z",
                -c, -c, -c, -c
            ),
            front,
        ),
        _ => cx.c.fill(
            &format!("M{:.2} {:.2}L{c:.2} {:.2}L{:.2} {c:.2}Z", -c, -c, -c, -c),
            front,
        ),
    }
    if cx.fine() {
        let mut pen = Pen::new();
        for i in 0..7 {
            for k in 0..7 {
                if !cx.finest() && (i % 2 == 1 || k % 2 == 1) {
                    continue;
                }
                let at = |v: i32| lerp(-c, c, (f64::from(v) + 0.5) / 7.0);
                pen.ring((at(i), at(k)), cell * 0.004, cell * 0.004);
            }
        }
        cx.c.fill(&pen.done(), Paint::Flat(back.mix(front, 0.5), 0.4));
    }
    cx.c.close();
}

/// Draws a mobile at rest: balls and slabs that hold each other.
fn balance(cx: &mut Cx<'_>) {
    paper(cx);
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let inks = inks(cx);
    let pal = cx.pal;
    let mut rng = cx.rng("balance");
    let floor = h * 0.82;
    let paint = cx.c.linear(
        (0.0, floor),
        (0.0, h),
        &[(0.0, pal.sky[2], 1.0), (1.0, pal.sky[3], 1.0)],
    );
    cx.c.rect((0.0, floor), w, h - floor + 5.0, paint);
    let x = w * rng.range(0.42, 0.58);
    let big = s * 0.30;
    let paint = cx.c.linear(
        (x, floor - big * 2.6),
        (x, floor),
        &[(0.0, inks[0].mix(pal.glow, 0.25), 1.0), (1.0, inks[0], 1.0)],
    );
    cx.c.disc((x + s * 0.10, floor - s * 0.42), big, paint);
    let arch = format!(
        "M{:.2} {floor:.2}L{:.2} {:.2}A{r:.2} {r:.2} 0 0 1 {:.2} {:.2}L{:.2} {floor:.2}Z",
        x - s * 0.44,
        x - s * 0.44,
        floor - s * 0.24,
        x - s * 0.14,
        floor - s * 0.24,
        x - s * 0.14,
        r = s * 0.15
    );
    cx.c.fill(&arch, inks[4]);
    let mut y = floor;
    for (i, (wide, tall)) in [(0.46, 0.075), (0.30, 0.11), (0.52, 0.05), (0.20, 0.10)]
        .into_iter()
        .enumerate()
    {
        let shift = rng.range(-0.05, 0.05) * s;
        let colour = inks[[1, 3, 2, 5][i]];
        let (left, top) = (x + shift - wide * s / 2.0, y - tall * s);
        let paint = cx.c.linear(
            (left, 0.0),
            (left + wide * s, 0.0),
            &[
                (0.0, colour.mix(WHITE, 0.14), 1.0),
                (1.0, colour.mix(pal.near, 0.25), 1.0),
            ],
        );
        cx.c.rect((left, top), wide * s, tall * s, paint);
        grainlines(cx, (left, top), wide * s, tall * s);
        y = top;
    }
    for (off, radius, ink) in [(-0.03, 0.085, 2), (0.44, 0.06, 4), (-0.52, 0.045, 0)] {
        let foot = if radius > 0.08 { y } else { floor + s * 0.04 };
        let at = (x + off * s, foot - radius * s);
        cx.c.oval(
            (at.0 + radius * s * 0.5, foot),
            radius * s * 1.3,
            radius * s * 0.14,
            Paint::Flat(pal.near, if radius > 0.08 { 0.0 } else { 0.22 }),
        );
        globe(cx, at, radius * s, inks[ink], WHITE);
    }
}

fn grainlines(cx: &mut Cx<'_>, (left, top): Point, wide: f64, tall: f64) {
    if !cx.fine() {
        return;
    }
    let every = if cx.finest() { 1 } else { 2 };
    let mut pen = Pen::new();
    for i in (2..24).step_by(every) {
        pen.block((left + wide * f64::from(i) / 24.0, top), cx.s * 0.0006, tall);
    }
    let near = cx.pal.near;
    cx.c.fill(&pen.done(), Paint::Flat(near, 0.10));
}
