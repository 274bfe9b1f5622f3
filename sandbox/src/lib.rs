//! A local Discord: REST v10, gateway, files and a page, for bots to be tried and tested against.
//!
//! ```no_run
//! # async fn story() -> Result<(), Box<dyn std::error::Error>> {
//! use discord_sandbox::{Options, Sandbox, world};
//!
//! let sandbox = Sandbox::start(Options::default()).await?;
//! println!("a bot may talk to {}/api/v10", sandbox.url());
//! sandbox.wait_online().await;
//! let ana = sandbox.member(world::ANA);
//! let sent = ana.command(world::CAMPAIGN, "ping", serde_json::json!({})).await?;
//! println!("{}", sandbox.answer(sent).await.message["content"]);
//! # Ok(())
//! # }
//! ```
//!
//! One process, one loopback port. The state is one value behind one lock ([`Sandbox`] is a cheap handle
//! to it); what changes it are plain functions; HTTP and WebSocket handlers parse and call them.
//! Nothing here knows any particular bot; only the default
//! [`World`] is named after one.

mod answer;
mod cdn;
mod checks;
mod clock;
mod control;
mod core;
mod document;
mod errors;
mod gateway;
mod member;
mod operations;
mod options;
mod page;
pub mod permissions;
mod rest;
mod sandbox;
mod server;
mod snowflake;
mod state;
mod store;
#[cfg(feature = "tls")]
mod tls;
pub mod world;

pub use answer::Answer;
pub use checks::{Checked, Side, Tally, Violation};
pub use document::{DocumentError, Flaw};
pub use gateway::{
    Cut, EventFault, GatewayControl, GatewayEvent, GatewayLimits, Greeting, Mishap, SessionView,
};
pub use member::Member;
pub use options::{Options, StartError};
pub use sandbox::Sandbox;
pub use state::actions::ActError;
pub use state::content::{MessageLimits, OldEdits};
pub use state::fault::{Call, Fault};
pub use state::hub::{Dispatched, PageEvent};
pub use state::limits::{RateLimits, RouteLimit, Scope};
pub use state::model::Nitro;
#[cfg(feature = "tls")]
pub use tls::{Tls, TlsError};
pub use world::World;
