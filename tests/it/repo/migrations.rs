//! Tests that both databases have the same migrations, and that no migration takes away what the
//! release before still uses: a deploy has both run for a while.

use std::collections::BTreeSet;
use std::fs;

use super::here;

/// The migrations that take something away, each with the reason why that breaks nobody. All were
/// made before the first release.
const CONTRACTS: [(&str, &str); 2] = [
    // The votes moved to a table of the same name with more columns, of which each has a default.
    ("0002_settings_and_votes", "votes"),
    // The ledger moved to a table of the same name that takes one kind of entry more.
    ("0010_corrections", "entries"),
];

/// Returns the statements of a migration that take away or change what others may use: they drop or
/// rename a table or a column, change its type, or ask more of a row than the release before gives.
/// An index or a trigger is nobody's.
fn contracts(sql: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let code = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default());
    let code = code.collect::<Vec<_>>().join("\n").to_uppercase();
    // Of a CHECK, which asks nothing of a row that leaves the column out.
    let code = code.replace("IS NOT NULL", "");
    for statement in code.split(';') {
        let words = statement.split_whitespace().collect::<Vec<_>>().join(" ");
        let takes_away = ["DROP TABLE", "DROP COLUMN", "RENAME", " TYPE ", "SET NOT NULL"];
        if takes_away.iter().any(|what| words.contains(what)) {
            wrong.push(words.clone());
            continue;
        }
        if !words.starts_with("ALTER TABLE") {
            continue;
        }
        let added = words.split("ADD COLUMN").skip(1);
        let wanted = added.filter(|column| column.contains("NOT NULL") && !column.contains("DEFAULT"));
        wrong.extend(wanted.map(|column| format!("ADD COLUMN{column}")));
    }
    wrong
}

fn files(kind: &str) -> Vec<(String, String)> {
    let folder = fs::read_dir(here("migrations").join(kind)).expect("migrations");
    let mut files: Vec<_> = folder
        .map(|entry| {
            let path = entry.expect("a file").path();
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(path).expect("a text"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn migrations_of_both_databases_are_file_by_file_in_parallel() {
    let names = |kind| files(kind).into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names("sqlite"), names("postgres"));
    // Two branches may have taken the same next number.
    let numbers: Vec<String> = names("sqlite").iter().map(|name| name[..4].to_owned()).collect();
    let once: BTreeSet<_> = numbers.iter().collect();
    assert_eq!(once.len(), numbers.len(), "a number is taken twice: {numbers:?}");
}

#[test]
fn a_migration_takes_nothing_away_that_the_release_before_uses() {
    let mut found = BTreeSet::new();
    for kind in ["sqlite", "postgres"] {
        for (name, sql) in files(kind) {
            let wrong = contracts(&sql);
            // Programs from here on go by it, and those before refuse whatever is newer.
            let says_so = sql.contains("UPDATE reach SET oldest = ");
            assert!(
                wrong.is_empty() || says_so || name.as_str() < "0029",
                "{kind}/{name} takes something away and does not raise the reach"
            );
            if !wrong.is_empty() {
                assert!(
                    CONTRACTS.iter().any(|(listed, _)| *listed == name),
                    "{kind}/{name}: expand first, and contract a release later: {wrong:#?}"
                );
                found.insert(name);
            }
        }
    }
    let listed: BTreeSet<_> = CONTRACTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(found, listed, "what is listed is there");
}

/// A column that a newer program adds would come with the rows of a statement that was prepared before.
#[test]
fn no_statement_asks_for_columns_that_it_does_not_name() {
    let all_columns = |text: &str| {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        let words: Vec<String> = code.flat_map(str::split_whitespace).map(str::to_owned).collect();
        let stars = words.windows(2).filter(|pair| {
            let star = pair[1].trim_start_matches('"');
            let asks = ["SELECT", "RETURNING"].iter().any(|word| pair[0].ends_with(word));
            asks && (star.starts_with('*') || star.contains(".*"))
        });
        stars.map(|pair| pair.join(" ")).collect::<Vec<_>>()
    };
    assert_eq!(
        all_columns("\"UPDATE a SET b = 1 RETURNING *\""),
        ["RETURNING *\""]
    );
    assert_eq!(all_columns("\"SELECT r.*, d.id FROM r\"").len(), 1);
    assert!(all_columns("\"SELECT COUNT(*) FROM r\"").is_empty());
    let mut wrong = Vec::new();
    for file in &super::greenlight().files {
        if file.path.starts_with("store") {
            let text = fs::read_to_string(here("src").join(&file.path)).expect("a source");
            wrong.extend(
                all_columns(&text)
                    .into_iter()
                    .map(|what| format!("{}: {what}", file.path)),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_breaks_the_release_before_is_found_and_what_does_not_is_not() {
    for sql in [
        "ALTER TABLE a DROP COLUMN b;",
        "DROP TABLE a;",
        "ALTER TABLE a RENAME COLUMN b TO c;",
        "ALTER TABLE a\n    ALTER COLUMN b SET NOT NULL;",
        "ALTER TABLE a ALTER COLUMN b TYPE TEXT;",
        "ALTER TABLE a ADD COLUMN b INTEGER NOT NULL;",
        "ALTER TABLE a ADD COLUMN b INTEGER NOT NULL DEFAULT 0, ADD COLUMN c TEXT NOT NULL;",
    ] {
        assert_eq!(contracts(sql).len(), 1, "{sql}");
    }
    for sql in [
        "-- DROP TABLE a;\nCREATE TABLE a (b TEXT NOT NULL);",
        "ALTER TABLE a ADD COLUMN b TEXT NOT NULL DEFAULT '';",
        "ALTER TABLE a ADD COLUMN b TEXT;",
        "ALTER TABLE a ADD COLUMN b TEXT CHECK (b IS NULL OR c IS NOT NULL);",
        "DROP INDEX i; DROP TRIGGER t;",
    ] {
        assert_eq!(contracts(sql), Vec::<String>::new(), "{sql}");
    }
}
