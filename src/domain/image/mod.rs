//! An image: the paid render that makes it, its references, how far it is from the approved one,
//! its crops, the notes of members about it, its versions, the sheet that shows all of a draft, where
//! originals are kept, and the links that hand them out.

pub mod call;
pub mod clash;
pub mod crop;
pub mod drift;
pub mod link;
pub mod mark;
pub mod note;
pub mod number;
pub mod order;
pub mod place;
pub mod reduced;
pub mod reference;
pub mod render;
pub mod sheet;
pub mod version;
