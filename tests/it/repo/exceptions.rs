//! Tests that no dependency is an exception for good, or for no reason.

use std::fs;

use super::here;

/// Returns the day by which a text has itself reviewed.
fn review(text: &str) -> Option<jiff::civil::Date> {
    let text = text.to_lowercase();
    let (_, after) = text.split_once("review by ")?;
    after.get(..10)?.parse().ok()
}

/// Returns what is wrong with the exceptions of a `deny.toml`, and how many there are.
fn flaws(text: &str) -> (Vec<String>, usize) {
    let lines: Vec<&str> = text.lines().collect();
    let (mut wrong, mut exceptions, mut list) = (Vec::new(), 0, "");
    for (at, line) in lines.iter().enumerate() {
        if let Some((name, _)) = line.split_once(" = [") {
            list = name.trim();
        }
        let excepts = ["exceptions", "ignore", "skip", "skip-tree"].contains(&list);
        if !excepts || !line.contains('{') || line.trim_start().starts_with('#') {
            continue;
        }
        exceptions += 1;
        let above = at.checked_sub(1).map_or("", |above| lines[above]);
        let comment = above.strip_prefix('#').unwrap_or_default();
        if !line.contains("reason = \"") && comment.is_empty() {
            wrong.push(format!("no reason: {line}"));
        }
        if review(line).or_else(|| review(comment)).is_none() {
            wrong.push(format!("no day of review: {line}"));
        }
    }
    (wrong, exceptions)
}

#[test]
fn every_exception_has_a_reason_and_a_day_of_review() {
    let (wrong, exceptions) = flaws(&fs::read_to_string(here("deny.toml")).expect("the rules"));
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(exceptions > 0, "no exception was found");
}

#[test]
fn an_exception_without_a_reason_or_a_day_is_found() {
    let text = "ignore = [\n\
        { id = \"A\", reason = \"harmless; review by 2027-03-31\" },\n\
        { id = \"B\", reason = \"harmless\" },\n\
        { id = \"C\", reason = \"harmless; review by 2027-02-30\" },\n]\n\
        allow = [\n{ crate = \"allowed\" },\n]\n\
        exceptions = [{ crate = \"D\" }]\n";
    let (wrong, exceptions) = flaws(text);
    assert_eq!(exceptions, 4);
    assert_eq!(
        wrong,
        [
            "no day of review: { id = \"B\", reason = \"harmless\" },",
            "no day of review: { id = \"C\", reason = \"harmless; review by 2027-02-30\" },",
            "no reason: exceptions = [{ crate = \"D\" }]",
            "no day of review: exceptions = [{ crate = \"D\" }]",
        ]
    );
}
