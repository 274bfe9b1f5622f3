//! Discord's error answers: an HTTP status, a JSON code, a message and, for bad forms, a tree.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::state::rate_limits::Scope;

/// Discord's answer to a refused request.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message} ({status}, code {code})")]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: u32,
    pub(crate) message: String,
    /// The tree of a 50035.
    pub(crate) errors: Option<Value>,
    /// How many seconds to wait, for a 429.
    pub(crate) retry_after: Option<f64>,
    /// Whom the limit concerns, for a 429.
    pub(crate) scope: Scope,
}

pub(crate) type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    pub(crate) fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            errors: None,
            retry_after: None,
            scope: Scope::User,
        }
    }

    /// Makes a 429: the bot must wait so many seconds.
    pub(crate) fn limited(scope: Scope, retry_after: f64) -> Self {
        let message = match scope {
            Scope::Shared => "The resource is being rate limited.",
            Scope::User | Scope::Global => "You are being rate limited.",
        };
        Self {
            retry_after: Some(retry_after),
            scope,
            ..Self::new(429, 0, message)
        }
    }

    /// Makes a 30046: old messages of the channel can be edited again in so many milliseconds.
    pub(crate) fn too_many_old_edits(after_ms: u64) -> Self {
        const SAID: &str = "Maximum number of edits to messages older than 1 hour reached. Try again later.";
        Self {
            retry_after: Some(Duration::from_millis(after_ms).as_secs_f64()),
            ..Self::new(429, 30_046, SAID)
        }
    }

    /// Makes a 30034: commands can be created again in so many milliseconds.
    pub(crate) fn too_many_creates(after_ms: u64) -> Self {
        const SAID: &str = "Max number of daily application command creates has been reached (200)";
        Self {
            retry_after: Some(Duration::from_millis(after_ms).as_secs_f64()),
            ..Self::new(429, 30_034, SAID)
        }
    }

    /// Makes a 30008: the guild may have no more emoji than this.
    pub(crate) fn too_many_emoji(limit: usize) -> Self {
        Self::new(400, 30_008, format!("Maximum number of emojis reached ({limit})"))
    }

    /// Moves the errors of a form below a field of the form that contains it.
    pub(crate) fn under(mut self, part: &str) -> Self {
        self.errors = self.errors.map(|tree| json!({ part: tree }));
        self
    }
}

/// Declares a constructor for each error of Discord's that needs no argument: status, code,
/// message.
macro_rules! known {
    ($($name:ident = $status:literal, $code:literal, $message:literal;)*) => {
        impl ApiError {
            $(pub(crate) fn $name() -> Self { Self::new($status, $code, $message) })*
        }
    };
}

known! {
    unauthorized = 401, 0, "401: Unauthorized";
    not_found = 404, 0, "404: Not Found";
    method_not_allowed = 405, 0, "405: Method Not Allowed";
    unknown_channel = 404, 10003, "Unknown Channel";
    unknown_guild = 404, 10004, "Unknown Guild";
    unknown_member = 404, 10007, "Unknown Member";
    unknown_message = 404, 10008, "Unknown Message";
    unknown_overwrite = 404, 10009, "Unknown Overwrite";
    unknown_role = 404, 10011, "Unknown Role";
    unknown_user = 404, 10013, "Unknown User";
    unknown_emoji = 400, 10014, "Unknown Emoji";
    no_such_emoji = 404, 10014, "Unknown Emoji";
    unknown_webhook = 404, 10015, "Unknown Webhook";
    unknown_interaction = 404, 10062, "Unknown interaction";
    unknown_command = 404, 10063, "Unknown application command";
    name_taken = 400, 40041, "An application command with that name already exists";
    too_many_commands = 400, 30032, "Maximum number of application commands reached";
    too_many_thread_members = 400, 30033, "Maximum number of thread participants reached (1000)";
    system_message = 400, 50021, "Cannot execute action on a system message";
    invalid_version = 400, 50041, "Invalid API version provided";
    too_many_roles = 400, 30005, "Maximum number of guild roles reached (250)";
    too_many_reactions = 400, 30010, "Maximum number of reactions reached (20)";
    too_many_attachments = 400, 30015, "Maximum number of attachments in a message reached (10)";
    too_large = 413, 40005, "Request entity too large";
    already_answered = 400, 40060, "Interaction has already been acknowledged.";
    missing_access = 403, 50001, "Missing Access";
    not_the_author = 403, 50005, "Cannot edit a message authored by another user";
    empty_message = 400, 50006, "Cannot send an empty message";
    missing_permissions = 403, 50013, "Missing Permissions";
    no_messages_here = 400, 50008, "Cannot send messages in a non-text channel";
    wrong_channel_type = 400, 50024, "Cannot execute action on this channel type";
    webhook_token_gone = 401, 50027, "Invalid Webhook Token";
    invalid_role = 400, 50028, "Invalid Role";
    too_old_to_delete = 400, 50034, "You can only bulk delete messages that are under 14 days old.";
    thread_archived = 400, 50083, "Thread is archived";
    bad_json = 400, 50109, "The request body contains invalid JSON.";
    no_history = 400, 160_002, "Cannot reply without permission to read message history";
    has_thread = 400, 160_004, "A thread has already been created for this message";
    thread_locked = 400, 160_005, "Thread is locked";
    too_many_threads = 400, 160_006, "Maximum number of active threads reached";
}

/// Collects the errors of a form, as the tree of Discord's 50035.
#[derive(Default)]
pub(crate) struct FormErrors {
    tree: Map<String, Value>,
}

impl FormErrors {
    /// Adds an error at a dotted path, such as `embeds.0.title`.
    pub(crate) fn add(&mut self, path: &str, code: &str, message: impl Into<String>) {
        let mut node = &mut self.tree;
        // An empty path is the whole form.
        for part in path.split('.').filter(|part| !part.is_empty()) {
            let next = node.entry(part).or_insert_with(|| json!({}));
            if !next.is_object() {
                return;
            }
            let Value::Object(map) = next else { return };
            node = map;
        }
        let faults = node.entry("_errors").or_insert_with(|| json!([]));
        if let Value::Array(faults) = faults {
            faults.push(json!({ "code": code, "message": message.into() }));
        }
    }

    /// Adds an error if a text is longer than `limit` characters.
    pub(crate) fn max_length(&mut self, path: &str, text: &str, limit: usize) {
        if text.chars().count() > limit {
            self.add(
                path,
                "BASE_TYPE_MAX_LENGTH",
                format!("Must be {limit} or fewer in length."),
            );
        }
    }

    /// Adds an error if a text has fewer than `min` or more than `max` characters.
    pub(crate) fn length(&mut self, path: &str, text: &str, min: usize, max: usize) {
        if !(min..=max).contains(&text.chars().count()) {
            let message = format!("Must be between {min} and {max} in length.");
            self.add(path, "BASE_TYPE_BAD_LENGTH", message);
        }
    }

    /// Adds the error of a list that must have `min` to `max` entries.
    pub(crate) fn length_of_list(&mut self, path: &str, min: usize, max: usize) {
        let message = format!("Must be between {min} and {max} in length.");
        self.add(path, "BASE_TYPE_BAD_LENGTH", message);
    }

    /// Adds an error if a list has more than `limit` entries.
    pub(crate) fn max_items(&mut self, path: &str, count: usize, limit: usize) {
        if count > limit {
            self.add(
                path,
                "BASE_TYPE_MAX_LENGTH",
                format!("Must be {limit} or fewer in length."),
            );
        }
    }

    /// Adds the error of a required field that is missing.
    pub(crate) fn required(&mut self, path: &str) {
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// Adds the error of a value that is not among the allowed ones.
    pub(crate) fn choice(&mut self, path: &str, allowed: &str) {
        self.add(
            path,
            "BASE_TYPE_CHOICES",
            format!("Value must be one of {{{allowed}}}."),
        );
    }

    /// Adds the error of a thing that is none of the kinds that may stand there.
    pub(crate) fn union(&mut self, path: &str, allowed: &str) {
        let message = format!("Value of field \"type\" must be one of ({allowed}).");
        self.add(path, "UNION_TYPE_CHOICES", message);
    }

    /// Adds the error of a field that a layout of components cannot have beside them.
    pub(crate) fn legacy_field(&mut self, field: &str) {
        let message = format!("The '{field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2");
        self.add(
            field,
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
            message,
        );
    }

    /// Returns the 50035 with all errors that were added, if there are any.
    pub(crate) fn check(self) -> ApiResult<()> {
        if self.tree.is_empty() {
            return Ok(());
        }
        let mut error = ApiError::new(400, 50035, "Invalid Form Body");
        error.errors = Some(Value::Object(self.tree));
        Err(error)
    }
}

/// Makes a 50035 with one error.
pub(crate) fn invalid(path: &str, code: &str, message: &str) -> ApiError {
    let mut errors = FormErrors::default();
    errors.add(path, code, message);
    match errors.check() {
        Err(error) => error,
        Ok(()) => ApiError::bad_json(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_form_is_answered_with_a_tree() {
        let error = invalid(
            "embeds.0.title",
            "BASE_TYPE_MAX_LENGTH",
            "Must be 256 or fewer in length.",
        );
        assert_eq!(error.code, 50035);
        let tree = error.errors.unwrap();
        assert_eq!(
            tree["embeds"]["0"]["title"]["_errors"][0]["code"],
            "BASE_TYPE_MAX_LENGTH"
        );
    }

    #[test]
    fn a_form_without_faults_passes() {
        let mut errors = FormErrors::default();
        errors.max_length("content", "short", 2_000);
        assert!(errors.check().is_ok());
    }
}
