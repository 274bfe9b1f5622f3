//! Connections that are cut instead of answered.

/// Marks a response whose connection is cut instead of answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HangUp;
