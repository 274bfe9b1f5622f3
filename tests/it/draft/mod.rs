//! Drafts: how one is asked for, what is refused, what is called off, and what follows from a picture.

mod again;
mod cancel;
mod in_place;
mod main_job;
mod prompts;
mod references;
mod refusals;
