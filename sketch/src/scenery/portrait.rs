//! Draws one person from the chest up, before a wall with a disc of light.

use crate::paint::canvas::{Paint, oval_path};
use crate::paint::colour::{Rgb, WHITE, hex};
use crate::plan::Cx;
use crate::plan::palette::own_colour;
use crate::prompt::vocabulary::{Look, Subject};
use crate::subjects;

/// The colours of a person.
struct Person {
    skin: Rgb,
    dark: Rgb,
    hair: Rgb,
    cloth: Rgb,
    ink: Rgb,
    pale: Rgb,
}

const FACE: &str = "M-28 -134C-28 -160 28 -160 28 -134L27 -112C26 -96 12 -82 0 -82C-12 -82 -26 -96 -27 -112Z";
const CHEST: &str = "M-84 20C-84 -36 -54 -52 -22 -59L-13 -66C-6 -57 6 -57 13 -66L22 -59C54 -52 84 -36 84 20Z";

/// Draws the whole scene.
pub fn draw(cx: &mut Cx<'_>) {
    let (w, h, s) = (cx.w, cx.h, cx.s);
    let pal = cx.pal;
    let paint = cx.c.linear(
        (0.0, 0.0),
        (w, h),
        &[
            (0.0, pal.sky[0].mix(pal.glow, 0.25), 1.0),
            (1.0, pal.sky[2].mix(pal.mid, 0.2), 1.0),
        ],
    );
    cx.c.rect((0.0, 0.0), w, h, paint);
    let x = if w > h * 1.2 {
        0.5 * w + (cx.plan.hero - 0.5 * w) * 0.6
    } else {
        0.5 * w
    };
    let unit = s * 0.0046;
    let disc = (x - cx.plan.side * s * 0.05, h - unit * 116.0);
    cx.c.disc(disc, s * 0.40, Paint::Flat(pal.sun, 0.55));
    cx.c.disc(disc, s * 0.33, pal.sun);
    let animal = cx
        .read
        .subjects
        .first()
        .is_some_and(|(hero, _)| *hero != Subject::Person);
    if animal {
        cx.c.open_subject();
        subjects::emblem(cx, (x, h * 1.04), s * 0.92);
        cx.c.close();
        return;
    }
    let person = person(cx);
    cx.c.open_subject();
    cx.c.open((x, h), (unit * cx.plan.side, unit), 0.0);
    bust(cx, &person);
    cx.c.close();
    cx.c.close();
}

fn person(cx: &Cx<'_>) -> Person {
    let mut rng = cx.rng("person");
    let pal = cx.pal;
    let skins = [
        hex("f2c9a8"),
        hex("e3ab82"),
        hex("c68658"),
        hex("9c6240"),
        hex("f0d0b8"),
    ];
    let hairs = [hex("2e2430"), hex("5a3826"), hex("8a5630"), hex("c99a55")];
    let (skin, hair) = (skins[rng.pick(5)], hairs[rng.pick(4)]);
    let hair = match cx.read.hair {
        Some(hue) => own_colour(hue).mix(pal.near, 0.12),
        None if cx.read.looks(Look::Old) || cx.read.looks(Look::Wizard) => hex("d9d5d0"),
        None if cx.read.looks(Look::Viking) => hex("b8762f"),
        None => hair,
    };
    let night = if pal.is_dark() { 0.22 } else { 0.04 };
    let skin = skin.mix(pal.near, night);
    let cloth = if cx.read.looks(Look::Chef) {
        WHITE.mix(pal.sky[1], 0.12)
    } else if (pal.accent.lightness() - hair.lightness()).abs() < 0.16 {
        pal.mid.mix(pal.sky[0], 0.25)
    } else {
        pal.accent
    };
    Person {
        skin,
        dark: skin.mix(pal.near, 0.30).mix(hex("a04030"), 0.10),
        hair: hair.mix(pal.near, night),
        cloth,
        ink: pal.near.mix(hex("201820"), 0.5),
        pale: WHITE.mix(pal.glow, 0.2).mix(pal.near, night),
    }
}

fn bust(cx: &mut Cx<'_>, it: &Person) {
    let long = cx.read.looks(Look::Long);
    if long {
        cx.c.fill(
            "M-35 -120C-42 -168 -6 -178 4 -174C36 -174 44 -146 38 -116C40 -90 52 -66 44 -34C22 -24 -24 -24 -46 -34C-52 -66 -36 -92 -35 -120Z",
            it.hair.mix(it.ink, 0.30),
        );
    }
    clothes(cx, it);
    let neck = "M-13 -100L13 -100L14 -62C8 -54 -8 -54 -14 -62Z";
    cx.c.fill(neck, it.skin.mix(it.dark, 0.45));
    cx.c.fill(
        "M-14 -88C-6 -76 8 -76 14 -92L14 -80C6 -66 -8 -66 -14 -76Z",
        Paint::Flat(it.dark, 0.7),
    );
    for x in [-28.0, 28.0] {
        cx.c.oval((x, -120.0), 5.0, 9.0, it.skin.mix(it.dark, 0.25));
    }
    cx.c.fill(FACE, it.skin);
    // The side away from the light.
    cx.c.open_clipped(FACE);
    cx.c.fill(
        "M-40 -170L-6 -170C-14 -150 -16 -120 -8 -82L-40 -70Z",
        Paint::Flat(it.dark, 0.30),
    );
    cx.c.close();
    features(cx, it);
    if cx.read.looks(Look::Beard) || cx.read.looks(Look::Viking) || cx.read.looks(Look::Wizard) {
        beard(cx, it);
    }
    hair(cx, it, long);
    eyewear(cx, it);
    hat(cx, it);
}

fn clothes(cx: &mut Cx<'_>, it: &Person) {
    let low = it.cloth.mix(it.ink, 0.35);
    let paint = cx.c.linear(
        (70.0, -60.0),
        (-80.0, 10.0),
        &[
            (0.0, it.cloth.mix(it.pale, 0.15), 1.0),
            (0.4, it.cloth, 1.0),
            (1.0, low, 1.0),
        ],
    );
    cx.c.fill(CHEST, paint);
    if cx.read.looks(Look::Chef) {
        cx.c.fill(
            "M-22 -59L-2 -36L-12 -30L-34 -54ZM22 -59L2 -36L12 -30L34 -54Z",
            it.pale,
        );
        for y in [-24.0, -8.0] {
            for x in [-10.0, 10.0] {
                cx.c.disc((x, y), 2.4, low.mix(it.ink, 0.3));
            }
        }
        cx.c.line("M0 -36L0 20", Paint::Flat(low, 0.6), 1.0);
    } else if cx.read.looks(Look::Viking) {
        let fur = hex("6b4a34").mix(it.ink, 0.15);
        for i in 0..13 {
            let t = f64::from(i) / 6.0 - 1.0;
            let y = -60.0 + 30.0 * t * t;
            cx.c.oval(
                (t * 62.0, y + 4.0),
                11.0,
                13.0,
                fur.mix(it.pale, 0.08 * f64::from(i % 3)),
            );
        }
    } else {
        cx.c.fill(
            "M-22 -59L-13 -66C-6 -54 6 -54 13 -66L22 -59C10 -42 -10 -42 -22 -59Z",
            it.cloth.mix(it.pale, 0.35),
        );
        cx.c.line(
            "M-58 20C-57 0 -56 -12 -52 -22M58 20C57 0 56 -12 52 -22",
            Paint::Flat(low, 0.8),
            1.4,
        );
    }
}

fn features(cx: &mut Cx<'_>, it: &Person) {
    for x in [-11.5, 11.5] {
        cx.c.oval((x, -121.0), 4.6, 3.4, it.pale);
        cx.c.disc((x + 0.6, -121.0), 2.9, it.ink);
        cx.c.disc((x + 1.6, -122.2), 0.9, it.pale);
    }
    let brow = it.hair.mix(it.ink, 0.4);
    cx.c.line(
        "M-18 -130Q-12 -134.500 -6 -131M18 -130Q12 -134.500 6 -131",
        brow,
        2.4,
    );
    cx.c.line(
        "M-16.500 -123.500Q-11.500 -126.500 -7 -123M16.500 -123.500Q11.500 -126.500 7 -123",
        it.ink,
        1.3,
    );
    cx.c.fill(
        "M1 -122C-1 -114 -5 -109 -4 -106.500C-2 -104.500 2 -104.500 4 -106C2 -108 1 -112 1 -122Z",
        Paint::Flat(it.dark, 0.55),
    );
    let lips = it.skin.mix(hex("b04048"), 0.55).mix(it.dark, 0.2);
    cx.c.fill(
        "M-9 -96C-5 -98.500 -2 -98 0 -97C2 -98 5 -98.500 9 -96C5 -91.500 -5 -91.500 -9 -96Z",
        lips,
    );
    cx.c.line("M-9 -96Q0 -94 9 -96", Paint::Flat(it.ink, 0.4), 0.8);
    for x in [-17.0, 17.0] {
        cx.c.oval((x, -106.0), 6.0, 4.0, Paint::Flat(hex("e0705a"), 0.20));
    }
    if cx.read.looks(Look::Old) {
        cx.c.line(
            "M-13 -142Q0 -145.500 13 -142M-10 -147.500Q0 -150 10 -147.500M-20 -117Q-17 -114 -13 -114M20 -117Q17 -114 13 -114M-12 -104Q-15 -100 -14 -95M12 -104Q15 -100 14 -95",
            Paint::Flat(it.dark, 0.8),
            1.0,
        );
    }
}

fn beard(cx: &mut Cx<'_>, it: &Person) {
    let long = if cx.read.looks(Look::Wizard) { -24.0 } else { -58.0 };
    cx.c.fill(
        &format!("M-29 -122C-26 -113 -21 -107 -13 -104.500C-6 -107 6 -107 13 -104.500C21 -107 26 -113 29 -122L29 -104C30 -82 17 {:.0} 0 {long}C-17 {:.0} -30 -82 -29 -104Z", long - 4.0, long - 4.0),
        it.hair,
    );
    cx.c.fill(
        &format!("M-29 -122C-26 -113 -21 -107 -13 -104.500C-16 -92 -12 -76 -3 {long:.0}C-18 {:.0} -30 -82 -29 -104Z", long - 4.0),
        Paint::Flat(it.ink, 0.14),
    );
    cx.c.fill(
        "M-7 -95.500C-4 -97 4 -97 7 -95.500C4 -92.500 -4 -92.500 -7 -95.500Z",
        it.skin.mix(hex("903038"), 0.6),
    );
    cx.c.fill(
        "M0 -103C-6 -107 -15 -103 -17 -95C-9 -96 -4 -98 0 -98C4 -98 9 -96 17 -95C15 -103 6 -107 0 -103Z",
        it.hair.mix(it.pale, 0.12),
    );
    cx.c.line(
        "M-12 -88Q-10 -78 -5 -68M0 -88L0 -66M12 -88Q10 -78 5 -68",
        Paint::Flat(it.ink, 0.18),
        1.0,
    );
}

fn hair(cx: &mut Cx<'_>, it: &Person, long: bool) {
    let path = if long {
        "M-30 -112C-36 -154 -20 -169 3 -169C26 -169 36 -150 30 -112C29 -130 22 -143 8 -151C-2 -139 -24 -134 -30 -112Z"
    } else {
        "M-30 -120C-36 -158 -14 -172 6 -169C28 -168 35 -146 30 -120L27.500 -134C23 -143 16 -148 9 -149C-4 -144 -20 -147 -26.500 -137Z"
    };
    let paint = cx.c.linear(
        (30.0, -165.0),
        (-30.0, -120.0),
        &[(0.0, it.hair.mix(it.pale, 0.22), 1.0), (1.0, it.hair, 1.0)],
    );
    cx.c.fill(path, paint);
    cx.c.line(
        "M6 -164C-8 -160 -20 -152 -25 -138M10 -164C20 -160 26 -150 28 -138",
        Paint::Flat(it.ink, 0.18),
        1.2,
    );
}

fn eyewear(cx: &mut Cx<'_>, it: &Person) {
    let lenses = "M-22 -128C-16 -130 -8 -129 -3 -127C-2 -120 -5 -113 -12 -113C-19 -113 -22 -120 -22 -128ZM22 -128C16 -130 8 -129 3 -127C2 -120 5 -113 12 -113C19 -113 22 -120 22 -128Z";
    if cx.read.looks(Look::Sunglasses) {
        cx.c.fill(lenses, it.ink);
        cx.c.fill(
            "M-19 -126L-13 -127L-17 -118ZM6 -126L12 -127L8 -118Z",
            Paint::Flat(it.pale, 0.35),
        );
        cx.c.line(
            "M-3 -125Q0 -127 3 -125M-22 -127L-28 -124M22 -127L28 -124",
            it.ink,
            2.2,
        );
    } else if cx.read.looks(Look::Glasses) {
        cx.c.line(lenses, it.ink, 1.8);
        cx.c.line(
            "M-3 -125Q0 -127 3 -125M-22 -127L-28 -124M22 -127L28 -124",
            it.ink,
            1.6,
        );
    }
}

fn hat(cx: &mut Cx<'_>, it: &Person) {
    let gold = hex("e2b04a").mix(it.ink, 0.08);
    if cx.read.looks(Look::Viking) {
        let steel = hex("8d98a3").mix(it.ink, 0.12);
        for way in [-1.0, 1.0] {
            cx.c.open((0.0, 0.0), (way, 1.0), 0.0);
            let paint = cx.c.linear(
                (30.0, -150.0),
                (58.0, -186.0),
                &[(0.0, hex("b99f7d"), 1.0), (1.0, hex("f5ead6"), 1.0)],
            );
            cx.c.fill("M29 -144C46 -142 62 -156 58 -188C52 -168 42 -161 26 -160Z", paint);
            cx.c.close();
        }
        let paint = cx.c.linear(
            (34.0, 0.0),
            (-34.0, 0.0),
            &[
                (0.0, steel.mix(it.pale, 0.5), 1.0),
                (0.4, steel, 1.0),
                (1.0, steel.mix(it.ink, 0.45), 1.0),
            ],
        );
        cx.c.fill(
            "M-33 -134C-34 -180 34 -180 33 -134C20 -141 -20 -141 -33 -134Z",
            paint,
        );
        cx.c.fill("M-34 -134C-20 -142 20 -142 34 -134L34 -126C20 -134 -20 -134 -34 -126ZM-4 -170L4 -170L4 -110C2 -107 -2 -107 -4 -110Z", gold);
        for x in [-24.0, -13.0, 13.0, 24.0] {
            cx.c.disc((x, -133.5), 1.6, gold.mix(it.ink, 0.5));
        }
    } else if cx.read.looks(Look::Chef) {
        let fold = it.pale.mix(it.ink, 0.22);
        cx.c.fill("M-27 -140L-27 -162C-46 -168 -42 -196 -20 -193C-14 -208 14 -208 20 -193C42 -196 46 -168 27 -162L27 -140C10 -147 -10 -147 -27 -140Z", it.pale);
        cx.c.fill(
            "M-27 -152C-10 -159 10 -159 27 -152L27 -140C10 -147 -10 -147 -27 -140Z",
            fold.mix(it.pale, 0.5),
        );
        cx.c.line(
            "M-12 -160Q-14 -174 -18 -182M0 -162L0 -186M12 -160Q14 -174 18 -182",
            fold,
            1.6,
        );
    } else if cx.read.looks(Look::Crown) {
        cx.c.fill(
            "M-27 -141L-32 -172L-16 -158L0 -180L16 -158L32 -172L27 -141C10 -148 -10 -148 -27 -141Z",
            gold,
        );
        cx.c.fill(
            "M-27 -141C-10 -148 10 -148 27 -141L28 -147C10 -154 -10 -154 -28 -147Z",
            gold.mix(it.ink, 0.25),
        );
        for (x, y) in [(-32.0, -172.0), (0.0, -180.0), (32.0, -172.0)] {
            cx.c.disc((x, y), 3.4, gold.mix(WHITE, 0.4));
        }
        for x in [-14.0, 0.0, 14.0] {
            cx.c.disc((x, -150.0), 2.8, it.cloth);
        }
    } else if cx.read.looks(Look::Wizard) {
        let felt = it.cloth.mix(it.ink, 0.35);
        cx.c.fill(
            "M-25 -144C-14 -172 -6 -196 14 -214C10 -198 18 -170 26 -144Z",
            felt,
        );
        cx.c.fill(&oval_path((0.0, -144.0), 48.0, 10.0), felt.mix(it.pale, 0.12));
        cx.c.fill(
            "M-25 -147C-10 -153 10 -153 26 -147L24 -155C10 -160 -10 -160 -22 -155Z",
            gold,
        );
    }
}
