//! Votes: who is counted, when, and what a quorum, a lead, a reminder and a recount make of it.

mod approvals;
mod away;
mod deadlines;
mod gathered;
mod leads;
mod recounts;
mod reminders;
mod voting;
