//! Tells of the mutants that `scripts/mutants` made, on the page of figures.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Deserialize;

/// What came of the mutants of an area, as a line of JSON tells of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Area {
    /// The commit of which they were made.
    pub commit: String,
    /// The oldest commit of which one was made that counts as caught. Only tests were added since.
    pub since: String,
    /// The day, as `2026-12-01`.
    pub day: String,
    /// The name of the area.
    #[serde(rename = "area")]
    pub name: String,
    /// How many there are.
    pub mutants: u64,
    /// How many a test noticed.
    pub caught: u64,
    /// How many do not compile.
    pub unviable: u64,
    /// How many had the tests run for so long that they were ended.
    pub timed_out: u64,
    /// Those that no test noticed, as `FILE:LINE:COLUMN: CHANGE`.
    pub survivors: Vec<String>,
}

/// A row of the table of explained survivors.
#[derive(Debug, PartialEq, Eq)]
pub struct Explained {
    /// The file and the change.
    mutant: (String, String),
    /// How many survivors of this file and change it explains.
    times: usize,
}

/// Returns the survivors that a document explains: the rows of its table with four columns, which are the file,
/// the change, how many and why.
///
/// # Errors
/// When a row has no number, or no reason.
pub fn explained(document: &str) -> anyhow::Result<Vec<Explained>> {
    let mut all = Vec::new();
    for line in document.lines().filter(|line| line.starts_with("| src/")) {
        let line = line.replace(r"\|", "\0");
        let cells = line.trim_matches('|').split('|');
        let cells: Vec<String> = cells.map(|cell| cell.trim().replace('\0', "|")).collect();
        let [file, change, times, why] = cells.as_slice() else {
            anyhow::bail!("this row has not four columns: {line}");
        };
        anyhow::ensure!(!why.is_empty(), "this row gives no reason: {line}");
        all.push(Explained {
            mutant: (file.clone(), change.trim_matches('`').to_owned()),
            times: times.parse()?,
        });
    }
    Ok(all)
}

/// Returns the area of a file.
fn area_of(file: &str) -> &str {
    match file.strip_prefix("src/domain/").map(|rest| rest.split_once('/')) {
        None => "ledger",
        Some(None | Some(("button", _))) => "root",
        Some(Some((folder, _))) => folder,
    }
}

/// Writes what came of the mutants. Of an area that was done twice, the last time counts.
///
/// # Errors
/// When a survivor is explained that did not survive.
pub fn section(page: &mut String, all: &[Area], explained: &[Explained]) -> anyhow::Result<()> {
    let areas: BTreeMap<&str, &Area> = all.iter().map(|one| (one.name.as_str(), one)).collect();
    if areas.is_empty() {
        return Ok(());
    }
    let mut left: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for survivor in areas.values().flat_map(|area| &area.survivors) {
        let (place, change) = survivor.split_once(": ").unwrap_or((survivor, ""));
        let file = place.split(':').next().unwrap_or(place);
        left.entry((file, change)).or_default().push(survivor);
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for one in explained {
        let (file, change) = (one.mutant.0.as_str(), one.mutant.1.as_str());
        if !areas.contains_key(area_of(file)) {
            continue;
        }
        let survived = left.get(&(file, change)).map_or(0, Vec::len);
        anyhow::ensure!(
            survived >= one.times,
            "{} of {file} are explained that {change}, and {survived} survived",
            one.times
        );
        left.entry((file, change)).or_default().drain(..one.times);
        *reasons.entry(area_of(file)).or_default() += one.times;
    }
    writeln!(
        page,
        "## Mutants\n\n\
         `scripts/mutants` changed the code in every small way that cargo-mutants knows, one at a time. A\n\
         mutant is caught when a test fails. One that is unviable does not compile. The tests of one that\n\
         timed out did not come to their end. [Some survivors are explained](../tests/mutants/README.md).\n\
         An area that has no row was not done.\n\n\
         | area | commit | day | mutants | caught | unviable | timed out | survived | of these explained |\n\
         |---|---|---|---|---|---|---|---|---|"
    )?;
    for (area, of) in areas {
        let commits = if of.since == of.commit {
            of.commit.clone()
        } else {
            format!("{} to {}", of.since, of.commit)
        };
        writeln!(
            page,
            "| {area} | {commits} | {} | {} | {} | {} | {} | {} | {} |",
            of.day,
            of.mutants,
            of.caught,
            of.unviable,
            of.timed_out,
            of.survivors.len(),
            reasons.get(area).unwrap_or(&0),
        )?;
    }
    writeln!(page)?;
    let unexplained: Vec<&str> = left.into_values().flatten().collect();
    if !unexplained.is_empty() {
        writeln!(page, "These survived, and nobody has explained them:\n")?;
        for survivor in unexplained {
            writeln!(page, "- `{survivor}`")?;
        }
        writeln!(page)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(name: &str, survivors: &[&str]) -> Area {
        Area {
            commit: "now".to_owned(),
            since: "now".to_owned(),
            day: "2026-12-01".to_owned(),
            name: name.to_owned(),
            mutants: 9,
            caught: 4,
            unviable: 2,
            timed_out: 1,
            survivors: survivors.iter().map(|&one| one.to_owned()).collect(),
        }
    }

    fn told(all: &[Area], document: &str) -> anyhow::Result<String> {
        let mut page = String::new();
        section(&mut page, all, &explained(document)?)?;
        Ok(page)
    }

    const SPENT: &str = "src/domain/money/period.rs:12:9: replace || with && in spent";

    #[test]
    fn a_survivor_is_explained_or_named() {
        let money = area(
            "money",
            &[
                SPENT,
                "src/domain/money/period.rs:30:1: replace < with <= in ends",
            ],
        );
        let row =
            r"| src/domain/money/period.rs | `replace \|\| with && in spent` | 1 | Both are the same. |";
        let page = told(std::slice::from_ref(&money), row).expect("a page");
        assert!(
            page.contains("| money | now | 2026-12-01 | 9 | 4 | 2 | 1 | 2 | 1 |"),
            "{page}"
        );
        assert!(!page.contains(SPENT), "{page}");
        assert!(
            page.ends_with("- `src/domain/money/period.rs:30:1: replace < with <= in ends`\n\n"),
            "{page}"
        );

        let twice = area("money", &[SPENT, &SPENT.replace(":12:", ":40:")]);
        let page = told(&[money, twice], row).expect("a page");
        assert!(page.contains("| 2 | 1 |\n\n"), "the last time counts: {page}");
        assert!(
            page.contains(":40:9: replace ||"),
            "one row explains one of them: {page}"
        );
    }

    #[test]
    fn an_explanation_without_a_survivor_is_refused_if_its_area_was_done() {
        for (file, done) in [
            ("src/domain/money/period.rs", "money"),
            ("src/domain/credits.rs", "root"),
            ("src/domain/button/offer.rs", "root"),
            ("src/store/ledger/close.rs", "ledger"),
        ] {
            let row = format!("| {file} | `replace + with - in sum` | 1 | Nobody sees it. |");
            assert!(told(&[area(done, &[])], &row).is_err(), "{file}");
            let page = told(&[area("guild", &[])], &row).expect("a page");
            assert!(
                page.contains("| guild | now | 2026-12-01 | 9 | 4 | 2 | 1 | 0 | 0 |"),
                "{page}"
            );
        }
    }

    #[test]
    fn a_row_says_how_many_and_why() {
        for row in [
            "| src/a.rs | b | 1 | |",
            "| src/a.rs | b | some | Why. |",
            "| src/a.rs | b | Why. |",
        ] {
            assert!(explained(row).is_err(), "{row}");
        }
        assert_eq!(
            explained("| file | change | times | why |\n|---|---|---|---|").expect("rows"),
            []
        );
    }

    #[test]
    fn what_counts_as_caught_since_an_older_commit_says_so() {
        let old = Area {
            since: "old".to_owned(),
            ..area("draft", &[])
        };
        assert!(
            told(&[old], "")
                .expect("a page")
                .contains("| draft | old to now |")
        );
        assert_eq!(told(&[], "").expect("a page"), "");
    }
}
