//! Stories about the sandbox, told over real HTTP and real `WebSocket`s.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod attachments;
mod commands;
mod components;
mod content;
mod data;
mod document;
mod emojis;
mod faults;
mod gateway;
mod gateway_faults;
mod gateway_sessions;
mod interactions;
mod limits;
mod members;
mod messages;
mod operations;
mod page;
mod permissions;
mod reactions;
mod serenity;
mod serenity_extras;
mod support;
mod threads;
