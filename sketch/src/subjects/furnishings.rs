//! Draws what fills a room.

use super::brush::Brush;
use crate::paint::canvas::{Pen, oval_path};
use crate::paint::colour::{WHITE, hex};

/// Draws a fireplace that burns, with a mantel.
pub fn fireplace(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.round("M-56 -88L56 -88L56 0L-56 0Z", -58.0, 58.0, ink.body);
    let mut joints = Pen::new();
    for row in 0..11 {
        let y = -88.0 + 8.0 * f64::from(row);
        joints.block((-56.0, y), 112.0, 0.7);
        for column in 0..8 {
            let x = -56.0 + 16.0 * f64::from(column) + if row % 2 == 0 { 0.0 } else { 8.0 };
            if x > -55.0 && x < 55.0 {
                joints.block((x, y), 0.7, 8.0);
            }
        }
    }
    b.shade(&joints.done(), 0.35);
    b.fill("M-36 0L-36 -44C-36 -64 36 -64 36 -44L36 0Z", ink.dark);
    b.halo((0.0, -16.0), 96.0, ink.lamp, 0.55);
    for (x, tall, wide, colour) in [
        (-12.0, 30.0, 11.0, "e8622a"),
        (13.0, 34.0, 11.0, "e8622a"),
        (0.0, 44.0, 15.0, "f08030"),
        (-5.0, 26.0, 8.0, "ffb840"),
        (7.0, 22.0, 7.0, "ffb840"),
        (1.0, 18.0, 5.0, "fff0b0"),
    ] {
        b.fill(
            &format!(
                "M{x} {:.1}C{:.1} {:.1} {:.1} -8 {x} -5C{:.1} -8 {:.1} {:.1} {x} {:.1}Z",
                -8.0 - tall,
                x + wide * 0.5,
                -tall * 0.7,
                x + wide,
                x - wide,
                x - wide * 0.8,
                -tall * 0.5,
                -8.0 - tall
            ),
            hex(colour),
        );
    }
    let log = hex("6a4028").mix(ink.dark, 0.2);
    b.line("M-22 -4L18 -8M22 -4L-18 -8", log, 6.0);
    b.dot((-22.0, -4.0), 2.2, log.mix(ink.pale, 0.4));
    b.dot((22.0, -4.0), 2.2, log.mix(ink.pale, 0.4));
    let mantel = ink.pale.mix(ink.dark, 0.08);
    b.down(
        "M-66 -98L66 -98L62 -88L-62 -88Z",
        (-98.0, mantel),
        (-88.0, mantel.mix(ink.dark, 0.25)),
    );
    b.fill("M-70 -102L70 -102L70 -98L-70 -98Z", mantel.mix(WHITE, 0.2));
    b.fill("M-66 -4L66 -4L66 1L-66 1Z", mantel.mix(ink.dark, 0.3));
    for (x, tall) in [(-52.0, 14.0), (-43.0, 9.0)] {
        b.fill(&format!("M{:.1} -102h5v-{tall}h-5Z", x - 2.5), ink.pale);
        b.halo((x, -106.0 - tall), 12.0, ink.lamp, 0.7);
        b.fill(&oval_path((x, -105.0 - tall), 1.4, 3.0), ink.lamp);
    }
    b.fill(
        "M38 -102C33 -106 33 -114 38 -116L37 -119L45 -119L44 -116C49 -114 49 -106 44 -102Z",
        ink.accent,
    );
    b.line(
        "M40 -119C38 -128 32 -132 30 -136M41 -119C42 -130 46 -134 52 -138M41 -119L40 -138",
        ink.dark.mix(hex("5c8a54"), 0.7),
        1.2,
    );
}

/// Draws a made bed with its head to the wall.
pub fn bed(b: &mut Brush<'_>) {
    let ink = b.ink;
    let wood = hex("9a6a44").mix(ink.dark, 0.18);
    b.round(
        "M-100 -92C-100 -98 -96 -100 -90 -100L90 -100C96 -100 100 -98 100 -92L100 0L-100 0Z",
        -100.0,
        100.0,
        wood,
    );
    b.shade("M-88 -90L88 -90L88 -50L-88 -50Z", 0.14);
    let linen = ink.pale.mix(WHITE, 0.25);
    for x in [-86.0, 6.0] {
        b.c.open((x, 0.0), (1.0, 1.0), 0.0);
        b.round(
            "M6 -76C20 -82 60 -82 74 -76C82 -70 82 -54 76 -48C56 -44 24 -44 4 -48C-2 -54 -2 -70 6 -76Z",
            0.0,
            80.0,
            linen,
        );
        b.shade("M12 -70C30 -66 50 -66 68 -70C54 -62 26 -62 12 -70Z", 0.10);
        b.c.close();
    }
    b.round(
        "M-34 -66C-18 -71 18 -71 34 -66C39 -60 39 -46 34 -42C18 -38 -18 -38 -34 -42C-39 -46 -39 -60 -34 -66Z",
        -38.0,
        38.0,
        ink.accent,
    );
    b.body(
        "M-108 -44C-60 -54 60 -54 108 -44L116 -4C60 4 -60 4 -116 -4Z",
        -112.0,
        112.0,
    );
    b.fill(
        "M-108 -44C-60 -54 60 -54 108 -44L110 -32C60 -41 -60 -41 -110 -32Z",
        linen,
    );
    b.line("M-84 -36C-86 -20 -92 -8 -94 -2M-30 -38C-32 -22 -30 -10 -34 0M38 -38C40 -24 36 -12 40 0M88 -36C92 -20 92 -10 96 -2", ink.shade, 1.0);
    b.fill(
        "M-118 -16C-60 -6 60 -6 118 -16L120 -2C60 8 -60 8 -120 -2Z",
        ink.accent.mix(ink.body, 0.35),
    );
    for x in [-134.0, 134.0] {
        b.fill(
            &format!("M{:.1} -44h36v42h-36Z", x - 18.0),
            wood.mix(ink.dark, 0.2),
        );
        b.fill(
            &format!("M{:.1} -46h40v5h-40Z", x - 20.0),
            wood.mix(ink.glow, 0.25),
        );
        b.dot((x, -24.0), 1.8, ink.pale);
        b.halo((x, -74.0), 50.0, ink.lamp, 0.5);
        b.fill(
            &format!("M{:.1} -46h4v-20h-4Z", x - 2.0),
            ink.dark.mix(ink.accent, 0.4),
        );
        b.fill(
            &format!(
                "M{:.1} -64L{:.1} -64L{:.1} -86L{:.1} -86Z",
                x - 15.0,
                x + 15.0,
                x + 9.0,
                x - 9.0
            ),
            ink.lamp.mix(WHITE, 0.25),
        );
    }
}

/// Draws a kitchen counter with a stove, a hood and shelves.
pub fn counter(b: &mut Brush<'_>) {
    let ink = b.ink;
    let front = ink.accent.mix(ink.pale, 0.18);
    let (wood, steel) = (
        hex("a8764a").mix(ink.dark, 0.15),
        hex("9aa4ac").mix(ink.dark, 0.12),
    );
    // Shelves with jars and bowls.
    for (y, from) in [(-74.0, -92.0), (-92.0, -92.0)] {
        b.fill(&format!("M{from} {y}h72v2.200h-72Z"), wood);
        for i in 0..5 {
            let x = from + 5.0 + f64::from(i) * 13.5;
            let tall = [9.0, 7.0, 11.0, 6.0, 9.0][(i as usize + usize::from(y > -80.0) * 2) % 5];
            let colour = [
                ink.pale,
                ink.body,
                wood.mix(ink.pale, 0.4),
                ink.accent,
                ink.pale.mix(ink.body, 0.3),
            ][i as usize];
            b.round(&format!("M{x} {:.1}h8v{tall}h-8Z", y - tall), x, x + 8.0, colour);
            b.fill(
                &format!("M{:.1} {:.1}h6v1.600h-6Z", x + 1.0, y - tall - 1.6),
                ink.dark.mix(wood, 0.6),
            );
        }
    }
    // The hood over the stove.
    b.round("M38 -100L62 -100L62 -82L78 -66L22 -66L38 -82Z", 22.0, 78.0, steel);
    b.fill("M22 -66h56v3h-56Z", steel.mix(ink.dark, 0.4));
    b.halo((50.0, -56.0), 30.0, ink.lamp, 0.5);
    // Tiles behind.
    let mut tiles = Pen::new();
    for row in 0..4 {
        tiles.block((-110.0, -60.0 + 4.4 * f64::from(row)), 220.0, 0.35);
    }
    b.light(&tiles.done(), 0.5);
    b.fill("M-114 -45h228v4.500h-228Z", ink.pale.mix(WHITE, 0.2));
    b.round("M-110 -40.500h220v37h-220Z", -112.0, 112.0, front);
    b.fill("M-106 -3.500h212v3.500h-212Z", ink.dark);
    for x in [-110.0, -66.0, -22.0, 78.0] {
        let wide = if x > 70.0 { 32.0 } else { 44.0 };
        b.line(
            &format!("M{:.1} -38h{:.1}v32h{:.1}Z", x + 3.0, wide - 6.0, 6.0 - wide),
            front.mix(ink.dark, 0.25),
            0.7,
        );
        b.fill(&format!("M{:.1} -34h10v1.400h-10Z", x + wide / 2.0 - 5.0), steel);
    }
    b.round("M24 -40.500h52v37h-52Z", 24.0, 76.0, steel.mix(ink.dark, 0.45));
    b.fill("M30 -30h40v20h-40Z", ink.dark);
    b.fill("M30 -22h40v12h-40Z", ink.lamp.mix(ink.dark, 0.45));
    for i in 0..4 {
        b.dot((33.0 + 11.0 * f64::from(i), -36.0), 1.5, ink.pale);
    }
    // A pot, a board with a loaf, and a plant.
    b.round("M36 -57h26v12h-26Z", 36.0, 62.0, ink.body.mix(ink.dark, 0.1));
    b.fill(
        "M34 -59h30v2.600h-30ZM47 -62h4v3h-4Z",
        ink.dark.mix(ink.body, 0.4),
    );
    b.fill("M-62 -47.500h34v2.500h-34Z", wood);
    b.round(
        "M-58 -47.500C-58 -56 -34 -56 -32 -47.500Z",
        -58.0,
        -32.0,
        hex("c98a48"),
    );
    b.round("M-100 -55h14l-2 10h-10Z", -100.0, -86.0, ink.pale);
    b.fill("M-93 -55C-104 -60 -106 -68 -102 -72C-96 -68 -93 -62 -93 -55ZM-93 -55C-82 -58 -78 -66 -82 -72C-90 -68 -93 -62 -93 -55ZM-93 -55C-97 -66 -94 -74 -92 -76C-88 -72 -90 -62 -93 -55Z", hex("5c9454").mix(ink.dark, 0.2));
    b.line("M-6 -45L-6 -58C-6 -64 6 -64 6 -58L6 -55", steel, 2.0);
}

/// Draws a guitar on its stand.
pub fn guitar(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.line("M-18 -8L-24 1M18 -8L24 1", ink.dark, 2.0);
    b.c.open((0.0, 0.0), (1.0, 1.0), 5.0);
    b.body("M0 0C-24 0 -27 -18 -22 -28C-18 -34 -18 -38 -19 -43C-20 -54 -10 -58 0 -57C10 -58 20 -54 19 -43C18 -38 18 -34 22 -28C27 -18 24 0 0 0Z", -26.0, 26.0);
    b.line(
        "M0 -2.500C-20 -2.500 -23.500 -17 -19.500 -27M0 -2.500C20 -2.500 23.500 -17 19.500 -27",
        ink.pale,
        0.9,
    );
    let neck = ink.dark.mix(ink.body, 0.2);
    b.fill("M-2.600 -92L2.600 -92L3 -50L-3 -50Z", neck);
    b.dot((0.0, -38.0), 7.6, ink.dark);
    b.line(&oval_path((0.0, -38.0), 8.6, 8.6), ink.pale, 0.8);
    b.fill("M-9 -17L9 -17L9 -14L-9 -14Z", neck);
    b.fill("M-4 -104L4 -104L3.500 -91L-3.500 -91Z", neck.mix(ink.body, 0.35));
    for y in [-101.5, -98.0, -94.5] {
        b.dot((-5.0, y), 1.2, ink.pale);
        b.dot((5.0, y), 1.2, ink.pale);
    }
    let mut frets = Pen::new();
    for i in 0..11 {
        frets.block((-2.8, -90.0 + 3.6 * f64::from(i)), 5.6, 0.4);
    }
    b.fill(&frets.done(), ink.pale);
    b.line(
        "M-1.600 -92L-1.600 -16M-0.500 -92L-0.500 -16M0.600 -92L0.600 -16M1.700 -92L1.700 -16",
        ink.pale,
        0.25,
    );
    b.rim(
        "M-22 -28C-18 -34 -18 -38 -19 -43C-20 -54 -10 -58 0 -57",
        -26.0,
        26.0,
        0.9,
    );
    b.c.close();
}
