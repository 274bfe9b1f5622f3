//! Announces: the gallery, reminders, the log channel.

pub mod gallery;
pub mod log_channel;
pub mod reminders;
