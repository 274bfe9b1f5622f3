//! Draws devices and fashion, as for an advertisement.

use super::brush::Brush;
use crate::paint::canvas::{Paint, Pen, oval_path};
use crate::paint::colour::WHITE;
use crate::paint::maths::{cowave, wave};

/// Draws a phone, its screen a little picture.
pub fn phone(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.c.open((0.0, 0.0), (1.0, 1.0), 4.0);
    b.body("M-25 -6C-25 -2 -22 0 -18 0L18 0C22 0 25 -2 25 -6L25 -94C25 -98 22 -100 18 -100L-18 -100C-22 -100 -25 -98 -25 -94Z", -26.0, 26.0);
    let screen = "M-22 -7C-22 -4 -20 -3 -17 -3L17 -3C20 -3 22 -4 22 -7L22 -93C22 -96 20 -97 17 -97L-17 -97C-20 -97 -22 -96 -22 -93Z";
    let paint = b.c.linear(
        (0.0, -97.0),
        (0.0, -3.0),
        &[
            (0.0, ink.accent.mix(ink.glow, 0.45), 1.0),
            (0.6, ink.accent, 1.0),
            (1.0, ink.accent.mix(ink.dark, 0.5), 1.0),
        ],
    );
    b.c.fill(screen, paint);
    b.dot((4.0, -62.0), 12.0, ink.glow.mix(WHITE, 0.4));
    b.fill("M-22 -42C-10 -56 0 -44 8 -50C14 -54 18 -50 22 -48L22 -7C22 -4 20 -3 17 -3L-17 -3C-20 -3 -22 -4 -22 -7Z", ink.accent.mix(ink.dark, 0.35));
    b.fill(
        "M-22 -28C-12 -36 4 -24 22 -34L22 -7C22 -4 20 -3 17 -3L-17 -3C-20 -3 -22 -4 -22 -7Z",
        ink.dark,
    );
    b.fill(
        "M-6 -94L6 -94C8 -94 8 -91 6 -91L-6 -91C-8 -91 -8 -94 -6 -94Z",
        ink.dark,
    );
    b.fill("M-7 -6.500L7 -6.500L7 -5.500L-7 -5.500Z", ink.pale);
    b.fill(
        "M6 -97L17 -97C20 -97 22 -96 22 -93L22 -60L-22 -10L-22 -18Z",
        Paint::Flat(WHITE, 0.12),
    );
    b.rim(
        "M-25 -6L-25 -94C-25 -98 -22 -100 -18 -100L18 -100C22 -100 25 -98 25 -94L25 -6",
        -26.0,
        26.0,
        0.8,
    );
    b.c.close();
}

/// Draws headphones, standing.
pub fn headphones(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.line(
        "M-33 -34C-44 -76 -22 -96 0 -96C22 -96 44 -76 33 -34",
        ink.shade,
        8.0,
    );
    b.line(
        "M-32 -38C-42 -74 -21 -95 0 -95C21 -95 42 -74 32 -38",
        ink.body,
        5.5,
    );
    b.line("M-22 -84C-10 -95 10 -95 22 -84", ink.body.mix(ink.glow, 0.5), 1.4);
    for (x, way) in [(-32.0, -1.0), (32.0, 1.0)] {
        b.c.open((x, -24.0), (way, 1.0), -7.0 * way);
        b.round(
            "M-13 -20C-17 -8 -17 10 -13 22C-8 26 -2 24 -1 18L-1 -16C-2 -22 -8 -24 -13 -20Z",
            -17.0,
            0.0,
            ink.dark.mix(ink.body, 0.35),
        );
        b.round(
            "M-2 -22C8 -24 15 -14 15 0C15 16 8 26 -2 24C-5 10 -5 -8 -2 -22Z",
            -4.0,
            15.0,
            ink.body,
        );
        b.fill(&oval_path((6.0, 1.0), 5.0, 12.0), ink.accent);
        b.fill(&oval_path((6.6, 1.0), 3.0, 8.0), ink.accent.mix(ink.glow, 0.45));
        b.line("M4 -18L9 -18M4 20L9 20", ink.glow, 0.6);
        b.c.close();
    }
}

/// Draws a camera with a large lens.
pub fn camera(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.fill("M-34 -84L-28 -98L20 -98L26 -84Z", ink.body.mix(ink.dark, 0.2));
    b.fill(
        "M-64 -84L-64 -92L-46 -92L-46 -84ZM42 -84L42 -91L58 -91L58 -84Z",
        ink.dark.mix(ink.pale, 0.3),
    );
    b.body("M-76 -76C-76 -82 -72 -85 -66 -85L66 -85C72 -85 76 -82 76 -76L76 -8C76 -2 72 0 66 0L-66 0C-72 0 -76 -2 -76 -8Z", -78.0, 78.0);
    b.fill("M-76 -62L76 -62L76 -18L-76 -18Z", ink.accent.mix(ink.dark, 0.30));
    let mut grain = Pen::new();
    for i in 0..160 {
        grain.ring(
            (f64::from(i * 61 % 150) - 75.0, -61.0 + f64::from(i * 37 % 42)),
            0.5,
            0.5,
        );
    }
    b.shade(&grain.done(), 0.35);
    b.fill("M-66 -79L-46 -79L-46 -69L-66 -69Z", ink.dark.mix(ink.glow, 0.25));
    for (radius, colour) in [
        (37.0, ink.dark),
        (34.0, ink.pale.mix(ink.dark, 0.35)),
        (31.0, ink.dark),
        (24.0, ink.dark.mix(ink.accent, 0.25)),
        (17.0, ink.dark),
    ] {
        b.dot((0.0, -41.0), radius, colour);
    }
    let glass = b.c.radial(
        (-6.0, -48.0),
        20.0,
        &[
            (0.0, ink.glow, 0.85),
            (0.35, ink.accent, 0.5),
            (1.0, ink.dark, 0.2),
        ],
    );
    b.c.disc((0.0, -41.0), 16.0, glass);
    b.fill(&oval_path((-6.0, -48.0), 4.0, 3.0), Paint::Flat(WHITE, 0.8));
    b.dot((6.0, -33.0), 1.8, ink.glow);
    b.dot((60.0, -74.0), 3.0, ink.accent);
    let mut ticks = Pen::new();
    for i in 0..24 {
        let turn = f64::from(i) / 24.0;
        ticks.start((cowave(turn) * 27.0, -41.0 + wave(turn) * 27.0));
        ticks.run((cowave(turn) * 29.5, -41.0 + wave(turn) * 29.5));
    }
    b.line(&ticks.done(), ink.pale, 0.6);
    b.rim(
        "M-76 -8L-76 -76C-76 -82 -72 -85 -66 -85L66 -85C72 -85 76 -82 76 -76L76 -8",
        -78.0,
        78.0,
        1.0,
    );
}

/// Draws a wristwatch, upright on its strap.
pub fn watch(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.body(
        "M-15 -66L-12 -98C-12 -100 12 -100 12 -98L15 -66ZM-15 -34L-13 -2C-12 0 12 0 13 -2L15 -34Z",
        -16.0,
        16.0,
    );
    b.line(
        "M-11.500 -70L-9.500 -96M11.500 -70L9.500 -96M-11.500 -30L-10.500 -4M11.500 -30L10.500 -4",
        ink.pale,
        0.4,
    );
    let metal = ink.glow.mix(ink.dark, 0.16);
    b.fill("M24 -53L29 -53L29 -47L24 -47Z", metal.mix(ink.dark, 0.2));
    b.across(
        &oval_path((0.0, -50.0), 26.0, 26.0),
        -26.0,
        26.0,
        &[
            (0.0, WHITE, 1.0),
            (0.4, metal, 1.0),
            (1.0, metal.mix(ink.dark, 0.55), 1.0),
        ],
    );
    b.dot((0.0, -50.0), 22.0, ink.dark);
    b.dot((0.0, -50.0), 21.0, ink.pale);
    let mut ticks = Pen::new();
    let count = 60;
    for i in 0..count {
        let turn = f64::from(i) / f64::from(count);
        let inner = if i * 12 % count == 0 { 16.0 } else { 18.2 };
        ticks.start((cowave(turn) * inner, -50.0 + wave(turn) * inner));
        ticks.run((cowave(turn) * 19.3, -50.0 + wave(turn) * 19.3));
    }
    b.line(&ticks.done(), ink.dark, 0.5);
    b.line("M0 -50L-8.500 -57", ink.dark, 1.9);
    b.line("M0 -50L8 -64", ink.dark, 1.3);
    b.line("M0 -46L0 -33", ink.accent, 0.6);
    b.dot((0.0, -50.0), 1.7, ink.accent);
    b.fill(
        "M-16 -62C-8 -72 8 -72 16 -62C8 -66 -4 -60 -18 -46C-20 -52 -19 -57 -16 -62Z",
        Paint::Flat(WHITE, 0.35),
    );
}

/// Draws a sneaker.
pub fn shoe(b: &mut Brush<'_>) {
    let ink = b.ink;
    let upper = "M-92 -20C-96 -48 -94 -72 -88 -92C-80 -98 -58 -98 -46 -92C-40 -74 -28 -66 -8 -58C12 -50 42 -46 66 -42C84 -38 92 -30 92 -18Z";
    b.body(upper, -96.0, 92.0);
    b.fill(
        "M50 -45C60 -44 66 -42 72 -40C86 -36 92 -30 92 -18L58 -18C44 -22 42 -36 50 -45Z",
        ink.pale.mix(ink.body, 0.25),
    );
    b.fill(
        "M-92 -20C-96 -48 -94 -72 -88 -92C-84 -95 -78 -96 -72 -96C-76 -72 -68 -44 -56 -18Z",
        ink.shade,
    );
    b.fill(
        "M-64 -18C-40 -26 -10 -40 14 -53L28 -49C4 -34 -24 -22 -44 -18Z",
        ink.accent.mix(ink.pale, 0.1),
    );
    b.fill("M-50 -93C-42 -72 -26 -62 -4 -55C12 -49 30 -47 44 -45L38 -38C10 -40 -20 -50 -40 -64C-52 -74 -56 -84 -58 -95Z", ink.pale.mix(ink.body, 0.45));
    let mut laces = Pen::new();
    for i in 0..6 {
        let t = f64::from(i) / 6.0;
        let (x, y) = (-42.0 + 74.0 * t, -76.0 + 36.0 * t - 9.0 * wave(t * 0.5));
        laces.start((x - 5.0, y + 8.0));
        laces.run((x + 9.0, y - 3.0));
    }
    b.line(&laces.done(), ink.pale, 2.6);
    b.fill(
        "M-90 -90C-80 -94 -56 -94 -46 -90C-56 -84 -78 -84 -90 -90Z",
        ink.dark,
    );
    let sole = "M-96 -20C-60 -16 40 -22 94 -20C98 -12 96 -2 90 0L-88 0C-96 -2 -98 -12 -96 -20Z";
    b.round(sole, -98.0, 98.0, ink.pale);
    b.fill(
        "M-97 -7L96 -7C95 -3 93 -1 90 0L-88 0C-94 -1 -96 -4 -97 -7Z",
        ink.accent,
    );
    let mut tread = Pen::new();
    for i in 0..24 {
        tread.block((-92.0 + 184.0 * f64::from(i) / 24.0, -5.0), 1.2, 5.0);
    }
    b.shade(&tread.done(), 0.3);
    b.line(
        "M-84 -76C-76 -74 -68 -74 -60 -76M46 -30C56 -26 70 -26 84 -28",
        ink.shade,
        0.6,
    );
    b.rim("M-92 -20C-96 -48 -94 -72 -88 -92M-46 -92C-40 -74 -28 -66 -8 -58C12 -50 42 -46 66 -42C84 -38 92 -30 92 -18", -96.0, 92.0, 1.1);
}

/// Draws a loudspeaker of cloth with a ring of light.
pub fn speaker(b: &mut Brush<'_>) {
    let ink = b.ink;
    let body = "M-31 -88C-31 -98 31 -98 31 -88L31 -6C31 4 -31 4 -31 -6Z";
    b.body(body, -31.0, 31.0);
    let mut weave = Pen::new();
    for row in 0..26 {
        for column in 0..19 {
            let x = -28.5 + f64::from(column) * 3.1 + if row % 2 == 0 { 0.0 } else { 1.5 };
            weave.ring(
                (x, -82.0 + f64::from(row) * 3.0 + (1.0 - x * x / 900.0) * 3.0),
                0.62,
                0.62,
            );
        }
    }
    b.c.open_clipped(body);
    b.shade(&weave.done(), 0.42);
    b.c.close();
    b.light("M-25 -86C-27 -60 -27 -30 -25 -8C-28 -30 -28 -60 -28 -86Z", 0.35);
    b.fill(
        "M-31 -14C-20 -9 20 -9 31 -14L31 -11C20 -6 -20 -6 -31 -11Z",
        ink.accent,
    );
    b.fill(&oval_path((0.0, -89.0), 31.0, 7.6), ink.body.mix(ink.pale, 0.30));
    b.halo((0.0, -89.5), 34.0, ink.glow, 0.35);
    b.line(
        &oval_path((0.0, -89.5), 22.0, 4.8),
        ink.accent.mix(ink.glow, 0.5),
        1.8,
    );
    for x in [-7.0, 7.0] {
        b.fill(&oval_path((x, -89.5), 1.8, 0.8), ink.pale);
    }
    b.rim("M-31 -8L-31 -88C-31 -98 31 -98 31 -88L31 -8", -32.0, 32.0, 0.9);
}

/// Draws an open laptop, its screen a little picture.
pub fn laptop(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.body(
        "M-70 -10L-62 -96C-62 -99 -60 -100 -58 -100L58 -100C60 -100 62 -99 62 -96L70 -10Z",
        -70.0,
        70.0,
    );
    let screen = "M-64 -14L-57 -95L57 -95L64 -14Z";
    b.down(
        screen,
        (-95.0, ink.accent.mix(ink.glow, 0.5)),
        (-14.0, ink.accent),
    );
    b.c.open_clipped(screen);
    b.dot((22.0, -66.0), 12.0, ink.glow.mix(WHITE, 0.4));
    b.fill(
        "M-70 -40C-40 -62 -10 -44 14 -50C36 -56 56 -46 72 -52L72 0L-70 0Z",
        ink.accent.mix(ink.dark, 0.3),
    );
    b.fill(
        "M-70 -26C-36 -38 4 -22 72 -34L72 0L-70 0Z",
        ink.accent.mix(ink.dark, 0.6),
    );
    b.c.close();
    b.fill("M10 -95L57 -95L64 -14Z", Paint::Flat(WHITE, 0.08));
    b.down(
        "M-84 -2L-72 -11L72 -11L84 -2Z",
        (-11.0, ink.body.mix(ink.pale, 0.45)),
        (-2.0, ink.body.mix(ink.pale, 0.2)),
    );
    b.fill(
        "M-84 -2L84 -2C84 1 82 2 78 2L-78 2C-82 2 -84 1 -84 -2Z",
        ink.body.mix(ink.dark, 0.25),
    );
    b.fill("M-16 -5L16 -5L18 -2.500L-18 -2.500Z", ink.shade);
    let mut keys = Pen::new();
    for row in 0..2 {
        for column in 0..14 {
            keys.block(
                (-58.0 + f64::from(column) * 8.3, -10.0 + f64::from(row) * 2.4),
                6.6,
                1.5,
            );
        }
    }
    b.fill(&keys.done(), ink.dark);
}
