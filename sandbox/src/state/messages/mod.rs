//! Messages, their files and their reactions.

mod acts;
pub(crate) mod attachments;
pub(crate) mod content;
mod emojis;
pub(crate) mod form;
mod json;
mod posting;
pub(crate) mod reactions;
pub(crate) mod timeline;
pub(crate) mod validate;
