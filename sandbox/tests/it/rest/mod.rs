//! What befalls requests whatever they ask for.

mod faults;
mod limits;
