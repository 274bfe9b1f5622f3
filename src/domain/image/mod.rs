//! An image: the paid render that makes it, its references, how far it is from the approved one,
//! and its crops.

pub mod call;
pub mod crop;
pub mod drift;
pub mod reference;
pub mod render;
