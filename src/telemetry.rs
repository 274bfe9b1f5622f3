//! Logs: a readable message with stable fields (`draft.id`, `render.id`), never prompts or tokens.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// Whatever the operator asks for, these stay as quiet: below it serenity prints whole payloads, tokens among them.
const QUIET: [&str; 3] = [
    "serenity=warn",
    "serenity::gateway::ws=error",
    "serenity::http=warn",
];

/// Starts logging to standard error, once.
///
/// # Errors
/// [`ParseError`] when the filter cannot be read.
pub fn start(filter: &str, json: bool) -> Result<(), ParseError> {
    let mut filter = EnvFilter::try_new(filter)?;
    for quiet in QUIET {
        filter = filter.add_directive(quiet.parse()?);
    }
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // Somebody else's subscriber, as in a test, is as good.
    let _started = if json {
        builder.json().try_init()
    } else {
        builder.with_target(false).try_init()
    };
    Ok(())
}
