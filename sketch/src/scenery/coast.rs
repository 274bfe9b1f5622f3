//! Draws where land meets the sea: a cliff, or a beach.

use super::land::{self, Hill};
use super::waves::waves;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::WHITE;
use crate::paint::maths::lerp;
use crate::plan::Cx;
use crate::prompt::vocabulary::Subject;
use crate::subjects::flora;
use crate::subjects::{self, Stand};

/// Draws a grassy cliff that falls to the sea under the hero.
pub fn cliff(cx: &mut Cx<'_>) {
    waves(cx);
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let left = cx.plan.hero < w / 2.0;
    let noise = cx.noise("cliff");
    let top = lerp(cx.plan.horizon, h, 0.30);
    let edge = (cx.plan.hero / w - if left { 0.0 } else { 1.0 }).abs() * w + s * 0.20;
    let ground = move |x: f64| {
        let inland = if left { x } else { w - x };
        top + s * 0.012 * noise.at(x * 0.006) + s * 0.05 * ((inland - edge * 0.4) / edge).clamp(-1.0, 1.0)
    };
    let side = |inland: f64| if left { inland } else { w - inland };
    let mut points: Vec<Point> = (0..=14)
        .map(|i| side(lerp(-20.0, edge, f64::from(i) / 14.0)))
        .map(|x| (x, ground(x)))
        .collect();
    let lip = points[points.len() - 1];
    let mut rock = vec![lip];
    let mut rng = cx.rng("cliff/rock");
    for i in 1..=9 {
        let t = f64::from(i) / 9.0;
        let out = s * (0.02 + 0.16 * t * t) * rng.range(0.75, 1.15) - s * 0.02 * f64::from(i % 2);
        rock.push((lip.0 + if left { out } else { -out }, lerp(lip.1, h + 5.0, t)));
    }
    let mut pen = Pen::new();
    pen.start((side(-20.0), h + 5.0));
    pen.through(&points);
    pen.through(&rock);
    pen.shut();
    let paint = cx.c.linear(
        (0.0, top),
        (0.0, h),
        &[(0.0, pal.mid.mix(pal.near, 0.45), 1.0), (1.0, pal.near, 1.0)],
    );
    cx.c.fill(&pen.done(), paint);
    facets(cx, lip, left);
    points.reverse();
    let mut pen = Pen::new();
    pen.flow(&points);
    let rim = land::rim_light(cx, 0.8);
    cx.c.line(&pen.done(), rim, s * 0.004);
    subjects::place(
        cx,
        &Stand {
            ground: &ground,
            water: None,
            scale: 0.95,
        },
    );
    let tuft = move |x: f64| {
        if (if left { x } else { w - x }) < edge - s * 0.01 {
            ground(x) + s * 0.012
        } else {
            h + s
        }
    };
    flora::grass(cx, "grass/cliff", &tuft, s * 0.03, pal.near.mix(pal.mid, 0.25));
}

/// Draws broken planes of rock under the lip of a cliff.
fn facets(cx: &mut Cx<'_>, lip: Point, left: bool) {
    let s = cx.s;
    let way = if left { -1.0 } else { 1.0 };
    let lit = (cx.plan.sun.0 > lip.0) == left;
    let colour = if lit { cx.pal.glow } else { cx.pal.near };
    cx.sizes("cliff/facets", |cx, level, rng| {
        let mut pen = Pen::new();
        for _ in 0..[16, 24][level] {
            let x = lip.0 + way * rng.range(-0.05, 0.32) * s;
            let y = lip.1 + rng.range(0.05, 0.5) * s;
            let long = s * rng.range(0.03, 0.09) / [1.0, 1.4][level];
            pen.triangle(
                (x, y),
                (x + way * long * 0.35, y + long),
                (x - way * long * 0.25, y + long * 0.7),
            );
        }
        cx.c.fill(&pen.done(), Paint::Flat(colour, if lit { 0.13 } else { 0.3 }));
    });
}

/// Draws sand in front, for things and palms.
pub fn beach(cx: &mut Cx<'_>) {
    let (w, s) = (cx.w, cx.s);
    let pal = cx.pal;
    let sand = pal.glow.mix(pal.sky[3], 0.35).mix(pal.mid, 0.28);
    let foam = Hill::new(cx, "foam", lerp(cx.plan.horizon, cx.h, 0.47), s * 0.012, 3.0);
    let low = cx.h + 5.0;
    let white = pal.sky[3].mix(WHITE, 0.6);
    foam.draw(cx, low, (white, white), 0.0);
    let shore = Hill::new(
        cx,
        "foam",
        lerp(cx.plan.horizon, cx.h, 0.47) + s * 0.014,
        s * 0.014,
        3.0,
    );
    shore.draw(cx, low, (sand.mix(pal.mid, 0.3), sand), 0.0);
    let dry = Hill::new(cx, "dry", lerp(cx.plan.horizon, cx.h, 0.58), s * 0.02, 1.6);
    dry.draw(cx, low, (sand, sand.mix(pal.near, 0.35)), 0.3);
    let ground = |x: f64| dry.y(x) + s * 0.05;
    let other = if cx.plan.hero < w / 2.0 { 0.9 } else { 0.1 };
    if !cx.read.shows(Subject::Palm) {
        let mut pen = Pen::new();
        let lean = if other > 0.5 { -1.0 } else { 1.0 };
        flora::palm(&mut pen, (other * w, ground(other * w)), s * 0.52, lean);
        flora::palm(
            &mut pen,
            ((other + 0.07 * lean) * w, ground(other * w) + s * 0.02),
            s * 0.36,
            lean * 1.4,
        );
        cx.c.fill(&pen.done(), pal.near);
    }
    subjects::place(
        cx,
        &Stand {
            ground: &ground,
            water: None,
            scale: 0.9,
        },
    );
}
