//! Draws dunes with a lit and a shaded side, and table mountains behind.

use super::land;
use super::sky;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::{Rgb, hex};
use crate::paint::maths::{lerp, wave};
use crate::plan::Cx;
use crate::prompt::vocabulary::{Mood, Subject};
use crate::subjects::flora;
use crate::subjects::{self, Stand};

/// Draws the whole scene.
pub fn draw(cx: &mut Cx<'_>) {
    sky::draw(cx);
    sand(cx);
    let pal = cx.pal;
    let rocky = cx.plan.lane % 2 == 1 || cx.read.shows(Subject::Cactus);
    if rocky {
        mesas(cx, "mesa/far", 0.17, pal.far.mix(pal.mid, 0.12), 4);
        mesas(cx, "mesa/near", 0.25, pal.far.mix(pal.mid, 0.55), 2);
        sky::mist(cx, cx.plan.horizon, cx.s * 0.06, 0.45);
    }
    let layers = 5;
    for i in 0..layers {
        let t = f64::from(i) / f64::from(layers - 1);
        dune(
            cx,
            &format!("dune/{i}"),
            lerp(cx.plan.horizon + cx.s * 0.01, cx.h, t * 0.60),
            t,
        );
        if i == 2 && rocky {
            cacti(cx, t);
        }
    }
    let base = lerp(cx.plan.horizon, cx.h, 0.70);
    let ground = move |_: f64| base;
    let stage = land::Hill::new(cx, "stage/dune", base, cx.s * 0.01, 1.5);
    let (lit, _) = tones(cx, 1.0);
    let low = cx.h + 5.0;
    stage.draw(cx, low, (lit, lit.mix(pal.near, 0.55)), 0.6);
    wind(cx, base);
    subjects::place(
        cx,
        &Stand {
            ground: &ground,
            water: None,
            scale: 1.0,
        },
    );
}

/// Turns the layers to the colours of sand and rock, unless the prompt has colours of its own.
fn sand(cx: &mut Cx<'_>) {
    if !cx.read.hues.is_empty() || cx.read.feels(Mood::Mono) || cx.read.feels(Mood::Neon) {
        return;
    }
    let strong = if cx.pal.is_dark() { 0.25 } else { 0.86 };
    cx.pal.far = cx.pal.far.mix(hex("e6bd8c"), strong);
    cx.pal.mid = cx.pal.mid.mix(hex("c4804a"), strong);
    cx.pal.near = cx.pal.near.mix(hex("4a2420"), strong * 0.8);
}

fn tones(cx: &Cx<'_>, t: f64) -> (Rgb, Rgb) {
    let pal = &cx.pal;
    let warm = pal.glow.mix(pal.accent, 0.22).mix(pal.mid, 0.25);
    let sun = if cx.is_night() { 0.16 } else { 0.52 };
    let body = pal.depth(lerp(0.18, 0.72, t));
    (
        body.mix(warm, sun * lerp(1.0, 0.8, t)),
        body.mix(pal.near, lerp(0.10, 0.38, t)),
    )
}

/// Draws one ridge of sand: the crest a smooth line, the lee side in shade with an S-shaped edge.
fn dune(cx: &mut Cx<'_>, name: &str, base: f64, t: f64) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let mut rng = cx.rng(name);
    let (lit, shade) = tones(cx, t);
    let tall = s * lerp(0.05, 0.15, t) * rng.range(0.8, 1.2);
    let gap = s * lerp(0.55, 1.15, t);
    let count = (w / gap).ceil() as usize + 2;
    let start = -gap * rng.range(0.3, 1.0);
    let away = if cx.plan.sun.0 > w / 2.0 { -1.0 } else { 1.0 };
    let mut tops = Vec::new();
    let mut line: Vec<Point> = Vec::new();
    for i in 0..count {
        let x = start + (i as f64 + rng.range(-0.2, 0.2)) * gap;
        let top = (x, base - tall * rng.range(0.45, 1.0));
        let dip = (
            x + gap * rng.range(0.42, 0.58),
            base + tall * rng.range(0.0, 0.22),
        );
        line.extend([top, dip]);
        tops.push((top, dip));
    }
    let mut pen = Pen::new();
    pen.start((line[0].0 - gap, h + 5.0));
    let mut skyline = vec![(line[0].0 - gap * 0.5, base + tall * 0.1)];
    skyline.extend(&line);
    pen.flow(&skyline);
    pen.run((line[line.len() - 1].0, h + 5.0));
    pen.shut();
    let paint = cx.c.linear(
        (0.0, base - tall),
        (0.0, base + s * 0.32),
        &[(0.0, lit, 1.0), (1.0, lit.mix(shade, 0.6), 1.0)],
    );
    cx.c.fill(&pen.done(), paint);
    let mut pen = Pen::new();
    for i in 0..tops.len() {
        let top = tops[i].0;
        let dip = if away > 0.0 {
            tops[i].1
        } else if i > 0 {
            tops[i - 1].1
        } else {
            continue;
        };
        let foot = (lerp(top.0, dip.0, 0.35), base + tall * 1.7);
        let across = dip.0 - top.0;
        pen.start(top);
        pen.curve(
            (top.0 + across * 0.30, top.1 + tall * 0.06),
            (dip.0 - across * 0.45, dip.1 - tall * 0.04),
            (dip.0, dip.1 + 0.5),
        );
        pen.curve(
            (dip.0 - across * 0.05, dip.1 + tall * 0.5),
            (foot.0 + across * 0.3, foot.1),
            (foot.0, foot.1),
        );
        pen.curve(
            (top.0 + across * 0.42, base + tall * 0.8),
            (top.0 - across * 0.22, base + tall * 0.1),
            top,
        );
        pen.shut();
    }
    let paint = cx.c.linear(
        (0.0, base - tall),
        (0.0, base + tall * 1.7),
        &[(0.0, shade, 0.95), (0.6, shade, 0.75), (1.0, shade, 0.0)],
    );
    cx.c.fill(&pen.done(), paint);
}

/// Draws ripples of wind over the sand in front.
fn wind(cx: &mut Cx<'_>, base: f64) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let (_, shade) = tones(cx, 1.0);
    let rows = 16;
    let mut pen = Pen::new();
    for row in 0..rows {
        let t = (f64::from(row) + 0.6) / f64::from(rows);
        let y = lerp(base + s * 0.012, h, t * t.sqrt());
        let noise = cx.noise(&format!("wind/{row}"));
        let points: Vec<Point> = (0..=22)
            .map(|i| {
                let x = lerp(-0.02, 1.02, f64::from(i) / 22.0) * w;
                (
                    x,
                    y + s * lerp(0.003, 0.012, t) * (noise.at(x * 0.008) + 0.5 * wave(x * 0.004 + t)),
                )
            })
            .collect();
        pen.start(points[0]);
        pen.flow(&points);
    }
    cx.c.line(&pen.done(), Paint::Flat(shade, 0.35), s * 0.0018);
}

fn mesas(cx: &mut Cx<'_>, name: &str, tall: f64, colour: Rgb, count: usize) {
    let (w, s, base) = (cx.w, cx.s, cx.plan.horizon + cx.s * 0.02);
    let mut rng = cx.rng(name);
    let (mut pen, mut shade, mut bands) = (Pen::new(), Pen::new(), Pen::new());
    let count = ((count as f64 * w / 1000.0).round() as usize).max(1);
    for i in 0..count {
        let mut x = (i as f64 + rng.range(0.15, 0.85)) / count as f64 * w;
        if cx.plan.sun_radius < s * 0.15 && (x - cx.plan.sun.0).abs() < s * 0.12 {
            x += s * 0.2;
        }
        let high = s * tall * rng.range(0.6, 1.0);
        let half = high * rng.range(0.32, 0.95);
        let top = base - high;
        let scree = base - high * 0.36;
        let left = [
            (x - half * 1.75, base),
            (x - half * 1.12, scree),
            (x - half * 1.04, scree),
            (x - half * 0.96, top + high * 0.06),
            (x - half * 0.90, top),
        ];
        let right = [
            (x + half * 0.84, top + high * 0.02),
            (x + half * 0.93, top + high * 0.08),
            (x + half * 1.02, scree),
            (x + half * 1.14, scree),
            (x + half * 1.8, base),
        ];
        pen.start(left[0]);
        pen.through(&left[1..]);
        pen.through(&right);
        pen.shut();
        let way = if cx.plan.sun.0 > x { -1.0 } else { 1.0 };
        for k in 0..4 {
            let from = x + way * half * (0.1 + 0.24 * f64::from(k));
            shade.start((from, top + high * 0.05));
            shade.run((from + way * half * rng.range(0.08, 0.18), top + high * 0.05));
            shade.run((from + way * half * 0.16, scree));
            shade.run((from + way * half * rng.range(0.0, 0.06), scree));
            shade.shut();
        }
        for k in 0..4 {
            let y = lerp(top + high * 0.14, scree - high * 0.05, f64::from(k) / 4.0);
            bands.block((x - half * 0.98, y), half * 1.92, high * 0.012);
        }
    }
    let haze = colour.mix(cx.pal.sky[3], 0.4);
    let paint = cx.c.linear(
        (0.0, base - s * tall),
        (0.0, base),
        &[(0.0, colour, 1.0), (1.0, haze, 1.0)],
    );
    cx.c.fill(&pen.done(), paint);
    cx.c.fill(&shade.done(), Paint::Flat(cx.pal.near, 0.20));
    cx.c.fill(&bands.done(), Paint::Flat(cx.pal.near, 0.14));
}

fn cacti(cx: &mut Cx<'_>, t: f64) {
    let mut rng = cx.rng("cacti");
    let base = lerp(cx.plan.horizon + cx.s * 0.01, cx.h, t * 0.60);
    let mut pen = Pen::new();
    for _ in 0..(5.0 * cx.w / 1000.0) as usize {
        let x = rng.unit() * cx.w;
        if (x - cx.plan.hero).abs() > cx.s * 0.16 {
            flora::cactus(
                &mut pen,
                (x, base + cx.s * 0.035),
                cx.s * rng.range(0.05, 0.11),
                rng.sign(),
            );
        }
    }
    let colour = cx.pal.depth(0.86);
    cx.c.fill(&pen.done(), colour);
}
