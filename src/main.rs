//! The `greenlight` binary.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use greenlight::cli::{self, Cli, Told};
use tokio::runtime::Runtime;

/// How long the end of the process waits for a file that is being written. A disk that does not
/// answer must not keep the process alive.
const LAST_FILES: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    greenlight_allocator::give_back_large_blocks();
    let cli = Cli::parse();
    let ended = Runtime::new().map_err(Into::into).and_then(|runtime| {
        let ended = runtime.block_on(cli::run(cli));
        runtime.shutdown_timeout(LAST_FILES);
        ended
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One sentence with its causes: whoever runs the bot has no use for a backtrace.
            eprintln!("Error: {}", cli::in_one_sentence(&error));
            error
                .downcast_ref::<Told>()
                .map_or(ExitCode::FAILURE, |told| ExitCode::from(told.exit_code))
        }
    }
}
