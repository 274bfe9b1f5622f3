//! Draws clouds in the sky, and what falls from them.

use crate::paint::canvas::{Paint, Pen, Point, oval_path};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::maths::{lerp, wave};
use crate::paint::rng::Rng;
use crate::plan::Cx;
use crate::prompt::vocabulary::{Air, Hour};

/// Draws clouds: long strata or heaps, as the seed wants.
pub fn draw(cx: &mut Cx<'_>) {
    let mut rng = cx.rng("clouds");
    let hour = cx.plan.hour;
    let wanted = cx.read.airs(Air::Clouds);
    let base = match hour {
        Hour::Storm => 7.0,
        Hour::Night => 2.0,
        Hour::Fog => 1.0,
        Hour::Dawn | Hour::Day | Hour::Golden | Hour::Dusk => 4.0,
    };
    let count =
        ((base + if wanted { 5.0 } else { 0.0 }) * cx.plan.busy * (cx.w / 1000.0).sqrt()).round() as usize;
    let heaps = wanted || hour == Hour::Storm || hour == Hour::Day && rng.chance(0.75) || rng.chance(0.25);
    for index in 0..count {
        let t = (index as f64 + 0.5) / count as f64;
        let x = rng.range(-0.05, 1.05) * cx.w;
        let y = cx.plan.horizon * lerp(0.16, 0.84, t) + rng.range(-0.04, 0.04) * cx.s;
        let size = cx.s * lerp(0.30, 0.11, t) * rng.range(0.7, 1.25);
        let opacity = rng.range(0.5, 0.85) * if cx.is_night() { 0.38 } else { 1.0 };
        let (top, low) = cloud_colours(cx, t);
        if heaps {
            heap(cx, &mut rng, (x, y), size, (top, low), opacity);
        } else {
            strata(cx, &mut rng, (x, y), size * 1.15, (top, low), opacity * 0.8);
        }
    }
}

fn cloud_colours(cx: &Cx<'_>, t: f64) -> (Rgb, Rgb) {
    let sky = if t < 0.5 {
        cx.pal.sky[1].mix(cx.pal.sky[2], t * 2.0)
    } else {
        cx.pal.sky[2].mix(cx.pal.sky[3], t * 2.0 - 1.0)
    };
    match cx.plan.hour {
        Hour::Day | Hour::Fog | Hour::Dawn => (WHITE.mix(cx.pal.sky[3], 0.35), sky.mix(WHITE, 0.25)),
        Hour::Storm => (sky.mix(cx.pal.sky[3], 0.45), cx.pal.sky[0]),
        Hour::Golden => (
            cx.pal.glow.mix(WHITE, 0.35),
            cx.pal.sky[1].mix(cx.pal.sky[2], 0.4),
        ),
        Hour::Dusk => (cx.pal.sky[3].mix(cx.pal.glow, 0.5), cx.pal.sky[1]),
        Hour::Night => (cx.pal.sky[3].mix(WHITE, 0.15), cx.pal.sky[1]),
    }
}

fn heap(cx: &mut Cx<'_>, rng: &mut Rng, (x, y): Point, size: f64, (top, low): (Rgb, Rgb), opacity: f64) {
    let count = 5 + rng.pick(3);
    let mut path = String::new();
    let mut highest = y;
    for i in 0..count {
        let t = (i as f64 + 0.5) / count as f64;
        let arch = wave(t * 0.5);
        let radius = size * (0.13 + 0.20 * arch) * rng.range(0.8, 1.15);
        let centre = (x + (t - 0.5) * size * 1.9, y - radius * 0.55 - arch * size * 0.10);
        highest = highest.min(centre.1 - radius);
        path.push_str(&oval_path(centre, radius * 1.12, radius));
        if i == 0 || i == count - 1 {
            continue;
        }
        let fill = (centre.0, y - radius * 0.4);
        path.push_str(&oval_path(fill, radius * 1.5, radius * 0.62));
    }
    // Small curls along the top, on the same outline.
    let mut curls = cx.rng(&format!("curls/{x:.0}/{y:.0}"));
    for _ in 0..4 {
        let t = curls.range(0.15, 0.85);
        let arch = wave(t * 0.5);
        let radius = size * curls.range(0.04, 0.085);
        let at = (
            x + (t - 0.5) * size * 1.8,
            y - size * (0.10 + 0.34 * arch) * curls.range(0.7, 1.0),
        );
        path.push_str(&oval_path(at, radius, radius));
    }
    let stops = [
        (0.0, top, opacity),
        (0.55, top.mix(low, 0.45), opacity * 0.75),
        (1.0, low, 0.0),
    ];
    let paint = cx.c.linear((x, highest), (x, y + size * 0.16), &stops);
    cx.c.fill(&path, paint);
}

fn strata(cx: &mut Cx<'_>, rng: &mut Rng, (x, y): Point, size: f64, (top, low): (Rgb, Rgb), opacity: f64) {
    let rows = 3 + rng.pick(3);
    let thick = size * 0.052;
    let mut pen = Pen::new();
    for row in 0..rows {
        let half = size * rng.range(0.35, 0.85) * (1.0 - (row as f64 / rows as f64 - 0.4).abs());
        let (cx0, cy) = (x + rng.range(-0.35, 0.35) * size, y + row as f64 * thick * 1.25);
        pen.start((cx0 - half, cy));
        pen.curve(
            (cx0 - half, cy - thick),
            (cx0 - half * 0.8, cy - thick),
            (cx0 - half * 0.4, cy - thick),
        );
        pen.run((cx0 + half * 0.5, cy - thick));
        pen.curve(
            (cx0 + half * 0.9, cy - thick),
            (cx0 + half, cy - thick * 0.6),
            (cx0 + half * 1.1, cy),
        );
        pen.curve(
            (cx0 + half * 0.8, cy + thick * 0.5),
            (cx0 + half * 0.4, cy + thick * 0.5),
            (cx0, cy + thick * 0.5),
        );
        pen.curve(
            (cx0 - half * 0.6, cy + thick * 0.5),
            (cx0 - half, cy + thick * 0.4),
            (cx0 - half, cy),
        );
        pen.shut();
    }
    let stops = [(0.0, top, opacity), (1.0, low.mix(top, 0.3), opacity * 0.35)];
    let paint =
        cx.c.linear((x, y - thick), (x, y + thick * 1.3 * rows as f64), &stops);
    cx.c.fill(&pen.done(), paint);
}

/// Draws rain or snow in front of everything.
pub fn weather(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    if cx.read.airs(Air::Rain) {
        let colour = cx.pal.sky[3].mix(WHITE, 0.3);
        cx.sizes("rain", |cx, level, rng| {
            let mut pen = Pen::new();
            for _ in 0..[150, 150][level] {
                let (x, y) = (rng.range(-0.05, 1.1) * w, rng.range(-0.05, 1.0) * h);
                let long = s * rng.range(0.02, 0.055) / if level == 0 { 1.0 } else { 1.5 };
                pen.start((x, y));
                pen.run((x - long * 0.22, y + long));
            }
            cx.c.line(
                &pen.done(),
                Paint::Flat(colour, 0.34),
                s * [0.0016, 0.0011][level],
            );
        });
    }
    if cx.read.airs(Air::Snowfall) {
        cx.sizes("flakes", |cx, level, rng| {
            let mut pen = Pen::new();
            for _ in 0..[120, 160][level] {
                let radius = s * rng.range(0.0014, 0.0052) / if level == 0 { 1.0 } else { 1.7 };
                pen.ring((rng.unit() * w, rng.unit() * h), radius, radius);
            }
            cx.c.fill(&pen.done(), Paint::Flat(WHITE, 0.75));
        });
    }
}
