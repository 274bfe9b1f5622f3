//! Draws glass and porcelain for an advertisement: bottle, jar, wine.

use super::brush::Brush;
use crate::paint::canvas::{Paint, Pen, oval_path};
use crate::paint::colour::WHITE;

/// Draws a perfume bottle: thick glass, coloured liquid, a metal cap.
pub fn bottle(b: &mut Brush<'_>) {
    let ink = b.ink;
    let glass = "M-30 -4C-30 -1 -28 0 -25 0L25 0C28 0 30 -1 30 -4L30 -56C30 -62 27 -65 21 -66L9 -68L9 -74L-9 -74L-9 -68L-21 -66C-27 -65 -30 -62 -30 -56Z";
    let (body, lit) = (ink.body, ink.body.mix(ink.glow, 0.55));
    b.across(
        glass,
        -32.0,
        32.0,
        &[
            (0.0, lit, 0.95),
            (0.3, body.mix(ink.glow, 0.28), 0.9),
            (0.7, body, 0.92),
            (1.0, body.mix(ink.dark, 0.5), 0.96),
        ],
    );
    let liquid = "M-25 -8C-25 -6 -24 -5 -22 -5L22 -5C24 -5 25 -6 25 -8L25 -46L-25 -46Z";
    let paint = b.c.linear(
        (0.0, -46.0),
        (0.0, -5.0),
        &[
            (0.0, body.mix(ink.glow, 0.15), 1.0),
            (1.0, body.mix(ink.dark, 0.38), 1.0),
        ],
    );
    b.c.fill(liquid, paint);
    b.fill(&oval_path((0.0, -46.0), 25.0, 1.8), body.mix(ink.glow, 0.5));
    let side = b.sun * 1.0;
    b.fill(
        &format!(
            "M{:.1} -58L{:.1} -58L{:.1} -8L{:.1} -8Z",
            side * 26.0,
            side * 21.0,
            side * 21.0,
            side * 26.0
        ),
        Paint::Flat(WHITE, 0.55),
    );
    b.fill(
        &format!(
            "M{:.1} -58L{:.1} -58L{:.1} -8L{:.1} -8Z",
            side * 18.5,
            side * 17.0,
            side * 17.0,
            side * 18.5
        ),
        Paint::Flat(WHITE, 0.35),
    );
    b.shade(
        &format!(
            "M{:.1} -60L{:.1} -60L{:.1} -3L{:.1} -3Z",
            side * -29.0,
            side * -24.0,
            side * -24.0,
            side * -29.0
        ),
        0.22,
    );
    label_and_cap(b);
    b.rim("M-30 -4L-30 -56C-30 -62 -27 -65 -21 -66", -32.0, 10.0, 0.8);
    b.rim("M30 -4L30 -56C30 -62 27 -65 21 -66", -10.0, 32.0, 0.8);
}

fn label_and_cap(b: &mut Brush<'_>) {
    let ink = b.ink;
    let body = ink.body;
    b.fill("M-14 -34L14 -34L14 -16L-14 -16Z", ink.pale);
    b.fill("M-8 -29L8 -29L8 -27.500L-8 -27.500ZM-5 -24.500L5 -24.500L5 -23.500L-5 -23.500ZM-3 -21L3 -21L3 -20.200L-3 -20.200Z", ink.dark.mix(body, 0.3));
    let metal = ink.glow.mix(ink.accent, 0.18).mix(ink.dark, 0.12);
    b.across(
        "M-9.500 -75L9.500 -75L9.500 -71L-9.500 -71Z",
        -10.0,
        10.0,
        &[
            (0.0, WHITE, 1.0),
            (0.3, metal, 1.0),
            (1.0, metal.mix(ink.dark, 0.5), 1.0),
        ],
    );
    let dark_cap = ink.dark.mix(body, 0.25);
    b.across(
        "M-13 -75L13 -75L13 -97C13 -99 12 -100 10 -100L-10 -100C-12 -100 -13 -99 -13 -97Z",
        -13.0,
        13.0,
        &[
            (0.0, dark_cap.mix(ink.glow, 0.5), 1.0),
            (0.25, dark_cap.mix(ink.glow, 0.2), 1.0),
            (0.6, dark_cap, 1.0),
            (1.0, ink.dark, 1.0),
        ],
    );
    b.fill(
        "M-10 -100L10 -100C12 -100 13 -99 13 -97.500L-13 -97.500C-13 -99 -12 -100 -10 -100Z",
        Paint::Flat(ink.glow, 0.4),
    );
}

/// Draws a jar of cream.
pub fn jar(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.body(
        "M-62 -60L62 -60L62 -12C62 -4 54 0 44 1C16 4 -16 4 -44 1C-54 0 -62 -4 -62 -12Z",
        -64.0,
        64.0,
    );
    b.light(
        "M-62 -22C-40 -16 40 -16 62 -22L62 -12C62 -4 54 0 44 1C16 4 -16 4 -44 1C-54 0 -62 -4 -62 -12Z",
        0.22,
    );
    b.fill(
        "M-34 -44C-12 -41 12 -41 34 -44L34 -22C12 -19 -12 -19 -34 -22Z",
        ink.pale,
    );
    b.fill("M-20 -37C-8 -35.500 8 -35.500 20 -37L20 -34C8 -32.500 -8 -32.500 -20 -34ZM-12 -29C-4 -28 4 -28 12 -29L12 -27C4 -26 -4 -26 -12 -27Z", ink.dark.mix(ink.body, 0.3));
    let lid = "M-66 -90L66 -90L66 -64C40 -57 -40 -57 -66 -64Z";
    b.round(lid, -66.0, 66.0, ink.pale.mix(ink.accent, 0.30));
    let mut ribs = Pen::new();
    for i in 0..34 {
        let t = (f64::from(i) + 0.5) / 34.0 * 2.0 - 1.0;
        ribs.block((t * 64.0, -84.0 + (1.0 - t * t) * 4.0), 0.8, 19.0);
    }
    b.shade(&ribs.done(), 0.16);
    b.fill(
        &oval_path((0.0, -90.0), 66.0, 9.0),
        ink.pale.mix(ink.accent, 0.12),
    );
    b.fill(&oval_path((0.0, -91.0), 58.0, 6.8), ink.pale.mix(ink.glow, 0.3));
}

/// Draws a glass of wine beside its bottle.
pub fn wine(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.body("M-34 0L-34 -52C-34 -62 -26 -66 -25 -74L-25 -94L-13 -94L-13 -74C-12 -66 -4 -62 -4 -52L-4 0C-10 2 -28 2 -34 0Z", -34.0, -4.0);
    b.fill("M-26 -100L-12 -100L-12 -84L-26 -84Z", ink.accent);
    b.fill(
        "M-34 -42C-26 -40 -12 -40 -4 -42L-4 -16C-12 -14 -26 -14 -34 -16Z",
        ink.pale,
    );
    b.fill(
        "M-27 -34L-11 -34L-11 -31.500L-27 -31.500ZM-24 -28L-14 -28L-14 -26.500L-24 -26.500Z",
        ink.dark,
    );
    b.light(
        "M-31 -50C-31 -58 -26 -62 -24 -68L-23 -68C-24 -60 -28 -56 -28 -50L-28 -4L-31 -4Z",
        0.4,
    );
    let glass = Paint::Flat(ink.pale, 0.34);
    b.fill("M8 -60C6 -40 14 -30 24 -28C34 -30 42 -40 40 -60Z", glass);
    b.fill(
        "M8.300 -48C8.800 -37 16 -31 24 -30C32 -31 39.200 -37 39.700 -48C30 -46 18 -46 8.300 -48Z",
        ink.body,
    );
    b.fill(&oval_path((24.0, -48.0), 15.7, 2.2), ink.body.mix(ink.glow, 0.3));
    b.line("M24 -28L24 -2", ink.pale, 1.4);
    b.fill(&oval_path((24.0, -1.0), 13.0, 2.2), Paint::Flat(ink.pale, 0.75));
    b.line("M8 -60C6 -40 14 -30 24 -28C34 -30 42 -40 40 -60", ink.pale, 0.8);
    b.fill(
        "M12 -56C11 -46 14 -38 18 -34C13 -40 13 -48 14 -56Z",
        Paint::Flat(WHITE, 0.7),
    );
}
