//! Draws the world under water: light from above, rays, a reef, bubbles and a shoal.

use super::land::Hill;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::{Oklch, WHITE};
use crate::paint::maths::{cowave, lerp, wave};
use crate::plan::Cx;
use crate::prompt::vocabulary::Subject;
use crate::subjects::flora;
use crate::subjects::{self, Stand};

/// Draws the whole scene.
pub fn draw(cx: &mut Cx<'_>) {
    sink(cx);
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let stops = [
        (0.0, pal.sky[3], 1.0),
        (0.22, pal.sky[2], 1.0),
        (0.58, pal.sky[1], 1.0),
        (1.0, pal.sky[0], 1.0),
    ];
    let paint = cx.c.linear((0.0, 0.0), (0.0, h), &stops);
    cx.c.rect((0.0, 0.0), w, h, paint);
    let top = (cx.plan.sun.0, -s * 0.02);
    let glow = cx.c.radial(
        top,
        s * 0.85,
        &[(0.0, WHITE, 0.75), (0.25, pal.glow, 0.4), (1.0, pal.glow, 0.0)],
    );
    cx.c.disc(top, s * 0.85, glow);
    rays(cx, 0);
    let low = h + 5.0;
    for i in 0..3 {
        let t = f64::from(i) / 2.0;
        let bed = Hill::new(
            cx,
            &format!("bed/{i}"),
            h * lerp(0.80, 0.95, t),
            s * lerp(0.06, 0.035, t),
            1.9,
        );
        let colour = pal.depth(lerp(0.18, 0.92, t));
        kelp(cx, i, &bed, t);
        bed.draw(cx, low, (colour, colour.mix(pal.near, 0.3)), 0.0);
        if i == 1 {
            shoal(cx);
            rays(cx, 1);
        }
    }
    let hero = cx.read.subjects.first().map(|(subject, _)| *subject);
    let y = h * if matches!(hero, Some(Subject::Whale | Subject::Fish)) {
        0.62
    } else {
        0.86
    };
    let ground = move |_: f64| y;
    subjects::place(
        cx,
        &Stand {
            ground: &ground,
            water: None,
            scale: 1.15,
        },
    );
    bubbles(cx);
    let bed = Hill::new(cx, "bed/2", h * 0.95, s * 0.035, 1.9);
    let dark = pal.near;
    flora::grass(cx, "seagrass", &|x| bed.y(x) + s * 0.03, s * 0.08, dark);
}

/// Turns the scheme to the colours of water.
fn sink(cx: &mut Cx<'_>) {
    let named = cx.read.hues.first().filter(|hue| hue.chroma > 0.03);
    let hue = named.map_or([0.58, 0.64, 0.70, 0.54][cx.plan.lane], |hue| hue.hue);
    let night = if cx.pal.is_dark() { 0.72 } else { 1.0 };
    let blue = |light: f64, chroma: f64| {
        Oklch {
            light: light * night,
            chroma,
            hue,
        }
        .rgb()
    };
    cx.pal.sky = [
        blue(0.24, 0.07),
        blue(0.42, 0.10),
        blue(0.62, 0.11),
        blue(0.86, 0.08),
    ];
    cx.pal.far = blue(0.55, 0.095);
    cx.pal.mid = blue(0.38, 0.085);
    cx.pal.near = blue(0.17, 0.05);
    cx.pal.glow = blue(0.93, 0.05);
}

fn rays(cx: &mut Cx<'_>, layer: usize) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let mut rng = cx.rng(&format!("rays/{layer}"));
    let from = (cx.plan.sun.0, -s * 0.5);
    let colour = cx.pal.glow;
    let strong = [0.22, 0.11][layer];
    let paint = cx.c.linear(
        (0.0, 0.0),
        (0.0, h * 0.8),
        &[(0.0, colour, strong), (1.0, colour, 0.0)],
    );
    let mut pen = Pen::new();
    for _ in 0..6 {
        let foot = cx.plan.sun.0 + rng.range(-0.8, 0.8) * w;
        let half = s * rng.range(0.02, 0.07);
        pen.triangle(from, (foot - half, h * 0.82), (foot + half, h * 0.82));
    }
    cx.c.fill(&pen.done(), paint);
}

fn kelp(cx: &mut Cx<'_>, layer: i32, bed: &Hill, t: f64) {
    let (w, s) = (cx.w, cx.s);
    let colours = [
        cx.pal.depth(lerp(0.25, 0.9, t)),
        cx.pal.accent.mix(cx.pal.mid, lerp(0.75, 0.35, t)),
    ];
    cx.sizes(&format!("kelp/{layer}"), |cx, level, rng| {
        let (mut weed, mut coral) = (Pen::new(), Pen::new());
        for i in 0..([9.0, 9.0][level] * w / 1000.0) as usize {
            let x = rng.unit() * w;
            if (x - cx.plan.hero).abs() < s * 0.22 {
                continue;
            }
            let y = bed.y(x) + s * 0.02;
            let tall = s * lerp(0.10, 0.22, t) * rng.range(0.5, 1.1) / [1.0, 1.4][level];
            if i % 3 == 0 {
                fan(&mut coral, (x, y), tall * 0.7, rng.range(-0.05, 0.05));
            } else {
                ribbon(&mut weed, (x, y), tall, rng.sign());
            }
        }
        cx.c.fill(&weed.done(), colours[0]);
        cx.c.fill(&coral.done(), colours[1]);
    });
}

fn ribbon(pen: &mut Pen, (x, y): Point, tall: f64, way: f64) {
    let thick = tall * 0.035;
    let at = |t: f64| (x + way * tall * 0.09 * wave(t * 1.1), y - tall * t);
    let steps = 8;
    let mut points: Vec<Point> = Vec::new();
    for i in 0..=steps {
        let t = f64::from(i) / f64::from(steps);
        let (px, py) = at(t);
        points.push((px - thick * (1.0 - t), py));
    }
    for i in (0..steps).rev() {
        let t = f64::from(i) / f64::from(steps);
        let (px, py) = at(t);
        points.push((px + thick * (1.0 - t), py));
    }
    pen.flow(&points);
    pen.shut();
}

/// Draws a coral of tapering branches.
fn fan(pen: &mut Pen, (x, y): Point, tall: f64, lean: f64) {
    for i in 0..5 {
        let turn = 0.75 + lean + (f64::from(i) - 2.0) * 0.062;
        let long = tall * (1.0 - 0.12 * (f64::from(i) - 2.0).abs());
        let (dx, dy) = (cowave(turn) * long, wave(turn) * long);
        let thick = tall * 0.06;
        pen.start((x - thick, y));
        pen.bend((x - thick * 0.6, y + dy * 0.5), (x + dx - thick * 0.6, y + dy));
        pen.bend((x + dx, y + dy - thick * 1.4), (x + dx + thick * 0.6, y + dy));
        pen.bend((x + thick * 0.6, y + dy * 0.5), (x + thick, y));
        pen.shut();
    }
}

/// Draws a shoal of small fish that turns together.
fn shoal(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let away = if cx.plan.hero < w * 0.5 { 0.74 } else { 0.26 };
    let centre = (away * w, h * 0.42);
    let colour = cx.pal.accent.mix(cx.pal.sky[2], 0.25);
    let way = if away > 0.5 { -1.0 } else { 1.0 };
    cx.sizes("shoal", |cx, level, rng| {
        let mut pen = Pen::new();
        for _ in 0..[26, 18][level] {
            let (turn, far) = (rng.unit(), rng.unit().sqrt());
            let at = (
                centre.0 + cowave(turn) * far * s * 0.21,
                centre.1 + wave(turn) * far * s * 0.085,
            );
            let size = s * rng.range(0.010, 0.020) / [1.0, 1.3][level];
            pen.start((at.0 + way * size, at.1));
            pen.bend((at.0, at.1 - size * 0.55), (at.0 - way * size * 0.8, at.1));
            pen.run((at.0 - way * size * 1.4, at.1 - size * 0.4));
            pen.run((at.0 - way * size * 1.3, at.1 + size * 0.4));
            pen.run((at.0 - way * size * 0.8, at.1));
            pen.bend((at.0, at.1 + size * 0.55), (at.0 + way * size, at.1));
            pen.shut();
        }
        cx.c.fill(&pen.done(), Paint::Flat(colour, 0.9));
    });
}

fn bubbles(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    cx.sizes("bubbles", |cx, level, rng| {
        let mut pen = Pen::new();
        let columns = [0.18, 0.55, 0.86];
        for _ in 0..[26, 40][level] {
            let x = columns[rng.pick(3)] * w + rng.range(-0.05, 0.05) * w;
            let radius = s * rng.range(0.0016, 0.007) / [1.0, 1.5][level];
            pen.ring((x, rng.range(0.08, 0.9) * h), radius, radius);
        }
        cx.c.fill(&pen.done(), Paint::Flat(WHITE, 0.30));
    });
}
