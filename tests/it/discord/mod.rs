//! Tests Discord's rules and faults: its gateway, limits and refusals, and the places that it takes
//! away.

mod faults;
mod gateway_ends;
mod gateway_events;
mod gateway_gaps;
mod in_earnest;
mod limits;
mod lost_places;
mod starts;
