//! Stories about the sandbox, told over real HTTP and real `WebSocket`s.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod control;
mod data;
mod gateway;
mod interactions;
mod messages;
mod openapi;
mod page;
mod people;
mod probes;
mod rest;
mod serenity;
mod support;
