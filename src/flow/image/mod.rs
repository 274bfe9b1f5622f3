//! Makes an image: the paid call, its delivery, its message from then on, its panel, and
//! its file for whoever asks.

pub mod attempt;
pub mod card;
pub mod crops;
pub mod deliver;
pub mod drift;
pub mod fitted;
pub mod hand_out;
pub mod inputs;
pub mod insist;
pub mod lineage;
pub mod outcome;
pub mod pack;
pub mod panel;
pub mod preview;
pub mod retry;
pub mod version;
pub mod view;
