//! Draws sixty prompts of the kinds that people type first as one sheet, a row a kind:
//! `cargo run -p greenlight-sketch --example sheet -- sheet.png`.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a sheet has some dozens of tiles"
)]

use std::process::ExitCode;

use greenlight_sketch::{Brief, Detail, png};
use resvg::tiny_skia::{Color, Pixmap, PixmapPaint, Transform};

/// Twelve kinds, five prompts each.
const PROMPTS: [[&str; 5]; 12] = [
    // Products.
    [
        "a perfume bottle on marble, soft light",
        "wireless headphones, product shot, black",
        "a smart speaker on a wooden table",
        "red sneakers floating on a pastel background",
        "a skincare jar with water drops",
    ],
    // Food.
    [
        "a bowl of ramen",
        "a cheeseburger, studio lighting",
        "pizza margherita on a wooden board",
        "a birthday cake with candles",
        "pancakes with syrup and berries",
    ],
    // People.
    [
        "portrait of an old man with a beard",
        "a portrait of a young woman with red hair",
        "a couple dancing in the rain",
        "a chef in a kitchen",
        "portrait of a viking warrior, dramatic light",
    ],
    // Animals.
    [
        "a cute cat wearing sunglasses",
        "a golden retriever in a field",
        "a fox in a misty forest at dawn",
        "a majestic lion at sunset",
        "an owl at night under a full moon",
    ],
    // Interiors.
    [
        "a cosy living room with a fireplace",
        "a modern kitchen, morning light",
        "a reading corner with an armchair and a lamp",
        "a minimalist bedroom",
        "a coffee shop on a rainy day",
    ],
    // Cities.
    [
        "a cyberpunk city at night in the rain",
        "new york skyline at sunset",
        "a narrow street in paris",
        "tokyo at night, neon signs",
        "a medieval castle on a hill",
    ],
    // Nature.
    [
        "a mountain lake at sunrise",
        "a waterfall in a jungle",
        "northern lights over snowy mountains",
        "a lighthouse on a cliff in a storm",
        "a field of lavender at golden hour",
    ],
    // Space.
    [
        "an astronaut riding a horse on the moon",
        "a spaceship landing on mars",
        "a galaxy with purple nebula",
        "saturn and its rings",
        "a rocket launch at dawn",
    ],
    // Posters.
    [
        "a movie poster for a film called \"Midnight Rain\"",
        "a concert poster that says \"JAZZ NIGHT\"",
        "a travel poster for Japan with Mount Fuji",
        "a sale banner \"50% OFF\"",
        "a motivational poster with the words \"Keep Going\"",
    ],
    // Marks.
    [
        "a logo for a coffee shop called Bean There",
        "a minimalist logo of a fox",
        "a logo for a tech startup named \"Nimbus\"",
        "an app icon with a rocket",
        "a vintage badge for a brewery called \"Old Oak\"",
    ],
    // Screens.
    [
        "a dashboard with charts, dark mode",
        "landing page for a fitness app",
        "mobile app screens for a bank",
        "a website mockup for a bakery",
        "a storyboard of a game interface",
    ],
    // Abstract.
    [
        "abstract waves in blue and gold",
        "geometric shapes, bauhaus",
        "liquid marble texture",
        "the feeling of nostalgia",
        "fractal patterns in neon colours",
    ],
];

const TILE: (u32, u32) = (320, 180);
const GAP: u32 = 8;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("say where the sheet goes: sheet.png");
        return ExitCode::FAILURE;
    };
    let (columns, rows) = (PROMPTS[0].len() as u32, PROMPTS.len() as u32);
    let size = (columns * (TILE.0 + GAP) + GAP, rows * (TILE.1 + GAP) + GAP);
    let mut sheet = Pixmap::new(size.0, size.1).expect("a sheet that fits into memory");
    sheet.fill(Color::from_rgba8(250, 250, 250, 255));
    for (row, kind) in PROMPTS.iter().enumerate() {
        for (column, prompt) in kind.iter().enumerate() {
            let brief = Brief {
                prompt,
                seed: 1,
                width: TILE.0,
                height: TILE.1,
                detail: Detail::Draft,
            };
            let tile = Pixmap::decode_png(&png(&brief).expect("a picture")).expect("a PNG");
            let (x, y) = (
                column as u32 * (TILE.0 + GAP) + GAP,
                row as u32 * (TILE.1 + GAP) + GAP,
            );
            sheet.draw_pixmap(
                x as i32,
                y as i32,
                tile.as_ref(),
                &PixmapPaint::default(),
                Transform::identity(),
                None,
            );
        }
    }
    sheet.save_png(&path).expect("a folder that can be written");
    println!("{path}: {} prompts", rows * columns);
    ExitCode::SUCCESS
}
