//! Tests the store on both databases: every function, the laws that the tables keep by themselves,
//! races between many tasks, and a ledger that is compared with a simple model of itself.

pub mod db;
mod processes;
mod projects;
pub mod steps;

pub use self::steps::a_hold;

mod cancel;
mod corrections;
mod drafts;
mod export;
mod fair_queue;
mod guilds;
mod jobs;
mod laws;
mod ledger;
mod model;
mod races;
mod renders;
pub mod schema;
mod spend_limits;
mod votes;
