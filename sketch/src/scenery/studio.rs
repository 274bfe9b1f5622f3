//! Draws a photographer's table: a wall, an arch or disc, plinths, soft shadows and the shade of
//! leaves.

use super::space::globe;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::maths::{cowave, lerp, wave};
use crate::plan::Cx;
use crate::subjects::{self, Stand};

/// Draws the whole scene.
pub fn draw(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let floor = h * 0.70;
    let light = if cx.plan.side < 0.0 { 0.0 } else { w };
    let stops = [
        (0.0, pal.sky[0].mix(pal.glow, 0.28), 1.0),
        (0.5, pal.sky[1], 1.0),
        (1.0, pal.sky[2].mix(pal.mid, 0.18), 1.0),
    ];
    let paint = cx.c.linear((light, 0.0), (w - light, floor * 1.1), &stops);
    cx.c.rect((0.0, 0.0), w, h, paint);
    backdrop(cx, floor);
    leaf_shade(cx, floor);
    let stops = [
        (0.0, pal.sky[2].mix(pal.glow, 0.10), 1.0),
        (0.25, pal.sky[2], 1.0),
        (1.0, pal.sky[3].mix(pal.mid, 0.25), 1.0),
    ];
    let paint = cx.c.linear((0.0, floor), (0.0, h), &stops);
    cx.c.rect((0.0, floor), w, h - floor + 5.0, paint);
    let sheen = cx.c.linear(
        (0.0, floor - s * 0.012),
        (0.0, floor + s * 0.03),
        &[(0.0, pal.mid, 0.0), (0.4, pal.mid, 0.35), (1.0, pal.mid, 0.0)],
    );
    cx.c.rect((0.0, floor - s * 0.012), w, s * 0.042, sheen);
    let x = cx.plan.hero;
    let top = (x, h * 0.735);
    steps(cx, x, floor);
    let wide = s * 0.215 * cx.plan.zoom.min(1.1);
    plinth(cx, top, wide, h * 0.125, pal.far);
    if cx.read.subjects.len() < 2 {
        props(cx, x, wide);
    }
    let y = top.1 + wide * 0.03;
    // Companions stand on the floor beside the plinth.
    let ground = move |at: f64| if (at - x).abs() < wide { y } else { h * 0.83 };
    let lone = cx.read.subjects.is_empty();
    subjects::place(
        cx,
        &Stand {
            ground: &ground,
            water: None,
            scale: if lone { 1.0 } else { 1.12 },
        },
    );
    if lone {
        let at = (x, y - s * 0.13);
        globe(cx, at, s * 0.13, pal.accent, pal.glow);
    }
    vignette(cx);
}

/// Draws a disc, an arch, a window of light or tall panels behind the product.
fn backdrop(cx: &mut Cx<'_>, floor: f64) {
    let s = cx.s;
    let pal = cx.pal;
    let x = cx.plan.hero;
    let drop = s * 0.02 * -cx.plan.side;
    match cx.plan.lane {
        0 => {
            let (at, radius) = ((x, floor - s * 0.30), s * 0.335);
            cx.c.disc(
                (at.0 + drop * 1.6, at.1 + s * 0.022),
                radius,
                Paint::Flat(pal.near, 0.13),
            );
            let paint = cx.c.linear(
                (at.0, at.1 - radius),
                (at.0, at.1 + radius),
                &[(0.0, pal.sun.mix(pal.glow, 0.22), 1.0), (1.0, pal.sun, 1.0)],
            );
            cx.c.disc(at, radius, paint);
        }
        1 => arches(cx, (x, floor), drop),
        2 => sunbeams(cx, (x, floor)),
        _ => panels(cx, (x, floor), drop),
    }
}

fn arches(cx: &mut Cx<'_>, (x, floor): Point, drop: f64) {
    let (s, pal) = (cx.s, cx.pal);
    for (i, scale) in [1.0, 0.76, 0.52].into_iter().enumerate() {
        let (wide, tall) = (s * 0.60 * scale, s * 0.66 * (scale * 0.8 + 0.2));
        let colour = pal.sun.mix(pal.sky[0], 0.62 - 0.31 * i as f64);
        arch(
            cx,
            (x + drop * 1.2, floor),
            wide,
            tall + s * 0.012,
            Paint::Flat(pal.near, 0.10),
        );
        arch(cx, (x, floor), wide, tall, colour.into());
    }
}

fn sunbeams(cx: &mut Cx<'_>, (x, floor): Point) {
    let (s, pal) = (cx.s, cx.pal);
    let lean = cx.plan.side * s * 0.34;
    let colour = pal.glow;
    for (from, wide) in [(-0.30, 0.24), (0.02, 0.24)] {
        let left = x + from * s;
        let path = Pen::new()
            .to((left + lean, -5.0))
            .on((left + wide * s + lean, -5.0))
            .on((left + wide * s - lean, floor))
            .on((left - lean, floor))
            .close();
        let paint = cx.c.linear(
            (0.0, 0.0),
            (0.0, floor),
            &[(0.0, colour, 0.25), (1.0, colour, 0.62)],
        );
        cx.c.fill(&path.done(), paint);
    }
    cx.c.disc(
        (x - cx.plan.side * s * 0.22, floor - s * 0.46),
        s * 0.135,
        pal.sun,
    );
}

fn panels(cx: &mut Cx<'_>, (x, floor): Point, drop: f64) {
    let (s, pal) = (cx.s, cx.pal);
    for (i, offset) in [-0.34, -0.05, 0.24].into_iter().enumerate() {
        let left = x + offset * s - s * 0.06;
        let top = floor - s * [0.50, 0.74, 0.40][i];
        let colour = [
            pal.sun,
            pal.sky[0].mix(WHITE, 0.25),
            pal.accent.mix(pal.sky[1], 0.35),
        ][i];
        let wide = s * 0.27;
        cx.c.rect(
            (left + drop, top + s * 0.012),
            wide,
            floor - top,
            Paint::Flat(pal.near, 0.14),
        );
        let paint = cx.c.linear(
            (0.0, top),
            (0.0, floor),
            &[(0.0, colour, 1.0), (1.0, colour.mix(pal.mid, 0.3), 1.0)],
        );
        cx.c.rect((left, top), wide, floor - top, paint);
    }
}

fn arch(cx: &mut Cx<'_>, (x, floor): Point, wide: f64, tall: f64, paint: Paint) {
    let half = wide / 2.0;
    let spring = floor - (tall - half).max(0.0);
    let path = format!(
        "M{:.2} {floor:.2}L{:.2} {spring:.2}A{half:.2} {half:.2} 0 0 1 {:.2} {spring:.2}L{:.2} {floor:.2}Z",
        x - half,
        x - half,
        x + half,
        x + half
    );
    cx.c.fill(&path, paint);
}

/// Draws the shade of a branch on the wall. It makes a studio look lit by a window.
fn leaf_shade(cx: &mut Cx<'_>, floor: f64) {
    let (w, s) = (cx.w, cx.s);
    let mut rng = cx.rng("leaf shade");
    let from_left = cx.plan.side < 0.0;
    let edge = if from_left { 0.0 } else { w };
    let way = if from_left { 1.0 } else { -1.0 };
    let colour = cx.pal.mid.mix(cx.pal.near, 0.35);
    for opacity in [0.10, 0.16] {
        let mut pen = Pen::new();
        let root = (edge - way * s * 0.06, floor * rng.range(0.02, 0.30));
        let tip = (
            edge + way * s * rng.range(0.34, 0.50),
            floor * rng.range(0.36, 0.60),
        );
        let bend = (lerp(root.0, tip.0, 0.5), root.1 - s * 0.02);
        let leaves = 9;
        for i in 0..leaves {
            let t = (f64::from(i) + 1.5) / (f64::from(leaves) + 0.5);
            let at = |a: f64, b: f64, c: f64| (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * b + t * t * c;
            let (x, y) = (at(root.0, bend.0, tip.0), at(root.1, bend.1, tip.1));
            for up in [-1.0, 1.0] {
                let long = s * lerp(0.17, 0.075, t) * rng.range(0.85, 1.1);
                let turn = 0.055 + 0.10 * up + rng.range(-0.02, 0.02);
                let (dx, dy) = (cowave(turn) * way * long, wave(turn) * long + long * 0.1);
                let (nx, ny) = (-dy * 0.22, dx * 0.22);
                pen.start((x, y));
                pen.bend((x + dx * 0.5 + nx, y + dy * 0.5 + ny), (x + dx, y + dy));
                pen.bend((x + dx * 0.5 - nx, y + dy * 0.5 - ny), (x, y));
                pen.shut();
            }
        }
        cx.c.fill(&pen.done(), Paint::Flat(colour, opacity));
    }
}

/// Draws low steps left and right behind the plinth.
fn steps(cx: &mut Cx<'_>, x: f64, floor: f64) {
    let s = cx.s;
    let pal = cx.pal;
    let way = -cx.plan.side;
    for (off, wide, tall, colour) in [
        (0.30, 0.20, 0.20, pal.accent.mix(pal.sky[1], 0.25)),
        (0.43, 0.15, 0.10, pal.sun.mix(pal.far, 0.25)),
    ] {
        let left = x + way * off * s - wide * s / 2.0;
        let (top, foot) = (floor - tall * s + s * 0.03, floor + s * 0.035);
        let dark = colour.mix(pal.near, 0.28);
        cx.c.oval(
            (left + wide * s * 0.5 + way * s * 0.03, foot),
            wide * s * 0.66,
            s * 0.014,
            Paint::Flat(pal.near, 0.16),
        );
        let paint = cx.c.linear(
            (left, 0.0),
            (left + wide * s, 0.0),
            &[
                (0.0, if way > 0.0 { colour } else { dark }, 1.0),
                (1.0, if way > 0.0 { dark } else { colour }, 1.0),
            ],
        );
        cx.c.rect((left, top), wide * s, foot - top, paint);
        cx.c.rect((left, top), wide * s, s * 0.008, colour.mix(pal.glow, 0.5));
    }
}

/// Draws a round plinth with its shadow on the floor. `top` is the middle of its upper face.
pub fn plinth(cx: &mut Cx<'_>, top: Point, wide: f64, tall: f64, colour: Rgb) {
    let pal = cx.pal;
    let flat = 0.13;
    let (x, y) = top;
    let away = -cx.plan.side;
    let mut pen = Pen::new();
    pen.start((x - wide * 0.9, y + tall));
    pen.bend(
        (x + away * wide * 1.6, y + tall - wide * 0.2),
        (x + away * wide * 3.1, y + tall + wide * 0.12),
    );
    pen.bend(
        (x + away * wide * 1.8, y + tall + wide * 0.36),
        (x + wide * 0.6 * away, y + tall + wide * flat),
    );
    pen.shut();
    let shadow = cx.c.linear(
        (x, 0.0),
        (x + away * wide * 3.0, 0.0),
        &[(0.0, pal.near, 0.42), (0.5, pal.near, 0.18), (1.0, pal.near, 0.0)],
    );
    cx.c.fill(&pen.done(), shadow);
    cx.c.oval(
        (x + away * wide * 0.12, y + tall + wide * 0.01),
        wide * 1.10,
        wide * flat * 1.25,
        Paint::Flat(pal.near, 0.20),
    );
    let (lit, dark) = (colour.mix(pal.glow, 0.30), colour.mix(pal.near, 0.40));
    let (from, to) = if cx.plan.side < 0.0 {
        (x - wide, x + wide)
    } else {
        (x + wide, x - wide)
    };
    let paint = cx.c.linear(
        (from, 0.0),
        (to, 0.0),
        &[
            (0.0, colour, 1.0),
            (0.22, lit, 1.0),
            (0.62, colour.mix(dark, 0.45), 1.0),
            (1.0, dark, 1.0),
        ],
    );
    let body = format!(
        "M{:.2} {y:.2}L{:.2} {:.2}A{wide:.2} {:.2} 0 0 0 {:.2} {:.2}L{:.2} {y:.2}Z",
        x - wide,
        x - wide,
        y + tall,
        wide * flat,
        x + wide,
        y + tall,
        x + wide
    );
    cx.c.fill(&body, paint);
    let face = cx.c.linear(
        (from, 0.0),
        (to, 0.0),
        &[
            (0.0, lit.mix(WHITE, 0.25), 1.0),
            (1.0, colour.mix(dark, 0.2), 1.0),
        ],
    );
    cx.c.oval((x, y), wide, wide * flat, face);
}

/// Draws balls and a cone beside the plinth.
fn props(cx: &mut Cx<'_>, x: f64, wide: f64) {
    let (h, s) = (cx.h, cx.s);
    let pal = cx.pal;
    let side = cx.plan.side;
    let mut rng = cx.rng("props");
    let foot = h * 0.885;
    for (off, radius, colour) in [
        (1.0, 0.052, pal.sun),
        (1.42, 0.028, pal.accent),
        (-1.25, 0.036, pal.glow.mix(pal.sky[0], 0.3)),
    ] {
        let at = (
            x + side * (wide * off + s * 0.10) + rng.range(-0.01, 0.01) * s,
            foot + rng.range(-0.015, 0.02) * h,
        );
        let r = radius * s;
        cx.c.oval(
            (at.0 - side * r * 0.9, at.1 + r * 0.04),
            r * 1.7,
            r * 0.22,
            Paint::Flat(pal.near, 0.24),
        );
        if side > 0.0 {
            cx.c.open((at.0 * 2.0, 0.0), (-1.0, 1.0), 0.0);
        } else {
            cx.c.open((0.0, 0.0), (1.0, 1.0), 0.0);
        }
        globe(cx, (at.0, at.1 - r), r, colour, WHITE);
        cx.c.close();
    }
    // Pebbles and petals that only show when one is close.
    cx.sizes("petals", |cx, size, rng| {
        let mut pen = Pen::new();
        for _ in 0..[5, 7][size] {
            let (px, py) = (x + rng.range(-0.62, 0.62) * s, h * rng.range(0.90, 0.985));
            let half = s * rng.range(0.003, 0.010) / [1.0, 1.5][size];
            pen.start((px - half, py));
            pen.bend((px, py - half * rng.range(0.6, 1.4)), (px + half, py));
            pen.bend((px, py + half * 0.5), (px - half, py));
            pen.shut();
        }
        let colour = cx.pal.sun.mix(cx.pal.far, 0.4);
        cx.c.fill(&pen.done(), Paint::Flat(colour, 0.85));
    });
}

fn vignette(cx: &mut Cx<'_>) {
    let (w, h) = (cx.w, cx.h);
    let near = cx.pal.near;
    let paint = cx.c.radial(
        (w * 0.5, h * 0.46),
        w.max(h) * 0.78,
        &[(0.0, near, 0.0), (0.6, near, 0.0), (1.0, near, 0.30)],
    );
    cx.c.rect((0.0, 0.0), w, h, paint);
}
