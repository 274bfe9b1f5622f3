//! How a job ended.

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is done.
    Finished,
    /// It is done. If it was wished for again meanwhile, it is not run before a time, in milliseconds since 1970.
    Rest(i64),
    /// It is to be run again at a time, in milliseconds since 1970.
    Again(i64),
}
