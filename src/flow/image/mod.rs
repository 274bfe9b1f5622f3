//! An image: the paid call, the picture on its way, its message from then on, and its panel.

pub mod attempt;
pub mod deliver;
pub mod drift;
pub mod panel;
pub mod preview;
