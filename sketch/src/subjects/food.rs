//! Draws what is eaten, on a plate, in a bowl or as it is.

use super::brush::Brush;
use crate::paint::canvas::{Pen, oval_path};
use crate::paint::colour::{Rgb, WHITE, hex};
use crate::paint::maths::wave;
use crate::paint::rng::Rng;

/// Returns a colour of food under the light of the scene.
pub fn food(b: &Brush<'_>, colour: &str) -> Rgb {
    let night = if b.dusk { 0.16 } else { 0.03 };
    hex(colour).mix(b.ink.glow, 0.06).mix(b.ink.dark, night)
}

/// Draws steam that rises from here.
fn steam(b: &mut Brush<'_>, y: f64) {
    for (x, lean, tall) in [(-24.0, 1.0, 50.0), (2.0, -1.0, 66.0), (26.0, 1.0, 44.0)] {
        let pale = b.ink.pale;
        let paint = b.c.linear(
            (0.0, y),
            (0.0, y - tall),
            &[(0.0, pale, 0.0), (0.3, pale, 0.5), (1.0, pale, 0.0)],
        );
        let path = format!(
            "M{x} {y}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            x + 15.0 * lean,
            y - tall * 0.35,
            x - 15.0 * lean,
            y - tall * 0.65,
            x + 5.0 * lean,
            y - tall
        );
        b.c.line(&path, paint, 4.5);
    }
}

/// Draws a bowl of noodle soup with an egg, greens and chopsticks.
pub fn bowl(b: &mut Brush<'_>) {
    let ink = b.ink;
    steam(b, -84.0);
    b.fill(&oval_path((0.0, -2.0), 46.0, 6.0), ink.dark.mix(ink.body, 0.4));
    b.body(
        "M-92 -70C-90 -30 -56 -4 -34 -2L34 -2C56 -4 90 -30 92 -70Z",
        -92.0,
        92.0,
    );
    b.fill(
        "M-84 -46C-50 -30 50 -30 84 -46C82 -41 79 -36 76 -32C40 -18 -40 -18 -76 -32C-79 -36 -82 -41 -84 -46Z",
        ink.pale,
    );
    b.line("M-74 -36C-40 -23 40 -23 74 -36", ink.accent, 1.6);
    b.fill(&oval_path((0.0, -70.0), 92.0, 21.0), ink.body.mix(ink.pale, 0.45));
    let broth = food(b, "b8702c");
    b.fill(&oval_path((0.0, -69.0), 84.0, 17.5), broth);
    b.fill(
        &oval_path((-8.0, -71.0), 68.0, 12.0),
        broth.mix(food(b, "e8b45c"), 0.35),
    );
    let noodle = food(b, "f2d68c");
    for (up, wide, colour) in [(0.0, 3.0, noodle.mix(broth, 0.35)), (0.6, 1.7, noodle)] {
        let mut lines = Pen::new();
        for i in 0..9 {
            let y = -79.0 - up + f64::from(i) * 2.5;
            let half = 46.0 - (f64::from(i) - 4.0).abs() * 4.0;
            lines.start((-half - 8.0, y));
            lines.curve(
                (-half * 0.4, y - 6.0),
                (half * 0.1, y + 6.0),
                (half - 14.0, y - 1.0),
            );
        }
        b.line(&lines.done(), colour, wide);
    }
    b.fill("M44 -78L64 -104L82 -98L70 -70Z", food(b, "26382f"));
    b.fill("M34 -80L50 -108L68 -104L58 -74Z", food(b, "32493c"));
    let (white, yolk) = (food(b, "fbf4e6"), food(b, "f0a030"));
    for (x, y) in [(-46.0, -72.0), (-20.0, -65.0)] {
        b.fill(&oval_path((x, y + 1.5), 15.0, 8.6), broth.mix(ink.dark, 0.35));
        b.fill(&oval_path((x, y), 15.0, 8.6), white);
        b.fill(&oval_path((x + 0.5, y - 0.4), 8.4, 4.8), yolk);
        b.fill(&oval_path((x - 2.0, y - 1.6), 3.0, 1.3), yolk.mix(WHITE, 0.5));
    }
    for (x, y) in [(18.0, -66.0), (36.0, -71.0)] {
        b.fill(&oval_path((x, y), 14.0, 7.0), food(b, "c98a6a"));
        b.fill(&oval_path((x, y), 9.0, 4.0), food(b, "e8bda0"));
        b.line(&oval_path((x, y), 5.0, 2.2), food(b, "b06a4a"), 0.9);
    }
    let mut rng = Rng::named(5, "scallions");
    let (mut green, mut light) = (Pen::new(), Pen::new());
    for i in 0..22 {
        let (x, y) = (rng.range(-40.0, 44.0), rng.range(-79.0, -58.0));
        let pen = if i % 2 == 0 { &mut green } else { &mut light };
        pen.ring((x, y), 2.4, 1.5);
    }
    b.fill(&green.done(), food(b, "5c9444"));
    b.fill(&light.done(), food(b, "9ec46a"));
    let stick = food(b, "7a3f28");
    b.line("M-6 -70L84 -124M4 -66L94 -114", stick, 3.0);
    b.line("M-6 -71L84 -125M4 -67L94 -115", stick.mix(ink.glow, 0.35), 0.9);
    b.rim("M-92 -70C-90 -30 -56 -4 -34 -2", -92.0, 40.0, 1.2);
    b.rim("M92 -70C90 -30 56 -4 34 -2", -40.0, 92.0, 1.2);
}

/// Draws an empty plate, half as wide as this.
pub fn dish(b: &mut Brush<'_>, half: f64) {
    let ink = b.ink;
    let china = ink.pale.mix(WHITE, 0.3);
    b.fill(
        &oval_path((0.0, -3.0), half * 0.62, half * 0.10),
        ink.dark.mix(china, 0.35),
    );
    b.round(
        &format!(
            "M{:.1} -12C{:.1} 0 {:.1} 0 {half:.1} -12C{:.1} -20 {:.1} -20 {:.1} -12Z",
            -half,
            -half * 0.7,
            half * 0.7,
            half * 0.8,
            -half * 0.8,
            -half
        ),
        -half,
        half,
        china,
    );
    b.fill(&oval_path((0.0, -13.0), half, half * 0.155), china);
    b.fill(
        &oval_path((0.0, -13.0), half * 0.74, half * 0.105),
        china.mix(ink.dark, 0.10),
    );
    b.fill(
        &oval_path((0.0, -12.2), half * 0.72, half * 0.095),
        china.mix(ink.dark, 0.03),
    );
}

/// Draws a plate of pasta with a leaf of basil.
pub fn plate(b: &mut Brush<'_>) {
    dish(b, 132.0);
    let (pasta, sauce) = (b.ink.body, food(b, "c0402c"));
    let nest = "M-70 -14C-72 -40 -36 -72 0 -74C36 -72 72 -40 70 -14C40 -4 -40 -4 -70 -14Z";
    b.body(nest, -72.0, 72.0);
    b.c.open_clipped(nest);
    let mut strands = Pen::new();
    for i in 0..16 {
        let t = f64::from(i) / 15.0;
        let y = -8.0 - 64.0 * t;
        let half = 78.0 * (1.0 - t * 0.55);
        strands.start((-half, y + 8.0));
        strands.curve(
            (-half * 0.4, y - 16.0 + 8.0 * wave(t * 3.0)),
            (half * 0.4, y + 12.0),
            (half, y - 6.0),
        );
    }
    let shade = b.ink.shade;
    b.line(&strands.clone().done(), shade, 1.6);
    b.c.open((0.0, -2.6), (1.0, 1.0), 0.0);
    b.line(&strands.done(), pasta.mix(WHITE, 0.45), 1.3);
    b.c.close();
    b.c.close();
    b.fill("M-40 -56C-36 -74 -16 -86 2 -86C22 -86 42 -72 42 -56C40 -46 30 -42 24 -48C18 -40 8 -42 4 -50C-2 -42 -12 -40 -16 -48C-24 -42 -38 -46 -40 -56Z", sauce);
    b.light("M-28 -62C-24 -72 -12 -79 0 -80C-12 -75 -20 -68 -22 -60Z", 0.35);
    for (x, y) in [(-14.0, -62.0), (10.0, -70.0), (24.0, -58.0)] {
        b.dot((x, y), 6.4, sauce.mix(b.ink.dark, 0.35));
        b.dot((x - 1.4, y - 1.8), 3.0, sauce.mix(WHITE, 0.25));
    }
    let leaf = food(b, "4f8a3e");
    b.fill("M-4 -86C-22 -92 -26 -106 -20 -112C-8 -110 0 -100 -4 -86ZM0 -86C4 -104 18 -110 28 -106C28 -94 16 -86 0 -86Z", leaf);
    b.line(
        "M-4 -86C-10 -94 -14 -102 -19 -110M0 -86C10 -92 18 -98 27 -105",
        leaf.mix(b.ink.dark, 0.35),
        1.0,
    );
}

/// Draws a burger.
pub fn burger(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.round(
        "M-56 -22L56 -22C58 -8 48 0 36 0L-36 0C-48 0 -58 -8 -56 -22Z",
        -58.0,
        58.0,
        ink.body,
    );
    let (meat, cheese) = (food(b, "5a3322"), food(b, "f2b62e"));
    b.fill("M-62 -24C-52 -16 -44 -26 -34 -20C-24 -14 -14 -26 -4 -20C6 -14 16 -26 26 -20C36 -14 48 -26 62 -24C62 -32 58 -34 54 -34L-54 -34C-58 -34 -62 -32 -62 -24Z", food(b, "6ea03c"));
    b.round(
        "M-58 -46C-62 -46 -62 -30 -58 -30L58 -30C62 -30 62 -46 58 -46Z",
        -60.0,
        60.0,
        meat,
    );
    b.fill(
        "M-60 -48L60 -48L44 -42L36 -30L26 -42L-18 -42L-28 -34L-38 -42Z",
        cheese,
    );
    b.fill(
        "M-56 -56C-60 -56 -60 -47 -56 -47L56 -47C60 -47 60 -56 56 -56Z",
        food(b, "c8382c"),
    );
    b.fill("M-64 -56C-54 -48 -46 -58 -36 -52C-26 -47 -16 -58 -6 -52C4 -47 14 -58 24 -52C36 -47 48 -58 64 -56C62 -63 58 -64 54 -64L-54 -64C-58 -64 -62 -63 -64 -56Z", food(b, "86b84a"));
    b.body(
        "M-60 -62C-64 -86 -34 -102 0 -102C34 -102 64 -86 60 -62C40 -57 -40 -57 -60 -62Z",
        -62.0,
        62.0,
    );
    b.light("M-48 -70C-48 -84 -26 -95 -4 -96C-24 -92 -40 -82 -42 -70Z", 0.5);
    let mut seeds = Pen::new();
    for (x, y) in [
        (-28.0, -86.0),
        (-8.0, -94.0),
        (12.0, -92.0),
        (32.0, -85.0),
        (-14.0, -82.0),
        (8.0, -82.0),
        (24.0, -76.0),
        (-36.0, -76.0),
        (44.0, -75.0),
        (-2.0, -74.0),
    ] {
        seeds.ring((x, y), 2.5, 1.5);
    }
    b.fill(&seeds.done(), food(b, "fbeccb"));
    b.rim(
        "M-60 -62C-64 -86 -34 -102 0 -102C34 -102 64 -86 60 -62",
        -62.0,
        62.0,
        1.2,
    );
}

/// Draws a pizza on a board, seen from the side and above.
pub fn pizza(b: &mut Brush<'_>) {
    let ink = b.ink;
    let wood = food(b, "a8703f");
    b.round(
        "M-150 -12C-110 6 110 6 150 -12L190 -10L190 -3L150 0C110 16 -110 16 -150 0Z",
        -150.0,
        190.0,
        wood.mix(ink.dark, 0.2),
    );
    b.fill(&oval_path((0.0, -20.0), 152.0, 46.0), wood);
    b.fill("M140 -32L196 -20C202 -17 202 -8 196 -6L140 -4Z", wood);
    b.fill(&oval_path((0.0, -30.0), 132.0, 38.0), ink.dark.mix(wood, 0.5));
    b.round(&oval_path((0.0, -36.0), 132.0, 38.0), -132.0, 132.0, ink.body);
    b.fill(&oval_path((0.0, -38.0), 114.0, 30.0), food(b, "c23c26"));
    b.fill(
        &oval_path((-4.0, -39.0), 106.0, 26.5),
        food(b, "f0b858").mix(food(b, "c23c26"), 0.25),
    );
    let cream = food(b, "fbf0d4");
    for (x, y, r) in [
        (-62.0, -46.0, 19.0),
        (-18.0, -30.0, 22.0),
        (28.0, -54.0, 19.0),
        (66.0, -36.0, 20.0),
        (-78.0, -30.0, 13.0),
        (14.0, -22.0, 14.0),
        (-22.0, -56.0, 14.0),
    ] {
        b.fill(&oval_path((x, y), r, r * 0.42), cream);
        b.fill(
            &oval_path((x + 2.0, y + 1.6), r * 0.7, r * 0.24),
            cream.mix(food(b, "f0b858"), 0.35),
        );
    }
    let red = food(b, "d84a30");
    for (x, y) in [
        (-42.0, -36.0),
        (6.0, -44.0),
        (44.0, -28.0),
        (50.0, -48.0),
        (-50.0, -56.0),
        (86.0, -44.0),
    ] {
        b.fill(&oval_path((x, y), 12.0, 5.4), red);
        b.fill(&oval_path((x - 2.0, y - 1.2), 5.0, 1.8), red.mix(WHITE, 0.35));
    }
    let leaf = food(b, "4b8a3c");
    for (x, y, turn) in [
        (-12.0, -44.0, -20.0),
        (30.0, -38.0, 24.0),
        (-66.0, -38.0, 10.0),
        (70.0, -50.0, -12.0),
    ] {
        b.c.open((x, y), (1.0, 0.55), turn);
        b.fill("M-18 0C-10 -12 10 -12 18 0C10 12 -10 12 -18 0Z", leaf);
        b.line("M-16 0L16 0", leaf.mix(ink.dark, 0.35), 1.2);
        b.c.close();
    }
    b.line(
        "M-106 -52L106 -26M-100 -22L100 -54M0 -68L4 -8",
        food(b, "a83220").mix(ink.dark, 0.2),
        1.2,
    );
}
