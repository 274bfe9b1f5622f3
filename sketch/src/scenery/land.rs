//! Draws mountains and hills, and the landscapes made of them: mountains, field, snow.

use super::peaks;
use super::sky;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::maths::{lerp, smooth};
use crate::paint::rng::Noise;
use crate::plan::Cx;
use crate::plan::palette::snow;
use crate::prompt::vocabulary::{Hour, Subject};
use crate::subjects::flora;
use crate::subjects::{self, Stand};

/// A rolling line of ground.
#[derive(Clone, Copy, Debug)]
pub struct Hill {
    noise: Noise,
    base: f64,
    swing: f64,
    scale: f64,
    knoll: (f64, f64, f64),
}

impl Hill {
    /// Makes ground of this name around the height `base`. It rises and falls by `swing`, `waves`
    /// times across 1000 units.
    pub fn new(cx: &Cx<'_>, name: &str, base: f64, swing: f64, waves: f64) -> Self {
        Self {
            noise: cx.noise(name),
            base,
            swing,
            scale: waves / 1000.0,
            knoll: (0.0, 1.0, 0.0),
        }
    }

    /// Adds a rise of this height and half width around a place.
    pub fn with_knoll(self, at: f64, half: f64, rise: f64) -> Self {
        Self {
            knoll: (at, half, rise),
            ..self
        }
    }

    /// Returns the height of the ground here.
    pub fn y(&self, x: f64) -> f64 {
        let (at, half, rise) = self.knoll;
        let near = smooth(1.0, 0.0, ((x - at) / half).abs());
        self.base + self.swing * self.noise.octaves(x * self.scale, 2, 0.3) * (1.0 - near * 0.8) - rise * near
    }

    /// Returns the line from side to side.
    pub fn line(&self, w: f64) -> Vec<Point> {
        let steps = 36;
        (0..=steps)
            .map(|i| lerp(-0.04, 1.04, f64::from(i) / f64::from(steps)) * w)
            .map(|x| (x, self.y(x)))
            .collect()
    }

    /// Fills it down to `low`, lighter above and darker below. A thin edge of light lies where the
    /// sun can reach.
    pub fn draw(&self, cx: &mut Cx<'_>, low: f64, (top, foot): (Rgb, Rgb), rim: f64) {
        let points = self.line(cx.w);
        let highest = points.iter().map(|p| p.1).fold(f64::MAX, f64::min);
        let mut pen = Pen::new();
        pen.flow(&points);
        let edge = pen.clone().done();
        pen.run((cx.w * 1.05, low));
        pen.run((-cx.w * 0.05, low));
        pen.shut();
        let reach = (low - highest).min(cx.s * 0.5);
        let paint = cx.c.linear(
            (0.0, highest),
            (0.0, highest + reach),
            &[(0.0, top, 1.0), (1.0, foot, 1.0)],
        );
        cx.c.fill(&pen.done(), paint);
        contours(cx, &points, low, foot);
        if rim > 0.0 {
            let paint = rim_light(cx, rim);
            cx.c.line(&edge, paint, cx.s * 0.003);
        }
    }
}

/// Draws faint lines inside a hill that follow its crest, from the review on.
fn contours(cx: &mut Cx<'_>, crest: &[Point], low: f64, foot: Rgb) {
    if !cx.fine() {
        return;
    }
    let every = if cx.finest() { 1 } else { 2 };
    let mut pen = Pen::new();
    for line in (2..=14).step_by(every) {
        let down = cx.s * 0.0045 * f64::from(line) * (1.0 + f64::from(line) * 0.12);
        let moved: Vec<Point> = crest.iter().map(|p| (p.0, (p.1 + down).min(low))).collect();
        pen.start(moved[0]);
        pen.flow(&moved);
    }
    let colour = foot.mix(cx.pal.near, 0.4);
    cx.c.line(&pen.done(), Paint::Flat(colour, 0.10), cx.s * 0.0005);
}

/// Returns light along an edge, strongest under the sun.
pub fn rim_light(cx: &mut Cx<'_>, opacity: f64) -> Paint {
    let (glow, x, reach) = (cx.pal.glow, cx.plan.sun.0, cx.w.max(cx.s) * 0.55);
    let stops = [(0.0, glow, 0.0), (0.5, glow, opacity), (1.0, glow, 0.0)];
    cx.c.linear((x - reach, 0.0), (x + reach, 0.0), &stops)
}

/// Returns the ground near the viewer on which the hero stands.
pub fn stage(cx: &Cx<'_>, height: f64) -> Hill {
    let base = lerp(cx.plan.horizon, cx.h, height);
    Hill::new(cx, "stage", base, cx.s * 0.028, 2.2).with_knoll(cx.plan.hero, cx.w * 0.34, cx.s * 0.035)
}

/// Draws a wood along a hill, small and dense. Small ones fill the gaps.
pub fn treeline(cx: &mut Cx<'_>, name: &str, hill: &Hill, tall: f64, colour: Rgb, density: f64) {
    let w = cx.w;
    let clumps = cx.noise(name);
    cx.sizes(name, |cx, level, rng| {
        let mut pen = Pen::new();
        let count = (w / tall * density * [2.0, 1.6][level]) as usize;
        for _ in 0..count {
            let x = rng.range(-0.03, 1.03) * w;
            let dense = clumps.at(x / w * 5.0);
            let high = tall * rng.range(0.55, 1.05) * (1.0 + 0.35 * dense) / [1.0, 1.3][level];
            if dense > -0.35 || level == 0 && rng.chance(0.25) {
                flora::pine(&mut pen, (x, hill.y(x) + tall * 0.06), high, 4 + level);
            }
        }
        cx.c.fill(&pen.done(), colour);
    });
}

/// Draws large dark trees at the edges that frame the view.
pub fn framing(cx: &mut Cx<'_>, ground: &dyn Fn(f64) -> f64) {
    let mut rng = cx.rng("framing");
    let (w, s) = (cx.w, cx.s);
    let away = if cx.plan.hero < w / 2.0 { 1.0 } else { 0.0 };
    let mut spots = vec![
        (away, 0.62),
        ((away - 0.09_f64).abs(), 0.46),
        ((away - 0.15_f64).abs(), 0.30),
    ];
    if cx.plan.lane == 0 {
        spots.extend([(1.0 - away, 0.56), ((1.0 - away - 0.08_f64).abs(), 0.38)]);
    }
    let dark = cx.pal.near;
    let mut pen = Pen::new();
    for (x, tall) in spots {
        let x = (x + rng.range(-0.015, 0.015)) * w;
        let tall = tall * s * rng.range(0.85, 1.1);
        flora::pine(&mut pen, (x, ground(x) + s * 0.02), tall, 12);
    }
    cx.c.fill(&pen.done(), dark);
}

/// Draws mountains with a wooded foreground.
pub fn mountains(cx: &mut Cx<'_>) {
    sky::draw(cx);
    let base = cx.plan.horizon + cx.s * 0.05;
    let tall = (cx.plan.horizon * 0.62).min(cx.s * 0.56);
    peaks::ranges(cx, base, tall, false);
    let pal = cx.pal;
    sky::mist(cx, base, cx.s * 0.07, 0.7);
    for (i, (t, height)) in [(0.42, 0.10), (0.62, 0.30)].into_iter().enumerate() {
        let name = format!("foothill/{i}");
        let hill = Hill::new(cx, &name, lerp(base, cx.h, height), cx.s * 0.05, 1.8);
        let (top, foot) = ground_tones(cx, t);
        let colour = if cx.is_snowy() { pal.depth(t) } else { top };
        treeline(
            cx,
            &format!("wood/{i}"),
            &hill,
            cx.s * lerp(0.045, 0.085, i as f64),
            colour,
            1.5,
        );
        let low = cx.h;
        hill.draw(cx, low, (top, foot), 0.0);
        sky::mist(cx, lerp(base, cx.h, height + 0.14), cx.s * 0.06, 0.28);
    }
    foreground(cx, 0.62, true);
}

/// Returns the colours of a hill at this depth: top and foot.
pub fn ground_tones(cx: &Cx<'_>, t: f64) -> (Rgb, Rgb) {
    let pal = &cx.pal;
    if cx.is_snowy() {
        let (light, shade) = snow(pal);
        let top = shade.mix(light, 0.35 + 0.5 * t);
        return (top, top.mix(pal.mid, 0.28));
    }
    (pal.depth(t), pal.depth((t + 0.12).min(1.0)).mix(pal.near, 0.1))
}

/// Draws the last hill, with grass, the hero and framing trees.
pub fn foreground(cx: &mut Cx<'_>, height: f64, pines: bool) {
    let hill = stage(cx, height);
    let (top, foot) = ground_tones(cx, 0.78);
    let low = cx.h + 5.0;
    if !cx.is_snowy() {
        flora::grass(cx, "grass/crest", &|x| hill.y(x), cx.s * 0.022, top);
    }
    if pines && (cx.plan.lane != 3 || cx.read.subjects.is_empty()) {
        framing(cx, &|x| hill.y(x));
    }
    hill.draw(cx, low, (top, foot), 0.55);
    let ground = |x: f64| hill.y(x);
    subjects::place(
        cx,
        &Stand {
            ground: &ground,
            water: None,
            scale: 1.0,
        },
    );
    if cx.is_snowy() {
        return;
    }
    let s = cx.s;
    meadow(cx, &ground, top);
    if cx.read.shows(Subject::Flower) || matches!(cx.plan.hour, Hour::Day | Hour::Dawn) {
        let colours = [cx.pal.accent, cx.pal.glow, WHITE.mix(cx.pal.glow, 0.4)];
        flora::blooms(cx, "blooms", &|x| hill.y(x) + s * 0.06, &colours, 0.35);
    }
}

/// Draws grass down to the lower edge, in rows of blades. Nearer ones are darker and longer, the
/// nearest almost black.
pub fn meadow(cx: &mut Cx<'_>, ground: &dyn Fn(f64) -> f64, top: Rgb) {
    let (h, s) = (cx.h, cx.s);
    let light = top.mix(cx.pal.glow, if cx.pal.is_dark() { 0.10 } else { 0.16 });
    let stage = ground(cx.plan.hero);
    let rows = 5;
    let ragged = cx.noise("grass/ragged");
    for row in 0..rows {
        let t = (f64::from(row) + 0.6) / f64::from(rows);
        // Every blade starts at a height of its own, so that no row shows its foot as a line.
        let y = move |x: f64| {
            let deep = (h - stage).max(s * 0.1);
            ground(x) + deep * (t * 0.8 + 0.12 + 0.11 * ragged.at(x * 1.7 + t * 300.0)) + s * 0.02
        };
        let colour = light.mix(cx.pal.near, lerp(0.05, 0.80, t));
        flora::grass(cx, &format!("grass/{row}"), &y, s * lerp(0.022, 0.085, t), colour);
    }
}

/// Draws rolling fields with rows, hedges and round trees.
pub fn field(cx: &mut Cx<'_>) {
    sky::draw(cx);
    let horizon = cx.plan.horizon;
    let pal = cx.pal;
    let far = Hill::new(cx, "field/far", horizon - cx.s * 0.02, cx.s * 0.05, 1.6);
    let low = cx.h;
    let haze = pal.far.mix(pal.sky[3], 0.3);
    far.draw(cx, low, (haze, pal.far), 0.0);
    for i in 0..4 {
        let t = f64::from(i) / 4.0;
        let name = format!("field/{i}");
        let hill = Hill::new(
            cx,
            &name,
            lerp(horizon, cx.h, 0.04 + t * 0.5),
            cx.s * lerp(0.03, 0.05, t),
            lerp(2.2, 1.3, t),
        );
        let (top, foot) = ground_tones(cx, lerp(0.22, 0.68, t));
        let top = if i % 2 == 0 { top } else { top.mix(pal.glow, 0.16) };
        hedges(
            cx,
            &format!("hedge/{i}"),
            &hill,
            cx.s * lerp(0.03, 0.075, t),
            pal.depth(lerp(0.45, 0.85, t)),
        );
        hill.draw(cx, low, (top, foot), 0.35);
        if i % 2 == 1 {
            rows(cx, &name, &hill, foot.mix(pal.near, 0.22));
        }
    }
    foreground(cx, 0.64, false);
}

fn hedges(cx: &mut Cx<'_>, name: &str, hill: &Hill, tall: f64, colour: Rgb) {
    let w = cx.w;
    let clumps = cx.noise(name);
    let mut rng = cx.rng(name);
    let mut pen = Pen::new();
    for _ in 0..(w / tall * 0.55 * cx.plan.busy) as usize {
        let x = rng.unit() * w;
        if clumps.at(x / w * 4.0) > 0.05 {
            flora::round_tree(
                &mut pen,
                (x, hill.y(x) + tall * 0.05),
                tall * rng.range(0.6, 1.1),
                &mut rng,
            );
        }
    }
    cx.c.fill(&pen.done(), colour);
}

/// Draws furrows that run towards the horizon.
fn rows(cx: &mut Cx<'_>, name: &str, hill: &Hill, colour: Rgb) {
    let mut rng = cx.rng(&format!("{name}/rows"));
    let vanish = (cx.w * rng.range(0.2, 0.8), 0.0);
    let count = 22;
    let mut pen = Pen::new();
    for i in 0..count {
        let x = lerp(-1.2, 2.2, (f64::from(i) + 0.5) / f64::from(count)) * cx.w;
        let top = lerp(x, vanish.0, 0.55);
        if top < -0.05 * cx.w || top > 1.05 * cx.w {
            continue;
        }
        let y = hill.y(top) + 1.0;
        pen.start((top - 0.5, y));
        pen.run((x - cx.s * 0.004, y + cx.s * 0.3));
        pen.run((x + cx.s * 0.004, y + cx.s * 0.3));
        pen.run((top + 0.5, y));
        pen.shut();
    }
    cx.c.fill(&pen.done(), Paint::Flat(colour, 0.35));
}
