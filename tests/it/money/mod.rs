//! Tests credits: the pool, spending limits, projects, the books, and calls of unknown outcome.

mod export;
mod pool;
mod projects;
mod report;
mod spend_limits;
mod unresolved;
