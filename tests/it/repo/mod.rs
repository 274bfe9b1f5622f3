//! Tests this repository: what the documents say of the sources is true.

mod circles;
mod code;
mod documents;
mod exceptions;
mod faults_table;
mod layers;
mod marks;
mod migrations;
mod outside;
mod planted;
mod prices;
mod sizes;
mod troubleshooting;

use std::fs;
use std::path::{Path, PathBuf};

use self::code::Crate;

/// Returns a path in this repository.
pub fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Lists the folders of the sources of all crates, as the workspace names them.
fn crates() -> Vec<String> {
    let workspace = fs::read_to_string(here("Cargo.toml")).expect("the workspace");
    let members = workspace.lines().find_map(|line| line.strip_prefix("members = "));
    let members = members.expect("its members").split('"').skip(1).step_by(2);
    let folders = members.map(|member| format!("{member}/src"));
    folders
        .map(|folder| folder.trim_start_matches("./").to_owned())
        .collect()
}

/// Reads the bot's own crate.
pub fn greenlight() -> Crate {
    let read = Crate::read(&here("src"));
    assert!(
        read.files.len() > 100,
        "only {} source files were found",
        read.files.len()
    );
    read
}
