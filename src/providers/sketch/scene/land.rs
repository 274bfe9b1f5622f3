//! Mountains and hills, and the landscapes made of them: mountains, field, snow.

use super::canvas::{Paint, Pen, Point};
use super::colour::{Rgb, WHITE};
use super::flora;
use super::maths::{lerp, smooth};
use super::palette::snow;
use super::plan::Cx;
use super::rng::{Noise, Rng, fnv1a, scatter};
use super::sky;
use super::subjects::{self, Stand};
use super::vocabulary::{Hour, Setting, Subject};

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
    /// Ground of this name around the height `base`, rising and falling by `swing`, `waves` times across 1000 units.
    pub fn new(cx: &Cx<'_>, name: &str, base: f64, swing: f64, waves: f64) -> Self {
        Self { noise: cx.noise(name), base, swing, scale: waves / 1000.0, knoll: (0.0, 1.0, 0.0) }
    }

    /// The same with a rise of this height and half width around a place.
    pub fn with_knoll(self, at: f64, half: f64, rise: f64) -> Self {
        Self { knoll: (at, half, rise), ..self }
    }

    /// The height of the ground here.
    pub fn y(&self, x: f64) -> f64 {
        let (at, half, rise) = self.knoll;
        let near = smooth(1.0, 0.0, ((x - at) / half).abs());
        self.base + self.swing * self.noise.octaves(x * self.scale, 2, 0.3) * (1.0 - near * 0.8) - rise * near
    }

    /// The line from side to side.
    pub fn line(&self, w: f64) -> Vec<Point> {
        let steps = 36;
        (0..=steps).map(|i| lerp(-0.04, 1.04, f64::from(i) / f64::from(steps)) * w).map(|x| (x, self.y(x))).collect()
    }

    /// Filled down to `low`, lighter above and darker below, with a thin edge of light where the sun can reach.
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
        let paint = cx.c.linear((0.0, highest), (0.0, highest + reach), &[(0.0, top, 1.0), (1.0, foot, 1.0)]);
        cx.c.fill(&pen.done(), paint);
        if rim > 0.0 {
            let paint = rim_light(cx, rim);
            cx.c.line(&edge, paint, cx.s * 0.003);
        }
    }
}

/// Light along an edge, strongest under the sun.
pub fn rim_light(cx: &mut Cx<'_>, opacity: f64) -> Paint {
    let (glow, x, reach) = (cx.pal.glow, cx.plan.sun.0, cx.w.max(cx.s) * 0.55);
    let stops = [(0.0, glow, 0.0), (0.5, glow, opacity), (1.0, glow, 0.0)];
    cx.c.linear((x - reach, 0.0), (x + reach, 0.0), &stops)
}

/// Midpoints moved by a hash of their place: deeper levels add crags and move nothing.
fn crags(from: Point, to: Point, depth: usize, rough: f64, key: u64, out: &mut Vec<Point>) {
    if depth == 0 {
        out.push(to);
        return;
    }
    let long = ((to.0 - from.0).powi(2) + (to.1 - from.1).powi(2)).sqrt();
    let mut rng = Rng::named(scatter(key), "crag");
    let middle = (
        lerp(from.0, to.0, 0.5) + rng.range(-0.35, 0.35) * long * rough,
        lerp(from.1, to.1, 0.5) + rng.range(-1.0, 1.0) * long * rough,
    );
    crags(from, middle, depth - 1, rough * 0.92, key.wrapping_mul(2).wrapping_add(1), out);
    crags(middle, to, depth - 1, rough * 0.92, key.wrapping_mul(2).wrapping_add(2), out);
}

/// What a mountain range looks like.
#[derive(Clone, Copy, Debug)]
pub struct Range<'n> {
    /// Names its random streams.
    pub name: &'n str,
    /// Height of the foot.
    pub base: f64,
    /// Height of the highest peak over the foot.
    pub tall: f64,
    /// Peaks across 1000 units.
    pub peaks: f64,
    /// Colour of the rock.
    pub tone: Rgb,
    /// What it fades to at its foot.
    pub haze: Rgb,
    /// Caps in the light and in the shade, if there is snow.
    pub snow: Option<(Rgb, Rgb)>,
    /// Where the highest peak is.
    pub focus: f64,
}

/// Peaks with a lit and a shaded face. `mirror` is a water level to draw it upside down under.
pub fn range(cx: &mut Cx<'_>, it: &Range<'_>, mirror: Option<f64>) {
    let mut rng = cx.rng(it.name);
    let count = ((it.peaks * cx.w / 1000.0).round() as usize).max(2);
    let gap = cx.w * 1.3 / count as f64;
    let flip = |(x, y): Point| mirror.map_or((x, y), |level| (x, level + (level - y) * 0.72));
    let mut tops = Vec::new();
    for i in 0..=count {
        let x = -0.15 * cx.w + (i as f64 + rng.range(-0.24, 0.24)) * gap;
        let main = smooth(1.3 * gap, 0.0, (x - it.focus).abs());
        let tall = it.tall * lerp(rng.range(0.38, 0.74), 1.0, main * 0.85);
        tops.push((x, it.base - tall));
    }
    let mut line = vec![(tops[0].0 - gap, it.base)];
    let mut faces = Vec::new();
    let key = scatter(fnv1a(it.name.as_bytes()) ^ rng.next());
    for (i, top) in tops.iter().enumerate() {
        let from = line[line.len() - 1];
        let start = line.len();
        crags(from, *top, 4 + cx.level.min(1), 0.11, key ^ (i as u64 * 977), &mut line);
        let peak = line.len() - 1;
        let next = tops.get(i + 1).copied().unwrap_or((top.0 + gap, it.base));
        let deep = (it.base - top.1).min(it.base - next.1) * rng.range(0.30, 0.62);
        let valley = (lerp(top.0, next.0, rng.range(0.4, 0.6)), it.base - deep);
        crags(*top, valley, 4 + cx.level.min(1), 0.11, key ^ (i as u64 * 977 + 411), &mut line);
        faces.push((start - 1, peak, line.len() - 1));
    }
    let mut pen = Pen::new();
    pen.start(flip((line[0].0, it.base + cx.s * 0.02)));
    pen.through(&line.iter().map(|p| flip(*p)).collect::<Vec<_>>());
    pen.run(flip((line[line.len() - 1].0 + gap, it.base + cx.s * 0.02)));
    pen.shut();
    let dim = if mirror.is_some() { 0.55 } else { 1.0 };
    let stops = [(0.0, it.tone, dim), (0.45, it.tone.mix(it.haze, 0.3), dim), (1.0, it.haze, dim)];
    let paint = cx.c.linear(flip((0.0, it.base - it.tall)), flip((0.0, it.base)), &stops);
    cx.c.fill(&pen.done(), paint);
    let style = Faces { it, line: &line, dim, mirrored: mirror.is_some() };
    style.draw(cx, &faces, &flip, &mut rng);
}

struct Faces<'r> {
    it: &'r Range<'r>,
    line: &'r [Point],
    dim: f64,
    mirrored: bool,
}

impl Faces<'_> {
    fn draw(&self, cx: &mut Cx<'_>, faces: &[(usize, usize, usize)], flip: &dyn Fn(Point) -> Point, rng: &mut Rng) {
        let it = self.it;
        let (mut caps, mut shades) = (Pen::new(), Pen::new());
        for &(start, peak, end) in faces {
            let top = self.line[peak];
            let tall = it.base - top.1;
            let lit_left = cx.plan.sun.0 < top.0;
            if it.snow.is_some() && tall > it.tall * 0.45 {
                let deep = tall * rng.range(0.32, 0.44);
                self.cap(&mut caps, (start, peak, end), deep, flip, rng);
            }
            // The shaded face: along the skyline down to the valley, back up along a crooked spine.
            let away = if lit_left { 1.0 } else { -1.0 };
            let side: Vec<Point> = if lit_left { self.line[peak..=end].to_vec() } else { self.line[start..=peak].iter().rev().copied().collect() };
            let foot = side[side.len() - 1];
            let low = (foot.1 + tall * 0.25).min(it.base);
            let spine_end = (top.0 + away * tall * rng.range(-0.08, 0.16), low);
            shades.start(flip(top));
            shades.through(&side.iter().skip(1).map(|p| flip(*p)).collect::<Vec<_>>());
            shades.run(flip((foot.0, low)));
            let steps = 7;
            for i in 0..steps {
                let t = 1.0 - f64::from(i) / f64::from(steps);
                let zig = if i % 2 == 0 { 1.0 } else { -0.8 } * tall * 0.045 * rng.range(0.6, 1.3) * if t > 0.9 { 0.3 } else { 1.0 };
                shades.run(flip((lerp(top.0, spine_end.0, t) + zig, lerp(top.1, low, t))));
            }
            shades.shut();
        }
        if let Some((lit, _)) = it.snow {
            cx.c.fill(&caps.done(), Paint::Flat(lit, self.dim));
        }
        let shade = it.snow.map_or(it.tone.lift(-0.09), |(_, shade)| shade.mix(it.tone, 0.42).lift(-0.03));
        let strong = if it.snow.is_some() { 0.82 } else { 0.55 } * self.dim;
        let (from, to) = (flip((0.0, it.base - it.tall)), flip((0.0, it.base)));
        let paint = cx.c.linear(from, to, &[(0.0, shade, strong), (0.5, shade, strong * 0.7), (1.0, shade, 0.0)]);
        cx.c.fill(&shades.done(), paint);
        if cx.fine() && !self.mirrored {
            self.ribs(cx, faces);
        }
    }

    /// Snow from the peak down, its lower edge in teeth.
    fn cap(&self, pen: &mut Pen, (start, peak, end): (usize, usize, usize), deep: f64, flip: &dyn Fn(Point) -> Point, rng: &mut Rng) {
        let top = self.line[peak];
        let level = top.1 + deep;
        let left = (start..peak).rev().find(|i| self.line[*i].1 > level).unwrap_or(start);
        let right = (peak..=end).find(|i| self.line[*i].1 > level).unwrap_or(end);
        pen.start(flip(self.line[left + 1]));
        pen.through(&self.line[left + 1..right].iter().map(|p| flip(*p)).collect::<Vec<_>>());
        let (from, to) = (self.line[right - 1], self.line[left + 1]);
        let teeth = 9;
        for i in 1..teeth {
            let t = f64::from(i) / f64::from(teeth);
            let down = if i % 2 == 0 { -0.18 } else { 0.30 } * rng.range(0.5, 1.2) * deep;
            pen.run(flip((lerp(from.0, to.0, t), lerp(from.1, to.1, t).max(top.1 + deep * 0.5) + down)));
        }
        pen.shut();
    }

    /// Fine ribs of rock down the faces, only at larger sizes.
    fn ribs(&self, cx: &mut Cx<'_>, faces: &[(usize, usize, usize)]) {
        let it = self.it;
        let mut rng = cx.rng(&format!("{}/ribs", it.name));
        let mut pen = Pen::new();
        for &(_, peak, _) in faces {
            let top = self.line[peak];
            let tall = it.base - top.1;
            for _ in 0..if cx.finest() { 16 } else { 7 } {
                let t = rng.range(0.12, 0.62);
                let x = top.0 + rng.range(-0.42, 0.42) * t * tall;
                let y = top.1 + t * tall;
                let long = tall * rng.range(0.05, 0.13);
                let away = (x - top.0).signum() * long * rng.range(0.2, 0.55);
                pen.triangle((x, y), (x + away, y + long), (x + away * 0.3 + long * 0.12, y + long * 0.7));
            }
        }
        let shade = it.snow.map_or(it.tone.lift(-0.08), |(_, shade)| shade.mix(it.tone, 0.5));
        cx.c.fill(&pen.done(), Paint::Flat(shade, 0.33));
    }
}

/// Whether snow lies.
pub fn snowy(cx: &Cx<'_>) -> bool {
    cx.read.at(Setting::Snow) || cx.read.airs(super::vocabulary::Air::Snowfall)
}

/// Two or three ranges behind each other, with mist between.
pub fn ranges(cx: &mut Cx<'_>, base: f64, tall: f64, mirror: bool) {
    let caps = snow(&cx.pal);
    let white = snowy(cx);
    let focus = if cx.plan.lane == 0 { cx.plan.hero } else { lerp(cx.plan.hero, cx.w - cx.plan.sun.0, 0.5) };
    let far_focus = cx.w - focus + cx.w * 0.1 * cx.plan.side;
    let level = mirror.then_some(base);
    let pal = cx.pal;
    let haze = pal.sky[3].mix(pal.far, 0.45);
    let far = Range { name: "range/far", base, tall: tall * 0.62, peaks: 5.0, tone: pal.far.mix(pal.sky[2], 0.35), haze: pal.sky[3].mix(pal.far, 0.2), snow: None, focus: far_focus };
    let main = Range { name: "range/main", base, tall, peaks: 2.6, tone: pal.far.mix(pal.mid, 0.62), haze, snow: Some(caps), focus };
    let low = Range {
        name: "range/low",
        base,
        tall: tall * 0.36,
        peaks: 4.2,
        tone: pal.mid.mix(pal.near, 0.12),
        haze: pal.mid.mix(haze, 0.55),
        snow: white.then_some(caps),
        focus: cx.w - focus,
    };
    if cx.plan.busy > 0.7 {
        range(cx, &far, level);
    }
    range(cx, &main, level);
    if level.is_none() {
        sky::mist(cx, base - tall * 0.16, tall * 0.26, 0.5);
    }
    range(cx, &low, level);
}

/// The ground near the viewer on which the hero stands.
pub fn stage(cx: &Cx<'_>, height: f64) -> Hill {
    let base = lerp(cx.plan.horizon, cx.h, height);
    Hill::new(cx, "stage", base, cx.s * 0.028, 2.2).with_knoll(cx.plan.hero, cx.w * 0.34, cx.s * 0.035)
}

/// A wood along a hill, small and dense; larger sizes fill the gaps.
pub fn treeline(cx: &mut Cx<'_>, name: &str, hill: &Hill, tall: f64, colour: Rgb, density: f64) {
    let w = cx.w;
    let clumps = cx.noise(name);
    cx.levels(name, |cx, level, rng| {
        let mut pen = Pen::new();
        let count = (w / tall * density * [2.0, 1.6, 2.2][level]) as usize;
        for _ in 0..count {
            let x = rng.range(-0.03, 1.03) * w;
            let dense = clumps.at(x / w * 5.0);
            let high = tall * rng.range(0.55, 1.05) * (1.0 + 0.35 * dense) / [1.0, 1.3, 1.6][level];
            if dense > -0.35 || level == 0 && rng.chance(0.25) {
                flora::pine(&mut pen, (x, hill.y(x) + tall * 0.06), high, 4 + level);
            }
        }
        cx.c.fill(&pen.done(), colour);
    });
}

/// Large dark trees at the edges that frame the view.
pub fn framing(cx: &mut Cx<'_>, ground: &dyn Fn(f64) -> f64) {
    let mut rng = cx.rng("framing");
    let (w, s) = (cx.w, cx.s);
    let away = if cx.plan.hero < w / 2.0 { 1.0 } else { 0.0 };
    let mut spots = vec![(away, 0.62), ((away - 0.09_f64).abs(), 0.46), ((away - 0.15_f64).abs(), 0.30)];
    if cx.plan.lane == 0 {
        spots.extend([(1.0 - away, 0.56), ((1.0 - away - 0.08_f64).abs(), 0.38)]);
    }
    let dark = cx.pal.near;
    let mut pen = Pen::new();
    for (x, tall) in spots {
        let x = (x + rng.range(-0.015, 0.015)) * w;
        let tall = tall * s * rng.range(0.85, 1.1);
        flora::pine(&mut pen, (x, ground(x) + s * 0.02), tall, 9 + cx.level * 3);
    }
    cx.c.fill(&pen.done(), dark);
}

/// Mountains with a wooded foreground.
pub fn mountains(cx: &mut Cx<'_>) {
    sky::draw(cx);
    let base = cx.plan.horizon + cx.s * 0.05;
    let tall = (cx.plan.horizon * 0.62).min(cx.s * 0.56);
    ranges(cx, base, tall, false);
    let pal = cx.pal;
    sky::mist(cx, base, cx.s * 0.07, 0.7);
    for (i, (t, height)) in [(0.42, 0.10), (0.62, 0.30)].into_iter().enumerate() {
        let name = format!("foothill/{i}");
        let hill = Hill::new(cx, &name, lerp(base, cx.h, height), cx.s * 0.05, 1.8);
        let (top, foot) = ground_tones(cx, t);
        let colour = if snowy(cx) { pal.depth(t) } else { top };
        treeline(cx, &format!("wood/{i}"), &hill, cx.s * lerp(0.045, 0.085, i as f64), colour, 1.5);
        let low = cx.h;
        hill.draw(cx, low, (top, foot), 0.0);
        sky::mist(cx, lerp(base, cx.h, height + 0.14), cx.s * 0.06, 0.28);
    }
    foreground(cx, 0.62, true);
}

/// Colours of a hill at this depth: top and foot.
pub fn ground_tones(cx: &Cx<'_>, t: f64) -> (Rgb, Rgb) {
    let pal = &cx.pal;
    if snowy(cx) {
        let (light, shade) = snow(pal);
        let top = shade.mix(light, 0.35 + 0.5 * t);
        return (top, top.mix(pal.mid, 0.28));
    }
    (pal.depth(t), pal.depth((t + 0.12).min(1.0)).mix(pal.near, 0.1))
}

/// The last hill, with grass, the hero and framing trees.
pub fn foreground(cx: &mut Cx<'_>, height: f64, pines: bool) {
    let hill = stage(cx, height);
    let (top, foot) = ground_tones(cx, 0.86);
    let low = cx.h + 5.0;
    if pines && (cx.plan.lane != 3 || cx.read.subjects.is_empty()) {
        framing(cx, &|x| hill.y(x));
    }
    hill.draw(cx, low, (top, foot), 0.55);
    let ground = |x: f64| hill.y(x);
    subjects::place(cx, &Stand { ground: &ground, water: None, scale: 1.0 });
    if snowy(cx) {
        return;
    }
    let tall = cx.s * 0.05;
    let dark = top.mix(cx.pal.near, 0.75);
    let lower = |x: f64| hill.y(x) + cx.s * 0.055;
    flora::grass(cx, "grass/back", &lower, tall * 0.8, dark.mix(top, 0.35));
    let lowest = |x: f64| hill.y(x).max(cx.h - cx.s * 0.13) + cx.s * 0.12;
    flora::grass(cx, "grass/front", &lowest, tall * 1.6, dark);
    if cx.read.shows(Subject::Flower) || matches!(cx.plan.hour, Hour::Day | Hour::Dawn) {
        let colours = [cx.pal.accent, cx.pal.glow, WHITE.mix(cx.pal.glow, 0.4)];
        flora::blooms(cx, "blooms", &|x| hill.y(x) + cx.s * 0.06, &colours, 0.35);
    }
}

/// Rolling fields with rows, hedges and round trees.
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
        let hill = Hill::new(cx, &name, lerp(horizon, cx.h, 0.04 + t * 0.5), cx.s * lerp(0.03, 0.05, t), lerp(2.2, 1.3, t));
        let (top, foot) = ground_tones(cx, lerp(0.22, 0.68, t));
        let top = if i % 2 == 0 { top } else { top.mix(pal.glow, 0.16) };
        hedges(cx, &format!("hedge/{i}"), &hill, cx.s * lerp(0.03, 0.075, t), pal.depth(lerp(0.45, 0.85, t)));
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
            flora::round_tree(&mut pen, (x, hill.y(x) + tall * 0.05), tall * rng.range(0.6, 1.1), &mut rng);
        }
    }
    cx.c.fill(&pen.done(), colour);
}

/// Furrows that run towards the horizon.
fn rows(cx: &mut Cx<'_>, name: &str, hill: &Hill, colour: Rgb) {
    let mut rng = cx.rng(&format!("{name}/rows"));
    let vanish = (cx.w * rng.range(0.2, 0.8), 0.0);
    let count = [14, 22, 34][cx.level];
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
