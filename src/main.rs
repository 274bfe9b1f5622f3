//! The `greenlight` binary.

use std::time::Duration;

use clap::Parser;
use tokio::runtime::Runtime;

/// How long the end of the process waits for a file that is being written. A disk that does not
/// answer must not keep the process alive.
const LAST_FILES: Duration = Duration::from_secs(5);

fn main() -> anyhow::Result<()> {
    let cli = greenlight::cli::Cli::parse();
    let runtime = Runtime::new()?;
    let ended = runtime.block_on(greenlight::cli::run(cli));
    runtime.shutdown_timeout(LAST_FILES);
    ended
}
