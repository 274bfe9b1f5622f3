//! Draws trees, flowers, mushrooms, and what grows in pots.

use super::brush::Brush;
use super::flora;
use crate::paint::canvas::{Pen, oval_path};
use crate::paint::maths::{cowave, wave};
use crate::paint::rng::Rng;

/// Draws a great lone tree.
pub fn tree(b: &mut Brush<'_>) {
    let ink = b.ink;
    let bark = ink.dark.mix(ink.body, 0.25);
    b.fill("M-9 1C-4 -4 -4 -20 -4.500 -34L-22 -52L-20 -54L-3 -42L-2 -60L2 -60L3 -40L22 -58L24 -56L5 -32C4 -18 5 -4 11 1Z", bark);
    let clumps = [
        (-24.0, -62.0, 19.0),
        (22.0, -64.0, 20.0),
        (0.0, -78.0, 23.0),
        (-11.0, -58.0, 17.0),
        (12.0, -55.0, 16.0),
        (-32.0, -54.0, 11.0),
        (34.0, -56.0, 11.0),
    ];
    let shadow: String = clumps
        .iter()
        .map(|(x, y, r)| oval_path((x - b.sun * 1.5, y + 3.0), *r, r * 0.86))
        .collect();
    b.fill(&shadow, ink.shade.mix(ink.dark, 0.25));
    let main: String = clumps
        .iter()
        .map(|(x, y, r)| oval_path((x + b.sun, y - 1.0), r * 0.92, r * 0.80))
        .collect();
    b.body(&main, -44.0, 44.0);
    let lit: String = clumps
        .iter()
        .map(|(x, y, r)| oval_path((x + b.sun * r * 0.32, y - r * 0.34), r * 0.55, r * 0.42))
        .collect();
    b.light(&lit, 0.22);
    let mut rng = Rng::named(7, "leaves");
    let (mut bright, mut deep) = (Pen::new(), Pen::new());
    for i in 0..190 {
        let (x, y, r) = clumps[rng.pick(7)];
        let (turn, far) = (rng.unit(), rng.unit().sqrt());
        let at = (x + cowave(turn) * far * r, y + wave(turn) * far * r * 0.86);
        let size = 1.2;
        let pen = if i % 2 == 0 { &mut bright } else { &mut deep };
        pen.ring(at, size, size * 0.6);
    }
    b.fill(&deep.done(), crate::paint::canvas::Paint::Flat(ink.shade, 0.75));
    b.fill(&bright.done(), crate::paint::canvas::Paint::Flat(ink.lit, 0.75));
}

/// Draws a tall pine, its light side and its dark side.
pub fn pine(b: &mut Brush<'_>) {
    let ink = b.ink;
    let mut pen = Pen::new();
    flora::pine(&mut pen, (0.0, 0.0), 100.0, 12);
    b.body(&pen.done(), -20.0, 20.0);
    let mut boughs = Pen::new();
    for i in 1..13 {
        let t = f64::from(i) / 13.0;
        let (wide, y) = (16.0 * t, -96.0 + 84.0 * t);
        boughs.triangle((0.0, y - 4.0), (b.sun * -wide, y + 2.0), (0.0, y + 1.0));
    }
    b.shade(&boughs.done(), 0.28);
    b.rim("M0 -100L20 -12", 0.0, 20.0, 0.4);
    let _ = ink;
}

/// Draws two palms that lean over each other.
pub fn palm(b: &mut Brush<'_>) {
    let ink = b.ink;
    for (x, size, lean, colour) in [
        (12.0, 74.0, 1.2, ink.shade.mix(ink.dark, 0.4)),
        (0.0, 100.0, -0.9, ink.body),
    ] {
        let mut pen = Pen::new();
        flora::palm(&mut pen, (x, 0.0), size, lean);
        b.round(&pen.done(), x - 50.0, x + 50.0, colour);
    }
}

/// Draws a saguaro with ribs and a flower.
pub fn cactus(b: &mut Brush<'_>) {
    let ink = b.ink;
    let mut pen = Pen::new();
    flora::cactus(&mut pen, (0.0, 0.0), 100.0, 1.0);
    b.body(&pen.done(), -32.0, 32.0);
    let mut ribs = Pen::new();
    for (x, top, low) in [(0.0, -96.0, 0.0), (-25.0, -75.0, -42.0), (23.0, -63.0, -32.0)] {
        for k in [-1.0, 0.0, 1.0] {
            ribs.start((x + k * 3.4, top + k * k * 3.0));
            ribs.run((x + k * 3.4, low));
        }
    }
    b.line(&ribs.done(), ink.shade, 0.6);
    let mut thorns = Pen::new();
    for i in 0..40 {
        let (x, y) = (f64::from((i * 7) % 5) * 3.4 - 6.8, -2.0 - f64::from(i * 91 % 94));
        thorns.triangle((x - 0.3, y), (x + 0.3, y), (x + 1.2, y - 1.6));
    }
    b.fill(&thorns.done(), ink.pale);
    for (x, y) in [(0.0, -101.0), (-25.0, -79.0)] {
        b.dot((x, y), 3.2, ink.accent);
        b.dot((x, y - 0.6), 1.2, ink.glow);
    }
}

fn blossom(b: &mut Brush<'_>, (x, y): (f64, f64), size: f64, petals: usize) {
    let ink = b.ink;
    for (turn, scale, colour) in [
        (0.04, 1.0, ink.shade),
        (0.0, 0.94, ink.body),
        (0.03, 0.66, ink.lit),
    ] {
        let mut pen = Pen::new();
        for i in 0..petals {
            let angle = i as f64 / petals as f64 + turn;
            let at = |a: f64, far: f64| {
                (
                    x + cowave(a) * far * size * scale,
                    y + wave(a) * far * size * scale * 0.88,
                )
            };
            let wide = 0.42 / petals as f64;
            pen.start((x, y));
            pen.curve(
                at(angle - wide * 1.7, 0.55),
                at(angle - wide, 1.05),
                at(angle, 1.0),
            );
            pen.curve(at(angle + wide, 1.05), at(angle + wide * 1.7, 0.55), (x, y));
            pen.shut();
        }
        b.fill(&pen.done(), colour);
    }
    b.dot((x, y), size * 0.24, ink.glow.mix(ink.accent, 0.35));
    b.dot((x, y), size * 0.15, ink.dark.mix(ink.accent, 0.4));
    let mut pollen = Pen::new();
    for i in 0..12 {
        let turn = f64::from(i) / 12.0;
        pollen.ring(
            (x + cowave(turn) * size * 0.2, y + wave(turn) * size * 0.19),
            size * 0.02,
            size * 0.02,
        );
    }
    b.fill(&pollen.done(), ink.glow);
}

/// Draws three flowers on their stems.
pub fn flower(b: &mut Brush<'_>) {
    let ink = b.ink;
    let green = crate::paint::colour::hex("4f7d4f").mix(ink.dark, 0.3);
    b.line(
        "M0 2C-2 -24 2 -50 0 -76M-2 2C-8 -18 -18 -34 -24 -52M2 2C8 -14 18 -26 24 -40",
        green,
        1.8,
    );
    b.fill("M-1 -8C-12 -14 -22 -30 -24 -34C-14 -34 -4 -22 -1 -8ZM1 -14C10 -22 16 -38 16 -44C6 -40 1 -28 1 -14ZM0 0C10 -6 26 -10 34 -10C26 -2 10 2 0 0Z", green);
    blossom(b, (-24.0, -54.0), 13.0, 7);
    blossom(b, (24.0, -43.0), 11.0, 7);
    blossom(b, (0.0, -80.0), 20.0, 8);
}

/// Draws a mushroom and its young.
pub fn mushroom(b: &mut Brush<'_>) {
    for (x, scale, lean) in [(34.0, 0.52, 5.0), (-30.0, 0.38, -6.0), (0.0, 1.0, 0.0)] {
        b.c.open((x, 0.0), (scale, scale), lean);
        cap(b);
        b.c.close();
    }
}

fn cap(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.round(
        "M-10 0C-13 -8 -10 -30 -7 -52L7 -52C10 -30 13 -8 10 0C4 2 -4 2 -10 0Z",
        -13.0,
        13.0,
        ink.pale,
    );
    b.fill(
        "M-40 -50C-26 -43 26 -43 40 -50C30 -40 -30 -40 -40 -50Z",
        ink.pale.mix(ink.dark, 0.22),
    );
    let mut gills = Pen::new();
    let half = 9;
    for i in -half..=half {
        let t = f64::from(i) / 10.0;
        gills.start((t * 36.0, -48.5 + t * t * 1.4));
        gills.run((t * 9.0, -42.5));
    }
    b.line(&gills.done(), ink.shade, 0.4);
    b.fill(
        "M-9 -40C-12 -34 -14 -30 -12 -29C-6 -26 6 -26 12 -29C14 -30 12 -34 9 -40Z",
        ink.pale.mix(ink.dark, 0.08),
    );
    b.body(
        "M-43 -50C-46 -78 -24 -100 0 -100C24 -100 46 -78 43 -50C26 -44 -26 -44 -43 -50Z",
        -44.0,
        44.0,
    );
    let mut spots = Pen::new();
    for (x, y, rx, ry) in [
        (-4.0, -84.0, 8.0, 5.6),
        (18.0, -72.0, 6.5, 5.6),
        (-24.0, -70.0, 5.6, 5.2),
        (2.0, -62.0, 5.6, 3.6),
        (32.0, -56.0, 3.6, 3.8),
        (-34.0, -55.0, 3.0, 3.4),
        (16.0, -90.0, 3.4, 2.2),
        (-14.0, -56.0, 3.2, 2.2),
    ] {
        spots.ring((x, y), rx, ry);
    }
    b.fill(&spots.done(), ink.pale);
    b.rim(
        "M-43 -50C-46 -78 -24 -100 0 -100C24 -100 46 -78 43 -50",
        -44.0,
        44.0,
        1.2,
    );
}

/// Draws a monstera in a pot.
pub fn potted(b: &mut Brush<'_>) {
    let ink = b.ink;
    for (turn, long, colour) in [
        (-62.0, 52.0, ink.shade),
        (58.0, 50.0, ink.shade),
        (-34.0, 66.0, ink.body),
        (30.0, 64.0, ink.body),
        (-4.0, 74.0, ink.lit),
    ] {
        b.c.open((0.0, -26.0), (1.0, 1.0), turn);
        let half = long * 0.26;
        b.line(
            &format!("M0 0L0 {:.1}", -long * 0.5),
            ink.dark.mix(ink.body, 0.5),
            1.4,
        );
        let leaf = format!(
            "M0 {:.1}C{:.1} {:.1} {:.1} {:.1} 0 {:.1}C{:.1} {:.1} {:.1} {:.1} 0 {:.1}Z",
            -long * 0.42,
            -half * 1.6,
            -long * 0.42,
            -half * 1.2,
            -long * 0.86,
            -long,
            half * 1.2,
            -long * 0.86,
            half * 1.6,
            -long * 0.42,
            -long * 0.42
        );
        b.fill(&leaf, colour);
        b.shade(
            &format!(
                "M0 {:.1}C{:.1} {:.1} {:.1} {:.1} 0 {:.1}Z",
                -long * 0.42,
                half * 1.6,
                -long * 0.42,
                half * 1.2,
                -long * 0.86,
                -long
            ),
            0.22,
        );
        let mut veins = Pen::new();
        for i in 0..5 {
            let y = -long * (0.50 + 0.36 * f64::from(i) / 5.0);
            veins.start((0.0, y));
            veins.run((half * 0.7, y - long * 0.07));
            veins.start((0.0, y));
            veins.run((-half * 0.7, y - long * 0.07));
        }
        veins.start((0.0, -long * 0.42));
        veins.run((0.0, -long * 0.97));
        b.line(&veins.done(), ink.dark.mix(colour, 0.55), 0.6);
        b.c.close();
    }
    b.round("M-20 -30L20 -30L15 0L-15 0Z", -20.0, 20.0, ink.accent);
    b.fill("M-22 -33L22 -33L21 -26L-21 -26Z", ink.accent.mix(ink.glow, 0.25));
}

/// Draws a vase with dry stems.
pub fn vase(b: &mut Brush<'_>) {
    let ink = b.ink;
    let stem = ink.dark.mix(ink.accent, 0.35);
    b.line("M-2 -50C-8 -70 -20 -82 -26 -98M0 -50C0 -70 2 -88 4 -104M3 -50C10 -66 22 -76 30 -90M-1 -50C-4 -68 -8 -84 -10 -96", stem, 1.0);
    let mut heads = Pen::new();
    for (x, y, lean) in [
        (-26.0, -98.0, -0.5),
        (4.0, -104.0, 0.1),
        (30.0, -90.0, 0.6),
        (-10.0, -96.0, -0.2),
    ] {
        for i in 0..11 {
            let t = f64::from(i) / 11.0;
            let at = (x - lean * t * 18.0, y + t * 22.0);
            heads.ring((at.0 - 2.0, at.1), 2.6, 1.3);
            heads.ring((at.0 + 2.0, at.1 + 1.0), 2.6, 1.3);
        }
    }
    b.fill(&heads.done(), ink.glow.mix(ink.accent, 0.3).mix(ink.dark, 0.12));
    pot(b);
}

/// Draws flowers in a vase.
pub fn bouquet(b: &mut Brush<'_>) {
    b.c.open((0.0, -40.0), (0.72, 0.72), 0.0);
    flower(b);
    b.c.close();
    let blossom = b.ink.body;
    // The blossoms have the colour; the vase is plain.
    b.ink.body = b.ink.pale.mix(b.ink.accent, 0.35);
    pot(b);
    b.ink.body = blossom;
}

fn pot(b: &mut Brush<'_>) {
    let ink = b.ink;
    let pot = "M-7 -54L7 -54C7 -46 10 -42 16 -36C26 -26 26 -10 14 0L-14 0C-26 -10 -26 -26 -16 -36C-10 -42 -7 -46 -7 -54Z";
    b.body(pot, -24.0, 24.0);
    b.fill("M-23 -20C-10 -16 10 -16 23 -20C23.500 -17 23 -14 22 -12C10 -8 -10 -8 -22 -12C-23 -14 -23.500 -17 -23 -20Z", ink.pale.mix(ink.body, 0.3));
    b.fill(&oval_path((0.0, -54.0), 8.0, 1.8), ink.shade);
    b.light("M-14 -32C-20 -26 -20 -16 -16 -8C-22 -14 -22 -26 -14 -32Z", 0.5);
}
