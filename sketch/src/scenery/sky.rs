//! Draws sky, sun, moon, stars, aurora and mist.

use super::clouds;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::maths::{cowave, lerp, wave};
use crate::plan::Cx;
use crate::prompt::vocabulary::{Air, Hour, Mood};

/// Draws the whole sky down to the horizon and a little below it.
pub fn draw(cx: &mut Cx<'_>) {
    backdrop(cx);
    let starry = cx.read.airs(Air::Stars) || cx.is_night();
    if starry || cx.plan.hour == Hour::Dusk {
        stars(cx, if starry { 1.0 } else { 0.3 }, cx.plan.horizon);
    }
    if cx.read.airs(Air::Aurora) {
        aurora(cx);
    }
    if cx.plan.hour != Hour::Storm || cx.read.airs(Air::Sun) || cx.read.airs(Air::Moon) {
        disc(cx);
    } else {
        storm_light(cx);
    }
    clouds::draw(cx);
}

/// Draws the gradient alone, over the whole picture.
pub fn backdrop(cx: &mut Cx<'_>) {
    let (w, h) = (cx.w, cx.h);
    let [a, b, c, d] = cx.pal.sky;
    let low = cx.plan.horizon;
    let stops = [(0.0, a, 1.0), (0.42, b, 1.0), (0.78, c, 1.0), (1.0, d, 1.0)];
    let paint = cx.c.linear((0.0, -0.05 * low), (0.0, low), &stops);
    cx.c.rect((0.0, 0.0), w, h, paint);
}

/// Draws stars, fewer towards the horizon. Small ones fill the gaps.
pub fn stars(cx: &mut Cx<'_>, share: f64, low: f64) {
    let (w, s) = (cx.w, cx.s);
    let light = cx.pal.sun.mix(WHITE, 0.5);
    let counts = [150.0, 260.0];
    cx.sizes("stars", |cx, level, rng| {
        let count = (counts[level] * share * (w * low / 6e5).clamp(0.4, 1.6)) as usize;
        let mut sizes = [Pen::new(), Pen::new(), Pen::new()];
        for _ in 0..count {
            let (x, t) = (rng.unit() * w, rng.unit());
            let y = t * t.sqrt() * low * 0.94;
            let kind = rng.pick(8);
            let radius =
                s * [0.0009, 0.0013, 0.0021][kind.saturating_sub(5)] / if level == 0 { 1.0 } else { 1.6 };
            sizes[kind.saturating_sub(5)].ring((x, y), radius, radius);
        }
        for (pen, opacity) in sizes.into_iter().zip([0.45, 0.7, 0.95]) {
            cx.c.fill(
                &pen.done(),
                Paint::Flat(light, opacity * if share < 1.0 { 0.6 } else { 1.0 }),
            );
        }
    });
    if share >= 1.0 {
        let mut rng = cx.rng("stars/bright");
        let mut pen = Pen::new();
        for _ in 0..5 {
            let at = (rng.unit() * w, rng.unit() * low * 0.55);
            sparkle(&mut pen, at, s * rng.range(0.006, 0.011));
        }
        cx.c.fill(&pen.done(), Paint::Flat(light, 0.95));
    }
}

/// Draws a star with four thin rays.
pub fn sparkle(pen: &mut Pen, (x, y): Point, size: f64) {
    let thin = size * 0.13;
    pen.start((x, y - size));
    for (dx, dy) in [
        (thin, -thin),
        (size, 0.0),
        (thin, thin),
        (0.0, size),
        (-thin, thin),
        (-size, 0.0),
        (-thin, -thin),
    ] {
        pen.run((x + dx, y + dy));
    }
    pen.shut();
}

/// Draws curtains of light: soft rays that stand on a bright, winding hem.
fn aurora(cx: &mut Cx<'_>) {
    let (w, s, low) = (cx.w, cx.s, cx.plan.horizon);
    let green = crate::paint::colour::Oklch {
        light: 0.82,
        chroma: 0.19,
        hue: 0.44,
    }
    .rgb();
    let violet = cx.pal.glow.mix(crate::paint::colour::hex("b06ae0"), 0.7);
    for (layer, colour) in [violet, green.mix(cx.pal.accent, 0.2), green]
        .into_iter()
        .enumerate()
    {
        let noise = cx.noise(&format!("aurora/{layer}"));
        let base = low * (0.36 + 0.13 * layer as f64);
        let hem = |t: f64| base + low * 0.13 * noise.octaves(t * 2.3, 2, 0.45);
        let rays = 34;
        for i in 0..=rays {
            let t = f64::from(i) / f64::from(rays);
            let tall = low * (0.24 + 0.11 * noise.at(t * 9.0 + 50.0));
            let strong = 0.17 + 0.13 * noise.at(t * 13.0 + 9.0);
            let stops = [
                (0.0, colour, strong),
                (0.45, colour, strong * 0.5),
                (1.0, colour, 0.0),
            ];
            let paint = cx.c.radial((0.0, 0.0), 1.0, &stops);
            cx.c.open(
                (lerp(-0.05, 1.05, t) * w, hem(t) - tall * 0.62),
                (w * 0.042, tall),
                0.0,
            );
            cx.c.disc((0.0, 0.0), 1.0, paint);
            cx.c.close();
        }
        let points: Vec<Point> = (0..=24)
            .map(|i| f64::from(i) / 24.0)
            .map(|t| (lerp(-0.05, 1.05, t) * w, hem(t)))
            .collect();
        let mut pen = Pen::new();
        pen.flow(&points);
        for (wide, opacity) in [(0.070, 0.07), (0.040, 0.09), (0.018, 0.14), (0.006, 0.28)] {
            cx.c.line(&pen.clone().done(), Paint::Flat(colour, opacity), s * wide);
        }
    }
}

/// Draws sun or moon with its light around it.
fn disc(cx: &mut Cx<'_>) {
    let (at, radius, s) = (cx.plan.sun, cx.plan.sun_radius, cx.s);
    let (sun, glow) = (cx.pal.sun, cx.pal.glow);
    let reach = radius * 2.2 + s * 0.42;
    let strong = if cx.is_night() { 0.34 } else { 0.62 };
    let stops = [
        (0.0, glow, strong),
        (0.25, glow, strong * 0.62),
        (0.6, glow, strong * 0.18),
        (1.0, glow, 0.0),
    ];
    let paint = cx.c.radial(at, reach, &stops);
    cx.c.disc(at, reach, paint);
    let poster = cx.plan.lane.is_multiple_of(2) || cx.read.feels(Mood::Retro);
    if poster {
        for (scale, opacity) in [(2.1, 0.10), (1.5, 0.16)] {
            cx.c.disc(at, radius * scale, Paint::Flat(glow, opacity));
        }
    }
    let moonish = cx.is_night() || cx.read.airs(Air::Moon) && !cx.read.airs(Air::Sun);
    if moonish {
        moon(cx, at, radius);
    } else {
        let low = sun.mix(glow, 0.55);
        let paint = cx.c.linear(
            (at.0, at.1 - radius),
            (at.0, at.1 + radius),
            &[(0.0, sun, 1.0), (1.0, low, 1.0)],
        );
        cx.c.disc(at, radius, paint);
    }
}

fn moon(cx: &mut Cx<'_>, (x, y): Point, radius: f64) {
    let (sun, shade) = (cx.pal.sun, cx.pal.sun.mix(cx.pal.sky[1], 0.30));
    let mut rng = cx.rng("moon");
    if rng.chance(0.3) && radius < cx.s * 0.1 {
        // A crescent, its back to where the light would be.
        let bulge = radius * 0.42;
        let mut pen = Pen::new();
        pen.start((x - radius * 0.2, y - radius));
        pen.curve(
            (x + radius * 1.12, y - radius),
            (x + radius * 1.12, y + radius),
            (x - radius * 0.2, y + radius),
        );
        pen.curve(
            (x + bulge + radius * 0.3, y + radius * 0.62),
            (x + bulge + radius * 0.3, y - radius * 0.62),
            (x - radius * 0.2, y - radius),
        );
        cx.c.fill(&pen.done(), sun);
        return;
    }
    cx.c.disc((x, y), radius, sun);
    let seas = [
        (-0.30, -0.28, 0.30),
        (0.22, -0.42, 0.18),
        (-0.05, 0.20, 0.24),
        (0.42, 0.12, 0.16),
        (-0.5, 0.25, 0.13),
    ];
    let mut pen = Pen::new();
    for (dx, dy, size) in seas {
        pen.ring(
            (x + dx * radius, y + dy * radius),
            size * radius,
            size * radius * 0.86,
        );
    }
    cx.c.fill(&pen.done(), Paint::Flat(shade, 0.32));
    let mut rng = cx.rng("moon/craters");
    let mut pen = Pen::new();
    for _ in 0..12 {
        let (turn, far) = (rng.unit(), rng.unit().sqrt() * 0.86);
        let size = radius * rng.range(0.015, 0.05);
        pen.ring(
            (x + cowave(turn) * far * radius, y + wave(turn) * far * radius),
            size,
            size,
        );
    }
    cx.c.fill(&pen.done(), Paint::Flat(shade, 0.22));
}

/// Draws light that breaks through a storm, and a bolt where one was asked for.
fn storm_light(cx: &mut Cx<'_>) {
    let (at, s, glow) = (cx.plan.sun, cx.s, cx.pal.glow);
    let stops = [(0.0, glow, 0.55), (0.5, glow, 0.18), (1.0, glow, 0.0)];
    let paint = cx.c.radial(at, s * 0.62, &stops);
    cx.c.disc(at, s * 0.62, paint);
    let mut rng = cx.rng("bolt");
    let (mut x, mut y) = (
        at.0 + rng.range(-0.04, 0.04) * cx.w,
        (cx.plan.horizon * 0.16).max(cx.plan.horizon - s * 0.72),
    );
    let mut left = vec![(x, y)];
    let step = (cx.plan.horizon - y) / 7.0;
    for _ in 0..7 {
        y += step;
        x += rng.range(-0.45, 0.45) * step;
        left.push((x, y));
    }
    let mut pen = Pen::new();
    pen.start(left[0]);
    pen.through(&left[1..]);
    let back: Vec<Point> = left
        .iter()
        .rev()
        .enumerate()
        .map(|(i, p)| (p.0 + s * 0.0016 * (i as f64 + 0.5), p.1 - s * 0.004))
        .collect();
    pen.through(&back);
    pen.shut();
    cx.c.line(&pen.clone().done(), Paint::Flat(glow, 0.22), s * 0.016);
    cx.c.fill(&pen.done(), cx.pal.sun);
}

/// Draws a band of mist in the colour of the sky at the horizon, from `tall` units above the height
/// `y` to `tall` units below `y`. `opacity`, 0 to 1, is that of the densest line.
pub fn mist(cx: &mut Cx<'_>, y: f64, tall: f64, opacity: f64) {
    let colour = cx.pal.sky[3].mix(cx.pal.glow, 0.3);
    let stops = [(0.0, colour, 0.0), (0.55, colour, opacity), (1.0, colour, 0.0)];
    let paint = cx.c.linear((0.0, y - tall), (0.0, y + tall), &stops);
    let w = cx.w;
    cx.c.rect((0.0, y - tall), w, tall * 2.0, paint);
}

/// Draws a loose flock, for scale.
pub fn flock(cx: &mut Cx<'_>, centre: Point, size: f64, count: usize, colour: Rgb) {
    let mut rng = cx.rng("flock");
    let mut pen = Pen::new();
    for i in 0..count {
        let (x, y) = (
            centre.0 + rng.range(-1.0, 1.0) * size * 5.0,
            centre.1 + rng.range(-1.0, 1.0) * size * 2.0,
        );
        let wing = size * rng.range(0.4, 0.85) * if i == 0 { 1.2 } else { 1.0 };
        let lift = wing * rng.range(0.35, 0.7);
        pen.start((x - wing, y - lift * 0.7));
        pen.curve(
            (x - wing * 0.6, y - lift * 1.1),
            (x - wing * 0.2, y - lift * 0.6),
            (x, y),
        );
        pen.curve(
            (x + wing * 0.2, y - lift * 0.6),
            (x + wing * 0.6, y - lift * 1.1),
            (x + wing, y - lift * 0.7),
        );
        pen.curve(
            (x + wing * 0.55, y - lift * 0.78),
            (x + wing * 0.25, y - lift * 0.3),
            (x, y + wing * 0.14),
        );
        pen.curve(
            (x - wing * 0.25, y - lift * 0.3),
            (x - wing * 0.55, y - lift * 0.78),
            (x - wing, y - lift * 0.7),
        );
        pen.shut();
    }
    cx.c.fill(&pen.done(), colour);
}
