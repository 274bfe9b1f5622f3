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
//! Everything runs in one process, on one loopback port. The state is one value behind one lock,
//! and [`Sandbox`] is a cheap handle to it. Plain functions change it; HTTP and WebSocket handlers
//! parse and call them. Nothing here knows any particular bot; only the default [`World`] is named
//! after one.

mod clock;
mod control;
mod core;
mod gateway;
pub mod guide;
mod handle;
mod http;
mod openapi;
mod page;
pub mod permissions;
mod rest;
mod snowflake;
mod state;
#[cfg(feature = "tls")]
mod tls;
pub mod world;

pub use crate::guide::Guide;
pub use crate::handle::answer::Answer;
pub use crate::handle::gateway::GatewayControl;
pub use crate::handle::member::Member;
pub use crate::handle::options::{Options, StartError};
pub use crate::handle::sandbox::Sandbox;
pub use crate::openapi::DocumentError;
pub use crate::openapi::checks::{Checked, Side, Tally, Violation};
pub use crate::openapi::flaws::Flaw;
pub use crate::state::fault::{Call, Fault};
pub use crate::state::interactions::forgery::Forgery;
pub use crate::state::messages::rules::{MessageLimits, OldEdits};
pub use crate::state::model::{ActError, Nitro};
pub use crate::state::pages::PageEvent;
pub use crate::state::rate_limits::{RateLimits, RouteLimit, Scope};
pub use crate::state::sessions::cut::Cut;
pub use crate::state::sessions::events::Dispatched;
pub use crate::state::sessions::limits::GatewayLimits;
pub use crate::state::sessions::log::GatewayEvent;
pub use crate::state::sessions::mishap::{EventFault, Greeting, Mishap};
pub use crate::state::sessions::session::SessionView;
pub use crate::state::traffic::{Exchange, Validity};
#[cfg(feature = "tls")]
pub use crate::tls::{Tls, TlsError};
pub use crate::world::World;
