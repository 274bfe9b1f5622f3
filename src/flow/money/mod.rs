//! Credits: pools, projects, spending limits, the treasury and the books.

pub mod export;
pub(in crate::flow) mod funds;
pub mod pool;
pub mod project;
pub mod report;
pub mod spend_limits;
pub mod treasury;
pub mod unresolved;
