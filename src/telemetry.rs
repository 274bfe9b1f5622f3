//! Starts the log: readable messages with stable fields (`draft.id`, `render.id`), never prompts or
//! tokens. Both formats write the fields of the spans around a line; see `docs/logging.md`.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt, registry};

/// The most that these crates may log, whatever the operator asks for. Below it serenity prints
/// whole payloads, with tokens in them.
const QUIET: [(&str, LevelFilter); 3] = [
    ("serenity", LevelFilter::WARN),
    ("serenity::gateway::ws", LevelFilter::ERROR),
    ("serenity::http", LevelFilter::WARN),
];

/// Starts logging to standard error. Does nothing if the process logs already.
///
/// # Errors
/// [`ParseError`] when `filter` cannot be read.
pub fn start(filter: &str, json: bool) -> Result<(), ParseError> {
    let filter = EnvFilter::try_new(filter)?;
    // Two filters: in one, a more exact directive of the operator's, such as
    // `serenity::gateway=trace`, would win over `QUIET`.
    let quiet = Targets::new()
        .with_default(LevelFilter::TRACE)
        .with_targets(QUIET);
    let subscriber = registry().with(filter).with(quiet);
    let lines = fmt::layer().with_writer(std::io::stderr);
    // A subscriber that is there already, as in a test, is kept.
    let _started = if json {
        subscriber.with(lines.json()).try_init()
    } else {
        subscriber.with(lines.with_target(false)).try_init()
    };
    Ok(())
}

/// Returns an error and what caused it, on one line, for the log.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}
