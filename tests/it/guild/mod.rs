//! Tests what belongs to one server: who may do what there, what its admins choose, its log channel,
//! and members who ask to be forgotten.

mod access;
pub mod digest;
mod hello;
mod log;
mod lost;
mod neighbours;
mod notify;
mod privacy;
pub mod privacy_places;
mod settings;
