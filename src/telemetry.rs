//! Logs: a readable message with stable fields (`draft.id`, `render.id`), never prompts or tokens.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt, registry};

/// Whatever the operator asks for, these stay as quiet: below it serenity prints whole payloads, tokens among them.
const QUIET: [(&str, LevelFilter); 3] = [
    ("serenity", LevelFilter::WARN),
    ("serenity::gateway::ws", LevelFilter::ERROR),
    ("serenity::http", LevelFilter::WARN),
];

/// Starts logging to standard error, once.
///
/// # Errors
/// [`ParseError`] when the filter cannot be read.
pub fn start(filter: &str, json: bool) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(filter)?;
    // A filter of its own: among the directives of the operator's a more exact one, such as `serenity::gateway=trace`, wins.
    let quiet = Targets::new()
        .with_default(LevelFilter::TRACE)
        .with_targets(QUIET);
    let subscriber = registry().with(filter).with(quiet);
    let lines = fmt::layer().with_writer(std::io::stderr);
    // Somebody else's subscriber, as in a test, is as good.
    let _started = if json {
        subscriber.with(lines.json()).try_init()
    } else {
        subscriber.with(lines.with_target(false)).try_init()
    };
    Ok(())
}
