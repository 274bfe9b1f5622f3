//! Draws mountain ranges: peaks with a lit and a shaded face, snow on the highest, mist between.

use super::sky;
use crate::paint::canvas::{Paint, Pen, Point};
use crate::paint::colour::Rgb;
use crate::paint::maths::{lerp, smooth};
use crate::paint::rng::{Rng, fnv1a, scatter};
use crate::plan::Cx;
use crate::plan::palette::snow;

/// Moves midpoints by a hash of their place. Deeper levels add crags and move nothing.
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
    crags(
        from,
        middle,
        depth - 1,
        rough * 0.92,
        key.wrapping_mul(2).wrapping_add(1),
        out,
    );
    crags(
        middle,
        to,
        depth - 1,
        rough * 0.92,
        key.wrapping_mul(2).wrapping_add(2),
        out,
    );
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

/// Draws peaks with a lit and a shaded face. `mirror` is a water level under which they are drawn
/// upside down.
pub fn range(cx: &mut Cx<'_>, it: &Range<'_>, mirror: Option<f64>) {
    let mut rng = cx.rng(it.name);
    let count = ((it.peaks * cx.w / 1000.0).round() as usize).max(2);
    let gap = cx.w * 1.3 / count as f64;
    let flip = |(x, y): Point| mirror.map_or((x, y), |level| (x, level + (level - y) * 0.72));
    let first = ((it.focus + 0.15 * cx.w) / gap).round();
    let mut tops = Vec::new();
    for i in 0..=count {
        // One peak stands exactly at the focus, the others left and right of it.
        let off = i as f64 - first;
        let x = it.focus + (off + if off == 0.0 { 0.0 } else { rng.range(-0.22, 0.22) }) * gap;
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
        crags(from, *top, 5, 0.11, key ^ (i as u64 * 977), &mut line);
        let peak = line.len() - 1;
        let next = tops.get(i + 1).copied().unwrap_or((top.0 + gap, it.base));
        let deep = (it.base - top.1).min(it.base - next.1) * rng.range(0.30, 0.62);
        let valley = (lerp(top.0, next.0, rng.range(0.4, 0.6)), it.base - deep);
        crags(*top, valley, 5, 0.11, key ^ (i as u64 * 977 + 411), &mut line);
        faces.push((start - 1, peak, line.len() - 1));
    }
    let mut pen = Pen::new();
    pen.start(flip((line[0].0, it.base + cx.s * 0.02)));
    pen.through(&line.iter().map(|p| flip(*p)).collect::<Vec<_>>());
    pen.run(flip((line[line.len() - 1].0 + gap, it.base + cx.s * 0.02)));
    pen.shut();
    let dim = if mirror.is_some() { 0.55 } else { 1.0 };
    let stops = [
        (0.0, it.tone, dim),
        (0.45, it.tone.mix(it.haze, 0.3), dim),
        (1.0, it.haze, dim),
    ];
    let paint =
        cx.c.linear(flip((0.0, it.base - it.tall)), flip((0.0, it.base)), &stops);
    cx.c.fill(&pen.done(), paint);
    let style = Faces {
        it,
        line: &line,
        dim,
        mirrored: mirror.is_some(),
    };
    style.draw(cx, &faces, &flip, &mut rng);
}

struct Faces<'r> {
    it: &'r Range<'r>,
    line: &'r [Point],
    dim: f64,
    mirrored: bool,
}

impl Faces<'_> {
    fn draw(
        &self,
        cx: &mut Cx<'_>,
        faces: &[(usize, usize, usize)],
        flip: &dyn Fn(Point) -> Point,
        rng: &mut Rng,
    ) {
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
            let side: Vec<Point> = if lit_left {
                self.line[peak..=end].to_vec()
            } else {
                self.line[start..=peak].iter().rev().copied().collect()
            };
            let foot = side[side.len() - 1];
            let low = (foot.1 + tall * 0.25).min(it.base);
            let spine_end = (top.0 + away * tall * rng.range(-0.08, 0.16), low);
            shades.start(flip(top));
            shades.through(&side.iter().skip(1).map(|p| flip(*p)).collect::<Vec<_>>());
            shades.run(flip((foot.0, low)));
            let steps = 7;
            for i in 0..steps {
                let t = 1.0 - f64::from(i) / f64::from(steps);
                let zig = if i % 2 == 0 { 1.0 } else { -0.8 }
                    * tall
                    * 0.045
                    * rng.range(0.6, 1.3)
                    * if t > 0.9 { 0.3 } else { 1.0 };
                shades.run(flip((lerp(top.0, spine_end.0, t) + zig, lerp(top.1, low, t))));
            }
            shades.shut();
        }
        if let Some((lit, _)) = it.snow {
            cx.c.fill(&caps.done(), Paint::Flat(lit, self.dim));
        }
        let shade = it.snow.map_or(it.tone.lift(-0.09), |(_, shade)| {
            shade.mix(it.tone, 0.42).lift(-0.03)
        });
        let strong = if it.snow.is_some() { 0.82 } else { 0.55 } * self.dim;
        let (from, to) = (flip((0.0, it.base - it.tall)), flip((0.0, it.base)));
        let paint = cx.c.linear(
            from,
            to,
            &[
                (0.0, shade, strong),
                (0.5, shade, strong * 0.7),
                (1.0, shade, 0.0),
            ],
        );
        cx.c.fill(&shades.done(), paint);
        if !self.mirrored {
            self.ribs(cx, faces);
        }
    }

    /// Draws snow from the peak down, its lower edge in teeth.
    fn cap(
        &self,
        pen: &mut Pen,
        (start, peak, end): (usize, usize, usize),
        deep: f64,
        flip: &dyn Fn(Point) -> Point,
        rng: &mut Rng,
    ) {
        let top = self.line[peak];
        let level = top.1 + deep;
        let left = (start..peak)
            .rev()
            .find(|i| self.line[*i].1 > level)
            .unwrap_or(start);
        let right = (peak..=end).find(|i| self.line[*i].1 > level).unwrap_or(end);
        pen.start(flip(self.line[left + 1]));
        pen.through(
            &self.line[left + 1..right]
                .iter()
                .map(|p| flip(*p))
                .collect::<Vec<_>>(),
        );
        let (from, to) = (self.line[right - 1], self.line[left + 1]);
        let teeth = (((from.0 - to.0).abs() / (deep * 0.22)) as i32).clamp(6, 26);
        for i in 1..teeth {
            let t = (f64::from(i) + rng.range(-0.3, 0.3)) / f64::from(teeth);
            let down = if i % 2 == 0 { -0.14 } else { 0.20 } * rng.range(0.1, 1.5) * deep;
            pen.run(flip((
                lerp(from.0, to.0, t),
                lerp(from.1, to.1, t).max(top.1 + deep * 0.5) + down,
            )));
        }
        pen.shut();
    }

    /// Draws fine ribs of rock down the faces.
    fn ribs(&self, cx: &mut Cx<'_>, faces: &[(usize, usize, usize)]) {
        let it = self.it;
        let mut rng = cx.rng(&format!("{}/ribs", it.name));
        let mut pen = Pen::new();
        for &(_, peak, _) in faces {
            let top = self.line[peak];
            let tall = it.base - top.1;
            for _ in 0..7 {
                let t = rng.range(0.12, 0.62);
                let x = top.0 + rng.range(-0.42, 0.42) * t * tall;
                let y = top.1 + t * tall;
                let long = tall * rng.range(0.05, 0.13);
                let away = (x - top.0).signum() * long * rng.range(0.2, 0.55);
                pen.triangle(
                    (x, y),
                    (x + away, y + long),
                    (x + away * 0.3 + long * 0.12, y + long * 0.7),
                );
            }
        }
        let shade = it
            .snow
            .map_or(it.tone.lift(-0.08), |(_, shade)| shade.mix(it.tone, 0.5));
        cx.c.fill(&pen.done(), Paint::Flat(shade, 0.33));
    }
}

/// Draws two or three ranges behind each other, with mist between.
pub fn ranges(cx: &mut Cx<'_>, base: f64, tall: f64, mirror: bool) {
    let caps = snow(&cx.pal);
    let white = cx.is_snowy();
    let focus = if cx.plan.lane == 0 {
        cx.plan.hero
    } else {
        lerp(cx.plan.hero, cx.w - cx.plan.sun.0, 0.5)
    };
    let far_focus = cx.w - focus + cx.w * 0.1 * cx.plan.side;
    let level = mirror.then_some(base);
    let pal = cx.pal;
    let haze = pal.sky[3].mix(pal.far, 0.45);
    let far = Range {
        name: "range/far",
        base,
        tall: tall * 0.62,
        peaks: 5.0,
        tone: pal.far.mix(pal.sky[2], 0.35),
        haze: pal.sky[3].mix(pal.far, 0.2),
        snow: None,
        focus: far_focus,
    };
    let main = Range {
        name: "range/main",
        base,
        tall,
        peaks: 3.1,
        tone: pal.far.mix(pal.mid, if pal.is_dark() { 0.88 } else { 0.62 }),
        haze,
        snow: Some(caps),
        focus,
    };
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
