//! The store on both databases: every function, the laws that the tables keep by themselves, races between many
//! tasks, and a ledger that is compared with a simple model of itself.

pub mod db;
mod processes;
mod projects;
mod steps;

pub use self::steps::a_hold;

mod books;
mod cancel;
mod caps;
mod corrections;
mod drafts;
mod guilds;
mod jobs;
mod laws;
mod ledger;
mod model;
mod races;
mod races_for_jobs;
mod renders;
mod schema;
mod turns;
mod votes;
