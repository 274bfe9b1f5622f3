//! Draws space: stars, nebulae, a great planet; a moon's ground if something has to stand.

use super::land::Hill;
use super::sky;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::maths::{cowave, lerp, wave};
use crate::plan::Cx;
use crate::plan::habitat::{Habitat, habitat};
use crate::plan::palette::own_colour;
use crate::prompt::vocabulary::Subject;
use crate::subjects::{self, Stand};

/// Draws the whole scene.
pub fn draw(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let stops = [
        (0.0, pal.sky[0].mix(pal.near, 0.5), 1.0),
        (0.5, pal.sky[0], 1.0),
        (1.0, pal.sky[1], 1.0),
    ];
    let paint = cx.c.linear((0.0, 0.0), (w * 0.2, h), &stops);
    cx.c.rect((0.0, 0.0), w, h, paint);
    nebula(cx);
    sky::stars(cx, 1.0, h);
    let hero = cx.read.subjects.first().map(|(subject, _)| habitat(*subject));
    let landed = matches!(hero, Some(Habitat::Ground | Habitat::Object | Habitat::Water));
    let mut rng = cx.rng("planet");
    let radius = s * [0.27, 0.17, 0.22, 0.36][cx.plan.lane] * rng.range(0.95, 1.1);
    let x = if hero.is_none() {
        lerp(cx.plan.sun.0, w * 0.5, 0.5)
    } else {
        cx.plan.sun.0
    };
    let y = if landed {
        cx.plan.horizon * 0.48
    } else {
        h * [0.46, 0.36, 0.40, 0.58][cx.plan.lane]
    };
    planet(cx, (x, y), radius, cx.plan.lane != 3);
    let away = if x > w / 2.0 { -1.0 } else { 1.0 };
    let small = (x + away * (radius * 2.1 + s * 0.08), y - radius * 0.75);
    globe(cx, small, s * 0.035, pal.far, pal.glow);
    if landed {
        ground(cx);
    } else {
        let base = cx.h * 0.78;
        let ground = move |_: f64| base;
        subjects::place(
            cx,
            &Stand {
                ground: &ground,
                water: None,
                scale: 1.1,
            },
        );
    }
}

fn nebula(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let mut rng = cx.rng("nebula");
    let hues = [
        cx.pal.sky[3],
        cx.pal.accent.mix(cx.pal.sky[2], 0.6),
        cx.pal.sky[2],
        cx.pal.glow.mix(cx.pal.sky[2], 0.5),
    ];
    for i in 0..9 {
        let t = f64::from(i) / 8.0;
        let at = (
            w * (t * 1.1 - 0.05),
            h * (0.72 - 0.46 * t) + rng.range(-0.14, 0.14) * h,
        );
        let reach = s * rng.range(0.28, 0.50);
        let colour = hues[rng.pick(hues.len())];
        let strong = rng.range(0.14, 0.27);
        let paint = cx.c.radial(
            (0.0, 0.0),
            reach,
            &[
                (0.0, colour, strong),
                (0.5, colour, strong * 0.42),
                (1.0, colour, 0.0),
            ],
        );
        cx.c.open(at, (1.55, 0.85), -24.0 + rng.range(-10.0, 10.0));
        cx.c.disc((0.0, 0.0), reach, paint);
        cx.c.close();
    }
    cx.sizes("dust", |cx, level, rng| {
        let mut pen = Pen::new();
        for _ in 0..[160, 320][level] {
            let t = rng.unit();
            let off = (rng.unit() + rng.unit() + rng.unit() - 1.5) * 0.34;
            let radius = s * rng.range(0.0006, 0.0013) / [1.0, 1.3][level];
            pen.ring((w * t, h * (0.72 - 0.46 * t + off)), radius, radius);
        }
        cx.c.fill(&pen.done(), Paint::Flat(WHITE, 0.55));
    });
}

/// Draws a ball lit from the left upper side.
pub fn globe(cx: &mut Cx<'_>, at: Point, radius: f64, colour: Rgb, light: Rgb) {
    let dark = cx.pal.near;
    let from = (at.0 - radius * 0.45, at.1 - radius * 0.45);
    let stops = [
        (0.0, colour.mix(light, 0.55), 1.0),
        (0.45, colour, 1.0),
        (0.8, colour.mix(dark, 0.55), 1.0),
        (1.0, colour.mix(dark, 0.85), 1.0),
    ];
    let paint = cx.c.radial(from, radius * 1.6, &stops);
    cx.c.disc(at, radius, paint);
}

fn planet(cx: &mut Cx<'_>, at: Point, radius: f64, ringed: bool) {
    let pal = cx.pal;
    let own = cx
        .read
        .subjects
        .iter()
        .find_map(|(it, own)| own.filter(|_| *it == Subject::Planet));
    let body = own.map_or(pal.accent.mix(pal.sky[3], 0.35), own_colour);
    let halo = cx.c.radial(
        at,
        radius * 1.55,
        &[
            (0.0, pal.glow, 0.0),
            (0.62, pal.glow, 0.34),
            (0.75, pal.glow, 0.10),
            (1.0, pal.glow, 0.0),
        ],
    );
    cx.c.disc(at, radius * 1.55, halo);
    let tilt = -18.0;
    if ringed {
        rings(cx, at, radius, tilt, true);
    }
    globe(cx, at, radius, body, pal.sun);
    bands(cx, at, radius, tilt);
    // The side away from the light sinks into the night.
    let night = cx.c.radial(
        (at.0 - radius * 0.5, at.1 - radius * 0.5),
        radius * 1.75,
        &[
            (0.0, pal.near, 0.0),
            (0.52, pal.near, 0.0),
            (0.95, pal.near, 0.88),
            (1.0, pal.near, 0.92),
        ],
    );
    cx.c.disc(at, radius, night);
    let mut pen = Pen::new();
    pen.start((at.0 + radius * cowave(0.46), at.1 + radius * wave(0.46)));
    for i in 1..=16 {
        let turn = lerp(0.46, 0.80, f64::from(i) / 16.0);
        pen.run((at.0 + radius * cowave(turn), at.1 + radius * wave(turn)));
    }
    cx.c.line(&pen.done(), Paint::Flat(pal.sun, 0.65), radius * 0.014);
    if ringed {
        rings(cx, at, radius, tilt, false);
    }
}

fn bands(cx: &mut Cx<'_>, at: Point, radius: f64, tilt: f64) {
    let pal = cx.pal;
    let light = pal.sun.mix(pal.accent, 0.3);
    let dark = pal.near.mix(pal.accent, 0.45);
    cx.c.open(at, (1.0, 1.0), tilt);
    cx.sizes("bands", |cx, level, rng| {
        for i in 0..[7, 7][level] {
            let y = rng.range(-0.9, 0.9);
            let half = (1.0 - y * y).max(0.0).sqrt() * radius * 0.985;
            let thick = radius * rng.range(0.02, 0.075) / [1.0, 1.8][level];
            let bow = radius * 0.10;
            let mut pen = Pen::new();
            pen.start((-half, y * radius));
            pen.bend((0.0, y * radius + bow), (half, y * radius));
            pen.bend((0.0, y * radius + bow + thick * 2.0), (-half, y * radius));
            pen.shut();
            cx.c.fill(
                &pen.done(),
                Paint::Flat(if i % 2 == 0 { light } else { dark }, 0.28),
            );
        }
    });
    cx.c.close();
}

/// Draws the half of the rings behind the planet, or the half before it.
fn rings(cx: &mut Cx<'_>, at: Point, radius: f64, tilt: f64, behind: bool) {
    let pal = cx.pal;
    cx.c.open(at, (1.0, 1.0), tilt);
    let sweep = i32::from(behind);
    for (scale, thick, opacity) in [
        (1.42, 0.055, 0.85),
        (1.58, 0.10, 0.6),
        (1.76, 0.035, 0.75),
        (1.88, 0.012, 0.5),
    ] {
        let (rx, ry) = (radius * scale, radius * scale * 0.26);
        let path = format!("M{:.2} 0A{rx:.2} {ry:.2} 0 0 {sweep} {rx:.2} 0", -rx);
        let colour = pal.sun.mix(pal.accent, scale - 1.3);
        cx.c.line(
            &path,
            Paint::Flat(colour, if behind { opacity * 0.6 } else { opacity }),
            radius * thick,
        );
    }
    cx.c.close();
}

fn ground(cx: &mut Cx<'_>) {
    let pal = cx.pal;
    let (h, s) = (cx.h, cx.s);
    let low = h + 5.0;
    for i in 0..3 {
        let t = f64::from(i) / 2.0;
        let hill = Hill::new(
            cx,
            &format!("regolith/{i}"),
            lerp(cx.plan.horizon + s * 0.02, h, t * 0.48),
            s * lerp(0.045, 0.02, t),
            2.4,
        );
        let top = pal.far.mix(pal.sky[3], 0.35).mix(pal.near, lerp(0.35, 0.15, t));
        hill.draw(cx, low, (top, top.mix(pal.near, 0.65)), 0.5);
        craters(cx, i, &hill, t, top);
    }
    let stand = Hill::new(
        cx,
        "regolith/2",
        lerp(cx.plan.horizon + s * 0.02, h, 0.48),
        s * 0.02,
        2.4,
    );
    let ground = |x: f64| stand.y(x) + s * 0.10;
    subjects::place(
        cx,
        &Stand {
            ground: &ground,
            water: None,
            scale: 1.0,
        },
    );
}

fn craters(cx: &mut Cx<'_>, layer: i32, hill: &Hill, t: f64, top: Rgb) {
    let (w, s) = (cx.w, cx.s);
    let (dark, light) = (top.mix(cx.pal.near, 0.5), top.mix(cx.pal.glow, 0.5));
    cx.sizes(&format!("craters/{layer}"), |cx, level, rng| {
        let (mut bowl, mut lip) = (Pen::new(), Pen::new());
        for _ in 0..[7, 14][level] {
            let x = rng.unit() * w;
            let y = hill.y(x) + s * rng.range(0.03, lerp(0.07, 0.34, t));
            let size = s * lerp(0.012, 0.05, t) * rng.range(0.4, 1.1) / [1.0, 1.8][level];
            lip.ring((x, y + size * 0.06), size * 1.08, size * 0.30);
            bowl.ring((x, y), size, size * 0.24);
        }
        cx.c.fill(&lip.done(), Paint::Flat(light, 0.5));
        cx.c.fill(&bowl.done(), Paint::Flat(dark, 0.75));
    });
}
