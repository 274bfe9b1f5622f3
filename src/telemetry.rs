//! Logs: a readable message with stable fields (`draft.id`, `render.id`), never prompts or tokens.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// Starts logging to standard error, once.
///
/// # Errors
/// [`ParseError`] when the filter cannot be read.
pub fn start(filter: &str, json: bool) -> Result<(), ParseError> {
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(filter)?)
        .with_writer(std::io::stderr);
    // Somebody else's subscriber, as in a test, is as good.
    let _started = if json {
        builder.json().try_init()
    } else {
        builder.with_target(false).try_init()
    };
    Ok(())
}
