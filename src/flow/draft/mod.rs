//! Accepts a draft, shows it, cancels it, drafts again like it, and removes what was kept of it.

pub mod again;
mod ballots;
pub mod cancel;
mod decide;
mod drawn_before;
pub mod gone;
pub mod offer;
pub mod references;
mod request;
pub mod retention;
mod sheet;
pub mod start;
pub mod starter;
pub mod thread;
