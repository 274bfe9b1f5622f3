//! Discord's own document, and which of its operations are served.

mod document;
mod operations;
