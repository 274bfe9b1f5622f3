//! Outlines trees, grass and flowers. They join one path, so that a whole wood is a single shape.

use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::Rgb;
use crate::paint::maths::{cowave, lerp, wave};
use crate::paint::rng::Rng;
use crate::plan::Cx;

/// Outlines a pine from its foot. More tiers make the same tree finer.
pub fn pine(pen: &mut Pen, (x, y): Point, tall: f64, tiers: usize) {
    let half = tall * 0.20;
    let skirt = y - tall * 0.10;
    let steps: Vec<(f64, f64)> = (1..=tiers)
        .flat_map(|i| {
            let t = i as f64 / tiers as f64;
            let wide = half * (0.14 + 0.86 * t);
            let low = lerp(y - tall, skirt, t);
            let inner = wide * if i == tiers { 0.16 } else { 0.52 };
            [(wide, low), (inner, low - tall * 0.022)]
        })
        .collect();
    pen.start((x, y - tall));
    for (dx, level) in &steps {
        pen.run((x + dx, *level));
    }
    let trunk = tall * 0.022;
    pen.through(&[
        (x + trunk, skirt),
        (x + trunk, y + tall * 0.02),
        (x - trunk, y + tall * 0.02),
        (x - trunk, skirt),
    ]);
    for (dx, level) in steps.iter().rev() {
        pen.run((x - dx, *level));
    }
    pen.shut();
}

/// Outlines a leafy crown on a short trunk.
pub fn round_tree(pen: &mut Pen, (x, y): Point, tall: f64, rng: &mut Rng) {
    let trunk = tall * 0.03;
    pen.block((x - trunk, y - tall * 0.45), trunk * 2.0, tall * 0.46);
    for _ in 0..5 {
        let radius = tall * rng.range(0.14, 0.22);
        pen.ring(
            (
                x + tall * rng.range(-0.18, 0.18),
                y - tall * rng.range(0.48, 0.78),
            ),
            radius * 1.1,
            radius,
        );
    }
}

/// Outlines a fan palm with a leaning trunk.
pub fn palm(pen: &mut Pen, (x, y): Point, tall: f64, lean: f64) {
    let top = (x + lean * tall * 0.22, y - tall * 0.8);
    let thick = tall * 0.022;
    pen.start((x - thick * 1.5, y));
    pen.bend(
        (x + lean * tall * 0.02 - thick, y - tall * 0.5),
        (top.0 - thick * 0.7, top.1),
    );
    pen.run((top.0 + thick * 0.7, top.1));
    pen.bend(
        (x + lean * tall * 0.02 + thick, y - tall * 0.5),
        (x + thick * 1.5, y),
    );
    pen.shut();
    for leaf in 0..9 {
        let turn = 0.52 + f64::from(leaf) * 0.058 + if leaf % 2 == 0 { 0.01 } else { -0.008 };
        let long = tall * (0.36 + 0.05 * wave(f64::from(leaf) * 0.37));
        let (dx, dy) = (cowave(turn), wave(turn));
        let droop = tall * 0.16 * (dx.abs() + 0.25);
        let tip = (top.0 + dx * long, top.1 + dy * long * 0.62 + droop);
        let middle = (top.0 + dx * long * 0.55, top.1 + dy * long * 0.75 - tall * 0.05);
        pen.start(top);
        pen.bend((middle.0, middle.1 - tall * 0.03), tip);
        pen.bend((middle.0, middle.1 + tall * 0.055), top);
        pen.shut();
    }
}

/// Outlines a saguaro with two arms.
pub fn cactus(pen: &mut Pen, (x, y): Point, tall: f64, flip: f64) {
    let r = tall * 0.085;
    let mut column = |cx: f64, top: f64, low: f64, r: f64| {
        pen.start((cx - r, low));
        pen.run((cx - r, top + r));
        pen.curve(
            (cx - r, top - r * 0.35),
            (cx + r, top - r * 0.35),
            (cx + r, top + r),
        );
        pen.run((cx + r, low));
        pen.shut();
    };
    column(x, y - tall, y, r);
    let arm = r * 0.72;
    let (left, right) = (x - flip * tall * 0.25, x + flip * tall * 0.23);
    column(left, y - tall * 0.78, y - tall * 0.40, arm);
    column(right, y - tall * 0.66, y - tall * 0.30, arm);
    for (from, low) in [(left, y - tall * 0.40), (right, y - tall * 0.30)] {
        let way = (x - from).signum();
        pen.start((from - way * arm, low - arm * 0.2));
        pen.curve(
            (from - way * arm, low + arm * 1.9),
            (from, low + arm * 1.9),
            (x, low + arm * 1.9),
        );
        pen.run((x, low));
        pen.run((from + way * arm, low - arm * 0.2));
        pen.shut();
    }
}

/// Draws blades of grass along a ground line. Small ones fill the gaps.
pub fn grass(cx: &mut Cx<'_>, name: &str, ground: &dyn Fn(f64) -> f64, tall: f64, colour: Rgb) {
    let w = cx.w;
    cx.sizes(name, |cx, level, rng| {
        let mut pen = Pen::new();
        let count = ([110.0, 240.0][level] * (w / 1000.0)) as usize;
        for _ in 0..count {
            let x = rng.range(-0.02, 1.02) * w;
            let y = ground(x) + tall * 0.15;
            let high = tall * rng.range(0.35, 1.0) / [1.0, 1.25][level];
            let lean = high * rng.range(-0.45, 0.45);
            let thick = tall * [0.05, 0.035][level];
            pen.start((x - thick, y));
            pen.bend((x, y - high * 0.6), (x + lean, y - high));
            pen.bend((x + thick, y - high * 0.5), (x + thick, y));
            pen.shut();
        }
        cx.c.fill(&pen.done(), colour);
    });
}

/// Draws small flower heads scattered between two heights, larger towards the viewer.
pub fn blooms(cx: &mut Cx<'_>, name: &str, ground: &dyn Fn(f64) -> f64, colours: &[Rgb], share: f64) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    cx.sizes(name, |cx, level, rng| {
        let mut pens = vec![Pen::new(); colours.len()];
        let count = ([90.0, 160.0][level] * share * (w / 1000.0)) as usize;
        for _ in 0..count {
            let x = rng.unit() * w;
            let top = ground(x);
            let t = rng.unit();
            let y = lerp(top + s * 0.01, h, t * t.sqrt());
            let near = ((y - top) / (h - top).max(1.0)).clamp(0.0, 1.0);
            let radius = s * lerp(0.0022, 0.0105, near) * rng.range(0.6, 1.1) / [1.0, 1.35][level];
            pens[rng.pick(colours.len())].ring((x, y), radius, radius * 0.72);
        }
        for (pen, colour) in pens.into_iter().zip(colours) {
            cx.c.fill(&pen.done(), Paint::Flat(*colour, 0.92));
        }
    });
}
