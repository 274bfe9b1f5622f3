//! Draws people, machines like people, and worlds.

use super::brush::Brush;
use crate::paint::canvas::{Paint, Pen, oval_path};
use crate::paint::colour::WHITE;

/// Draws a wanderer in a long coat, seen from behind.
pub fn person(b: &mut Brush<'_>) {
    let ink = b.ink;
    let cloth = ink.dark.mix(ink.body, 0.2);
    b.fill(
        "M-9 -26L-8 0L-14 0C-15 -2 -13 -4 -12 -4L-14 -26ZM2 -26L5 0L12 0C12 -2 10 -4 9 -4L10 -26Z",
        ink.dark,
    );
    b.fill("M22 -62L26 0L27.500 0L23.500 -63Z", ink.dark.mix(ink.pale, 0.25));
    let coat = "M-4 -82C-14 -80 -19 -76 -20 -68L-24 -44L-19 -42L-15 -56L-19 -22C-8 -17 8 -17 17 -22L13 -56L18 -50L25 -58L22 -62L18 -60L16 -70C15 -77 10 -81 4 -82Z";
    b.round(coat, -24.0, 24.0, ink.body);
    b.shade(
        "M-1 -80C0 -60 -2 -40 -3 -18.500L3 -18.500C3 -40 2 -60 2 -80Z",
        0.2,
    );
    b.round(
        "M-11 -76C-12 -66 -12 -56 -10 -50L9 -50C11 -56 11 -66 10 -76C4 -79 -5 -79 -11 -76Z",
        -12.0,
        12.0,
        cloth.mix(ink.accent, 0.35),
    );
    b.fill("M-9 -64L8 -64L8 -61.500L-9 -61.500ZM-11 -80C-4 -82 4 -82 10 -80L10 -75.500C4 -77.500 -5 -77.500 -11 -75.500Z", ink.dark.mix(ink.pale, 0.3));
    b.fill(
        "M-6 -82C-7 -86 -7 -92 -5 -95C-2 -99 4 -99 6 -95C8 -91 7 -86 5 -82Z",
        ink.dark.mix(ink.body, 0.15),
    );
    b.fill(
        "M-11 -91C-6 -93 7 -93 12 -90C12 -88.500 7 -88 0 -88.500C-7 -89 -12 -89.500 -11 -91Z",
        ink.dark,
    );
    b.fill(
        "M-6 -91C-6 -98 -3 -101 0.500 -101C4 -101 7 -98 7 -91Z",
        ink.dark.mix(ink.body, 0.25),
    );
    b.fill("M-7 -83C-2 -81 3 -81 7 -83L8 -79C3 -77 -3 -77 -8 -79ZM6 -81C12 -78 16 -72 22 -72C18 -68 10 -70 5 -78Z", ink.accent);
    b.rim(
        "M-4 -82C-14 -80 -19 -76 -20 -68L-24 -44M-15 -56L-19 -22",
        -24.0,
        14.0,
        1.1,
    );
    b.rim(
        "M4 -82C10 -81 15 -77 16 -70L18 -60M13 -56L17 -22",
        -14.0,
        24.0,
        1.1,
    );
}

/// Draws an astronaut who waves.
pub fn astronaut(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.round(
        "M-22 -68C-26 -60 -26 -38 -22 -32L22 -32C26 -38 26 -60 22 -68Z",
        -26.0,
        26.0,
        ink.body.mix(ink.dark, 0.3),
    );
    b.line("M-16 -60C-26 -54 -28 -46 -24 -36", ink.shade, 9.5);
    b.line("M-16 -60C-25 -54 -27 -46 -24 -37", ink.body, 8.0);
    b.line("M16 -60C28 -60 32 -68 33 -80", ink.shade, 9.5);
    b.line(
        "M16 -60.500C27 -60.500 31 -68 32.500 -80",
        ink.body.mix(ink.glow, 0.25),
        8.0,
    );
    b.dot((-24.0, -35.0), 4.8, ink.accent);
    b.dot((33.0, -82.0), 4.8, ink.accent);
    b.body(
        "M-17 -30L-18 -4C-19 0 -22 -2 -22 0L-3 0L-2 -22L2 -22L3 0L22 0C22 -2 19 0 18 -4L17 -30Z",
        -20.0,
        20.0,
    );
    b.fill(
        "M-22 0L-3 0L-2.800 -5L-19 -6C-19 -3 -22 -2 -22 0ZM22 0L3 0L2.800 -5L19 -6C19 -3 22 -2 22 0Z",
        ink.dark.mix(ink.body, 0.45),
    );
    b.body(
        "M-18 -66C-20 -50 -20 -38 -17 -26C-8 -23 8 -23 17 -26C20 -38 20 -50 18 -66C8 -70 -8 -70 -18 -66Z",
        -20.0,
        20.0,
    );
    b.fill("M-9 -54L9 -54L9 -40L-9 -40Z", ink.shade);
    for (x, y, accent) in [(-5.0, -50.0, true), (0.0, -50.0, false), (5.0, -50.0, true)] {
        b.dot((x, y), 1.5, if accent { ink.accent } else { ink.glow });
    }
    b.fill("M-7 -46L7 -46L7 -43L-7 -43Z", ink.dark);
    b.fill("M-18 -34C-8 -31 8 -31 18 -34L18 -30.500C8 -27.500 -8 -27.500 -18 -30.500ZM-17 -16L-3 -16L-3 -13L-17.300 -13ZM17 -16L3 -16L3 -13L17.300 -13Z", ink.accent);
    b.body(&oval_path((0.0, -81.0), 20.0, 19.0), -20.0, 20.0);
    let visor =
        "M-13 -82C-13 -92 -6 -95 2 -95C11 -95 16 -90 16 -82C16 -74 11 -69 2 -69C-7 -69 -13 -73 -13 -82Z";
    let paint = b.c.linear(
        (-10.0, -95.0),
        (14.0, -69.0),
        &[
            (0.0, ink.glow, 1.0),
            (0.35, ink.accent, 1.0),
            (1.0, ink.dark, 1.0),
        ],
    );
    b.c.fill(visor, paint);
    b.fill(
        "M-8 -86C-6 -91 -2 -92 2 -92C-2 -90 -4 -86 -5 -82C-7 -83 -8 -84 -8 -86Z",
        Paint::Flat(WHITE, 0.8),
    );
    b.line(
        "M-14 -26L-15 -8M14 -26L15 -8M-18 -60C-12 -58 12 -58 18 -60",
        ink.shade,
        0.5,
    );
    b.rim(
        "M-20 -81C-20 -92 -11 -100 0 -100C11 -100 20 -92 20 -81",
        -20.0,
        20.0,
        1.0,
    );
}

/// Draws a friendly robot.
pub fn robot(b: &mut Brush<'_>) {
    let ink = b.ink;
    let joint = ink.dark.mix(ink.body, 0.3);
    b.line("M0 -90L0 -98", joint, 1.6);
    b.halo((0.0, -100.0), 12.0, ink.glow, 0.9);
    b.dot((0.0, -100.0), 2.8, ink.accent);
    b.line(
        "M-24 -52C-34 -48 -36 -38 -34 -28M24 -52C34 -48 36 -38 34 -28",
        joint,
        4.6,
    );
    b.line(
        "M-38 -20C-40 -28 -28 -28 -30 -20M38 -20C40 -28 28 -28 30 -20",
        ink.body,
        3.6,
    );
    b.line("M-10 -22L-11 -6M10 -22L11 -6", joint, 6.0);
    b.round(
        "M-21 0C-21 -7 -16 -9 -11 -9C-6 -9 -3 -6 -3 0ZM21 0C21 -7 16 -9 11 -9C6 -9 3 -6 3 0Z",
        -22.0,
        22.0,
        ink.body,
    );
    b.body("M-24 -54C-24 -58 -21 -60 -17 -60L17 -60C21 -60 24 -58 24 -54L20 -24C19 -20 17 -19 14 -19L-14 -19C-17 -19 -19 -20 -20 -24Z", -25.0, 25.0);
    b.fill("M-13 -52L13 -52L11 -34L-11 -34Z", ink.dark.mix(ink.body, 0.22));
    b.fill(
        "M-9 -48L-9 -42L-4 -42L-4 -48ZM-1 -48L9 -48L9 -46L-1 -46ZM-1 -44L5 -44L5 -42L-1 -42Z",
        ink.glow.mix(ink.accent, 0.5),
    );
    b.dot((-6.0, -27.0), 2.0, ink.accent);
    b.dot((0.0, -27.0), 2.0, ink.glow);
    b.fill("M-6 -64L6 -64L6 -59L-6 -59Z", joint);
    b.body("M-24 -70C-24 -86 -16 -92 0 -92C16 -92 24 -86 24 -70C24 -65 21 -63 17 -63L-17 -63C-21 -63 -24 -65 -24 -70Z", -25.0, 25.0);
    b.fill("M-18 -74C-18 -82 -12 -85 0 -85C12 -85 18 -82 18 -74C18 -70 16 -68 13 -68L-13 -68C-16 -68 -18 -70 -18 -74Z", ink.dark);
    for x in [-7.0, 9.0] {
        b.halo((x, -76.5), 9.0, ink.glow, 0.8);
        b.fill(&oval_path((x, -76.5), 3.4, 4.2), ink.glow);
    }
    b.fill(
        "M-27 -80L-24 -80L-24 -70L-27 -70ZM24 -80L27 -80L27 -70L24 -70Z",
        ink.accent,
    );
    let mut bolts = Pen::new();
    for (x, y) in [(-20.0, -55.5), (20.0, -55.5), (-16.5, -23.0), (16.5, -23.0)] {
        bolts.ring((x, y), 0.9, 0.9);
    }
    b.fill(&bolts.done(), ink.pale);
    b.line("M-20 -31L20 -31", ink.shade, 0.5);
    b.rim(
        "M-24 -70C-24 -86 -16 -92 0 -92C16 -92 24 -86 24 -70",
        -25.0,
        25.0,
        1.0,
    );
}

/// Draws a planet with rings.
pub fn planet(b: &mut Brush<'_>) {
    let ink = b.ink;
    let at = (0.0, -50.0);
    b.halo(at, 74.0, ink.glow, 0.4);
    b.c.open(at, (1.0, 1.0), -18.0);
    for (rx, width, t) in [(60.0, 3.0, 0.2), (67.0, 5.0, 0.5), (76.0, 2.0, 0.3)] {
        let path = format!("M-{rx} 0A{rx} {:.1} 0 0 1 {rx} 0", rx * 0.26);
        b.line(&path, ink.pale.mix(ink.body, t).mix(ink.dark, 0.3), width);
    }
    b.round(&oval_path((0.0, 0.0), 42.0, 42.0), -42.0, 42.0, ink.body);
    let mut bands = Pen::new();
    for i in 0..8 {
        let y = -30.0 + 60.0 * (f64::from(i) + 0.5) / 8.0;
        let half = (1764.0 - y * y).max(0.0).sqrt() * 0.985;
        bands.start((-half, y));
        bands.bend((0.0, y + 6.0), (half, y));
        bands.bend((0.0, y + 10.0), (-half, y));
        bands.shut();
    }
    b.light(&bands.done(), 0.22);
    let (clear, dark) = (ink.dark, ink.dark);
    b.across(
        &oval_path((0.0, 0.0), 42.0, 42.0),
        -42.0,
        42.0,
        &[(0.0, clear, 0.0), (0.5, clear, 0.05), (1.0, dark, 0.8)],
    );
    for (rx, width, t) in [(60.0, 3.0, 0.2), (67.0, 5.0, 0.5), (76.0, 2.0, 0.3)] {
        let path = format!("M-{rx} 0A{rx} {:.1} 0 0 0 {rx} 0", rx * 0.26);
        b.line(&path, ink.pale.mix(ink.body, t), width);
    }
    b.c.close();
}
