//! Messages, files, reactions and threads.

mod attachments;
mod limits;
mod posting;
mod reactions;
mod threads;
