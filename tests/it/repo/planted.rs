//! Tests the bugs of `tests/planted`, which `scripts/planted` plants: each applies, says what it breaks, and
//! names tests that are there.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::faults_table::is_a_test;
use super::here;

/// How many bugs there are at least.
const BUGS: usize = 40;

fn patches() -> Vec<PathBuf> {
    let all = fs::read_dir(here("tests/planted")).expect("the bugs");
    let all = all.map(|entry| entry.expect("an entry").path());
    let mut patches: Vec<PathBuf> = all
        .filter(|path| path.extension().is_some_and(|is| is == "patch"))
        .collect();
    patches.sort();
    patches
}

/// Returns what is wrong with the two lines that a patch begins with.
fn flaws(text: &str) -> Vec<String> {
    let mut lines = text.lines();
    let (breaks, tests) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let mut wrong = Vec::new();
    if !breaks.ends_with('.') || breaks.len() < 20 {
        wrong.push(format!("does not say what it breaks: {breaks}"));
    }
    let (filters, named) = match tests.strip_prefix("tests: ").and_then(|is| is.split_once(' ')) {
        Some(("it", filters)) => (filters, true),
        Some(("lib", filters)) => (filters, false),
        _ => return [wrong, vec![format!("names no tests: {tests}")]].concat(),
    };
    for filter in filters.split(" | ") {
        let test = filter.strip_prefix("test(").and_then(|is| is.strip_suffix(')'));
        match test {
            None => wrong.push(format!("names no test: {filter}")),
            Some(test) if named && !test.strip_prefix('=').is_some_and(is_a_test) => {
                wrong.push(format!("there is no test {test}"));
            }
            Some(_) => {}
        }
    }
    wrong
}

#[test]
fn every_planted_bug_applies_and_names_tests_that_are_there() {
    let patches = patches();
    assert!(patches.len() >= BUGS, "only {} bugs", patches.len());
    let (mut wrong, mut numbers) = (Vec::new(), BTreeSet::new());
    for patch in &patches {
        let name = patch.file_name().and_then(|name| name.to_str()).expect("a name");
        let text = fs::read_to_string(patch).expect("a patch");
        wrong.extend(flaws(&text).into_iter().map(|flaw| format!("{name}: {flaw}")));
        let number = name.split('-').next().expect("a number");
        if number.parse::<u8>().is_err() || !numbers.insert(number.to_owned()) {
            wrong.push(format!("{name}: its number is none, or another's"));
        }
        let applies = Command::new("git")
            .current_dir(here(""))
            .args(["apply", "--check"])
            .arg(patch)
            .output();
        let applies = applies.expect("git");
        if !applies.status.success() {
            let said = String::from_utf8_lossy(&applies.stderr);
            wrong.push(format!("{name} does not apply any more: {said}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_bug_that_says_too_little_is_found() {
    let there = "repo::planted::a_bug_that_says_too_little_is_found";
    let bug = |tests: &str| format!("What it breaks is said here.\ntests: {tests}\n");
    assert_eq!(flaws(&bug(&format!("it test(={there})"))), Vec::<String>::new());
    assert_eq!(flaws(&bug("lib test(domain::money)")), Vec::<String>::new());
    for wrong in ["it", "all test(x)", "it test(=repo::planted::no)", "it repo"] {
        assert_eq!(flaws(&bug(wrong)).len(), 1, "{wrong}");
    }
    assert_eq!(flaws("diff --git\n").len(), 2);
}
