//! What a test holds: the handle to a running sandbox, and to those who act in it.

pub(crate) mod answer;
mod content;
mod emojis;
pub(crate) mod gateway;
pub(crate) mod member;
mod members;
pub(crate) mod options;
mod people;
pub(crate) mod sandbox;
