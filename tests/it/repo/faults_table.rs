//! The house is as `ARCHITECTURE.md` says: who imports whom, and who knows which outside crate.

use std::fs;
use std::path::{Path, PathBuf};

const MODULES: [&str; 15] = [
    "domain",
    "wording",
    "clock",
    "telemetry",
    "config",
    "store",
    "media",
    "blobs",
    "discord",
    "providers",
    "flow",
    "gateway",
    "worker",
    "app",
    "cli",
];

/// What each module may import of ours.
fn allowed(module: &str) -> Vec<&'static str> {
    match module {
        "domain" | "clock" | "telemetry" => vec![],
        "config" | "store" | "media" | "blobs" | "wording" => vec!["domain"],
        "discord" => vec!["domain", "clock"],
        "providers" => vec!["domain", "media", "store::ledger::Held"],
        "flow" => vec![
            "domain",
            "wording",
            "store",
            "providers",
            "media",
            "blobs",
            "discord",
            "clock",
        ],
        "gateway" => vec!["domain", "wording", "flow", "discord"],
        "worker" => vec!["domain", "store", "flow"],
        _ => MODULES.to_vec(),
    }
}

/// Who may name an outside crate.
const OWNED: [(&str, &[&str]); 14] = [
    ("sqlx", &["store"]),
    ("serenity", &["discord", "gateway", "telemetry"]),
    ("poise", &["gateway"]),
    ("object_store", &["blobs"]),
    ("image", &["media"]),
    ("fast_image_resize", &["media"]),
    ("greenlight_sketch", &["providers"]),
    ("sse_stream", &["providers"]),
    ("emojis", &["domain"]),
    ("jiff", &["domain"]),
    ("strsim", &["domain"]),
    ("figment", &["config"]),
    ("clap", &["cli", "main"]),
    ("discord_sandbox", &["cli"]),
];

/// Every source file with the module that it belongs to.
fn sources() -> Vec<(String, PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)
            .expect("a folder of sources")
            .map(|entry| entry.expect("an entry").path())
        {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let inside = entry.strip_prefix(&root).expect("below src");
                let first = inside.iter().next().expect("a name").to_string_lossy();
                let module = first.trim_end_matches(".rs").to_owned();
                let text = fs::read_to_string(&entry).expect("a source file");
                found.push((module, entry, text));
            }
        }
    }
    assert!(found.len() > 30, "only {} source files were found", found.len());
    found
}

/// The code of a file without comments and strings, as far as imports go.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim_start)
        .filter(|line| !line.starts_with("//"))
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for (module, file, text) in sources() {
        if module == "lib" || module == "main" {
            continue;
        }
        assert!(MODULES.contains(&module.as_str()), "{module} is in no table");
        let allowed = allowed(&module);
        for path in code(&text).flat_map(|line| line.split("crate::").skip(1)) {
            let own = path.starts_with(&module);
            let may = allowed.iter().any(|allowed| path.starts_with(allowed));
            if !own && !may {
                wrong.push(format!(
                    "{}: crate::{}",
                    file.display(),
                    path.split([';', ' ', '(']).next().unwrap_or_default()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn outside_crates_are_named_only_by_their_owners() {
    let mut wrong = Vec::new();
    for (module, file, text) in sources() {
        for (name, owners) in OWNED {
            let inside = |line: &str| {
                line.match_indices(&format!("{name}::")).any(|(at, _)| {
                    !line[..at]
                        .ends_with(|before: char| before.is_alphanumeric() || before == '_' || before == ':')
                })
            };
            if !owners.contains(&module.as_str()) && code(&text).any(inside) {
                wrong.push(format!("{} names {name}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn migrations_of_both_databases_are_file_by_file_in_parallel() {
    let names = |kind: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("migrations")
            .join(kind);
        let mut names: Vec<_> = fs::read_dir(folder)
            .expect("migrations")
            .map(|e| e.expect("a file").file_name())
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

/// The names in backticks of a cell that are tests: `module::name`, with `sandbox::` before it for the sandbox's own.
fn tests_in(cell: &str) -> Vec<&str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted.filter(|name| name.contains("::")).collect()
}

/// Whether the file of a module has a test of this name.
fn is_a_test(name: &str) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (folder, path) = match name.strip_prefix("sandbox::") {
        Some(path) => (root.join("sandbox/tests/it"), path),
        None => (root.join("tests/it"), name),
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

/// Whether the attributes right above a function make it a test that runs.
fn marks_a_test(above: &[&str]) -> bool {
    let attributes = above.iter().rev().take_while(|line| line.starts_with("#["));
    let all: Vec<_> = attributes.collect();
    all.iter()
        .any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
        && !all.iter().any(|line| line.starts_with("#[ignore"))
}

#[test]
fn every_fault_has_the_tests_that_the_table_names() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("sandbox/FAULTS.md");
    let table = fs::read_to_string(table).expect("the table");
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
