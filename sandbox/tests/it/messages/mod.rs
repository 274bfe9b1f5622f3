//! Messages, files, reactions and threads.

mod attachments;
mod layouts;
mod limits;
mod posting;
mod reactions;
mod replies;
mod threads;
