//! Draws a mark: an emblem on plain ground, with its name below.

use crate::paint::canvas::{Paint, Pen, Point, oval_path};
use crate::paint::colour::{Rgb, WHITE};
use crate::paint::letters::{self, Align, Line};
use crate::paint::maths::{cowave, wave};
use crate::plan::Cx;
use crate::prompt::vocabulary::Mood;
use crate::subjects;

/// Draws the whole sheet.
pub fn draw(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let dark = pal.is_dark() || cx.plan.lane == 2;
    let ground = if dark {
        pal.near.mix(pal.mid, 0.10)
    } else {
        pal.sky[0].mix(WHITE, 0.45)
    };
    cx.c.rect((0.0, 0.0), w, h, ground);
    let ink = if dark { WHITE.mix(pal.glow, 0.25) } else { pal.near };
    let name = cx.read.title.clone();
    let icon = cx.read.icon;
    let radius = s * if icon {
        0.34
    } else if name.is_empty() {
        0.30
    } else {
        0.235
    };
    let at = (
        w * 0.5,
        h * 0.5 - if name.is_empty() || icon { 0.0 } else { s * 0.115 },
    );
    let tone = emblem(cx, at, radius, ground, icon);
    if cx.read.subjects.is_empty() {
        initial(cx, &name, at, radius, tone);
    } else {
        subjects::emblem(cx, (at.0, at.1 + radius * 0.60), radius * 1.22);
    }
    if !name.is_empty() && !icon {
        let (lines, size) = letters::fit(&name, w * 0.62, s * 0.125);
        let top = at.1 + radius + s * 0.075;
        letters::write(
            &mut cx.c,
            &lines[..],
            (w * 0.5, top),
            (size, 0.15),
            Align::Middle,
            ink.into(),
        );
        let low = top + size * (lines.len() as f64 * 1.5 - 0.5) + s * 0.045;
        cx.c.rect((w * 0.5 - s * 0.06, low), s * 0.12, s * 0.006, pal.accent);
    }
}

/// Draws what is around the sign. Returns the colour for a sign upon it.
fn emblem(cx: &mut Cx<'_>, (x, y): Point, radius: f64, ground: Rgb, icon: bool) -> Rgb {
    let pal = cx.pal;
    let field = pal.accent;
    let light = field.mix(pal.glow, 0.35);
    let paint = cx.c.linear(
        (x - radius, y - radius),
        (x + radius, y + radius),
        &[(0.0, light, 1.0), (1.0, field, 1.0)],
    );
    let on = WHITE.mix(pal.glow, 0.2);
    if icon {
        let square = rounded((x, y), radius);
        cx.c.open((0.0, radius * 0.06), (1.0, 1.0), 0.0);
        cx.c.fill(&square, Paint::Flat(pal.near, 0.22));
        cx.c.close();
        cx.c.fill(&square, paint);
        return on;
    }
    if cx.read.feels(Mood::Retro) {
        // A badge with a toothed edge and two rings.
        let edge = toothed((x, y), radius);
        cx.c.fill(&edge, paint);
        cx.c.line(
            &oval_path((x, y), radius * 0.86, radius * 0.86),
            on,
            radius * 0.018,
        );
        cx.c.line(
            &oval_path((x, y), radius * 0.80, radius * 0.80),
            on,
            radius * 0.008,
        );
        return on;
    }
    match cx.plan.lane {
        0 => cx.c.disc((x, y), radius, paint),
        1 => {
            cx.c.disc((x, y), radius, paint);
            cx.c.disc((x, y), radius * 0.86, ground);
            return field;
        }
        2 => {
            let mut pen = Pen::new();
            for i in 0..6 {
                let turn = f64::from(i) / 6.0 + 0.25;
                let at = (x + cowave(turn) * radius, y + wave(turn) * radius);
                if i == 0 { pen.start(at) } else { pen.run(at) }
            }
            pen.shut();
            let path = pen.done();
            cx.c.fill(&path, paint);
            cx.c.line(&path, paint, radius * 0.12);
        }
        _ => {
            let shield = shield((x, y), radius);
            cx.c.fill(&shield, paint);
        }
    }
    on
}

/// Outlines a square with round corners.
fn rounded((x, y): Point, radius: f64) -> String {
    let (r, c) = (radius, radius * 0.45);
    format!(
        "M{:.2} {:.2}h{:.2}a{c:.2} {c:.2} 0 0 1 {c:.2} {c:.2}v{:.2}a{c:.2} {c:.2} 0 0 1 {:.2} {c:.2}h{:.2}a{c:.2} {c:.2} 0 0 1 {:.2} {:.2}v{:.2}a{c:.2} {c:.2} 0 0 1 {c:.2} {:.2}Z",
        x - r + c,
        y - r,
        (r - c) * 2.0,
        (r - c) * 2.0,
        -c,
        -(r - c) * 2.0,
        -c,
        -c,
        -(r - c) * 2.0,
        -c
    )
}

/// Outlines a disc with a toothed edge.
fn toothed((x, y): Point, radius: f64) -> String {
    let mut pen = Pen::new();
    for i in 0..=72 {
        let turn = f64::from(i) / 72.0;
        let far = radius * if i % 2 == 0 { 1.0 } else { 0.945 };
        let at = (x + cowave(turn) * far, y + wave(turn) * far);
        if i == 0 { pen.start(at) } else { pen.run(at) }
    }
    pen.shut();
    pen.done()
}

/// Outlines a shield.
fn shield((x, y): Point, radius: f64) -> String {
    let r = radius;
    format!(
        "M{:.2} {:.2}L{:.2} {:.2}C{:.2} {:.2} {:.2} {:.2} {x:.2} {:.2}C{:.2} {:.2} {:.2} {:.2} {:.2} {:.2}Z",
        x - r * 0.86,
        y - r * 0.95,
        x + r * 0.86,
        y - r * 0.95,
        x + r * 0.9,
        y + r * 0.30,
        x + r * 0.5,
        y + r * 0.82,
        y + r * 1.05,
        x - r * 0.5,
        y + r * 0.82,
        x - r * 0.9,
        y + r * 0.30,
        x - r * 0.86,
        y - r * 0.95
    )
}

/// Draws the first letter of the name, or petals where there is none.
fn initial(cx: &mut Cx<'_>, name: &[Option<u8>], at: Point, radius: f64, tone: Rgb) {
    if let Some(first) = name.first() {
        let line: Line = vec![*first];
        letters::write(
            &mut cx.c,
            &[line],
            (at.0, at.1 - radius * 0.40),
            (radius * 0.80, 0.19),
            Align::Middle,
            tone.into(),
        );
        return;
    }
    for i in 0..6 {
        cx.c.open(at, (1.0, 1.0), 60.0 * f64::from(i));
        cx.c.oval(
            (0.0, -radius * 0.34),
            radius * 0.15,
            radius * 0.30,
            Paint::Flat(tone, 0.85),
        );
        cx.c.close();
    }
}
