//! What a prompt says, as far as this program knows its words.

pub mod lexicon;
pub mod title;
pub mod vocabulary;
pub mod words;
