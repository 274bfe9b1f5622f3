//! The rules of the product, pure: no async, no I/O, no clock, no SQL, no Discord library.
//!
//! At the root stands what all subjects use: names of things ([`ids`]), credits ([`credits`]),
//! limits ([`limits`]), pauses between tries ([`pauses`]), sizes and stages ([`geometry`],
//! [`stage`]), text and emoji ([`text`], [`emoji`]), who acts ([`actor`]), what Discord must allow
//! ([`permission`]), work to be done ([`job`]) and what a process does of it ([`role`]), and what the bot's buttons and messages are called
//! ([`button`], [`nonce`]). The folders are the subjects, lower ones first: [`engine`], [`image`],
//! [`money`], [`approval`], [`guild`], [`draft`]. A subject imports none that stands after it.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod actor;
pub mod approval;
pub mod button;
pub mod credits;
pub mod database_url;
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
pub mod nonce;
pub mod pauses;
pub mod permission;
pub mod pick;
mod prefixed;
pub mod queue_page;
pub mod report_page;
pub mod role;
pub mod stage;
pub mod text;
