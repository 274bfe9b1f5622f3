//! Tests the engines over real connections, and what an operator reads of them.

mod clients;
mod demo_engine;
mod doctor;
mod fal;
mod gemini;
mod instances;
mod local;
pub mod openai;
mod streaming;
mod told_once;
pub mod vendors;
