//! Accepts a draft, shows it, cancels it, and drafts again like it.

pub mod again;
mod ballots;
pub mod cancel;
mod decide;
mod drawn_before;
pub mod gone;
pub mod offer;
pub mod references;
mod request;
mod sheet;
pub mod start;
pub mod starter;
pub mod thread;
