//! What a test holds: the handle to a running sandbox, and to those who act in it.

mod accounts;
pub(crate) mod answer;
mod channels;
mod emojis;
mod faults;
mod forgery;
pub(crate) mod gateway;
mod interactions;
pub(crate) mod member;
mod members;
mod messages;
pub(crate) mod options;
pub(crate) mod sandbox;
mod upkeep;
mod waiting;
