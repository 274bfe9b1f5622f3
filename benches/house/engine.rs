//! An image engine that answers at once, over OpenAI's API.

use std::collections::HashMap;
use std::io::Cursor;
use std::net::Ipv4Addr;
use std::sync::Arc;

use anyhow::Context;
use axum::extract::{DefaultBodyLimit, Multipart, Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, Rgb, RgbImage};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Barrier, Mutex};

/// Largest request that is read, in bytes: a remaster sends the approved picture along.
const BODY_BYTES: usize = 64 * 1024 * 1024;

#[derive(Default)]
struct Engine {
    /// The answer for each size that was asked for.
    drawn: HashMap<String, Arc<Value>>,
    asked: u64,
    /// Whoever asks next waits for the others here.
    together: Option<Arc<Barrier>>,
}

type Shared = Arc<Mutex<Engine>>;

/// Serves until the process ends. Prints its address.
pub async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    println!("http://{}", listener.local_addr()?);
    let routes = Router::new()
        .route("/v1/images/generations", post(generations))
        .route("/v1/images/edits", post(edits))
        .route("/asked", get(asked))
        .route("/bytes/{size}", get(bytes))
        .route("/together", post(together))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(Shared::default());
    axum::serve(listener, routes).await?;
    Ok(())
}

#[derive(Deserialize)]
struct Generation {
    size: String,
}

async fn generations(State(engine): State<Shared>, Json(asked): Json<Generation>) -> Json<Arc<Value>> {
    Json(draw(&engine, asked.size).await)
}

async fn edits(State(engine): State<Shared>, mut form: Multipart) -> Json<Arc<Value>> {
    let mut size = String::new();
    while let Ok(Some(field)) = form.next_field().await {
        let named = field.name() == Some("size");
        let bytes = field.bytes().await.unwrap_or_default();
        if named {
            size = String::from_utf8_lossy(&bytes).into_owned();
        }
    }
    Json(draw(&engine, size).await)
}

/// Returns how many pictures were asked for.
async fn asked(State(engine): State<Shared>) -> Json<u64> {
    Json(engine.lock().await.asked)
}

/// Returns the size of a picture's file.
async fn bytes(State(engine): State<Shared>, Path(size): Path<String>) -> Json<usize> {
    let engine = engine.lock().await;
    let file = engine
        .drawn
        .get(&size)
        .and_then(|answer| answer["data"][0]["b64_json"].as_str());
    Json(file.map_or(0, |file| file.len() / 4 * 3))
}

/// Has the next so many requests wait for each other.
async fn together(State(engine): State<Shared>, Json(count): Json<usize>) {
    engine.lock().await.together = (count > 0).then(|| Arc::new(Barrier::new(count)));
}

async fn draw(engine: &Shared, size: String) -> Arc<Value> {
    let (answer, together) = {
        let mut engine = engine.lock().await;
        engine.asked += 1;
        let answer = engine.drawn.get(&size).cloned().unwrap_or_else(|| {
            let answer =
                Arc::new(answer(&size).unwrap_or_else(|error| json!({ "error": error.to_string() })));
            engine.drawn.insert(size, answer.clone());
            answer
        });
        (answer, engine.together.clone())
    };
    if let Some(together) = together {
        together.wait().await;
    }
    answer
}

fn answer(size: &str) -> anyhow::Result<Value> {
    let (width, height) = size.split_once('x').context("a size is WIDTHxHEIGHT")?;
    let picture = picture(width.parse()?, height.parse()?)?;
    Ok(json!({
        "created": 1_800_000_000,
        "data": [{ "b64_json": STANDARD.encode(picture) }],
        "usage": {
            "total_tokens": 1_020, "input_tokens": 20, "output_tokens": 1_000,
            "input_tokens_details": { "text_tokens": 20, "image_tokens": 0 },
        },
    }))
}

/// Draws soft shapes. At 1K and 2K it is a small file, so that the bench measures the bot and not
/// its PNG decoder. At 4K it is as noisy as a photograph, and too large to post as it is.
fn picture(width: u32, height: u32) -> anyhow::Result<Vec<u8>> {
    let noisy = width.max(height) > 2_560;
    let mut state = 1_u32;
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let band = |value: u32, of: u32| u8::try_from(value / 8 * 8 * 200 / of).unwrap_or(200);
        // Marsaglia's xorshift: the same noise every time.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let grain = if noisy { (state & 7) as u8 } else { 0 };
        Rgb([band(x, width) + grain, band(y, height) + grain, 90 + grain])
    });
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png)?;
    Ok(file.into_inner())
}
