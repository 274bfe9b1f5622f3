//! Connections that are cut instead of answered.

/// Put on a response to have the connection cut instead of answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HangUp;
