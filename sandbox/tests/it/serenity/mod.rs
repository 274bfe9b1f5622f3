//! Bots on a real serenity.

mod extras;
mod story;
