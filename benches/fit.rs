//! Measures how a picture like a photograph is fitted under Discord's upload limit, beside the program
//! `vips` (Debian's package libvips-tools) on the same file and to the same limit; and the memory of
//! eight at once.
//!
//! vips knows no limit in bytes, so it is asked as somebody would from a shell: once for each quality
//! that halves what is left between 60 and 98.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, thread};

use greenlight::domain::image::mark::Mark;
use greenlight::media;

#[path = "../tests/it/image/photograph.rs"]
mod photograph;

use self::photograph::Photograph;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

const LIMIT: usize = 10 * 1024 * 1024;
const ROUNDS: usize = 3;
/// Width, height, and how much the grain changes a colour at most, of 255.
const PICTURES: [(u32, u32, u32); 2] = [(4096, 4096, 14), (5504, 3072, 20)];
const AT_ONCE: usize = 8;

fn main() -> Result<(), AnyError> {
    greenlight_allocator::give_back_large_blocks();
    let folder = tempfile::tempdir()?;
    println!("| picture | by | ms | bytes | likeness |\n|---|---|---|---|---|");
    for (width, height, grain) in PICTURES {
        let png = Photograph { width, height, grain }.png();
        let path = folder.path().join("picture.png");
        fs::write(&path, &png)?;
        let shown = format!("{width}×{height}, {} bytes", png.len());
        for _ in 0..ROUNDS {
            let began = Instant::now();
            let fitted = media::fit(png.clone(), LIMIT, &Mark::composite(true))?
                .contents
                .into_bytes();
            tell(&shown, "Greenlight", began.elapsed(), &png, &fitted)?;
            let began = Instant::now();
            let (found, once) = by_vips(&path)?;
            tell(&shown, "vips, all its calls", began.elapsed(), &png, &found)?;
            tell(&shown, "vips, its last call", once, &png, &found)?;
        }
    }
    let (width, height, grain) = PICTURES[0];
    let png = Photograph { width, height, grain }.png();
    at_once(&png)
}

fn tell(shown: &str, by: &str, took: Duration, png: &[u8], file: &[u8]) -> Result<(), AnyError> {
    let likeness = media::likeness(png, file)?;
    println!(
        "| {shown} | {by} | {} | {} | {likeness:.4} |",
        took.as_millis(),
        file.len()
    );
    Ok(())
}

/// Returns the best file of vips that fits, and how long the call took that made it.
fn by_vips(png: &Path) -> Result<(Vec<u8>, Duration), AnyError> {
    let out = png.with_extension("jpg");
    let (mut fits, mut too_high, mut best) = (59, 99, (Vec::new(), Duration::ZERO));
    while fits + 1 < too_high {
        let between = fits + (too_high - fits) / 2;
        let began = Instant::now();
        let called = Command::new("vips")
            .arg("jpegsave")
            .args([png, &out])
            .args(["--Q", &between.to_string()])
            .status()
            .map_err(|error| format!("vips: {error}; install Debian's package libvips-tools"))?;
        let took = began.elapsed();
        if !called.success() {
            return Err("vips failed".into());
        }
        let file = fs::read(&out)?;
        if file.len() <= LIMIT {
            (fits, best) = (between, (file, took));
        } else {
            too_high = between;
        }
    }
    Ok(best)
}

/// Fits eight pictures at once, through the gate that all work on pictures goes through, and says how
/// much memory the process had at most.
fn at_once(png: &[u8]) -> Result<(), AnyError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let began = Instant::now();
    let all: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let bytes = png.to_vec();
            runtime.spawn(async move {
                let load = media::load_of_fit(&bytes, LIMIT);
                media::work(load, move || {
                    media::fit(bytes, LIMIT, &Mark::composite(true)).map(|fitted| fitted.contents.len())
                })
                .await
            })
        })
        .collect();
    let watched = thread::spawn(|| {
        let mut most = 0;
        while ENDED.load(std::sync::atomic::Ordering::Relaxed) == 0 {
            most = most.max(resident_kib());
            thread::sleep(Duration::from_millis(5));
        }
        most
    });
    let before = resident_kib();
    for one in all {
        runtime.block_on(one)???;
    }
    ENDED.store(1, std::sync::atomic::Ordering::Relaxed);
    let most = watched.join().map_err(|_| "the watch failed")?;
    println!(
        "\n{AT_ONCE} of {} bytes at once: {} ms, {} MiB resident at most, {} MiB when they began",
        png.len(),
        began.elapsed().as_millis(),
        most / 1024,
        before / 1024
    );
    Ok(())
}

static ENDED: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);

fn resident_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let digits = line.and_then(|line| line.split_whitespace().next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_default()
}
