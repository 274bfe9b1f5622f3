//! Tests that the tests exist which `sandbox/FAULTS.md` names.

use std::fs;

use super::here;

/// Returns the names in backticks of a cell that are tests: `module::name`, with `sandbox::` before
/// it for the sandbox's own.
fn tests_in(cell: &str) -> Vec<&str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted.filter(|name| name.contains("::")).collect()
}

/// Returns whether the file of a module has a test of this name.
pub fn is_a_test(name: &str) -> bool {
    let (folder, path) = match name.strip_prefix("sandbox::") {
        Some(path) => (here("sandbox/tests/it"), path),
        None => (here("tests/it"), name),
    };
    let (module, test) = path.rsplit_once("::").expect("a module and a test");
    let file = folder.join(module.replace("::", "/")).with_extension("rs");
    let text = fs::read_to_string(&file).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let declares = |line: &str| {
        let line = line.trim_start_matches("async ");
        line.strip_prefix("fn ")
            .is_some_and(|rest| rest.split('(').next() == Some(test))
    };
    lines
        .iter()
        .enumerate()
        .any(|(at, line)| declares(line) && marks_a_test(&lines[..at]))
}

/// Returns whether the attributes right above a function make it a test that runs.
fn marks_a_test(above: &[&str]) -> bool {
    let attributes = above.iter().rev().take_while(|line| line.starts_with("#["));
    let all: Vec<_> = attributes.collect();
    all.iter()
        .any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
        && !all.iter().any(|line| line.starts_with("#[ignore"))
}

#[test]
fn every_fault_has_the_tests_that_the_table_names() {
    let table = fs::read_to_string(here("sandbox/FAULTS.md")).expect("the table");
    let mut wrong = Vec::new();
    let mut faults = 0;
    for row in table.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [fault, how, bot, sandbox] = cells[..] else {
            wrong.push(format!("not four cells: {row}"));
            continue;
        };
        if fault == "fault" {
            continue;
        }
        faults += 1;
        let [bots, sandboxes] = [bot, sandbox].map(tests_in);
        if how.is_empty() || (bots.is_empty() && (!bot.starts_with("none: ") || sandboxes.is_empty())) {
            wrong.push(format!("{fault}: not made, or no test and no word why"));
        }
        let missing = bots.into_iter().chain(sandboxes).filter(|name| !is_a_test(name));
        wrong.extend(missing.map(|name| format!("{fault}: there is no test {name}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(faults > 50, "only {faults} faults were found");
}
