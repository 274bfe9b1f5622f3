//! Says what is wrong with a setting: the key, the value, the place, and what to do.

use figment::error::{Actual, Kind};
use figment::{Profile, Source};

/// Writes what is wrong in one sentence.
pub(super) fn of(error: &figment::Error) -> String {
    let key = error.path.join(".");
    let place = place(error);
    match &error.kind {
        Kind::UnknownField(field, known) => {
            let key = match key.strip_suffix(field.as_str()) {
                Some(_) => key,
                None if key.is_empty() => field.clone(),
                None => format!("{key}.{field}"),
            };
            let near = near(field, known);
            format!("there is no setting {key}{place}; {near}")
        }
        Kind::InvalidType(given, wanted) | Kind::InvalidValue(given, wanted) => {
            format!("{key} = {}{place}: it must be {}", value(given), kind(wanted))
        }
        Kind::UnknownVariant(given, known) => {
            format!("{key} = {given}{place}: it may be {}", known.join(", "))
        }
        Kind::MissingField(field) => {
            format!("{key}.{field} is missing{place}: config/default.toml shows how it is set")
        }
        _ => format!("{}{place}", error.kind),
    }
}

/// Returns where a setting stands, as the end of a part of a sentence.
fn place(error: &figment::Error) -> String {
    let Some(metadata) = &error.metadata else {
        return String::new();
    };
    match &metadata.source {
        Some(Source::File(path)) => format!(" in {}", path.display()),
        _ if metadata.name == super::environment::NAME => {
            let profile = error.profile.clone().unwrap_or(Profile::Default);
            format!(" ({})", metadata.interpolate(&profile, &error.path))
        }
        _ => String::new(),
    }
}

/// Names the known settings that are most similar, or all if there are few.
fn near(field: &str, known: &[&str]) -> String {
    let mut known: Vec<&str> = known.to_vec();
    let common = |name: &str| {
        name.chars()
            .zip(field.chars())
            .take_while(|(a, b)| a == b)
            .count()
    };
    known.sort_by_key(|name| std::cmp::Reverse(common(name)));
    known.truncate(6);
    if known.is_empty() {
        "nothing can be set there".to_owned()
    } else {
        format!("there are: {}", known.join(", "))
    }
}

fn value(given: &Actual) -> String {
    match given {
        Actual::Bool(value) => value.to_string(),
        Actual::Unsigned(value) => value.to_string(),
        Actual::Signed(value) => value.to_string(),
        Actual::Float(value) => value.to_string(),
        Actual::Str(value) => value.clone(),
        Actual::Seq => "(a list)".to_owned(),
        Actual::Map => "(a section)".to_owned(),
        other => format!("({other})"),
    }
}

/// Says in words what a setting takes, which the reader of settings calls by its types.
fn kind(wanted: &str) -> &str {
    match wanted {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number from 0 on",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a string" => "a text, in quotes in a file",
        "a sequence" => "a list in brackets",
        other => other
            .strip_prefix("struct ")
            .map_or(other, |_| "a section with settings of its own"),
    }
}
