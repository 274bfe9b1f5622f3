//! Draws houses, towers and tents, their windows lit when it is dark.

use super::brush::Brush;
use crate::paint::canvas::Pen;
use crate::paint::colour::Rgb;

fn pane(b: &Brush<'_>) -> Rgb {
    if b.dusk {
        b.ink.lamp
    } else {
        b.ink.dark.mix(b.ink.glow, 0.25)
    }
}

/// Draws a cabin with a steep roof and a chimney.
pub fn house(b: &mut Brush<'_>) {
    let ink = b.ink;
    let pane = pane(b);
    b.fill("M30 -92L30 -70L42 -58L42 -92Z", ink.shade);
    b.fill("M28.500 -95L43.500 -95L43.500 -90L28.500 -90Z", ink.dark);
    b.round("M-10 0L-10 -52L68 -52L68 0Z", -10.0, 68.0, ink.body);
    b.round(
        "M-50 0L-50 -48L-22 -84L6 -48L6 0Z",
        -60.0,
        10.0,
        ink.body.mix(ink.pale, 0.18),
    );
    let roof = ink.dark.mix(ink.accent, 0.42);
    b.down(
        "M-22 -88L54 -88L76 -46L10 -46Z",
        (-88.0, roof.mix(ink.glow, 0.3)),
        (-46.0, roof),
    );
    b.fill(
        "M-22 -92L-58 -44L-52 -40L-22 -80L8 -40L14 -44Z",
        roof.mix(ink.dark, 0.3),
    );
    let mut boards = Pen::new();
    for i in 1..16 {
        let y = -48.0 * f64::from(i) / 16.0;
        boards.block((-10.0, y), 78.0, 0.5);
        boards.block((-50.0, y), 56.0, 0.5);
    }
    b.shade(&boards.done(), 0.25);
    b.fill(
        "M-31 0L-31 -28C-31 -36 -15 -36 -15 -28L-15 0Z",
        ink.dark.mix(ink.accent, 0.25),
    );
    b.dot((-22.5, -57.0), 6.0, pane);
    let panes = "M18 -38L34 -38L34 -18L18 -18ZM44 -38L60 -38L60 -18L44 -18Z";
    if b.dusk {
        for x in [26.0, 52.0, -22.0] {
            b.halo((x, if x < 0.0 { -57.0 } else { -28.0 }), 34.0, ink.glow, 0.5);
        }
    }
    b.fill(panes, pane);
    b.line(
        "M26 -38L26 -18M52 -38L52 -18M18 -28L34 -28M44 -28L60 -28",
        ink.pale.mix(ink.body, 0.3),
        1.3,
    );
    b.line(
        "M18 -38L34 -38L34 -18L18 -18ZM44 -38L60 -38L60 -18L44 -18Z",
        ink.pale.mix(ink.body, 0.3),
        1.6,
    );
    b.rim("M-58 -44L-22 -92L54 -88", -58.0, 70.0, 1.1);
    let smoke = b.c.linear(
        (0.0, -96.0),
        (0.0, -140.0),
        &[(0.0, ink.pale, 0.5), (1.0, ink.pale, 0.0)],
    );
    b.c.fill("M34 -96C30 -106 40 -112 36 -122C34 -130 42 -136 52 -140C46 -130 48 -126 46 -116C44 -108 42 -104 39 -96Z", smoke);
}

/// Draws a lighthouse with its beam.
pub fn lighthouse(b: &mut Brush<'_>) {
    let ink = b.ink;
    let lamp = ink.glow;
    let strong = if b.dusk { 0.6 } else { 0.28 };
    for way in [-1.0, 1.0] {
        let paint = b.c.linear(
            (0.0, 0.0),
            (way * 190.0, 0.0),
            &[(0.0, lamp, strong), (1.0, lamp, 0.0)],
        );
        b.c.fill(
            &format!("M0 -88L{:.0} -116L{:.0} -70Z", way * 190.0, way * 190.0),
            paint,
        );
    }
    b.round("M16 0L16 -16L28 -25L40 -16L40 0Z", 14.0, 40.0, ink.pale);
    b.fill(
        "M12 -15L28 -28L44 -15L40.500 -13L28 -23L15.500 -13Z",
        ink.accent.mix(ink.dark, 0.35),
    );
    b.fill("M25 -13L31 -13L31 -6L25 -6Z", pane(b));
    let red = ink.accent.mix(ink.dark, 0.08);
    let tower = "M-15 0L-9 -78L9 -78L15 0Z";
    b.fill(tower, ink.body);
    b.fill(
        "M-13.900 -14L-12.500 -32L12.500 -32L13.900 -14ZM-11.200 -48L-10 -64L10 -64L11.200 -48Z",
        red,
    );
    let (lit, dark) = (ink.glow, ink.dark);
    b.across(
        tower,
        -15.0,
        15.0,
        &[
            (0.0, lit, 0.30),
            (0.35, lit, 0.0),
            (0.36, dark, 0.0),
            (1.0, dark, 0.55),
        ],
    );
    b.fill(
        "M-2.500 -40L2.500 -40L2.500 -46L-2.500 -46ZM-2.200 -70L2.200 -70L2.200 -75L-2.200 -75Z",
        pane(b),
    );
    b.fill("M-4 0L-4 -9C-4 -13 4 -13 4 -9L4 0Z", ink.dark);
    b.fill("M-13 -78L13 -78L12 -81L-12 -81Z", ink.dark);
    b.line(
        "M-12 -85L12 -85M-12 -85L-12 -80M-6 -85L-6 -80M0 -85L0 -80M6 -85L6 -80M12 -85L12 -80",
        ink.dark,
        0.7,
    );
    b.halo((0.0, -88.0), 36.0, lamp, 0.9);
    b.fill("M-6.500 -81L-6.500 -94L6.500 -94L6.500 -81Z", ink.glow);
    b.line(
        "M-6.500 -81L-6.500 -94M6.500 -81L6.500 -94M-2.200 -81L-2.200 -94M2.200 -81L2.200 -94",
        ink.dark,
        0.8,
    );
    b.fill(
        "M-8.500 -94C-6 -100 -2 -101 0 -104C2 -101 6 -100 8.500 -94Z",
        red.mix(ink.dark, 0.35),
    );
    b.line("M0 -103L0 -108", ink.dark, 0.8);
}

/// Draws a castle with three towers.
pub fn castle(b: &mut Brush<'_>) {
    let ink = b.ink;
    let roof = ink.accent.mix(ink.dark, 0.3);
    let mut spires = Pen::new();
    let towers = [
        (-40.0, 8.0, -52.0, -74.0),
        (-14.0, 8.5, -66.0, -92.0),
        (10.0, 11.0, -70.0, -102.0),
        (42.0, 8.0, -48.0, -70.0),
    ];
    for (x, half, top, tip) in towers {
        let wall = format!(
            "M{:.1} 0L{:.1} {top}L{:.1} {top}L{:.1} 0Z",
            x - half,
            x - half,
            x + half,
            x + half
        );
        b.round(&wall, x - half, x + half, ink.body);
        spires.triangle((x - half - 2.5, top), (x, tip), (x + half + 2.5, top));
        spires.block((x - 0.4, tip - 6.0), 0.8, 7.0);
        spires.triangle((x, tip - 6.0), (x + 7.0, tip - 4.0), (x, tip - 2.0));
    }
    b.fill(&spires.done(), roof);
    b.round(
        "M-52 0L-52 -28L54 -28L54 0Z",
        -56.0,
        58.0,
        ink.body.mix(ink.pale, 0.08),
    );
    let mut teeth = Pen::new();
    for i in 0..14 {
        teeth.block((-52.0 + f64::from(i) * 7.8, -32.5), 4.6, 5.5);
    }
    b.fill(&teeth.done(), ink.body.mix(ink.pale, 0.05));
    b.fill("M-9 0L-9 -13C-9 -22 9 -22 9 -13L9 0Z", ink.dark);
    let pane = pane(b);
    let mut lit = Pen::new();
    for (x, y) in [
        (-40.0, -42.0),
        (-14.0, -54.0),
        (10.0, -56.0),
        (10.0, -44.0),
        (42.0, -40.0),
        (-30.0, -16.0),
        (32.0, -16.0),
        (-14.0, -42.0),
    ] {
        lit.block((x - 1.4, y - 3.0), 2.8, 5.6);
    }
    b.fill(&lit.done(), pane);
    let mut stones = Pen::new();
    for i in 0..60 {
        let (x, y) = (f64::from(i * 37 % 104) - 51.0, -1.5 - f64::from((i * 53) % 25));
        stones.block((x, y), 3.2, 0.5);
    }
    b.shade(&stones.done(), 0.3);
    b.rim(
        "M10 -102L-3 -70M-14 -92L-24 -66M-40 -74L-50 -52L-48 -28L-52 -28L-52 0",
        -54.0,
        54.0,
        0.9,
    );
}

/// Draws a windmill on its mound.
pub fn windmill(b: &mut Brush<'_>) {
    let ink = b.ink;
    b.round("M-19 0L-11 -60L11 -60L19 0Z", -19.0, 19.0, ink.body);
    b.fill(
        "M-13 -58C-12 -72 -6 -77 0 -78C6 -77 12 -72 13 -58Z",
        ink.accent.mix(ink.dark, 0.35),
    );
    b.fill("M-5 0L-5 -12C-5 -17 5 -17 5 -12L5 0Z", ink.dark);
    b.fill(
        "M-3 -28L3 -28L3 -36L-3 -36ZM-2.600 -46L2.600 -46L2.600 -52L-2.600 -52Z",
        pane(b),
    );
    b.fill(
        "M-17.300 -22L17.300 -22L17.600 -19.500L-17.600 -19.500Z",
        ink.dark.mix(ink.body, 0.3),
    );
    for turn in [22.0, 112.0, 202.0, 292.0] {
        b.c.open((0.0, -66.0), (1.0, 1.0), turn);
        b.fill("M2 -8L10 -8L10 -44L2 -44Z", ink.pale);
        let mut bars = Pen::new();
        for i in 0..=7 {
            bars.block((0.0, -8.0 - 36.0 * f64::from(i) / 7.0), 10.0, 0.7);
        }
        bars.block((-0.7, -46.0), 1.6, 46.0);
        bars.block((9.4, -44.0), 0.8, 36.0);
        bars.block((5.6, -44.0), 0.6, 36.0);
        b.fill(&bars.done(), ink.dark);
        b.c.close();
    }
    b.dot((0.0, -66.0), 2.8, ink.dark);
}

/// Draws a tent, lit from within, with a fire before it when it is dark.
pub fn tent(b: &mut Brush<'_>) {
    let ink = b.ink;
    let inside = if b.dusk { ink.glow } else { ink.dark };
    if b.dusk {
        b.halo((0.0, -40.0), 130.0, ink.glow, 0.4);
    }
    b.fill("M0 -100L-78 0L30 0Z", ink.body);
    b.across(
        "M0 -100L30 0L94 0Z",
        0.0,
        94.0,
        &[(0.0, ink.lit, 1.0), (1.0, ink.shade, 1.0)],
    );
    let paint = b.c.linear(
        (0.0, -100.0),
        (0.0, 0.0),
        &[(0.0, ink.lit, 1.0), (1.0, ink.body, 1.0)],
    );
    b.c.fill("M0 -100L-78 0L30 0Z", paint);
    b.fill("M0 -86L-34 0L14 0Z", inside);
    b.fill("M0 -90L-44 0L-26 0C-16 -26 -6 -54 0 -90Z", ink.shade);
    b.fill("M0 -90L20 0L8 0C6 -26 4 -54 0 -90Z", ink.shade);
    b.line(
        "M0 -100L-2 -106M0 -100L3 -105M-78 0L-94 4M94 0L108 4",
        ink.dark,
        1.4,
    );
    b.rim("M-78 0L0 -100L94 0", -78.0, 94.0, 1.3);
    if b.dusk {
        let x = 138.0;
        b.halo((x, -14.0), 80.0, ink.accent.mix(ink.glow, 0.4), 0.7);
        b.fill("M124 0C120 -14 130 -20 132 -34C140 -28 142 -22 142 -16C146 -18 147 -22 147 -24C154 -14 154 -6 150 0Z", ink.accent);
        b.fill("M131 0C129 -8 135 -12 137 -20C142 -14 145 -6 143 0Z", ink.glow);
        b.line("M120 2L154 -3M122 -3L156 2", ink.dark, 4.0);
    }
}
