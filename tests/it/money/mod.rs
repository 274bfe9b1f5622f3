//! Credits: the pool, its limits and projects, its books, and the calls that nobody knows the end of.

mod export;
mod pool;
mod projects;
mod spend_limits;
mod unresolved;
