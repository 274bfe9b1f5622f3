//! Lays a private answer out of components (`IS_COMPONENTS_V2`), and remembers that Discord takes
//! none.
//!
//! Discord shows nothing beside a layout, and a message that became one stays one. So every answer
//! that is laid out can be given plainly too.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};
use serenity::all::CreateAttachment;

use super::message::{ButtonView, File, row};
use crate::clock::Clock;
use crate::domain::limits;

/// The flag of a message that is a layout.
const IS_COMPONENTS_V2: u64 = 1 << 15;

/// An answer as a layout: its blocks, from above, in one frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout(pub Vec<Block>);

/// A part of a layout. The texts of a layout have at most 4,000 characters together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A text.
    Text(String),
    /// A text, and beside it a button that leads to a page.
    Linked {
        /// The text.
        text: String,
        /// The text on the button, at most 80 characters.
        label: String,
        /// The address of the page, at most 512 characters.
        url: String,
    },
    /// The picture of the answer, as wide as it can be.
    Picture,
    /// Buttons in a row, at most five.
    Buttons(Vec<ButtonView>),
}

impl Layout {
    /// Returns the JSON and the files of an answer. A picture is shown only where there is one.
    pub(super) fn into_parts(self, picture: Option<File>) -> (Value, Vec<CreateAttachment>) {
        let blocks = self.0.into_iter();
        let parts: Vec<Value> = blocks
            .filter_map(|block| part(&block, picture.as_ref()))
            .collect();
        let attachments: Vec<Value> = picture.iter().map(|file| file.told(0)).collect();
        let payload = json!({
            "flags": IS_COMPONENTS_V2,
            "components": [{ "type": 17, "components": parts }],
            // An answer that replaces a plain one takes its text and its files away.
            "content": null,
            "attachments": attachments,
            "allowed_mentions": { "parse": [] },
        });
        let files = picture.into_iter().map(File::into_attachment);
        (payload, files.collect())
    }
}

fn part(block: &Block, picture: Option<&File>) -> Option<Value> {
    let text = |text: &str| json!({ "type": 10, "content": text });
    Some(match block {
        // Discord refuses a text without a letter.
        Block::Text(words) if words.is_empty() => return None,
        Block::Text(words) => text(words),
        Block::Linked {
            text: words,
            label,
            url,
        } => json!({
            "type": 9, "components": [text(words)],
            "accessory": { "type": 2, "style": 5, "label": label, "url": url },
        }),
        Block::Picture => {
            let File { name, alt, .. } = picture?;
            let media = json!({ "url": format!("attachment://{name}") });
            json!({ "type": 12, "items": [{ "media": media, "description": alt.as_str() }] })
        }
        Block::Buttons(buttons) if buttons.is_empty() => return None,
        Block::Buttons(buttons) => row(buttons),
    })
}

/// Whether Discord takes layouts.
pub(super) struct LayoutsTaken {
    clock: Clock,
    /// Until when none is sent, in milliseconds since 1970.
    refused_until_ms: AtomicI64,
}

impl LayoutsTaken {
    pub(super) const fn new(clock: Clock) -> Self {
        Self {
            clock,
            refused_until_ms: AtomicI64::new(0),
        }
    }

    /// Returns whether a layout may be sent now.
    pub(super) fn are_taken(&self) -> bool {
        self.clock.now_ms() >= self.refused_until_ms.load(Ordering::Relaxed)
    }

    /// Notes that Discord has refused one: none is sent for an hour.
    pub(super) fn are_refused(&self) {
        let until_ms = self.clock.now_ms() + limits::LAYOUTS_PAUSE_MS;
        self.refused_until_ms.store(until_ms, Ordering::Relaxed);
    }
}
