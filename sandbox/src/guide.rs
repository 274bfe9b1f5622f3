//! What the page tells somebody who sees it for the first time.

use serde::Serialize;

/// A short guide that lies above the messages until it is closed.
#[derive(Clone, Debug, Serialize)]
pub struct Guide {
    /// What it is, in a few words.
    pub title: String,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// One thing to do, with buttons that do it.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// What is done and what comes of it: a sentence.
    pub text: String,
    /// Buttons, from left to right.
    pub buttons: Vec<GuideButton>,
}

/// A button of a step.
#[derive(Clone, Debug, Serialize)]
pub struct GuideButton {
    /// What it says.
    pub label: String,
    /// What it does.
    pub does: Deed,
}

/// What a button of the guide does.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Deed {
    /// Fills in a command, which the person then sends.
    Command {
        /// The command's full name.
        name: String,
        /// The option that is filled in, if there is one, and with what.
        option: Option<(String, String)>,
    },
    /// Goes on as another person.
    Become {
        /// The person's id.
        user: String,
    },
    /// Moves the clock forward.
    Skip {
        /// By how many milliseconds.
        ms: u64,
    },
}
