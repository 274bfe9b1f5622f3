//! Draws what drives, sails and flies.

use super::brush::Brush;
use crate::paint::canvas::{Pen, oval_path};

/// Draws a small yacht under sail.
pub fn boat(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.line("M2 -8L2 -100", ink.dark, 1.5);
    let main = "M0 -97C-14 -70 -26 -40 -36 -17C-24 -14 -12 -14 0 -15Z";
    b.across(
        main,
        -36.0,
        0.0,
        &[(0.0, ink.pale, 1.0), (1.0, ink.pale.mix(ink.body, 0.35), 1.0)],
    );
    let jib = "M4 -94C16 -66 30 -40 44 -15C30 -18 18 -18 5 -16C8 -40 7 -68 4 -94Z";
    b.across(
        jib,
        4.0,
        44.0,
        &[(0.0, ink.body.mix(ink.pale, 0.25), 1.0), (1.0, ink.body, 1.0)],
    );
    let mut seams = Pen::new();
    for i in 1..6 {
        let t = f64::from(i) / 6.0;
        seams.start((0.0, -97.0 + 82.0 * t));
        seams.bend((-17.0 * t, -93.0 + 81.0 * t), (-34.0 * t, -97.0 + 81.0 * t));
    }
    b.line(&seams.done(), ink.body.mix(ink.pale, 0.5), 0.5);
    let hull = "M-44 -12L50 -12C46 -5 40 0 34 2L-32 2C-38 0 -42 -6 -44 -12Z";
    b.round(hull, -46.0, 50.0, ink.body);
    b.fill("M-44 -12L50 -12L48.500 -9.500L-43.200 -9.500Z", ink.pale);
    b.shade("M-40 -3L43 -3C40 0 37 1 34 2L-32 2C-36 1 -38 -1 -40 -3Z", 0.4);
    b.fill("M-24 -12L-20 -18L8 -18L14 -12Z", ink.pale.mix(ink.dark, 0.25));
    b.fill("M2 -100L14 -97L2 -94Z", ink.accent);
}

/// Draws a car of the seventies, from the side.
pub fn car(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.shade("M-150 -2L152 -2L140 3L-140 3Z", 0.6);
    let glass = ink.dark.mix(ink.glow, 0.22);
    b.fill(
        "M-74 -60L-52 -92C-48 -96 -44 -97 -38 -97L28 -97C34 -97 40 -95 45 -90L78 -60Z",
        glass,
    );
    let body = "M-152 -26C-154 -44 -150 -56 -140 -59C-116 -64 -92 -64 -76 -66L-54 -95C-50 -99 -45 -100 -38 -100L28 -100C36 -100 42 -98 48 -92L82 -64C106 -62 132 -56 142 -48C150 -42 153 -34 152 -24C151 -18 148 -16 142 -16L-142 -16C-149 -16 -152 -20 -152 -26ZM-66 -66L-4 -66L-4 -92L-38 -92C-42 -92 -45 -91 -48 -88ZM4 -66L70 -66L42 -89C38 -92 34 -92 28 -92L4 -92Z";
    b.c.fill_holes(body, crate::paint::canvas::Paint::Flat(ink.body, 1.0));
    b.down("M-152 -26C-154 -44 -150 -56 -140 -59C-116 -64 -92 -64 -76 -62L82 -62C106 -60 132 -56 142 -48C148 -44 151 -40 152 -36L-152 -36Z", (-64.0, ink.lit), (-36.0, ink.body));
    b.shade(
        "M-152 -30L152 -30C152 -18 148 -16 142 -16L-142 -16C-149 -16 -152 -20 -152 -30Z",
        0.3,
    );
    b.fill("M-150 -38L152 -38L152 -35L-151 -35Z", ink.pale);
    b.line("M0 -92L0 -22M-70 -62C-74 -50 -72 -34 -66 -22", ink.shade, 1.2);
    b.fill("M-20 -54L-8 -54L-8 -51.500L-20 -51.500Z", ink.pale);
    b.light(
        "M-60 -68L-46 -88C-44 -91 -40 -92 -36 -92L-26 -92L-44 -66ZM14 -92L24 -92L46 -66L34 -66Z",
        0.4,
    );
    b.fill(
        "M-152 -22L152 -22L150 -16L-150 -16Z",
        ink.dark.mix(ink.pale, 0.25),
    );
    for x in [-92.0, 94.0] {
        b.fill(
            &format!("M{:.1} -14A28 28 0 0 1 {:.1} -14Z", x - 28.0, x + 28.0),
            ink.dark,
        );
        b.dot((x, -20.0), 21.0, ink.dark);
        b.dot((x, -20.0), 12.5, ink.pale.mix(ink.dark, 0.18));
        b.dot((x, -20.0), 9.0, ink.dark.mix(ink.pale, 0.45));
        b.dot((x, -20.0), 3.0, ink.pale);
    }
    b.fill(
        "M142 -47C147 -44 150 -40 151 -37L140 -38C139 -42 140 -45 142 -47Z",
        ink.glow,
    );
    b.fill(
        "M-152 -44L-145 -44L-145 -36L-152 -36Z",
        ink.accent.mix(ink.glow, 0.2),
    );
    if b.dusk {
        let glow = ink.glow;
        b.halo((150.0, -42.0), 60.0, glow, 0.6);
        let beam =
            b.c.linear((150.0, 0.0), (330.0, 0.0), &[(0.0, glow, 0.4), (1.0, glow, 0.0)]);
        b.c.fill("M150 -45L330 -66L330 0L150 -36Z", beam);
    }
    b.rim("M-140 -59C-116 -64 -92 -64 -76 -66L-54 -95C-50 -99 -45 -100 -38 -100L28 -100C36 -100 42 -98 48 -92L82 -64C106 -62 132 -56 142 -48", -140.0, 142.0, 1.4);
}

/// Draws a bicycle that leans on nothing.
pub fn bicycle(b: &mut Brush<'_>) {
    let ink = b.ink;
    let mut spokes = Pen::new();
    for x in [-52.0, 52.0] {
        let count = 14;
        for i in 0..count {
            let turn = f64::from(i) / f64::from(count);
            let (dx, dy) = (crate::paint::maths::cowave(turn), crate::paint::maths::wave(turn));
            spokes.start((x, -34.0));
            spokes.run((x + dx * 32.0, -34.0 + dy * 32.0));
        }
    }
    b.line(&spokes.done(), ink.pale.mix(ink.dark, 0.4), 0.5);
    for x in [-52.0, 52.0] {
        b.line(&oval_path((x, -34.0), 32.5, 32.5), ink.dark, 3.2);
        b.line(&oval_path((x, -34.0), 30.0, 30.0), ink.pale, 0.9);
        b.dot((x, -34.0), 3.0, ink.dark);
    }
    b.line(
        "M-52 -34L-22 -74L36 -76L-6 -32ZM-22 -74L-6 -32M-52 -34L-6 -32",
        ink.body,
        3.6,
    );
    b.line("M36 -76L52 -34M36 -76L33 -90", ink.body, 3.4);
    b.line("M-22 -74L-26 -88", ink.dark, 2.6);
    b.fill(
        "M-42 -90C-38 -94 -18 -93 -10 -89C-14 -85 -26 -86 -34 -85C-40 -85 -43 -87 -42 -90Z",
        ink.dark.mix(ink.accent, 0.3),
    );
    b.line(
        "M22 -92C30 -96 38 -92 44 -96C52 -100 56 -90 48 -86",
        ink.dark,
        2.6,
    );
    b.dot((-6.0, -32.0), 6.5, ink.dark);
    b.line("M-6 -32L6 -20M2 -19L11 -20", ink.dark, 2.4);
    b.fill("M44 -86L66 -86L63 -68L47 -68Z", ink.pale.mix(ink.accent, 0.45));
    for (x, y) in [(48.0, -90.0), (55.0, -93.0), (62.0, -90.0)] {
        b.dot((x, y), 5.0, ink.accent);
        b.dot((x, y), 1.8, ink.glow);
    }
}

/// Draws an airliner that climbs.
pub fn plane(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.c.open((0.0, -50.0), (1.0, 1.0), -9.0);
    b.fill("M-10 -4L-46 -38L-34 -38L26 -6Z", ink.shade);
    b.fill("M-92 -4L-112 -40L-96 -40L-68 -8Z", ink.body.mix(ink.accent, 0.8));
    let hull = "M-112 -8C-90 -14 40 -18 70 -16C88 -14 102 -6 106 0C100 8 84 12 64 13C20 15 -70 8 -112 -2Z";
    b.down(hull, (-18.0, ink.lit), (14.0, ink.shade));
    b.fill(
        "M-112 -3C-70 2 20 6 105 2C98 9 84 12 64 13C20 15 -70 8 -112 -2Z",
        ink.accent,
    );
    b.fill("M84 -11C92 -9 98 -6 102 -3L88 -3C85 -5 84 -8 84 -11Z", ink.dark);
    let mut windows = Pen::new();
    for i in 0..20 {
        let x = -70.0 + 144.0 * f64::from(i) / 20.0;
        windows.block((x, -9.0), 3.0, 3.6);
    }
    b.fill(&windows.done(), ink.dark.mix(ink.glow, 0.25));
    b.fill("M22 2L-52 46L-36 48L54 5Z", ink.body.mix(ink.shade, 0.4));
    b.fill("M-84 0L-112 20L-102 21L-68 2Z", ink.shade);
    b.fill("M-8 16L14 16C20 18 20 26 14 28L-8 28Z", ink.shade);
    b.c.close();
}

/// Draws a hot-air balloon with its basket.
pub fn balloon(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.line(
        "M-8 -12L-15 -34M8 -12L15 -34M-3 -12L-6 -30M3 -12L6 -30",
        ink.dark,
        0.7,
    );
    let outline = "M-16 -30C-30 -42 -38 -54 -38 -66C-38 -86 -21 -100 0 -100C21 -100 38 -86 38 -66C38 -54 30 -42 16 -30C8 -28 -8 -28 -16 -30Z";
    b.fill(outline, ink.body);
    let stripe = ink.pale.mix(ink.body, 0.08);
    b.fill("M-16 -30C-30 -42 -38 -54 -38 -66C-38 -86 -21 -100 0 -100C-18 -98 -27 -84 -27 -66C-27 -52 -20 -40 -11 -29.300Z", stripe);
    b.fill("M-5 -28.700C-12 -42 -14 -54 -14 -66C-14 -84 -9 -97 0 -100C9 -97 14 -84 14 -66C14 -54 12 -42 5 -28.700Z", stripe);
    b.fill(
        "M16 -30C30 -42 38 -54 38 -66C38 -86 21 -100 0 -100C18 -98 27 -84 27 -66C27 -52 20 -40 11 -29.300Z",
        stripe,
    );
    b.fill("M-37.500 -71C-20 -66 20 -66 37.500 -71C38.500 -65 37.500 -61 36.500 -57C20 -52 -20 -52 -36.500 -57C-37.500 -61 -38.500 -65 -37.500 -71Z", ink.accent.mix(ink.dark, 0.30));
    let (lit, dark) = (ink.glow, ink.dark);
    b.across(
        outline,
        -40.0,
        40.0,
        &[
            (0.0, lit, 0.42),
            (0.3, lit, 0.08),
            (0.55, dark, 0.10),
            (1.0, dark, 0.58),
        ],
    );
    b.line("M-21 -31C-28 -44 -32 -56 -32.500 -66C-32 -84 -20 -98 0 -100M21 -31C28 -44 32 -56 32.500 -66C32 -84 20 -98 0 -100M0 -28.500L0 -100", ink.shade, 0.35);
    b.round(
        "M-9 -13L9 -13L7.500 0L-7.500 0Z",
        -9.0,
        9.0,
        ink.dark.mix(ink.body, 0.45),
    );
    b.fill("M-10 -14.500L10 -14.500L10 -12L-10 -12Z", ink.dark);
    if b.dusk {
        b.halo((0.0, -32.0), 20.0, ink.glow, 0.8);
    }
}

/// Draws a rocket on its flame.
pub fn rocket(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.c.open((0.0, -50.0), (1.0, 1.0), 14.0);
    b.c.open((0.0, 50.0), (1.0, 1.0), 0.0);
    b.halo((0.0, -14.0), 46.0, ink.glow, 0.75);
    let flame = b.c.linear(
        (0.0, -26.0),
        (0.0, 32.0),
        &[
            (0.0, ink.glow, 1.0),
            (0.45, ink.accent, 0.9),
            (1.0, ink.accent, 0.0),
        ],
    );
    b.c.fill("M-9 -24C-18 -6 -8 14 0 36C8 14 18 -6 9 -24Z", flame);
    b.fill("M-5 -24C-9 -12 -4 -2 0 8C4 -2 9 -12 5 -24Z", ink.pale);
    b.fill(
        "M-14 -52C-28 -44 -30 -30 -28 -16C-22 -22 -16 -24 -10 -25Z",
        ink.accent,
    );
    b.fill(
        "M14 -52C28 -44 30 -30 28 -16C22 -22 16 -24 10 -25Z",
        ink.accent.mix(ink.dark, 0.4),
    );
    let hull = "M0 -104C14 -92 19 -74 18 -56C17 -42 14 -32 10 -24L-10 -24C-14 -32 -17 -42 -18 -56C-19 -74 -14 -92 0 -104Z";
    b.body(hull, -19.0, 19.0);
    b.fill(
        "M0 -104C8 -97 13 -89 16 -80C6 -77 -6 -77 -16 -80C-13 -89 -8 -97 0 -104Z",
        ink.accent,
    );
    b.shade(
        "M0 -104C8 -97 13 -89 16 -80C12 -79 8 -78 5 -78C6 -88 4 -97 0 -104Z",
        0.3,
    );
    b.dot((0.0, -62.0), 9.0, ink.shade);
    b.dot((0.0, -62.0), 6.8, ink.dark.mix(ink.glow, 0.3));
    b.light(
        "M-5 -64C-4 -68 0 -69 3 -68C0 -66 -3 -62 -4 -59C-5 -61 -5 -62 -5 -64Z",
        0.7,
    );
    b.fill("M-13 -31L13 -31L10.500 -25L-10.500 -25Z", ink.dark);
    b.fill(
        "M-2.500 -48L2.500 -48L2.500 -20L-2.500 -20Z",
        ink.accent.mix(ink.dark, 0.2),
    );
    b.line(
        "M-17.500 -48C-6 -45 6 -45 17.500 -48M-18 -76C-6 -73 6 -73 18 -76",
        ink.shade,
        0.4,
    );
    b.c.close();
    b.c.close();
}
