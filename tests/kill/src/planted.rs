//! Tells of the bugs that `scripts/planted` planted, on the page of figures.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use serde::Deserialize;

/// A bug that was planted, as a line of JSON tells of it.
#[derive(Debug, Deserialize)]
pub struct Planted {
    /// The commit in which it was planted.
    pub commit: String,
    /// The day, as `2026-11-30`.
    pub day: String,
    /// The name of its patch.
    pub bug: String,
    /// The test that noticed it. `None`: none did.
    pub noticed_by: Option<String>,
    /// How long it took to build it and to run the tests, in seconds.
    pub seconds: u64,
}

/// Reads the bugs of some files that were planted in a commit that `counts`. Of one that was planted twice,
/// the last time counts.
///
/// # Errors
/// When a file cannot be read, or a line of it is none of a bug.
pub fn read(files: &[PathBuf], counts: impl Fn(&str) -> bool) -> anyhow::Result<Vec<Planted>> {
    let mut all = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        for line in text.lines() {
            let one: Planted = serde_json::from_str(line).with_context(|| file.display().to_string())?;
            if counts(&one.commit) {
                all.insert(one.bug.clone(), one);
            }
        }
    }
    Ok(all.into_values().collect())
}

/// Writes what was found.
///
/// # Errors
/// None: a text takes all that is written to it.
pub fn section(page: &mut String, all: &[Planted]) -> anyhow::Result<()> {
    let (Some(first), noticed) = (all.first(), all.iter().filter(|one| one.noticed_by.is_some())) else {
        return Ok(());
    };
    writeln!(
        page,
        "## Planted bugs\n\n\
         `scripts/planted` put {} known bugs into the code one by one, and the tests that are to notice each\n\
         noticed {}: commit {}, {}. [Each is a patch](../tests/planted/README.md).\n\n\
         | bug | noticed by | seconds |\n|---|---|---|",
        all.len(),
        noticed.count(),
        first.commit,
        first.day,
    )?;
    for one in all {
        let by = one.noticed_by.as_deref().unwrap_or("**nobody**");
        writeln!(page, "| {} | {by} | {} |", one.bug, one.seconds)?;
    }
    writeln!(page)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_time_counts_and_other_commits_do_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("found.jsonl");
        let line = |commit: &str, bug: &str, by: &str| {
            format!(
                r#"{{"commit":"{commit}","day":"2026-11-30","cores":2,"bug":"{bug}","noticed_by":{by},"seconds":40}}"#
            )
        };
        let lines = [
            line("now", "02-b", "null"),
            line("now", "01-a", "null"),
            line("old", "03-c", "null"),
            line("now", "01-a", r#""money::a_test""#),
        ];
        fs::write(&file, lines.join("\n")).expect("the lines");
        let all = read(&[file], |commit| commit == "now").expect("the bugs");
        let mut page = String::new();
        section(&mut page, &all).expect("a text");
        assert!(
            page.contains("put 2 known bugs") && page.contains("noticed 1: commit now"),
            "{page}"
        );
        let rows = "| 01-a | money::a_test | 40 |\n| 02-b | **nobody** | 40 |\n";
        assert!(page.contains(rows), "{page}");
    }
}
