//! What belongs to one server: what its admins choose, its log channel, and who asks to be forgotten.

mod log;
mod privacy;
mod settings;
