//! An image: the paid render that makes it, its references, how far it is from the approved one,
//! its crops, and the sheet that shows all of a draft.

pub mod call;
pub mod crop;
pub mod drift;
pub mod order;
pub mod reference;
pub mod render;
pub mod sheet;
