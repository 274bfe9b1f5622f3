//! Commands, components and modals: how people use the bot, and how it answers.

pub(crate) mod answers;
pub(crate) mod commands;
mod components;
mod expiry;
pub(crate) mod invoke;
mod modals;
pub(crate) mod options;
mod payload;
