//! Draws a room with a window. The light falls in; the hero stands on the floor or on a table.

use super::land::Hill;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::WHITE;
use crate::paint::maths::lerp;
use crate::plan::Cx;
use crate::plan::habitat::{Habitat, habitat};
use crate::plan::palette::{Palette, of_hour};
use crate::prompt::vocabulary::{Air, Hour, Subject};
use crate::subjects::{self, Stand};

/// Draws the whole scene.
pub fn draw(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let floor = h * 0.76;
    let dim = matches!(cx.read.hour, Some(Hour::Night | Hour::Storm));
    let wall = |t: f64| {
        pal.sky[0]
            .mix(pal.sky[2], t)
            .mix(pal.near, if dim { 0.45 } else { 0.05 })
    };
    let paint = cx.c.linear(
        (0.0, 0.0),
        (0.0, floor),
        &[(0.0, wall(0.1), 1.0), (1.0, wall(0.8), 1.0)],
    );
    cx.c.rect((0.0, 0.0), w, h, paint);
    let boards = pal.mid.mix(pal.near, if dim { 0.55 } else { 0.28 });
    let paint = cx.c.linear(
        (0.0, floor),
        (0.0, h),
        &[(0.0, boards, 1.0), (1.0, boards.mix(pal.near, 0.35), 1.0)],
    );
    cx.c.rect((0.0, floor), w, h - floor + 5.0, paint);
    cx.c.rect((0.0, floor - s * 0.022), w, s * 0.022, wall(0.0).mix(WHITE, 0.18));
    floorboards(cx, floor);
    let view = view_palette(cx);
    let other = if cx.plan.hero < w * 0.5 { 0.68 } else { 0.32 };
    let furnished = matches!(
        cx.read.subjects.first(),
        Some((Subject::Fireplace | Subject::Bed | Subject::Counter, _))
    );
    let centre = if cx.plan.lane == 0 && !furnished {
        0.5
    } else {
        lerp(0.5, other, (w / h).clamp(0.3, 1.0))
    };
    let size = (s * 0.52, (h * 0.36).clamp(s * 0.50, s * 0.92));
    let corner = (centre * w - size.0 / 2.0, floor - s * 0.16 - size.1);
    // A kitchen has its shelves where a room has its window.
    if !cx.read.shows(Subject::Counter) {
        window(cx, corner, size, &view);
        beam(cx, corner, size, floor, &view);
        picture(cx, centre, floor);
    }
    if corner.1 > s * 0.55 {
        pendant(cx, corner.1);
    }
    hero(cx);
    corners(cx);
}

/// Puts the hero on a table, or on the floor with a rug.
fn hero(cx: &mut Cx<'_>) {
    let (h, s) = (cx.h, cx.s);
    let hero = cx.read.subjects.first().map(|(subject, _)| habitat(*subject));
    if matches!(hero, Some(Habitat::Object)) || cx.read.shows(Subject::Flower) {
        let (y, x) = (table(cx, h * 0.80), cx.plan.hero);
        // Beside the table is the floor.
        let ground = move |at: f64| if (at - x).abs() < s * 0.30 { y } else { h * 0.92 };
        subjects::place(
            cx,
            &Stand {
                ground: &ground,
                water: None,
                scale: 1.12,
            },
        );
    } else {
        rug(cx, (cx.plan.hero, h * 0.90));
        let y = h * 0.90;
        let ground = move |_: f64| y;
        subjects::place(
            cx,
            &Stand {
                ground: &ground,
                water: None,
                scale: 1.3,
            },
        );
    }
}

/// Returns the colours of what is seen outside, which has its own light.
fn view_palette(cx: &Cx<'_>) -> Palette {
    let hour = cx.read.hour.unwrap_or(cx.plan.hour);
    of_hour(hour, cx.plan.lane)
}

fn floorboards(cx: &mut Cx<'_>, floor: f64) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let mut pen = Pen::new();
    let count = 26;
    for i in 0..=count {
        let t = f64::from(i) / f64::from(count);
        let (top, low) = (lerp(-0.1, 1.1, t) * w, lerp(-0.9, 1.9, t) * w);
        pen.triangle(
            (top, floor),
            (low - s * 0.0016, h + 5.0),
            (low + s * 0.0016, h + 5.0),
        );
    }
    let near = cx.pal.near;
    cx.c.fill(&pen.done(), Paint::Flat(near, 0.32));
}

fn window(cx: &mut Cx<'_>, (x, y): Point, (wide, tall): Point, view: &Palette) {
    let s = cx.s;
    let frame = cx.pal.sky[0].mix(WHITE, 0.55);
    cx.c.rect(
        (x - s * 0.022, y - s * 0.022),
        wide + s * 0.044,
        tall + s * 0.044,
        frame.mix(cx.pal.near, 0.10),
    );
    let paint = cx.c.linear(
        (0.0, y),
        (0.0, y + tall),
        &[
            (0.0, view.sky[0], 1.0),
            (0.4, view.sky[1], 1.0),
            (0.75, view.sky[2], 1.0),
            (1.0, view.sky[3], 1.0),
        ],
    );
    cx.c.rect((x, y), wide, tall, paint);
    let pane = Pen::new()
        .to((x, y))
        .by(wide, 0.0)
        .by(0.0, tall)
        .by(-wide, 0.0)
        .close()
        .done();
    cx.c.open_clipped(&pane);
    outside(cx, (x, y), (wide, tall), view);
    cx.c.close();
    let bar = s * 0.012;
    cx.c.rect((x + wide / 2.0 - bar / 2.0, y), bar, tall, frame);
    cx.c.rect((x, y + tall * 0.36), wide, bar, frame);
    cx.c.rect(
        (x - s * 0.045, y + tall + s * 0.018),
        wide + s * 0.09,
        s * 0.022,
        frame,
    );
    cx.c.rect(
        (x - s * 0.03, y + tall + s * 0.040),
        wide + s * 0.06,
        s * 0.012,
        Paint::Flat(cx.pal.near, 0.22),
    );
    curtains(cx, (x, y), (wide, tall));
}

/// Draws hills and sun behind the pane, and rain on it.
fn outside(cx: &mut Cx<'_>, (x, y): Point, (wide, tall): Point, view: &Palette) {
    let s = cx.s;
    let sun = (x + wide * 0.64, y + tall * 0.42);
    let glow =
        cx.c.radial(sun, wide * 0.5, &[(0.0, view.glow, 0.7), (1.0, view.glow, 0.0)]);
    cx.c.disc(sun, wide * 0.5, glow);
    cx.c.disc(sun, wide * 0.085, view.sun);
    for i in 0..3 {
        let t = f64::from(i) / 2.0;
        let hill = Hill::new(
            cx,
            &format!("view/{i}"),
            y + tall * lerp(0.64, 0.88, t),
            tall * 0.07,
            5.0,
        );
        let points: Vec<Point> = (0..=14)
            .map(|k| lerp(-0.05, 1.05, f64::from(k) / 14.0))
            .map(|k| (x + k * wide, hill.y(x + k * wide)))
            .collect();
        let mut pen = Pen::new();
        pen.flow(&points);
        pen.run((x + wide * 1.05, y + tall));
        pen.run((x - wide * 0.05, y + tall));
        pen.shut();
        cx.c.fill(&pen.done(), view.depth(lerp(0.2, 0.75, t)));
    }
    if cx.read.airs(Air::Rain) {
        let mut rng = cx.rng("pane rain");
        let mut pen = Pen::new();
        for _ in 0..90 {
            let at = (x + rng.unit() * wide, y + rng.unit() * tall);
            pen.start(at);
            pen.run((at.0 - s * 0.003, at.1 + s * 0.018));
        }
        cx.c.line(&pen.done(), Paint::Flat(WHITE, 0.45), s * 0.0016);
    }
}

fn curtains(cx: &mut Cx<'_>, (x, y): Point, (wide, tall): Point) {
    let s = cx.s;
    let colour = cx.pal.sun.mix(cx.pal.sky[0], 0.35);
    let dark = colour.mix(cx.pal.near, 0.35);
    cx.c.rect(
        (x - s * 0.12, y - s * 0.062),
        wide + s * 0.24,
        s * 0.010,
        cx.pal.near,
    );
    let folds = 7;
    for left in [true, false] {
        let from = if left { x - s * 0.10 } else { x + wide - s * 0.02 };
        let paint = cx.c.linear(
            (from, 0.0),
            (from + s * 0.12, 0.0),
            &[(0.0, dark, 1.0), (0.5, colour, 1.0), (1.0, dark, 1.0)],
        );
        cx.c.rect((from, y - s * 0.058), s * 0.12, tall + s * 0.17, paint);
        let mut pen = Pen::new();
        for i in 1..folds {
            let fx = from + s * 0.12 * f64::from(i) / f64::from(folds);
            pen.block((fx, y - s * 0.058), s * 0.0045, tall + s * 0.17);
        }
        cx.c.fill(&pen.done(), Paint::Flat(dark, 0.55));
    }
}

/// Draws light from the window on the floor.
fn beam(cx: &mut Cx<'_>, (x, y): Point, (wide, tall): Point, floor: f64, view: &Palette) {
    let (h, s) = (cx.h, cx.s);
    let way = if cx.plan.hero > x + wide / 2.0 { 1.0 } else { -1.0 };
    let colour = view.glow.mix(WHITE, 0.2);
    let strong = if matches!(cx.read.hour, Some(Hour::Night)) {
        0.22
    } else {
        0.46
    };
    let paint = cx.c.linear(
        (0.0, floor),
        (0.0, h),
        &[(0.0, colour, strong), (1.0, colour, strong * 0.3)],
    );
    let mut pen = Pen::new();
    for column in 0..2 {
        for (from, to) in [(0.08, 0.42), (0.48, 0.95)] {
            let left = x + wide * (0.04 + 0.5 * f64::from(column));
            let right = left + wide * 0.44;
            let at = |px: f64, t: f64| (px + way * s * (0.04 + 0.30 * t), lerp(floor + s * 0.004, h, t));
            pen.start(at(left, from));
            pen.run(at(right, from));
            pen.run(at(right, to));
            pen.run(at(left, to));
            pen.shut();
        }
    }
    cx.c.fill(&pen.done(), paint);
    let soft = cx.c.radial(
        (x + wide / 2.0, y + tall / 2.0),
        s * 0.75,
        &[(0.0, colour, strong * 0.5), (1.0, colour, 0.0)],
    );
    cx.c.disc((x + wide / 2.0, y + tall / 2.0), s * 0.75, soft);
}

/// Draws a lamp that hangs from a high ceiling over the hero.
fn pendant(cx: &mut Cx<'_>, free: f64) {
    let (x, s) = (cx.plan.hero, cx.s);
    let y = free - s * 0.26;
    let (lamp, dark) = (cx.pal.glow, cx.pal.near);
    cx.c.rect((x - s * 0.003, -5.0), s * 0.006, y + 5.0, dark);
    let halo = cx.c.radial(
        (x, y + s * 0.09),
        s * 0.42,
        &[(0.0, lamp, 0.55), (0.4, lamp, 0.16), (1.0, lamp, 0.0)],
    );
    cx.c.disc((x, y + s * 0.09), s * 0.42, halo);
    let mut pen = Pen::new();
    pen.start((x - s * 0.13, y + s * 0.10));
    pen.curve((x - s * 0.12, y + s * 0.03), (x - s * 0.05, y), (x, y));
    pen.curve(
        (x + s * 0.05, y),
        (x + s * 0.12, y + s * 0.03),
        (x + s * 0.13, y + s * 0.10),
    );
    pen.shut();
    let accent = cx.pal.accent;
    let paint = cx.c.linear(
        (0.0, y),
        (0.0, y + s * 0.10),
        &[(0.0, accent.mix(dark, 0.35), 1.0), (1.0, accent, 1.0)],
    );
    cx.c.fill(&pen.done(), paint);
    cx.c.oval((x, y + s * 0.10), s * 0.13, s * 0.013, lamp.mix(WHITE, 0.5));
}

/// Draws a framed print on the free wall.
fn picture(cx: &mut Cx<'_>, window: f64, floor: f64) {
    let (w, s) = (cx.w, cx.s);
    let pal = cx.pal;
    let free = if window < 0.5 {
        0.5 * (window + 1.0) + 0.12
    } else {
        0.5 * window - 0.12
    };
    if w / s < 1.2 || (free - window).abs() * w < s * 0.52 {
        return;
    }
    let (x, y, wide, tall) = (free * w - s * 0.10, floor - s * 0.60, s * 0.20, s * 0.27);
    cx.c.rect(
        (x + s * 0.008, y + s * 0.010),
        wide,
        tall,
        Paint::Flat(pal.near, 0.25),
    );
    cx.c.rect((x, y), wide, tall, pal.near);
    cx.c.rect(
        (x + s * 0.007, y + s * 0.007),
        wide - s * 0.014,
        tall - s * 0.014,
        pal.sky[0].mix(WHITE, 0.6),
    );
    // A print of three hills under a low sun.
    let inner = (x + s * 0.024, y + s * 0.028);
    let (pw, ph) = (wide - s * 0.048, tall - s * 0.056);
    cx.c.rect(inner, pw, ph, pal.glow.mix(pal.sun, 0.25));
    cx.c.disc((inner.0 + pw * 0.66, inner.1 + ph * 0.34), pw * 0.15, pal.sun);
    for (i, colour) in [pal.accent.mix(pal.glow, 0.45), pal.accent, pal.mid]
        .into_iter()
        .enumerate()
    {
        let top = inner.1 + ph * (0.50 + 0.15 * i as f64);
        let (from, to) = if i % 2 == 0 { (0.0, 0.10) } else { (0.12, -0.02) };
        let mut pen = Pen::new();
        pen.start((inner.0, top + from * ph));
        pen.bend(
            (inner.0 + pw * 0.4, top - ph * 0.12),
            (inner.0 + pw, top + to * ph),
        );
        pen.run((inner.0 + pw, inner.1 + ph));
        pen.run((inner.0, inner.1 + ph));
        pen.shut();
        cx.c.fill(&pen.done(), colour);
    }
}

fn rug(cx: &mut Cx<'_>, at: Point) {
    let s = cx.s;
    let pal = cx.pal;
    let colour = pal.accent.mix(pal.sky[1], 0.35);
    cx.c.oval(at, s * 0.36, s * 0.062, colour);
    cx.c.oval(at, s * 0.315, s * 0.052, colour.mix(pal.sky[0], 0.4));
    cx.c.oval(at, s * 0.30, s * 0.049, colour);
    cx.c.oval(at, s * 0.22, s * 0.035, colour.mix(pal.sky[0], 0.25));
    cx.c.oval(at, s * 0.21, s * 0.033, colour);
}

/// Draws a round table before the window. Returns the height of its top.
fn table(cx: &mut Cx<'_>, y: f64) -> f64 {
    let (h, s) = (cx.h, cx.s);
    let pal = cx.pal;
    let x = cx.plan.hero;
    let wide = s * 0.37;
    let wood = pal.near.mix(pal.accent, 0.30);
    let lit = wood.mix(pal.glow, 0.42);
    cx.c.rect(
        (x - s * 0.022, y),
        s * 0.044,
        h - y + 5.0,
        wood.mix(pal.near, 0.5),
    );
    cx.c.oval((x, y + s * 0.020), wide, s * 0.052, wood.mix(pal.near, 0.35));
    let paint = cx.c.linear(
        (x - wide, 0.0),
        (x + wide, 0.0),
        &[(0.0, lit, 1.0), (1.0, wood, 1.0)],
    );
    cx.c.oval((x, y), wide, s * 0.052, paint);
    y + s * 0.008
}

/// Draws a soft shade in the corners.
fn corners(cx: &mut Cx<'_>) {
    let (w, h) = (cx.w, cx.h);
    let near = cx.pal.near;
    let paint = cx.c.radial(
        (w * 0.5, h * 0.45),
        w.max(h) * 0.8,
        &[(0.0, near, 0.0), (0.55, near, 0.0), (1.0, near, 0.4)],
    );
    cx.c.rect((0.0, 0.0), w, h, paint);
}
