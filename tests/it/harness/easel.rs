//! An engine for stories. It counts what it is asked for, ends as it is told, and can be made to
//! wait.

use std::collections::{BTreeSet, VecDeque};
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use greenlight::domain::ids::RenderId;
use greenlight::providers::{Answer, CallObserver, CallReport, Engines, PaidRender, Provider};
use image::{ImageFormat, RgbImage};
use tokio::sync::watch;

use super::PATIENCE;

/// The engine. A clone is the same engine, so that a story can control it inside the bot.
#[derive(Clone)]
pub struct Easel(Arc<Inside>);

struct Inside {
    may_repeat: bool,
    /// The renders that were asked for, in order.
    calls: Mutex<Vec<RenderId>>,
    /// How many calls have begun.
    begun: watch::Sender<usize>,
    /// The numbers of the calls that may end, from 1. `None`: all may.
    leave: watch::Sender<Option<BTreeSet<usize>>>,
    /// The previews that the next calls send before they count as begun. If it is empty, they send
    /// none.
    partials: Mutex<VecDeque<Vec<Vec<u8>>>>,
    /// How the next calls end. If it is empty, they end with a picture.
    endings: Mutex<VecDeque<Ending>>,
}

/// How a call ends.
#[derive(Clone, Debug)]
pub enum Ending {
    /// With an answer.
    Answer(Answer),
    /// With a full report.
    Reply(CallReport),
    /// With a panic: nobody answers.
    Panic,
}

impl Easel {
    /// Makes an engine that does not wait. `may_repeat` says whether a call of unknown outcome may
    /// be sent again; a paid engine says no.
    pub fn new(may_repeat: bool) -> Self {
        Self(Arc::new(Inside {
            may_repeat,
            calls: Mutex::default(),
            begun: watch::Sender::new(0),
            leave: watch::Sender::new(None),
            partials: Mutex::default(),
            endings: Mutex::default(),
        }))
    }

    /// Returns it as the bot's only engine, under the name that the default settings use.
    pub fn engines(&self) -> Engines {
        Engines::default().with("sketch", Arc::new(self.clone()))
    }

    /// Makes every call wait from now on, until it is let go.
    pub fn wait(&self) {
        self.0.leave.send_replace(Some(BTreeSet::new()));
    }

    /// Lets a waiting call end, by its number from 1.
    pub fn let_go(&self, call: usize) {
        self.0.leave.send_modify(|leave| {
            leave.get_or_insert_default().insert(call);
        });
    }

    /// Lets all calls end, now and later.
    pub fn let_all_go(&self) {
        self.0.leave.send_replace(None);
    }

    /// Makes the next call send these previews, one after the other, before it counts as begun.
    pub fn next_shows(&self, partials: Vec<Vec<u8>>) {
        let mut all = self.0.partials.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back(partials);
    }

    fn shown_next(&self) -> Vec<Vec<u8>> {
        let mut all = self.0.partials.lock().unwrap_or_else(PoisonError::into_inner);
        all.pop_front().unwrap_or_default()
    }

    /// Makes the next call end in this way.
    pub fn next_ends(&self, ending: Ending) {
        self.0
            .endings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(ending);
    }

    /// Returns the renders that were asked for, in order. One that was asked for twice is there
    /// twice.
    pub fn calls(&self) -> Vec<RenderId> {
        self.0
            .calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Waits until so many calls have begun.
    pub async fn begun(&self, calls: usize) {
        let mut begun = self.0.begun.subscribe();
        let waited = tokio::time::timeout(PATIENCE, begun.wait_for(|begun| *begun >= calls)).await;
        waited
            .expect("the engine is asked in time")
            .expect("the engine is there");
    }
}

#[async_trait]
impl Provider for Easel {
    async fn draw(&self, paid: &PaidRender, notes: &dyn CallObserver) -> CallReport {
        let pixels = paid.picture().pixels;
        let call = {
            let mut calls = self.0.calls.lock().unwrap_or_else(PoisonError::into_inner);
            calls.push(paid.render());
            calls.len()
        };
        for partial in self.shown_next() {
            notes.partial(partial).await;
        }
        self.0.begun.send_replace(call);
        let mut leave = self.0.leave.subscribe();
        let may_go =
            |leave: &Option<BTreeSet<usize>>| leave.as_ref().is_none_or(|leave| leave.contains(&call));
        leave
            .wait_for(may_go)
            .await
            .map(drop)
            .expect("the easel is there");
        let told = self
            .0
            .endings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        match told {
            // Each render gets another grey.
            None => Answer::File(flat(
                pixels.width,
                pixels.height,
                paid.render().get().to_le_bytes()[0],
            ))
            .into(),
            Some(Ending::Answer(answer)) => answer.into(),
            Some(Ending::Reply(reply)) => reply,
            Some(Ending::Panic) => panic!("the story wants this call to panic"),
        }
    }

    fn may_repeat(&self) -> bool {
        self.0.may_repeat
    }
}

/// Encodes a picture of one grey as a PNG.
pub fn flat(width: u32, height: u32, grey: u8) -> Vec<u8> {
    let flat = RgbImage::from_pixel(width, height, image::Rgb([grey; 3]));
    let mut bytes = Cursor::new(Vec::new());
    flat.write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

/// Encodes a picture that no codec can make small, as a PNG.
pub fn noise(width: u32, height: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let noise = RgbImage::from_fn(width, height, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = state.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    let mut bytes = Cursor::new(Vec::new());
    noise.write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}

/// Reads a file of `tests/data`.
pub fn data(name: &str) -> Vec<u8> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name);
    std::fs::read(file).expect("a file of that name")
}
