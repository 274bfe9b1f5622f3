//! Reads an answer that comes as a stream: pictures that are not done, and then the one that is.

use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::answer::{Held, Images, Refusal};
use crate::domain::engine::cost::Used;
use crate::domain::limits;
use crate::providers::CallObserver;
use crate::providers::http::body::{self, Body, Unreadable};
use crate::providers::http::events::{Event, Events, MaxBytes};

/// As many pictures as may come of one call, each as large as an answer may be.
const MOST: MaxBytes = MaxBytes {
    event: limits::ANSWER_BYTES,
    stream: limits::ANSWER_BYTES * (limits::PARTIALS as usize + 1),
};

/// What an event says that matters here.
enum Said {
    /// What the picture looks like so far.
    Partial(Vec<u8>),
    /// The end: the picture, and what was used.
    Completed(Images),
    /// The end without a picture.
    Failed(Refusal),
}

/// What an event is, without what it holds.
#[derive(Default, Deserialize)]
struct Kind {
    r#type: Option<String>,
    error: Option<IgnoredAny>,
    partial_image_index: Option<IgnoredAny>,
}

/// Reads an answer up to the picture, or to why there is none, and shows what comes before.
///
/// - An event whose name nobody knows counts by what it holds.
/// - A stream that ends without either is an answer without a picture, as half of a JSON is.
/// - A stream that is cut is of unknown outcome, whatever came before: what a picture looked like
///   is not the picture.
/// - So is one in which no event comes for as long as an engine may be silent. Comments keep a
///   connection open, and say nothing.
pub(super) async fn read(
    body: Body,
    silence: Duration,
    notes: &dyn CallObserver,
) -> Result<(Held, Option<Used>), Unreadable> {
    let mut events = Events::of(body, MOST);
    loop {
        let said = timeout(silence, next(&mut events)).await;
        match said.unwrap_or(Err(Unreadable::Cut)) {
            Ok(Some(Said::Partial(picture))) => notes.partial(picture).await,
            Ok(Some(Said::Completed(images))) => return Ok(images.held()),
            Ok(Some(Said::Failed(refusal))) => return Ok((Held::Fault(refusal), None)),
            Ok(None) => return Ok((Held::Nothing("the stream ended without a picture"), None)),
            Err(why) => return Err(why),
        }
    }
}

/// Returns what the next event says that matters; nothing at the end.
async fn next(events: &mut Events) -> Result<Option<Said>, Unreadable> {
    while let Some(event) = events.next().await? {
        // A picture keeps a core busy for a while.
        let said = spawn_blocking(move || Said::of(&event)).await;
        let said = said.map_err(|panicked| Unreadable::Wrong(panicked.to_string()))?;
        if let Some(said) = said? {
            return Ok(Some(said));
        }
    }
    Ok(None)
}

impl Said {
    /// Reads what an event says. Returns nothing if it does not matter. A picture that is not done
    /// does not matter if it cannot be read.
    fn of(Event { name, data }: &Event) -> Result<Option<Self>, Unreadable> {
        let kind: Kind = serde_json::from_str(data).unwrap_or_default();
        let name = kind.r#type.as_deref().or(name.as_deref()).unwrap_or_default();
        if kind.error.is_some() || name == "error" {
            return Ok(Some(Self::Failed(Refusal::of(data))));
        }
        match name {
            "image_generation.partial_image" | "image_edit.partial_image" => {
                let drawn: Option<Images> = serde_json::from_str(data).ok();
                Ok(drawn.and_then(Images::file).map(Self::Partial))
            }
            "image_generation.completed" | "image_edit.completed" => {
                let drawn: Images = serde_json::from_str(data).map_err(|error| body::wrong(&error))?;
                Ok(Some(Self::Completed(drawn)))
            }
            name if name.contains("partial") || kind.partial_image_index.is_some() => Ok(None),
            _ => {
                let drawn: Option<Images> = serde_json::from_str(data).ok();
                Ok(drawn.filter(Images::has_picture).map(Self::Completed))
            }
        }
    }
}
