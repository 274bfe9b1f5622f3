//! Starts the log: readable messages with stable fields (`draft.id`, `render.id`), never prompts or
//! tokens. Both formats write the fields of the spans around a line; see `docs/logging.md`.

pub mod metrics;
#[cfg(feature = "otel")]
mod traces;

use std::io::{self, Write};

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
    #[cfg(feature = "otel")]
    let (subscriber, fault) = match traces::layer() {
        Ok(layer) => (subscriber.with(layer), None),
        Err(error) => (subscriber.with(None), Some(error)),
    };
    let lines = fmt::layer().with_writer(|| OneLine(io::stderr()));
    // A subscriber that is there already, as in a test, is kept.
    let _started = if json {
        subscriber.with(lines.json()).try_init()
    } else {
        subscriber.with(lines.with_target(false)).try_init()
    };
    #[cfg(feature = "otel")]
    if let Some(error) = fault {
        tracing::error!("no traces are sent: {error}: see the variables that begin with OTEL_EXPORTER_OTLP");
    }
    Ok(())
}

/// Sends the traces that were not sent yet, where the program sends any.
#[cfg_attr(
    not(feature = "otel"),
    expect(clippy::unused_async, reason = "waits where traces are built in")
)]
pub async fn finish() {
    #[cfg(feature = "otel")]
    traces::finish().await;
}

/// Writes what is logged at once as one line. A line break in an id or in a service's words must not
/// start a line that looks like one of ours.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, logged: &[u8]) -> io::Result<usize> {
        let text = logged.strip_suffix(b"\n").unwrap_or(logged);
        let mut line = Vec::with_capacity(logged.len());
        for byte in text {
            match byte {
                b'\n' => line.extend_from_slice(b"\\n"),
                b'\r' => line.extend_from_slice(b"\\r"),
                other => line.push(*other),
            }
        }
        line.extend_from_slice(&logged[text.len()..]);
        self.0.write_all(&line)?;
        Ok(logged.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Returns an error and what caused it, on one line, for the log.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |cause| cause.source())
        .fold(error.to_string(), |line, cause| format!("{line}: {cause}"))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_line_break_in_an_id_starts_no_line_in_the_log() {
        let kept = Kept::default();
        let writer = kept.clone();
        let lines = fmt::layer()
            .with_ansi(false)
            .with_writer(move || OneLine(writer.clone()));
        let id = "7\r\n2026-11-29T00:00:00Z ERROR forged";
        tracing::subscriber::with_default(registry().with(lines), || {
            tracing::info_span!("job", request.id = %id).in_scope(|| tracing::warn!(render.id = %id, "{id}"));
        });
        let said = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(
            said.ends_with('\n') && said.matches("ERROR forged").count() == 3,
            "{said}"
        );
    }
}
