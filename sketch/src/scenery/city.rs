//! Draws a skyline in three depths over water or behind a quay, its windows lit as the light wants.

use super::land;
use super::sky;
use super::water;
use crate::paint::canvas::{Paint, Pen};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::maths::lerp;
use crate::paint::rng::Rng;
use crate::plan::Cx;
use crate::plan::habitat::{Habitat, habitat};
use crate::prompt::vocabulary::{Hour, Mood, Setting};
use crate::subjects::{self, Stand};

struct Row {
    name: &'static str,
    /// Height of the tallest over the ground line, in short sides.
    tall: f64,
    wide: f64,
    depth: f64,
    lit: f64,
}

/// Returns three depths of houses. `night` scales how many windows are lit.
fn rows(night: f64) -> [Row; 3] {
    [
        Row {
            name: "far",
            tall: 0.52,
            wide: 0.060,
            depth: 0.10,
            lit: 0.0,
        },
        Row {
            name: "middle",
            tall: 0.44,
            wide: 0.068,
            depth: 0.42,
            lit: 0.22 * night,
        },
        Row {
            name: "near",
            tall: 0.29,
            wide: 0.085,
            depth: 0.74,
            lit: 0.42 * night,
        },
    ]
}

/// Draws the whole scene.
pub fn draw(cx: &mut Cx<'_>) {
    sky::draw(cx);
    let hero = cx.read.subjects.first().map(|(subject, _)| habitat(*subject));
    let afloat =
        matches!(hero, Some(Habitat::Water)) || cx.read.at(Setting::Sea) || cx.read.at(Setting::Lake);
    let wet = afloat || hero.is_none() && cx.plan.lane.is_multiple_of(2);
    let base = if wet {
        cx.plan.horizon
    } else {
        lerp(cx.plan.horizon, cx.h, 0.42)
    };
    let rows = rows(if cx.pal.is_dark() { 1.0 } else { 0.35 });
    if wet {
        water::surface(cx, base);
    }
    for row in &rows {
        skyline(cx, row, base, wet);
        if row.depth < 0.6 {
            sky::mist(
                cx,
                base - cx.s * 0.03,
                cx.s * 0.12,
                if cx.is_night() { 0.22 } else { 0.42 },
            );
        }
    }
    if wet {
        water::ripples(cx, base);
        if afloat {
            let y = lerp(base, cx.h, 0.42);
            let ground = move |_: f64| y;
            subjects::place(
                cx,
                &Stand {
                    ground: &ground,
                    water: Some(y),
                    scale: 0.9,
                },
            );
            return;
        }
    } else {
        street(cx, base);
    }
    quay(cx, if wet { 0.62 } else { 0.60 });
}

/// Draws the street between the last houses and the quay, in the haze of its lamps.
fn street(cx: &mut Cx<'_>, base: f64) {
    let foot = lerp(cx.plan.horizon, cx.h, 0.60);
    let (near, far) = (cx.pal.depth(0.70), cx.pal.depth(0.42));
    let paint =
        cx.c.linear((0.0, base), (0.0, foot), &[(0.0, near, 1.0), (1.0, far, 1.0)]);
    let w = cx.w;
    cx.c.rect((0.0, base - 1.0), w, foot - base + 4.0, paint);
}

fn skyline(cx: &mut Cx<'_>, row: &Row, base: f64, wet: bool) {
    let (w, s) = (cx.w, cx.s);
    let mut rng = cx.rng(&format!("city/{}", row.name));
    let colour = cx.pal.depth(row.depth);
    let (mut walls, mut sides, mut glass) = (Pen::new(), Pen::new(), Pen::new());
    let mut below = Pen::new();
    let centre = cx.noise(&format!("city/rise/{}", row.name));
    let mut x = -s * 0.04;
    let mut index = 0;
    while x < w + s * 0.04 {
        let wide = s * row.wide * rng.range(0.6, 1.35);
        let rise = 0.55 + 0.45 * centre.at(x / w * 2.2 + 3.0);
        let high = s * row.tall * (0.30 + 0.70 * rise * rng.range(0.35, 1.0)).clamp(0.2, 1.0);
        let kind = rng.pick(7);
        tower(&mut walls, (x, base), wide, high, kind);
        let shade = wide * if cx.plan.sun.0 > x { 0.34 } else { 0.30 };
        let from = if cx.plan.sun.0 > x { x } else { x + wide - shade };
        if kind != 2 {
            sides.block((from, base - high), shade, high);
        }
        if wet {
            below.block((x, base), wide, high * 0.6);
        }
        if row.lit > 0.0 {
            windows(cx, &mut glass, (x, base - high), (wide, high), row, index);
        }
        x += wide + if rng.chance(0.25) { s * 0.012 } else { 0.0 };
        index += 1;
    }
    let haze = colour.mix(cx.pal.sky[3], 0.42 * (1.0 - row.depth));
    if wet {
        let paint = cx.c.linear(
            (0.0, base),
            (0.0, base + s * row.tall * 0.62),
            &[(0.0, colour, 0.55), (1.0, colour, 0.06)],
        );
        cx.c.fill(&below.done(), paint);
    }
    let paint = cx.c.linear(
        (0.0, base - s * row.tall),
        (0.0, base),
        &[(0.0, colour, 1.0), (1.0, haze, 1.0)],
    );
    cx.c.fill(&walls.done(), paint);
    cx.c.fill(&sides.done(), Paint::Flat(cx.pal.near, 0.16));
    let neon = cx.read.feels(Mood::Neon) && row.depth < 0.6;
    let lamp = if neon {
        cx.pal.sky[3].mix(WHITE, 0.25)
    } else {
        cx.pal.glow.mix(cx.pal.accent, 0.45).mix(WHITE, 0.25)
    };
    cx.c.fill(
        &glass.done(),
        Paint::Flat(lamp, if cx.pal.is_dark() { 0.9 } else { 0.55 }),
    );
}

/// Draws a building by its kind: flat, stepped, spired, slanted, with a tank, with a mast, domed.
fn tower(pen: &mut Pen, (x, base): (f64, f64), wide: f64, high: f64, kind: usize) {
    let top = base - high;
    pen.block((x, top), wide, high + 1.0);
    match kind {
        1 => {
            pen.block((x + wide * 0.15, top - high * 0.08), wide * 0.7, high * 0.1);
            pen.block((x + wide * 0.32, top - high * 0.15), wide * 0.36, high * 0.1);
        }
        2 => {
            pen.triangle(
                (x, top + 0.5),
                (x + wide * 0.5, top - high * 0.22),
                (x + wide, top + 0.5),
            );
            pen.block((x + wide * 0.485, top - high * 0.36), wide * 0.03, high * 0.2);
        }
        3 => pen.triangle((x, top + 0.5), (x, top - wide * 0.45), (x + wide, top + 0.5)),
        4 => {
            pen.block((x + wide * 0.2, top - wide * 0.12), wide * 0.04, wide * 0.14);
            pen.block((x + wide * 0.42, top - wide * 0.12), wide * 0.04, wide * 0.14);
            pen.block((x + wide * 0.15, top - wide * 0.36), wide * 0.36, wide * 0.26);
            pen.triangle(
                (x + wide * 0.12, top - wide * 0.35),
                (x + wide * 0.33, top - wide * 0.50),
                (x + wide * 0.54, top - wide * 0.35),
            );
        }
        5 => {
            pen.block((x + wide * 0.47, top - high * 0.24), wide * 0.06, high * 0.26);
            pen.block((x + wide * 0.30, top - high * 0.04), wide * 0.40, high * 0.06);
        }
        6 => pen.ring((x + wide * 0.5, top), wide * 0.5, wide * 0.32),
        _ => {}
    }
}

/// Draws lit windows. A final shows two panes in each.
fn windows(
    cx: &Cx<'_>,
    pen: &mut Pen,
    (x, top): (f64, f64),
    (wide, high): (f64, f64),
    row: &Row,
    index: usize,
) {
    let mut rng = cx.rng(&format!("windows/{}/{index}", row.name));
    let cell = cx.s * 0.0125;
    let (columns, lines) = (
        (wide * 0.8 / cell) as usize,
        (high * 0.86 / (cell * 1.35)) as usize,
    );
    if columns == 0 {
        return;
    }
    let pitch = wide * 0.84 / columns as f64;
    for line in 0..lines {
        for column in 0..columns {
            let lit = rng.chance(row.lit * if column % 3 == 1 { 1.3 } else { 0.8 });
            let at = (
                x + wide * 0.08 + (column as f64 + 0.22) * pitch,
                top + high * 0.05 + line as f64 * cell * 1.35,
            );
            let size = (pitch * 0.52, cell * 0.72);
            if lit && cx.finest() {
                pen.block(at, size.0 * 0.47, size.1);
                pen.block((at.0 + size.0 * 0.53, at.1), size.0 * 0.47, size.1);
            } else if lit {
                pen.block(at, size.0, size.1);
            }
        }
    }
}

/// Draws a terrace with a railing and lamps, on which the hero stands.
fn quay(cx: &mut Cx<'_>, height: f64) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let y = lerp(cx.plan.horizon, h, height);
    let top = pal.near.mix(pal.mid, 0.38);
    let paint = cx.c.linear(
        (0.0, y),
        (0.0, h),
        &[
            (0.0, top, 1.0),
            (0.12, pal.near.mix(pal.mid, 0.2), 1.0),
            (1.0, pal.near, 1.0),
        ],
    );
    let rail = y - s * 0.075;
    let dark = pal.near.mix(pal.mid, 0.12);
    let mut pen = Pen::new();
    pen.block((0.0, rail), w, s * 0.006);
    pen.block((0.0, rail + s * 0.022), w, s * 0.003);
    let step = s * 0.055;
    for i in 0..=(w / step) as usize {
        pen.block((i as f64 * step, rail), s * 0.0045, s * 0.08);
    }
    cx.c.fill(&pen.done(), dark);
    cx.c.rect((0.0, y), w, h - y + 5.0, paint);
    paving(cx, y);
    let rim = land::rim_light(cx, 0.6);
    cx.c.line(&format!("M0 {y:.2}L{w:.2} {y:.2}"), rim, s * 0.003);
    let mut rng = cx.rng("quay");
    lamps(cx, &mut rng, y, dark);
    let stand = y + s * 0.07;
    let ground = move |_: f64| stand;
    subjects::place(
        cx,
        &Stand {
            ground: &ground,
            water: None,
            scale: 1.0,
        },
    );
}

fn paving(cx: &mut Cx<'_>, y: f64) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let light = cx.pal.mid.mix(cx.pal.glow, 0.4);
    let mut pen = Pen::new();
    let rows = 9;
    for i in 1..rows {
        let t = f64::from(i) / f64::from(rows);
        pen.block((0.0, lerp(y, h, t * t)), w, s * 0.0016);
    }
    for i in -14..=14 {
        let x = cx.plan.sun.0 + f64::from(i) * s * 0.09;
        let low = cx.plan.sun.0 + f64::from(i) * s * 0.30;
        pen.triangle((x, y), (low - s * 0.001, h), (low + s * 0.001, h));
    }
    cx.c.fill(&pen.done(), Paint::Flat(light, 0.13));
    if cx.plan.hour == Hour::Storm || cx.read.airs(crate::prompt::vocabulary::Air::Rain) || cx.is_night() {
        // Wet stone mirrors the sky's light.
        let paint = cx.c.linear(
            (0.0, y),
            (0.0, h),
            &[(0.0, cx.pal.sky[3], 0.30), (1.0, cx.pal.sky[3], 0.0)],
        );
        cx.c.rect((0.0, y), w, h - y, paint);
    }
}

fn lamps(cx: &mut Cx<'_>, rng: &mut Rng, y: f64, dark: Rgb) {
    let (w, s) = (cx.w, cx.s);
    let light = cx.pal.glow.mix(WHITE, 0.4);
    let gap = s * 0.62;
    let mut x = rng.range(0.1, 0.5) * gap;
    while x < w {
        if (x - cx.plan.hero).abs() > s * 0.2 {
            let top = y - s * 0.30;
            cx.c.rect((x - s * 0.003, top), s * 0.006, s * 0.31, dark);
            let halo = cx.c.radial(
                (x, top),
                s * 0.11,
                &[(0.0, light, 0.55), (0.3, light, 0.18), (1.0, light, 0.0)],
            );
            cx.c.disc((x, top), s * 0.11, halo);
            cx.c.disc((x, top), s * 0.012, light);
        }
        x += gap;
    }
}
