//! What an application command may look like: names, lengths, counts, subcommands, choices.

use serde_json::Value;

use crate::state::model::errors::FormErrors;
use crate::state::model::wire::{list, text};

/// How many options a command, and how many choices an option may have.
const LIST_MAX: usize = 25;
/// How many characters the names, descriptions and values of a command may have together.
const SIZE_MAX: usize = 8_000;
/// The longest text that an option may ask for, in characters.
const TEXT_MAX: u64 = 6_000;
/// The largest whole number of an option: beyond it a double is no longer exact.
const INTEGER_MAX: f64 = 9_007_199_254_740_991.0;

/// The types of options: a subcommand, a group of them, and those with choices.
const SUBCOMMAND: u64 = 1;
const GROUP: u64 = 2;
const TEXT: u64 = 3;
const INTEGER: u64 = 4;
const NUMBER: u64 = 10;

/// The languages that a name or a description may be given in.
const LOCALES: [&str; 34] = [
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr",
    "hu", "id", "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk",
    "vi", "zh-CN", "zh-TW",
];

/// Where options stand. It says which types they may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Command,
    Group,
    Subcommand,
}

/// Checks a command.
pub(super) fn check_command(command: &Value, path: &str, errors: &mut FormErrors) {
    let kind = command["type"].as_u64().unwrap_or(1);
    let description = text(&command["description"]);
    match kind {
        1 => {
            check_names(command, path, errors, &check_name);
            check_descriptions(command, path, errors);
            check_options(&command["options"], Level::Command, path, errors);
            if size(command) > SIZE_MAX {
                let message = format!("Command exceeds maximum size ({SIZE_MAX})");
                errors.add(path, "APPLICATION_COMMAND_TOO_LARGE", message);
            }
        }
        2 | 3 => {
            let free = |name: &str, path: &str, errors: &mut FormErrors| errors.length(path, name, 1, 32);
            check_names(command, path, errors, &free);
            if !description.is_empty() {
                let message = "Context menu commands cannot have a description";
                let code = "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID";
                errors.add(&format!("{path}description"), code, message);
            }
            if !list(&command["options"]).is_empty() {
                let message = "Context menu commands cannot have options";
                let code = "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS_INVALID";
                errors.add(&format!("{path}options"), code, message);
            }
        }
        // An entry point belongs to an application with an Activity.
        _ => errors.choice(&format!("{path}type"), "1, 2, 3"),
    }
}

fn check_names(
    named: &Value,
    path: &str,
    errors: &mut FormErrors,
    check: &dyn Fn(&str, &str, &mut FormErrors),
) {
    check(text(&named["name"]), &format!("{path}name"), errors);
    localized(&named["name_localizations"], path, "name", errors, check);
}

fn check_descriptions(described: &Value, path: &str, errors: &mut FormErrors) {
    let check = |text: &str, path: &str, errors: &mut FormErrors| errors.length(path, text, 1, 100);
    check(
        text(&described["description"]),
        &format!("{path}description"),
        errors,
    );
    let others = &described["description_localizations"];
    localized(others, path, "description", errors, &check);
}

/// Checks the translations of a field: each by the rules of the field, in a language that there is.
fn localized(
    texts: &Value,
    path: &str,
    field: &str,
    errors: &mut FormErrors,
    check: &dyn Fn(&str, &str, &mut FormErrors),
) {
    for (locale, translated) in texts.as_object().into_iter().flatten() {
        let path = format!("{path}{field}_localizations.{locale}");
        if !LOCALES.contains(&locale.as_str()) {
            errors.choice(&path, &LOCALES.join(", "));
        }
        check(text(translated), &path, errors);
    }
}

fn check_options(options: &Value, level: Level, path: &str, errors: &mut FormErrors) {
    let options = list(options);
    errors.max_items(&format!("{path}options"), options.len(), LIST_MAX);
    let nested = options.iter().filter(|option| is_nested(option)).count();
    if nested > 0 && nested < options.len() {
        let message =
            "Sub-command and sub-command group option types are mutually exclusive to all other types";
        let code = "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID";
        errors.add(&format!("{path}options"), code, message);
    }
    let mut optional_seen = false;
    for (option, at) in options.iter().zip(0..) {
        let place = format!("{path}options.{at}");
        if options[..at].iter().any(|other| other["name"] == option["name"]) {
            let message = "Option names must be unique";
            errors.add(&place, "APPLICATION_COMMAND_OPTIONS_NAME_INVALID", message);
        }
        let required = option["required"] == true;
        if required && optional_seen {
            let message = "Required options must be placed before non-required options";
            errors.add(&place, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
        }
        optional_seen |= !required && !is_nested(option);
        check_option(option, level, &format!("{place}."), errors);
    }
}

fn check_option(option: &Value, level: Level, path: &str, errors: &mut FormErrors) {
    check_names(option, path, errors, &check_name);
    check_descriptions(option, path, errors);
    let below = match (option["type"].as_u64(), level) {
        (Some(SUBCOMMAND), Level::Command | Level::Group) => Level::Subcommand,
        (Some(GROUP), Level::Command) => Level::Group,
        (Some(kind @ 3..=11), Level::Command | Level::Subcommand) => {
            return check_value(option, kind, path, errors);
        }
        (_, Level::Command) => {
            return union(path, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11", errors);
        }
        (_, Level::Group) => return errors.choice(&format!("{path}type"), "1"),
        (_, Level::Subcommand) => return union(path, "3, 4, 5, 6, 7, 8, 9, 10, 11", errors),
    };
    check_options(&option["options"], below, path, errors);
}

/// Adds the error of an option whose type is none of these.
fn union(path: &str, types: &str, errors: &mut FormErrors) {
    let message = format!("Value of field \"type\" must be one of ({types}).");
    errors.add(path, "UNION_TYPE_CHOICES", message);
}

/// Checks what an option says about its value.
fn check_value(option: &Value, kind: u64, path: &str, errors: &mut FormErrors) {
    if matches!(kind, TEXT | INTEGER | NUMBER) {
        check_choices(&option["choices"], Some(kind), path, errors);
        if option["autocomplete"] == true && !list(&option["choices"]).is_empty() {
            let message = "Autocomplete and choices are mutually exclusive";
            let code = "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES_INVALID";
            errors.add(&path[..path.len() - 1], code, message);
        }
    }
    if kind == TEXT {
        for (key, min) in [("min_length", 0), ("max_length", 1)] {
            let length = option[key].as_u64();
            if length.is_some_and(|length| !(min..=TEXT_MAX).contains(&length)) {
                let message = format!("int value should be between {min} and {TEXT_MAX}.");
                errors.add(&format!("{path}{key}"), "NUMBER_TYPE_MAX", message);
            }
        }
    }
    if kind == INTEGER {
        for key in ["min_value", "max_value"] {
            if !option[key].is_null() && !is_whole(&option[key]) {
                let message = format!("Value {} is not int.", option[key]);
                errors.add(&format!("{path}{key}"), "NUMBER_TYPE_COERCE", message);
            }
        }
    }
}

/// Checks the choices of an option of this type, registered or offered by autocompletion.
pub(super) fn check_choices(choices: &Value, kind: Option<u64>, path: &str, errors: &mut FormErrors) {
    let choices = list(choices);
    errors.max_items(&format!("{path}choices"), choices.len(), LIST_MAX);
    let free = |name: &str, path: &str, errors: &mut FormErrors| errors.length(path, name, 1, 100);
    for (choice, at) in choices.iter().zip(0..) {
        let place = format!("{path}choices.{at}.");
        check_names(choice, &place, errors, &free);
        check_choice_value(&choice["value"], kind, &format!("{place}value"), errors);
    }
}

/// Checks the value of a choice. Its type is that of the option.
fn check_choice_value(value: &Value, kind: Option<u64>, path: &str, errors: &mut FormErrors) {
    if value.is_null() {
        return errors.required(path);
    }
    let text = value.as_str();
    match kind {
        Some(INTEGER) if !is_whole(value) => {
            let message = format!("Value {value} is not int.");
            errors.add(path, "NUMBER_TYPE_COERCE", message);
        }
        Some(NUMBER) if value.as_f64().is_none() => {
            let message = format!("Value {value} is not float.");
            errors.add(path, "NUMBER_TYPE_COERCE", message);
        }
        Some(TEXT) | None if text.is_none() && (kind == Some(TEXT) || !value.is_number()) => {
            let message = "Could not interpret value as string.";
            errors.add(path, "STRING_TYPE_CONVERT", message);
        }
        _ => errors.max_length(path, text.unwrap_or_default(), 100),
    }
}

/// Returns whether a value is a whole number, perhaps in writing, that a double holds exactly.
fn is_whole(value: &Value) -> bool {
    let written = value.as_str().and_then(|text| text.parse::<f64>().ok());
    let number = value.as_f64().or(written);
    number.is_some_and(|number| number.fract() == 0.0 && number.abs() <= INTEGER_MAX)
}

/// Checks a name by `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`, in lower case.
fn check_name(name: &str, path: &str, errors: &mut FormErrors) {
    let marks = |c: char| matches!(c, '\u{900}'..='\u{97f}' | '\u{e00}'..='\u{e7f}');
    let lower = |c: char| c.to_lowercase().eq([c]);
    let allowed = |c: char| ((c.is_alphanumeric() || marks(c)) && lower(c)) || "-_'".contains(c);
    if name.is_empty() || name.chars().count() > 32 || !name.chars().all(allowed) {
        let message = "Command name is invalid";
        errors.add(path, "APPLICATION_COMMAND_INVALID_NAME", message);
    }
}

/// Counts the characters of a command: its names, descriptions and values, each in the longest of
/// its languages.
fn size(part: &Value) -> usize {
    let longest = |field: &str| {
        let translated = part[format!("{field}_localizations")].as_object();
        let others = translated.into_iter().flat_map(|texts| texts.values());
        let all = others.chain([&part[field]]);
        all.map(|value| text(value).chars().count()).max().unwrap_or(0)
    };
    let own = longest("name") + longest("description") + text(&part["value"]).chars().count();
    let within = ["options", "choices"].map(|key| list(&part[key]).iter().map(size).sum::<usize>());
    own + within.iter().sum::<usize>()
}

fn is_nested(option: &Value) -> bool {
    matches!(option["type"].as_u64(), Some(SUBCOMMAND | GROUP))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(command: &Value) -> String {
        let mut errors = FormErrors::default();
        check_command(command, "", &mut errors);
        errors
            .check()
            .err()
            .and_then(|error| error.errors)
            .unwrap_or_default()
            .to_string()
    }

    #[test]
    fn names_are_lower_case_without_spaces() {
        let named = |name: &str| faults(&json!({ "name": name, "description": "x" }));
        for good in ["draft-it", "पानी", "น้ำ", "l'été"] {
            assert_eq!(named(good), "null", "{good}");
        }
        for bad in ["", "Draft", "a b", "ǅ", &"x".repeat(33)] {
            assert!(named(bad).contains("APPLICATION_COMMAND_INVALID_NAME"), "{bad}");
        }
        assert_eq!(faults(&json!({ "type": 3, "name": "Crop it" })), "null");
    }

    #[test]
    fn required_options_come_first() {
        let option = |name: &str, required: bool| json!({ "type": 3, "name": name, "description": "x", "required": required });
        let with =
            |options: [Value; 2]| faults(&json!({ "name": "a", "description": "x", "options": options }));
        assert_eq!(with([option("a", true), option("b", false)]), "null");
        assert!(with([option("a", false), option("b", true)]).contains("REQUIRED_INVALID"));
    }
}
