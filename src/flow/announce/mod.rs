//! Announces: the gallery, reminders, the log channel.

pub mod digest;
pub mod gallery;
pub mod hello;
pub mod log_channel;
pub mod reminders;
