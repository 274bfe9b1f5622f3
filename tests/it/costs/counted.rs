//! Counts statements and transactions as the drivers and the store log them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

/// The counts of this process so far. Tests run in a process each.
#[derive(Clone, Debug, Default)]
pub struct Counter(Arc<Mutex<Counts>>);

/// What was counted.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// How many transactions that may write were begun.
    pub writes: usize,
    /// How many transactions that only read were begun.
    pub reads: usize,
    /// How often each statement was sent to the database.
    pub statements: BTreeMap<String, usize>,
    /// Transactions as they began, and statements as they ended.
    pub order: Vec<String>,
}

impl Counts {
    /// Returns how many statements were sent.
    pub fn sent(&self) -> usize {
        self.statements.values().sum()
    }
}

impl Counter {
    /// Counts from now on.
    pub fn install() -> Self {
        let counter = Self::default();
        tracing_subscriber::registry().with(counter.clone()).init();
        counter
    }

    /// Returns the counts, and begins anew.
    pub fn take(&self) -> Counts {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Reads the fields that are counted.
#[derive(Default)]
struct Fields {
    message: String,
    summary: String,
    statement: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = format!("{value:?}");
        }
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Counter {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let target = event.metadata().target();
        let mut fields = Fields::default();
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match target {
            "sqlx::query" => {
                event.record(&mut fields);
                let text = if fields.statement.is_empty() {
                    fields.summary
                } else {
                    fields.statement
                };
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                // A connection that is opened meanwhile is none of the deed's cost, nor is what a process says
                // every two seconds. A BEGIN or COMMIT is counted as a transaction, although only Postgres's
                // driver logs it.
                let counts_as_sent = !text.ends_with("COMMIT")
                    && !["PRAGMA", "SET ", "BEGIN", "ROLLBACK", "WITH paced AS"]
                        .iter()
                        .any(|verb| text.starts_with(verb));
                if counts_as_sent {
                    counts.order.push(format!("    {text}"));
                    *counts.statements.entry(text).or_default() += 1;
                }
            }
            "greenlight::store" => {
                event.record(&mut fields);
                counts.order.push(fields.message.clone());
                match fields.message.as_str() {
                    "begin to write" => counts.writes += 1,
                    "begin to read" => counts.reads += 1,
                    _ => {}
                }
            }
            _ => {}
        }
    }
}
