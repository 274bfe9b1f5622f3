//! Draws forests: tall trunks with shafts of light, or slopes of pines that fade into mist.

use super::land::{self, Hill};
use super::sky;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::WHITE;
use crate::paint::maths::lerp;
use crate::paint::rng::Rng;
use crate::plan::Cx;
use crate::prompt::vocabulary::Hour;
use crate::subjects::{self, Stand};

/// Draws one of two kinds of wood, by the composition.
pub fn draw(cx: &mut Cx<'_>) {
    if cx.plan.lane % 2 == 1 {
        trunks(cx);
    } else {
        slopes(cx);
    }
}

fn slopes(cx: &mut Cx<'_>) {
    sky::draw(cx);
    let (h, s) = (cx.h, cx.s);
    let low = h + 5.0;
    let layers = 5;
    let start = cx.plan.horizon - s * 0.16;
    for i in 0..layers {
        let t = f64::from(i) / f64::from(layers);
        let hill = Hill::new(
            cx,
            &format!("slope/{i}"),
            lerp(start, h, t * 0.72),
            s * lerp(0.07, 0.05, t),
            lerp(1.9, 1.3, t),
        );
        let (top, foot) = land::ground_tones(cx, lerp(0.06, 0.78, t));
        let colour = cx.pal.depth(lerp(0.08, 0.82, t));
        land::treeline(
            cx,
            &format!("slope/wood/{i}"),
            &hill,
            s * lerp(0.05, 0.17, t * t),
            colour,
            lerp(2.2, 1.5, t),
        );
        let foot = foot.mix(cx.pal.sky[3], lerp(0.45, 0.12, t));
        let top = if cx.is_snowy() { top } else { colour };
        hill.draw(cx, low, (top, foot), 0.0);
    }
    land::foreground(cx, 0.66, true);
}

fn trunks(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let bright = pal.sky[3];
    let stops = [
        (0.0, pal.sky[1].mix(pal.mid, 0.4), 1.0),
        (0.55, pal.sky[2].mix(pal.far, 0.2), 1.0),
        (0.85, bright, 1.0),
        (1.0, pal.far, 1.0),
    ];
    let paint = cx.c.linear((0.0, 0.0), (0.0, cx.plan.horizon * 1.1), &stops);
    cx.c.rect((0.0, 0.0), w, h, paint);
    let at = (cx.plan.sun.0, cx.plan.horizon * 0.62);
    let strong = if cx.is_night() { 0.5 } else { 0.85 };
    let paint = cx.c.radial(
        at,
        s * 0.75,
        &[
            (0.0, pal.glow, strong),
            (0.4, pal.glow, strong * 0.35),
            (1.0, pal.glow, 0.0),
        ],
    );
    cx.c.disc(at, s * 0.75, paint);
    if cx.plan.hour != Hour::Storm {
        cx.c.disc(
            (at.0, at.1 - s * 0.06),
            cx.plan.sun_radius * 0.62,
            Paint::Flat(pal.sun, 0.9),
        );
    }
    let low = h + 5.0;
    for i in 0..5 {
        let t = f64::from(i) / 4.0;
        let ground = Hill::new(
            cx,
            &format!("floor/{i}"),
            lerp(cx.plan.horizon + s * 0.01, h, t * 0.5),
            s * lerp(0.012, 0.03, t),
            2.0,
        );
        let colour = pal.depth(lerp(0.12, 0.90, t));
        stand(cx, i, t, &ground, colour);
        let (top, foot) = land::ground_tones(cx, lerp(0.16, 0.82, t));
        ground.draw(cx, low, (top.mix(bright, lerp(0.3, 0.0, t)), foot), 0.25 * t);
        if i == 1 || i == 3 {
            shafts(cx, i);
        }
    }
    let stage = land::stage(cx, 0.66);
    let (top, foot) = land::ground_tones(cx, 0.80);
    stage.draw(cx, low, (top, foot), 0.5);
    let ground = |x: f64| stage.y(x);
    subjects::place(
        cx,
        &Stand {
            ground: &ground,
            water: None,
            scale: 1.0,
        },
    );
    let colour = pal.near.mix(pal.mid, 0.30);
    land::meadow(cx, &|x| stage.y(x), top);
    ferns(cx, &|x| stage.y(x) + s * 0.10, colour);
}

/// Draws one bough. Both sides run the same way round, or where they meet would be a hole.
fn bough(pen: &mut Pen, (x, y): Point, way: f64, long: f64, thick: f64) {
    let tip = (x + way * long, y - long * 0.5);
    let (upper, lower) = (
        (x + way * long * 0.5, y - long * 0.15),
        (x + way * long * 0.5, y + thick * 0.2),
    );
    let (top, foot) = ((x, y - thick * 0.4), (x, y + thick * 0.6));
    let (from, first, second, to) = if way < 0.0 {
        (foot, lower, upper, top)
    } else {
        (top, upper, lower, foot)
    };
    pen.start(from);
    pen.bend(first, tip);
    pen.bend(second, to);
    pen.shut();
}

/// Draws trunks of one depth, with a few boughs and a leafy roof above.
fn stand(cx: &mut Cx<'_>, layer: i32, t: f64, ground: &Hill, colour: crate::paint::colour::Rgb) {
    let (w, s) = (cx.w, cx.s);
    let mut rng = cx.rng(&format!("trunks/{layer}"));
    let count = (lerp(22.0, 4.0, t.sqrt()) * w / 1000.0).round() as usize;
    let mut pen = Pen::new();
    for i in 0..count {
        let mut x = (i as f64 + rng.range(0.1, 0.9)) / count as f64 * w;
        let thick = s * lerp(0.006, 0.034, t) * rng.range(0.7, 1.3);
        if t > 0.7 && (x - cx.plan.hero).abs() < s * 0.26 {
            // Nothing stands in front of the hero's light.
            x += (x - cx.plan.hero).signum() * s * 0.26;
        }
        let foot = ground.y(x) + s * 0.012;
        let lean = rng.range(-0.03, 0.03) * s;
        pen.start((x + lean - thick * 0.7, -5.0));
        pen.run((x + lean + thick * 0.7, -5.0));
        pen.bend(
            (x + thick * 0.8, foot * 0.7),
            (x + thick * 1.0, foot - thick * 1.2),
        );
        pen.bend((x + thick * 1.1, foot - thick * 0.2), (x + thick * 2.0, foot));
        pen.run((x - thick * 2.0, foot));
        pen.bend(
            (x - thick * 1.1, foot - thick * 0.2),
            (x - thick, foot - thick * 1.2),
        );
        pen.bend((x - thick * 0.8, foot * 0.7), (x + lean - thick * 0.7, -5.0));
        pen.shut();
        for _ in 0..3 {
            let y = foot * rng.range(0.12, 0.62);
            let way = rng.sign();
            let long = s * rng.range(0.05, 0.13) * lerp(0.5, 1.3, t);
            bough(&mut pen, (x, y), way, long, thick);
        }
    }
    cx.c.fill(&pen.done(), colour);
    crowns(cx, layer, t, colour);
}

fn crowns(cx: &mut Cx<'_>, layer: i32, t: f64, colour: crate::paint::colour::Rgb) {
    let (w, s) = (cx.w, cx.s);
    let noise = cx.noise(&format!("roof/{layer}"));
    let deep = cx.plan.horizon * lerp(0.34, 0.07, t);
    cx.sizes(&format!("roof/{layer}"), |cx, level, rng: &mut Rng| {
        let mut pen = Pen::new();
        for _ in 0..([46.0, 50.0][level] * w / 1000.0) as usize {
            let x = rng.range(-0.03, 1.03) * w;
            let low = deep * (1.0 + 0.75 * noise.at(x / w * 6.0));
            let radius = s * lerp(0.022, 0.055, t) * rng.range(0.5, 1.2) / [1.0, 1.6][level];
            let y = if level == 0 {
                low * rng.range(0.1, 0.95)
            } else {
                low * rng.range(0.7, 1.12)
            };
            pen.ring((x, y), radius * 1.35, radius);
        }
        cx.c.fill(&pen.done(), colour);
    });
    cx.c.rect((0.0, -2.0), w, deep * lerp(0.5, 1.0, t), colour);
}

/// Draws light that falls through the roof.
fn shafts(cx: &mut Cx<'_>, layer: i32) {
    if matches!(cx.plan.hour, Hour::Storm) {
        return;
    }
    let mut rng = cx.rng(&format!("shafts/{layer}"));
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let top = (cx.plan.sun.0, -s * 0.35);
    let colour = cx.pal.glow.mix(WHITE, 0.25);
    let strong = if cx.is_night() { 0.09 } else { 0.16 };
    let paint = cx.c.linear(
        (0.0, 0.0),
        (0.0, h * 0.88),
        &[
            (0.0, colour, strong),
            (0.55, colour, strong * 0.7),
            (1.0, colour, 0.0),
        ],
    );
    let mut pen = Pen::new();
    for _ in 0..5 {
        let foot = cx.plan.sun.0 + rng.range(-0.75, 0.75) * w;
        let half = s * rng.range(0.015, 0.06);
        pen.triangle(top, (foot - half, h * 0.9), (foot + half, h * 0.9));
    }
    cx.c.fill(&pen.done(), paint);
}

/// Draws arching fronds along the lower edge.
fn ferns(cx: &mut Cx<'_>, ground: &dyn Fn(f64) -> f64, colour: crate::paint::colour::Rgb) {
    let (w, s, h) = (cx.w, cx.s, cx.h);
    let mut rng = cx.rng("ferns");
    let leaflets = 13;
    let mut pen = Pen::new();
    for _ in 0..(9.0 * w / 1000.0) as usize {
        let x = rng.unit() * w;
        if (x - cx.plan.hero).abs() < s * 0.2 {
            continue;
        }
        let y = ground(x).max(h - s * 0.1) + s * 0.05;
        for frond in 0..6 {
            let way = (f64::from(frond) - 2.5) / 2.5;
            let long = s * rng.range(0.09, 0.17);
            let tip = (x + way * long, y - long * (1.0 - way.abs() * 0.55));
            let bend = (x + way * long * 0.3, y - long * 0.9);
            for i in 0..leaflets {
                let t = (f64::from(i) + 1.0) / f64::from(leaflets);
                let at =
                    |a: f64, b: f64, c: f64| (1.0 - t) * (1.0 - t) * a + 2.0 * t * (1.0 - t) * b + t * t * c;
                let (px, py) = (at(x, bend.0, tip.0), at(y, bend.1, tip.1));
                let size = long * 0.17 * (1.05 - t);
                let thin = size * 0.22;
                pen.triangle((px - thin, py), (px + thin, py), (px + size * 0.6, py + size));
                pen.triangle((px - thin, py), (px + thin, py), (px - size * 0.6, py + size));
            }
            pen.start((x - s * 0.002, y));
            pen.bend(bend, tip);
            pen.bend((bend.0 + s * 0.002, bend.1 + s * 0.003), (x + s * 0.002, y));
            pen.shut();
        }
    }
    cx.c.fill(&pen.done(), colour);
}
