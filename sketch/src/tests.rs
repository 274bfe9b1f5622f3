//! Tests what the crate promises about pictures, on small ones.

use resvg::tiny_skia::Pixmap;

use super::{Brief, Detail, PaintError, png, svg};

const PROMPTS: [&str; 13] = [
    "a fox in a misty forest at dawn",
    "perfume bottle on a plinth, teal and gold",
    "lighthouse on a cliff at dusk",
    "city at night in the rain",
    "whale in the sea, stormy",
    "astronaut in space",
    "a cat in a cosy room",
    "zxqv blorp",
    "a bowl of ramen",
    "portrait of an old man with a beard",
    "a dashboard with charts",
    "a concert poster that says \"JAZZ NIGHT\"",
    "a logo for a coffee shop called Bean There",
];

fn brief(prompt: &str, seed: u64, width: u32, height: u32, detail: Detail) -> Brief<'_> {
    Brief {
        prompt,
        seed,
        width,
        height,
        detail,
    }
}

fn pixels(brief: &Brief<'_>) -> Pixmap {
    Pixmap::decode_png(&png(brief).unwrap()).unwrap()
}

/// Returns the mean difference of two pictures of one size, 0 to 255.
fn difference(a: &Pixmap, b: &Pixmap) -> f64 {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()));
    let sum: u64 = a
        .data()
        .iter()
        .zip(b.data())
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    // One of four bytes is the opacity, which never differs.
    sum as f64 / (a.data().len() as f64 * 0.75)
}

/// Shrinks a picture. Every pixel is the mean of a square of the larger one.
fn shrunk(large: &Pixmap, factor: usize) -> Pixmap {
    let (width, height) = (large.width() as usize / factor, large.height() as usize / factor);
    let mut small = Pixmap::new(width as u32, height as u32).unwrap();
    for y in 0..height {
        for x in 0..width {
            for channel in 0..4 {
                let square = (0..factor * factor).map(|i| (x * factor + i % factor, y * factor + i / factor));
                let at = |(x, y): (usize, usize)| (y * large.width() as usize + x) * 4 + channel;
                let sum: usize = square.map(|place| usize::from(large.data()[at(place)])).sum();
                small.data_mut()[(y * width + x) * 4 + channel] = (sum / (factor * factor)) as u8;
            }
        }
    }
    small
}

#[test]
fn the_same_brief_gives_the_same_bytes() {
    for prompt in PROMPTS {
        let brief = brief(prompt, 7, 160, 90, Detail::Draft);
        assert_eq!(png(&brief).unwrap(), png(&brief).unwrap());
    }
}

/// Returns where a picture says that its subject stands.
fn told_subject(brief: &Brief<'_>) -> Option<[u32; 4]> {
    let file = std::io::Cursor::new(png(brief).unwrap());
    let reader = png::Decoder::new(file).read_info().unwrap();
    let chunks = &reader.info().uncompressed_latin1_text;
    let chunk = chunks.iter().find(|chunk| chunk.keyword == crate::SUBJECT_KEY)?;
    let numbers = chunk.text.split(' ').map(|number| number.parse().unwrap());
    numbers.collect::<Vec<u32>>().try_into().ok()
}

#[test]
fn light_that_fades_is_no_part_of_the_subject() {
    let lighthouse = "a lighthouse on a cliff at dusk, warm light, waves below";
    for seed in 0..4 {
        let [_, _, width, height] = told_subject(&brief(lighthouse, seed, 320, 180, Detail::Draft)).unwrap();
        assert!(width < height, "its beam is wider than it: {width}x{height}");
    }
}

#[test]
fn a_picture_says_where_its_subject_stands_and_every_stage_says_the_same() {
    for seed in 0..4 {
        let small = brief(
            "a fox on the left in a misty forest",
            seed,
            320,
            180,
            Detail::Draft,
        );
        let [x, y, width, height] = told_subject(&small).unwrap();
        assert!(
            x + width / 2 < 160 && y + height / 2 > 60,
            "{x} {y} {width} {height}"
        );
        assert!(
            (20..160).contains(&width) && (20..120).contains(&height),
            "{width} {height}"
        );
        let large = brief(small.prompt, seed, 960, 540, Detail::Final);
        let told = told_subject(&large).unwrap();
        for (large, small) in told.into_iter().zip([x, y, width, height]) {
            assert!(
                large.abs_diff(small * 3) <= 6,
                "{told:?} for {:?}",
                [x, y, width, height]
            );
        }
    }
    assert_eq!(
        told_subject(&brief("blue ribbons", 1, 160, 90, Detail::Draft)),
        None
    );
}

#[test]
fn four_seeds_in_a_row_are_four_pictures() {
    for prompt in PROMPTS {
        for first in [0, 41] {
            let four: Vec<Pixmap> = (first..first + 4)
                .map(|seed| pixels(&brief(prompt, seed, 160, 90, Detail::Draft)))
                .collect();
            for (i, a) in four.iter().enumerate() {
                for b in &four[i + 1..] {
                    let apart = difference(a, b);
                    assert!(apart > 12.0, "{prompt}: two seeds differ by {apart:.1} only");
                }
            }
        }
    }
}

#[test]
fn other_words_are_another_picture() {
    let a = pixels(&brief("qua", 1, 120, 120, Detail::Draft));
    let b = pixels(&brief("quo", 1, 120, 120, Detail::Draft));
    assert!(difference(&a, &b) > 5.0);
}

#[test]
fn later_stages_are_the_same_composition_with_more_in_it() {
    for prompt in PROMPTS {
        let draft = pixels(&brief(prompt, 2, 160, 90, Detail::Draft));
        let other = pixels(&brief(prompt, 3, 160, 90, Detail::Draft));
        let between_seeds = difference(&draft, &other);
        for (factor, detail) in [(2, Detail::Review), (4, Detail::Final)] {
            let later = brief(prompt, 2, 160 * factor, 90 * factor, detail);
            assert!(
                svg(&later).len() > svg(&brief(prompt, 2, 160, 90, Detail::Draft)).len(),
                "{prompt}: nothing was added"
            );
            let moved = difference(&draft, &shrunk(&pixels(&later), factor as usize));
            assert!(
                moved < 2.0 && moved * 8.0 < between_seeds,
                "{prompt}: {detail:?} moved by {moved:.1} of {between_seeds:.1}"
            );
        }
    }
}

#[test]
fn pictures_have_exactly_the_pixels_asked_for_and_no_holes() {
    let sizes = [
        (128, 72),
        (72, 128),
        (96, 96),
        (150, 50),
        (50, 150),
        (95, 119),
        (1, 1),
        (64, 1),
    ];
    for prompt in PROMPTS {
        for (width, height) in sizes {
            let picture = pixels(&brief(prompt, 5, width, height, Detail::Draft));
            assert_eq!((picture.width(), picture.height()), (width, height));
            assert!(picture.data().chunks(4).all(|pixel| pixel[3] == 255));
        }
    }
}

#[test]
fn no_pixels_are_refused() {
    for (width, height) in [(0, 10), (10, 0), (u32::MAX, u32::MAX)] {
        assert!(matches!(
            png(&brief("fox", 1, width, height, Detail::Draft)),
            Err(PaintError::Size { .. })
        ));
    }
}

#[test]
fn quoted_words_are_lettered_and_other_words_are_not() {
    let poster = |words: &str| svg(&brief(words, 1, 200, 100, Detail::Draft));
    // A letter is one stroke, and "JAZZ" has four; the rest of the picture may differ by its seed.
    let strokes = |scene: &str| {
        scene.matches("stroke-width=\"2.66\"").count() + scene.matches("stroke-width=\"2.52\"").count()
    };
    assert_eq!(strokes(&poster("a poster \"JAZZ\"")), 4);
    assert_eq!(strokes(&poster("a poster of jazz")), 0);
}

#[test]
fn what_is_not_known_is_told_apart_from_what_is() {
    assert_eq!(crate::unknown_words("a bowl of kimchi"), ["kimchi"]);
    assert!(!crate::draws_shapes("a bowl of kimchi"));
    assert!(crate::draws_shapes("kimchi"));
    assert_eq!(crate::unknown_words("a fox in a misty forest"), [""; 0]);
}

#[test]
fn prompt_text_never_reaches_the_scene() {
    let hostile = "fox zzmarker <script>alert(1)</script> \"/><image href='file:///etc/passwd'/> &xxe; ]]>";
    let scene = svg(&brief(hostile, 1, 200, 100, Detail::Final));
    for part in ["zzmarker", "script", "image", "passwd", "&", "href", "<text"] {
        assert!(!scene.contains(part), "{part} is in the scene");
    }
}

#[test]
fn hostile_prompts_give_a_picture() {
    let long = "fox night sea gold ".repeat(5_000);
    let narrow = "a ".repeat(4_000);
    for prompt in [
        "",
        " ",
        "\0\u{202e}\u{feff}",
        "🦊🦊🦊",
        "no no no no",
        "without a fox",
        &long,
        &narrow,
        "İıſß ﬁ",
    ] {
        let picture = pixels(&brief(prompt, u64::MAX, 96, 54, Detail::Draft));
        let first = &picture.data()[..4];
        assert!(
            picture.data().chunks(4).any(|pixel| pixel != first),
            "{prompt:.20} is an empty picture"
        );
    }
}
