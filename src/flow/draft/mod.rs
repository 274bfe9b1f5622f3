//! A draft accepted, shown, cancelled; and drafts like it.

pub mod again;
pub mod references;
pub mod start;
