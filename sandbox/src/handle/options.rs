//! How a sandbox is started, and why it cannot be.

use std::io;
use std::path::PathBuf;

use crate::guide::Guide;
use crate::openapi::DocumentError;
use crate::state::rate_limits::RateLimits;
use crate::world::World;

/// How a sandbox is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The loopback port; 0 takes a free one.
    pub port: u16,
    /// A folder that keeps everything across runs. Without one nothing is saved.
    pub data: Option<PathBuf>,
    /// What there is at first. Ignored if there is saved data.
    pub world: World,
    /// The rate limits; by default there are none.
    pub limits: RateLimits,
    /// What the page tells a newcomer, if anything.
    pub guide: Option<Guide>,
}

/// Why a sandbox could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken, or not allowed.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The saved data cannot be read.
    #[error("cannot read the data in {}", data.display())]
    Data {
        /// The folder.
        data: PathBuf,
        /// What went wrong.
        #[source]
        source: io::Error,
    },
    /// What `DISCORD_OPENAPI` names is not the document.
    #[error(transparent)]
    Document(#[from] DocumentError),
}
