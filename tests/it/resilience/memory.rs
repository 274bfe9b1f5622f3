//! Tests how much memory the built program takes for what people attach, from the system's own
//! figures.

use std::io::Cursor;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use discord_sandbox::{Nitro, Sandbox, world};
use greenlight::domain::limits;
use image::{DynamicImage, ImageFormat, RgbImage};
use serde_json::json;

use crate::harness::process::{Program, drawn_by_openai, sandbox};
use crate::harness::service::{Answer, Service, picture};

const MIB: u64 = 1024 * 1024;

/// The most that references may take above what the idle program has, in bytes.
const MOST: u64 = 200 * MIB;

/// What the program says of a file that it refuses.
const REFUSED: &str = "a reference cannot be used";

/// How long eight of the worst may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(4);

fn written(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).expect("a file");
    bytes.into_inner()
}

/// Makes a photo of 50 million pixels, as phones take them, of which every one is grey.
fn photo() -> Vec<u8> {
    let (width, height) = (8_160_u16, 6_120_u16);
    let small = RgbImage::from_pixel(8, 8, image::Rgb([128; 3]));
    let small = written(small, ImageFormat::Jpeg);
    let at = |marker: u8| small.windows(2).position(|two| two == [0xff, marker]);
    let (frame, scan) = (at(0xc0).expect("a frame"), at(0xda).expect("a scan"));
    let length = usize::from(u16::from_be_bytes([small[scan + 2], small[scan + 3]]));
    let mut photo = small[..scan + 2 + length].to_vec();
    photo[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    photo[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    // By the usual codes: no change of the mean and nothing more, for brightness and both colours.
    // That is 00 and 1010, then 00 and 00 twice: 14 bits, and four of them are seven bytes.
    let unit = 0x0a00_u64;
    let four = unit << 42 | unit << 28 | unit << 14 | unit;
    let units = usize::from(width / 8) * usize::from(height / 8);
    photo.extend(four.to_be_bytes()[1..].repeat(units.div_ceil(4)));
    photo.extend([0xff, 0xd9]);
    photo
}

/// Makes a PNG of rows of zeros.
fn flat((width, height): (u32, u32), bytes_a_pixel: usize, how: impl Fn(&mut png::Info<'_>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut info = png::Info::with_size(width, height);
    how(&mut info);
    let mut encoder = png::Encoder::with_info(&mut bytes, info).expect("an encoder");
    encoder.set_compression(png::Compression::Fastest);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().expect("a header");
    let zeros = vec![0; width as usize * height as usize * bytes_a_pixel];
    writer.write_image_data(&zeros).expect("a picture");
    writer.finish().expect("an end");
    bytes
}

/// Returns the references that take the most, each in another way.
fn worst() -> Vec<(&'static str, Vec<u8>)> {
    let photo = photo();
    let profile = flat((96, 96), 3, |info| {
        info.color_type = png::ColorType::Rgb;
        info.icc_profile = Some(vec![0; 256 * 1024 * 1024].into());
    });
    let palette = flat((7_000, 7_000), 1, |info| {
        info.color_type = png::ColorType::Indexed;
        info.palette = Some(vec![9; 3].into());
    });
    let deep = flat((6_000, 6_000), 6, |info| {
        info.color_type = png::ColorType::Rgb;
        info.bit_depth = png::BitDepth::Sixteen;
    });
    vec![
        (
            "flat.png",
            flat((16_384, 10_000), 3, |info| info.color_type = png::ColorType::Rgb),
        ),
        ("profile.png", profile),
        ("photo.jpg", photo.clone()),
        ("photo.jfif", photo),
        (
            "clear.png",
            flat((6_000, 6_000), 4, |info| info.color_type = png::ColorType::Rgba),
        ),
        ("palette.png", palette),
        ("deep.png", deep),
        (
            "flat.webp",
            written(RgbImage::new(4_300, 4_300), ImageFormat::WebP),
        ),
    ]
}

/// Has a member give each file as a reference of a draft, all at once. Returns how much memory that
/// takes above what the idle program has. So many of the files are refused, and all others are read
/// to their end.
async fn taken_by(files: Vec<(&'static str, Vec<u8>)>, refused: usize) -> u64 {
    let service = Service::start(|_| {
        let file = BASE64_STANDARD.encode(picture("80x45"));
        Answer::json(200, &json!({ "created": 1, "data": [{ "b64_json": file }] }))
    })
    .await;
    let discord = sandbox().await;
    discord.set_nitro(world::ANA, Nitro::Full).expect("a member");
    let variables = drawn_by_openai(&discord, "token", &service.url, "sk-1");
    let program = Program::start(&["run"], &variables);
    discord.until(|discord| !discord.commands().is_empty()).await;
    // What a first draft makes and keeps is not what references take.
    give(&discord, 0, "first.png", picture("96x64")).await;
    ended(&discord, &program, 1).await;
    let idle = program.memory("VmRSS");
    program.forget_most_memory();
    let all = files.len();
    for (number, (name, bytes)) in (1..).zip(files) {
        give(&discord, number, name, bytes).await;
    }
    ended(&discord, &program, 1 + all).await;
    assert_eq!(
        program.said().matches(REFUSED).count(),
        refused,
        "{}",
        program.said()
    );
    let most = program.memory("VmHWM").saturating_sub(idle);
    println!("idle {} MiB, and {} MiB more", idle / MIB, most / MIB);
    most
}

async fn give(discord: &Sandbox, number: usize, name: &str, bytes: Vec<u8>) {
    let ana = discord.member(world::ANA);
    let options = json!({ "prompt": format!("fox {number}"), "images": 1 });
    let file = vec![("reference".to_owned(), name.to_owned(), bytes)];
    let sent = ana
        .command_with_files(world::CAMPAIGN, "draft", options, file)
        .await;
    sent.expect("a command");
}

/// Waits until so many drafts were shown or refused for their reference.
async fn ended(discord: &Sandbox, program: &Program, drafts: usize) {
    let waited = tokio::time::timeout(PATIENCE, async {
        let mut looks = tokio::time::interval(Duration::from_millis(50));
        loop {
            looks.tick().await;
            let refused = program.said().matches(REFUSED).count();
            if discord.messages(world::CAMPAIGN).len() + refused >= drafts {
                return;
            }
        }
    });
    let waited = waited.await;
    waited.unwrap_or_else(|_| panic!("they do not end, but:\n{}", program.said()));
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_of_the_worst_references_at_once_take_less_than_two_hundred_mebibytes() {
    let taken = taken_by(worst(), 2).await;
    assert!(taken < MOST, "{} MiB", taken / MIB);
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_photos_of_twenty_mebibytes_at_once_take_less_than_two_hundred_mebibytes() {
    // What stands behind the end of a photo, as the video of a moving one does, counts too.
    let mut photo = photo();
    photo.resize(limits::REFERENCE_BYTES, 0x55);
    let names = [
        "a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg", "f.jpg", "g.jpg", "h.jpg",
    ];
    let taken = taken_by(names.map(|name| (name, photo.clone())).into(), 0).await;
    assert!(taken < MOST, "{} MiB", taken / MIB);
}
