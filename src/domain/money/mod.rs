//! Credits: who may spend how many on what, what a campaign will cost, and the books.

pub mod authorization;
pub mod chart;
pub mod estimate;
pub mod export;
pub mod log_line;
pub mod period;
pub mod project;
pub mod report;
pub mod spend_limit;
pub mod usage_alert;
