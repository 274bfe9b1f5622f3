//! Tests what belongs to one server: what its admins choose, its log channel, and members who ask
//! to be forgotten.

mod log;
mod privacy;
mod settings;
