//! The rules of the product, pure: no async, no I/O, no clock, no SQL, no Discord library.
//!
//! In reading order: what things are called ([`ids`], [`credits`], [`limits`]), what can be drawn
//! ([`picture`], [`stage`], [`catalog`], [`prompt`]), how far it is from what was approved ([`drift`]), what it costs the operator ([`usd`]), what it will and may cost ([`estimate`], [`project`]), what is decided ([`draft`], [`approval`],
//! [`render`], by [`rules`] and a server's own [`settings`]), what is to be done later ([`job`]) and every sentence a person can read ([`wording`]).

#![warn(clippy::wildcard_enum_match_arm)]

pub mod actor;
pub mod approval;
pub mod credits;
pub mod draft;
pub mod emoji;
pub mod engine;
pub mod geometry;
pub mod guild;
pub mod ids;
pub mod image;
pub mod job;
pub mod limits;
pub mod money;
pub mod stage;
pub mod text;
