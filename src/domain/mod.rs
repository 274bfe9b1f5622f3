//! The rules of the product, pure: no async, no I/O, no clock, no SQL, no Discord library.
//!
//! In reading order: what things are called ([`ids`], [`credits`], [`limits`]), what can be drawn
//! ([`picture`], [`stage`], [`catalog`], [`prompt`]), how far it is from what was approved ([`drift`]), what it costs the operator ([`usd`]), what it will and may cost ([`estimate`], [`project`]), what is decided ([`draft`], [`approval`],
//! [`render`], by [`rules`] and a server's own [`settings`]), what is to be done later ([`job`]) and every sentence a person can read ([`wording`]).

#![warn(clippy::wildcard_enum_match_arm)]

pub mod actor;
pub mod alert;
pub mod alias;
pub mod approval;
pub mod ballot;
pub mod books;
pub mod caps;
pub mod catalog;
pub mod credits;
pub mod crop;
pub mod draft;
pub mod drift;
pub mod emoji;
pub mod estimate;
pub mod ids;
pub mod job;
pub mod limits;
pub mod lineup;
pub mod offer;
pub mod period;
pub mod picture;
pub mod project;
pub mod prompt;
pub mod reference;
pub mod render;
pub mod rules;
pub mod settings;
pub mod stage;
pub mod template;
pub mod text;
pub mod turn;
pub mod usd;
pub mod warrant;
pub mod wording;
