//! Tests drafts: how a member asks for one, what is refused or cancelled, and what follows from an
//! image.

mod again;
mod ballots;
mod cancel;
mod drawn_before;
mod in_place;
mod main_job;
mod order;
mod prompts;
mod reference_files;
pub mod references;
mod refusals;
mod repeats;
mod retention;
mod sheet;
