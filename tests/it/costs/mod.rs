//! Counts what the main job costs: statements, transactions and requests. Counts are the same on
//! every machine, so whoever adds one sees it here.

mod counted;
mod counts;
mod locks;
mod plans;
