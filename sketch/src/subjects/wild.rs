//! Draws large, winged and swimming animals.

use super::brush::Brush;
use crate::paint::canvas::oval_path;
use crate::paint::rng::Rng;

/// Draws a stag that stands.
pub fn deer(b: &mut Brush<'_>) {
    let ink = b.ink;
    let far = "M-22 -36L-18 -20L-20 0L-15.500 0L-12.500 -20L-10 -34ZM8 -34L10 -18L9 0L13 0L15 -18L18 -36Z";
    b.fill(far, ink.shade.mix(ink.dark, 0.3));
    let near = "M-32 -44C-34 -32 -28 -26 -29 -18L-32 0L-27 0L-23.500 -18C-22 -26 -16 -30 -14 -36ZM14 -38L18 -20L18 0L22.500 0L23.500 -20C26 -30 28 -38 28 -44Z";
    b.body(near, -34.0, 30.0);
    let antler = "M37 -80C34 -88 26 -92 24 -100M31.500 -89C28 -90 24 -90 21 -93M35 -84C31 -84 28 -84 25 -86M41 -80C44 -88 52 -90 54 -99M47 -88.500C50 -89 54 -88 57 -91M43 -84C46 -83 50 -83 52 -85";
    b.line(antler, ink.pale.mix(ink.body, 0.4), 1.7);
    let body = "M-33 -40C-36 -50 -32 -57 -24 -58C-12 -60 4 -57 14 -58C20 -62 26 -68 30 -76C32 -80 36 -82 40 -81C44 -80 46 -77 50 -74L57 -69C59 -67 58 -64 55 -64C50 -63 46 -63 43 -62C40 -56 36 -48 29 -42C22 -36 12 -35 4 -34C-6 -32 -16 -32 -22 -34C-28 -35 -32 -36 -33 -40Z";
    b.body(body, -36.0, 56.0);
    b.fill(
        "M43 -62C40 -56 36 -48 29 -42C27 -48 28 -56 33 -63C36 -66 40 -64 43 -62Z",
        ink.pale.mix(ink.body, 0.3),
    );
    b.fill("M33 -80C27 -80 23 -84 21 -87C27 -88 33 -86 36 -81Z", ink.shade);
    b.fill(
        "M-33 -40C-36 -50 -33 -55 -30 -56C-29 -50 -30 -44 -30 -38Z",
        ink.pale,
    );
    b.fill(
        "M55 -70.500L57.500 -68.500C59 -67 58.500 -65 56.500 -64.500C55 -66 54.500 -68 55 -70.500Z",
        ink.dark,
    );
    b.dot((43.0, -74.5), 1.4, ink.dark);
    b.shade(
        "M-30 -36C-18 -42 4 -44 20 -38C12 -35 4 -34 -4 -33C-14 -31 -26 -32 -30 -36Z",
        0.2,
    );
    b.rim(
        "M-33 -46C-34 -54 -30 -57 -24 -58C-12 -60 4 -57 14 -58C20 -62 26 -68 30 -76",
        -36.0,
        34.0,
        1.0,
    );
    b.rim("M43 -62C40 -56 36 -48 29 -42L24 -20", 0.0, 44.0, 1.0);
}

/// Draws a bear that walks.
pub fn bear(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.fill("M-34 -40L-38 -16L-36 0L-20 0C-20 -4 -23 -6 -25 -6L-20 -34ZM26 -36L30 -14L29 0L44 0C44 -4 41 -6 39 -6L42 -34Z", ink.shade.mix(ink.dark, 0.35));
    let body = "M-50 -40C-56 -62 -42 -80 -22 -82C-8 -84 2 -78 12 -82C18 -86 26 -92 34 -92C34 -98 42 -100 46 -94C56 -92 60 -84 62 -76L73 -70C77 -67 76 -61 71 -60C64 -57 56 -56 50 -56C46 -46 42 -38 36 -34L34 -12L38 -6C42 -5 43 -2 42 0L20 0L14 -30C2 -24 -14 -26 -24 -30L-28 -8C-25 -7 -23 -3 -24 0L-46 0L-48 -20C-50 -28 -48 -34 -50 -40Z";
    b.body(body, -54.0, 74.0);
    b.fill(
        "M62 -74L73 -69C77 -66 76 -61 71 -60C66 -58 60 -57 56 -57C56 -64 58 -70 62 -74Z",
        ink.body.mix(ink.pale, 0.35),
    );
    b.fill("M70 -72C73 -73 77 -70 76 -67C74 -66 71 -68 70 -72Z", ink.dark);
    b.dot((57.5, -77.5), 1.7, ink.dark);
    b.fill("M38 -93C38 -96 42 -97 44 -94C43 -92 40 -91 38 -93Z", ink.shade);
    b.shade("M-48 -30C-30 -44 10 -40 34 -36C28 -30 20 -29 14 -30C2 -24 -14 -26 -24 -30L-28 -10C-34 -14 -44 -22 -48 -30Z", 0.22);
    b.rim(
        "M-50 -44C-54 -64 -42 -80 -22 -82C-8 -84 2 -78 12 -82C18 -86 26 -92 34 -92",
        -54.0,
        40.0,
        1.3,
    );
    b.rim("M46 -94C56 -92 60 -84 62 -76L73 -70", -30.0, 74.0, 1.3);
}

/// Draws an owl on a stump.
pub fn owl(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.round(
        "M-20 0L-17 -22L17 -22L21 0Z",
        -20.0,
        20.0,
        ink.dark.mix(ink.body, 0.35),
    );
    b.fill(&oval_path((0.0, -22.0), 17.0, 3.2), ink.body.mix(ink.pale, 0.25));
    let body = "M-24 -60C-26 -78 -25 -86 -26 -99C-18 -96 -14 -93 -10 -92C-4 -94 4 -94 10 -92C14 -93 18 -96 26 -99C25 -86 26 -78 24 -60C24 -40 16 -24 0 -20C-16 -24 -24 -40 -24 -60Z";
    b.body(body, -26.0, 26.0);
    b.fill(
        "M0 -64C10 -64 16 -56 15 -46C14 -34 8 -26 0 -23C-8 -26 -14 -34 -15 -46C-16 -56 -10 -64 0 -64Z",
        ink.pale.mix(ink.body, 0.22),
    );
    let rows = 5;
    let mut marks = crate::paint::canvas::Pen::new();
    for row in 0..rows {
        let y = -56.0 + 26.0 * f64::from(row) / f64::from(rows);
        for k in -2..=2 {
            let x = f64::from(k) * 5.0 + if row % 2 == 0 { 0.0 } else { 2.5 };
            if x.abs() < 12.0 {
                marks.triangle((x - 1.6, y), (x + 1.6, y), (x, y + 3.0));
            }
        }
    }
    b.fill(&marks.done(), ink.body);
    b.fill("M-24 -60C-24 -40 -20 -28 -10 -22C-16 -36 -16 -50 -20 -62ZM24 -60C24 -40 20 -28 10 -22C16 -36 16 -50 20 -62Z", ink.shade);
    b.fill(
        &(oval_path((-10.5, -78.0), 11.0, 11.0) + &oval_path((10.5, -78.0), 11.0, 11.0)),
        ink.pale.mix(ink.body, 0.12),
    );
    for x in [-9.5, 9.5] {
        b.dot((x, -78.0), 7.0, ink.glow.mix(ink.accent, 0.55));
        b.dot((x, -78.0), 4.4, ink.dark);
        b.dot((x + 1.4, -79.6), 1.3, ink.pale);
    }
    b.fill("M-3 -74L3 -74L0 -66Z", ink.dark.mix(ink.accent, 0.35));
    b.fill(
        "M-7 -20C-9 -25 -4 -27 -3 -22ZM7 -20C9 -25 4 -27 3 -22Z",
        ink.accent,
    );
    b.rim("M-24 -60C-26 -78 -25 -86 -26 -99", -26.0, 20.0, 1.2);
    b.rim(
        "M26 -99C25 -86 26 -78 24 -60C24 -40 16 -24 0 -20",
        -20.0,
        26.0,
        1.2,
    );
}

/// Draws a large bird on the wing.
pub fn bird(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.body(
        "M-2 -42C-14 -56 -22 -78 -20 -100C-6 -92 10 -72 16 -46Z",
        -22.0,
        16.0,
    );
    let body = "M70 -44C62 -54 48 -56 36 -52C20 -48 -6 -46 -26 -34L-58 -22L-40 -24L-52 -12C-36 -16 -20 -22 -6 -24C16 -22 40 -30 52 -40C58 -42 64 -42 70 -44Z";
    b.down(body, (-56.0, ink.lit), (-14.0, ink.shade));
    b.down("M26 -48C10 -58 -10 -92 -44 -100C-46 -92 -42 -84 -40 -80C-42 -78 -36 -70 -33 -66C-34 -64 -28 -58 -24 -54C-24 -50 -16 -44 -10 -42C4 -38 18 -40 26 -48Z", (-100.0, ink.shade), (-40.0, ink.lit));
    b.fill(
        "M-44 -100C-46 -92 -42 -84 -40 -80C-42 -78 -36 -70 -33 -66C-30 -72 -34 -88 -44 -100Z",
        ink.dark.mix(ink.body, 0.25),
    );
    b.fill("M70 -44L60 -49C59 -46 59 -43 60 -41.500Z", ink.accent);
    b.dot((55.0, -48.0), 1.5, ink.dark);
    b.rim(
        "M-44 -100C-10 -92 10 -58 26 -48C40 -56 60 -56 68 -45",
        -44.0,
        70.0,
        1.0,
    );
}

/// Draws a swan on the water.
pub fn swan(b: &mut Brush<'_>) {
    let ink = b.ink;
    let neck = "M34 -14C42 -30 30 -44 27 -58C24 -74 28 -92 42 -95C52 -96 58 -90 60 -82C56 -82 52 -84 48 -85C40 -86 37 -78 39 -66C42 -50 54 -40 50 -22C48 -14 44 -8 38 -6Z";
    b.body(neck, 22.0, 54.0);
    b.fill(
        "M60 -82L69 -76C66 -74 60 -76 55 -80C56 -83 58 -84 60 -82Z",
        ink.accent,
    );
    b.fill(
        "M52 -90C56 -90 59 -86 60 -82C57 -81 55 -81 54 -82C52 -84 51 -87 52 -90Z",
        ink.dark,
    );
    let body = "M50 -24C54 -10 44 0 26 1L-34 1C-48 -2 -56 -16 -66 -26C-54 -26 -46 -28 -38 -32C-20 -42 10 -40 28 -30C36 -26 44 -24 50 -24Z";
    b.down(body, (-40.0, ink.lit), (2.0, ink.shade));
    b.down("M36 -18C26 -36 -6 -52 -40 -46C-50 -46 -58 -42 -66 -44C-62 -36 -56 -34 -52 -33C-56 -32 -60 -30 -62 -30C-54 -22 -44 -22 -38 -22C-40 -20 -44 -18 -46 -18C-30 -8 16 -2 36 -18Z", (-48.0, ink.pale), (-6.0, ink.body.mix(ink.shade, 0.5)));
    let feathers = "M-40 -22C-20 -24 0 -26 16 -26M-50 -32C-24 -34 -6 -36 8 -34M-34 -14C-14 -14 8 -16 24 -20";
    b.line(feathers, ink.shade, 0.8);
    b.rim(
        "M27 -58C24 -74 28 -92 42 -95C52 -96 58 -90 60 -82",
        20.0,
        60.0,
        1.1,
    );
}

/// Draws a penguin.
pub fn penguin(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.fill(
        "M-16 0C-16 -5 -8 -6 0 -5L-2 0ZM4 0C4 -5 12 -6 20 -3L20 0Z",
        ink.accent,
    );
    let body = "M-22 -40C-24 -62 -12 -70 -9 -80C-9 -92 0 -100 10 -100C20 -100 26 -93 27 -86L40 -82C36 -79 30 -78 26 -78C26 -70 32 -58 31 -38C30 -20 26 -6 14 -3L-10 -3C-22 -6 -22 -24 -22 -40Z";
    b.body(body, -24.0, 32.0);
    b.fill(
        "M20 -80C28 -74 32 -56 30 -38C29 -18 22 -6 10 -5C-2 -6 -6 -24 -2 -44C2 -62 6 -76 20 -80Z",
        ink.pale,
    );
    b.shade("M10 -5C-2 -6 -6 -24 -2 -44C2 -30 4 -14 10 -5Z", 0.12);
    b.fill(
        "M10 -88C14 -92 19 -88 18 -82C16 -76 8 -74 4 -78C6 -80 8 -84 10 -88Z",
        ink.pale.mix(ink.accent, 0.55),
    );
    b.fill(
        "M27 -87L40 -82C36 -79 30 -79 25 -80C26 -82 27 -84 27 -87Z",
        ink.accent,
    );
    b.dot((20.0, -90.0), 1.8, ink.pale);
    b.fill(
        "M-14 -62C-22 -50 -34 -34 -33 -22C-24 -24 -14 -38 -8 -52Z",
        ink.shade,
    );
    b.rim(
        "M-22 -40C-24 -62 -12 -70 -9 -80C-9 -92 0 -100 10 -100C20 -100 26 -93 27 -86",
        -24.0,
        28.0,
        1.2,
    );
}

/// Draws a whale, whole.
pub fn whale(b: &mut Brush<'_>) {
    let ink = b.ink;
    let body = "M96 -34C94 -52 70 -64 38 -64C4 -64 -32 -48 -66 -46C-74 -50 -80 -66 -100 -72C-100 -62 -92 -52 -84 -44C-94 -40 -100 -32 -102 -22C-86 -22 -76 -30 -68 -36C-48 -24 -14 -6 30 -4C66 -2 92 -12 96 -34Z";
    b.down(body, (-66.0, ink.lit), (-4.0, ink.shade));
    b.fill(
        "M96 -32C88 -26 66 -24 46 -28C26 -32 0 -30 -20 -22C-4 -12 14 -5 34 -4C66 -2 92 -12 96 -32Z",
        ink.pale.mix(ink.body, 0.28),
    );
    let count = 8;
    let mut lines = crate::paint::canvas::Pen::new();
    for i in 0..count {
        let t = (f64::from(i) + 1.0) / (f64::from(count) + 1.0);
        lines.start((88.0 - 8.0 * t, -27.0 + 15.0 * t));
        lines.bend((40.0, -22.0 + 19.0 * t), (-6.0 + 26.0 * t, -24.0 + 18.0 * t));
    }
    b.line(&lines.done(), ink.shade, 0.7);
    b.fill(
        "M26 -20C20 -6 6 8 -10 12C-8 0 -2 -14 6 -22Z",
        ink.shade.mix(ink.dark, 0.2),
    );
    b.fill(
        "M-8 -58C-12 -66 -20 -70 -26 -70C-26 -64 -24 -58 -22 -54Z",
        ink.shade,
    );
    b.dot((60.0, -34.0), 1.8, ink.dark);
    b.rim(
        "M96 -34C94 -52 70 -64 38 -64C4 -64 -32 -48 -66 -46",
        -70.0,
        96.0,
        1.1,
    );
}

/// Draws a whale that breaks the surface, with its fluke far behind.
pub fn breach(b: &mut Brush<'_>) {
    let ink = b.ink;
    let body = "M-52 0C-36 -22 -14 -52 14 -76C34 -93 58 -102 72 -98C84 -92 82 -70 70 -48C60 -30 50 -14 46 0Z";
    b.down(body, (-98.0, ink.lit), (0.0, ink.shade));
    b.fill(
        "M72 -98C84 -92 82 -70 70 -48C60 -30 50 -14 46 0L8 0C18 -22 34 -50 48 -70C56 -82 64 -92 72 -98Z",
        ink.pale.mix(ink.body, 0.22),
    );
    let count = 8;
    let mut lines = crate::paint::canvas::Pen::new();
    for i in 0..count {
        let t = (f64::from(i) + 1.0) / (f64::from(count) + 1.0);
        lines.start((70.0 + 8.0 * t, -92.0 + 14.0 * t));
        lines.bend((38.0 + 30.0 * t, -52.0 + 8.0 * t), (14.0 + 28.0 * t, -2.0));
    }
    b.line(&lines.done(), ink.shade, 0.7);
    b.fill(
        "M22 -34C6 -30 -14 -12 -22 4C-6 2 18 -10 30 -22Z",
        ink.shade.mix(ink.dark, 0.25),
    );
    b.dot((48.0, -76.0), 1.9, ink.dark);
    b.fill("M-106 0C-104 -10 -102 -18 -104 -26C-114 -36 -128 -40 -140 -38C-132 -28 -120 -24 -110 -22C-110 -14 -112 -6 -116 0ZM-104 -26C-96 -38 -86 -44 -74 -44C-78 -34 -88 -26 -100 -22Z", ink.shade);
    b.rim(
        "M-52 0C-36 -22 -14 -52 14 -76C34 -93 58 -102 72 -98",
        -52.0,
        72.0,
        1.1,
    );
    splash(b, 0.0, 64.0, 1.0);
    splash(b, -110.0, 22.0, 0.6);
}

/// Draws a fish that leaps.
pub fn leap(b: &mut Brush<'_>) {
    b.c.open((0.0, -58.0), (0.72, 0.72), -24.0);
    b.c.open((0.0, 50.0), (1.0, 1.0), 0.0);
    fish(b);
    b.c.close();
    b.c.close();
    splash(b, -64.0, 26.0, 0.8);
}

/// Draws foam where something breaks the water, and drops over it.
fn splash(b: &mut Brush<'_>, x: f64, half: f64, high: f64) {
    let foam = b.ink.pale;
    let mut rng = Rng::named(11, "splash");
    let (mut low, mut drops) = (crate::paint::canvas::Pen::new(), crate::paint::canvas::Pen::new());
    for i in 0..13 {
        let t = f64::from(i) / 6.0 - 1.0;
        let tall = high * rng.range(4.0, 13.0) * (1.15 - t * t * 0.8);
        low.ring((x + t * half, 0.0), half * 0.13, tall);
    }
    low.lens((x, 1.0), half * 1.5, 7.0 * high);
    for _ in 0..38 {
        let t = rng.range(-1.1, 1.1);
        let radius = rng.range(0.4, 1.5);
        drops.ring(
            (x + t * half, -high * rng.range(8.0, 42.0) * (1.2 - t * t * 0.6)),
            radius,
            radius * 1.2,
        );
    }
    b.fill(&low.done(), crate::paint::canvas::Paint::Flat(foam, 0.9));
    b.fill(&drops.done(), crate::paint::canvas::Paint::Flat(foam, 0.8));
}

/// Draws a koi.
pub fn fish(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.body("M-44 -48C-60 -62 -80 -78 -104 -84C-96 -70 -92 -60 -88 -50C-94 -40 -98 -26 -98 -14C-80 -22 -62 -34 -44 -48Z", -104.0, -40.0);
    b.fill("M-14 -66C-4 -84 14 -92 30 -92C26 -82 28 -74 34 -66ZM8 -30C2 -18 -10 -8 -24 -6C-22 -16 -18 -26 -14 -34ZM48 -34C50 -24 46 -14 36 -8C34 -16 32 -26 32 -34Z", ink.shade);
    let body =
        "M88 -46C80 -64 54 -74 26 -72C-8 -70 -32 -56 -50 -48C-34 -38 -8 -26 24 -26C54 -26 80 -34 88 -46Z";
    b.down(body, (-74.0, ink.lit), (-24.0, ink.shade));
    b.fill(
        "M24 -26C54 -26 80 -34 88 -46C70 -40 50 -38 26 -38C2 -38 -18 -40 -50 -48C-34 -38 -8 -26 24 -26Z",
        ink.pale.mix(ink.body, 0.2),
    );
    b.fill("M56 -68C50 -60 48 -44 54 -32C46 -40 44 -58 48 -70Z", ink.shade);
    b.dot((68.0, -52.0), 4.2, ink.pale);
    b.dot((69.0, -52.0), 2.4, ink.dark);
    let mut scales = crate::paint::canvas::Pen::new();
    for row in 0..4 {
        for k in 0..10 {
            let t = f64::from(k) / 10.0;
            let (x, y) = (36.0 - t * 62.0, -64.0 + f64::from(row) * 18.0 / 3.0 + t * 8.0);
            scales.start((x, y));
            scales.bend((x - 4.0, y + 2.2), (x, y + 4.4));
        }
    }
    b.line(&scales.done(), ink.shade, 0.8);
    b.rim(
        "M88 -46C80 -64 54 -74 26 -72C-8 -70 -32 -56 -50 -48",
        -60.0,
        88.0,
        1.1,
    );
}

/// Draws a butterfly, its wings spread.
pub fn butterfly(b: &mut Brush<'_>) {
    let ink = b.ink;
    for way in [-1.0, 1.0] {
        b.c.open((0.0, -50.0), (way, 1.0), -8.0 * way);
        let upper = "M2 -4C12 -34 40 -54 66 -46C70 -28 56 -4 30 2C18 5 8 4 2 2Z";
        let lower = "M2 2C18 2 40 6 46 18C50 32 40 46 30 46C16 44 6 26 2 8Z";
        b.fill(lower, ink.shade);
        b.fill(
            "M8 8C20 8 34 12 38 20C40 28 36 37 30 38C20 34 12 22 8 8Z",
            ink.body,
        );
        b.fill(upper, ink.dark);
        let paint = b.c.linear(
            (0.0, 0.0),
            (62.0, -40.0),
            &[(0.0, ink.lit, 1.0), (1.0, ink.body, 1.0)],
        );
        b.c.fill(
            "M6 -5C16 -30 38 -46 58 -42C60 -30 50 -10 30 -3C20 0 12 0 6 -2Z",
            paint,
        );
        b.line(
            "M6 -4C20 -18 36 -30 52 -38M6 -3C20 -10 38 -16 54 -22",
            ink.dark,
            1.2,
        );
        for (x, y, r) in [
            (60.0, -44.0, 1.6),
            (62.5, -37.0, 1.4),
            (61.0, -30.0, 1.2),
            (38.0, 38.0, 1.5),
            (43.0, 30.0, 1.3),
        ] {
            b.dot((x, y), r, ink.pale);
        }
        b.line("M1 -10C4 -20 8 -26 14 -30", ink.dark, 0.9);
        b.c.close();
    }
    b.fill(&oval_path((0.0, -46.0), 2.6, 17.0), ink.dark);
}
