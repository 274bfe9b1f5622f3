//! Draws the swell of the sea in front of everything that stands in it.

use super::land;
use crate::paint::canvas::{Pen, Point};
use crate::paint::maths::lerp;
use crate::plan::Cx;

/// Draws rolling swells in front, each with a bright crest.
pub fn waves(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let rows = 4;
    for row in 0..rows {
        let t = f64::from(row) / f64::from(rows - 1);
        let noise = cx.noise(&format!("swell/{row}"));
        let y = lerp(cx.plan.horizon, h, lerp(0.56, 0.95, t));
        let swing = s * lerp(0.010, 0.026, t);
        let steps = 40;
        let points: Vec<Point> = (0..=steps)
            .map(|i| {
                let x = lerp(-0.03, 1.03, f64::from(i) / f64::from(steps)) * w;
                (x, y + swing * noise.octaves(x * lerp(0.010, 0.0055, t), 2, 0.45))
            })
            .collect();
        let mut pen = Pen::new();
        pen.flow(&points);
        let crest = pen.clone().done();
        pen.run((w * 1.04, h + 5.0));
        pen.run((-w * 0.04, h + 5.0));
        pen.shut();
        let body = pal.mid.mix(pal.near, lerp(0.2, 0.8, t)).mix(pal.sky[0], 0.3);
        let foot = s * lerp(0.08, 0.14, t);
        let paint = cx.c.linear(
            (0.0, y - swing),
            (0.0, y + foot),
            &[(0.0, body, 0.15), (0.18, body, 0.72), (1.0, body, 0.5)],
        );
        cx.c.fill(&pen.done(), paint);
        let rim = land::rim_light(cx, lerp(0.5, 0.75, t));
        cx.c.line(&crest, rim, s * lerp(0.0016, 0.0034, t));
    }
}
