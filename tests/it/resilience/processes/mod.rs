//! Tests a bot of several processes on one database: what each of them does, and what they share.

mod roles;
