//! Turns what a schema objects to into the words of Discord's 50035.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;

use crate::openapi::flaws::Flaw;

/// Turns a validator's errors into flaws. `book` is the document that their paths lead into.
pub(super) fn flaws<'a>(
    errors: impl IntoIterator<Item = &'a ValidationError<'a>>,
    book: &Value,
) -> Vec<Flaw> {
    let mut found: Vec<Flaw> = Vec::new();
    for error in errors {
        for flaw in flaws_of(error, book) {
            if !found.contains(&flaw) {
                found.push(flaw);
            }
        }
    }
    found
}

fn flaws_of(error: &ValidationError<'_>, book: &Value) -> Vec<Flaw> {
    let at = dotted(error.instance_path().as_str());
    match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            return closest(context, &at, error.instance().as_ref(), book);
        }
        Kind::Required { property } => {
            let at = join(&at, property.as_str().unwrap_or_default());
            return vec![flaw(&at, "BASE_TYPE_REQUIRED", "This field is required")];
        }
        _ => {}
    }
    let (code, message) = said(error, book);
    vec![flaw(&at, code, message)]
}

fn said(error: &ValidationError<'_>, book: &Value) -> (&'static str, String) {
    let bounds = |min: &str, max: &str| bounds(error, book, min, max);
    match error.kind() {
        Kind::MaxLength { limit } => length(bounds("minLength", "maxLength"), "MAX", *limit),
        Kind::MinLength { limit } => length(bounds("minLength", "maxLength"), "MIN", *limit),
        Kind::MaxItems { limit } => length(bounds("minItems", "maxItems"), "MAX", *limit),
        Kind::MinItems { limit } => length(bounds("minItems", "maxItems"), "MIN", *limit),
        Kind::MaxProperties { limit } => length(None, "MAX", *limit),
        Kind::MinProperties { limit } => length(None, "MIN", *limit),
        Kind::Maximum { limit } | Kind::ExclusiveMaximum { limit } => (
            "NUMBER_TYPE_MAX",
            format!("int value should be less than or equal to {limit}."),
        ),
        Kind::Minimum { limit } | Kind::ExclusiveMinimum { limit } => (
            "NUMBER_TYPE_MIN",
            format!("int value should be greater than or equal to {limit}."),
        ),
        Kind::Type { kind } => unfit(wanted(kind), error.instance()),
        Kind::Pattern { pattern } if pattern.starts_with("^(0|") => (
            "NUMBER_TYPE_COERCE",
            format!("Value {} is not snowflake.", error.instance()),
        ),
        Kind::Pattern { .. } => unfit("integer", error.instance()),
        Kind::Enum { options } => choices(options.as_array().into_iter().flatten()),
        Kind::Constant { expected_value } => choices([expected_value.as_ref()]),
        Kind::UniqueItems => (
            "SET_TYPE_ALREADY_CONTAINS_VALUE",
            "The set already contains this value".to_owned(),
        ),
        Kind::Format { format } if format == "date-time" => (
            "DATE_TIME_TYPE_PARSE",
            format!("Could not parse {}. Should be ISO8601.", error.instance()),
        ),
        Kind::Format { format } if format == "uri" => {
            ("URL_TYPE_INVALID_URL", "Not a well formed URL.".to_owned())
        }
        // No schema of the document uses any other. The library's words will do.
        _ => ("BASE_TYPE_INVALID", error.to_string()),
    }
}

/// Makes the flaw of a wrong length, as a range where the schema has one.
fn length(bounds: Option<(u64, u64)>, end: &str, limit: u64) -> (&'static str, String) {
    match (bounds, end) {
        (Some((min, max)), _) => (
            "BASE_TYPE_BAD_LENGTH",
            format!("Must be between {min} and {max} in length."),
        ),
        (None, "MAX") => (
            "BASE_TYPE_MAX_LENGTH",
            format!("Must be {limit} or fewer in length."),
        ),
        (None, _) => (
            "BASE_TYPE_MIN_LENGTH",
            format!("Must be {limit} or more in length."),
        ),
    }
}

/// Returns both bounds of the schema that an error comes from, if it has both.
fn bounds(error: &ValidationError<'_>, book: &Value, min: &str, max: &str) -> Option<(u64, u64)> {
    let (schema, _) = error.schema_path().as_str().rsplit_once('/')?;
    let schema = book.pointer(schema)?;
    Some((schema[min].as_u64()?, schema[max].as_u64()?))
}

/// Returns the type that a schema expects. Text comes last, because a relaxed integer accepts it
/// too.
fn wanted(kind: &TypeKind) -> &'static str {
    let all: Vec<JsonType> = match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(set) => set.iter().collect(),
    };
    let preferred = [
        JsonType::Object,
        JsonType::Array,
        JsonType::Boolean,
        JsonType::Integer,
        JsonType::Number,
        JsonType::String,
    ];
    preferred
        .into_iter()
        .find(|kind| all.contains(kind))
        .unwrap_or(JsonType::Null)
        .as_str()
}

fn unfit(wanted: &str, value: &Value) -> (&'static str, String) {
    match wanted {
        "object" => (
            "MODEL_TYPE_CONVERT",
            "Only dictionaries may be used in a ModelType".to_owned(),
        ),
        "array" => (
            "LIST_TYPE_CONVERT",
            "Only iterables may be used in a ListType".to_owned(),
        ),
        "boolean" => ("BOOLEAN_TYPE_CONVERT", "Must be either true or false.".to_owned()),
        "integer" => ("NUMBER_TYPE_COERCE", format!("Value {value} is not int.")),
        "number" => ("NUMBER_TYPE_COERCE", format!("Value {value} is not float.")),
        _ => (
            "STRING_TYPE_CONVERT",
            "Could not interpret value as string.".to_owned(),
        ),
    }
}

fn choices<'a>(options: impl IntoIterator<Item = &'a Value>) -> (&'static str, String) {
    let listed = listed(options.into_iter().collect());
    ("BASE_TYPE_CHOICES", format!("Value must be one of {{{listed}}}."))
}

/// Returns the options in order, without integers repeated as strings.
fn listed(mut options: Vec<&Value>) -> String {
    if options.iter().any(|option| option.is_number()) {
        options.retain(|option| option.is_number());
    }
    options.sort_by_key(|option| (option.as_i64(), option.to_string()));
    options.dedup();
    let texts: Vec<String> = options.into_iter().map(Value::to_string).collect();
    texts.join(", ")
}

/// Returns the flaws by the alternative that comes closest. If the `type` of an object fits none of
/// them, that is the flaw.
fn closest(
    alternatives: &[Vec<ValidationError<'static>>],
    at: &str,
    instance: &Value,
    book: &Value,
) -> Vec<Flaw> {
    if let Some(options) = all_fail_by_choice(alternatives, at) {
        let (code, message) = choices(options);
        return vec![flaw(at, code, message)];
    }
    let kind = join(at, "type");
    let of_its_kind =
        |errors: &&Vec<ValidationError<'static>>| !errors.iter().any(|error| chosen(error, &kind).is_some());
    let shaped = |errors: &&Vec<ValidationError<'static>>| !errors.iter().any(|error| misshapen(error, at));
    let fitting: Vec<&Vec<_>> = alternatives.iter().filter(shaped).filter(of_its_kind).collect();
    let told = fitting
        .into_iter()
        .map(|errors| flaws(errors, book))
        .min_by_key(Vec::len);
    if let Some(told) = told {
        return told;
    }
    let kinds: Vec<&Value> = alternatives
        .iter()
        .flatten()
        .filter_map(|error| chosen(error, &kind))
        .flatten()
        .collect();
    if !kinds.is_empty() && instance.get("type").is_some() {
        let listed = listed(kinds);
        let message = format!("Value of field \"type\" must be one of ({listed}).");
        return vec![flaw(at, "UNION_TYPE_CHOICES", message)];
    }
    // No alternative has its shape. The last one is the fullest; the first is often `null`.
    alternatives
        .last()
        .map(|errors| flaws(errors, book))
        .unwrap_or_default()
}

/// Returns the options of a field that is none of them.
fn chosen<'a>(error: &'a ValidationError<'_>, at: &str) -> Option<Vec<&'a Value>> {
    if dotted(error.instance_path().as_str()) != at {
        return None;
    }
    match error.kind() {
        Kind::Enum { options } => options.as_array().map(|all| all.iter().collect()),
        Kind::Constant { expected_value } => Some(vec![expected_value.as_ref()]),
        _ => None,
    }
}

/// Returns whether a value has not even the right type.
fn misshapen(error: &ValidationError<'_>, at: &str) -> bool {
    matches!(error.kind(), Kind::Type { .. }) && dotted(error.instance_path().as_str()) == at
}

/// Returns all options, if every alternative only restricts this value to some.
fn all_fail_by_choice<'a>(
    alternatives: &'a [Vec<ValidationError<'static>>],
    at: &str,
) -> Option<Vec<&'a Value>> {
    let each = alternatives.iter().map(|errors| match &errors[..] {
        [one] => chosen(one, at),
        _ => None,
    });
    Some(each.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
}

fn flaw(at: &str, code: &str, message: impl Into<String>) -> Flaw {
    Flaw {
        path: at.to_owned(),
        code: code.to_owned(),
        message: message.into(),
    }
}

/// Turns `/embeds/0/title` into `embeds.0.title`.
fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

fn join(path: &str, field: &str) -> String {
    if path.is_empty() {
        field.to_owned()
    } else {
        format!("{path}.{field}")
    }
}
