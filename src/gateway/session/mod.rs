//! Sessions with Discord's gateway: begun, watched, begun again or given up.

pub(in crate::gateway) mod connection;
pub(in crate::gateway) mod lifecycle;
pub(in crate::gateway) mod reconnect;
pub(in crate::gateway) mod shards;
pub(in crate::gateway) mod timeouts;
