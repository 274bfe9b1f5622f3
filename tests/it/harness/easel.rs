//! An engine for stories: it counts what it is asked for, ends as it is told, and can be made to wait.

use std::collections::VecDeque;
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use greenlight::domain::ids::RenderId;
use greenlight::providers::{Answer, Engines, PaidRender, Provider};
use image::{ImageFormat, RgbImage};
use tokio::sync::{Semaphore, watch};

use super::PATIENCE;

/// The engine. Clones are the same one, so that a story can follow it into the bot.
#[derive(Clone)]
pub struct Easel(Arc<Inside>);

struct Inside {
    may_repeat: bool,
    /// What was asked for, in order.
    calls: Mutex<Vec<RenderId>>,
    /// How many calls have begun.
    begun: watch::Sender<usize>,
    /// How many calls may come to their end.
    leave: Semaphore,
    /// How the next calls end; with a picture when it is empty.
    endings: Mutex<VecDeque<Answer>>,
}

impl Easel {
    /// One that does not wait. A paid one may not repeat a call whose end nobody learned.
    pub fn new(may_repeat: bool) -> Self {
        Self(Arc::new(Inside {
            may_repeat,
            calls: Mutex::default(),
            begun: watch::Sender::new(0),
            leave: Semaphore::new(Semaphore::MAX_PERMITS),
            endings: Mutex::default(),
        }))
    }

    /// The bot's only engine, under the name that the default settings use.
    pub fn engines(&self) -> Engines {
        Engines::default().with("sketch", Arc::new(self.clone()))
    }

    /// From now on every call waits before it ends.
    pub fn wait(&self) {
        self.0.leave.forget_permits(Semaphore::MAX_PERMITS);
    }

    /// Lets so many waiting calls end.
    pub fn release(&self, calls: usize) {
        self.0.leave.add_permits(calls);
    }

    /// From now on no call waits.
    pub fn release_all(&self) {
        self.0.leave.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// How the next call ends.
    pub fn next_ends(&self, answer: Answer) {
        self.0
            .endings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(answer);
    }

    /// Which renders it was asked for, in order; one twice if it was asked twice.
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
    async fn draw(&self, paid: &PaidRender) -> Answer {
        let calls = &self.0.calls;
        calls
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(paid.render());
        self.0.begun.send_modify(|begun| *begun += 1);
        self.0.leave.acquire().await.expect("the easel is there").forget();
        let told = self
            .0
            .endings
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        told.unwrap_or_else(|| Answer::File(picture(paid)))
    }

    fn may_repeat(&self) -> bool {
        self.0.may_repeat
    }
}

/// A flat picture of the right size, with a grey of its own for each render.
fn picture(paid: &PaidRender) -> Vec<u8> {
    let (pixels, grey) = (paid.picture().pixels, paid.render().get().to_le_bytes()[0]);
    let flat = RgbImage::from_pixel(pixels.width, pixels.height, image::Rgb([grey; 3]));
    let mut bytes = Cursor::new(Vec::new());
    flat.write_to(&mut bytes, ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}
