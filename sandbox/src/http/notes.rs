//! What the layers that a request passes notice about it, for the one that records it.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use serde_json::Value;

use crate::openapi::flaws::Flaw;

/// What was noticed about a request.
#[derive(Debug, Default)]
pub(crate) struct Noticed {
    /// The document's `operationId`.
    pub(crate) operation: &'static str,
    /// The body, without files.
    pub(crate) body: Value,
    /// Names of the files.
    pub(crate) files: Vec<String>,
    /// What is wrong by the document.
    pub(crate) flaws: Vec<Flaw>,
}

/// Travels with a request, as an extension.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes(Arc<Mutex<Noticed>>);

impl Notes {
    /// Returns the notes of a request. They go nowhere if nobody records it.
    pub(crate) fn of(request: &Request) -> Self {
        request.extensions().get::<Self>().cloned().unwrap_or_default()
    }

    /// Notes something.
    pub(crate) fn add(&self, note: impl FnOnce(&mut Noticed)) {
        note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Takes what was noticed.
    pub(crate) fn take(&self) -> Noticed {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
