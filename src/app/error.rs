//! Why the bot could not start, or ended by itself.

use tokio::task::JoinError;

use crate::discord::ConnectError;
use crate::domain::stage::Stage;
use crate::gateway::FatalGatewayError;
use crate::{blobs, links, store, watch};

/// Why the bot could not start, or ended by itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be used.
    #[error("database.url = {url}: the database cannot be used")]
    Store {
        /// The URL, without what is secret in it.
        url: String,
        /// Why.
        source: store::Error,
    },
    /// The store of the pictures cannot be used.
    #[error("{place}: pictures cannot be kept there")]
    Blobs {
        /// The folder or the bucket, as the setting that names it.
        place: String,
        /// Why.
        source: blobs::Error,
    },
    /// Several processes are to share the work, and the database serves one.
    #[error(
        "database.url = {url}: processes that share the work need PostgreSQL; set database.url to postgres://…, or start without --role and --shards"
    )]
    OneProcess {
        /// The URL, without what is secret in it.
        url: String,
    },
    /// Discord's REST API refused the bot.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The engine of a stage is in the models file, but cannot be used.
    #[error("stages.{stage}.engine = {engine}: {fix}")]
    NoEngine {
        /// The stage.
        stage: Stage,
        /// The engine that the stage names.
        engine: String,
        /// What the operator must do.
        fix: String,
    },
    /// The HTTP client for the engines cannot be made.
    #[error("requests to engines cannot be made on this machine")]
    Engines(#[source] reqwest::Error),
    /// A task of the bot ended by itself.
    #[error("a part of the bot ended by itself")]
    Background(#[source] JoinError),
    /// Those who watch the process cannot be answered.
    #[error(transparent)]
    Watch(#[from] watch::Error),
    /// Those who have links cannot be answered.
    #[error(transparent)]
    Links(#[from] links::Error),
    /// The connection to Discord's gateway is lost for good.
    #[error(transparent)]
    Gateway(#[from] FatalGatewayError),
}
