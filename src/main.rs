//! The `greenlight` binary.

use clap::Parser;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    greenlight::cli::run(greenlight::cli::Cli::parse()).await
}
