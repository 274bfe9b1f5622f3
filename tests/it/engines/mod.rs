//! The engines on the other side of a real connection, and what an operator hears of them.

mod demo_engine;
mod doctor;
mod fal;
mod gemini;
mod local;
pub mod openai;
mod streaming;
mod told_once;
pub mod vendors;
