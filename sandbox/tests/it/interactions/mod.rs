//! Commands, components and modals, and their answers.

mod answers;
mod commands;
mod components;
