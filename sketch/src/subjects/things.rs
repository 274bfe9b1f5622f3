//! Draws things for a table or a plinth.

use super::brush::Brush;
use crate::paint::canvas::{Pen, oval_path};
use crate::paint::colour::WHITE;

/// Draws a cup on its saucer, steaming.
pub fn cup(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.round(
        "M-72 -9C-60 2 60 2 72 -9C50 -14 -50 -14 -72 -9Z",
        -72.0,
        72.0,
        ink.pale,
    );
    b.fill(&oval_path((0.0, -9.0), 72.0, 8.0), ink.pale.mix(ink.glow, 0.2));
    b.fill(
        &oval_path((-3.0 * b.sun, -8.0), 42.0, 4.6),
        ink.pale.mix(ink.dark, 0.3),
    );
    b.line("M44 -60C76 -68 78 -30 38 -30", ink.shade, 8.0);
    b.line("M44 -60C72 -66 74 -32 40 -32", ink.body, 5.0);
    b.body(
        "M-50 -70C-50 -40 -38 -10 -22 -8L22 -8C38 -10 50 -40 50 -70Z",
        -50.0,
        50.0,
    );
    b.fill(&oval_path((0.0, -70.0), 50.0, 10.0), ink.body.mix(ink.pale, 0.45));
    let coffee = crate::paint::colour::hex("4a2a1c").mix(ink.dark, 0.25);
    b.fill(&oval_path((0.0, -68.5), 44.0, 7.6), coffee);
    b.fill(
        "M-4 -64C-20 -66 -20 -72 -6 -71C2 -74 18 -71 12 -67C10 -65 2 -63 -4 -64Z",
        coffee.mix(ink.pale, 0.65),
    );
    b.light("M-40 -58C-38 -40 -32 -24 -24 -16C-34 -26 -42 -42 -44 -58Z", 0.45);
    for (x, lean, tall) in [(-16.0, 1.0, 62.0), (4.0, -1.0, 78.0), (22.0, 1.0, 54.0)] {
        let paint = b.c.linear(
            (0.0, -74.0),
            (0.0, -74.0 - tall),
            &[(0.0, ink.pale, 0.0), (0.25, ink.pale, 0.55), (1.0, ink.pale, 0.0)],
        );
        let path = format!(
            "M{x} -74C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            x + 16.0 * lean,
            -74.0 - tall * 0.35,
            x - 16.0 * lean,
            -74.0 - tall * 0.65,
            x + 6.0 * lean,
            -74.0 - tall
        );
        b.c.line(&path, paint, 4.0);
    }
}

/// Draws a lamp with a shade, its cone of light below it.
pub fn lamp(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.halo((0.0, -66.0), 95.0, ink.glow, 0.55);
    let cone = b.c.linear(
        (0.0, -58.0),
        (0.0, 0.0),
        &[(0.0, ink.glow, 0.6), (1.0, ink.glow, 0.05)],
    );
    b.c.fill("M-24 -58L24 -58L52 0L-52 0Z", cone);
    b.round(
        "M-4 -58C-3 -46 -10 -42 -12 -30C-14 -16 -8 -8 -6 -5L6 -5C8 -8 14 -16 12 -30C10 -42 3 -46 4 -58Z",
        -13.0,
        13.0,
        ink.accent.mix(ink.dark, 0.25),
    );
    b.round(
        "M-18 -5L18 -5L20 0L-20 0Z",
        -20.0,
        20.0,
        ink.dark.mix(ink.accent, 0.3),
    );
    let shade = "M-17 -98L17 -98L32 -57C16 -53 -16 -53 -32 -57Z";
    let paint = b.c.linear(
        (0.0, -98.0),
        (0.0, -54.0),
        &[
            (0.0, ink.body.mix(ink.glow, 0.2), 1.0),
            (1.0, ink.body.mix(ink.glow, 0.75), 1.0),
        ],
    );
    b.c.fill(shade, paint);
    b.fill(&oval_path((0.0, -57.0), 32.0, 3.2), ink.glow.mix(WHITE, 0.6));
    b.fill(&oval_path((0.0, -98.0), 17.0, 2.0), ink.body.mix(ink.dark, 0.3));
    b.line(
        "M-10 -97L-19 -56M-3.500 -97L-6.500 -55M3.500 -97L6.500 -55M10 -97L19 -56",
        ink.body.mix(ink.glow, 0.35),
        0.4,
    );
}

/// Draws an armchair on tapered legs.
pub fn chair(b: &mut Brush<'_>) {
    let ink = b.ink;
    let wood = ink.dark.mix(crate::paint::colour::hex("8a5a34"), 0.55);
    b.fill("M-36 -18L-44 0L-40 0L-28 -18ZM36 -18L44 0L40 0L28 -18ZM-24 -18L-27 -2L-24 -2L-19 -18ZM24 -18L27 -2L24 -2L19 -18Z", wood);
    b.round(
        "M-36 -44C-40 -74 -34 -96 -22 -99C-8 -102 8 -102 22 -99C34 -96 40 -74 36 -44Z",
        -40.0,
        40.0,
        ink.body,
    );
    b.shade(
        "M-30 -46C-33 -72 -28 -90 -19 -92C-8 -95 8 -95 19 -92C28 -90 33 -72 30 -46Z",
        0.10,
    );
    for (x, y) in [
        (-12.0, -78.0),
        (12.0, -78.0),
        (0.0, -66.0),
        (-13.0, -56.0),
        (13.0, -56.0),
    ] {
        b.dot((x, y), 1.5, ink.shade);
    }
    b.round(
        "M-34 -44C-20 -48 20 -48 34 -44L36 -28C20 -24 -20 -24 -36 -28Z",
        -36.0,
        36.0,
        ink.body.mix(ink.glow, 0.18),
    );
    b.body("M-38 -30C-20 -26 20 -26 38 -30L36 -16L-36 -16Z", -38.0, 38.0);
    b.round(
        "M-50 -54C-48 -62 -36 -62 -34 -54L-32 -16L-44 -16Z",
        -52.0,
        -30.0,
        ink.body,
    );
    b.round(
        "M50 -54C48 -62 36 -62 34 -54L32 -16L44 -16Z",
        30.0,
        52.0,
        ink.body,
    );
    b.c.open((-6.0, -50.0), (1.0, 1.0), -10.0);
    b.round(
        "M-14 -14C-6 -16 6 -16 14 -14C16 -6 16 4 14 10C6 12 -6 12 -14 10C-16 4 -16 -6 -14 -14Z",
        -16.0,
        16.0,
        ink.accent.mix(ink.pale, 0.45),
    );
    b.line(
        "M-14 -6L14 -6M-14.500 0L14.500 0M-14 5L14 5",
        ink.accent.mix(ink.dark, 0.2),
        0.9,
    );
    b.c.close();
    b.rim(
        "M-36 -44C-40 -74 -34 -96 -22 -99C-8 -102 8 -102 22 -99C34 -96 40 -74 36 -44",
        -40.0,
        40.0,
        1.0,
    );
}

/// Draws a stack of books, one open on top.
pub fn book(b: &mut Brush<'_>) {
    let ink = b.ink;
    let books = [
        (-66.0, 128.0, -18.0, 18.0, ink.accent),
        (-58.0, 118.0, -34.0, 16.0, ink.body.mix(ink.dark, 0.35)),
        (-64.0, 122.0, -53.0, 19.0, ink.body),
    ];
    for (x, wide, y, tall, colour) in books {
        let cover = format!(
            "M{x} {y}L{:.1} {y}L{:.1} {:.1}L{x} {:.1}Z",
            x + wide,
            x + wide,
            y + tall,
            y + tall
        );
        b.round(&cover, x, x + wide, colour);
        b.fill(
            &format!(
                "M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z",
                x + 8.0,
                y + 3.0,
                x + wide + 1.0,
                y + 3.0,
                x + wide + 1.0,
                y + tall - 3.0,
                x + 8.0,
                y + tall - 3.0
            ),
            ink.pale.mix(ink.dark, 0.10),
        );
        let mut lines = Pen::new();
        for i in 1..8 {
            lines.block(
                (x + 8.0, y + 3.0 + (tall - 6.0) * f64::from(i) / 8.0),
                wide - 7.0,
                0.4,
            );
        }
        b.shade(&lines.done(), 0.25);
    }
    b.fill("M-74 -58C-50 -66 -20 -66 0 -56C20 -66 50 -66 74 -58L72 -54C50 -60 22 -60 0 -52C-22 -60 -50 -60 -72 -54Z", ink.body.mix(ink.dark, 0.2));
    b.across(
        "M0 -57C-8 -82 -50 -86 -76 -76L-72 -59C-48 -66 -18 -66 0 -57Z",
        -76.0,
        0.0,
        &[(0.0, ink.pale, 1.0), (1.0, ink.pale.mix(ink.dark, 0.22), 1.0)],
    );
    b.across(
        "M0 -57C8 -82 50 -86 76 -76L72 -59C48 -66 18 -66 0 -57Z",
        0.0,
        76.0,
        &[
            (0.0, ink.pale.mix(ink.dark, 0.06), 1.0),
            (1.0, ink.pale.mix(ink.dark, 0.25), 1.0),
        ],
    );
    b.line("M-64 -74C-44 -79 -22 -77 -10 -69M-64 -69C-44 -74 -22 -72 -8 -64M64 -74C44 -79 22 -77 10 -69M64 -69C44 -74 22 -72 8 -64", ink.dark.mix(ink.pale, 0.5), 0.7);
    b.fill(
        "M10 -76C10 -70 9 -62 8 -54L13 -58L16 -53C17 -62 17 -70 17 -78Z",
        ink.accent,
    );
}

/// Draws three candles, burning.
pub fn candle(b: &mut Brush<'_>) {
    let ink = b.ink;
    for (x, half, top) in [(-26.0, 11.0, -46.0), (25.0, 12.0, -34.0), (0.0, 13.0, -72.0)] {
        b.halo((x, top - 14.0), 60.0, ink.glow, 0.55);
        let wax = format!(
            "M{:.1} {top}L{:.1} {top}L{:.1} 0C{:.1} 2 {:.1} 2 {:.1} 0Z",
            x - half,
            x + half,
            x + half,
            x + half * 0.5,
            x - half * 0.5,
            x - half
        );
        b.body(&wax, x - half, x + half);
        b.down(&wax, (top, ink.glow), (top + 0.1, ink.glow));
        b.body(&wax, x - half, x + half);
        b.fill(
            &oval_path((x, top), half, half * 0.2),
            ink.body.mix(ink.glow, 0.7),
        );
        b.fill(
            &format!(
                "M{:.1} {top}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}L{:.1} {top}Z",
                x - half * 0.6,
                x - half * 0.6,
                top + 14.0,
                x - half * 0.2,
                top + 16.0,
                x - half * 0.2,
                top + 2.0,
                x - half * 0.1
            ),
            ink.body.mix(ink.glow, 0.5),
        );
        b.line(&format!("M{x} {top}L{x} {:.1}", top - 5.0), ink.dark, 0.9);
        b.fill(
            &format!(
                "M{x} {:.1}C{:.1} {:.1} {:.1} {:.1} {x} {:.1}C{:.1} {:.1} {:.1} {:.1} {x} {:.1}Z",
                top - 28.0,
                x + 7.0,
                top - 16.0,
                x + 6.0,
                top - 4.0,
                top - 4.0,
                x - 6.0,
                top - 4.0,
                x - 7.0,
                top - 16.0,
                top - 28.0
            ),
            ink.glow.mix(ink.accent, 0.25),
        );
        b.fill(&oval_path((x, top - 9.0), 2.2, 5.0), WHITE);
    }
}
