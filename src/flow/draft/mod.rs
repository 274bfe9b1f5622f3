//! A draft accepted, shown, cancelled; and drafts like it.

pub mod again;
pub mod cancel;
pub mod references;
pub mod start;
pub mod starter;
pub mod thread;
