//! Tests votes: who is counted and when, the quorum, leads, reminders and recounts.

mod approvals;
mod away;
mod deadlines;
mod ends;
mod gathered;
mod laid_out;
mod leads;
mod notes;
mod recounts;
mod reminders;
mod voting;
