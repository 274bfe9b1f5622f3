//! The house is as `ARCHITECTURE.md` says: who imports whom, and who knows which outside crate.

use std::fs;
use std::path::{Path, PathBuf};

const MODULES: [&str; 14] = [
    "domain",
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
        "config" | "store" | "media" | "blobs" => vec!["domain"],
        "discord" => vec!["domain", "clock"],
        "providers" => vec!["domain", "media", "store::ledger::Held"],
        "flow" => vec![
            "domain",
            "store",
            "providers",
            "media",
            "blobs",
            "discord",
            "clock",
        ],
        "gateway" => vec!["domain", "flow", "discord"],
        "worker" => vec!["domain", "store", "flow"],
        _ => MODULES.to_vec(),
    }
}

/// Who may name an outside crate.
const OWNED: [(&str, &[&str]); 13] = [
    ("sqlx", &["store"]),
    ("serenity", &["discord", "gateway", "telemetry"]),
    ("poise", &["gateway"]),
    ("object_store", &["blobs"]),
    ("image", &["media"]),
    ("fast_image_resize", &["media"]),
    ("resvg", &["providers"]),
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
