//! The end of a command that is neither a success nor a plain failure.

/// The exit code if pictures are missing which the database knows of. All else was done.
pub(super) const INCOMPLETE: u8 = 4;

/// What a command has to say at its end, with an exit code that a script can act on.
#[derive(Debug, thiserror::Error)]
#[error("{said}")]
pub struct Told {
    /// The exit code of the program.
    pub exit_code: u8,
    /// What happened.
    pub said: String,
}
