//! The house itself: what the documents say of the sources is true.

mod tidy;
