//! Draws cakes, sweets and fruit.

use super::brush::Brush;
use super::food::{dish, food};
use crate::paint::canvas::{Pen, oval_path};
use crate::paint::colour::WHITE;
use crate::paint::maths::{cowave, wave};

/// Draws a cake with candles.
pub fn cake(b: &mut Brush<'_>) {
    let ink = b.ink;
    let china = ink.pale.mix(WHITE, 0.3);
    b.round("M-12 -8L12 -8L26 2L-26 2Z", -26.0, 26.0, china.mix(ink.dark, 0.1));
    b.fill(&oval_path((0.0, -8.0), 66.0, 7.0), china);
    b.body("M-52 -58L52 -58L52 -12C40 -5 -40 -5 -52 -12Z", -54.0, 54.0);
    b.fill(
        "M-52 -36C-30 -30 30 -30 52 -36L52 -29C30 -23 -30 -23 -52 -29Z",
        ink.pale,
    );
    let cream = ink.pale.mix(WHITE, 0.45);
    b.fill("M-54 -60C-54 -44 -46 -44 -44 -52C-42 -36 -32 -36 -30 -50C-28 -40 -20 -40 -18 -49C-16 -32 -4 -32 -2 -48C0 -40 10 -40 12 -49C14 -34 26 -34 28 -50C30 -40 40 -40 42 -52C44 -44 54 -44 54 -60Z", cream);
    b.fill(&oval_path((0.0, -60.0), 54.0, 9.0), cream);
    b.fill(&oval_path((0.0, -61.0), 48.0, 7.0), cream.mix(ink.body, 0.25));
    let berry = food(b, "c22f4a");
    for i in 0..9 {
        let turn = f64::from(i) / 9.0;
        let at = (cowave(turn) * 43.0, -63.0 + wave(turn) * 6.0);
        b.dot(at, 4.6, berry);
        b.dot((at.0 - 1.4, at.1 - 1.6), 1.4, berry.mix(WHITE, 0.55));
    }
    for (x, colour) in [
        (-26.0, ink.accent),
        (-9.0, ink.body),
        (9.0, ink.accent),
        (26.0, ink.body),
    ] {
        let top = -88.0 - (20.0 - f64::abs(x)) * 0.15;
        b.halo((x, top - 7.0), 26.0, ink.glow, 0.6);
        b.fill(
            &format!("M{:.1} {top}h5V-62h-5Z", x - 2.5),
            colour.mix(WHITE, 0.25),
        );
        b.line(
            &format!(
                "M{:.1} {:.1}l5 -4M{:.1} {:.1}l5 -4",
                x - 2.5,
                top + 10.0,
                x - 2.5,
                top + 18.0
            ),
            colour,
            1.2,
        );
        b.fill(
            &format!("M{x} {:.1}c4 6 4 10 0 12c-4 -2 -4 -6 0 -12Z", top - 13.0),
            food(b, "ffb238"),
        );
        b.fill(&oval_path((x, top - 4.0), 1.2, 2.4), WHITE);
    }
    b.rim("M-52 -14L-52 -58M52 -14L52 -58", -54.0, 54.0, 1.0);
}

/// Draws a stack of pancakes with syrup and berries.
pub fn pancakes(b: &mut Brush<'_>) {
    dish(b, 92.0);
    let ink = b.ink;
    for i in 0..5 {
        let y = -16.0 - 11.0 * f64::from(i);
        let x = [0.0, 3.0, -2.0, 2.0, 0.0][i as usize];
        b.c.open((x, y), (1.0, 1.0), 0.0);
        b.round(
            "M-58 -4C-62 4 -50 9 0 9C50 9 62 4 58 -4Z",
            -60.0,
            60.0,
            ink.body.mix(ink.pale, 0.42),
        );
        b.round(&oval_path((0.0, -4.0), 58.0, 9.5), -58.0, 58.0, ink.body);
        b.c.close();
    }
    let syrup = food(b, "8a4416");
    b.fill("M-46 -64C-46 -72 46 -72 46 -64C48 -58 52 -46 48 -36C45 -30 41 -34 40 -44C38 -52 32 -54 28 -50C26 -40 26 -24 22 -18C18 -14 14 -20 14 -32C12 -46 4 -50 -2 -48C-6 -42 -6 -32 -10 -30C-14 -30 -14 -40 -18 -48C-26 -54 -32 -50 -34 -42C-36 -34 -42 -32 -44 -38C-46 -46 -48 -58 -46 -64Z", syrup);
    b.light("M-34 -65C-20 -70 4 -70 16 -68C2 -66 -16 -66 -30 -62Z", 0.4);
    b.fill("M-4 -76L16 -80L24 -72L4 -66Z", food(b, "fbe08a"));
    b.fill(
        "M-4 -76L4 -66L4 -60L-4 -69ZM4 -66L24 -72L24 -66L4 -60Z",
        food(b, "e8c25c"),
    );
    let (blue, red) = (food(b, "3d4a86"), food(b, "c8304a"));
    for (x, y, r, colour) in [
        (-24.0, -72.0, 6.6, blue),
        (-14.0, -78.0, 6.2, red),
        (-30.0, -80.0, 5.8, red),
        (-20.0, -86.0, 6.0, blue),
        (64.0, -18.0, 6.4, blue),
        (74.0, -15.0, 5.6, red),
        (-70.0, -16.0, 6.0, red),
    ] {
        b.dot((x, y), r, colour);
        b.dot((x - r * 0.3, y - r * 0.35), r * 0.28, colour.mix(WHITE, 0.6));
    }
    b.fill(
        "M-12 -84C-6 -96 4 -98 10 -94C8 -86 -2 -80 -12 -84Z",
        food(b, "5c9a48"),
    );
}

/// Draws an ice-cream cone of three balls.
pub fn cone(b: &mut Brush<'_>) {
    let ink = b.ink;
    let wafer = food(b, "d9a05c");
    let path = "M-20 -52L20 -52L0 2Z";
    b.round(path, -20.0, 20.0, wafer);
    b.c.open_clipped(path);
    let mut net = Pen::new();
    for i in -8..9 {
        let x = f64::from(i) * 7.0;
        net.start((x - 16.0, -56.0));
        net.run((x + 16.0, 4.0));
        net.start((x + 16.0, -56.0));
        net.run((x - 16.0, 4.0));
    }
    b.line(&net.done(), wafer.mix(ink.dark, 0.35), 0.9);
    b.c.close();
    for (x, y, r, colour) in [
        (-12.0, -64.0, 15.0, food(b, "8a5a3c")),
        (12.0, -64.0, 15.0, food(b, "f6ead0")),
        (0.0, -82.0, 16.5, ink.body),
    ] {
        b.round(&oval_path((x, y), r, r), x - r, x + r, colour);
        b.fill(
            &oval_path((x - r * 0.3, y - r * 0.4), r * 0.3, r * 0.18),
            colour.mix(WHITE, 0.6),
        );
    }
    b.fill(
        "M-23 -54C-18 -48 -12 -56 -6 -50C0 -45 6 -56 12 -50C17 -46 22 -52 23 -55L20 -60L-20 -60Z",
        food(b, "f6ead0"),
    );
    b.dot((2.0, -101.0), 5.0, food(b, "c8283c"));
    b.line("M2 -105C4 -110 8 -112 12 -112", food(b, "5c9a48"), 1.0);
}

/// Draws an apple with a leaf.
pub fn apple(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.body("M0 -78C18 -92 52 -86 52 -50C52 -22 32 2 16 0C8 -2 -8 -2 -16 0C-32 2 -52 -22 -52 -50C-52 -86 -18 -92 0 -78Z", -54.0, 54.0);
    b.light("M-36 -70C-44 -60 -44 -42 -38 -30C-46 -42 -48 -64 -36 -70Z", 0.7);
    b.fill("M-14 -80C-6 -72 6 -72 14 -80C6 -77 -6 -77 -14 -80Z", ink.shade);
    b.line("M0 -77C0 -88 4 -96 8 -100", food(b, "5a3a24"), 3.0);
    b.fill(
        "M4 -90C14 -106 32 -108 42 -102C36 -88 20 -82 4 -90Z",
        food(b, "6a9e48"),
    );
    b.line("M6 -90C16 -96 28 -100 40 -102", food(b, "4a7a34"), 1.0);
}
