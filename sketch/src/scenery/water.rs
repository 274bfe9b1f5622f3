//! Draws water with its reflections, and the settings made of it: sea and lake.

use super::coast;
use super::land::{self, Hill};
use super::peaks;
use super::sky;
use super::waves::waves;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::maths::{lerp, wave};
use crate::plan::Cx;
use crate::plan::habitat::{Habitat, habitat};
use crate::prompt::vocabulary::{Hour, Subject};
use crate::subjects::flora;
use crate::subjects::{self, Stand};

/// Draws the surface from `level` down: the sky upside down and darker.
pub fn surface(cx: &mut Cx<'_>, level: f64) {
    let pal = cx.pal;
    let deep = pal.sky[0].mix(pal.near, 0.55);
    let stops = [
        (0.0, pal.sky[3].mix(pal.sky[2], 0.35), 1.0),
        (0.16, pal.sky[2].mix(pal.mid, 0.22), 1.0),
        (0.5, pal.sky[1].mix(pal.mid, 0.45), 1.0),
        (1.0, deep, 1.0),
    ];
    let (w, h) = (cx.w, cx.h);
    let paint = cx.c.linear((0.0, level), (0.0, h), &stops);
    cx.c.rect((0.0, level), w, h - level + 5.0, paint);
}

/// Draws the path of light under the sun, and ripples of sky and shade all over.
pub fn ripples(cx: &mut Cx<'_>, level: f64) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let light = pal.sky[3].mix(WHITE, 0.15);
    let dark = pal.near.mix(pal.sky[0], 0.4);
    cx.sizes("ripples", |cx, detail, rng| {
        let (mut bright, mut shade, mut inside) = (Pen::new(), Pen::new(), Pen::new());
        for i in 0..([70.0, 130.0][detail] * (w / 1000.0)) as usize {
            let t = rng.unit();
            let y = lerp(level + 1.5, h, t * t);
            let near = ((y - level) / (h - level)).clamp(0.0, 1.0);
            let half = s * lerp(0.012, 0.10, near) * rng.range(0.4, 1.2) / [1.0, 1.5][detail];
            let thick = s * lerp(0.0008, 0.0052, near) / [1.0, 1.4][detail];
            let pen = if i % 3 == 0 { &mut bright } else { &mut shade };
            let at = (rng.unit() * w, y);
            pen.lens(at, half, thick);
            if cx.fine() {
                inside.lens(at, half * 0.6, thick * 0.3);
            }
        }
        cx.c.fill(&bright.done(), Paint::Flat(light, 0.24));
        cx.c.fill(&shade.done(), Paint::Flat(dark, 0.17));
        cx.c.fill(&inside.done(), Paint::Flat(light, 0.12));
    });
    if cx.plan.hour != Hour::Storm {
        glitter(cx, level);
    }
}

fn glitter(cx: &mut Cx<'_>, level: f64) {
    let (h, s) = (cx.h, cx.s);
    let (x, radius) = (cx.plan.sun.0, cx.plan.sun_radius);
    let colour = cx.pal.sun.mix(cx.pal.glow, 0.3);
    let glow = cx.pal.glow;
    let reach = (radius * 2.0).max(s * 0.14);
    let paint =
        cx.c.radial((0.0, 0.0), 1.0, &[(0.0, glow, 0.42), (1.0, glow, 0.0)]);
    cx.c.open((x, level), (reach * 1.5, h - level), 0.0);
    cx.c.fill("M-1 0L1 0L1 1L-1 1Z", paint);
    cx.c.close();
    cx.sizes("glitter", |cx, detail, rng| {
        let (mut strong, mut soft) = (Pen::new(), Pen::new());
        let count = [64, 90][detail];
        for i in 0..count {
            let t = (f64::from(i) + rng.unit()) / f64::from(count);
            let near = t * t.sqrt();
            let y = lerp(level + s * 0.002, h * 0.99, near);
            let spread = radius * lerp(0.75, 1.05, near) + s * 0.05 * near;
            let off = (rng.unit() + rng.unit() - 1.0) * spread;
            let half = s * lerp(0.016, 0.055, near) * rng.range(0.35, 1.0) / [1.0, 1.7][detail];
            let thick = s * lerp(0.0011, 0.0048, near) / [1.0, 1.4][detail];
            let pen = if off.abs() < spread * 0.42 {
                &mut strong
            } else {
                &mut soft
            };
            pen.lens((x + off, y), half, thick);
        }
        cx.c.fill(&soft.done(), Paint::Flat(colour, 0.5));
        cx.c.fill(&strong.done(), Paint::Flat(colour, 0.88));
    });
}

/// Draws a headland or island on the horizon, with its reflection.
fn headland(cx: &mut Cx<'_>, name: &str, from: f64, to: f64, tall: f64, colour: Rgb) {
    let level = cx.plan.horizon;
    let noise = cx.noise(name);
    let steps = 36;
    let points: Vec<Point> = (0..=steps)
        .map(|i| {
            let t = f64::from(i) / f64::from(steps);
            let body = wave(t * 0.5).sqrt() * (0.62 + 0.38 * noise.octaves(t * 4.0, 4, 0.5));
            (lerp(from, to, t), level - tall * body.max(0.0))
        })
        .collect();
    let mut pen = Pen::new();
    pen.start(points[0]);
    pen.through(&points);
    pen.shut();
    let haze = colour.mix(cx.pal.sky[3], 0.35);
    let paint = cx.c.linear(
        (0.0, level - tall),
        (0.0, level),
        &[(0.0, colour, 1.0), (1.0, haze, 1.0)],
    );
    cx.c.fill(&pen.done(), paint);
    let mut pen = Pen::new();
    let below: Vec<Point> = points
        .iter()
        .map(|p| (p.0, level + (level - p.1) * 0.55))
        .collect();
    pen.start(below[0]);
    pen.through(&below);
    pen.shut();
    let paint = cx.c.linear(
        (0.0, level),
        (0.0, level + tall * 0.55),
        &[(0.0, colour, 0.5), (1.0, colour, 0.05)],
    );
    cx.c.fill(&pen.done(), paint);
}

/// Draws the open sea: headlands, glitter, waves; a cliff or a beach if something has to stand on
/// land.
pub fn sea(cx: &mut Cx<'_>) {
    sky::draw(cx);
    let level = cx.plan.horizon;
    let (w, s) = (cx.w, cx.s);
    surface(cx, level);
    let pal = cx.pal;
    let mut rng = cx.rng("coast");
    let other = if cx.plan.hero < w / 2.0 { 1.0 } else { 0.0 };
    let tall = s * rng.range(0.05, 0.09);
    let (a, b) = ((other - 0.45_f64) * w, (other + 0.42) * w);
    headland(cx, "headland/far", a, b, tall, pal.far.mix(pal.mid, 0.25));
    let (a, b) = ((other - 0.20_f64) * w, (other + 0.30) * w);
    headland(cx, "headland/near", a, b, tall * 1.5, pal.far.mix(pal.mid, 0.75));
    ripples(cx, level);
    birds(cx);
    let hero = cx.read.subjects.first().map(|(subject, _)| habitat(*subject));
    match hero {
        Some(Habitat::Ground) if strolls(cx) => coast::beach(cx),
        Some(Habitat::Ground) => coast::cliff(cx),
        Some(Habitat::Object) => coast::beach(cx),
        Some(Habitat::Water | Habitat::Air) | None => {
            let y = lerp(level, cx.h, 0.26);
            let ground = move |_: f64| y;
            subjects::place(
                cx,
                &Stand {
                    ground: &ground,
                    water: Some(y),
                    scale: 1.0,
                },
            );
            waves(cx);
        }
    }
}

/// Returns whether the hero is one for the beach rather than for the cliffs.
fn strolls(cx: &Cx<'_>) -> bool {
    let beach = [
        Subject::Palm,
        Subject::Person,
        Subject::Dog,
        Subject::Car,
        Subject::Bicycle,
        Subject::Chair,
        Subject::Penguin,
    ];
    cx.read
        .subjects
        .first()
        .is_some_and(|(hero, _)| beach.contains(hero))
}

fn birds(cx: &mut Cx<'_>) {
    let mut rng = cx.rng("birds/sea");
    let at = (
        lerp(cx.plan.sun.0, cx.plan.hero, 0.55) + rng.range(-0.05, 0.05) * cx.w,
        cx.plan.horizon * rng.range(0.42, 0.66),
    );
    let colour = cx.pal.near.mix(cx.pal.mid, 0.3);
    let size = cx.s * 0.017;
    sky::flock(cx, at, size, 6, colour);
}

/// Draws a still lake under mountains.
pub fn lake(cx: &mut Cx<'_>) {
    sky::draw(cx);
    let level = cx.plan.horizon + cx.s * 0.02;
    let s = cx.s;
    let tall = (cx.plan.horizon * 0.60).min(s * 0.50);
    let pal = cx.pal;
    peaks::ranges(cx, level, tall, false);
    surface(cx, level);
    peaks::ranges(cx, level, tall, true);
    let wood = Hill::new(cx, "shore/far", level + s * 0.004, s * 0.002, 2.0);
    let tone = pal.mid.mix(pal.near, 0.35);
    let high = s * 0.05;
    shore_trees(cx, &wood, high, tone, level);
    sky::mist(cx, level + s * 0.006, s * 0.035, 0.55);
    ripples(cx, level);
    let hero = cx.read.subjects.first().map(|(subject, _)| habitat(*subject));
    if matches!(hero, Some(Habitat::Water)) {
        let y = lerp(level, cx.h, 0.36);
        let ground = move |_: f64| y;
        subjects::place(
            cx,
            &Stand {
                ground: &ground,
                water: Some(y),
                scale: 1.0,
            },
        );
        let near = Hill::new(cx, "shore/near", cx.h - s * 0.03, s * 0.035, 1.5);
        land::framing(cx, &|x| near.y(x));
        let low = cx.h + 5.0;
        near.draw(cx, low, (pal.near.mix(pal.mid, 0.2), pal.near), 0.4);
        flora::grass(cx, "reeds", &|x| near.y(x), s * 0.09, pal.near);
    } else {
        land::foreground(cx, 0.66, true);
    }
}

fn shore_trees(cx: &mut Cx<'_>, hill: &Hill, tall: f64, tone: Rgb, level: f64) {
    let w = cx.w;
    let clumps = cx.noise("shore");
    cx.sizes("shore/trees", |cx, detail, rng| {
        let (mut up, mut down) = (Pen::new(), Pen::new());
        for _ in 0..(w / tall * [2.2, 1.6][detail]) as usize {
            let x = rng.range(-0.02, 1.02) * w;
            let dense = clumps.at(x / w * 3.0 + 7.0);
            let high = tall * rng.range(0.45, 1.0) * (1.0 + 0.6 * dense) / [1.0, 1.3][detail];
            if dense > -0.25 {
                flora::pine(&mut up, (x, hill.y(x)), high, 4 + detail);
                down.triangle(
                    (x - high * 0.17, level),
                    (x + high * 0.17, level),
                    (x, level + high * 0.8),
                );
            }
        }
        cx.c.fill(&down.done(), Paint::Flat(tone, 0.42));
        cx.c.fill(&up.done(), tone);
    });
    let mut pen = Pen::new();
    pen.lens((w * 0.5, level + cx.s * 0.002), w * 0.7, cx.s * 0.006);
    cx.c.fill(&pen.done(), tone);
}
